//! The national interface's envelope over the same engine: messages in, replies out, and which message did
//! what, so that it can be undone (2601). Must never let a message through that was undone before it
//! came.
//!
//! Which message did what is kept for the latest million messages of this process; after a restart a 2601
//! finds nothing and keeps the message out, and a 5203 tells what stands.

use super::core::{Ask, Desk, Refused, Waiting, busy, deadline, put};
use crate::domain::{GroupId, VisitId};
use crate::store::{Answer, Answered};
use crate::wire::national::{Areas, Asked, Envelope, Reply, Sign};
use crate::wire::{Batch, Request, RequestBody};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Json;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// Messages whose effect is remembered.
const REMEMBERED: usize = 1_000_000;

/// What the interface needs: areas, signature, and what messages did.
pub struct National {
    areas: Areas,
    sign: Box<dyn Sign>,
    sent: Mutex<Sent>,
}

impl std::fmt::Debug for National {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("National").field("areas", &self.areas).finish_non_exhaustive()
    }
}

/// What a settlement's message was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Did {
    group: GroupId,
    member: u8,
    visit: VisitId,
    point: u8,
}

/// What messages did; `None` = undone before it came.
#[derive(Debug, Default)]
struct Sent {
    known: BTreeMap<String, Option<Did>>,
    order: VecDeque<String>,
}

impl Sent {
    /// Notes a settlement's message; false when it was undone before.
    fn note(&mut self, msgid: &str, did: Did) -> bool {
        if let Some(known) = self.known.get(msgid) {
            return known.is_some();
        }
        self.keep(msgid, Some(did));
        true
    }

    /// What a message did; one that has not come is kept out from now on.
    fn undo(&mut self, msgid: &str) -> Option<Did> {
        let known = self.known.get(msgid).copied();
        if known.is_none() {
            self.keep(msgid, None);
        }
        known.flatten()
    }

    fn keep(&mut self, msgid: &str, did: Option<Did>) {
        self.known.insert(msgid.to_owned(), did);
        self.order.push_back(msgid.to_owned());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

impl National {
    /// The interface over these areas and this signature.
    pub fn new(areas: Areas, sign: Box<dyn Sign>) -> National {
        National { areas, sign, sent: Mutex::default() }
    }

    fn sent<T>(&self, act: impl FnOnce(&mut Sent) -> T) -> T {
        act(&mut self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A settlement is noted before it is asked; false when it was undone before it came.
    fn admits(&self, envelope: &Envelope, batch: &Batch) -> bool {
        let [request] = batch.requests() else { return true };
        let RequestBody::Settle { claim, .. } = &request.body else { return true };
        let Request { group, member, .. } = *request;
        let did = Did { group, member, visit: claim.visit, point: claim.point };
        self.sent(|sent| sent.note(&envelope.msgid, did))
    }

    /// The request that undoes a message, if it did anything.
    fn reversal(&self, omsgid: &str, by: &Request) -> Option<Batch> {
        let Did { group, member, visit, point } = self.sent(|sent| sent.undo(omsgid))?;
        let mut batch = Batch::default();
        let body = RequestBody::Reverse { visit, point };
        batch.push(Request { group, member, body, ..*by }, &[]);
        Some(batch)
    }
}

/// Answers one message.
pub(super) async fn message(
    State(desk): State<Desk>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Reply>, Refused> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind != Some("application/json") {
        let words = "expected content-type application/json".to_owned();
        return Err(Refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, words));
    }
    let text = String::from_utf8_lossy(&body);
    let national = &desk.national;
    let (envelope, asked) = match Envelope::read(&text, &national.areas, &*national.sign) {
        Ok(read) => read,
        Err(words) => {
            desk.meter.bad.add(1);
            return Ok(Json(Reply::refused(None, &words)));
        }
    };
    match asked {
        Asked::Request(batch) => {
            if !national.admits(&envelope, &batch) {
                return Ok(Json(Reply::refused(Some(&envelope), "undone")));
            }
            let answer = one(&desk, &headers, batch.clone()).await?;
            Ok(Json(reply(&envelope, &batch, &answer.answer)))
        }
        Asked::Undo { omsgid, by } => {
            if let Some(batch) = national.reversal(&omsgid, &by) {
                // What was refused or reversed already needs no undoing.
                one(&desk, &headers, batch).await?;
            }
            Ok(Json(Reply::done(&envelope)))
        }
    }
}

async fn one(desk: &Desk, headers: &HeaderMap, batch: Batch) -> Result<Answered, Refused> {
    let until = deadline(headers);
    let answers = put(desk, |reply| Ask::Commands(Waiting { batch, until, reply })).await?;
    let answers = answers.ok_or_else(busy)?;
    answers.first().copied().ok_or_else(busy)
}

fn reply(envelope: &Envelope, batch: &Batch, answer: &Answer) -> Reply {
    match answer {
        Answer::Decided(decision) | Answer::Quoted(decision) => {
            Reply::decided(envelope, batch, decision, false)
        }
        Answer::Replayed(decision) => Reply::decided(envelope, batch, decision, true),
        Answer::Refused(word) => Reply::refused(Some(envelope), word.word()),
        Answer::View(_) => Reply::refused(Some(envelope), "the interface has no such view"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_was_undone_before_it_came_is_kept_out() {
        let mut sent = Sent::default();
        let did = Did { group: GroupId(1), member: 0, visit: VisitId::default(), point: 0 };
        assert!(sent.note("a", did) && sent.note("a", did), "a retry may come");
        assert_eq!(sent.undo("a"), Some(did));
        assert_eq!((sent.undo("b"), sent.undo("b")), (None, None));
        assert!(!sent.note("b", did));
        for number in 0..REMEMBERED {
            sent.keep(&number.to_string(), None);
        }
        assert!(sent.known.len() <= REMEMBERED && !sent.known.contains_key("a"));
    }
}
