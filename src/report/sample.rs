//! What a run on a sample of the city kept of it, and its warnings. Must never print them for a whole city.

use super::Lang;
use super::numbers::decimal;
use super::page::{Block, Html};
use super::source::Summary;
use super::words as w;

/// How many institutions were kept, and how many of the scheme's; empty for a whole city.
pub(super) fn setting(summary: Summary, lang: Lang) -> String {
    let figure = |path: &str| summary.mean(path).map(|number| decimal(number, 0));
    let of = |of: &str, what: &str| figure(&format!("sample.{of}.{what}"));
    let figures = [
        ("kept", of("sample", "institutions")),
        ("all", of("city", "institutions")),
        ("members", of("sample", "members.institutions")),
        ("all_members", of("city", "members.institutions")),
    ];
    let gaps: Option<Vec<(&str, &str)>> =
        figures.iter().map(|(gap, value)| Some((*gap, value.as_deref()?))).collect();
    gaps.map_or_else(String::new, |gaps| w::SAMPLE_KEPT.fill(lang, &gaps))
}

/// Every warning, in this language.
pub(super) fn warnings(summary: Summary, lang: Lang) -> Vec<String> {
    let list = summary.at("sample.warnings").as_array().into_iter().flatten();
    list.filter_map(|warning| warning[lang.code()].as_str().map(str::to_owned)).collect()
}

/// The warnings for the page.
pub(super) fn blocks(summary: Summary, lang: Lang) -> Vec<Block> {
    let found = warnings(summary, lang);
    found.iter().map(|warning| Block::Note(Html::text(warning))).collect()
}
