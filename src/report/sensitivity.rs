//! The page of a sensitivity analysis: a tornado a figure, the table behind it, and what was moved. Must
//! never compute a figure that the document does not hold, nor show a rank without its range.

use super::charts::{self, Side, Swing, TornadoFrame};
use super::numbers::{DASH, decimal, three_digits};
use super::page::{Block, Html, RowKind, Section, Table};
use super::study::{Desk, list, text, word};
use super::words::{Text, attribution, sensitivity as w};
use super::{Lang, Rendered, Result};
use serde_json::Value;

/// Most bars of a picture; the table has the others.
const BARS: usize = 10;
/// Files of the pictures, one a figure; figures beyond them have their table only.
const PICTURES: [&str; 12] = [
    "tornado_1",
    "tornado_2",
    "tornado_3",
    "tornado_4",
    "tornado_5",
    "tornado_6",
    "tornado_7",
    "tornado_8",
    "tornado_9",
    "tornado_10",
    "tornado_11",
    "tornado_12",
];

/// The name of a figure of `summary.json`; `None` for one that has none.
pub fn figure_name(path: &str, lang: Lang) -> Option<&'static str> {
    w::figure(path).map(|text| text.of(lang))
}

/// The name of an input of a scenario; `None` for one that has none.
pub fn input_name(key: &str, lang: Lang) -> Option<String> {
    let (text, place) = w::input(key)?;
    Some(match &place {
        Some(place) => text.fill(lang, &[("n", place)]),
        None => text.of(lang).to_owned(),
    })
}

/// A number with as many decimals as it has, at most six.
fn exact(x: f64) -> String {
    let whole = |places: &usize| {
        let scaled = x * libm::pow(10.0, *places as f64);
        (scaled - libm::round(scaled)).abs() < 1e-6
    };
    decimal(x, (0..6).find(whole).unwrap_or(6))
}

/// The value of an input in words, with its unit.
fn value_in_words(key: &str, value: &Value, lang: Lang) -> String {
    match value {
        Value::Null => DASH.to_owned(),
        Value::Object(parts) => {
            let said = parts.iter().map(|(key, value)| value_in_words(key, value, lang));
            said.collect::<Vec<_>>().join(lang.pick(", ", "，"))
        }
        Value::Number(number) => {
            let x = number.as_f64().unwrap_or_default();
            match w::unit(key) {
                Some((factor, text)) => text.fill(lang, &[("x", &exact(x * factor))]),
                None => exact(x),
            }
        }
        other => {
            let plain = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
            match inline_table(&plain) {
                Some(parts) => value_in_words(key, &parts, lang),
                None => match w::reading(&plain).or_else(|| attribution::name_of(&plain)) {
                    Some(text) => text.of(lang).to_owned(),
                    None => plain,
                },
            }
        }
    }
}

/// `{ key = value, … }` of a reading as the scenario has it.
fn inline_table(text: &str) -> Option<Value> {
    let inner = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let pair = |piece: &str| {
        let (key, value) = piece.split_once('=')?;
        let value = value.trim();
        let number = value.parse::<f64>().ok().map(Value::from);
        let value = number.unwrap_or_else(|| Value::from(value.trim_matches('"')));
        Some((key.trim().trim_matches('"').to_owned(), value))
    };
    inner.split(',').map(pair).collect::<Option<serde_json::Map<_, _>>>().map(Value::Object)
}

fn delta(side: &Value) -> f64 {
    side["delta"].as_f64().unwrap_or_default()
}

fn moves(bar: &Value) -> bool {
    delta(&bar["low"]) != 0.0 || delta(&bar["high"]) != 0.0
}

/// A figure to three digits.
fn number(value: &Value) -> String {
    value.as_f64().map_or_else(|| DASH.to_owned(), three_digits)
}

fn ends(ci95: &Value) -> String {
    match ci95.as_array().map(Vec::as_slice) {
        Some([low, high]) => format!("{} … {}", number(low), number(high)),
        _ => DASH.to_owned(),
    }
}

/// A change with its sign.
fn signed(x: f64) -> String {
    let said = three_digits(x);
    if x > 0.0 { format!("+{said}") } else { said }
}

/// A title of its own begins with a capital.
fn titled(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

impl Desk<'_> {
    /// The sensitivity page.
    pub(super) fn sensitivity(mut self) -> Result<Rendered> {
        let document = self.document;
        let metrics = document["metrics"].as_object();
        let mut figures: Vec<(&String, &Value)> = metrics.into_iter().flatten().collect();
        // The order in which they were asked for; an older document has that of its names.
        let place = |path: &str| list(&document["order"]).position(|asked| word(asked) == path);
        figures.sort_by_key(|(path, _)| place(path));
        let first = figures.first().copied();
        let answer = first.map_or_else(Html::default, |(path, metric)| self.swing(path, metric));
        let mut sections = vec![self.strongest(&figures)];
        for (index, (path, metric)) in figures.into_iter().enumerate() {
            sections.push(self.figure_section(index, path, metric)?);
        }
        if let Some((_, metric)) = first {
            sections.push(self.what_was_moved(metric));
        }
        let title = self.title(w::TITLE);
        self.page(title, answer, sections)
    }

    fn named(&self, path: &str) -> String {
        figure_name(path, self.lang).map_or_else(|| path.to_owned(), str::to_owned)
    }

    fn input(&self, bar: &Value) -> String {
        let key = word(&bar["key"]);
        input_name(key, self.lang).unwrap_or_else(|| key.to_owned())
    }

    fn value(&self, bar: &Value, value: &Value) -> String {
        value_in_words(word(&bar["key"]), value, self.lang)
    }

    /// The figure at an end of an input.
    fn at(metric: &Value, bar: &Value, end: &str) -> String {
        let base = metric["base"]["mean"].as_f64().unwrap_or_default();
        three_digits(base + delta(&bar[end]))
    }

    /// The input that moves a figure most, in a sentence.
    fn swing(&self, path: &str, metric: &Value) -> Html {
        let count = list(&metric["tornado"]).count().to_string();
        let name = self.named(path);
        let Some(bar) = list(&metric["tornado"]).find(|bar| moves(bar)) else {
            return self.fill(w::ANSWER_NONE, &[("inputs", &count), ("figure", &name)]);
        };
        let [low, high] = ["low", "high"].map(|end| self.value(bar, &bar[end]["value"]));
        let gaps = [
            ("inputs", count.as_str()),
            ("input", &self.input(bar)),
            ("figure", &name),
            ("from", &Self::at(metric, bar, "low")),
            ("to", &Self::at(metric, bar, "high")),
            ("low", &low),
            ("high", &high),
        ];
        self.fill(w::ANSWER, &gaps)
    }

    /// The strongest input of every figure.
    fn strongest(&self, figures: &[(&String, &Value)]) -> Section {
        let row = |(path, metric): &(&String, &Value)| {
            let figure = text(&titled(&self.named(path)));
            let cells = match list(&metric["tornado"]).find(|bar| moves(bar)) {
                None => vec![figure, self.say(w::NOTHING), Html::default(), Html::default()],
                Some(bar) => {
                    let [low, high] = ["low", "high"].map(|end| {
                        let value = self.value(bar, &bar[end]["value"]);
                        let at = Self::at(metric, bar, end);
                        self.fill(w::AT, &[("figure", &at), ("input", &value)])
                    });
                    vec![figure, text(&self.input(bar)), low, high]
                }
            };
            (RowKind::Plain, cells)
        };
        let table = Table {
            caption: Html::default(),
            head: self.head(&[w::FIGURE, w::INPUT, w::LOW_END, w::HIGH_END]),
            rows: figures.iter().map(row).collect(),
            numeric: false,
        };
        let blocks = vec![Block::Table(table), Block::Note(self.say(w::HOW))];
        Section { id: "strongest", title: self.say(w::STRONGEST), blocks }
    }

    /// One figure: value now, tornado, table, and what all inputs together say.
    fn figure_section(&mut self, index: usize, path: &str, metric: &Value) -> Result<Section> {
        let base = &metric["base"];
        let gaps = [("value", &*number(&base["mean"])), ("ends", &*ends(&base["ci95"]))];
        let mut blocks = vec![Block::Para(self.fill(w::NOW, &gaps))];
        let moved = list(&metric["tornado"]).any(moves);
        match PICTURES.get(index) {
            Some(name) if moved => {
                let drawn = self.tornado(path, metric);
                blocks.extend(self.figure(name, drawn, &self.say(w::SAY), "sensitivity.csv")?);
            }
            Some(_) => blocks.push(Block::Note(self.say(w::STILL))),
            None => {}
        }
        if moved {
            blocks.push(Block::Table(self.ends_table(metric)));
            blocks.extend(self.unmoved(metric));
        }
        blocks.extend(self.together(metric));
        let id = PICTURES.get(index).copied().unwrap_or("figure");
        Ok(Section { id, title: text(&titled(&self.named(path))), blocks })
    }

    fn tornado(&self, path: &str, metric: &Value) -> std::result::Result<Option<String>, String> {
        let side = |side: &Value| {
            let ends = [0, 1].map(|at| side["ci95"][at].as_f64());
            let ends = if let [Some(low), Some(high)] = ends { Some([low, high]) } else { None };
            Side { by: delta(side), ends, said: signed(delta(side)) }
        };
        let swing = |bar: &Value| Swing {
            label: self.input(bar),
            range: self.range(bar),
            sides: ["low", "high"].map(|end| side(&bar[end])),
        };
        let bars = list(&metric["tornado"]).filter(|bar| moves(bar)).take(BARS);
        let swings: Vec<Swing> = bars.map(swing).collect();
        let now = number(&metric["base"]["mean"]);
        let frame = TornadoFrame {
            title: titled(&self.named(path)),
            subtitle: w::SUB.fill(self.lang, &[("value", &now)]),
            axis: w::AXIS,
            keys: [w::LOW_END, w::HIGH_END],
        };
        charts::tornado(&frame, &swings, self.lang)
    }

    /// Both ends of an input and its value now.
    fn range(&self, bar: &Value) -> String {
        let [low, high] = ["low", "high"].map(|end| self.value(bar, &bar[end]["value"]));
        let now = self.value(bar, &bar["base"]);
        w::RANGE.fill(self.lang, &[("low", &low), ("high", &high), ("now", &now)])
    }

    fn head(&self, words: &[Text]) -> Vec<Html> {
        words.iter().map(|words| self.say(*words)).collect()
    }

    fn ends_table(&self, metric: &Value) -> Table {
        let change = |end: &Value| text(&signed(delta(end))).with_aside(&ends(&end["ci95"]));
        let row = |bar: &Value| {
            let name = text(&self.input(bar)).with_aside(&self.range(bar));
            (RowKind::Plain, vec![name, change(&bar["low"]), change(&bar["high"])])
        };
        Table {
            caption: Html::default(),
            head: self.head(&[w::INPUT, w::AT_LOW, w::AT_HIGH]),
            rows: list(&metric["tornado"]).filter(|bar| moves(bar)).map(row).collect(),
            numeric: true,
        }
    }

    fn unmoved(&self, metric: &Value) -> Option<Block> {
        let still = list(&metric["tornado"]).filter(|bar| !moves(bar));
        let names: Vec<String> = still.map(|bar| self.input(bar)).collect();
        let inputs = names.join(self.lang.pick("; ", "；"));
        let said = self.fill(w::UNMOVED, &[("inputs", &inputs)]);
        (!names.is_empty()).then_some(Block::Note(said))
    }

    /// Morris's screening, Sobol's shares and stresses, where they were asked for.
    fn together(&self, metric: &Value) -> Vec<Block> {
        let plain = |row: &Value, key: &str| text(&number(&row[key]));
        let closed = |row: &Value, key: &str, ci95: &str| {
            text(&number(&row[key])).with_aside(&ends(&row[ci95]))
        };
        let table = |caption: Text, head: &[Text], rows: Vec<Vec<Html>>| {
            let rows: Vec<_> = rows.into_iter().map(|cells| (RowKind::Plain, cells)).collect();
            let caption = self.say(caption);
            let filled = !rows.is_empty();
            filled.then(|| {
                Block::Table(Table { caption, head: self.head(head), rows, numeric: true })
            })
        };
        let morris = list(&metric["morris"]).map(|row| {
            let figures = ["mu_star", "mu", "sigma"].map(|key| plain(row, key));
            std::iter::once(text(&self.input(row))).chain(figures).collect()
        });
        let sobol = list(&metric["sobol"]).map(|row| {
            let [first, total] = [("first", "first_ci95"), ("total", "total_ci95")]
                .map(|(key, ci95)| closed(row, key, ci95));
            vec![text(&self.input(row)), first, total]
        });
        let stress = list(&metric["stress"]).map(|row| {
            let estimate = &row["estimate"];
            vec![
                Html::foreign(word(&row["name"])),
                closed(estimate, "mean", "ci95"),
                closed(row, "delta", "ci95"),
            ]
        });
        let blocks = [
            table(w::MORRIS, &[w::INPUT, w::MU_STAR, w::MU, w::SIGMA], morris.collect()),
            table(w::SOBOL, &[w::INPUT, w::FIRST, w::TOTAL], sobol.collect()),
            table(w::STRESS, &[w::STRESS_NAME, w::STRESS_VALUE, w::CHANGE], stress.collect()),
        ];
        blocks.into_iter().flatten().collect()
    }

    /// Every input with its range, its value now and its key.
    fn what_was_moved(&self, metric: &Value) -> Section {
        let mut bars: Vec<&Value> = list(&metric["tornado"]).collect();
        bars.sort_by_key(|bar| word(&bar["key"]));
        let row = |bar: &&Value| {
            let value = |value: &Value| text(&self.value(bar, value));
            let cells = vec![
                text(&self.input(bar)),
                value(&bar["low"]["value"]),
                value(&bar["high"]["value"]),
                value(&bar["base"]),
                Html::code(word(&bar["key"])),
            ];
            (RowKind::Plain, cells)
        };
        let table = Table {
            caption: Html::default(),
            head: self.head(&[w::INPUT, w::LOW, w::HIGH, w::VALUE_NOW, w::KEY]),
            rows: bars.iter().map(row).collect(),
            numeric: false,
        };
        let blocks = vec![Block::Para(self.say(w::RANGES_SAY)), Block::Table(table)];
        Section { id: "ranges", title: self.say(w::RANGES), blocks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_said_with_their_units_and_readings_in_words() {
        let table = [
            ("credit.free_window.fixed_days.free_days", json!(56), "56 days", "56 天"),
            ("credit.sanctions.penalty_rate_per_day", json!(0.0005), "0.05 % a day", "每日 0.05%"),
            ("people.uninsured_share", json!(0.25), "25 %", "25%"),
            ("credit.limits.tiers[0].limit_yuan", json!(20_000), "20,000 yuan", "20,000 元"),
            ("credit.draws_in_part", json!(true), "yes", "是"),
            (
                "credit.instalments.method",
                json!("flat_fee"),
                "a fee on the first sum",
                "按初始金额收费",
            ),
            ("policy.regime", json!("mobile_2023"), "by phone before each step", "每步前手机缴费"),
            ("credit.loss.rest_weights.hospital", json!(1), "1", "1"),
            (
                "credit.instalments",
                json!("{ \"rate_per_year\" = 0.06, months = 6 }"),
                "6 % a year, 6 months",
                "年率 6%，6 个月",
            ),
            ("x", json!(null), "—", "—"),
        ];
        for (key, value, en, zh) in table {
            assert_eq!(value_in_words(key, &value, Lang::En), en, "{key}");
            assert_eq!(value_in_words(key, &value, Lang::Zh), zh, "{key}");
        }
    }

    #[test]
    fn elements_of_a_list_are_counted_from_one() {
        let name = input_name("credit.limits.tiers[2].score_from", Lang::En);
        assert_eq!(name.as_deref(), Some("Score that step 3 of the limit asks for"));
        assert_eq!(input_name("nobody.knows", Lang::En), None);
        assert_eq!(figure_name("nobody.knows", Lang::Zh), None);
    }
}
