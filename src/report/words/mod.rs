//! Every word that the report prints, in English and Chinese side by side. Must never hold a number
//! of a run; sentences have `{gaps}` that `fill` closes.

mod answer;
mod answer_groups;
mod asked;
pub(super) mod attribution;
mod away;
mod banks;
mod charts;
mod costs;
mod doubt;
mod entitlement;
pub(super) mod falls_and_rises;
mod finance;
mod headline;
mod institutions;
mod network;
mod page;
mod pages;
pub(super) mod per_case;
pub(super) mod published;
pub(super) mod refunds;
mod risk;
pub(super) mod sensitivity;
pub(super) mod study;
pub(super) mod terms;

pub(super) use answer::*;
pub(super) use answer_groups::*;
pub(super) use asked::*;
pub(super) use away::*;
pub(super) use banks::*;
pub(super) use charts::*;
pub(super) use costs::*;
pub(super) use doubt::*;
pub(super) use entitlement::*;
pub(super) use finance::*;
pub(super) use headline::*;
pub(super) use institutions::*;
pub(super) use network::*;
pub(super) use page::*;
pub(super) use pages::*;
pub(super) use risk::*;

use super::Lang;

/// One thing said in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) en: &'static str,
    pub(super) zh: &'static str,
}

/// Pairs an English and a Chinese wording.
pub(super) const fn t(en: &'static str, zh: &'static str) -> Text {
    Text { en, zh }
}

impl Text {
    /// The wording in this language.
    pub(super) fn of(self, lang: Lang) -> &'static str {
        lang.pick(self.en, self.zh)
    }

    /// The wording with its gaps closed. A gap without a value is a broken invariant.
    pub(super) fn fill(self, lang: Lang, gaps: &[(&str, &str)]) -> String {
        let mut rest = self.of(lang);
        let mut out = String::with_capacity(rest.len() + 32);
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, tail)) = after.split_once('}') else {
                panic!("invariant: unclosed gap in `{}`", self.en)
            };
            let Some((_, value)) = gaps.iter().find(|(gap, _)| *gap == name) else {
                panic!("invariant: nothing for gap `{name}` in `{}`", self.en)
            };
            push_spaced(&mut out, before, lang);
            push_spaced(&mut out, value, lang);
            rest = tail;
        }
        push_spaced(&mut out, rest, lang);
        out
    }
}

/// Appends. Chinese has a blank between a character and a number or Latin letter, as is usual, and none
/// between two characters, whatever stands around the gap.
fn push_spaced(out: &mut String, next: &str, lang: Lang) {
    let is_han =
        |c: char| matches!(c, '\u{3001}'..='\u{9fff}' | '\u{ff01}'..='\u{ff5e}' | '“' | '”');
    let is_ideograph = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let is_latin = |c: char| c.is_ascii_alphanumeric() || matches!(c, '%' | '−');
    let ends = |text: &str| text.trim_end_matches(' ').chars().next_back();
    let begins = |text: &str| text.trim_start_matches(' ').chars().next();
    if lang == Lang::Zh && ends(out).is_some_and(is_han) && begins(next).is_some_and(is_han) {
        out.truncate(out.trim_end_matches(' ').len());
        out.push_str(next.trim_start_matches(' '));
        return;
    }
    if let (Some(before), Some(after)) = (out.chars().next_back(), next.chars().next())
        && (is_ideograph(before) && is_latin(after) || is_latin(before) && is_ideograph(after))
    {
        out.push(' ');
    }
    out.push_str(next);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_closed_once_and_values_are_not_searched_again() {
        let text = t("{a} and {b}", "{b}和{a}");
        let gaps = [("a", "{b}"), ("b", "2")];
        assert_eq!(text.fill(Lang::En, &gaps), "{b} and 2");
        assert_eq!(text.fill(Lang::Zh, &gaps), "2 和{b}");
    }

    #[test]
    fn chinese_has_a_blank_beside_numbers_and_letters_and_none_between_characters() {
        let text = t("against {name} now", "相对于 {name} 如今{x}分钟");
        let table = [
            ("手机缴费", "−2", "相对于手机缴费如今 −2 分钟"),
            ("IC 卡", "3", "相对于 IC 卡如今 3 分钟"),
            ("“窗口”", "3", "相对于“窗口”如今 3 分钟"),
            ("（窗口）", "3", "相对于（窗口）如今 3 分钟"),
        ];
        for (name, x, said) in table {
            assert_eq!(text.fill(Lang::Zh, &[("name", name), ("x", x)]), said);
        }
        let gaps = [("name", "手机"), ("x", "1")];
        assert_eq!(text.fill(Lang::En, &gaps), "against 手机 now");
    }

    #[test]
    #[should_panic(expected = "nothing for gap `b`")]
    fn a_gap_without_a_value_is_named() {
        t("{b}", "").fill(Lang::En, &[]);
    }

    /// Both languages must have the same gaps, or one of them would lose a number.
    #[test]
    fn both_languages_have_the_same_gaps() {
        let gaps = |text: &str| {
            let mut names: Vec<String> = text
                .split('{')
                .skip(1)
                .map(|part| part.split('}').next().unwrap().to_owned())
                .collect();
            names.sort();
            names
        };
        let every = [
            answer::ALL,
            answer_groups::ALL,
            asked::ALL,
            away::ALL,
            banks::ALL,
            headline::ALL,
            institutions::ALL,
            page::ALL,
            pages::ALL,
            per_case::ALL,
            refunds::ALL,
            charts::ALL,
            doubt::ALL,
            &costs::all(),
            falls_and_rises::ALL,
            finance::ALL,
            &published::all(),
            &sensitivity::all(),
        ];
        for text in every.concat() {
            assert_eq!(gaps(text.en), gaps(text.zh), "{}", text.en);
            assert!(!text.en.is_empty() && !text.zh.is_empty(), "{text:?}");
        }
    }
}
