//! The store behind HTTP: any core that speaks the JSON interface (`docs/core_openapi.json`) or the national
//! interface's envelope. Commands of one kin group go over one connection in their order; answers come
//! in the order of a group, not of the whole. Must never count a request as done whose answer did not
//! come, and never send it again under another key.

mod lane;

use super::{Answered, AuditReport, NetworkCounts, Store, StoreError, Submission, answers};
use crate::engine::Decision;
use crate::store::Answer;
use crate::wire::national::{Areas, Sign};
use crate::wire::{Batch, RequestId};
use lane::{Lane, Line};
use std::io::{Error, Read, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Largest page that is read, bytes.
const LARGEST_PAGE: u64 = 4 << 30;

/// The form in which a core is spoken to.
#[derive(Clone)]
pub enum Dialect {
    /// Commands as NDJSON, many a call.
    Json,
    /// The national interface's envelope, one transaction a call.
    National {
        /// Area of care and enrolment.
        area: String,
        /// The dictionary.
        areas: Arc<Areas>,
        /// The signature.
        sign: Arc<dyn Sign>,
    },
}

impl std::fmt::Debug for Dialect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_national() { "National" } else { "Json" })
    }
}

impl Dialect {
    /// Whether each transaction is a message of its own.
    pub fn is_national(&self) -> bool {
        matches!(self, Dialect::National { .. })
    }
}

/// Where a core is and how it is spoken to.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// Address, such as `http://127.0.0.1:8023`.
    pub url: String,
    /// Connections that are used at once.
    pub connections: usize,
    /// How long an answer may take before the outcome counts as unknown.
    pub time_out: Duration,
    /// The form.
    pub dialect: Dialect,
}

/// What a connection gives back.
struct Heard {
    answers: Vec<Answered>,
    counts: NetworkCounts,
}

/// A core behind HTTP.
pub struct Http {
    line: Line,
    url: String,
    lanes: Vec<Sender<Batch>>,
    heard: Receiver<Result<Heard, StoreError>>,
    threads: Vec<JoinHandle<()>>,
    under_way: usize,
    ready: Vec<Answered>,
    counts: NetworkCounts,
    stopped: bool,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Http {
    /// Connects; the core must answer.
    #[expect(clippy::disallowed_methods, reason = "a connection waits; it must not hold the pool")]
    pub fn open(options: &HttpOptions) -> Result<Http, StoreError> {
        let line = Line::new(options.time_out);
        let url = options.url.trim_end_matches('/').to_owned();
        line.page(&format!("{url}/health"), LARGEST_PAGE)?;
        let (told, heard) = channel();
        let (mut lanes, mut threads) = (Vec::new(), Vec::new());
        for _ in 0..options.connections.max(1) {
            let (lane_in, batches) = channel::<Batch>();
            let mut lane = Lane::new(&url, options);
            let told = told.clone();
            threads.push(std::thread::spawn(move || {
                for batch in batches {
                    let heard = lane.ask(&batch);
                    // The store may have been dropped.
                    if told.send(heard).is_err() {
                        return;
                    }
                }
            }));
            lanes.push(lane_in);
        }
        let counts = NetworkCounts::default();
        let ready = Vec::new();
        let (under_way, stopped) = (0, false);
        Ok(Http { line, url, lanes, heard, threads, under_way, ready, counts, stopped })
    }

    /// What the network did so far.
    pub fn counts(&self) -> NetworkCounts {
        self.counts
    }

    fn enter(&mut self, heard: Result<Heard, StoreError>) -> Result<(), StoreError> {
        self.under_way -= 1;
        match heard {
            Ok(mut heard) => {
                self.counts += heard.counts;
                self.ready.append(&mut heard.answers);
                Ok(())
            }
            Err(error) => {
                self.stopped = true;
                Err(error)
            }
        }
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        self.lanes.clear();
        for thread in self.threads.drain(..) {
            // A lane that panicked has nothing more to say.
            let _ = thread.join();
        }
    }
}

/// A core that stopped or was never one.
fn gone(what: &'static str, words: impl Into<String>) -> StoreError {
    StoreError::io(what)(Error::other(words.into()))
}

impl Store for Http {
    fn try_submit(&mut self, batch: &Batch) -> Result<Submission, StoreError> {
        if self.stopped {
            return Err(StoreError::Stopped);
        }
        // Each connection has one call under way and one waiting.
        if self.under_way >= 2 * self.lanes.len() {
            return Ok(Submission::Busy);
        }
        let lanes = self.lanes.len();
        let mut parts = vec![Batch::default(); lanes];
        for (at, request) in batch.requests().iter().enumerate() {
            parts[request.group.0 as usize % lanes].extend_from(batch, at, at + 1);
        }
        for (lane, part) in self.lanes.iter().zip(parts) {
            if !part.is_empty() {
                lane.send(part).map_err(|_| gone("sending", "a connection ended"))?;
                self.under_way += 1;
            }
        }
        Ok(Submission::Accepted)
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        while self.under_way > 0 {
            let heard = self.heard.recv();
            self.enter(heard.unwrap_or_else(|_| Err(gone("waiting", "a connection ended"))))?;
        }
        if self.stopped { Err(StoreError::Stopped) } else { Ok(()) }
    }

    fn drain(&mut self, answers: &mut Vec<Answered>) {
        while let Ok(heard) = self.heard.try_recv() {
            // The fault is told by the next call.
            let _ = self.enter(heard);
        }
        answers.append(&mut self.ready);
    }

    fn snapshot<W: Write>(&mut self, _: W) -> Result<(), StoreError> {
        Err(gone("taking a snapshot", "a core behind HTTP gives none"))
    }

    fn restore<R: Read>(&mut self, _: R) -> Result<(), StoreError> {
        Err(gone("restoring an image", "a core behind HTTP takes none"))
    }

    fn audit(&self) -> AuditReport {
        let page = self.line.page(&format!("{}/audit", self.url), LARGEST_PAGE);
        let page = page.map_err(|error| error.to_string());
        let read = page.and_then(|text| serde_json::from_str(&text).map_err(|e| e.to_string()));
        read.unwrap_or_else(|error| AuditReport {
            faults: 1,
            findings: vec![format!("the core's books could not be read: {error}")],
            ..AuditReport::default()
        })
    }

    fn outcomes(&mut self) -> Result<Vec<(RequestId, Decision)>, StoreError> {
        let text = self.line.page(&format!("{}/outcomes", self.url), LARGEST_PAGE)?;
        let read =
            answers::read(&text).map_err(|error| gone("reading outcomes", error.to_string()))?;
        let decided = |answered: Answered| match answered.answer {
            Answer::Decided(decision) => Some((answered.id, decision)),
            _ => None,
        };
        Ok(read.into_iter().filter_map(decided).collect())
    }
}
