//! What was asked, and the three answers in words, each with both intervals. Must never give one interval
//! under the other's name, nor an answer without its baseline.

use super::headline::{self, Style};
use super::numbers::{Estimate, Unit};
use super::page::{Html, escape};
use super::source::{Source, Summary};
use super::words::{self as w, Text};
use super::{Lang, headroom};
use serde_json::{Value, json};

/// The question and the answers of a run.
pub(super) struct Asked {
    pub(super) asked: Html,
    /// Minutes, cost, load; before them what the scenario was set from, where it was.
    pub(super) answers: Vec<Html>,
}

/// The question, and the answers that the run has.
pub(super) fn asked(source: &Source, answer: &headline::Answer, lang: Lang, style: Style) -> Asked {
    let summary = source.summary();
    let baseline = headline::baseline(summary, lang, style);
    let count = |path: &str| {
        let value = summary.mean(path);
        value.map_or_else(String::new, |value| Unit::Count.say(lang, value))
    };
    let (people, days) = (count("population"), count("days"));
    let gaps = [("people", &*people), ("days", &*days), ("baseline", &*baseline)];
    let desk = Desk { summary, lang, baseline: &baseline };
    let answers = [
        (w::A_TIME, desk.time(answer)),
        (w::A_COST, desk.cost(answer)),
        (w::A_LOAD, desk.load(source)),
    ];
    let told = answers.into_iter().filter(|(_, said)| !said.is_empty()).map(|(name, said)| {
        let space = lang.pick(" ", "");
        Html::trusted(format!("<b>{}</b>{space}{}", escape(name.of(lang)), said.join(space)))
    });
    let first = answer.calibrated.iter().map(|said| Html::trusted(said.clone()));
    Asked { asked: Html::trusted(w::ASKED.fill(lang, &gaps)), answers: first.chain(told).collect() }
}

struct Desk<'a> {
    summary: Summary<'a>,
    lang: Lang,
    /// The main baseline, marked up.
    baseline: &'a str,
}

impl Desk<'_> {
    fn time(&self, answer: &headline::Answer) -> Vec<String> {
        let saved = self.said(w::A_SAVED, "queue.time_in_hospital.all.saved", Unit::Plain(2));
        saved.into_iter().chain(answer.parts.clone()).chain(answer.others.iter().cloned()).collect()
    }

    fn cost(&self, answer: &headline::Answer) -> Vec<String> {
        let loss = self.summary.estimate("credit.net_credit_loss");
        // An interval from nothing to nothing says nothing.
        let lost = loss.is_some_and(|loss| loss.mean != 0.0);
        let lent = lost && self.summary.mean("credit.drawn_total").is_some_and(|yuan| yuan > 0.0);
        let loss = lent.then(|| self.said(w::A_LOSS, "credit.net_credit_loss", Unit::Yuan));
        let path =
            format!("answer.against.{}.cost_per_hour.society", self.summary.text("baseline"));
        let worth = self.summary.mean("answer.value_of_time_yuan_per_hour");
        let worth = worth.map_or_else(String::new, |yuan| Unit::Yuan.say(self.lang, yuan));
        let more = [("baseline", self.baseline), ("worth", worth.as_str())];
        let hour = self.said_with(w::A_HOUR, &path, Unit::Yuan, &more);
        let hour = hour.or_else(|| self.no_hour());
        answer.cost.iter().cloned().chain(loss.flatten()).chain(hour).collect()
    }

    /// Why an hour has no price, where the run has costs.
    fn no_hour(&self) -> Option<String> {
        let path = format!("answer.against.{}", self.summary.text("baseline"));
        let saved = self.summary.mean(&format!("{path}.net_hours_per_1000_eligible_visits"))?;
        let saved = Unit::Plain(2).say(self.lang, saved);
        Some(w::HOUR_NONE.fill(self.lang, &[("saved", &saved)]))
    }

    fn load(&self, source: &Source) -> Vec<String> {
        let peak = self.said(w::A_PEAK, "throughput.peak_requests_per_s", Unit::Plain(1));
        peak.map_or_else(Vec::new, |peak| vec![peak, escape(&headroom::line(source, self.lang))])
    }

    fn said(&self, words: Text, path: &str, unit: Unit) -> Option<String> {
        self.said_with(words, path, unit, &[])
    }

    /// A figure with both intervals; nothing for one that the run does not have.
    fn said_with(
        &self,
        words: Text,
        path: &str,
        unit: Unit,
        more: &[(&str, &str)],
    ) -> Option<String> {
        let estimate = self.summary.estimate(path)?;
        let (value, noise) = unit.estimate(self.lang, &estimate);
        let spread = self.spread(path).map(|spread| unit.estimate(self.lang, &spread).1);
        let ends = match (estimate.ci95, &spread) {
            (None, _) => w::ENDS_NONE.of(self.lang).to_owned(),
            (Some(_), None) => {
                let varied = self.summary.at("uncertainty").is_object();
                let words = if varied { w::ENDS_OTHER } else { w::ENDS_NOISE };
                words.fill(self.lang, &[("noise", &noise)])
            }
            (Some(_), Some(spread)) => {
                w::ENDS_BOTH.fill(self.lang, &[("noise", &noise), ("spread", spread)])
            }
        };
        let own = [("value", value.as_str()), ("ends", &ends)];
        let gaps: Vec<(&str, &str)> = own.into_iter().chain(more.iter().copied()).collect();
        Some(words.fill(self.lang, &gaps))
    }

    /// The interval from uncertain inputs, where the run varied them.
    fn spread(&self, path: &str) -> Option<Estimate> {
        let read = |both: &Value| {
            Estimate::read(&json!({ "mean": both["mean"], "ci95": both["spread95"] }))
                .filter(|estimate| estimate.ci95.is_some())
        };
        ["headlines", "answer"]
            .into_iter()
            .find_map(|block| read(&self.summary.at("uncertainty")[block][path]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_says_both_intervals_or_which_one_was_not_made() {
        let mut summary = json!({
            "baseline": "m",
            "throughput": {"peak_requests_per_s": {"mean": 30.0, "ci95": [29.0, 31.0]}},
        });
        let said = |summary: &Value| {
            let desk = Desk { summary: Summary(summary), lang: Lang::En, baseline: "m" };
            let told = desk.said(w::A_PEAK, "throughput.peak_requests_per_s", Unit::Plain(1));
            told.expect("a peak")
        };
        let noise = said(&summary);
        assert!(noise.contains("noise 29.0 to 31.0; uncertain inputs were not varied"), "{noise}");
        summary["uncertainty"]["answer"]["throughput.peak_requests_per_s"] =
            json!({"mean": 30.0, "spread95": [20.0, 40.0]});
        let both = said(&summary);
        assert!(both.contains("noise 29.0 to 31.0, uncertain inputs 20.0 to 40.0"), "{both}");
        summary["throughput"]["peak_requests_per_s"]["ci95"] = Value::Null;
        assert!(said(&summary).contains("one replication, so no interval"));
    }
}
