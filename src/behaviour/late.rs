//! What late payers do, and what becomes of bills left unpaid at the window.
//! Must never know what a delay costs: penalties and sanctions are the policy's.

use super::odds::share;
use super::pressure::{Pressure, lever_odds, with_odds};
use super::{Behaviour, PersonView, STEP_STAGES, below};
use crate::domain::CareKind;
use crate::random::{Address, Philox, Purpose, chance, probability_to_word};

/// Days within which recovered window arrears are paid; what is not paid by then is given up (assumed:
/// one accounting year).
pub const ARREARS_HORIZON_DAYS: u32 = 365;

/// Stages of delinquency in which people decide anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum LateStage {
    /// 1 to 30 days past due.
    D1To30 = 1,
    /// 31 to 60.
    D31To60 = 2,
    /// 61 to 90.
    D61To90 = 3,
    /// More than 90, until the write-off.
    D90Plus = 4,
    /// After the write-off.
    WrittenOff = 5,
}

/// A stage that begins for a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    /// The stage.
    pub stage: LateStage,
    /// Which delinquency of the draw this is: the number of its next instalment (0 without a plan),
    /// so that a second one has luck of its own.
    pub episode: u8,
    /// Length of the stage in days: 30, or days to the write-off, or the horizon of recoveries
    /// after it.
    pub days: u16,
    /// What presses on the payer in it.
    pub pressure: Pressure,
}

/// A bill at the window, as far as it matters to whether it is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowBill {
    /// Care that was given.
    pub care: CareKind,
    /// Whether the hospital takes monthly parts.
    pub in_parts: bool,
    /// Whether care came first and the bill stood on the hospital's books meanwhile.
    pub on_books: bool,
}

/// What becomes of a bill at the window where no line stands behind the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrears {
    /// Paid on the spot.
    Pays,
    /// Left unpaid, then paid this many days later.
    PaysAfter {
        /// Days, 1 to 365.
        days: u16,
    },
    /// Never paid.
    Never,
}

impl Behaviour {
    /// Days after the beginning of a stage on which the draw is cured (or recovered), less than the
    /// stage's length and uniform over it; `None` = it rolls on.
    pub fn after_stage(
        &self,
        philox: Philox,
        visit: u64,
        replication: u16,
        view: &PersonView,
        late: Late,
    ) -> Option<u16> {
        let step = STEP_STAGES + late.stage as u32;
        let address = Address::new(visit, replication, Purpose::Repayment);
        let [rolls, day, ..] = philox.block(address.at(step).item(late.episode));
        let odds = &self.rolls[late.stage as usize - 1];
        let word = odds.word(self.scores.of(view));
        let levers = lever_odds(&self.more.levers, self.payer(view), late.pressure);
        // Odds of paying × levers = odds of rolling on ÷ levers.
        let word = match levers {
            Some(odds) => probability_to_word(with_odds(share(word), 1.0 / odds)),
            None => word,
        };
        if late.days == 0 || chance(rolls, word) {
            return None;
        }
        Some(below(day, u32::from(late.days)) as u16)
    }

    /// What becomes of a bill at the window: of a stay, the personal part above the deposit; of an
    /// emergency, the bill. An ordinary outpatient pays before being served, unless the hospital keeps the
    /// bill on its books until the end. Where it takes monthly parts more people pay in the end.
    pub fn window_arrears(
        &self,
        philox: Philox,
        visit: u64,
        replication: u16,
        view: &PersonView,
        bill: WindowBill,
    ) -> Arrears {
        let odds = match bill.care {
            CareKind::Inpatient => &self.arrears[0],
            CareKind::Emergency => &self.arrears[1],
            CareKind::Outpatient | CareKind::Chronic if bill.on_books => &self.arrears[2],
            CareKind::Outpatient | CareKind::Chronic | CareKind::Pharmacy => return Arrears::Pays,
        };
        let [unpaid, never, day, _] =
            philox.block(Address::new(visit, replication, Purpose::WindowArrears));
        let position = self.scores.of(view);
        let agreed = self.more.levers.agreement;
        let word = match odds.never.word(position) {
            word if bill.in_parts && agreed.to_bits() != 1.0_f64.to_bits() => {
                probability_to_word(with_odds(share(word), 1.0 / agreed))
            }
            word => word,
        };
        if !odds.unpaid.happens(unpaid, position) {
            Arrears::Pays
        } else if chance(never, word) {
            Arrears::Never
        } else {
            Arrears::PaysAfter { days: 1 + below(day, ARREARS_HORIZON_DAYS) as u16 }
        }
    }
}
