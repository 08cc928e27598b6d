//! `aftercare scenarios`: what there is to run. Must never overwrite a file.

use super::args::{Common, Language};
use super::fault::{Exit, Fault};
use super::out;
use crate::scenario;
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Where scenarios are looked for.
const FOLDER: &str = "scenarios";

/// Arguments of `scenarios`.
#[derive(Clone, Debug, Args)]
pub(super) struct ScenariosArgs {
    /// Folder to look in.
    #[arg(default_value = FOLDER)]
    dir: PathBuf,
    /// Writes a card of each scheme, rules with their origins, into this folder instead.
    #[arg(long, value_name = "DIR")]
    cards: Option<PathBuf>,
    /// Takes the figures of finished runs over into the table of results that the cards show.
    #[arg(long, value_name = "RUN_FOLDER", num_args = 1..)]
    take: Vec<PathBuf>,
}

/// Lists the scenarios of a folder with their titles.
pub(super) fn list(arguments: &ScenariosArgs, common: &Common) -> Result<Exit, Fault> {
    let found = scenario::list(&arguments.dir);
    if found.is_empty() {
        return Err(Fault::input(format!(
            "no scenario in {}; name another folder, or write one with `aftercare init NAME`",
            looked_in(&arguments.dir)
        )));
    }
    if !arguments.take.is_empty() {
        let taken = super::card_results::take(&arguments.dir, &arguments.take)?;
        out::print(&format!("{taken} {}\n", common.say("runs taken over", "次运行的结果已采纳")))?;
        return Ok(Exit::Done);
    }
    if let Some(cards) = &arguments.cards {
        let written = super::cards::write(&arguments.dir, cards)?;
        out::print(&format!(
            "{written} {} {}\n",
            common.say("cards in", "张卡片写入"),
            cards.display()
        ))?;
        return Ok(Exit::Done);
    }
    if common.wants_json() {
        let row = |(name, en, zh): &(String, String, String)| {
            let path = arguments.dir.join(format!("{name}.toml"));
            json!({ "name": name, "title_en": en, "title_zh": zh, "path": path })
        };
        out::print_json(&found.iter().map(row).collect())?;
        return Ok(Exit::Done);
    }
    let header = [common.say("scenario", "情景"), common.say("title", "标题")];
    let title = |en: String, zh: String| match common.lang {
        Language::En => en,
        Language::Zh => zh,
    };
    let rows = found.into_iter().map(|(name, en, zh)| vec![name, title(en, zh)]).collect();
    out::print(&out::table(&header, rows, 2))?;
    Ok(Exit::Done)
}

/// The folder in full, so that the user sees what a relative name meant.
pub(super) fn looked_in(dir: &Path) -> String {
    std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned()).display().to_string()
}
