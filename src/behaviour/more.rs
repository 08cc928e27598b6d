//! Behaviour that a scenario may add, as plain data; the default changes nothing.
//! Must never hold money or a rule of a scheme.

/// All of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MoreBehaviour {
    /// Applying for a line.
    pub applying: Applying,
    /// Kinds of late payers.
    pub payers: PayerShares,
    /// What makes late payers pay.
    pub levers: LeverOdds,
    /// Automatic debit and pay day.
    pub debit: Debit,
    /// Asset correlation of the macro factor that all draws of a year share; 0 = independent.
    pub macro_correlation: f64,
    /// Adverse selection: log-propensity to sign up for each standard deviation of bad risk.
    pub selection: f64,
    /// Bad times.
    pub stress: Vec<Spell>,
    /// Provider-induced demand: relative growth of a bill that a line will pay.
    pub induced_bill: f64,
    /// Patient-induced demand: further visits for each visit that a line paid.
    pub induced_visits: f64,
    /// Days from such a visit to the further one.
    pub induced_after_days: u16,
    /// Share of those who open a line who open one at a second bank too, where the scheme allows it.
    pub second_line: f64,
    /// What pays for bills above own means where no line does; `None` = not followed.
    pub other_finance: Option<super::finance::OtherFinance>,
}

/// Applying for a line.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Applying {
    /// Share of people outside the gates who apply all the same, when an eligible person would.
    pub unaware: f64,
    /// Share of applicants with too thin a file at the central bank.
    pub thin_file: f64,
    /// Share of applicants who do not sign the commitment.
    pub unsigned: f64,
    /// Share of applicants who are not registered by real name with the hospital.
    pub unregistered: f64,
    /// Share of waiting applicants who give up each day.
    pub abandon_per_day: f64,
    /// Share of unsigned people admitted through the emergency room who sign up on the ward where they may.
    pub on_the_ward: f64,
}

/// Shares of the population by the way they are late.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PayerShares {
    /// The least willing: they pay under pressure.
    pub strategic: f64,
    /// The least able of the others: they pay when there is money. Everybody else is forgetful.
    pub strained: f64,
}

/// Odds ratios of paying within a stage while a lever is in force; 1 = no effect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeverOdds {
    /// A reminder, on the forgetful.
    pub reminder: f64,
    /// A call, on the forgetful and the strained.
    pub call: f64,
    /// Penalty interest or a late fee, on the forgetful and the strategic.
    pub penalty: f64,
    /// Suspended insurance benefits, on everybody.
    pub suspension: f64,
    /// A report to the credit record, on the strategic.
    pub report: f64,
    /// An agency or a lawsuit, on the strategic.
    pub pursuit: f64,
    /// Monthly parts of a bill left unpaid at a hospital, on ever paying it; on everybody.
    pub agreement: f64,
}

impl Default for LeverOdds {
    fn default() -> LeverOdds {
        LeverOdds {
            reminder: 1.0,
            call: 1.0,
            penalty: 1.0,
            suspension: 1.0,
            report: 1.0,
            pursuit: 1.0,
            agreement: 1.0,
        }
    }
}

/// Automatic debit and pay day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Debit {
    /// Probability that a retry after a missed due date finds the money.
    pub retry_success: f64,
    /// Share of holders without a bound account.
    pub unbound: f64,
    /// Their odds ratio of missing the due date.
    pub unbound_odds: f64,
    /// Day of the month on which wages come in, 1 to 28.
    pub pay_day: u8,
    /// Share of late payments that wait for it.
    pub on_pay_day: f64,
}

impl Default for Debit {
    fn default() -> Debit {
        Debit { retry_success: 0.0, unbound: 0.0, unbound_odds: 1.0, pay_day: 1, on_pay_day: 0.0 }
    }
}

/// Bad times of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spell {
    /// First day of the run, from 0.
    pub from_day: u32,
    /// Last day.
    pub to_day: u32,
    /// Share of people whom it hits.
    pub hit: f64,
    /// Their odds ratio of missing a due date of a draw made in the spell; 1 = no effect of its own.
    pub miss_odds: f64,
    /// What it does.
    pub shock: Shock,
}

/// What bad times act on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shock {
    /// Jobs are lost: those hit keep this part of their income, and their ability to pay falls with it.
    JobLoss {
        /// Part of the income that is left.
        income_kept: f64,
    },
    /// A wave of an epidemic: all demand is multiplied.
    EpidemicWave {
        /// Factor on visits, emergencies and admissions.
        visits: f64,
    },
    /// The insurer pays hospitals later.
    InsurerPaysLate {
        /// Days later than usual.
        later_days: u16,
    },
}

impl Spell {
    /// Whether the spell lasts on a day of the run.
    pub fn lasts(&self, run_day: u32) -> bool {
        (self.from_day..=self.to_day).contains(&run_day)
    }
}
