//! One connection: sends the commands of its kin groups one after the other and finds out what became of
//! those whose answer did not come. Must never leave an outcome unknown.

use super::{Dialect, Heard, HttpOptions, gone};
use crate::engine::Decision;
use crate::store::answers::{refusal_of, store_refusal_of};
use crate::store::{Answer, Answered, NetworkCounts, StoreError, StoreRefusal, answers};
use crate::wire::national::{Envelope, Reply, Sender};
use crate::wire::{Batch, Request, RequestBody, RequestId, write_commands};
use std::time::Duration;

/// Times that an outcome is asked for before the core counts as gone: with the waits between them, time
/// enough for another core to take over a journal.
const TRIES: u32 = 10;
/// Wait before the second try, doubled each time.
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// Status of a core that has no room.
const TOO_MANY: u16 = 429;
/// Keys that a lane makes for its own messages lie above those of requests.
const OWN_SERIAL: u64 = 5_000;

/// A way to a core.
pub(super) struct Line {
    agent: ureq::Agent,
}

/// What came back.
enum Back {
    Page(String),
    Busy,
    /// No answer: it may or may not have been done.
    Nothing(String),
}

impl Line {
    pub(super) fn new(time_out: Duration) -> Line {
        let config = ureq::Agent::config_builder();
        let config = config.timeout_global(Some(time_out)).http_status_as_error(false).build();
        Line { agent: config.into() }
    }

    /// Reads a page.
    pub(super) fn page(&self, url: &str, most: u64) -> Result<String, StoreError> {
        let fault = |error: ureq::Error| gone("asking the core", format!("{url}: {error}"));
        let mut response = self.agent.get(url).call().map_err(fault)?;
        let status = response.status().as_u16();
        let text = response.body_mut().with_config().limit(most).read_to_string().map_err(fault)?;
        if status == 200 {
            Ok(text)
        } else {
            Err(gone("asking the core", format!("{url}: {text}")))
        }
    }

    fn post(&self, url: &str, kind: &str, body: &[u8]) -> Result<Back, StoreError> {
        let sent = self.agent.post(url).header("content-type", kind).send(body);
        let mut response = match sent {
            Ok(response) => response,
            Err(error) => return Ok(Back::Nothing(error.to_string())),
        };
        let status = response.status().as_u16();
        if status == TOO_MANY {
            return Ok(Back::Busy);
        }
        let text = response.body_mut().with_config().limit(super::LARGEST_PAGE).read_to_string();
        match (status, text) {
            (200, Ok(text)) => Ok(Back::Page(text)),
            (200 | 500.., error) => Ok(Back::Nothing(error.unwrap_or_else(|e| e.to_string()))),
            (status, text) => {
                let words = text.unwrap_or_default();
                Err(gone("asking the core", format!("status {status}: {words}")))
            }
        }
    }
}

/// One connection.
pub(super) struct Lane {
    line: Line,
    url: String,
    dialect: Dialect,
    counts: NetworkCounts,
    own: u64,
}

impl Lane {
    pub(super) fn new(url: &str, options: &HttpOptions) -> Lane {
        Lane {
            line: Line::new(options.time_out),
            url: url.to_owned(),
            dialect: options.dialect.clone(),
            counts: NetworkCounts::default(),
            own: 0,
        }
    }

    /// Asks for a batch and gives every answer.
    pub(super) fn ask(&mut self, batch: &Batch) -> Result<Heard, StoreError> {
        let answers = if self.dialect.is_national() {
            let one = |(at, request)| self.transaction(batch, at, request);
            batch.requests().iter().enumerate().map(one).collect::<Result<_, _>>()?
        } else {
            self.commands(batch)?
        };
        Ok(Heard { answers, counts: std::mem::take(&mut self.counts) })
    }

    /// The JSON interface: the same commands under the same keys until there is an answer.
    fn commands(&mut self, batch: &Batch) -> Result<Vec<Answered>, StoreError> {
        let mut body = Vec::new();
        write_commands(batch, &mut body).map_err(StoreError::io("writing commands"))?;
        let url = format!("{}/commands", self.url);
        let mut doubt = false;
        let page = self.until_answered(false, &mut |lane| {
            let back = lane.line.post(&url, "application/x-ndjson", &body)?;
            if matches!(back, Back::Nothing(_)) && !doubt {
                doubt = true;
                lane.counts.unknown += batch.len() as u64;
            }
            Ok(back)
        })?;
        let Some(text) = page else {
            self.counts.busy += batch.len() as u64;
            let busy = Answer::Refused(StoreRefusal::Busy);
            let rows = batch.requests().iter();
            return Ok(rows.map(|row| Answered { id: row.id, answer: busy }).collect());
        };
        let wrong = |words: String| gone("reading answers", words);
        let mut read = answers::read(&text).map_err(|error| wrong(error.to_string()))?;
        if read.len() != batch.len() {
            return Err(wrong(format!("{} answers to {} commands", read.len(), batch.len())));
        }
        if doubt {
            // What was done by the first call is told again: to the client it is the first answer.
            for answered in &mut read {
                if let Answer::Replayed(decision) = answered.answer {
                    self.counts.found_done += 1;
                    answered.answer = Answer::Decided(decision);
                }
            }
        }
        Ok(read)
    }

    /// Repeats a call until something comes back; `None` when the core has no room, unless the outcome of
    /// an earlier call is in doubt.
    fn until_answered(
        &mut self,
        mut doubt: bool,
        call: &mut dyn FnMut(&mut Lane) -> Result<Back, StoreError>,
    ) -> Result<Option<String>, StoreError> {
        let mut wait = FIRST_WAIT;
        let mut said = String::new();
        for _ in 0..TRIES {
            self.counts.calls += 1;
            match call(self)? {
                Back::Page(text) => return Ok(Some(text)),
                Back::Busy if !doubt => return Ok(None),
                Back::Busy => {}
                Back::Nothing(words) => (doubt, said) = (true, words),
            }
            std::thread::sleep(wait);
            wait *= 2;
        }
        Err(gone("asking the core", format!("no answer in {TRIES} tries: {said}")))
    }

    /// The national interface: one message a request.
    fn transaction(
        &mut self,
        batch: &Batch,
        at: usize,
        request: &Request,
    ) -> Result<Answered, StoreError> {
        let message = self.message(request, batch, at)?;
        self.counts.calls += 1;
        let answer = match self.send(&message)? {
            Back::Page(text) => self.answer_of(&text, request)?,
            Back::Busy => {
                self.counts.busy += 1;
                Answer::Refused(StoreRefusal::Busy)
            }
            Back::Nothing(_) => self.resolve(request, &message)?,
        };
        Ok(Answered { id: request.id, answer })
    }

    fn message(&self, request: &Request, batch: &Batch, at: usize) -> Result<Envelope, StoreError> {
        let made = self.with_sender(|sender| {
            let request_in_batch = &batch.requests()[at];
            sender.message(request, batch.lines_of(request_in_batch))
        });
        made.map_err(|word| {
            gone("asking the core", format!("no national transaction for `{word}`"))
        })
    }

    fn with_sender<T>(&self, make: impl FnOnce(&Sender<'_>) -> T) -> T {
        let Dialect::National { area, areas, sign } = &self.dialect else {
            panic!("invariant: messages are made for the national interface only")
        };
        make(&Sender { area, areas, sign: &**sign })
    }

    fn send(&self, message: &Envelope) -> Result<Back, StoreError> {
        let body = serde_json::to_vec(message)
            .unwrap_or_else(|error| panic!("invariant: a message is written: {error}"));
        self.line.post(&format!("{}/national", self.url), "application/json", &body)
    }

    /// What became of a message without an answer. A settlement is looked for (5203): if it stands, that is
    /// the answer; if not, it is undone (2601), so that it cannot be done later. Anything else is asked
    /// again under its own key.
    fn resolve(&mut self, request: &Request, message: &Envelope) -> Result<Answer, StoreError> {
        self.counts.unknown += 1;
        let RequestBody::Settle { claim, .. } = &request.body else {
            let text = self.until_answered(true, &mut |lane| lane.send(message))?;
            self.counts.found_done += 1;
            return self.answer_of(&text.unwrap_or_default(), request).map(first_answer);
        };
        let body = RequestBody::Lookup { visit: claim.visit, point: claim.point };
        let look = Request { body, id: self.own_key(request), ..*request };
        let mut alone = Batch::default();
        alone.push(look, &[]);
        let lookup = self.message(&look, &alone, 0)?;
        let text = self.until_answered(true, &mut |lane| lane.send(&lookup))?.unwrap_or_default();
        if let Answer::Quoted(found) = self.answer_of(&text, &look)?
            && found.refusal.is_none()
        {
            self.counts.found_done += 1;
            return Ok(Answer::Decided(found));
        }
        let by = Request { id: self.own_key(request), ..*request };
        let made = self.with_sender(|sender| sender.undo(message, &by));
        let undo = made.map_err(|word| gone("asking the core", word))?;
        let text = self.until_answered(true, &mut |lane| lane.send(&undo))?.unwrap_or_default();
        if self.reply(&text)?.infcode != 0 {
            return Err(gone("undoing a settlement", text));
        }
        self.counts.undone += 1;
        Ok(Answer::Refused(StoreRefusal::Undone))
    }

    /// A reply whose signature fits.
    fn reply(&self, text: &str) -> Result<Reply, StoreError> {
        let wrong = |words: String| gone("reading a reply", words);
        let reply: Reply = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        self.with_sender(|sender| reply.check(sender.sign)).map_err(wrong)?;
        Ok(reply)
    }

    /// The answer that a reply tells of.
    fn answer_of(&self, text: &str, request: &Request) -> Result<Answer, StoreError> {
        answer_of(self.reply(text)?, request)
    }

    /// A key for a message of the lane's own; its serial stays out of the way of the requests around it.
    fn own_key(&mut self, request: &Request) -> RequestId {
        self.own += 1;
        RequestId::new(request.at, u128::from(request.id.serial() + OWN_SERIAL + self.own % 1_000))
    }
}

/// A replayed answer is the first one to a client that heard none.
fn first_answer(answer: Answer) -> Answer {
    match answer {
        Answer::Replayed(decision) => Answer::Decided(decision),
        other => other,
    }
}

/// The answer that a reply tells of.
fn answer_of(reply: Reply, request: &Request) -> Result<Answer, StoreError> {
    let wrong = |words: String| gone("reading a reply", words);
    let reads = request.body.only_reads();
    if reply.infcode != 0 {
        if let Ok(word) = store_refusal_of(&reply.err_msg) {
            return Ok(Answer::Refused(word));
        }
        let word = refusal_of(&reply.err_msg).map_err(|_| wrong(reply.err_msg.clone()))?;
        let refused = Decision::refused(word);
        return Ok(if reads { Answer::Quoted(refused) } else { Answer::Decided(refused) });
    }
    let Some(output) = reply.output else { return Err(wrong("no setlinfo".to_owned())) };
    let decision = output.setlinfo.decision().map_err(wrong)?;
    Ok(match (reads, output.setlinfo.exp_replayed) {
        (true, _) => Answer::Quoted(decision),
        (false, true) => Answer::Replayed(decision),
        (false, false) => Answer::Decided(decision),
    })
}
