//! The same visits in two arms, added up: waits, payment, time in hospital, stops, and their causes.

use super::groups::{JOINT_GROUPS, PairGroup};
use crate::domain::{AGE_BANDS, INCOME_BANDS, SCHEMES, wide};
use serde::{Deserialize, Serialize};

/// Bins of the distribution of saved minutes.
pub const HISTOGRAM_BINS: usize = 91;
/// Lower edge of the first bin, minutes.
pub const HISTOGRAM_FROM_MIN: i64 = -60;
/// Width of a bin, minutes.
pub const HISTOGRAM_STEP_MIN: i64 = 2;

/// Bins of the distribution of waits: none at all, then steps of [`WAIT_STEP_S`]; the last takes the tail.
pub const WAIT_BINS: usize = 361;
/// Width of a bin of waits, seconds.
pub const WAIT_STEP_S: u64 = 30;

/// Visits by how long they waited; bin `k` holds waits above `k − 1` and up to `k` steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waits(#[serde(with = "wide")] pub [u64; WAIT_BINS]);

impl Default for Waits {
    fn default() -> Waits {
        Waits([0; WAIT_BINS])
    }
}

impl Waits {
    /// Counts a visit.
    pub fn count(&mut self, wait_ms: u64) {
        let bin = wait_ms.div_ceil(WAIT_STEP_S * 1_000) as usize;
        self.0[bin.min(WAIT_BINS - 1)] += 1;
    }

    /// Adds another block's visits.
    pub fn merge(&mut self, other: &Waits) {
        for (bin, more) in self.0.iter_mut().zip(&other.0) {
            *bin += more;
        }
    }

    /// The wait, in seconds, that so many thousandths of the visits did not exceed: the upper edge of
    /// its bin, so never too short and at most a step too long. Nothing for no visits.
    pub fn quantile_s(&self, per_mille: u64) -> Option<u64> {
        let all: u64 = self.0.iter().sum();
        let rank = (all * per_mille).div_ceil(1_000).max(1);
        let mut below = 0;
        let bin = self.0.iter().position(|count| {
            below += count;
            below >= rank
        })?;
        Some(bin as u64 * WAIT_STEP_S)
    }

    /// Visits that took longer than so many whole steps, and all visits.
    pub fn longer_than(&self, steps: usize) -> [u64; 2] {
        let counts = &self.0;
        [counts.iter().skip(steps + 1).sum(), counts.iter().sum()]
    }
}

/// How long matched visits waited in one arm of a pair.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitsOf {
    /// All queues of a visit.
    pub all: Waits,
    /// Queues at windows and kiosks, of the visits that went to one.
    pub payment: Waits,
    /// Walk, queue and service around payment, of credit users and of others; visits without any too.
    pub around_payment: [Waits; 2],
}

impl WaitsOf {
    fn count(&mut self, class: usize, times: &Times) {
        self.all.count(times.wait_ms);
        self.around_payment[class].count(times.payment_ms);
        if times.stops > 0 {
            self.payment.count(times.wait_ms - times.clinical_wait_ms - times.desk_queue_ms);
        }
    }

    fn merge(&mut self, other: &WaitsOf) {
        self.all.merge(&other.all);
        self.payment.merge(&other.payment);
        for (mine, theirs) in self.around_payment.iter_mut().zip(&other.around_payment) {
            mine.merge(theirs);
        }
    }
}

/// One institution's matched visits of one calendar month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteMonth {
    /// Visits.
    pub visits: u64,
    /// Of them, with a draw on a line.
    pub credit: u64,
    /// Time in hospital saved against the first baseline, ms.
    pub saved_ms: i64,
}

/// One institution's matched visits as a pilot there would measure them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteSpread {
    /// Visits.
    pub visits: u64,
    /// Time in hospital under the first baseline, whole seconds.
    pub seconds: u64,
    /// Squares of these.
    pub squares: u64,
}

impl SiteSpread {
    /// Counts a visit's time in hospital; 10⁸ visits of 100 hours fit.
    pub fn count(&mut self, in_hospital_ms: u64) {
        let seconds = (in_hospital_ms + 500) / 1_000;
        self.visits += 1;
        self.seconds += seconds;
        self.squares += seconds * seconds;
    }

    /// Adds another block's visits.
    pub fn merge(&mut self, other: &SiteSpread) {
        self.visits += other.visits;
        self.seconds += other.seconds;
        self.squares += other.squares;
    }
}

/// Sums over visits, in ms (stops: counts).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// Time in queues: clinical, payment and at the help desk.
    pub wait_ms: u64,
    /// Walk, queue and service of payment trips, and payments on the phone.
    pub payment_ms: u64,
    /// Exit − arrival.
    pub in_hospital_ms: u64,
    /// Payment trips to a window, kiosk or desk.
    pub stops: u64,
    /// Queues of clinical stations alone.
    pub clinical_wait_ms: u64,
    /// Sign-up and help at the desk, with the queue before them.
    pub desk_ms: u64,
    /// That queue.
    pub desk_queue_ms: u64,
}

impl Times {
    /// Sign-up and help alone.
    pub fn helped_ms(&self) -> u64 {
        self.desk_ms - self.desk_queue_ms
    }

    /// Adds another visit's or block's times.
    pub fn add(&mut self, other: &Times) {
        self.wait_ms += other.wait_ms;
        self.payment_ms += other.payment_ms;
        self.in_hospital_ms += other.in_hospital_ms;
        self.stops += other.stops;
        self.clinical_wait_ms += other.clinical_wait_ms;
        self.desk_ms += other.desk_ms;
        self.desk_queue_ms += other.desk_queue_ms;
    }
}

/// Visits that took place in both arms of a pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// Visits.
    pub visits: u64,
    /// Their times under the baseline.
    pub baseline: Times,
    /// Their times under the policy.
    pub policy: Times,
}

impl Match {
    /// Adds one visit.
    pub fn count(&mut self, baseline: &Times, policy: &Times) {
        self.visits += 1;
        self.baseline.add(baseline);
        self.policy.add(policy);
    }

    /// Adds another block's visits.
    pub fn merge(&mut self, other: &Match) {
        self.visits += other.visits;
        self.baseline.add(&other.baseline);
        self.policy.add(&other.policy);
    }

    /// Saved time in hospital (baseline − policy), ms.
    pub fn saved_ms(&self) -> i64 {
        self.baseline.in_hospital_ms as i64 - self.policy.in_hospital_ms as i64
    }
}

/// Groups by which matched visits are counted: where each kind begins in one flat array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cells {
    /// Number of districts.
    pub districts: usize,
    /// Number of hospitals.
    pub sites: usize,
}

impl Cells {
    /// First cell of the levels, after the age bands.
    pub const LEVELS: usize = AGE_BANDS;
    /// First cell of the income bands.
    pub const INCOMES: usize = AGE_BANDS + 3;
    /// First cell of the insurance schemes: employees, residents, uninsured.
    pub const SCHEMES: usize = AGE_BANDS + 3 + INCOME_BANDS;
    /// First cell of the districts.
    pub const DISTRICTS: usize = Cells::SCHEMES + SCHEMES;

    /// First cell of the hospitals.
    pub fn first_site(self) -> usize {
        Cells::DISTRICTS + self.districts
    }

    /// Number of cells.
    pub fn len(self) -> usize {
        self.first_site() + self.sites
    }

    /// Never true: ages alone fill six cells.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// Everything about matched visits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairSums {
    /// By baseline, then credit users and others.
    pub against: Vec<[Match; 2]>,
    /// Trips to be admitted and to be discharged, by baseline.
    pub stays: Vec<Match>,
    /// Visits of the first baseline or the policy that have no partner.
    pub unmatched: u64,
    /// Visits against the first baseline by group.
    pub cells: Vec<Match>,
    /// Visits that count as eligible — a person who may open a line, at an institution in the scheme that
    /// day — by baseline.
    pub eligible: Vec<u64>,
    /// Visits registered by appointment before coming, by baseline.
    pub registered_ahead: Vec<u64>,
    /// Visits and stays by group of people, by baseline.
    pub groups: Vec<Vec<PairGroup>>,
    /// Saved minutes against the first baseline: credit users and others.
    #[serde(with = "wide::nested")]
    pub histogram: [[u64; HISTOGRAM_BINS]; 2],
    /// Waits of matched visits by baseline: under it, under the policy.
    pub waits: Vec<[WaitsOf; 2]>,
    /// By calendar month from the run's first, then institution.
    pub site_months: Vec<SiteMonth>,
    /// By institution; empty until one has a visit.
    pub site_spreads: Vec<SiteSpread>,
}

impl PairSums {
    /// Empty sums for so many baselines and cells.
    pub fn new(baselines: usize, cells: usize) -> PairSums {
        PairSums {
            against: vec![[Match::default(); 2]; baselines],
            stays: vec![Match::default(); baselines],
            unmatched: 0,
            cells: vec![Match::default(); cells],
            eligible: vec![0; baselines],
            registered_ahead: vec![0; baselines],
            groups: vec![vec![PairGroup::default(); JOINT_GROUPS]; baselines],
            histogram: [[0; HISTOGRAM_BINS]; 2],
            waits: vec![Default::default(); baselines],
            site_months: Vec::new(),
            site_spreads: Vec::new(),
        }
    }

    /// The spread of an institution's visits.
    pub fn site_spread(&mut self, site: usize) -> &mut SiteSpread {
        if self.site_spreads.len() <= site {
            self.site_spreads.resize(site + 1, SiteSpread::default());
        }
        &mut self.site_spreads[site]
    }

    /// Counts how long a visit waited under a baseline and under the policy.
    pub fn count_waits(
        &mut self,
        (baseline, class): (usize, usize),
        before: &Times,
        after: &Times,
    ) {
        self.waits[baseline][0].count(class, before);
        self.waits[baseline][1].count(class, after);
    }

    /// The month of an institution; `at` counts months, then institutions.
    pub fn site_month(&mut self, at: usize) -> &mut SiteMonth {
        if self.site_months.len() <= at {
            self.site_months.resize(at + 1, SiteMonth::default());
        }
        &mut self.site_months[at]
    }

    /// Counts a visit's saved time in the distribution; the end bins take the tails.
    pub fn count_saved(&mut self, class: usize, saved_ms: i64) {
        let minutes = saved_ms.div_euclid(60_000);
        let bin = (minutes - HISTOGRAM_FROM_MIN).div_euclid(HISTOGRAM_STEP_MIN);
        self.histogram[class][bin.clamp(0, HISTOGRAM_BINS as i64 - 1) as usize] += 1;
    }

    /// Adds another block's sums.
    pub fn merge(&mut self, other: &PairSums) {
        for (mine, theirs) in self.against.iter_mut().zip(&other.against) {
            mine[0].merge(&theirs[0]);
            mine[1].merge(&theirs[1]);
        }
        for (mine, theirs) in self.stays.iter_mut().zip(&other.stays) {
            mine.merge(theirs);
        }
        self.unmatched += other.unmatched;
        for (mine, theirs) in self.cells.iter_mut().zip(&other.cells) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.eligible.iter_mut().zip(&other.eligible) {
            *mine += theirs;
        }
        for (mine, theirs) in self.registered_ahead.iter_mut().zip(&other.registered_ahead) {
            *mine += theirs;
        }
        let groups = self.groups.iter_mut().flatten();
        for (mine, theirs) in groups.zip(other.groups.iter().flatten()) {
            mine.add(theirs);
        }
        let waits = self.waits.iter_mut().flatten();
        for (mine, theirs) in waits.zip(other.waits.iter().flatten()) {
            mine.merge(theirs);
        }
        for (at, theirs) in other.site_months.iter().enumerate() {
            let mine = self.site_month(at);
            mine.visits += theirs.visits;
            mine.credit += theirs.credit;
            mine.saved_ms += theirs.saved_ms;
        }
        for (site, theirs) in other.site_spreads.iter().enumerate() {
            self.site_spread(site).merge(theirs);
        }
        for (mine, theirs) in self.histogram.iter_mut().zip(&other.histogram) {
            for (bin, more) in mine.iter_mut().zip(theirs) {
                *bin += more;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_of_waits_is_never_too_short_and_at_most_a_step_too_long() {
        let mut waits = Waits::default();
        assert_eq!(waits.quantile_s(950), None);
        for seconds in 1..=100_u64 {
            waits.count(seconds * 10_000);
        }
        for (per_mille, exact) in [(500, 500), (950, 950), (990, 990), (1_000, 1_000)] {
            let found = waits.quantile_s(per_mille).expect("visits");
            assert!((exact..exact + WAIT_STEP_S).contains(&found), "{per_mille}: {found}");
        }
        let mut tails = Waits::default();
        tails.count(0);
        assert_eq!(tails.quantile_s(950), Some(0));
        tails.count(u64::from(u32::MAX));
        assert_eq!(tails.quantile_s(950), Some(180 * 60));
        tails.merge(&waits);
        assert_eq!(tails.0.iter().sum::<u64>(), 102);
        assert_eq!(waits.longer_than(20), [40, 100], "10 minutes are not more than 10 minutes");
    }

    #[test]
    fn the_distribution_of_saved_minutes_keeps_its_tails_in_the_end_bins() {
        let table = [(0, 30), (-60_000, 29), (119_999, 30), (120_000, 31), (-10_000_000, 0)];
        for (saved_ms, bin) in table {
            let mut sums = PairSums::new(1, 1);
            sums.count_saved(0, saved_ms);
            assert_eq!(sums.histogram[0][bin], 1, "{saved_ms} ms");
        }
        let mut sums = PairSums::new(1, 1);
        sums.count_saved(1, i64::MAX);
        assert_eq!(sums.histogram[1][HISTOGRAM_BINS - 1], 1);
    }
}
