//! Pictures and pages made only from an archived run folder. Must never touch the simulation, read a
//! clock, or print a saving without the name of its baseline.

mod answer;
mod asked;
mod attribution;
mod banks;
mod behind;
mod capacity;
mod charts;
mod costs;
#[cfg(feature = "exports")]
mod docx;
mod doubt;
mod ending;
mod falls_and_rises;
mod finance;
mod headline;
mod headroom;
mod institutions;
mod numbers;
mod page;
mod parties;
mod per_case;
mod published;
mod refunds;
mod risk;
mod risk_more;
mod sample;
mod sections;
mod sensitivity;
mod source;
mod story;
mod study;
mod study_behind;
mod terminal;
mod validation;
mod words;

use std::io;
use std::path::{Path, PathBuf};

pub use capacity::{CAPACITY_STEPS, capacity, capacity_steps};
pub use charts::{KneePoint, KneeView, draw_knee};
pub use charts::{NetworkView, PlaceView, WayView, draw_network};
pub use headroom::{Capacity, Headroom, headroom};
pub use sensitivity::{figure_name, input_name};
pub use study::study;
pub use terminal::headline;
pub use validation::validation;

use source::Source;

/// Language of everything printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    /// The short code, as `--lang` takes it.
    pub fn code(self) -> &'static str {
        self.pick("en", "zh")
    }

    /// Chooses one of two wordings.
    fn pick<T>(self, en: T, zh: T) -> T {
        match self {
            Lang::En => en,
            Lang::Zh => zh,
        }
    }
}

/// Why a report could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of the run cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The summary is no JSON.
    #[error("{path}: {source}")]
    Json {
        /// The file.
        path: PathBuf,
        /// What the JSON reader said.
        source: serde_json::Error,
    },
    /// A table has other columns or cells than it should.
    #[error("{name}: {source}")]
    Table {
        /// File name.
        name: &'static str,
        /// What the CSV reader said.
        source: csv::Error,
    },
    /// A chart could not be drawn.
    #[error("chart {name}: {reason}")]
    Draw {
        /// The chart.
        name: &'static str,
        /// What the drawing library said.
        reason: String,
    },
    /// The Word document could not be packed.
    #[error("Word document: {0}")]
    Word(String),
    /// The page's template failed.
    #[error("page template: {0}")]
    Template(#[from] minijinja::Error),
}

/// Result of this module.
pub type Result<T> = std::result::Result<T, Error>;

/// One language's page and its charts.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The whole page: no script, no link to anything outside.
    pub html: String,
    /// Charts by name without ending, as standalone SVG; the page contains the same pictures.
    pub charts: Vec<(&'static str, String)>,
}

/// Renders the run folder `dir` in one language. Needs `summary.json`; each other table that is
/// missing leaves its part out, and the page says so.
pub fn render(dir: &Path, lang: Lang) -> Result<Rendered> {
    render_beside(dir, &[], lang)
}

/// The same with the headroom over capacities that were measured elsewhere.
pub fn render_beside(dir: &Path, capacities: &[Capacity], lang: Lang) -> Result<Rendered> {
    let source = Source { capacities: capacities.to_vec(), ..Source::read(dir)? };
    let drawn = charts::draw_all(&source, lang)?;
    let html = page::render(&sections::build(&source, &drawn, lang))?;
    let charts = drawn.into_iter().filter_map(|chart| Some((chart.name, chart.svg?))).collect();
    Ok(Rendered { html, charts })
}

/// Renders the same page as a Word document.
#[cfg(feature = "exports")]
pub fn word(dir: &Path, capacities: &[Capacity], lang: Lang) -> Result<Vec<u8>> {
    let source = Source { capacities: capacities.to_vec(), ..Source::read(dir)? };
    let drawn = charts::draw_all(&source, lang)?;
    let manifest = source.manifest.clone().unwrap_or_default();
    let hash: String = manifest.input_hash.chars().take(16).collect();
    let footer =
        format!("{} · aftercare {} · {hash}", source.summary().title(lang), manifest.tool_version);
    docx::document(&sections::build(&source, &drawn, lang), &footer).map_err(Error::Word)
}
