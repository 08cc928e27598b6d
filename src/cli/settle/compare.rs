//! Replies of somebody else against ours: what differs, and which other way of settling reproduces it.
//! Must never name a cause that does not give the other reply to the fen.

use super::{Settled, reply};
use crate::domain::Fen;
use crate::settlement::spec::Rules;
use crate::settlement::{Cause, OtherWay, YearMore, YearToDate, other_ways};
use crate::wire::SetlInfo;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A difference up to here may be rounding by a rule that is not known here.
const SMALL: Fen = Fen(2);

/// A field on which two replies differ; nothing where a side has no reply at all.
pub(super) struct Difference {
    pub(super) mdtrt_id: String,
    pub(super) field: &'static str,
    pub(super) ours: Option<Fen>,
    pub(super) theirs: Option<Fen>,
    pub(super) cause: Cause,
}

/// Claims that differ for one cause.
pub(super) struct Group {
    pub(super) cause: Cause,
    pub(super) claims: usize,
    /// The claims' largest differences: the smallest and the largest of them.
    pub(super) between: (Fen, Fen),
}

impl Group {
    pub(super) fn json(&self) -> Value {
        let (en, zh) = self.cause.title();
        json!({
            "cause": self.cause.word(),
            "claims": self.claims,
            "from": self.between.0.to_string(),
            "to": self.between.1.to_string(),
            "en": en,
            "zh": zh,
        })
    }
}

/// All that differs, and why.
pub(super) struct Comparison {
    pub(super) differences: Vec<Difference>,
    /// Largest group first.
    pub(super) groups: Vec<Group>,
}

/// Compares claim by claim, then names replies to claims that nobody made (not for a single claim).
pub(super) fn compare(
    rules: &Rules,
    settled: &[Settled],
    replies: &[SetlInfo],
    single: bool,
) -> Comparison {
    let mut theirs: BTreeMap<&str, Vec<&SetlInfo>> = BTreeMap::new();
    for reply in replies {
        theirs.entry(&reply.mdtrt_id).or_default().push(reply);
    }
    let ways = other_ways(rules);
    let mut found = Found::default();
    for claim in settled {
        match theirs.remove(claim.reply.mdtrt_id.as_str()) {
            None => found.one_sided(&claim.reply, Cause::NoReply),
            Some(others) => others.into_iter().for_each(|other| found.pair(&ways, claim, other)),
        }
    }
    if !single {
        let strangers = theirs.into_values().flatten();
        strangers.for_each(|reply| found.one_sided(reply, Cause::NoClaim));
    }
    found.grouped()
}

#[derive(Default)]
struct Found {
    differences: Vec<Difference>,
    groups: BTreeMap<Cause, Vec<Fen>>,
}

impl Found {
    fn one_sided(&mut self, reply: &SetlInfo, cause: Cause) {
        let amount = Some(reply.psn_part_amt);
        let (ours, theirs) = if cause == Cause::NoReply { (amount, None) } else { (None, amount) };
        let (mdtrt_id, field) = (reply.mdtrt_id.clone(), "psn_part_amt");
        self.differences.push(Difference { mdtrt_id, field, ours, theirs, cause });
        self.groups.entry(cause).or_default().push(reply.psn_part_amt);
    }

    fn pair(&mut self, ways: &[OtherWay], claim: &Settled, other: &SetlInfo) {
        let fields = claim.reply.differences(other);
        let Some(largest) = fields.iter().map(|(_, a, b)| Fen((*a - *b).0.abs())).max() else {
            return;
        };
        let cause = cause(ways, claim, other).unwrap_or(if largest <= SMALL {
            Cause::SmallUnexplained
        } else {
            Cause::Unexplained
        });
        self.groups.entry(cause).or_default().push(largest);
        self.differences.extend(fields.into_iter().map(|(field, ours, theirs)| Difference {
            mdtrt_id: other.mdtrt_id.clone(),
            field,
            ours: Some(ours),
            theirs: Some(theirs),
            cause,
        }));
    }

    fn grouped(self) -> Comparison {
        let group = |(cause, sizes): (Cause, Vec<Fen>)| {
            let smallest = sizes.iter().copied().min().unwrap_or_default();
            let largest = sizes.iter().copied().max().unwrap_or_default();
            Group { cause, claims: sizes.len(), between: (smallest, largest) }
        };
        let mut groups: Vec<Group> = self.groups.into_iter().map(group).collect();
        groups.sort_by_key(|group| (usize::MAX - group.claims, group.cause));
        Comparison { differences: self.differences, groups }
    }
}

/// The first other way that gives exactly their reply.
fn cause(ways: &[OtherWay], claim: &Settled, theirs: &SetlInfo) -> Option<Cause> {
    let gives = |way: &&OtherWay| {
        let mut input = claim.input.clone();
        if way.forgets_year {
            (input.year, input.more) = (YearToDate::default(), YearMore::default());
        }
        reply(&way.rules, &claim.claim, &input).differences(theirs).is_empty()
    };
    ways.iter().find(gives).map(|way| way.cause)
}
