//! Addressed randomness: every draw is a pure function of (seed, address), so there is no stream to
//! pass around, no order to keep and no thread to care about. Must never hold mutable state that two
//! entities share, and never offer "the next draw" across addresses.

mod gamma;
mod normal;
mod philox;
mod quantile;

pub use gamma::{Lentz, gamma_quantile, incomplete_gamma_upper};
pub use normal::{normal_cdf, normal_quantile};
pub use philox::{AddressedRng, Philox};
pub use quantile::{Distribution, QuantileTable};

/// Name and version of the sampler, recorded in every manifest: a change of any draw changes it.
pub const SAMPLER: &str = "philox4x32-10/quantile-v1";

/// What a draw is for. One purpose never disturbs another: adding a variant moves nobody's luck.
/// The number is part of the address; never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Purpose {
    /// Household composition, ages, schemes (entity = kin group, item = member).
    Household = 1,
    /// Latent traits of a person (entity = person).
    Traits = 2,
    /// How many visits a kin group wants today (entity = kin group, step = day).
    Wants = 3,
    /// Who, where and when of one want (entity = visit).
    Visit = 4,
    /// Clinical course and service times (entity = visit, step = clinical step).
    Course = 5,
    /// Bill lines (entity = visit, step = payment point).
    Bill = 6,
    /// Payment channel and its service times (entity = visit, step = payment point).
    Payment = 7,
    /// Sign-up for the scheme (entity = person).
    SignUp = 8,
    /// Use of the line at a visit (entity = visit).
    UseLine = 9,
    /// Repayment (entity = visit of the draw, step = stage of delinquency).
    Repayment = 10,
    /// Unpaid bills at the window (entity = visit).
    WindowArrears = 11,
    /// A network given as data (entity = customer, step = route step).
    Network = 12,
    /// Synthetic load (entity = request).
    Load = 13,
    /// Bootstrap and designed experiments (entity = resample or design point).
    Experiment = 14,
    /// Sites: staffing and location jitter (entity = hospital).
    Site = 15,
    /// The macro factor of a year (entity = year of the run).
    Macro = 16,
    /// Stays of people insured elsewhere (entity = person, visit or system).
    Away = 17,
    /// Clerical mistakes in daily files (entity = bill).
    Files = 18,
    /// Payment means and messages (entity = visit or bill).
    Means = 19,
    /// Purchases at retail pharmacies (entity = four kin groups, step = day; entity = purchase, item 1).
    Retail = 20,
}

/// Where a draw lives: entity, replication, purpose, item within the purpose, semantic step.
/// The packing into Philox's counter is injective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// The person, kin group, visit or site that the draw belongs to.
    pub entity: u64,
    /// Replication number; 0 for what replications share (the population).
    pub replication: u16,
    /// What the draw is for.
    pub purpose: Purpose,
    /// Which of several like draws within the step (four words each).
    pub item: u8,
    /// The semantic step: day, clinical step, payment point or stage.
    pub step: u32,
}

impl Address {
    /// An address with item 0 and step 0.
    pub const fn new(entity: u64, replication: u16, purpose: Purpose) -> Address {
        Address { entity, replication, purpose, item: 0, step: 0 }
    }

    /// The same address at another step.
    pub const fn at(self, step: u32) -> Address {
        Address { step, ..self }
    }

    /// The same address at another item.
    pub const fn item(self, item: u8) -> Address {
        Address { item, ..self }
    }

    /// Replication, purpose and item in one word of the counter.
    const fn place(self) -> u32 {
        (self.replication as u32) << 16 | (self.purpose as u32) << 8 | self.item as u32
    }
}

/// The probability of a threshold word: `word < probability_to_word(p)` happens with probability `p`.
/// Probability 1 saturates one part in 2^32 short of certainty; use `chance` which treats it exactly.
pub fn probability_to_word(probability: f64) -> u32 {
    let scaled = probability.clamp(0.0, 1.0) * 4_294_967_296.0;
    if scaled >= 4_294_967_295.0 { u32::MAX } else { scaled as u32 }
}

/// True with the probability whose threshold word this is; `u32::MAX` is certain.
#[inline]
pub const fn chance(word: u32, threshold: u32) -> bool {
    word < threshold || threshold == u32::MAX
}

/// A word as a uniform in (0, 1), never 0 nor 1.
#[inline]
pub fn unit(word: u32) -> f64 {
    (f64::from(word) + 0.5) / 4_294_967_296.0
}
