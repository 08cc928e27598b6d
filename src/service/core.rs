//! The engine behind a store over HTTP: one thread owns the store, requests come to it through a bounded
//! queue. Must never let a request through that the store could not hold, and never reorder answers.
//!
//! | call | does |
//! |---|---|
//! | `POST /commands` | commands as NDJSON (`aftercare.command/1`) → answers (`aftercare.answer/1`), in order |
//! | `POST /national` | one message of the national interface (`wire::national`) → its reply |
//! | `GET /outcomes` | what became of every key that is remembered (`aftercare.answer/1`) |
//! | `GET /audit` | re-adds the books |
//! | `GET /health` | says that the engine's thread answers |
//! | `GET /metrics` | counts, in the text form of Prometheus |
//!
//! Bodies that wait together are made durable by one flush. A body that finds the queue full, or that waited
//! longer than its deadline, is refused with 429 and Retry-After and nothing of it was decided.

use super::http::{Place, listen};
use super::meter::Meter;
use super::national::{National, message};
use crate::store::{Answer, Answered, AuditReport, Store, StoreError, Submission, answers};
use crate::wire::{Batch, RequestId, read_commands};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// Content type of commands and answers; a web site cannot send it without asking first.
pub const COMMANDS_TYPE: &str = "application/x-ndjson";
/// Largest body, bytes.
const LARGEST_BODY: usize = 8 << 20;
/// Most commands a body.
const MOST_COMMANDS: usize = 10_000;
/// Bodies that wait for the engine; more are sent away.
const MOST_WAITING: usize = 64;

/// Commands that one flush makes durable at most.
const MOST_A_FLUSH: usize = 8_192;
/// How long a body may wait for the engine, unless it says otherwise.
const DEADLINE: Duration = Duration::from_secs(2);
/// Header in which a client says how many ms its commands may wait.
const DEADLINE_HEADER: &str = "x-deadline-ms";

/// The calls, as the OpenAPI file lists them.
#[cfg(test)]
const ROUTES: [(&str, &str); 6] = [
    ("post", "/commands"),
    ("post", "/national"),
    ("get", "/outcomes"),
    ("get", "/audit"),
    ("get", "/health"),
    ("get", "/metrics"),
];

/// Why the service ended by itself.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The address could not be used, or the server failed.
    #[error(transparent)]
    Http(#[from] std::io::Error),
    /// The store stopped.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Commands that wait for the engine.
pub(super) struct Waiting {
    pub(super) batch: Batch,
    pub(super) until: Instant,
    pub(super) reply: oneshot::Sender<Option<Vec<Answered>>>,
}

/// What the engine's thread is asked.
pub(super) enum Ask {
    Commands(Waiting),
    Outcomes(oneshot::Sender<Vec<Answered>>),
    Audit(oneshot::Sender<AuditReport>),
}

/// Serves a store until Ctrl-C or SIGTERM; `ready` hears the address. The store stays on the calling thread.
pub fn serve_core<S: Store>(
    store: &mut S,
    place: Place,
    national: National,
    ready: impl FnOnce(SocketAddr) + Send,
) -> Result<(), Stopped> {
    let (asks, inbox) = mpsc::channel(MOST_WAITING);
    let (broke, broken) = oneshot::channel::<()>();
    let meter = Arc::new(Meter::default());
    let stop = async {
        // An error means that the engine's thread ended in good order, after the server did.
        if broken.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let desk = Desk { asks, meter: Arc::clone(&meter), national: Arc::new(national) };
    std::thread::scope(|scope| {
        let server = scope.spawn(move || listen(place, router(desk), stop, ready));
        let worked = work(store, inbox, &meter);
        if worked.is_err() {
            // The server may have ended already.
            let _ = broke.send(());
        }
        let served = server.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        worked?;
        Ok(served?)
    })
}

/// Answers until nobody can ask any more.
fn work<S: Store>(
    store: &mut S,
    mut inbox: mpsc::Receiver<Ask>,
    meter: &Meter,
) -> Result<(), StoreError> {
    let mut next = inbox.blocking_recv();
    while let Some(ask) = next.take() {
        match ask {
            Ask::Commands(first) => {
                let mut together = vec![first];
                let mut commands = together[0].batch.len();
                while commands < MOST_A_FLUSH {
                    match inbox.try_recv() {
                        Ok(Ask::Commands(more)) => {
                            commands += more.batch.len();
                            together.push(more);
                        }
                        Ok(other) => {
                            next = Some(other);
                            break;
                        }
                        Err(_) => break,
                    }
                }
                decide(store, together, meter)?;
            }
            Ask::Outcomes(reply) => {
                let answered = |(id, decision)| Answered { id, answer: Answer::Decided(decision) };
                drop(reply.send(store.outcomes()?.into_iter().map(answered).collect()));
            }
            Ask::Audit(reply) => drop(reply.send(store.audit())),
        }
        if next.is_none() {
            next = inbox.blocking_recv();
        }
    }
    Ok(())
}

/// Decides what is still in time, makes it durable with one flush, and answers each body in the order
/// of its commands; a body that came too late, or that the store had no room for, gets nothing.
fn decide<S: Store>(
    store: &mut S,
    together: Vec<Waiting>,
    meter: &Meter,
) -> Result<(), StoreError> {
    let now = Instant::now();
    let mut taken = Vec::with_capacity(together.len());
    for waiting in together {
        if now > waiting.until {
            meter.late.add(1);
            drop(waiting.reply.send(None));
        } else if store.try_submit(&waiting.batch)? == Submission::Busy {
            meter.busy.add(1);
            drop(waiting.reply.send(None));
        } else {
            taken.push(waiting);
        }
    }
    store.flush()?;
    meter.flushes.add(1);
    let mut answers = Vec::new();
    store.drain(&mut answers);
    meter.commands.add(answers.len() as u64);
    let mut by_id: BTreeMap<RequestId, VecDeque<Answered>> = BTreeMap::new();
    for answered in answers {
        by_id.entry(answered.id).or_default().push_back(answered);
    }
    let mut answer_to = |id: RequestId| {
        let answered = by_id.get_mut(&id).and_then(VecDeque::pop_front);
        answered.unwrap_or_else(|| panic!("invariant: request {id} is answered after a flush"))
    };
    for Waiting { batch, reply, .. } in taken {
        let answers = batch.requests().iter().map(|request| answer_to(request.id)).collect();
        // Whoever asked may have gone away; the commands are decided all the same.
        drop(reply.send(Some(answers)));
    }
    Ok(())
}

/// What every call has at hand.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) asks: mpsc::Sender<Ask>,
    pub(super) meter: Arc<Meter>,
    pub(super) national: Arc<National>,
}

fn router(desk: Desk) -> Router {
    Router::new()
        .route("/commands", post(commands))
        .route("/national", post(message))
        .route("/outcomes", get(outcomes))
        .route("/audit", get(audit))
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(desk)
}

/// Why a call is not answered.
pub(super) struct Refused(pub(super) StatusCode, pub(super) String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = (self.0, self.1).into_response();
        if self.0 == StatusCode::TOO_MANY_REQUESTS {
            let seconds = HeaderValue::from_static("1");
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

/// Puts a question to the engine's thread and waits for its answer.
pub(super) async fn put<T>(
    desk: &Desk,
    ask: impl FnOnce(oneshot::Sender<T>) -> Ask,
) -> Result<T, Refused> {
    let (reply, answer) = oneshot::channel();
    desk.asks.try_send(ask(reply)).map_err(|_| {
        desk.meter.busy.add(1);
        busy()
    })?;
    let gone = |_| Refused(StatusCode::INTERNAL_SERVER_ERROR, "the engine stopped".to_owned());
    answer.await.map_err(gone)
}

pub(super) fn busy() -> Refused {
    let message = "busy; nothing was decided, send the same commands again";
    Refused(StatusCode::TOO_MANY_REQUESTS, message.to_owned())
}

/// When a call must be taken up.
pub(super) fn deadline(headers: &HeaderMap) -> Instant {
    let said = headers.get(DEADLINE_HEADER).and_then(|value| value.to_str().ok()?.parse().ok());
    Instant::now() + said.map_or(DEADLINE, Duration::from_millis).min(10 * DEADLINE)
}

async fn commands(
    State(desk): State<Desk>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refused> {
    let until = deadline(&headers);
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind != Some(COMMANDS_TYPE) {
        let message = format!("expected content-type {COMMANDS_TYPE}");
        return Err(Refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let batch = read_commands(&body[..]);
    let batch = batch.map_err(|error| {
        desk.meter.bad.add(1);
        Refused(StatusCode::BAD_REQUEST, error.to_string())
    })?;
    if batch.len() > MOST_COMMANDS {
        let message = format!("expected at most {MOST_COMMANDS} commands a request");
        return Err(Refused(StatusCode::PAYLOAD_TOO_LARGE, message));
    }
    let answers = put(&desk, |reply| Ask::Commands(Waiting { batch, until, reply })).await?;
    Ok(listed(&answers.ok_or_else(busy)?))
}

fn listed(answers: &[Answered]) -> Response {
    ([(header::CONTENT_TYPE, COMMANDS_TYPE)], answers::write(answers)).into_response()
}

async fn outcomes(State(desk): State<Desk>) -> Result<Response, Refused> {
    put(&desk, Ask::Outcomes).await.map(|answers| listed(&answers))
}

async fn audit(State(desk): State<Desk>) -> Result<Json<AuditReport>, Refused> {
    put(&desk, Ask::Audit).await.map(Json)
}

async fn health(State(desk): State<Desk>) -> Result<&'static str, Refused> {
    let until = Instant::now() + DEADLINE;
    let empty = |reply| Ask::Commands(Waiting { batch: Batch::default(), until, reply });
    put(&desk, empty).await?.ok_or_else(busy)?;
    Ok("ok\n")
}

async fn metrics(State(desk): State<Desk>) -> String {
    let waiting = MOST_WAITING - desk.asks.capacity();
    desk.meter.text(waiting as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::national::Reply;

    #[test]
    fn the_openapi_file_lists_every_call_and_no_other() {
        let text = include_str!("../../docs/core_openapi.json");
        let page: serde_json::Value = serde_json::from_str(text).expect("it is JSON");
        let paths = page["paths"].as_object().expect("paths");
        let mut listed: Vec<(String, String)> = Vec::new();
        for (path, calls) in paths {
            let calls = calls.as_object().expect("calls").keys();
            listed.extend(calls.map(|verb| (verb.clone(), path.clone())));
        }
        let routes = ROUTES.map(|(verb, path)| (verb.to_owned(), path.to_owned()));
        assert_eq!(listed, routes);
        let command = &page["components"]["schemas"]["Command"];
        let ours = serde_json::to_string(&crate::wire::schemas()[0].1).expect("a schema");
        let ours = ours.replace("#/$defs/", "#/components/schemas/");
        let ours: serde_json::Value = serde_json::from_str(&ours).expect("its own text");
        assert_eq!(command["properties"], ours["properties"], "renew the file: {ours:#}");
        assert_eq!(page["components"]["schemas"]["Refused"]["enum"], serde_json::json!([429]));
        let forms = [
            ("Envelope", schemars::schema_for!(crate::wire::national::Envelope)),
            ("Reply", schemars::schema_for!(Reply)),
        ];
        for (name, schema) in forms {
            let ours = serde_json::to_value(&schema).expect("a schema");
            let names = |of: &serde_json::Value| -> Vec<String> {
                of["properties"].as_object().into_iter().flatten().map(|(n, _)| n.clone()).collect()
            };
            let theirs = names(&page["components"]["schemas"][name]);
            assert_eq!(theirs, names(&ours), "renew {name}");
            assert!(theirs.len() > 5, "{name}");
        }
    }
}
