//! Tables of `[credit]` that a scheme may add; a missing table is a rule switched off. Must never
//! hold a number of its own: weights of evidence and points come from the file.

use super::form::{self, Bounds, number, or_none, yuan};
use super::reader::Reader;
use crate::credit::spec::{
    Bank, Banks, Bearer, BlacklistScope, Characteristic, Cover, CreditRecord, DelinquencyExtras,
    EligibilitySource, ExposureClass, LateFee, Layer, LimitExtras, LineChoice, LineOrder,
    MoreRules, OnTheWard, Onboarding, RepaymentExtras, ReportRules, Scorecard, Trait, Waterfall,
};
use crate::domain::{AGE_BAND_EDGES, AGE_BANDS, Fen, Ratio};
use crate::risk::{PointsScale, woe};

/// Reads the tables that may be there.
pub(super) fn read(r: &mut Reader<'_>) -> MoreRules {
    MoreRules {
        onboarding: r
            .maybe_table("onboarding", "applying for a line", onboarding)
            .unwrap_or_default(),
        limits: r.maybe_table("limit_extras", "more on limits", limits).unwrap_or_default(),
        repayment: r
            .maybe_table("repayment", "more on drawing and repaying", repayment)
            .unwrap_or_default(),
        delinquency: r
            .maybe_table("delinquency", "more on late payers", delinquency)
            .unwrap_or_default(),
        waterfall: r
            .maybe_table("waterfall", "who bears losses beyond [credit.loss]", waterfall)
            .unwrap_or_default(),
        report: r
            .maybe_table("risk_report", "figures that the risk report is made with", report)
            .unwrap_or_default(),
        bank_annex: r
            .maybe("bank_annex", "report expected credit loss and IRB capital", &form::flag())
            .unwrap_or_default(),
        banks: banks(r),
        draws_in_part: r
            .maybe(
                "draws_in_part",
                "a limit smaller than the bill bears what it can; absent = it refuses the bill",
                &form::flag(),
            )
            .unwrap_or_default(),
        relatives_may_be_bound: r
            .maybe("relatives_may_be_bound", "direct relatives may use the line", &form::flag())
            .unwrap_or_default(),
    }
}

/// Banks that grant the lines, and how many lines a person may hold.
fn banks(r: &mut Reader<'_>) -> Banks {
    let list =
        r.maybe_list("banks", "banks that grant the lines; absent = one nameless bank", |r| Bank {
            name: r.text("name", "name as printed"),
            joins: r.maybe(
                "joins",
                "first day on which it opens lines; absent = from the start",
                &form::date(),
            ),
            weight: r.count(
                "weight",
                "relative number of people whose first choice it is",
                0,
                1_000_000,
            ),
            scorecard: r.maybe_table(
                "scorecard",
                "the bank's own scorecard; absent = the scheme's score",
                scorecard,
            ),
            score_min: r
                .maybe(
                    "score_min",
                    "lowest score that its scorecard admits",
                    &form::count(0, 10_000),
                )
                .map_or(0, short),
            limit_factor: r
                .maybe("limit_ratio", "factor on the scheme's limits; absent = 1", &form::ratio(10))
                .unwrap_or(Ratio::ONE),
            funding_rate_year: r.ratio("funding_rate_per_year", "what its money costs"),
        });
    let each =
        r.maybe("lines_per_person", "lines at different banks; absent = 1", &form::count(1, 2));
    let list = list.unwrap_or_default();
    super::sites::check_unique(r, "banks", list.iter().map(|bank| bank.name.as_str()));
    let banks = Banks {
        list,
        lines_each: each.map_or(1, |each| u8::try_from(each).unwrap_or(1)),
        asked: line_choice(r),
    };
    if banks.list.len() > 255 {
        r.fault("banks", "more than 255 banks".to_owned(), "at most 255", "");
    } else if !banks.list.is_empty() && banks.list.iter().all(|bank| bank.weight == 0) {
        r.fault("banks", "nobody's first choice".to_owned(), "a weight above zero", "");
    } else if banks.lines_each > 1 && banks.list.len() < 2 {
        let hint = "write [[credit.banks]] twice or drop it";
        r.fault("lines_per_person", "there is one bank only".to_owned(), "two banks", hint);
    }
    banks
}

/// Which of a person's two lines is asked for a bill.
fn line_choice(r: &mut Reader<'_>) -> LineChoice {
    let order = form::word(&[
        ("first_opened", LineOrder::FirstOpened),
        ("last_opened", LineOrder::LastOpened),
        ("most_free", LineOrder::MostFree),
    ]);
    let doc = "which of two lines is asked for a bill; absent = the first opened";
    let enough =
        "a line that bears the whole bill goes before one that bears a part; absent = false";
    LineChoice {
        order: r.maybe("line_order", doc, &order).unwrap_or_default(),
        enough_first: r.maybe("line_with_enough_first", enough, &form::flag()).unwrap_or_default(),
    }
}

fn short(value: i64) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}

fn onboarding(r: &mut Reader<'_>) -> Onboarding {
    let source = form::word(&[
        ("public_platform", EligibilitySource::PublicPlatform),
        ("central_bank_record", EligibilitySource::CentralBankRecord),
        ("commitment_only", EligibilitySource::CommitmentOnly),
    ]);
    let off = Onboarding::default();
    let mut flag =
        |key: &str, doc: &str, off: bool| r.maybe(key, doc, &form::flag()).unwrap_or(off);
    let needs_commitment = flag("needs_commitment", "the commitment must be signed", false);
    let needs_real_name = flag(
        "needs_real_name",
        "the applicant must be registered by real name with the hospital's WeChat or telephone",
        false,
    );
    let minors_need_guardian = flag("minors_need_guardian", "a minor needs a guardian", false);
    let on_the_ward = flag("on_the_ward", "one may sign up at an admission", true);
    let emergencies = "emergencies may sign up even where others may not";
    let emergencies_on_the_ward = flag("emergencies_on_the_ward", emergencies, false);
    let on_the_ward = match (on_the_ward, emergencies_on_the_ward) {
        (true, _) => OnTheWard::Anybody,
        (false, true) => OnTheWard::Emergencies,
        (false, false) => OnTheWard::Nobody,
    };
    Onboarding {
        source: r.maybe("source", "where eligibility is looked up", &source).unwrap_or(off.source),
        needs_commitment,
        needs_real_name,
        minors_need_guardian,
        on_the_ward,
        lead_days: r
            .maybe("lead_days", "days from application to line", &form::count(0, 365))
            .map_or(0, short),
        scorecard: either_card(r),
        codes: r
            .maybe_list("codes", "credit codes by rising score", |r| {
                let from: u16 = r.count("score_from", "lowest score", 0, 10_000);
                (from, r.text("code", "word of the code"))
            })
            .unwrap_or_default(),
    }
}

/// Bins carry counts of good and bad accounts; points are −factor × coefficient × weight of evidence.
fn scorecard(r: &mut Reader<'_>) -> Scorecard {
    let base = r.positive("base_score", "score at the base odds");
    let odds = r.positive("base_odds_good_bad", "good to bad at the base score");
    let pdo = r.positive("pdo_points", "points that double the odds");
    let intercept = r.get(
        "intercept_log_odds_bad",
        "log-odds of bad where every weight of evidence is 0",
        &number(Bounds::LOG_ODDS),
    );
    let scale = PointsScale::new(base.max(1.0), odds.max(1e-9), pdo.max(1e-9));
    let characteristics =
        r.list("characteristics", "what is scored", |r| characteristic(r, &scale));
    let base = libm::round(scale.offset - scale.factor * intercept) as i32;
    Scorecard { base, characteristics }
}

fn traits() -> form::Form<Trait> {
    form::word(&[
        ("age_years", Trait::Age),
        ("monthly_income_yuan", Trait::MonthlyIncome),
        ("public_score", Trait::PublicScore),
        ("scheme", Trait::Scheme),
        ("insured_months", Trait::InsuredMonths),
        ("benefits_used_yuan", Trait::BenefitsUsed),
        ("account_yuan", Trait::AccountBalance),
    ])
}

/// The scheme's scorecard, by counts of accounts or by stated points.
fn either_card(r: &mut Reader<'_>) -> Option<Scorecard> {
    let counted = r.maybe_table("scorecard", "weights of evidence and points", scorecard);
    let stated =
        r.maybe_table("points", "a score of components with stated points; absent = none", points);
    if counted.is_some() && stated.is_some() {
        let message = "there is a scorecard too".to_owned();
        r.fault("points", message, "[scorecard] or [points]", "drop one of them");
    }
    counted.or(stated)
}

/// A scorecard whose points are stated: a weight for each component, and the part of it that a bin earns.
fn points(r: &mut Reader<'_>) -> Scorecard {
    let base = r.count("base_points", "points of everybody", 0, 10_000);
    let characteristics = r.list("components", "what is scored", |r| {
        let of = r.get("trait", "of what", &traits());
        let most: i64 = r.count("weight_points", "points of the best bin", 0, 10_000);
        let bins = r.list("bins", "by rising value", |r| {
            let from: i64 = r.count("from", "lowest value of the bin", 0, 1_000_000_000);
            (from, r.share("earned_share", "part of the weight"))
        });
        let from: Vec<i64> = bins.iter().map(|bin| bin.0).collect();
        r.check_rising("bins", "from", &from);
        let earned = |(from, share): (i64, f64)| (from, libm::round(most as f64 * share) as i32);
        Characteristic { of, bins: bins.into_iter().map(earned).collect() }
    });
    Scorecard { base, characteristics }
}

fn characteristic(r: &mut Reader<'_>, scale: &PointsScale) -> Characteristic {
    let of = r.get("trait", "of what", &traits());
    let coefficient =
        r.maybe("coefficient", "of the weight of evidence", &number(Bounds::POSITIVE));
    let bins = r.list("bins", "by rising value", |r| {
        let from: i64 = r.count("from", "lowest value of the bin", 0, 1_000_000_000);
        (from, r.positive("good_accounts", "accounts"), r.positive("bad_accounts", "accounts"))
    });
    let from: Vec<i64> = bins.iter().map(|bin| bin.0).collect();
    r.check_rising("bins", "from", &from);
    let (good, bad): (Vec<f64>, Vec<f64>) = bins.iter().map(|bin| (bin.1, bin.2)).unzip();
    let points = woe(&good, &bad)
        .into_iter()
        .map(|woe| libm::round(-scale.factor * coefficient.unwrap_or(1.0) * woe) as i32);
    Characteristic { of, bins: from.into_iter().zip(points).collect() }
}

fn limits(r: &mut Reader<'_>) -> LimitExtras {
    let mut points =
        |key: &str, doc: &str| r.maybe(key, doc, &form::count(0, 10_000)).map_or(0, short);
    let score_on_time = points("score_on_time_points", "a draw repaid on time adds");
    let score_missed = points("score_missed_points", "a missed payment costs");
    let score_reported = points("score_reported_points", "a report to the record costs");
    let in_a_row = "missed payments in a row from which each costs its points, absent = every one";
    let missed_in_a_row = r.maybe("score_missed_in_a_row", in_a_row, &form::count(1, 255));
    if let (Some(count), 0) = (missed_in_a_row, score_missed) {
        let message = format!("{count} in a row, and a missed payment costs nothing");
        r.fault(
            "score_missed_in_a_row",
            message,
            "score_missed_points above 0",
            "say what it costs",
        );
    }
    let follows = "the moved score moves the limit, and stops draws below the lowest score";
    let follows_score = r.maybe("follows_score", follows, &form::flag()).unwrap_or_default();
    LimitExtras {
        months_of_income: r.maybe(
            "months_of_income",
            "months of income that a starting limit may reach",
            &form::ratio(120),
        ),
        start_floor: r
            .maybe("start_floor_yuan", "lowest starting limit", &yuan())
            .unwrap_or(Fen::ZERO),
        family_ceiling: r.maybe(
            "family_ceiling_yuan",
            "most that a family's limits sum to",
            &yuan(),
        ),
        valid_days: r.maybe("valid_days", "term of a line", &form::count(1, 36_500)).map(short),
        score_on_time,
        score_missed,
        missed_in_a_row: missed_in_a_row.map_or(0, |count| u8::try_from(count).unwrap_or(u8::MAX)),
        score_reported,
        follows_score,
    }
}

fn repayment(r: &mut Reader<'_>) -> RepaymentExtras {
    RepaymentExtras {
        late_fee: r.maybe_table("late_fee", "fee at each missed due date", |r| LateFee {
            ratio: r.ratio("ratio", "of the overdue amount"),
            least: r.yuan("least_yuan", "least"),
            most: r.yuan("most_yuan", "most"),
        }),
        principal_first_from_dpd: r
            .maybe(
                "principal_first_from_dpd_days",
                "money goes to principal before charges from here",
                &form::count(1, 3_650),
            )
            .map(short),
        account_sweep: r
            .maybe("account_sweep", "the personal account pays what is due", &form::flag())
            .unwrap_or_default(),
        capture_at: r.maybe(
            "capture_at",
            "hour at which what a visit still holds is drawn",
            &form::clock(),
        ),
        hold_days: r
            .maybe("hold_days", "days after which a reservation lapses", &form::count(1, 3_650))
            .map(short),
        pays_overdue_after: r
            .maybe(
                "pays_overdue_bill_after_days",
                "days after which the line pays a bill left unpaid at a hospital",
                &form::count(1, 364),
            )
            .map(short),
    }
}

/// Who decides that somebody is wilful: days alone, or somebody who looks at what the debtor can pay.
fn wilful(r: &mut Reader<'_>) -> Option<Ratio> {
    r.maybe(
        "wilful_up_to_income_months",
        "listed only if at most so many months of own income are owed, others are in hardship; absent or none = by days alone",
        &or_none(form::ratio(120)),
    )
    .flatten()
}

fn delinquency(r: &mut Reader<'_>) -> DelinquencyExtras {
    let record = form::word(&[
        ("public_platform", CreditRecord::PublicPlatform),
        ("central_bank", CreditRecord::CentralBank),
        ("scheme_list", CreditRecord::SchemeList),
    ]);
    let scope =
        form::word(&[("city", BlacklistScope::City), ("hospital", BlacklistScope::Hospital)]);
    let off = DelinquencyExtras::default();
    let emergencies_exempt = r
        .maybe("emergencies_exempt", "emergencies keep their benefits", &form::flag())
        .unwrap_or(off.emergencies_exempt);
    if !emergencies_exempt {
        let message = "emergencies lose their benefits too: the rules of the schemes exempt them";
        r.warn("emergencies_exempt", message.to_owned(), "true, unless a law says otherwise");
    }
    let extras = DelinquencyExtras {
        emergencies_exempt,
        blacklist: r
            .maybe("blacklist_scope", "how far a blacklisting reaches", &scope)
            .unwrap_or(off.blacklist),
        record: r.maybe("record", "which record is told", &record).unwrap_or(off.record),
        hardship_from_dpd: r
            .maybe(
                "hardship_from_dpd_days",
                "assistance pays for those entitled to it from here",
                &or_none(form::count(1, 3_650)),
            )
            .flatten()
            .map(short),
        wilful_income_months: wilful(r),
        agreement_months: r
            .maybe(
                "agreement_months",
                "monthly parts of an unpaid hospital bill",
                &form::count(1, 60),
            )
            .map_or(off.agreement_months, |months| months as u8),
    };
    if extras.wilful_income_months.is_some() && extras.blacklist == BlacklistScope::Hospital {
        let message =
            "each hospital lists by itself: nobody else looks at ability to pay".to_owned();
        r.fault("wilful_up_to_income_months", message, "blacklist_scope = \"city\" beside it", "");
    }
    extras
}

fn waterfall(r: &mut Reader<'_>) -> Waterfall {
    let cover =
        form::word(&[("trade_credit", Cover::TradeCredit), ("surety_bond", Cover::SuretyBond)]);
    Waterfall {
        cover: r.maybe("cover", "what the insurer sells", &cover).unwrap_or_default(),
        premium: r
            .maybe("premium_ratio", "on each yuan drawn", &form::ratio(1))
            .unwrap_or(Ratio::ZERO),
        claim_from_dpd: r
            .maybe(
                "claim_from_dpd_days",
                "the insurer pays a draw still on the books from here; absent = at the write-off",
                &form::count(1, 3_650),
            )
            .map(short),
        layers: r
            .maybe_list("layers", "after the insurer, in order", |r| Layer {
                bearer: r.get("bearer", "who", &bearer()),
                share: r.ratio("share", "of what is left of a loss"),
                limit_each: r.yuan("limit_each_yuan", "most of one loss"),
                limit_year: r.yuan("limit_yuan_per_year", "most in a year"),
            })
            .unwrap_or_default(),
        recovery_order: r
            .maybe_several("recovery_order", "who gets recoveries first", &bearer())
            .unwrap_or_default(),
    }
}

fn report(r: &mut Reader<'_>) -> ReportRules {
    let off = ReportRules::default();
    let class = form::word(&[
        ("qualifying_revolving", ExposureClass::QualifyingRevolving),
        ("other_retail", ExposureClass::OtherRetail),
    ]);
    let mut count = |key: &str, doc: &str, most: i64, off: u32| {
        let number = r.maybe(key, doc, &form::count(1, most));
        number.and_then(|number| u32::try_from(number).ok()).unwrap_or(off)
    };
    let tail_paths = count("tail_paths", "sampled paths of the loss", 1_000_000, off.tail_paths);
    let draws = "draws followed one by one on a path; a larger book by fewer, larger ones";
    let tail_draws = count("tail_draws", draws, 1_000_000, off.tail_draws);
    let old = "age from which people count as old in the fairness table: an age band's first year";
    let old_from = count("old_from_age_years", old, 120, u32::from(off.old_from_years));
    let report = ReportRules {
        confidence: r.maybe(
            "confidence_ratio",
            "of value at risk and expected shortfall; absent = the tail is not modelled",
            &form::ratio(1),
        ),
        irb_pd_floor: r.maybe(
            "irb_pd_floor_ratio",
            "lowest probability of default of the bank's capital rule",
            &form::ratio(1),
        ),
        exposure_class: r
            .maybe("exposure_class", "retail class of the bank's capital rule", &class)
            .unwrap_or(off.exposure_class),
        tail_paths,
        tail_draws,
        curve: r
            .maybe_several(
                "loss_curve_multiples",
                "multiples of the default rate on the loss curve",
                &form::ratio(1_000),
            )
            .unwrap_or(off.curve),
        old_from_years: u8::try_from(old_from).unwrap_or(off.old_from_years),
    };
    let edges = &AGE_BAND_EDGES[1..AGE_BANDS];
    if !edges.contains(&report.old_from_years) {
        let message = format!("no age band begins at {}", report.old_from_years);
        let edges: Vec<String> = edges.iter().map(u8::to_string).collect();
        r.fault("old_from_age_years", message, &format!("one of {}", edges.join(", ")), "");
    }
    report
}

/// What holds between the tables.
pub(super) fn check(r: &Reader<'_>, more: &MoreRules) {
    if more.bank_annex && more.report.irb_pd_floor.is_none() {
        let message = "the bank's annex has no floor of the probability of default".to_owned();
        r.fault("bank_annex", message, "risk_report.irb_pd_floor_ratio beside it", "");
    }
    let whole = |ratio: &Ratio| ratio.of(Fen(10_000)) >= Fen(10_000) || ratio.is_zero();
    if more.report.curve.is_empty() {
        let message = "the loss curve has no point".to_owned();
        r.fault("risk_report.loss_curve_multiples", message, "a multiple at least", "");
    }
    if more.report.confidence.as_ref().is_some_and(whole) {
        let message = "there is no tail at this confidence".to_owned();
        r.fault("risk_report.confidence_ratio", message, "above 0 and below 1", "");
    }
}

fn bearer() -> form::Form<Bearer> {
    form::word(&[
        ("insurer", Bearer::Insurer),
        ("hospital", Bearer::Hospital),
        ("risk_pool", Bearer::RiskPool),
        ("bank", Bearer::Bank),
        ("guarantor", Bearer::Guarantor),
    ])
}
