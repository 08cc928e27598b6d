//! The report as a Word document: where it goes and who may ask for it. Must never change a run's folder.

use super::args::{Command, Common, Format};
use super::fault::Fault;
use crate::report::{Capacity, Lang};
use std::path::{Path, PathBuf};

/// Refuses `--format docx` for what writes no report.
pub(super) fn wanted(command: &Command, common: &Common) -> Result<(), Fault> {
    let writes = matches!(command, Command::Run(_) | Command::Merge(_));
    if common.format == Format::Docx && !writes {
        return Err(Fault::input(
            "--format docx: only `run` and `merge` write a Word report; `aftercare export RUN --docx` makes one \
             of a finished run",
        ));
    }
    Ok(())
}

/// Where the document of a run folder goes: a finished folder is never changed.
pub(super) fn beside(dir: &Path, lang: Lang) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_owned();
    name.push(match lang {
        Lang::En => ".report.docx",
        Lang::Zh => ".report.zh.docx",
    });
    dir.with_file_name(name)
}

/// Writes the document; one that is there is replaced, as the same run makes the same bytes.
#[cfg(feature = "exports")]
pub(super) fn write(
    run: &Path,
    capacities: &[Capacity],
    lang: Lang,
    path: &Path,
) -> Result<(), Fault> {
    let bytes = crate::report::word(run, capacities, lang).map_err(Fault::internal)?;
    std::fs::write(path, bytes)
        .map_err(|error| Fault::input(format!("{}: {error}", path.display())))
}

/// Says that this program cannot.
#[cfg(not(feature = "exports"))]
pub(super) fn write(_: &Path, _: &[Capacity], _: Lang, _: &Path) -> Result<(), Fault> {
    Err(Fault::input(
        "docx: this program was built without the feature `exports`; report.html is there",
    ))
}
