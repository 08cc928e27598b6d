//! The engine behind a store over HTTP: one thread owns the store, requests come to it through a bounded
//! queue. Must never let a request through that the store could not hold, and never reorder answers.
//!
//! | call | does |
//! |---|---|
//! | `POST /commands` | commands as NDJSON (`aftercare.command/1`) → answers (`aftercare.answer/1`), in order |
//! | `GET /audit` | re-adds the books |
//! | `GET /health` | says that the engine's thread answers |

use super::answer;
use super::http::{Place, listen};
use crate::store::{Answered, AuditReport, Store, StoreError, Submission};
use crate::wire::{Batch, RequestId, read_commands};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use tokio::sync::{mpsc, oneshot};

/// Content type of commands and answers; a web site cannot send it without asking first.
pub const COMMANDS_TYPE: &str = "application/x-ndjson";
/// Largest body, bytes.
const LARGEST_BODY: usize = 8 << 20;
/// Most commands a body.
const MOST_COMMANDS: usize = 10_000;
/// Bodies that wait for the engine; more are sent away.
const MOST_WAITING: usize = 64;

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

/// What the engine's thread is asked.
enum Ask {
    Commands(Batch, oneshot::Sender<Option<Vec<Answered>>>),
    Audit(oneshot::Sender<AuditReport>),
}

/// Serves a store until Ctrl-C; `ready` hears the address. The store stays on the calling thread.
pub fn serve_core<S: Store>(
    store: &mut S,
    place: Place,
    ready: impl FnOnce(SocketAddr) + Send,
) -> Result<(), Stopped> {
    let (asks, inbox) = mpsc::channel(MOST_WAITING);
    let (broke, broken) = oneshot::channel::<()>();
    let stop = async {
        // An error means that the engine's thread ended in good order, after the server did.
        if broken.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    std::thread::scope(|scope| {
        let server = scope.spawn(move || listen(place, router(asks), stop, ready));
        let worked = work(store, inbox);
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
fn work<S: Store>(store: &mut S, mut inbox: mpsc::Receiver<Ask>) -> Result<(), StoreError> {
    while let Some(ask) = inbox.blocking_recv() {
        match ask {
            Ask::Commands(batch, reply) => {
                let answers = decide(store, &batch)?;
                // Whoever asked may have gone away; the commands are decided all the same.
                let _ = reply.send(answers);
            }
            Ask::Audit(reply) => drop(reply.send(store.audit())),
        }
    }
    Ok(())
}

/// The answers in the order of the batch; nothing when the store is busy.
fn decide<S: Store>(store: &mut S, batch: &Batch) -> Result<Option<Vec<Answered>>, StoreError> {
    if store.try_submit(batch)? == Submission::Busy {
        return Ok(None);
    }
    store.flush()?;
    let mut answers = Vec::with_capacity(batch.len());
    store.drain(&mut answers);
    let mut by_id: BTreeMap<RequestId, VecDeque<Answered>> = BTreeMap::new();
    for answered in answers {
        by_id.entry(answered.id).or_default().push_back(answered);
    }
    let answer_to = |id: RequestId| {
        let answered = by_id.get_mut(&id).and_then(VecDeque::pop_front);
        answered.unwrap_or_else(|| panic!("invariant: request {id} is answered after a flush"))
    };
    Ok(Some(batch.requests().iter().map(|request| request.id).map(answer_to).collect()))
}

fn router(asks: mpsc::Sender<Ask>) -> Router {
    Router::new()
        .route("/commands", post(commands))
        .route("/audit", get(audit))
        .route("/health", get(health))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(asks)
}

type Asks = State<mpsc::Sender<Ask>>;
type Refused = (StatusCode, String);

/// Puts a question to the engine's thread and waits for its answer.
async fn put<T>(
    asks: &mpsc::Sender<Ask>,
    ask: impl FnOnce(oneshot::Sender<T>) -> Ask,
) -> Result<T, Refused> {
    let (reply, answer) = oneshot::channel();
    asks.try_send(ask(reply)).map_err(|_| busy())?;
    let gone = |_| (StatusCode::INTERNAL_SERVER_ERROR, "the engine stopped".to_owned());
    answer.await.map_err(gone)
}

fn busy() -> Refused {
    (StatusCode::SERVICE_UNAVAILABLE, "busy; send the same commands again".to_owned())
}

async fn commands(State(asks): Asks, headers: HeaderMap, body: Bytes) -> Result<Response, Refused> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind != Some(COMMANDS_TYPE) {
        let message = format!("expected content-type {COMMANDS_TYPE}");
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let batch = read_commands(&body[..]);
    let batch = batch.map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    if batch.len() > MOST_COMMANDS {
        let message = format!("expected at most {MOST_COMMANDS} commands a request");
        return Err((StatusCode::PAYLOAD_TOO_LARGE, message));
    }
    let answers = put(&asks, |reply| Ask::Commands(batch, reply)).await?.ok_or_else(busy)?;
    Ok(([(header::CONTENT_TYPE, COMMANDS_TYPE)], answer::write(&answers)).into_response())
}

async fn audit(State(asks): Asks) -> Result<Json<AuditReport>, Refused> {
    put(&asks, Ask::Audit).await.map(Json)
}

async fn health(State(asks): Asks) -> Result<&'static str, Refused> {
    let empty = |reply| Ask::Commands(Batch::default(), reply);
    put(&asks, empty).await.map(|_| "ok\n")
}
