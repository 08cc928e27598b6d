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
//! Bodies that wait together are made durable by one flush. A body that finds too many others in hand or the
//! queue full, or that waited longer than its deadline, is refused with 429 and Retry-After and nothing of
//! it was decided. Nobody stands in a line that has no end: what is beyond the bounds is refused at once.

use super::http::{Crowd, Place, listen};
use super::meter::Meter;
use super::national::{National, message};
use crate::store::{Answer, Answered, AuditReport, Store, StoreError, Submission, answers};
use crate::wire::{Batch, RequestId, read_commands};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::Instant;

/// Content type of commands and answers; a web site cannot send it without asking first.
pub const COMMANDS_TYPE: &str = "application/x-ndjson";
/// Largest body, bytes.
const LARGEST_BODY: usize = 8 << 20;
/// Most commands a body.
const MOST_COMMANDS: usize = 10_000;
/// Bodies that are read, decided or answered at a time; more are sent away before they are read.
const MOST_IN_HAND: usize = 64;
/// Bodies that wait for the engine; more are sent away.
const MOST_WAITING: usize = 32;

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
    let desk = Desk::new(asks, Arc::clone(&meter), national);
    std::thread::scope(|scope| {
        let server =
            scope.spawn(move || listen(place, Crowd::IsTheRouters, router(desk), stop, ready));
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
    let again = answers.iter().filter(|answered| matches!(answered.answer, Answer::Replayed(_)));
    meter.replayed.add(again.count() as u64);
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
    /// Room for bodies in hand.
    room: Arc<Semaphore>,
}

impl Desk {
    pub(super) fn new(asks: mpsc::Sender<Ask>, meter: Arc<Meter>, national: National) -> Desk {
        let room = Arc::new(Semaphore::new(MOST_IN_HAND));
        Desk { asks, meter, national: Arc::new(national), room }
    }
}

fn router(desk: Desk) -> Router {
    Router::new()
        .route("/commands", post(commands))
        .route("/national", post(message))
        .route("/outcomes", get(outcomes))
        .route("/audit", get(audit))
        .route_layer(from_fn_with_state(desk.clone(), admit))
        // Whoever watches a core that is overloaded is answered all the same.
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(desk)
}

/// Takes a call in hand, or sends it away unread; how long it took is metered.
async fn admit(
    State(desk): State<Desk>,
    request: Request,
    next: Next,
) -> Result<Response, Refused> {
    let from = Instant::now();
    let Ok(permit) = desk.room.try_acquire() else {
        desk.meter.busy.add(1);
        return Err(busy());
    };
    let response = next.run(request).await;
    drop(permit);
    if response.status().is_success() {
        desk.meter.took(from.elapsed());
    }
    Ok(response)
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

/// Puts a question into the queue of the engine's thread; what is queued earlier is decided earlier.
pub(super) fn queue<T>(
    desk: &Desk,
    ask: impl FnOnce(oneshot::Sender<T>) -> Ask,
) -> Result<oneshot::Receiver<T>, Refused> {
    let (reply, answer) = oneshot::channel();
    desk.asks.try_send(ask(reply)).map_err(|_| {
        desk.meter.busy.add(1);
        busy()
    })?;
    Ok(answer)
}

/// Waits for the answer to a question.
pub(super) async fn heard<T>(answer: oneshot::Receiver<T>) -> Result<T, Refused> {
    let gone = |_| Refused(StatusCode::INTERNAL_SERVER_ERROR, "the engine stopped".to_owned());
    answer.await.map_err(gone)
}

/// Puts a question to the engine's thread and waits for its answer.
async fn put<T>(desk: &Desk, ask: impl FnOnce(oneshot::Sender<T>) -> Ask) -> Result<T, Refused> {
    heard(queue(desk, ask)?).await
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
        let schemas = &page["components"]["schemas"];
        assert_eq!(schemas["Refused"]["enum"], serde_json::json!([429]));
        let forms = [
            ("Command", crate::wire::schemas()[0].1.clone()),
            ("Answer", answers::schema()),
            ("AuditReport", schemars::schema_for!(AuditReport)),
            ("Envelope", schemars::schema_for!(crate::wire::national::Envelope)),
            ("Reply", schemars::schema_for!(Reply)),
        ];
        for (name, schema) in forms {
            let ours = serde_json::to_string(&schema).expect("a schema");
            let ours = ours.replace("#/$defs/", "#/components/schemas/");
            let mut ours: serde_json::Value = serde_json::from_str(&ours).expect("its own text");
            // What a form consists of stands beside it.
            let parts = ours["$defs"].take();
            for (part, schema) in parts.as_object().into_iter().flatten() {
                assert_eq!(&schemas[part], schema, "renew {part}: {schema:#}");
            }
            for key in ["type", "properties", "required", "additionalProperties"] {
                assert_eq!(schemas[name][key], ours[key], "renew {name}: {ours:#}");
            }
        }
    }

    fn desk(waiting: usize) -> (Desk, mpsc::Receiver<Ask>) {
        let (asks, inbox) = mpsc::channel(waiting);
        let areas = crate::wire::national::Areas::only("440100");
        let sign = Box::new(crate::wire::national::Unsigned);
        (Desk::new(asks, Arc::default(), National::new(areas, sign)), inbox)
    }

    async fn asked(desk: Desk) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(COMMANDS_TYPE));
        let body = Bytes::from_static(b"{\"schema\": \"aftercare.command/1\"}\n");
        commands(State(desk), headers, body).await.into_response()
    }

    #[test]
    fn a_full_queue_refuses_at_once_and_says_when_to_come_back() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            // An engine that takes nothing up: the queue of two fills, the third is sent away.
            let (desk, inbox) = desk(2);
            let mut waiting = Vec::new();
            for _ in 0..2 {
                waiting.push(Box::pin(asked(desk.clone())));
                let polled = futures_once(waiting.last_mut().expect("one")).await;
                assert!(polled.is_none(), "it waits for the engine");
            }
            let refused = asked(desk.clone()).await;
            assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
            assert!(desk.meter.text(2).contains("aftercare_refused_busy_total 1\n"));
            drop(inbox);
            let gone = waiting.remove(0).await;
            assert_eq!(gone.status(), StatusCode::INTERNAL_SERVER_ERROR, "the engine ended");
        });
    }

    /// What a call says when it is looked at once.
    async fn futures_once<F: Future + Unpin>(call: &mut F) -> Option<F::Output> {
        std::future::poll_fn(|context| {
            let polled = std::pin::Pin::new(&mut *call).poll(context);
            std::task::Poll::Ready(match polled {
                std::task::Poll::Ready(answer) => Some(answer),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }
}
