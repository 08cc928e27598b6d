//! Builds the people of a city from its shares: kin groups first, then each person's traits.
//! Must never depend on threads or on block size, and never draw outside replication 0.
//!
//! Correlated traits come from normal latents (a Gaussian copula), so that every margin is exactly
//! the asked share whatever the correlation.

use super::households::Households;
use super::person::{ADULT_AGE, Marks, Person, RATE_ONE, RETIREMENT_AGE};
use super::pick::Weighted;
use super::spec::{CitySpec, PeopleSpec};
use crate::domain::{AGE_BANDS, AssistanceClass, INCOME_BANDS, InsuranceScheme, MemberStatus};
use crate::random::{Address, AddressedRng, Philox, Purpose, normal_cdf, normal_quantile};
use libm::sqrt;
use rand::RngExt;
use rand_distr::{Distribution, Gamma, StandardNormal};
use rayon::prelude::*;

/// Correlation of ability to pay with household income (assumed).
const ABILITY_WITH_INCOME: f64 = 0.7;
/// Correlation of membership in the employees' scheme with household income (assumed).
const EMPLOYEE_WITH_INCOME: f64 = 0.4;
/// Correlation of household poverty, as assistance sees it, with low income (assumed).
const POVERTY_WITH_INCOME: f64 = 0.9;
/// Correlation of standing on the court's list with unwillingness to pay (assumed).
const DEBTOR_WITH_UNWILLING: f64 = 0.6;
/// Correlation of the score with ability and with willingness, each (assumed).
const SCORE_WITH_TRAIT: f64 = 0.5;
/// Kin groups built by one task.
const BLOCK: usize = 1024;

/// People in kin-group order and the first person of each group (one more entry than groups).
pub(super) struct Population {
    pub(super) people: Vec<Person>,
    pub(super) group_first: Vec<u32>,
    pub(super) age_gap: f64,
}

/// Builds exactly `spec.people.population` people; the last kin group takes the size that is left.
pub(super) fn build(spec: &CitySpec, philox: Philox) -> Population {
    assert!(spec.people.population > 0, "invariant: a city has people");
    let households = Households::new(&spec.people);
    let kinds = draw_make_ups(&households, philox, spec.people.population);
    let mut group_first = Vec::with_capacity(kinds.len() + 1);
    let mut next = 0;
    for &(size, _) in &kinds {
        group_first.push(next);
        next += u32::from(size);
    }
    group_first.push(next);
    let mut people = vec![Person::default(); next as usize];
    let traits = Traits::new(spec);
    let mut blocks = Vec::with_capacity(kinds.len() / BLOCK + 1);
    let mut rest = people.as_mut_slice();
    for (block, kinds) in kinds.chunks(BLOCK).enumerate() {
        let size = kinds.iter().map(|&(size, _)| usize::from(size)).sum();
        let (rows, others) = rest.split_at_mut(size);
        blocks.push((block * BLOCK, kinds, rows));
        rest = others;
    }
    blocks.into_par_iter().for_each(|(first_group, kinds, mut rows)| {
        for (group, &(size, index)) in (first_group..).zip(kinds) {
            let (group_rows, others) = rows.split_at_mut(usize::from(size));
            let make_up = households.make_up(size, index);
            let ages = make_up.ages(&mut household_rng(philox, group, 1));
            for (slot, person) in group_rows.iter_mut().enumerate() {
                person.age = ages[slot];
                person.generation = make_up.generation(slot);
            }
            traits.settle(philox, group, group_first[group], group_rows);
            rows = others;
        }
    });
    Population { people, group_first, age_gap: households.age_gap }
}

/// Step 0 = make-up, 1 = ages, 2 = what the household shares.
fn household_rng(philox: Philox, group: usize, step: u32) -> AddressedRng {
    philox.rng(Address::new(group as u64, 0, Purpose::Household).at(step))
}

/// Size and make-up of group after group until the population is full.
fn draw_make_ups(households: &Households, philox: Philox, population: u32) -> Vec<(u8, u16)> {
    let mut kinds: Vec<(u8, u16)> = Vec::new();
    let mut left = population;
    while left > 0 {
        let first = kinds.len() as u64;
        let round = (f64::from(left) / households.mean_size) as u64 + 64;
        let drawn: Vec<([u32; 4], (u8, u16))> = (first..first + round)
            .into_par_iter()
            .map(|group| {
                let words = philox.block(Address::new(group, 0, Purpose::Household));
                (words, households.pick([words[0], words[1]]))
            })
            .collect();
        for (words, (size, index)) in drawn {
            if u32::from(size) < left {
                kinds.push((size, index));
                left -= u32::from(size);
            } else {
                let size = left as u8;
                kinds.push((size, households.pick_of_size(size, words[1])));
                left = 0;
                break;
            }
        }
    }
    kinds
}

/// The shares of a spec, compiled for drawing.
struct Traits<'a> {
    spec: &'a PeopleSpec,
    districts: Weighted,
    /// Normal quantiles of the cumulative assistance shares: destitute, + minimum living, + low
    /// income.
    poverty: [f64; 3],
    employee: f64,
    retired: f64,
    debtor: f64,
    frailty: Gamma<f64>,
    /// Rate without frailty by age band, without and with chronic illness.
    rates: [[f64; 2]; AGE_BANDS],
}

impl<'a> Traits<'a> {
    fn new(spec: &'a CitySpec) -> Traits<'a> {
        let people = &spec.people;
        let shares: Vec<f64> = spec.districts.iter().map(|d| d.population_share).collect();
        let [low_income, minimum, destitute] = people.assistance_shares;
        let insured = 1.0 - people.uninsured_share;
        let of_insured = |share: f64| threshold(if insured > 0.0 { share / insured } else { 0.0 });
        let shape = spec.demand.frailty_shape;
        let frailty = Gamma::new(shape, 1.0 / shape);
        Traits {
            spec: people,
            districts: Weighted::new(&shares)
                .unwrap_or_else(|| panic!("invariant: no district has people")),
            poverty: [destitute, destitute + minimum, destitute + minimum + low_income]
                .map(threshold),
            employee: of_insured(people.employee_share_working_age),
            retired: of_insured(people.retired_share),
            debtor: threshold(people.judgment_debtor_share),
            frailty: frailty
                .unwrap_or_else(|error| panic!("invariant: frailty shape {shape}: {error}")),
            rates: relative_rates(spec),
        }
    }

    /// Gives a kin group its district, income and assistance class, and each member the rest.
    fn settle(&self, philox: Philox, group: usize, first: u32, rows: &mut [Person]) {
        let mut rng = household_rng(philox, group, 2);
        let district = self.districts.pick(rng.random()) as u8;
        let income: f64 = rng.sample(StandardNormal);
        let poverty = blend(-income, POVERTY_WITH_INCOME, rng.sample(StandardNormal));
        let income_band = (normal_cdf(income) * INCOME_BANDS as f64) as u8;
        for (id, person) in (u64::from(first)..).zip(rows) {
            person.district = district;
            person.income_band = income_band.min(INCOME_BANDS as u8 - 1);
            person.assist(self.assistance(poverty));
            let mut rng = philox.rng(Address::new(id, 0, Purpose::Traits));
            self.give_traits(person, income, &mut rng);
            // A step of its own: the sampler rejects, and must not shift the draws above.
            let mut rng = philox.rng(Address::new(id, 0, Purpose::Traits).at(1));
            let rate = self.rates[person.age_band()][usize::from(person.chronic())];
            let rate = rate * self.frailty.sample(&mut rng) * f64::from(RATE_ONE);
            person.rate = rate.round().clamp(1.0, f64::from(u16::MAX)) as u16;
        }
    }

    /// The poorest are destitute, the next on the minimum allowance, the next at the low-income
    /// margin.
    fn assistance(&self, poverty: f64) -> AssistanceClass {
        let wealth = -poverty;
        let [destitute, minimum, low_income] = self.poverty;
        if wealth < destitute {
            AssistanceClass::Destitute
        } else if wealth < minimum {
            AssistanceClass::MinimumLiving
        } else if wealth < low_income {
            AssistanceClass::LowIncome
        } else {
            AssistanceClass::None
        }
    }

    fn give_traits(&self, person: &mut Person, income: f64, rng: &mut AddressedRng) {
        let ability = blend(income, ABILITY_WITH_INCOME, rng.sample(StandardNormal));
        let willingness: f64 = rng.sample(StandardNormal);
        let own: f64 = rng.sample(StandardNormal);
        let score = SCORE_WITH_TRAIT * (ability + willingness)
            + sqrt(1.0 - 2.0 * SCORE_WITH_TRAIT * SCORE_WITH_TRAIT) * own;
        let score = self.spec.score_mean + self.spec.score_sd * score;
        person.score = score.round().clamp(0.0, f64::from(u16::MAX)) as u16;
        person.ability = quantile(ability);
        person.willingness = quantile(willingness);
        person.phone = rng.random();
        // A low latent means employed; so higher income lowers it.
        let job = blend(-income, EMPLOYEE_WITH_INCOME, rng.sample(StandardNormal));
        let (place, uninsured) = (rng.random::<f64>(), self.spec.uninsured_share);
        let insured = place >= uninsured + self.spec.elsewhere_share;
        let (scheme, status) = self.membership(person.age, insured, job);
        person.insure(scheme, status);
        if !insured && place >= uninsured {
            person.insure_elsewhere();
        }
        let honesty = blend(willingness, DEBTOR_WITH_UNWILLING, rng.sample(StandardNormal));
        let chronic = rng.random::<f64>() < self.spec.chronic_share[person.age_band()];
        let judgment_debtor = person.adult() && honesty < self.debtor;
        person.mark(Marks { chronic, judgment_debtor });
    }

    fn membership(&self, age: u8, insured: bool, job: f64) -> (InsuranceScheme, MemberStatus) {
        let retired_age = age >= RETIREMENT_AGE;
        let employee = insured && job < if retired_age { self.retired } else { self.employee };
        match (insured, age < ADULT_AGE) {
            (true, true) => (InsuranceScheme::Resident, MemberStatus::Minor),
            (false, true) => (InsuranceScheme::Uninsured, MemberStatus::Minor),
            (true, false) if employee && retired_age => {
                (InsuranceScheme::Employee, MemberStatus::Retired)
            }
            (true, false) if employee => (InsuranceScheme::Employee, MemberStatus::Active),
            (true, false) => (InsuranceScheme::Resident, MemberStatus::Active),
            (false, false) => (InsuranceScheme::Uninsured, MemberStatus::Active),
        }
    }
}

/// The rate of each age band, without and with chronic illness, relative to the population's mean.
/// An age band keeps its mean: the chronically ill stand above it as far as the others stand below.
pub(super) fn relative_rates(spec: &CitySpec) -> [[f64; 2]; AGE_BANDS] {
    let relativity = spec.demand.age_relativity;
    let shares = spec.people.age_shares;
    let mean: f64 = shares.iter().zip(relativity).map(|(share, rate)| share * rate).sum();
    let mean = mean / shares.iter().sum::<f64>();
    std::array::from_fn(|band| {
        let chronic = spec.people.chronic_share[band];
        let ratio = spec.demand.chronic_relativity;
        let others = relativity[band] / mean / (1.0 - chronic + chronic * ratio);
        [others, others * ratio]
    })
}

/// A standard normal with correlation `loading` to `common`.
fn blend(common: f64, loading: f64, own: f64) -> f64 {
    loading * common + sqrt(1.0 - loading * loading) * own
}

/// The normal latent below which a share of people lies; everybody or nobody at the ends.
fn threshold(share: f64) -> f64 {
    if share <= 0.0 {
        f64::NEG_INFINITY
    } else if share >= 1.0 {
        f64::INFINITY
    } else {
        normal_quantile(share)
    }
}

fn quantile(latent: f64) -> u16 {
    (normal_cdf(latent) * 65_536.0).min(65_535.0) as u16
}
