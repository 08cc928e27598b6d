//! Tables of `[behaviour]` that a scenario may add; a missing one changes nothing.
//! Must never hold a rule of a scheme.

use super::ArmSpec;
use super::form::{self, Bounds, number};
use super::reader::Reader;
use crate::behaviour::spec::{
    Applying, Debit, LeverOdds, MoreBehaviour, PayerShares, Shock, Spell,
};
use crate::city::spec::{CitySpec, Wave};
use crate::clearing::spec::LateFunds;

/// Reads the tables that may be there.
pub(super) fn read(r: &mut Reader<'_>) -> MoreBehaviour {
    let mark = r.mark();
    let mut share =
        |key: &str, doc: &str| r.maybe(key, doc, &number(Bounds::SHARE)).unwrap_or_default();
    let macro_correlation = share(
        "macro_correlation",
        "asset correlation of the macro factor of a year, 0 = independent",
    );
    let second_line =
        share("second_line_share", "of those who open a line, who open one at a second bank too");
    let more = MoreBehaviour {
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
        induced_visits: r
            .maybe(
                "induced_visits_share",
                "further visits for each visit that a line paid, 0 = none",
                &number(Bounds::SHARE),
            )
            .unwrap_or_default(),
        induced_after_days: r
            .maybe("induced_after_days", "days to the further visit", &form::count(1, 365))
            .map_or(0, |days| days as u16),
        second_line,
        other_finance: super::finance::read(r),
    };
    if r.clean_since(mark) && more.induced_visits > 0.0 && more.induced_after_days == 0 {
        let message = "when the further visit takes place is not said".to_owned();
        r.fault("induced_visits_share", message, "induced_after_days beside it", "");
    }
    more
}

fn applying(r: &mut Reader<'_>) -> Applying {
    Applying {
        unaware: r.share("unaware_share", "people outside the gates who apply all the same"),
        thin_file: r.share("thin_file_share", "applicants with too thin a file"),
        unsigned: r.share("unsigned_share", "applicants who do not sign the commitment"),
        unregistered: r
            .maybe(
                "unregistered_share",
                "applicants not registered by real name with the hospital, refused where credit.onboarding.needs_real_name; absent = 0",
                &number(Bounds::SHARE),
            )
            .unwrap_or_default(),
        abandon_per_day: r.share("abandon_share_per_day", "waiting applicants who give up a day"),
        on_the_ward: r
            .maybe(
                "on_the_ward_share",
                "unsigned people admitted as emergencies who sign up on the ward where they may; absent = 0",
                &number(Bounds::SHARE),
            )
            .unwrap_or_default(),
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
        agreement: odds("agreement", "monthly parts of an unpaid hospital bill, on ever paying it"),
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

/// Kinds of bad times, by their words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    JobLoss,
    Wave,
    PaysLate,
}

fn spell(r: &mut Reader<'_>) -> Spell {
    let kinds = form::word(&[
        ("job_loss", Kind::JobLoss),
        ("epidemic_wave", Kind::Wave),
        ("insurer_pays_late", Kind::PaysLate),
    ]);
    let mark = r.mark();
    let kind = r.get("kind", "what it is", &kinds);
    let hit = r.maybe("hit_share", "people whom it hits", &number(Bounds::SHARE));
    let miss_odds = r.maybe("miss_odds", "their odds ratio of missing", &number(Bounds::POSITIVE));
    let income_kept = r.maybe(
        "income_kept_ratio",
        "income left to those hit by job loss",
        &number(Bounds::SHARE),
    );
    let visits =
        r.maybe("visits_ratio", "factor of a wave on all demand", &number(Bounds::POSITIVE));
    let later = r.maybe("later_days", "days by which the funds pay later", &form::count(0, 180));
    let shock = match kind {
        Kind::JobLoss => Shock::JobLoss { income_kept: income_kept.unwrap_or(1.0) },
        Kind::Wave => Shock::EpidemicWave { visits: visits.unwrap_or(1.0) },
        Kind::PaysLate => {
            Shock::InsurerPaysLate { later_days: later.map_or(0, |days| days as u16) }
        }
    };
    let spell = Spell {
        from_day: r.count("from_day", "first day of the run, from 0", 0, 36_500),
        to_day: r.count("to_day", "last day", 0, 36_500),
        hit: hit.unwrap_or_default(),
        miss_odds: miss_odds.unwrap_or(1.0),
        shock,
    };
    if r.clean_since(mark) {
        let strays = [
            ("income_kept_ratio", income_kept.is_some(), Kind::JobLoss),
            ("visits_ratio", visits.is_some(), Kind::Wave),
            ("later_days", later.is_some(), Kind::PaysLate),
        ];
        for (key, given, of) in strays {
            if given && kind != of {
                r.fault(key, "not of this kind of bad times".to_owned(), "another kind", "");
            }
        }
        if spell.to_day < spell.from_day {
            let message = format!("before from_day = {}", spell.from_day);
            r.fault("to_day", message, "from_day <= to_day", "");
        }
    }
    spell
}

/// Lets bad times act where they belong: waves on demand, late payment on clearing.
pub(super) fn act<'a>(
    r: &Reader<'_>,
    stress: &[Spell],
    city: &mut CitySpec,
    arms: impl Iterator<Item = &'a mut ArmSpec>,
) {
    for spell in stress {
        if let Shock::EpidemicWave { visits } = spell.shock {
            let (from_day, to_day) = (spell.from_day, spell.to_day);
            city.demand.waves.push(Wave { from_day, to_day, factor: visits });
        }
    }
    let late = stress.iter().filter_map(|spell| match spell.shock {
        Shock::InsurerPaysLate { later_days } => Some(LateFunds {
            from: city.start + spell.from_day.cast_signed(),
            to: city.start + spell.to_day.cast_signed(),
            days: later_days,
        }),
        Shock::JobLoss { .. } | Shock::EpidemicWave { .. } => None,
    });
    let late: Vec<LateFunds> = late.collect();
    if late.len() > 1 {
        let message = "funds pay late more than once".to_owned();
        r.fault("behaviour.stress", message, "at most one of kind insurer_pays_late", "");
    }
    for arm in arms {
        if let Some(clearing) = &mut arm.clearing {
            clearing.late = late.first().copied();
        }
    }
}
