//! The notification record of the scheme's platform: sent, arrived, acted on, cost. Must never count the messages of
//! settlements and collections, which have figures of their own.

use super::figures::{count, money};
use super::replicate::Setup;
use crate::domain::{Fen, MessageKind};
use crate::economics::Party;
use crate::scenario::MessagesSpec;
use crate::sim::{ArmResult, Replication};
use serde_json::{Map, Value, json};

fn spec(setup: &Setup) -> Option<&MessagesSpec> {
    setup.scenario.policy.scheme.as_ref()?.messages.as_ref()
}

/// Who pays for the platform's messages; without any it does not matter.
pub(super) fn payer(setup: &Setup) -> Party {
    spec(setup).map_or(Party::Platform, |spec| spec.by)
}

/// What an arm's messages of a kind cost.
fn cost_of(spec: &MessagesSpec, kind: MessageKind, arm: &ArmResult) -> Fen {
    let each = spec.of(kind).map_or(Fen::ZERO, |spec| spec.cost);
    let sent = arm.sums.messages.of(kind).sent;
    Fen(i64::try_from(sent).map_or(i64::MAX, |sent| each.0.saturating_mul(sent)))
}

/// What all messages of an arm cost.
pub(super) fn cost(setup: &Setup, arm: &ArmResult) -> Fen {
    let kinds = |spec| MessageKind::ALL.iter().map(move |&kind| cost_of(spec, kind, arm));
    spec(setup).map_or(Fen::ZERO, |spec| kinds(spec).sum())
}

/// The summary's part, where the scheme's platform sends messages.
pub(super) fn summary(setup: &Setup, runs: &[Replication]) -> Option<Value> {
    let spec = spec(setup)?;
    let arms = || runs.iter().filter_map(|run| run.arms.last());
    let mut said = Map::new();
    said.insert("borne_by".into(), spec.by.word().into());
    for kind in MessageKind::ALL.into_iter().filter(|&kind| spec.of(kind).is_some()) {
        let each = || arms().map(move |arm| arm.sums.messages.of(kind));
        let record = json!({
            "sent": count(each().map(|record| record.sent)),
            "reached": count(each().map(|record| record.reached)),
            "acted": count(each().map(|record| record.acted)),
            "cost": money(arms().map(|arm| cost_of(spec, kind, arm))),
        });
        said.insert(kind.word().into(), record);
    }
    said.insert("cost".into(), money(arms().map(|arm| cost(setup, arm))));
    Some(Value::Object(said))
}
