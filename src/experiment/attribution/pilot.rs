//! The stepped-wedge pilot that would find the effect: spread between and within hospitals from the
//! simulated visits, power, sample size, and what to log. Must never plan with a spread that was not
//! simulated.

use super::figures;
use crate::metrics::SiteSpread;
use crate::scenario::PilotSpec;
use crate::sim::Replication;
use crate::stats::stepped_wedge::{Spread, SteppedWedge};
use serde_json::{Value, json};

const SECONDS_A_MINUTE: f64 = 60.0;
/// Effects that are told beside the wanted one, as parts of it.
const LADDER: [f64; 5] = [0.25, 0.5, 1.0, 2.0, 4.0];

/// What must be logged so that the pilot can be read, English and Chinese.
const LOG: [[&str; 2]; 9] = [
    ["hospital, level, and the date on which it began", "医院、等级及其开始日期"],
    [
        "arrival and exit of every visit, users and others alike, from one clock",
        "每次就诊（使用者与非使用者）的到院与离院时间，取自同一时钟",
    ],
    [
        "each payment: when, where (window, kiosk, phone, room, automatic), how long, how much",
        "每次缴费的时间、地点（窗口、自助机、手机、诊间、自动扣款）、时长与金额",
    ],
    ["queue tickets of every station: taken, called, done", "各环节排队记录：取号、叫号、完成"],
    [
        "whether a line was shown, used, refused (with the word of refusal), or failed",
        "额度是否出示、使用、被拒（含原因）或失败",
    ],
    ["sign-up: date, place, minutes, help given", "开通：日期、地点、所用分钟、是否有人协助"],
    [
        "age, insurance scheme, booking ahead, phone payment before the pilot",
        "年龄、参保类型、是否预约、试点前是否使用手机缴费",
    ],
    [
        "all other changes at the hospital in the period: appointments, staff, windows, kiosks, software",
        "期间医院的其他变化：预约、人员、窗口、自助机、系统",
    ],
    [
        "amounts drawn, repaid, overdue, written off, by due date",
        "按到期日记录的用信、还款、逾期与核销金额",
    ],
];

/// The pilot by the settings and the runs of the scenario as it is.
pub(super) fn told(
    spec: &PilotSpec,
    (runs, days): (&[Replication], u32),
    taking_part: &[bool],
    effect: &Value,
) -> Value {
    let all = vec![true; taking_part.len()];
    let chosen = if count(runs, taking_part) >= 2 { taking_part } else { &all };
    let clusters = count(runs, chosen);
    let Some(design) = SteppedWedge::even(clusters, spec.steps) else {
        return json!({ "clusters": clusters });
    };
    let found: Vec<Found> =
        runs.iter().map(|run| Found::of(&run.pairs.site_spreads, chosen)).collect();
    let mean = |of: fn(&Found) -> f64| {
        figures::share(found.iter().map(of).sum::<f64>(), found.len() as f64)
    };
    let spread = Spread { within: mean(|f| f.within), between: mean(|f| f.between) };
    let period = f64::from(spec.period_days) / f64::from(days.max(1));
    let observations = (mean(|f| f.visits) * period).max(1.0);
    let row = |effect: f64| {
        json!({
            "effect_min": figures::rounded(effect),
            "power_share": figures::rounded(design.power(effect, spread, observations, spec.alpha)),
            "needed_visits_per_hospital_and_period":
                design.needed(effect, spread, spec.alpha, spec.power),
        })
    };
    let detectable = design.detectable(spread, observations, spec.alpha, spec.power);
    let simulated = effect["mean"].as_f64().filter(|effect| *effect > 0.0);
    json!({
        "clusters": clusters,
        "clusters_are": if chosen == all { "all_hospitals" } else { "hospitals_in_the_scheme" },
        "steps": design.starting().len(),
        "hospitals_by_step": design.starting(),
        "periods": design.periods(),
        "period_days": spec.period_days,
        "days": spec.period_days * design.periods(),
        "alpha_share": spec.alpha,
        "wanted_power_share": spec.power,
        "within_sd_min": figures::rounded(libm::sqrt(spread.within)),
        "between_sd_min": figures::rounded(libm::sqrt(spread.between)),
        "intraclass_correlation":
            figures::rounded(figures::share(spread.between, spread.between + spread.within)),
        "visits_per_hospital_and_period": figures::rounded(observations),
        "wanted": row(spec.wanted_min),
        "simulated": simulated.map(row),
        "detectable_min": figures::rounded(detectable),
        "effects": LADDER.map(|part| row(spec.wanted_min * part)),
        "log": LOG.map(|[en, zh]| json!({ "en": en, "zh": zh })),
    })
}

/// Hospitals with visits in every run.
fn count(runs: &[Replication], chosen: &[bool]) -> u32 {
    let seen = |site: usize| {
        runs.iter().all(|run| run.pairs.site_spreads.get(site).is_some_and(|s| s.visits > 1))
    };
    chosen.iter().enumerate().filter(|&(site, &chosen)| chosen && seen(site)).count() as u32
}

/// One replication's variances, minutes squared, and visits a hospital.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Found {
    within: f64,
    between: f64,
    visits: f64,
}

impl Found {
    /// Pooled variance within hospitals; variance of their means less what chance gives to them.
    fn of(spreads: &[SiteSpread], chosen: &[bool]) -> Found {
        let sites: Vec<[f64; 3]> = spreads
            .iter()
            .zip(chosen)
            .filter(|(spread, chosen)| **chosen && spread.visits > 1)
            .map(|(spread, _)| {
                let (n, seconds) = (spread.visits as f64, spread.seconds as f64);
                [n, seconds / n / SECONDS_A_MINUTE, about_mean(spread)]
            })
            .collect();
        let number = sites.len() as f64;
        let free: f64 = sites.iter().map(|[n, ..]| n - 1.0).sum();
        let within = figures::share(sites.iter().map(|[.., squares]| squares).sum(), free);
        let middle = figures::share(sites.iter().map(|[_, mean, _]| mean).sum(), number);
        let apart: f64 = sites.iter().map(|[_, mean, _]| (mean - middle) * (mean - middle)).sum();
        let by_chance = figures::share(sites.iter().map(|[n, ..]| within / n).sum(), number);
        let between = figures::share(apart, number - 1.0) - by_chance;
        let visits = figures::share(sites.iter().map(|[n, ..]| n).sum(), number);
        Found { within, between: between.max(0.0), visits }
    }
}

/// Sum of squares about the mean, minutes squared, from exact integers.
fn about_mean(spread: &SiteSpread) -> f64 {
    let (n, sum) = (u128::from(spread.visits), u128::from(spread.seconds));
    let top = n * u128::from(spread.squares) - sum * sum;
    top as f64 / spread.visits as f64 / (SECONDS_A_MINUTE * SECONDS_A_MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(minutes: &[u64]) -> SiteSpread {
        let mut spread = SiteSpread::default();
        for minutes in minutes {
            spread.count(minutes * 60_000);
        }
        spread
    }

    #[test]
    fn variances_are_those_of_a_one_way_layout() {
        // Means 20, 40 and 30, each with variance 100 in three visits; the fourth is not chosen.
        let sites =
            [site(&[10, 20, 30]), site(&[30, 40, 50]), site(&[20, 30, 40]), site(&[900, 1])];
        let found = Found::of(&sites, &[true, true, true, false]);
        assert!((found.within - 100.0).abs() < 1e-9, "{found:?}");
        assert!((found.between - (100.0 - 100.0 / 3.0)).abs() < 1e-9, "{found:?}");
        assert!((found.visits - 3.0).abs() < 1e-9);
    }

    #[test]
    fn hospitals_that_are_alike_have_nothing_between_them() {
        let found = Found::of(&[site(&[10, 30]), site(&[10, 30])], &[true, true]);
        assert!(found.between.abs() < 1e-12);
        assert!((found.within - 200.0).abs() < 1e-9);
    }
}
