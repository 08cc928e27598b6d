//! `[messages]`: what the scheme's platform tells patients around a visit, whom it reaches and what they do about
//! it. Must never send a message that the file does not name.

use super::costs::party;
use super::form::word;
use super::reader::Reader;
use crate::domain::{Fen, MessageKind};
use crate::economics::Party;

/// What the platform tells, and at whose cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MessagesSpec {
    /// Around visits of everybody at institutions in the scheme; otherwise of kin groups with a line.
    pub to_everybody: bool,
    /// Who pays for the messages.
    pub by: Party,
    /// By `MessageKind as usize`; `None` = not sent.
    pub kinds: [Option<MessageSpec>; MessageKind::COUNT],
}

/// One kind of message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MessageSpec {
    /// Share that arrives.
    pub reached: f64,
    /// Cost of each.
    pub cost: Fen,
    /// Effect on those reached: the share who act on it; of guidance, the share of each walk that it saves.
    pub effect: f64,
}

impl MessagesSpec {
    /// A kind of message, if it is sent.
    pub fn of(&self, kind: MessageKind) -> Option<MessageSpec> {
        self.kinds[kind as usize]
    }
}

/// Each kind with what it is, the key of its effect and what that is.
const KINDS: [(&str, &str, &str); MessageKind::COUNT] = [
    (
        "before a visit that was booked, when to come",
        "keeps_hour_share",
        "those reached who come at the hour named; hours are named evenly over the clinic's day",
    ),
    (
        "at a visit, when the turn comes",
        "waits_outside_share",
        "those reached who wait outside the hall and do not give up waiting",
    ),
    ("at a visit, where to go", "walk_saved_share", "part of each walk that those reached save"),
    (
        "at each charge put on the line, what is owed until when",
        "pays_in_time_share",
        "those reached who pay on the due day what they would have missed",
    ),
];

/// Reads `[messages]`, if it is there.
pub(super) fn read(r: &mut Reader<'_>) -> Option<MessagesSpec> {
    let doc = "what the scheme's platform tells patients; absent = nothing";
    r.maybe_table("messages", doc, |r| MessagesSpec {
        to_everybody: r.get(
            "sent_to",
            "around whose visits at institutions in the scheme",
            &word(&[("participants", false), ("everybody", true)]),
        ),
        by: r.get("borne_by", "who pays for them", &party()),
        kinds: MessageKind::ALL.map(|kind| {
            let (doc, effect, effect_doc) = KINDS[kind as usize];
            let doc = format!("{doc}; absent = not sent");
            r.maybe_table(kind.word(), &doc, |r| MessageSpec {
                reached: r.share("reached_share", "messages that arrive and are read"),
                cost: r.yuan("yuan_each", "cost of each that is sent"),
                effect: r.share(effect, effect_doc),
            })
        }),
    })
}
