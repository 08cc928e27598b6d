//! From when on a person can sign up at all: the day of their group, the day on which word of the scheme
//! reaches them, enrolment without asking. Must never draw a second time for another speed: whom a slow
//! campaign reaches, a faster one reaches no later.

use super::PersonView;
use super::spec::Campaign;
use crate::domain::{Day, InsuranceScheme};
use crate::random::unit;
use libm::{exp, log};

/// Days of a month, mean of the calendar.
const MONTH_DAYS: f64 = 365.25 / 12.0;

/// Who may sign up from when on, beside the rules of the line. The default is: everybody, at once, by
/// themselves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Joining {
    /// Groups with their days; who is in none never signs up. Empty = everybody from the first day.
    pub groups: Vec<JoiningGroup>,
    /// How word spreads; `None` = everybody knows.
    pub awareness: Option<Awareness>,
    /// Share of people who opt out where everybody else is enrolled without asking; `None` = people sign
    /// up themselves (opt-in).
    pub opts_out: Option<f64>,
}

/// A group of people; who meets all of its conditions is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoiningGroup {
    /// First day on which they may sign up.
    pub from: Day,
    /// Youngest age, years.
    pub age_from: u8,
    /// Oldest age, years.
    pub age_to: u8,
    /// Whether only the chronically ill.
    pub chronic_only: bool,
    /// Insurance schemes; empty = any.
    pub schemes: Vec<InsuranceScheme>,
    /// Names of districts of residence; empty = any.
    pub districts: Vec<String>,
}

/// How word of the scheme spreads.
#[derive(Clone, Debug, PartialEq)]
pub struct Awareness {
    /// Share of people who know on the run's first day.
    pub at_start: f64,
    /// Share of those who do not know that a month reaches.
    pub reached_per_month: f64,
    /// Campaigns: the monthly reach is multiplied while one runs.
    pub campaigns: Vec<Campaign>,
}

/// Product of the factors of the campaigns of a day.
pub(super) fn factor(campaigns: &[Campaign], today: Day) -> f64 {
    let running = campaigns.iter().filter(|c| c.from <= today && today <= c.to);
    running.map(|campaign| campaign.factor).product()
}

impl JoiningGroup {
    /// Whether a person is in the group.
    pub fn holds(&self, view: &PersonView, scheme: InsuranceScheme, district: &str) -> bool {
        (self.age_from..=self.age_to).contains(&view.age)
            && (view.chronic || !self.chronic_only)
            && (self.schemes.is_empty() || self.schemes.contains(&scheme))
            && (self.districts.is_empty() || self.districts.iter().any(|name| name == district))
    }
}

impl Awareness {
    /// Share of people who know by the end of each day of a run.
    pub fn curve(&self, first: Day, days: u32) -> Vec<f64> {
        let a_day = -log(1.0 - self.reached_per_month.min(1.0 - 1e-12)) / MONTH_DAYS;
        let mut reach = 0.0;
        let mut known = |day: Day| {
            reach += a_day * factor(&self.campaigns, day);
            1.0 - (1.0 - self.at_start) * exp(-reach)
        };
        (first.0..first.0 + days as i32).map(|day| known(Day(day))).collect()
    }
}

impl Joining {
    /// Day index from which a person can sign up, if ever: `curve` is the awareness by day (empty =
    /// everybody knows) and `luck` the person's word.
    pub fn from_day(
        &self,
        first: Day,
        who: (&PersonView, InsuranceScheme, &str),
        (curve, luck): (&[f64], u32),
    ) -> Option<i32> {
        let (view, scheme, district) = who;
        let mine = self.groups.iter().filter(|group| group.holds(view, scheme, district));
        let group = match mine.map(|group| group.from).min() {
            Some(day) => (day - first).max(0),
            None if self.groups.is_empty() => 0,
            None => return None,
        };
        let Some(awareness) = self.awareness.as_ref().filter(|_| !curve.is_empty()) else {
            return Some(group);
        };
        let share = unit(luck);
        if share < awareness.at_start {
            return Some(group);
        }
        let day = curve.partition_point(|&known| known <= share);
        (day < curve.len()).then(|| group.max(day as i32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Fen;
    use crate::domain::InsuranceScheme::{Employee, Resident};
    use crate::random::{Address, Philox, Purpose};

    fn view(age: u8, chronic: bool) -> PersonView {
        PersonView { ability: 0, willingness: 0, chronic, age, monthly_income: Fen(0) }
    }

    fn over_60() -> JoiningGroup {
        JoiningGroup {
            from: Day(30),
            age_from: 60,
            age_to: 120,
            chronic_only: false,
            schemes: Vec::new(),
            districts: Vec::new(),
        }
    }

    #[test]
    fn a_person_joins_with_the_first_group_that_holds_them_or_never() {
        let later = JoiningGroup {
            from: Day(90),
            age_from: 0,
            chronic_only: true,
            schemes: vec![InsuranceScheme::Employee],
            districts: vec!["North".into()],
            ..over_60()
        };
        let joining = Joining { groups: vec![over_60(), later], ..Joining::default() };
        let day = |age, chronic, scheme, district: &str| {
            joining.from_day(Day(10), (&view(age, chronic), scheme, district), (&[], 0))
        };
        assert_eq!(day(60, false, Resident, "South"), Some(20));
        assert_eq!(day(30, true, Employee, "North"), Some(80));
        for outside in [(30, false, Employee), (30, true, Resident)] {
            assert_eq!(day(outside.0, outside.1, outside.2, "North"), None);
        }
        assert_eq!(day(30, true, Employee, "South"), None);
        let everybody = Joining::default();
        let anybody = (&view(30, false), Resident, "South");
        assert_eq!(everybody.from_day(Day(10), anybody, (&[], 0)), Some(0));
    }

    #[test]
    fn word_reaches_its_share_a_month_and_a_campaign_only_speeds_it() {
        let slow = Awareness { at_start: 0.1, reached_per_month: 0.2, campaigns: Vec::new() };
        let campaigns = vec![Campaign { from: Day(40), to: Day(69), factor: 4.0 }];
        let fast = Awareness { campaigns, ..slow.clone() };
        let (a, b) = (slow.curve(Day(0), 365), fast.curve(Day(0), 365));
        assert!((a[30] - (1.0 - 0.9 * 0.8)).abs() < 0.01, "{}", a[30]);
        assert!(a.iter().zip(&b).all(|(a, b)| a <= b) && b[100] > a[100] + 0.1);
        let (philox, nobody) = (Philox::new(3), view(40, false));
        let mut counts = [0_u32; 2];
        for id in 0..5_000_u64 {
            let [word, ..] = philox.block(Address::new(id, 0, Purpose::SignUp));
            let day = |awareness: &Awareness, curve: &[f64]| {
                let joining = Joining { awareness: Some(awareness.clone()), ..Joining::default() };
                let who = (&nobody, InsuranceScheme::Resident, "South");
                joining.from_day(Day(0), who, (curve, word))
            };
            let (later, sooner) = (day(&slow, &a), day(&fast, &b));
            assert!(later.is_none_or(|later| sooner.is_some_and(|sooner| sooner <= later)));
            counts[0] += u32::from(later.is_some_and(|day| day <= 100));
            counts[1] += u32::from(sooner.is_some_and(|day| day <= 100));
        }
        for (count, known) in counts.into_iter().zip([a[100], b[100]]) {
            assert!((f64::from(count) / 5_000.0 - known).abs() < 0.03, "{count} {known}");
        }
    }
}
