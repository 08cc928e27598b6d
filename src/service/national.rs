//! The national interface's envelope over the same engine: messages in, replies out, and which message did
//! what, so that it can be undone (2601). Must never let a message through that was undone before it
//! came.
//!
//! Which message did what is kept for the latest million messages of this process; after a restart a 2601
//! finds nothing and keeps the message out, and a 5203 tells what stands.

use super::core::{Ask, Desk, Refused, Waiting, busy, deadline, heard, queue};
use crate::domain::{GroupId, VisitId};
use crate::store::{Answer, Answered};
use crate::wire::national::{Areas, Asked, Envelope, Reply, Sign, Unread};
use crate::wire::{Batch, Request, RequestBody};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Json;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot::Receiver;

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

/// What is known of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Known {
    /// What it did; nothing where it was undone before it came.
    did: Option<Did>,
    /// Undone: it is not let through any more.
    undone: bool,
}

/// What messages did.
#[derive(Debug, Default)]
struct Sent {
    known: BTreeMap<String, Known>,
    order: VecDeque<String>,
}

impl Sent {
    /// Notes a settlement's message; false when it was undone before.
    fn note(&mut self, msgid: &str, did: Did) -> bool {
        if let Some(known) = self.known.get(msgid) {
            return !known.undone;
        }
        self.keep(msgid, Known { did: Some(did), undone: false });
        true
    }

    /// What a message did; it is kept out from now on, whether it has come or not.
    fn undo(&mut self, msgid: &str) -> Option<Did> {
        match self.known.get_mut(msgid) {
            Some(known) => known.undone = true,
            None => self.keep(msgid, Known { did: None, undone: true }),
        }
        self.known.get(msgid)?.did
    }

    fn keep(&mut self, msgid: &str, known: Known) {
        self.known.insert(msgid.to_owned(), known);
        self.order.push_back(msgid.to_owned());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

/// The answers to one message's commands.
type Answers = Receiver<Option<Vec<Answered>>>;

impl National {
    /// The interface over these areas and this signature.
    pub fn new(areas: Areas, sign: Box<dyn Sign>) -> National {
        National { areas, sign, sent: Mutex::default() }
    }

    fn sent<T>(&self, act: impl FnOnce(&mut Sent) -> T) -> T {
        act(&mut self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Queues a message's request; nothing where it was undone before it came. A settlement is noted and
    /// queued in one step, so that its reversal can only come behind it.
    fn ask(
        &self,
        envelope: &Envelope,
        batch: &Batch,
        queue: impl FnOnce(Batch) -> Result<Answers, Refused>,
    ) -> Result<Option<Answers>, Refused> {
        let [request] = batch.requests() else { return queue(batch.clone()).map(Some) };
        let RequestBody::Settle { claim, .. } = &request.body else {
            return queue(batch.clone()).map(Some);
        };
        let Request { group, member, .. } = *request;
        let did = Did { group, member, visit: claim.visit, point: claim.point };
        self.sent(|sent| {
            if sent.note(&envelope.msgid, did) { queue(batch.clone()).map(Some) } else { Ok(None) }
        })
    }

    /// Keeps a message out, and queues the request that undoes it if it did anything.
    fn undo(
        &self,
        omsgid: &str,
        by: &Request,
        queue: impl FnOnce(Batch) -> Result<Answers, Refused>,
    ) -> Result<Option<Answers>, Refused> {
        self.sent(|sent| {
            let Some(Did { group, member, visit, point }) = sent.undo(omsgid) else {
                return Ok(None);
            };
            let mut batch = Batch::default();
            let body = RequestBody::Reverse { visit, point };
            batch.push(Request { group, member, body, ..*by }, &[]);
            queue(batch).map(Some)
        })
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
    let read = beside(&desk, move |national| {
        let text = String::from_utf8_lossy(&body);
        Envelope::read(&text, &national.areas, &*national.sign)
    });
    let (envelope, asked) = match read.await? {
        Ok(read) => read,
        Err(Unread::Wrong(words)) => {
            desk.meter.bad.add(1);
            return signed(&desk, Reply::refused(None, &words)).await;
        }
        Err(Unread::Unchecked(words)) => return Err(unsigned(&desk, &words, NOTHING_DECIDED)),
    };
    let until = deadline(&headers);
    let queued = |batch| queue(&desk, |reply| Ask::Commands(Waiting { batch, until, reply }));
    let national = &desk.national;
    match asked {
        Asked::Request(batch) => {
            let Some(answers) = national.ask(&envelope, &batch, queued)? else {
                return signed(&desk, Reply::refused(Some(&envelope), "undone")).await;
            };
            let answer = one(answers).await?;
            signed(&desk, reply(&envelope, &batch, &answer.answer)).await
        }
        Asked::Undo { omsgid, by } => {
            if let Some(answers) = national.undo(&omsgid, &by, queued)? {
                // What was refused or reversed already needs no undoing.
                one(answers).await?;
            }
            signed(&desk, Reply::done(&envelope)).await
        }
    }
}

/// What holds of a message whose signature, or whose reply's, nobody made.
const NOTHING_DECIDED: &str = "nothing was decided, send the same message again";
const DECIDED: &str = "what was decided stands, send the same message again to be told";

/// The reply with its signature.
async fn signed(desk: &Desk, reply: Reply) -> Result<Json<Reply>, Refused> {
    let made = beside(desk, move |national| reply.signed(&*national.sign)).await?;
    made.map(Json).map_err(|words| unsigned(desk, &words, DECIDED))
}

fn unsigned(desk: &Desk, words: &str, holds: &str) -> Refused {
    desk.meter.unsigned.add(1);
    Refused(StatusCode::BAD_GATEWAY, format!("{words}; {holds}"))
}

/// Does what may wait for a program on a thread that nobody else's call needs.
async fn beside<T: Send + 'static>(
    desk: &Desk,
    act: impl FnOnce(&National) -> T + Send + 'static,
) -> Result<T, Refused> {
    let national = Arc::clone(&desk.national);
    let failed = |_| Refused(StatusCode::INTERNAL_SERVER_ERROR, "the service failed".to_owned());
    tokio::task::spawn_blocking(move || act(&national)).await.map_err(failed)
}

/// The answer to the only command of a message.
async fn one(answers: Answers) -> Result<Answered, Refused> {
    let answers = heard(answers).await?.ok_or_else(busy)?;
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
        assert_eq!(
            (sent.undo("a"), sent.undo("a")),
            (Some(did), Some(did)),
            "a 2601 may come again"
        );
        assert!(!sent.note("a", did), "what was undone does not come back");
        assert_eq!((sent.undo("b"), sent.undo("b")), (None, None));
        assert!(!sent.note("b", did));
        for number in 0..REMEMBERED {
            sent.keep(&number.to_string(), Known::default());
        }
        assert!(sent.known.len() <= REMEMBERED && !sent.known.contains_key("a"));
    }
}
