//! Tables of `[behaviour]` that a scenario may add; a missing one changes nothing.
//! Must never hold a rule of a scheme.

use super::form::{self, Bounds, number};
use super::reader::Reader;
use crate::behaviour::spec::{Applying, Debit, LeverOdds, MoreBehaviour, PayerShares, Spell};

/// Reads the tables that may be there.
pub(super) fn read(r: &mut Reader<'_>) -> MoreBehaviour {
    let mut share =
        |key: &str, doc: &str| r.maybe(key, doc, &number(Bounds::SHARE)).unwrap_or_default();
    let macro_correlation = share(
        "macro_correlation",
        "asset correlation of the macro factor of a year, 0 = independent",
    );
    MoreBehaviour {
        applying: r.maybe_table("applying", "applying for a line", applying).unwrap_or_default(),
        payers: r.maybe_table("payers", "kinds of late payers", payers).unwrap_or_default(),
        levers: r
            .maybe_table("lever_odds", "odds ratios of paying while a lever acts", levers)
            .unwrap_or_default(),
        debit: r.maybe_table("debit", "automatic debit and pay day", debit).unwrap_or_default(),
        macro_correlation,
        selection: r
            .maybe(
                "adverse_selection",
                "log-propensity to sign up a standard deviation of bad risk",
                &number(Bounds::NON_NEGATIVE),
            )
            .unwrap_or_default(),
        stress: r.maybe_list("stress", "bad times of the run", spell).unwrap_or_default(),
        induced_bill: r
            .maybe(
                "induced_bill_ratio",
                "growth of a bill that a line will pay, 0 = none",
                &number(Bounds::NON_NEGATIVE),
            )
            .unwrap_or_default(),
    }
}

fn applying(r: &mut Reader<'_>) -> Applying {
    Applying {
        unaware: r.share("unaware_share", "people outside the gates who apply all the same"),
        thin_file: r.share("thin_file_share", "applicants with too thin a file"),
        unsigned: r.share("unsigned_share", "applicants who do not sign the commitment"),
        abandon_per_day: r.share("abandon_share_per_day", "waiting applicants who give up a day"),
    }
}

fn payers(r: &mut Reader<'_>) -> PayerShares {
    PayerShares {
        strategic: r.share("strategic_share", "least willing people: pay under pressure"),
        strained: r.share("strained_share", "least able people: pay when there is money"),
    }
}

fn levers(r: &mut Reader<'_>) -> LeverOdds {
    let mut odds =
        |key: &str, doc: &str| r.maybe(key, doc, &number(Bounds::POSITIVE)).unwrap_or(1.0);
    LeverOdds {
        reminder: odds("reminder", "on the forgetful"),
        call: odds("call", "on the forgetful and the strained"),
        penalty: odds("penalty", "on the forgetful and the strategic"),
        suspension: odds("suspension", "on everybody"),
        report: odds("report", "on the strategic"),
        pursuit: odds("pursuit", "agency or lawsuit, on the strategic"),
    }
}

fn debit(r: &mut Reader<'_>) -> Debit {
    Debit {
        retry_success: r.share("retry_success_share", "retries that find the money"),
        unbound: r.share("unbound_share", "holders without a bound account"),
        unbound_odds: r.positive("unbound_odds", "their odds ratio of missing"),
        pay_day: r.count("pay_day", "day of the month of wages", 1, 28),
        on_pay_day: r.share("on_pay_day_share", "late payments that wait for pay day"),
    }
}

fn spell(r: &mut Reader<'_>) -> Spell {
    let kinds = form::word(&[("job_loss", ()), ("epidemic_wave", ()), ("insurer_pays_late", ())]);
    r.get("kind", "what it is, for the reader", &kinds);
    let mark = r.mark();
    let spell = Spell {
        from_day: r.count("from_day", "first day of the run, from 0", 0, 36_500),
        to_day: r.count("to_day", "last day", 0, 36_500),
        hit: r.share("hit_share", "people whom it hits"),
        miss_odds: r.positive("miss_odds", "their odds ratio of missing"),
    };
    if r.clean_since(mark) && spell.to_day < spell.from_day {
        let message = format!("before from_day = {}", spell.from_day);
        r.fault("to_day", message, "from_day <= to_day", "");
    }
    spell
}
