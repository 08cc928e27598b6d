//! The book of who gains and who pays: rows, their sums by party, and the audit. Must never change a
//! row's fen after it was made.

use super::horizon::Horizon;
use crate::domain::Fen;
use serde::{Deserialize, Serialize};

/// Declares an enum of words: the variants, `ALL`, `COUNT` and `word` from one list.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every variant in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            /// Number of variants.
            pub const COUNT: usize = Self::ALL.len();

            /// The word as it stands in reports and files.
            pub const fn word(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }
    };
}

words! {
    /// Somebody who gains or pays.
    Party {
        /// Patients and their households.
        Patients = "patients",
        /// Hospitals.
        Hospitals = "hospitals",
        /// Banks that lend.
        Bank = "bank",
        /// Basic and second-layer insurance funds.
        Funds = "funds",
        /// The insurer of the credit.
        CreditInsurer = "credit_insurer",
        /// Public money: assistance, subsidies, the risk pool.
        Treasury = "treasury",
        /// Who runs the scheme's system and the payment channel.
        Platform = "platform",
        /// Guarantors, commercial and enterprise supplements, charities, and whoever else lends to patients.
        Others = "others",
    }
}

words! {
    /// Why a row was made.
    Kind {
        /// Benefits of the funds for care.
        Benefits = "benefits",
        /// Assistance and other public money for care.
        Assistance = "assistance",
        /// Supplements of others for care.
        Supplements = "supplements",
        /// The patient's part of bills, whenever it is paid.
        OwnPart = "own_part",
        /// Care given in one arm and not in the other, at its cost.
        Care = "care",
        /// Hospital bills that the hospital gave up.
        GivenUp = "bills_given_up",
        /// Draws that patients did not repay, less recoveries.
        NotRepaid = "draws_not_repaid",
        /// Deposits on hospital cards that nobody has handed in.
        LeftOnCards = "left_on_cards",
        /// Shares of that which others bear.
        LossShare = "loss_share",
        /// Draws in hardship paid by assistance.
        HardshipAid = "hardship_aid",
        /// Interest.
        Interest = "interest",
        /// Penalties and late fees.
        Penalty = "penalty",
        /// Premiums of credit insurance.
        Premium = "premium",
        /// Steps of collections.
        Collection = "collection",
        /// Fees of the card network on what patients pay.
        NetworkFee = "network_fee",
        /// Fees of the channel over which lines pay.
        ChannelFee = "channel_fee",
        /// Use of money that is paid later than otherwise.
        UseOfMoney = "use_of_money",
        /// What cards and relatives take for paying bills above patients' own means.
        OtherFinance = "other_finance",
        /// Public subsidy on what is drawn.
        Subsidy = "subsidy",
        /// The scheme's system.
        It = "it",
        /// The bank's system and people.
        BankSystem = "bank_system",
        /// Opening and keeping lines.
        Accounts = "accounts",
        /// Rework and upkeep of hospital systems.
        HospitalSystem = "hospital_system",
        /// Campaigns, and telling members of their enrolment.
        Joining = "joining",
        /// Clerks at the desk: sign-up and help.
        DeskStaff = "desk_staff",
        /// Clerks' hours that can really be saved at windows (negative).
        StaffSaved = "staff_saved",
        /// Messages.
        Messages = "messages",
        /// Help on the telephone.
        HelpDesk = "help_desk",
        /// Handling of draws by the channel.
        Handling = "handling",
    }
}

impl Kind {
    /// Whether the row follows from more or less care, not from how it is paid.
    pub const fn is_care(self) -> bool {
        matches!(
            self,
            Kind::Benefits | Kind::Assistance | Kind::Supplements | Kind::OwnPart | Kind::Care
        )
    }

    /// Whether the row repeats postings of the ledger, so that the audit can hold it against them.
    pub const fn is_posted(self) -> bool {
        matches!(
            self,
            Kind::Benefits
                | Kind::Assistance
                | Kind::Supplements
                | Kind::OwnPart
                | Kind::GivenUp
                | Kind::NotRepaid
                | Kind::LeftOnCards
                | Kind::LossShare
                | Kind::HardshipAid
                | Kind::Interest
                | Kind::Penalty
                | Kind::Premium
                | Kind::Collection
        )
    }
}

/// One flow, policy less baseline. A negative amount flows the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Why.
    pub kind: Kind,
    /// Who pays.
    pub from: Party,
    /// Who receives; `None` = resources used up.
    pub to: Option<Party>,
    /// At the beginning.
    pub once: Fen,
    /// During the run.
    pub run: Fen,
    /// A year's worth, of the run and of what is counted by the year.
    pub yearly: Fen,
    /// Present value over the horizon.
    pub npv: Fen,
}

impl Row {
    /// What a party gains by an amount of this row.
    pub fn gain(&self, party: Party, amount: Fen) -> Fen {
        match (self.from == party, self.to == Some(party)) {
            (true, false) => -amount,
            (false, true) => amount,
            _ => Fen::ZERO,
        }
    }
}

/// Money of a row before it is scaled: once, during the run, each year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amounts {
    pub(super) once: Fen,
    pub(super) run: Fen,
    pub(super) yearly: Fen,
}

/// A broken identity of the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Missing fen.
    pub fen: i64,
    /// What is wrong.
    pub what: String,
}

/// All flows between the policy and one baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    horizon: Horizon,
    rows: Vec<Row>,
    posted: [Fen; Party::COUNT],
    unclaimed: Fen,
}

impl Book {
    /// An empty book; `posted` is what each party bore by the ledger's roles, `unclaimed` what roles hold
    /// that belong to nobody.
    pub(super) fn new(horizon: Horizon, posted: [Fen; Party::COUNT], unclaimed: Fen) -> Book {
        Book { horizon, rows: Vec::new(), posted, unclaimed }
    }

    /// Enters a flow; nothing for nothing.
    pub(super) fn enter(&mut self, kind: Kind, from: Party, to: Option<Party>, amounts: Amounts) {
        let Amounts { once, run, yearly } = amounts;
        if amounts == Amounts::default() || to == Some(from) {
            return;
        }
        let yearly = yearly + self.horizon.a_year(run);
        let npv = once + self.horizon.present(yearly);
        self.rows.push(Row { kind, from, to, once, run, yearly, npv });
    }

    /// The rows in the order in which they were made.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The years and the discounting.
    pub fn horizon(&self) -> &Horizon {
        &self.horizon
    }

    /// What a party gains by the rows that `of` chooses, each with the amount that `read` takes.
    pub fn gain(&self, party: Party, of: impl Fn(&Row) -> bool, read: impl Fn(&Row) -> Fen) -> Fen {
        self.rows.iter().filter(|row| of(row)).map(|row| row.gain(party, read(row))).sum()
    }

    /// Net present value of a party.
    pub fn npv(&self, party: Party) -> Fen {
        self.gain(party, |_| true, |row| row.npv)
    }

    /// Present value of the resources used by the rows that `of` chooses.
    pub fn resources(&self, of: impl Fn(&Row) -> bool) -> Fen {
        let used = self.rows.iter().filter(|row| row.to.is_none() && of(row));
        used.map(|row| row.npv).sum()
    }

    /// By how many fen the gains of all parties miss minus the resources used.
    pub fn gap(&self) -> Fen {
        Party::ALL.iter().map(|&party| self.npv(party)).sum::<Fen>() + self.resources(|_| true)
    }

    /// Holds the book against its identities.
    ///
    /// # Errors
    /// The first identity that is broken, with the missing fen.
    pub fn audit(&self) -> Result<(), Broken> {
        let gap = self.gap();
        if !gap.is_zero() {
            let what = "the gains of all parties are not minus the resources used".to_owned();
            return Err(Broken { fen: gap.0, what });
        }
        if !self.unclaimed.is_zero() {
            let what = "accounts of the ledger that belong to no party hold money".to_owned();
            return Err(Broken { fen: self.unclaimed.0, what });
        }
        for &party in Party::ALL {
            let by_rows = self.gain(party, |row| row.kind.is_posted(), |row| row.run);
            let missing = by_rows + self.posted[party as usize];
            if !missing.is_zero() {
                let word = party.word();
                let what = format!("flows of {word}: {by_rows} by flow, the ledger differs");
                return Err(Broken { fen: missing.0, what });
            }
        }
        Ok(())
    }

    /// Plants a fen that has no payer, to prove that the audit sees it.
    #[cfg(test)]
    pub(super) fn plant(&mut self) {
        self.posted[0] += Fen(1);
    }
}
