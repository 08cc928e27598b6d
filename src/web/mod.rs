//! The planner's page: scenarios and finished runs, read from archives. Must never start a run, write
//! a file, or hand out one that no manifest of ours lists.
#![cfg(feature = "server")]

mod page;

use crate::archive::history;
use crate::archive::{Error, MANIFEST_FILE, Manifest};
use crate::scenario;
use crate::service::{Crowd, Place, listen};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as UrlPath, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Json, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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

/// Serves the page until Ctrl-C; `ready` hears the address with its real port.
pub fn serve(place: Place, folders: Folders, ready: impl FnOnce(SocketAddr)) -> io::Result<()> {
    listen(place, Crowd::Waits, router(folders), std::future::pending(), ready)
}

type Shared = Arc<Folders>;

fn router(folders: Folders) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/api/scenarios", get(scenarios))
        .route("/api/runs", get(runs))
        .route("/runs/{run}/{*file}", get(file))
        .with_state(Arc::new(folders))
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
    State(folders): State<Shared>,
    Query(wanted): Query<Wanted>,
) -> Result<Html<String>, Refused> {
    reading(move || {
        let chinese = match wanted.lang.as_deref() {
            Some("zh") => true,
            Some("en") => false,
            _ => folders.chinese,
        };
        let scenarios = scenario_list(&folders);
        let page = page::render(chinese, &scenarios, &run_list(&folders)?);
        let fault =
            |error: minijinja::Error| Refused(StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
        page.map(Html).map_err(fault)
    })
    .await
}

async fn scenarios(State(folders): State<Shared>) -> Result<Json<Value>, Refused> {
    reading(move || Ok(Json(scenario_list(&folders)))).await
}

async fn runs(State(folders): State<Shared>) -> Result<Json<Value>, Refused> {
    reading(move || run_list(&folders).map(Json)).await
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
    State(folders): State<Shared>,
    UrlPath((run, name)): UrlPath<(String, String)>,
) -> Result<Response, Refused> {
    reading(move || {
        let bytes = read(&folders.runs, &run, &name)?;
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
            // Some versions of the template engine escape slashes in attributes; browsers read both.
            let page = page.replace("&#x2f;", "/");
            assert!(page.contains("/runs/a/summary.json") && page.contains("smoke"), "{page}");
        }
    }
}
