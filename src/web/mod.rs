//! The planner's page: scenarios and finished runs, read from archives. Must never start a run, write
//! a file, or hand out one that no manifest of ours lists.

mod page;

use crate::archive::history;
use crate::archive::{Error, MANIFEST_FILE, Manifest};
use crate::scenario;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as UrlPath, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Json, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Requests answered at a time; more wait.
const MOST_REQUESTS: usize = 32;
/// How long a request may take, its wait included.
const PATIENCE: Duration = Duration::from_secs(30);
/// Largest file handed out, bytes.
const LARGEST_FILE: u64 = 256 << 20;

/// What is shown.
#[derive(Clone, Debug)]
pub struct Folders {
    /// Folder of finished runs.
    pub runs: PathBuf,
    /// Folder of scenarios.
    pub scenarios: PathBuf,
    /// Whether the page is Chinese where the reader does not choose.
    pub chinese: bool,
}

#[derive(Clone)]
struct Shared {
    folders: Arc<Folders>,
    /// Names by which a browser on this machine calls the page; empty when anybody may.
    hosts: Arc<[String]>,
    gate: Arc<Semaphore>,
}

/// Serves the page until Ctrl-C; `ready` hears the address with its real port. Without
/// `allow_remote` only requests to a loopback name are answered, so that no web site can make a
/// browser read them.
pub fn serve(
    addr: SocketAddr,
    allow_remote: bool,
    folders: Folders,
    ready: impl FnOnce(SocketAddr),
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(MOST_REQUESTS)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        let names =
            ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{}", addr.port()));
        let hosts: Vec<String> = if allow_remote { Vec::new() } else { names.into() };
        ready(addr);
        axum::serve(listener, router(folders, hosts)).with_graceful_shutdown(stopped()).await
    })
}

async fn stopped() {
    // Without a signal handler the page runs until the process is ended.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn router(folders: Folders, hosts: Vec<String>) -> Router {
    let shared = Shared {
        folders: Arc::new(folders),
        hosts: hosts.into(),
        gate: Arc::new(Semaphore::new(MOST_REQUESTS)),
    };
    Router::new()
        .route("/", get(home))
        .route("/api/scenarios", get(scenarios))
        .route("/api/runs", get(runs))
        .route("/runs/{run}/{*file}", get(file))
        .layer(from_fn_with_state(shared.clone(), guard))
        .with_state(shared)
}

/// Checks the name by which the page was called, bounds load and time, adds the headers of all
/// answers.
async fn guard(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let known = |host: &str| shared.hosts.iter().any(|name| name.eq_ignore_ascii_case(host));
    if !shared.hosts.is_empty() && !host.is_some_and(known) {
        return (StatusCode::FORBIDDEN, "this page answers to this machine only").into_response();
    }
    let answer = async {
        let permit = shared.gate.acquire().await;
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

/// Why a request was not answered.
struct Refused(StatusCode, String);

impl Refused {
    fn missing(what: &str) -> Refused {
        Refused(StatusCode::NOT_FOUND, format!("{what} is not here"))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, self.1).into_response()
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Refused {
        let status = match error {
            Error::Missing { .. } | Error::Foreign { .. } => StatusCode::NOT_FOUND,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Refused(status, error.to_string())
    }
}

/// Runs a piece of work that reads the disk.
async fn reading<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refused> + Send + 'static,
) -> Result<T, Refused> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(Refused(StatusCode::INTERNAL_SERVER_ERROR, "the reader failed".into())),
    }
}

#[derive(Deserialize)]
struct Wanted {
    lang: Option<String>,
}

async fn home(
    State(shared): State<Shared>,
    Query(wanted): Query<Wanted>,
) -> Result<Html<String>, Refused> {
    reading(move || {
        let chinese = match wanted.lang.as_deref() {
            Some("zh") => true,
            Some("en") => false,
            _ => shared.folders.chinese,
        };
        let scenarios = scenario_list(&shared.folders);
        let page = page::render(chinese, &scenarios, &run_list(&shared.folders)?);
        let fault =
            |error: minijinja::Error| Refused(StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
        page.map(Html).map_err(fault)
    })
    .await
}

async fn scenarios(State(shared): State<Shared>) -> Result<Json<Value>, Refused> {
    reading(move || Ok(Json(scenario_list(&shared.folders)))).await
}

async fn runs(State(shared): State<Shared>) -> Result<Json<Value>, Refused> {
    reading(move || run_list(&shared.folders).map(Json)).await
}

fn scenario_list(folders: &Folders) -> Value {
    let row = |(name, en, zh): (String, String, String)| json!({ "name": name, "title_en": en, "title_zh": zh });
    scenario::list(&folders.scenarios).into_iter().map(row).collect()
}

/// The runs with the files that they left; an output folder that does not exist yet has none.
fn run_list(folders: &Folders) -> Result<Value, Refused> {
    if !folders.runs.is_dir() {
        return Ok(json!([]));
    }
    let row = |run: history::Run| {
        let name = run.dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let manifest = run.manifest;
        let files: Vec<&str> = manifest.files.iter().map(|file| file.name.as_str()).collect();
        json!({
            "name": name,
            "scenario": manifest.scenario,
            "command": manifest.command,
            "finished_at": manifest.finished_at,
            "input_hash": manifest.input_hash,
            "files": files,
        })
    };
    Ok(history::list(&folders.runs)?.into_iter().map(row).collect())
}

async fn file(
    State(shared): State<Shared>,
    UrlPath((run, name)): UrlPath<(String, String)>,
) -> Result<Response, Refused> {
    reading(move || {
        let bytes = read(&shared.folders.runs, &run, &name)?;
        Ok(([(header::CONTENT_TYPE, content_type(&name))], Bytes::from(bytes)).into_response())
    })
    .await
}

/// A file that the run's manifest lists, and the manifest itself.
fn read(runs: &Path, run: &str, name: &str) -> Result<Vec<u8>, Refused> {
    let plain = !run.is_empty() && !run.starts_with('.') && !run.contains(['/', '\\', ':']);
    if !plain {
        return Err(Refused::missing("that run"));
    }
    let dir = runs.join(run);
    let manifest = Manifest::read(&dir)?;
    if name != MANIFEST_FILE && !manifest.files.iter().any(|file| file.name == name) {
        return Err(Refused::missing("that file"));
    }
    let gone = |_| Refused::missing("that file");
    let home = std::fs::canonicalize(&dir).map_err(gone)?;
    let path = std::fs::canonicalize(dir.join(name)).map_err(gone)?;
    if !path.starts_with(&home) {
        return Err(Refused::missing("that file"));
    }
    if std::fs::metadata(&path).map_err(gone)?.len() > LARGEST_FILE {
        let message = "the file is too large to show; open it in the run's folder".to_owned();
        return Err(Refused(StatusCode::PAYLOAD_TOO_LARGE, message));
    }
    std::fs::read(&path).map_err(gone)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("csv") => "text/csv; charset=utf-8",
        Some("md" | "txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::RunWriter;

    fn put(dir: &Path) {
        let mut run = RunWriter::create(dir, false).unwrap();
        run.write("summary.json", b"{}").unwrap();
        run.write("charts/a.svg", b"<svg/>").unwrap();
        run.finish(Manifest { scenario: "<b>".into(), ..Manifest::default() }).unwrap();
    }

    #[test]
    fn only_what_a_manifest_lists_is_handed_out() {
        let room = tempfile::tempdir().unwrap();
        let runs = room.path().join("output");
        put(&runs.join("a"));
        std::fs::write(runs.join("a/secret.txt"), "mine").unwrap();
        std::fs::write(room.path().join("secret.txt"), "mine").unwrap();
        let table = [
            ("a", "summary.json", Some(&b"{}"[..])),
            ("a", "charts/a.svg", Some(b"<svg/>")),
            ("a", "secret.txt", None),
            ("a", "../../secret.txt", None),
            ("..", "secret.txt", None),
            (".", "a/summary.json", None),
            ("b", "summary.json", None),
            ("", "summary.json", None),
        ];
        for (run, name, expected) in table {
            let got = read(&runs, run, name).ok();
            assert_eq!(got.as_deref(), expected, "{run} {name}");
        }
        assert!(read(&runs, "a", MANIFEST_FILE).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_folder_is_not_followed() {
        let room = tempfile::tempdir().unwrap();
        put(&room.path().join("a"));
        let outside = room.path().join("outside.json");
        std::fs::write(&outside, "mine").unwrap();
        std::fs::remove_file(room.path().join("a/summary.json")).unwrap();
        std::os::unix::fs::symlink(&outside, room.path().join("a/summary.json")).unwrap();
        assert!(read(room.path(), "a", "summary.json").is_err());
    }

    #[test]
    fn the_page_names_runs_in_both_languages_and_escapes_them() {
        let room = tempfile::tempdir().unwrap();
        put(&room.path().join("a"));
        let folders = Folders {
            runs: room.path().to_owned(),
            scenarios: PathBuf::from("scenarios"),
            chinese: false,
        };
        let Ok(runs) = run_list(&folders) else { panic!("runs are listed") };
        for (chinese, title) in [(false, "Finished runs"), (true, "已完成的运行")] {
            let page = page::render(chinese, &scenario_list(&folders), &runs).unwrap();
            assert!(page.contains(title) && page.contains("&lt;b&gt;"), "{page}");
            assert!(page.contains("/runs/a/summary.json") && page.contains("smoke"));
        }
    }
}
