//! What a desk can be asked and what it answers, as plain data. Must never hold state.

use crate::domain::{
    CareKind, CostCause, Day, Fen, HospitalId, HospitalLevel, Refusal, TimeMs, VisitId,
};
use crate::engine::command::{Decision, Funding};
use crate::settlement::{BillLine, Member, Purse, Receipt, Split};

/// Where and as what a visit is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where.
    pub hospital: HospitalId,
    /// Level of the hospital.
    pub level: HospitalLevel,
    /// Kind of care.
    pub care: CareKind,
    /// Who has to bear the cost by law.
    pub cause: CostCause,
    /// Whether the hospital takes part in the credit scheme.
    pub in_scheme: bool,
}

/// When a hospital settles without being asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeskRules {
    /// A stay is settled in a stage after so many days; `None` = never.
    pub stage_every_days: Option<u16>,
    /// A stay is settled in a stage when so much is open; `None` = never.
    pub stage_at_open: Option<Fen>,
    /// Days after discharge after which a forgotten bill is settled; `None` = never.
    pub settle_forgotten_after_days: Option<u16>,
    /// Cost of the message that goes out with each settlement and reversal; `None` = none goes out.
    pub message_cost: Option<Fen>,
}

/// A transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transaction {
    /// Uploads fees; the first upload opens the visit.
    Upload {
        /// The visit.
        visit: VisitId,
        /// The patient's position in the group.
        member: usize,
        /// Where and as what.
        place: Place,
        /// How a bill is paid that nobody asks to settle.
        agreed: Funding,
        /// The fees.
        lines: Vec<BillLine>,
    },
    /// Takes back all fees that are not settled.
    CancelFees {
        /// The visit.
        visit: VisitId,
    },
    /// What a settlement now would give; changes nothing.
    PreSettle {
        /// The visit.
        visit: VisitId,
    },
    /// Settles all open fees.
    Settle {
        /// The visit.
        visit: VisitId,
        /// How the personal part is paid.
        funding: Funding,
        /// A stage of a stay that goes on.
        stage: bool,
    },
    /// Ends a stay; with `bedside` its open fees are settled at once.
    Discharge {
        /// The visit.
        visit: VisitId,
        /// How the bill is paid at the bedside; `None` = later at a window, or never.
        bedside: Option<Funding>,
    },
    /// Reverses the visit's latest settlement; its fees are open again.
    Reverse {
        /// The visit.
        visit: VisitId,
    },
    /// Reverses what a settlement's request did.
    Undo {
        /// That request's id.
        of: u128,
    },
    /// Adds fees to a settled visit.
    LateFee {
        /// The visit.
        visit: VisitId,
        /// The fees.
        lines: Vec<BillLine>,
    },
    /// Changes a person's insurance facts from a day on.
    ChangeStatus {
        /// The person's position in the group.
        member: usize,
        /// The facts from then on.
        to: Member,
        /// First day.
        from: Day,
    },
    /// The payment means that a person chose, and whether messages reach the person. The sources' own
    /// balances are used up by settlements and come back with reversals.
    Means {
        /// The person's position in the group.
        member: usize,
        /// Order and own balances; `None` = accounts, deposit, line if asked for, then cash.
        purse: Option<Purse>,
        /// Whether a number is known at which messages arrive.
        reached: bool,
    },
    /// Puts money on the person's top-up card.
    TopUp {
        /// The person's position in the group.
        member: usize,
        /// Amount.
        amount: Fen,
    },
    /// Gives the whole balance of a top-up card back.
    CloseCard {
        /// The person's position in the group.
        member: usize,
    },
    /// Takes a deposit for a visit; it is kept for the settlement that is no stage.
    Deposit {
        /// The visit.
        visit: VisitId,
        /// Amount.
        amount: Fen,
    },
    /// Gives back the deposit that is held for a visit.
    RefundDeposit {
        /// The visit.
        visit: VisitId,
    },
    /// Opens a credit line.
    OpenLine {
        /// The person's position in the group.
        member: usize,
    },
    /// Repays the draw of the visit's latest settlement.
    Repay {
        /// The visit.
        visit: VisitId,
        /// Money offered.
        offered: Fen,
        /// Out of the holder's personal account.
        from_account: bool,
    },
    /// A card is issued for a personal account that was activated without one; its bank takes the balance
    /// over.
    IssueCard {
        /// The person's position in the group.
        member: usize,
        /// Number of the bank.
        bank: u16,
    },
}

/// What a settlement or reversal leaves with the patient: a receipt and a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The visit.
    pub visit: VisitId,
    /// Its payment point.
    pub point: u8,
    /// When it was sent.
    pub sent: TimeMs,
    /// The settlement was taken back: money went the way it came.
    pub taken_back: bool,
    /// The receipt.
    pub receipt: Receipt,
    /// Whether the message arrived, and what it cost; `None` = none went out.
    pub message: Option<(bool, Fen)>,
}

/// What the desk answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeskAnswer {
    /// Done; the engine's decisions in order.
    Done(Vec<Decision>),
    /// The split that a settlement now would give.
    PreSettled(Box<Split>),
    /// Refused; nothing has changed.
    Refused(Refusal),
    /// The request id was used before, with another body; nothing has changed.
    KeyReused,
}
