//! What the engine is asked and what it answers. Must never carry anything that two groups share.

use crate::domain::{
    CareKind, CostCause, Day, Fen, HospitalId, HospitalLevel, Refusal, TimeMs, VisitId,
};
use crate::settlement::{BillLine, Purse};

/// One request to the engine. The kin group is the shard key and is readable without state.
#[derive(Clone, Copy, Debug)]
pub struct Command<'a> {
    /// Request id, unique for ever; the store replays the first answer to a repeated one.
    pub id: u128,
    /// When it was asked; the engine takes the later of it and the group's last command.
    pub at: TimeMs,
    /// Position of the person within the kin group.
    pub member: usize,
    /// What is asked.
    pub body: Body<'a>,
}

/// The kinds of command.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// Opens a credit line for the person.
    OpenLine,
    /// Pre-settles the lines of a visit so far (2206/2303) and holds the personal part on a line.
    /// `partial` holds what is free when the whole does not fit (stays).
    Reserve {
        /// The claim as known so far, all lines of the visit that the line shall bear.
        claim: Settle<'a>,
        /// Whether a smaller hold than needed is acceptable.
        partial: bool,
    },
    /// Settles a claim (2207/2304) and pays its personal part.
    Settle {
        /// The claim.
        claim: Settle<'a>,
        /// How the personal part is paid.
        funding: Funding,
    },
    /// Cancels the settlement of one payment point (2208/2305); money flows back the way it came.
    Reverse {
        /// The visit.
        visit: VisitId,
        /// Its payment point.
        point: u8,
    },
    /// Gives back what is still held on a line for a visit.
    Release {
        /// The visit.
        visit: VisitId,
    },
    /// Takes a deposit at admission.
    Deposit {
        /// Who takes it.
        hospital: HospitalId,
        /// Amount.
        amount: Fen,
    },
    /// Pays towards the draw of a visit (by hand or auto-debit).
    Repay {
        /// The bill whose draw is repaid.
        bill: VisitId,
        /// Money offered; what is not needed is handed back in the decision.
        offered: Fen,
    },
    /// Midnight for one draw: due date, ageing, collections, write-off, as far as today's date goes.
    Tick {
        /// The bill whose draw is looked at.
        bill: VisitId,
    },
    /// Lets the line pay a bill that was left unpaid at the hospital, as far as its free limit goes.
    DebitOverdue {
        /// The unpaid bill.
        bill: VisitId,
        /// The hospital to which it is owed.
        hospital: HospitalId,
        /// Amount.
        amount: Fen,
    },
    /// Pays an unpaid bill at the hospital; `written_off` books it as the hospital's loss instead.
    Arrears {
        /// The hospital to which it is owed.
        hospital: HospitalId,
        /// Amount.
        amount: Fen,
        /// Whether it is given up rather than paid.
        written_off: bool,
    },
    /// Gives back what is left of a deposit or of a top-up card's balance.
    ReturnDeposit {
        /// Amount.
        amount: Fen,
    },
    /// Pays towards the draw of a visit out of the holder's personal account, as far as it goes.
    RepayFromAccount {
        /// The bill whose draw is repaid.
        bill: VisitId,
        /// Most that the holder wants to give.
        offered: Fen,
    },
    /// A card is issued for a personal account that was kept without one: the card's bank takes over the
    /// balance.
    CarryAccount,
}

/// A claim to settle.
#[derive(Clone, Copy, Debug)]
pub struct Settle<'a> {
    /// The visit.
    pub visit: VisitId,
    /// Its payment point.
    pub point: u8,
    /// Where.
    pub hospital: HospitalId,
    /// Level of the hospital.
    pub level: HospitalLevel,
    /// Kind of care.
    pub care: CareKind,
    /// Who has to bear the cost by law.
    pub cause: CostCause,
    /// Whether the hospital takes part in the credit scheme today.
    pub in_scheme: bool,
    /// A stage of a stay, or its end after stages (`mid_setl_flag`): the lines are all of the stay's
    /// since the first stage of this year, and what earlier stages settled is taken off.
    pub continues: bool,
    /// The payment means that the patient chose, in their order; `None` = accounts, deposit, line if it
    /// is asked for, then cash. Where they are given a line that refuses or falls short is passed over.
    pub purse: Option<&'a Purse>,
    /// Bill lines.
    pub lines: &'a [BillLine],
}

/// How a personal part is paid after personal accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Funding {
    /// By the patient now (cash, phone, card), after a deposit already held.
    Own {
        /// Deposit held for this bill; what is left over goes back to the patient.
        deposit: Fen,
    },
    /// By a credit line; `partial` lets the patient add what the line does not cover.
    Line {
        /// Whether the patient may add the rest.
        partial: bool,
        /// Deposit held for this bill, used before the line.
        deposit: Fen,
    },
    /// Left unpaid: the hospital's receivable, after a deposit already held.
    Receivable {
        /// Deposit held for this bill.
        deposit: Fen,
    },
}

/// What midnight did to a draw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent events of one day")]
pub struct TickEvents {
    /// The due date was missed today.
    pub missed: bool,
    /// The amount was turned into instalments today.
    pub instalments: bool,
    /// The line was cancelled today.
    pub cancelled: bool,
    /// The person was blacklisted today.
    pub blacklisted: bool,
    /// Principal written off today.
    pub written_off: Fen,
    /// Cost of collections today.
    pub collection_cost: Fen,
    /// Steps of collections taken today.
    pub collection_steps: u8,
    /// Days past due now.
    pub dpd: u16,
    /// Stage of delinquency entered today: 1 = 1–30 days past due, 2 = 31–60, 3 = 61–90, 4 = 90+,
    /// 5 = written off; 0 = none.
    pub entered: u8,
    /// Principal left.
    pub principal: Fen,
    /// The draw is on an instalment plan, with nothing overdue.
    pub on_plan: bool,
    /// Number of the plan's next instalment.
    pub instalment: u8,
    /// When to look again; `None` when the draw is closed or written off.
    pub next: Option<Day>,
}

/// The engine's answer. Amounts are zero where they do not apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Why it was refused; a refused command changed nothing.
    pub refusal: Option<Refusal>,
    /// Why benefits were withheld although the claim was settled (blacklist).
    pub benefits_refused: Option<Refusal>,
    /// Bill total.
    pub total: Fen,
    /// Paid by insurance funds.
    pub fund: Fen,
    /// The person's part.
    pub person: Fen,
    /// Paid from personal accounts (own and family).
    pub account: Fen,
    /// Paid by the patient now.
    pub cash: Fen,
    /// Drawn on (or, for a reservation, held on) a line.
    pub line: Fen,
    /// Left as the hospital's receivable.
    pub receivable: Fen,
    /// Deposit handed back, or money offered and not needed.
    pub handed_back: Fen,
    /// Member whose line was used.
    pub holder: Option<u8>,
    /// Due date of the new draw.
    pub due: Option<Day>,
    /// Principal repaid.
    pub principal: Fen,
    /// Recovered after a write-off.
    pub recovered: Fen,
    /// Interest and penalty repaid.
    pub charges: Fen,
    /// The draw was closed by this payment.
    pub closed: bool,
    /// What midnight did.
    pub tick: TickEvents,
}

impl Decision {
    /// A refusal.
    pub fn refused(word: Refusal) -> Decision {
        Decision { refusal: Some(word), ..Decision::default() }
    }
}
