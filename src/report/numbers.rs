//! Numbers as they are printed: separators, units, intervals. Must never round before it prints, and
//! must never decide anything: floats end here.

use serde_json::Value;

use super::Lang;

/// A mean with its 95 % interval over replications, `None` when there was one replication.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Estimate {
    pub(super) mean: f64,
    pub(super) ci95: Option<[f64; 2]>,
}

impl Estimate {
    /// Reads `{"mean","ci95"}`, or a plain value; numbers may be strings (money).
    pub(super) fn read(value: &Value) -> Option<Self> {
        let Some(map) = value.as_object() else {
            return Some(Self { mean: number(value)?, ci95: None });
        };
        let interval = |ci: &Value| Some([number(ci.get(0)?)?, number(ci.get(1)?)?]);
        Some(Self { mean: number(map.get("mean")?)?, ci95: map.get("ci95").and_then(interval) })
    }

    /// Whether zero cannot be told from the mean.
    pub(super) fn covers_zero(&self) -> bool {
        self.ci95.is_some_and(|[low, high]| low <= 0.0 && high >= 0.0)
    }
}

/// A finite number, also from a string.
fn number(value: &Value) -> Option<f64> {
    let x = match value {
        Value::Number(n) => n.as_f64()?,
        Value::String(s) => s.trim().parse().ok()?,
        _ => return None,
    };
    x.is_finite().then_some(x)
}

/// What a number counts; decides unit, scale and decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Minutes or stops, with this many decimals.
    Plain(usize),
    /// People, lines, visits, hours.
    Count,
    /// Money, yuan.
    Yuan,
    /// A share, printed in per cent.
    Share,
}

/// The scale that suits a magnitude: divisor, decimals, prefix, suffix.
struct Scale(f64, usize, &'static str, &'static str);

impl Unit {
    fn scale(self, lang: Lang, magnitude: f64) -> Scale {
        let size = magnitude.abs();
        match (self, lang) {
            (Unit::Plain(places), _) => Scale(1.0, places, "", ""),
            (Unit::Share, _) => Scale(0.01, 2, "", "%"),
            (Unit::Count, Lang::Zh) if size >= 1e8 => Scale(1e8, 2, "", " 亿"),
            (Unit::Count, Lang::Zh) if size >= 1e5 => Scale(1e4, 1, "", " 万"),
            (Unit::Count, Lang::En) if size >= 1e6 => Scale(1e6, 2, "", " million"),
            (Unit::Count, _) => Scale(1.0, 0, "", ""),
            (Unit::Yuan, Lang::Zh) if size >= 1e8 => Scale(1e8, 2, "", " 亿元"),
            (Unit::Yuan, Lang::Zh) if size >= 1e5 => Scale(1e4, 1, "", " 万元"),
            (Unit::Yuan, Lang::En) if size >= 1e9 => Scale(1e9, 2, "CNY ", " billion"),
            (Unit::Yuan, Lang::En) if size >= 1e6 => Scale(1e6, 2, "CNY ", " million"),
            (Unit::Yuan, Lang::Zh) => Scale(1.0, cents(size), "", " 元"),
            (Unit::Yuan, Lang::En) => Scale(1.0, cents(size), "CNY ", ""),
        }
    }

    /// A value with its unit.
    pub(super) fn say(self, lang: Lang, x: f64) -> String {
        let Scale(by, places, prefix, suffix) = self.scale(lang, x);
        format!("{prefix}{}{suffix}", telling(x / by, places))
    }

    /// The mean with its unit, and the interval in the same scale without repeating the currency;
    /// a dash stands where there is no interval. Both get decimals enough to show how wide it is.
    pub(super) fn estimate(self, lang: Lang, estimate: &Estimate) -> (String, String) {
        let mut scale = self.scale(lang, estimate.mean);
        // Plain yuan have no more than fen.
        if self != Unit::Yuan || scale.0 > 1.0 {
            scale.1 = scale.1.max(places_of_width(estimate, scale.0).min(scale.1 + 2));
        }
        let Scale(by, places, prefix, suffix) = scale;
        let number = |x: f64| telling(x / by, places);
        let mean = format!("{prefix}{}{suffix}", number(estimate.mean));
        let Some([low, high]) = estimate.ci95 else { return (mean, DASH.to_owned()) };
        if high - low <= f64::EPSILON * high.abs() {
            return (mean, lang.pick("same in each", "各次相同").to_owned());
        }
        let to = lang.pick("to", "至");
        (mean, format!("{} {to} {}{suffix}", number(low), number(high)))
    }
}

/// What is smaller is a zero that floats left.
const NOTHING: f64 = 1e-9;

/// A number with so many decimals, or with more where it would look like a zero that it is not; a zero is
/// "0", since one of many digits would look like a measured one.
pub(super) fn telling(x: f64, places: usize) -> String {
    if x.abs() < NOTHING {
        return "0".to_owned();
    }
    let said = (places..=9).map(|places| decimal(x, places));
    let mut said = said.skip_while(|said| said.bytes().all(|b| b == b'0' || b == b'.'));
    said.next().unwrap_or_else(|| "0".to_owned())
}

/// A share in per cent, never a zero that it is not: "0.004%".
pub(super) fn percent(share: f64, places: usize) -> String {
    format!("{}%", telling(share * 100.0, places))
}

/// Decimals that half an interval's width needs to show one digit; 0 if there is no width.
fn places_of_width(estimate: &Estimate, by: f64) -> usize {
    let half = estimate.ci95.map_or(0.0, |[low, high]| (high - low) / 2.0 / by);
    let mut places = 0;
    let mut shown = half;
    while half > 0.0 && shown < 0.95 && places < 6 {
        shown *= 10.0;
        places += 1;
    }
    places
}

/// Printed where there is no value.
pub(super) const DASH: &str = "—";

fn cents(size: f64) -> usize {
    if size > 0.0 && size < 1000.0 { 2 } else { 0 }
}

/// A number with grouped thousands, a true minus sign and no negative zero.
pub(super) fn decimal(x: f64, places: usize) -> String {
    let plain = format!("{:.*}", places, x.abs());
    let (whole, fraction) =
        plain.split_once('.').map_or((plain.as_str(), None), |(w, f)| (w, Some(f)));
    let negative = x < 0.0 && plain.bytes().any(|b| b.is_ascii_digit() && b != b'0');
    let mut out = String::from(if negative { "−" } else { "" });
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// Decimals that leave about two significant digits of a difference, and one at least: 0.42, 3.1, 12.7, 0.004.
pub(super) fn places_for(difference: f64) -> usize {
    match difference.abs() {
        d if d < NOTHING => 2,
        d if d < 0.001 => 4,
        d if d < 0.01 => 3,
        d if d < 1.0 => 2,
        _ => 1,
    }
}

/// A number to three digits, whole from a hundred upward.
pub(super) fn three_digits(x: f64) -> String {
    let size = if x == 0.0 { 2.0 } else { libm::floor(libm::log10(x.abs())) };
    decimal(x, (2.0 - size).clamp(0.0, 6.0) as usize)
}

/// An axis label: as few decimals as the tick needs.
pub(super) fn tick(x: f64) -> String {
    let places = (0..6).find(|&p| {
        let scaled = x * [1.0, 10.0, 1e2, 1e3, 1e4, 1e5][p];
        (scaled - libm::round(scaled)).abs() < 1e-6
    });
    decimal(x, places.unwrap_or(6))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn three_digits_are_kept_whatever_the_size() {
        let table = [
            (0.0, "0"),
            (0.004_612, "0.00461"),
            (-0.042_2, "−0.0422"),
            (2.6328, "2.63"),
            (78.6667, "78.7"),
            (19_694.2, "19,694"),
            (1e-9, "0.000000"),
        ];
        for (x, said) in table {
            assert_eq!(three_digits(x), said, "{x}");
        }
    }

    #[test]
    fn decimals_group_round_and_keep_one_kind_of_zero() {
        let table = [
            (0.0, 2, "0.00"),
            (-0.001, 2, "0.00"),
            (-0.42, 2, "−0.42"),
            (1_234_567.891, 1, "1,234,567.9"),
            (999.6, 0, "1,000"),
            (-1000.0, 0, "−1,000"),
            (12.0, 0, "12"),
        ];
        for (x, places, text) in table {
            assert_eq!(decimal(x, places), text, "{x}");
        }
    }

    #[test]
    fn what_is_not_zero_never_looks_like_one() {
        let table = [
            (0.0, 2, "0"),
            (-1e-15, 2, "0"),
            (0.004, 2, "0.004"),
            (-0.000_04, 1, "−0.00004"),
            (0.4, 0, "0.4"),
            (0.126, 2, "0.13"),
            (12.0, 1, "12.0"),
        ];
        for (x, places, text) in table {
            assert_eq!(telling(x, places), text, "{x}");
        }
        assert_eq!((percent(0.000_04, 2), percent(0.0, 2)), ("0.004%".into(), "0%".into()));
        let table = [(12.7, 1), (0.42, 2), (0.008, 3), (0.000_4, 4), (0.0, 2)];
        for (difference, places) in table {
            assert_eq!(places_for(difference), places, "{difference}");
        }
    }

    #[test]
    fn each_language_counts_in_its_own_scale() {
        let table = [
            (Unit::Count, 128_400.0, "128,400", "12.8 万"),
            (Unit::Count, 11_915_780.0, "11.92 million", "1,191.6 万"),
            (Unit::Yuan, 402_310.2, "CNY 402,310", "40.2 万元"),
            (Unit::Yuan, 58_230_410.55, "CNY 58.23 million", "5,823.0 万元"),
            (Unit::Yuan, 6_123_400_000.0, "CNY 6.12 billion", "61.23 亿元"),
            (Unit::Yuan, 4.825, "CNY 4.83", "4.83 元"),
            (Unit::Yuan, 0.0, "CNY 0", "0 元"),
            (Unit::Share, 0.0132, "1.32%", "1.32%"),
            (Unit::Share, 0.0, "0%", "0%"),
            (Unit::Share, 0.000_04, "0.004%", "0.004%"),
            (Unit::Count, 0.4, "0.4", "0.4"),
            (Unit::Yuan, 0.004, "CNY 0.004", "0.004 元"),
            (Unit::Plain(1), -3.04, "−3.0", "−3.0"),
        ];
        for (unit, x, en, zh) in table {
            assert_eq!(unit.say(Lang::En, x), en);
            assert_eq!(unit.say(Lang::Zh, x), zh);
        }
    }

    #[test]
    fn an_interval_keeps_the_scale_of_its_mean_and_shows_its_width() {
        let read = |value: Value| Estimate::read(&value).unwrap();
        let million = read(json!({"mean": "1000100.00", "ci95": ["999000.00", "1001200.00"]}));
        let negative = read(json!({"mean": -0.1, "ci95": [-0.3, 0.1]}));
        let narrow = read(json!({"mean": 11.91, "ci95": [11.87, 11.95]}));
        let exact = read(json!({"mean": 11.91, "ci95": [11.91, 11.91]}));
        let nothing = read(json!({"mean": 0.0001, "ci95": [-0.0012, 0.0014]}));
        let single = read(json!({"mean": 2.0, "ci95": null}));
        let plain = read(json!({"mean": "527287.60", "ci95": ["527287.58", "527287.66"]}));
        let table = [
            (Unit::Yuan, million, "CNY 1.000 million", "0.999 to 1.001 million"),
            (Unit::Yuan, plain, "CNY 527,288", "527,288 to 527,288"),
            (Unit::Plain(1), negative, "−0.1", "−0.3 to 0.1"),
            (Unit::Plain(1), narrow, "11.91", "11.87 to 11.95"),
            (Unit::Plain(1), exact, "11.9", "same in each"),
            (Unit::Plain(2), nothing, "0.0001", "−0.001 to 0.001"),
            (Unit::Plain(1), single, "2.0", DASH),
        ];
        for (unit, estimate, mean, interval) in table {
            let said = unit.estimate(Lang::En, &estimate);
            assert_eq!((said.0.as_str(), said.1.as_str()), (mean, interval));
        }
        assert!(negative.covers_zero() && !single.covers_zero());
    }

    #[test]
    fn what_is_not_a_finite_number_is_no_estimate() {
        for bad in [json!(null), json!("NaN"), json!({"mean": "inf"}), json!({}), json!([1])] {
            assert_eq!(Estimate::read(&bad), None, "{bad}");
        }
    }

    #[test]
    fn ticks_are_as_short_as_they_can_be() {
        let table = [
            (0.0, "0"),
            (2.5, "2.5"),
            (0.25, "0.25"),
            (1200.0, "1,200"),
            (0.0005, "0.0005"),
            (0.300_000_01, "0.3"),
        ];
        for (x, text) in table {
            assert_eq!(tick(x), text);
        }
    }
}
