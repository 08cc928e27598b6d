//! Listening on this machine: which names are answered, how many requests at a time, how long. Must
//! never answer a browser on behalf of a web site.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Requests answered at a time where more may wait.
const MOST_REQUESTS: usize = 32;
/// Calls that wait for a file or a program at a time: as many as a core has in hand.
const MOST_BLOCKING: usize = 64;
/// How long a request may take, its wait included.
const PATIENCE: Duration = Duration::from_secs(30);
/// Threads of the server; the work is elsewhere.
const THREADS: usize = 2;

/// Where to listen.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Address and port; port 0 takes a free one.
    pub addr: SocketAddr,
    /// Whether requests to other names than this machine's own are answered.
    pub allow_remote: bool,
}

/// What becomes of requests that are too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crowd {
    /// They wait for their turn.
    Waits,
    /// The router bounds them by itself.
    IsTheRouters,
}

impl Crowd {
    /// Requests let through at a time.
    fn most(self) -> usize {
        match self {
            Crowd::Waits => MOST_REQUESTS,
            Crowd::IsTheRouters => Semaphore::MAX_PERMITS,
        }
    }
}

#[derive(Clone)]
struct Gate {
    /// Names by which programs on this machine call the server; empty when anybody may.
    hosts: Arc<[String]>,
    room: Arc<Semaphore>,
}

/// Serves until Ctrl-C, SIGTERM or until `stop` ends; `ready` hears the address with its real port. Unless
/// remote callers are allowed, only requests to a loopback name that no web site has sent are
/// answered: a browser on this machine must not become the site's messenger.
pub fn listen(
    place: Place,
    crowd: Crowd,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
    ready: impl FnOnce(SocketAddr),
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .max_blocking_threads(MOST_BLOCKING)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(place.addr).await?;
        let addr = listener.local_addr()?;
        let hosts = if place.allow_remote { Vec::new() } else { own_names(addr) };
        let gate = Gate { hosts: hosts.into(), room: Arc::new(Semaphore::new(crowd.most())) };
        ready(addr);
        let ended = async {
            tokio::select! {
                () = interrupted() => {}
                () = stop => {}
            }
        };
        let guarded = router.layer(from_fn_with_state(gate, guard));
        axum::serve(listener, guarded).with_graceful_shutdown(ended).await
    })
}

/// Ends with Ctrl-C, or with the signal that services are stopped by.
async fn interrupted() {
    // Without a signal handler the server runs until the process is ended.
    let typed = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let told = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => drop(terminate.recv().await),
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let told = std::future::pending::<()>();
    tokio::select! {
        () = typed => {}
        () = told => {}
    }
}

fn own_names(addr: SocketAddr) -> Vec<String> {
    let names = ["127.0.0.1".to_owned(), "localhost".to_owned(), "[::1]".to_owned()];
    let own = SocketAddr::new(addr.ip(), addr.port()).to_string();
    let ported = names.map(|name| format!("{name}:{}", addr.port()));
    ported.into_iter().chain([own]).collect()
}

/// Whether a request was sent by a program on this machine, and by no web site.
fn is_own(hosts: &[String], headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let known = |host: &str| hosts.iter().any(|name| name.eq_ignore_ascii_case(host));
    let origin = text(header::ORIGIN);
    let from_here = origin.is_none_or(|o| o.strip_prefix("http://").is_some_and(known));
    hosts.is_empty() || (from_here && text(header::HOST).is_some_and(known))
}

async fn guard(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    if !is_own(&gate.hosts, request.headers()) {
        return (StatusCode::FORBIDDEN, "this server answers to this machine only").into_response();
    }
    let answer = async {
        let permit = gate.room.acquire().await;
        let response = next.run(request).await;
        drop(permit);
        response
    };
    let mut response = match tokio::time::timeout(PATIENCE, answer).await {
        Ok(response) => response,
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "busy; try again").into_response(),
    };
    let headers = response.headers_mut();
    let policy = "default-src 'self' 'unsafe-inline' data:; frame-ancestors 'none'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_answered_and_no_web_site() {
        let hosts = own_names("127.0.0.1:80".parse().unwrap());
        let rows = [
            ("127.0.0.1:80", None, true),
            ("LocalHost:80", None, true),
            ("127.0.0.1:80", Some("http://localhost:80"), true),
            ("127.0.0.1:81", None, false),
            ("evil.example:80", None, false),
            ("127.0.0.1:80", Some("http://evil.example"), false),
            ("127.0.0.1:80", Some("null"), false),
        ];
        for (host, origin, expected) in rows {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(is_own(&hosts, &headers), expected, "{host} {origin:?}");
            assert!(is_own(&[], &headers), "remote callers are allowed");
        }
        assert!(!is_own(&hosts, &HeaderMap::new()), "a request without a name");
    }
}
