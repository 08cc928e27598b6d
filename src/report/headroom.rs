//! The peak of a run beside what a capacity test measured on some machine. Must never measure, nor call a
//! capacity this city's own: it names the store and what was tested.

use super::Lang;
use super::numbers::{DASH, Unit, decimal, percent};
use super::page::{Block, Html, RowKind, Table, escape};
use super::source::{Source, Summary};
use super::words as w;
use serde_json::Value;

/// What a capacity test found of one store.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Capacity {
    /// Store under test.
    pub store: String,
    /// Requests a second that it took.
    pub per_s: f64,
    /// Whether it takes more: no search was made, or the generator was the limit.
    pub at_least: bool,
    /// The latency objective, such as `settle p99 < 50 ms`; empty for none.
    pub objective: String,
    /// Scenario whose load was sent.
    pub tested: String,
    /// What the test says of itself; empty where it says nothing.
    pub verdict: String,
}

/// Capacity over demand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Headroom {
    /// How many times the demand the capacity is.
    pub times: f64,
    /// Whole cities of this demand that fit.
    pub cities: f64,
}

/// Headroom of a capacity over a demand, both a second; `None` without a demand.
pub fn headroom(demand_per_s: f64, capacity_per_s: f64) -> Option<Headroom> {
    let times = capacity_per_s / demand_per_s;
    (demand_per_s > 0.0).then(|| Headroom { times, cities: libm::floor(times) })
}

impl Capacity {
    /// Reads the answer of `load` (one store) or of `load headroom` (several); `words` are the kinds of
    /// requests by number.
    ///
    /// # Errors
    /// Says what the document lacks.
    pub fn read(document: &Value, words: &[&str]) -> Result<Vec<Capacity>, String> {
        let schema = document["schema"].as_str().unwrap_or_default();
        if schema.starts_with("aftercare.load/") {
            return Self::of_test(document, words).map(|one| vec![one]);
        }
        if !schema.starts_with("aftercare.headroom/") {
            return Err(format!(
                "`schema` is `{schema}`; expected the JSON of `aftercare load` (aftercare.load/1) or of \
                 `aftercare load headroom` (aftercare.headroom/1)"
            ));
        }
        let tested = text(&document["scenario"]);
        let of = |store: &Value| {
            let per_s = store["capacity_per_s"].as_f64().filter(|rate| *rate > 0.0)?;
            let objective = store["objective_ms"].as_f64();
            Some(Capacity {
                store: text(&store["store"]),
                per_s,
                objective: objective.map_or_else(String::new, |ms| format!("< {ms} ms")),
                tested: tested.clone(),
                ..Capacity::default()
            })
        };
        let found: Vec<Capacity> =
            document["stores"].as_array().into_iter().flatten().filter_map(of).collect();
        if found.is_empty() { Err("`stores` has no capacity".to_owned()) } else { Ok(found) }
    }

    fn of_test(document: &Value, words: &[&str]) -> Result<Capacity, String> {
        let searched = document["capacity_per_s"].as_f64();
        let rate = searched.or_else(|| document["achieved_per_s"].as_f64());
        let per_s = rate.filter(|rate| *rate > 0.0).ok_or("`capacity_per_s` has no rate")?;
        let objective = &document["objective"];
        let kind = objective["kind"].as_u64().and_then(|kind| words.get(kind as usize));
        let kind = kind.map_or_else(String::new, |word| format!("{word} "));
        let told = objective["quantile"].as_f64().zip(objective["ms"].as_f64());
        Ok(Capacity {
            store: text(&document["store"]),
            per_s,
            at_least: searched.is_none() || document["capacity_is_a_lower_bound"] == true,
            objective: told
                .map_or_else(String::new, |(q, ms)| format!("{kind}p{} < {ms} ms", q * 100.0)),
            tested: text(&document["scenario"]),
            verdict: text(&document["verdict"]),
        })
    }

    /// The sentence against a peak.
    fn said(&self, peak: f64, lang: Lang) -> Option<String> {
        let Headroom { times, cities } = headroom(peak, self.per_s)?;
        let objective = match self.objective.as_str() {
            "" => String::new(),
            objective => w::WITHIN.fill(lang, &[("objective", objective)]),
        };
        let gaps = [
            ("store", self.store.as_str()),
            ("at_least", if self.at_least { w::AT_LEAST.of(lang) } else { "" }),
            ("rate", &Unit::Count.say(lang, self.per_s)),
            ("objective", &objective),
            ("times", &multiple(times)),
            ("cities", &decimal(cities, 0)),
        ];
        let words = if cities >= 1.0 { w::HEAD_ROW } else { w::HEAD_SHORT };
        Some(words.fill(lang, &gaps))
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A multiple with two digits or all of its whole ones.
pub(super) fn multiple(times: f64) -> String {
    // Rounded down from ten upward, like the cities that fit.
    if times < 10.0 { decimal(times, 1) } else { decimal(libm::floor(times), 0) }
}

/// Requests a second in the busiest minute of the scheme.
fn peak(summary: Summary<'_>) -> Option<f64> {
    summary.mean("throughput.peak_requests_per_s").filter(|peak| *peak > 0.0)
}

/// One sentence for the third answer.
pub(super) fn line(source: &Source, lang: Lang) -> String {
    let said = peak(source.summary()).and_then(|peak| source.capacities.first()?.said(peak, lang));
    said.unwrap_or_else(|| w::HEAD_NONE.of(lang).to_owned())
}

/// What stands under the peak: every capacity given, or how to get one.
pub(super) fn blocks(source: &Source, lang: Lang) -> Vec<Block> {
    let summary = source.summary();
    let Some(peak) = peak(summary) else { return Vec::new() };
    if source.capacities.is_empty() {
        let name = summary.text("scenario");
        let commands = format!(
            "aftercare load scenarios/{name}.toml --search --slo 'settle p99 < 50ms' --format json > capacity.json\n\
             aftercare export output/{name} --html --docx --capacity capacity.json"
        );
        let how = Block::Para(Html::text(w::HEAD_HOW.of(lang)));
        return vec![how, Block::Command(Html::text(&commands))];
    }
    let said = source.capacities.iter().filter_map(|capacity| capacity.said(peak, lang));
    let said: Vec<String> = said.map(|said| escape(&said)).collect();
    let mut blocks = vec![
        Block::Para(Html::trusted(said.join(lang.pick(" ", "")))),
        Block::Table(table(&source.capacities, peak, lang)),
    ];
    if let Some(part) = summary.mean("answer.part_of_city").filter(|part| *part < 1.0) {
        let gaps = [("part", &*percent(part, 2)), ("whole", &*decimal(peak / part, 0))];
        blocks.push(Block::Note(Html::text(&w::HEAD_PART.fill(lang, &gaps))));
    }
    blocks
}

fn table(capacities: &[Capacity], peak: f64, lang: Lang) -> Table {
    let row = |capacity: &Capacity| {
        let room = headroom(peak, capacity.per_s);
        let said = |of: fn(Headroom) -> String| Html::text(&room.map_or(DASH.to_owned(), of));
        let cells = vec![
            Html::foreign(&capacity.store).with_aside(&capacity.objective),
            Html::code(&capacity.tested),
            Html::text(w::verdict(&capacity.verdict).of(lang)),
            Html::text(&decimal(peak, 1)),
            Html::text(&decimal(capacity.per_s, 0)),
            said(|room| multiple(room.times)),
            said(|room| decimal(room.cities, 0)),
        ];
        (RowKind::Plain, cells)
    };
    let head = [
        w::HEAD_STORE,
        w::HEAD_TESTED,
        w::HEAD_VERDICT,
        w::HEAD_PEAK,
        w::HEAD_CAPACITY,
        w::HEAD_TIMES,
        w::HEAD_CITIES,
    ];
    Table {
        caption: Html::text(w::HEAD_CAPTION.of(lang)),
        head: head.map(|text| Html::text(text.of(lang))).into(),
        rows: capacities.iter().map(row).collect(),
        numeric: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_search_a_plain_test_and_a_headroom_are_read_and_other_documents_are_named() {
        let search = json!({
            "schema": "aftercare.load/1", "store": "journal", "scenario": "smoke", "verdict": "ok",
            "capacity_per_s": 1_200.0, "capacity_is_a_lower_bound": false,
            "objective": {"kind": 1, "quantile": 0.99, "ms": 50.0},
        });
        let [one] = &Capacity::read(&search, &["reserve", "settle"]).expect("a capacity")[..]
        else {
            panic!("one store")
        };
        assert_eq!((one.per_s, one.at_least), (1_200.0, false));
        assert_eq!(one.objective, "settle p99 < 50 ms");
        let plain = json!({"schema": "aftercare.load/1", "store": "memory", "achieved_per_s": 9.5});
        let plain = Capacity::read(&plain, &[]).expect("a capacity");
        assert!(plain[0].at_least && plain[0].objective.is_empty());
        let both = json!({
            "schema": "aftercare.headroom/1", "scenario": "xiamen",
            "stores": [{"store": "a", "capacity_per_s": 5.0}, {"store": "b"}],
        });
        assert_eq!(Capacity::read(&both, &[]).expect("one").len(), 1);
        let other = json!({"schema": "aftercare.summary/1"});
        let said = Capacity::read(&other, &[]).expect_err("no capacity");
        assert!(said.contains("aftercare.summary/1") && said.contains("aftercare load"), "{said}");
    }

    #[test]
    fn the_sentence_names_the_store_and_does_not_call_a_small_machine_enough() {
        let capacity = |per_s| Capacity { store: "journal".into(), per_s, ..Capacity::default() };
        let table = [
            (1_000.0, Lang::En, "10 times this peak, so 10 such cities would fit"),
            (50.0, Lang::En, "only 0.5 of this peak, so this city does not fit"),
            (250.0, Lang::Zh, "为此峰值的 2.5 倍，可容纳 2 个这样的城市"),
        ];
        for (per_s, lang, words) in table {
            let said = capacity(per_s).said(100.0, lang).expect("a sentence");
            assert!(said.contains(words) && said.contains("journal"), "{said}");
        }
        assert_eq!(headroom(0.0, 5.0), None);
    }
}
