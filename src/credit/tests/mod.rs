//! What the credit room promises, as tables and properties.

mod claims;
mod draws;
mod lines;
mod more;
mod rules;
mod swarm;

use super::spec::{
    AutoDebitRules, CollectionAction, CollectionStep, CreditPolicy, Eligibility, FamilyRules,
    FreeWindow, InstalmentMethod, InstalmentRules, LimitRules, LimitTier, LossRules, MoreRules,
    SanctionRules,
};
use super::{Applicant, DrawRow, LineRow, draw, reserve};
use crate::domain::{Day, Fen, GroupId, InsuranceScheme, Ratio, VisitId};

const fn yuan(yuan: i64) -> Fen {
    Fen::from_yuan(yuan)
}

fn date(text: &str) -> Day {
    Day::parse(text).expect("a date of the test")
}

/// A scheme with every rule switched on, due in full after 56 days.
fn policy() -> CreditPolicy {
    let step = |dpd, action, fen| CollectionStep { dpd, action, cost: Fen(fen) };
    CreditPolicy {
        eligibility: Eligibility {
            age_min: 18,
            age_max: 70,
            schemes: [true, true, false],
            insured_elsewhere: false,
            score_min: 580,
            refuses_judgment_debtors: true,
            assistance_only: false,
        },
        limits: LimitRules {
            tiers: vec![
                LimitTier { score_from: 580, limit: yuan(500) },
                LimitTier { score_from: 620, limit: yuan(1_000) },
                LimitTier { score_from: 700, limit: yuan(3_000) },
            ],
            raise_after_on_time: 3,
            raise_by: Ratio::percent(20),
            cut_by: Ratio::percent(50),
            ceiling: yuan(3_500),
            floor: yuan(300),
        },
        family: FamilyRules {
            minors_use_parents_line: true,
            parents_use_adult_childs_line: true,
            spouses_share: true,
        },
        covers: [true, false, true],
        pays_out_of_catalogue: true,
        deposit_free: true,
        funds_deposit: false,
        free_window: FreeWindow::FixedDays { days: 56 },
        auto_debit: AutoDebitRules { retries: 2, retry_every_days: 3 },
        instalments: None,
        sanctions: SanctionRules {
            penalty_rate_day: Ratio::new(5, 10_000),
            penalty_ceiling: Ratio::percent(20),
            freeze_from_dpd: 1,
            cancel_after_missed: 6,
            blacklist_from_dpd: Some(90),
            restriction_days: 0,
        },
        collections: vec![
            step(1, CollectionAction::Reminder, 10),
            step(15, CollectionAction::Call, 500),
            step(90, CollectionAction::Report, 0),
            step(120, CollectionAction::Agency, 20_000),
        ],
        write_off_dpd: 181,
        loss: LossRules {
            insurer_share: Ratio::percent(80),
            insurer_deductible: yuan(500),
            insurer_limit_year: yuan(9_000),
            rest_weights: [5, 3, 2],
        },
        more: MoreRules::default(),
    }
}

/// The same scheme with conversion into twelve instalments at 4.98 % a year.
fn policy_with_instalments(method: InstalmentMethod) -> CreditPolicy {
    let rate_year = Ratio::new(498, 10_000);
    let instalments = Some(InstalmentRules { rate_year, months: 12, method });
    CreditPolicy { instalments, ..policy() }
}

fn applicant() -> Applicant {
    Applicant {
        age: 40,
        scheme: InsuranceScheme::Employee,
        score: 720,
        judgment_debtor: false,
        ..Applicant::default()
    }
}

fn line(policy: &CreditPolicy) -> LineRow {
    LineRow::open(policy, &applicant(), 1_000, date("2023-01-01")).expect("an eligible applicant")
}

fn visit(k: u32) -> VisitId {
    VisitId::new(0, GroupId(7), k)
}

/// A draw that was reserved in full just before.
fn drawn(policy: &CreditPolicy, line: &mut LineRow, amount: Fen, day: Day) -> DrawRow {
    reserve(line, amount).expect("enough free limit");
    draw(policy, line, amount, amount, visit(line.draws()), 1_001, day).expect("a reserved amount")
}
