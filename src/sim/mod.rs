//! A replication: demand, rehearse, walk, settle, midnight, day after day, then the books run out.
//! Parallel over blocks and sites without locks; the same bytes for any number of threads.
//! Must never read a clock or a file.

mod arm;
mod away;
mod away_books;
mod banks;
mod between;
mod block;
mod booker;
mod books;
mod cards;
mod choice;
mod city_view;
mod claims;
mod draws;
mod files;
mod finance;
mod group;
mod home_claims;
mod homes;
mod hospital;
mod messages;
mod midnight;
mod network_answers;
mod pairs;
mod payments;
mod pharmacy;
mod plan;
mod purses;
mod recording;
mod rehearse;
mod replication;
mod returns;
mod settle;
mod stays;
mod story;
mod tallies;
mod till;
mod trace;
mod visit_day;
mod ways;

pub use arm::ARMS_MAX;
pub use away::{AwaySide, AwayTotals};
pub use banks::BankTotals;
pub use cards::CardTotals;
pub use choice::{ENOUGH, Savings, Standing};
pub use city_view::World;
pub use claims::ClaimTotals;
pub use files::{FileTotals, Found, Named};
pub use homes::HomeTotals;
pub use network_answers::NetworkAnswers;
pub use payments::PayTotals;
pub use pharmacy::RetailTotals;
pub use recording::{RecordedDay, record_day};
pub use replication::{ArmResult, Invalid, Progress, Replication, RunPlan, Stopped, run};
pub use story::{ArmStory, StoryNight, StoryStep, VisitStory};
pub use trace::{
    ArmTrace, Asked, Candidate, CommandTrace, NightTrace, StepTrace, VisitTrace, trace_visit,
};
