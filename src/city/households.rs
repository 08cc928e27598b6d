//! Who lives with whom: every plausible make-up of a kin group by generation and age class,
//! weighted so that kin sizes and age shares both come out as asked. Must never know income,
//! insurance or illness.
//!
//! Ages obey bounds on the gaps between spouses and between parents and children; the bounds of a
//! make-up form a simple temporal problem (Dechter, Meiri and Pearl 1991) whose minimal network
//! lets ages be drawn one after another without ever meeting a dead end. Weights are those of
//! maximum entropy under the two margins (generalised iterative scaling, Darroch and Ratcliff 1972)
//! over all admissible age vectors, so a make-up counts by the number of its vectors and ages run
//! smoothly over class edges.

use super::person::{CHILD, GRANDPARENT, MIDDLE};
use super::pick::Weighted;
use super::spec::PeopleSpec;
use crate::random::{Address, Philox, Purpose};
use libm::pow;
use rand::{Rng, RngExt};

/// Most people in a kin group that `PeopleSpec::kin_size_shares` can ask for.
pub(super) const KIN_MAX: usize = 8;
/// Age classes: the bands of `domain::AGE_BAND_EDGES` with 15–44 cut at majority. Inclusive ends.
const CLASSES: [(i16, i16); 7] =
    [(0, 4), (5, 14), (15, 17), (18, 44), (45, 59), (60, 74), (75, 99)];
/// Share of the band 15–44 that is under 18, when ages are even within the band.
const YOUTH_OF_BAND: f64 = 3.0 / 30.0;
/// Years between spouses, at most (assumed).
const SPOUSE_GAP: i16 = 8;
/// Years between a parent and a child, least and most (assumed).
const PARENT_GAP: (i16, i16) = (18, 45);
/// Prior odds, before the margins are fitted, of each adult generation that leaves somebody without
/// a spouse in the group, except a grown child who lives with the parents (assumed).
const UNPAIRED_ODDS: f64 = 0.15;
/// Further odds when that somebody is the only parent of children in the group (assumed).
const ONE_PARENT_ODDS: f64 = 0.3;
/// Sweeps of Gibbs sampling after the first draw of ages, which makes the vectors near even.
const SWEEPS: usize = 2;
/// Draws by which the number of admissible age vectors of a make-up is estimated (Knuth 1975).
const VOLUME_DRAWS: u64 = 128;
const SCALING_ROUNDS: usize = 3_000;
const SCALING_STEP: f64 = 0.3;
const SCALING_TOLERANCE: f64 = 1e-7;

/// A make-up: slots by generation (grandparents, middle, children), each with an age class, and the
/// minimal network of its age gaps.
#[derive(Clone, Debug)]
pub(super) struct MakeUp {
    slots: Vec<Slot>,
    /// `gap[i][j]` = most that the age in slot j − 1 exceeds the age in slot i − 1; slot −1 is
    /// birth.
    gap: [[i16; KIN_MAX + 1]; KIN_MAX + 1],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot {
    generation: u8,
    class: u8,
}

/// All make-ups with their probabilities.
#[derive(Clone, Debug)]
pub(super) struct Households {
    /// Number of members, minus one.
    size: Weighted,
    /// Make-ups by number of members, minus one.
    by_size: Vec<Sized>,
    /// Mean number of members.
    pub(super) mean_size: f64,
    /// Largest difference between an asked and an attainable share of an age class.
    pub(super) age_gap: f64,
}

#[derive(Clone, Debug)]
struct Sized {
    make_ups: Vec<MakeUp>,
    choice: Option<Weighted>,
}

impl Households {
    /// Fits the weights of all make-ups to the margins.
    pub(super) fn new(spec: &PeopleSpec) -> Households {
        let total: f64 = spec.kin_size_shares.iter().sum();
        let sizes = spec.kin_size_shares.map(|share| share / total);
        let mut by_size: Vec<Vec<MakeUp>> = vec![Vec::new(); KIN_MAX];
        for make_up in every_make_up() {
            by_size[make_up.slots.len() - 1].push(make_up);
        }
        let target = class_shares(spec);
        let (weights, age_gap) = fit(&by_size, &sizes, &target);
        let by_size = by_size.into_iter().zip(weights);
        let by_size = by_size.map(|(make_ups, weights)| {
            let choice = Weighted::new(&weights);
            Sized { make_ups, choice }
        });
        let size = Weighted::new(&sizes);
        Households {
            size: size.unwrap_or_else(|| panic!("invariant: no kin size has a share")),
            by_size: by_size.collect(),
            mean_size: mean_size(&sizes),
            age_gap,
        }
    }

    /// Number of members and index of the make-up, by two words.
    pub(super) fn pick(&self, words: [u32; 2]) -> (u8, u16) {
        let size = self.size.pick(words[0]) as u8 + 1;
        (size, self.pick_of_size(size, words[1]))
    }

    /// Index of a make-up with a given number of members.
    pub(super) fn pick_of_size(&self, size: u8, word: u32) -> u16 {
        match &self.by_size[usize::from(size) - 1].choice {
            Some(choice) => choice.pick(word) as u16,
            None => panic!("invariant: no plausible kin group of {size} fits the age shares"),
        }
    }

    /// The make-up of a size and index.
    pub(super) fn make_up(&self, size: u8, index: u16) -> &MakeUp {
        &self.by_size[usize::from(size) - 1].make_ups[usize::from(index)]
    }
}

impl MakeUp {
    /// Generation of a slot.
    pub(super) fn generation(&self, slot: usize) -> u8 {
        self.slots[slot].generation
    }

    /// Draws all ages, near even over the admissible vectors, but falling linearly in the class
    /// 75+.
    pub(super) fn ages(&self, rng: &mut impl Rng) -> [u8; KIN_MAX] {
        let mut ages = [0_u8; KIN_MAX];
        let size = self.slots.len();
        for sweep in 0..=SWEEPS {
            for slot in 0..size {
                let known = if sweep == 0 { slot } else { size };
                let (low, high) = self.interval(slot, &ages[..known]);
                let mut age = rng.random_range(low..=high);
                if usize::from(self.slots[slot].class) == CLASSES.len() - 1 {
                    age = age.min(rng.random_range(low..=high));
                }
                ages[slot] = age.unsigned_abs() as u8;
            }
        }
        ages
    }

    /// Ages that a slot can take next to the given ages of the first slots; never empty.
    fn interval(&self, slot: usize, ages: &[u8]) -> (i16, i16) {
        let (mut low, mut high) = (-self.gap[slot + 1][0], self.gap[0][slot + 1]);
        for (other, &age) in ages.iter().enumerate().filter(|(other, _)| *other != slot) {
            low = low.max(i16::from(age) - self.gap[slot + 1][other + 1]);
            high = high.min(i16::from(age) + self.gap[other + 1][slot + 1]);
        }
        (low, high)
    }

    /// Estimated number of admissible age vectors: the mean, over sequential draws, of the product
    /// of the choices at each step. A numerical integral, so its key is fixed and no seed moves it.
    fn volume(&self) -> f64 {
        let mut sum = 0.0;
        for draw in 0..VOLUME_DRAWS {
            let mut rng = Philox::new(0).rng(Address::new(draw, 0, Purpose::Household));
            let mut ages = [0_u8; KIN_MAX];
            let mut choices = 1.0;
            for slot in 0..self.slots.len() {
                let (low, high) = self.interval(slot, &ages[..slot]);
                choices *= f64::from(high - low + 1);
                ages[slot] = rng.random_range(low..=high).unsigned_abs() as u8;
            }
            sum += choices;
        }
        sum / VOLUME_DRAWS as f64
    }

    /// The minimal network of the slots' gaps, or `None` when no ages satisfy them.
    fn new(slots: Vec<Slot>) -> Option<MakeUp> {
        const FAR: i16 = 1_000;
        let mut gap = [[FAR; KIN_MAX + 1]; KIN_MAX + 1];
        for (index, row) in gap.iter_mut().enumerate() {
            row[index] = 0;
        }
        for (slot, at) in slots.iter().enumerate() {
            let (low, high) = CLASSES[usize::from(at.class)];
            gap[0][slot + 1] = high;
            gap[slot + 1][0] = -low;
        }
        for (elder, younger, (least, most)) in bounds(&slots) {
            gap[younger + 1][elder + 1] = most;
            gap[elder + 1][younger + 1] = -least;
        }
        let nodes = slots.len() + 1;
        for via in 0..nodes {
            for from in 0..nodes {
                for to in 0..nodes {
                    gap[from][to] = gap[from][to].min(gap[from][via] + gap[via][to]);
                }
            }
            // A slot that must be older than itself: stop before the numbers run away.
            if (0..nodes).any(|node| gap[node][node] < 0) {
                return None;
            }
        }
        Some(MakeUp { slots, gap })
    }

    fn classes(&self) -> [f64; CLASSES.len()] {
        let mut count = [0.0; CLASSES.len()];
        for slot in &self.slots {
            count[usize::from(slot.class)] += 1.0;
        }
        count
    }

    /// Weight before the margins are fitted.
    fn prior(&self) -> f64 {
        let of = |generation| self.slots.iter().filter(|s| s.generation == generation).count();
        let (elders, middle) = (of(GRANDPARENT), of(MIDDLE));
        let children = of(CHILD);
        let unpaired = |members: usize| if members % 2 == 1 { UNPAIRED_ODDS } else { 1.0 };
        // A grown child who lives with the parents is nothing unusual.
        let grown_child = elders > 0 && middle == 1 && children == 0;
        let middle_odds = if grown_child { 1.0 } else { unpaired(middle) };
        let one_parent = if children > 0 && middle == 1 { ONE_PARENT_ODDS } else { 1.0 };
        self.volume() * unpaired(elders) * middle_odds * one_parent
    }
}

/// Bounds on age differences: (slot of the elder, slot of the younger, least and most years). The
/// first two of a generation are spouses, and so are the next two; children belong to the first
/// couple; grandparents 0 and 1 are parents of middle members 0 and 2 (siblings), 2 and 3 of member
/// 1.
fn bounds(slots: &[Slot]) -> Vec<(usize, usize, (i16, i16))> {
    let of = |generation: u8| -> Vec<usize> {
        (0..slots.len()).filter(|&slot| slots[slot].generation == generation).collect()
    };
    let (elders, middle, children) = (of(GRANDPARENT), of(MIDDLE), of(CHILD));
    let mut bounds = Vec::new();
    for couple in elders.chunks_exact(2).chain(middle.chunks_exact(2)) {
        bounds.push((couple[0], couple[1], (-SPOUSE_GAP, SPOUSE_GAP)));
    }
    for &parent in middle.iter().take(2) {
        bounds.extend(children.iter().map(|&child| (parent, child, PARENT_GAP)));
    }
    for (index, &elder) in elders.iter().enumerate() {
        let offspring = if index < 2 { [0, 2] } else { [1, 1] };
        let offspring = offspring.iter().filter_map(|&child| middle.get(child));
        bounds.extend(offspring.map(|&child| (elder, child, PARENT_GAP)));
    }
    bounds
}

/// Every plausible make-up. Children have a parent in the group; elders without younger adults are
/// one person or a couple; more than one couple in the middle are siblings and need a parent in the
/// group.
fn every_make_up() -> Vec<MakeUp> {
    let mut make_ups = Vec::new();
    for elders in multisets(&[4, 5, 6], 4) {
        for middle in multisets(&[3, 4], 4) {
            for children in multisets(&[0, 1, 2], 3) {
                let (e, m, c) = (elders.len(), middle.len(), children.len());
                let plausible = match m {
                    0 => c == 0 && e <= 2 && !elders.contains(&4),
                    1 => e <= 2,
                    2 => true,
                    _ => e >= 1,
                };
                if !plausible || !(1..=KIN_MAX).contains(&(e + m + c)) {
                    continue;
                }
                let generations = [(GRANDPARENT, &elders), (MIDDLE, &middle), (CHILD, &children)];
                let slots = generations.iter().flat_map(|&(generation, classes)| {
                    classes.iter().map(move |&class| Slot { generation, class })
                });
                make_ups.extend(MakeUp::new(slots.collect()));
            }
        }
    }
    make_ups
}

/// Every multiset of at most `most` of the items, each in rising order.
fn multisets(items: &[u8], most: usize) -> Vec<Vec<u8>> {
    let mut sets = vec![Vec::new()];
    let mut from = 0;
    for _ in 0..most {
        let grown: Vec<Vec<u8>> = sets[from..]
            .iter()
            .flat_map(|set| {
                let larger = items.iter().filter(|&item| set.last().is_none_or(|l| item >= l));
                larger.map(|&item| set.iter().copied().chain([item]).collect())
            })
            .collect();
        from = sets.len();
        sets.extend(grown);
    }
    sets
}

fn class_shares(spec: &PeopleSpec) -> [f64; CLASSES.len()] {
    let total: f64 = spec.age_shares.iter().sum();
    let [toddler, child, adult, older, elder, oldest] = spec.age_shares.map(|s| s / total);
    let youth = adult * YOUTH_OF_BAND;
    [toddler, child, youth, adult - youth, older, elder, oldest]
}

fn mean_size(sizes: &[f64; KIN_MAX]) -> f64 {
    sizes.iter().zip(1_u8..).map(|(share, size)| share * f64::from(size)).sum()
}

/// Weights of the make-ups by size, and the largest remaining difference of an age-class share.
fn fit(
    by_size: &[Vec<MakeUp>],
    sizes: &[f64; KIN_MAX],
    target: &[f64; CLASSES.len()],
) -> (Vec<Vec<f64>>, f64) {
    let mean = mean_size(sizes);
    let rows: Vec<Vec<(f64, [f64; CLASSES.len()])>> = by_size
        .iter()
        .map(|make_ups| make_ups.iter().map(|m| (m.prior(), m.classes())).collect())
        .collect();
    let mut factor = target.map(|share| if share > 0.0 { 1.0 } else { 0.0 });
    for _ in 0..SCALING_ROUNDS {
        let got = expected(&rows, sizes, &factor);
        let gap = largest_gap(&got, target, mean);
        if gap < SCALING_TOLERANCE {
            break;
        }
        for class in 0..CLASSES.len() {
            if got[class] > 0.0 && target[class] > 0.0 {
                let ratio = (target[class] * mean / got[class]).clamp(0.1, 10.0);
                factor[class] = (factor[class] * pow(ratio, SCALING_STEP)).clamp(1e-9, 1e9);
            }
        }
    }
    let gap = largest_gap(&expected(&rows, sizes, &factor), target, mean);
    let weights = rows.iter().map(|rows| rows.iter().map(|row| weight(row, &factor)).collect());
    (weights.collect(), gap)
}

fn largest_gap(got: &[f64; 7], target: &[f64; 7], mean: f64) -> f64 {
    got.iter().zip(target).map(|(got, share)| (got / mean - share).abs()).fold(0.0, f64::max)
}

fn weight((prior, classes): &(f64, [f64; 7]), factor: &[f64; 7]) -> f64 {
    let powers = classes.iter().zip(factor).filter(|(count, _)| **count > 0.0);
    powers.fold(*prior, |weight, (&count, &x)| (0..count as u8).fold(weight, |w, _| w * x))
}

/// Expected members of each class in a kin group under the present factors.
fn expected(rows: &[Vec<(f64, [f64; 7])>], sizes: &[f64; KIN_MAX], factor: &[f64; 7]) -> [f64; 7] {
    let mut expected = [0.0; 7];
    for (rows, &share) in rows.iter().zip(sizes).filter(|(_, share)| **share > 0.0) {
        let mut sums = [0.0; 7];
        let mut total = 0.0;
        for row in rows {
            let weight = weight(row, factor);
            total += weight;
            for (sum, count) in sums.iter_mut().zip(row.1) {
                *sum += weight * count;
            }
        }
        for (expected, sum) in expected.iter_mut().zip(sums).filter(|_| total > 0.0) {
            *expected += share * sum / total;
        }
    }
    expected
}
