//! The words everybody shares: money, ratios, time, identifiers, field terms and words of refusal.
//! Must never know a rule, draw a random number, read a clock or touch a file.

pub mod bands;
pub mod ids;
pub mod money;
pub mod ratio;
pub mod time;
pub mod wide;
pub mod words;

pub use bands::{AGE_BAND_EDGES, AGE_BANDS, INCOME_BANDS, SCHEMES, age_band};
pub use ids::{GroupId, HospitalId, PersonId, VisitId};
pub use money::{Fen, allot};
pub use ratio::Ratio;
pub use time::{Civil, Day, MS_PER_DAY, MS_PER_MINUTE, Ms, TimeMs};
pub use words::{
    AssistanceClass, CareKind, CostCause, Employer, HospitalLevel, InsuranceScheme, ItemClass,
    MemberStatus, MessageKind, Refusal, ServiceStage,
};
