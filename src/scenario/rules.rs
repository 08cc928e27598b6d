//! `[rules]`: the benefit rules of one pooling area. Must never hold a rule that is not in the
//! file.

use super::demand::LEVELS;
use super::form::{self, or_none, ratio, yuan};
use super::reader::{Case, Reader};
use crate::domain::Fen;
use crate::settlement::spec::{
    AccountRules, AssistanceRules, Band, BandBase, ChronicRules, InpatientRules, LineRounding,
    OutpatientRules, Rules, SchemeRules, TieredCover,
};

/// Name and version of the rules form.
const SCHEMA: &str = "aftercare.rules/1";

const STATUSES: [&str; 3] = ["active", "retired", "minor"];

/// Reads `[rules]`.
pub(super) fn read(r: &mut Reader<'_>) -> Rules {
    let schema = r.maybe("schema", "name and version of this form", &form::text());
    if let Some(other) = schema.filter(|schema| schema != SCHEMA) {
        let expected = format!("\"{SCHEMA}\"");
        r.fault("schema", format!("this is `{other}`"), &expected, "");
    }
    Rules {
        name: r.text("name", "name of the rule set"),
        version: r.count("version", "version carried by commands", 1, i64::from(u32::MAX)),
        scheme: [
            r.table("employee", "employees' basic insurance", scheme),
            r.table("resident", "residents' basic insurance", scheme),
        ],
        second_layer: r.table("second_layer", "cover of the year's personal burden", |r| {
            [
                r.table_or_none("employee", "large-amount subsidy", tiered_cover),
                r.table_or_none("resident", "critical illness insurance", tiered_cover),
            ]
        }),
        assistance: r.table("assistance", "medical assistance by class of people", |r| {
            [
                AssistanceRules::default(),
                r.table("low_income", "low-income margin households", assistance),
                r.table("minimum_living", "minimum-living-allowance households", assistance),
                r.table("destitute", "destitute people", assistance),
            ]
        }),
        account: r.table("account", "personal accounts of the employees' scheme", account),
        fund_sum_includes_account: r
            .flag("fund_sum_includes_account", "fund_pay_sumamt includes the personal account"),
        line_rounding: r
            .maybe("line_rounding", "rounding of the initial self-payment", &line_rounding())
            .unwrap_or_default(),
        payers: super::payers::read(r),
        reverses_latest_first: r
            .maybe(
                "reverses_latest_first",
                "a settlement is reversed only after all later ones of the person",
                &form::flag(),
            )
            .unwrap_or(false),
    }
}

fn line_rounding() -> form::Form<LineRounding> {
    form::word(&[
        ("half_up_per_line", LineRounding::HalfUpPerLine),
        ("down_per_line", LineRounding::DownPerLine),
        ("half_up_on_sum", LineRounding::HalfUpOnSum),
    ])
}

fn scheme(r: &mut Reader<'_>) -> SchemeRules {
    SchemeRules {
        outpatient: r.table("outpatient", "ordinary outpatient pooling by status", |r| {
            by_status(r, outpatient)
        }),
        inpatient: r
            .table("inpatient", "inpatient benefits by status", |r| by_status(r, inpatient)),
        emergency: r.maybe_table("emergency", "emergency, if other than outpatient", |r| {
            by_status(r, outpatient)
        }),
        pharmacy: r.maybe_table("pharmacy", "retail pharmacies, if other than outpatient", |r| {
            by_status(r, outpatient)
        }),
        chronic: r.maybe_table("chronic", "filed chronic and special diseases", |r| ChronicRules {
            by_status: by_status(r, outpatient),
            shares_inpatient_ceiling: r
                .flag("shares_inpatient_ceiling", "its payments use up the inpatient ceiling too"),
        }),
    }
}

/// A table by member status; `retired` and `minor` may be `{ same_as = "active" }`.
fn by_status<T: Clone + 'static>(r: &mut Reader<'_>, read: fn(&mut Reader<'_>) -> T) -> [T; 3] {
    let [active_key, others @ ..] = STATUSES;
    let active = r.table(active_key, "in work, or an adult resident", read);
    let [retired, minor] = others.map(|status| {
        let same = active.clone();
        let cases = [
            Case::new("same_as_active", "the same rules as the active", move |_| same.clone()),
            Case::new("rules", "rules of their own", read),
        ];
        r.one_of(status, "", &cases)
    });
    [active, retired, minor]
}

fn outpatient(r: &mut Reader<'_>) -> OutpatientRules {
    OutpatientRules {
        deductible_year: r.yuan("deductible_yuan_per_year", "deductible of a calendar year"),
        ratio_by_level: r.by("ratio_by_level", "fund ratio", LEVELS, &ratio(1)),
        ceiling_year: r.get(
            "ceiling_yuan_per_year",
            "most the pooled fund pays in a year",
            &or_none(yuan()),
        ),
    }
}

fn inpatient(r: &mut Reader<'_>) -> InpatientRules {
    let mark = r.mark();
    let rules = InpatientRules {
        deductible_by_level: r.by(
            "deductible_by_level_yuan",
            "deductible of the year's first admission",
            LEVELS,
            &yuan(),
        ),
        repeat_factors: r.several(
            "repeat_factors",
            "factor on the deductible of the 1st, 2nd ... admission; the last repeats",
            &ratio(1),
        ),
        bands_by_level: r
            .table("bands_by_level", "fund ratio by band", |r| LEVELS.map(|level| bands(r, level))),
        band_base: band_base(r),
        person_share_factor: r
            .ratio("person_share_factor", "factor on the person's share, 1 = none"),
        ceiling_year: r.get(
            "ceiling_yuan_per_year",
            "most the pooled fund pays in a year",
            &or_none(yuan()),
        ),
    };
    if r.clean_since(mark) && rules.repeat_factors.is_empty() {
        r.fault("repeat_factors", "empty".to_owned(), "at least one factor", "write [1] for none");
    }
    rules
}

pub(super) fn band_base(r: &mut Reader<'_>) -> BandBase {
    let words = [("absolute", BandBase::Absolute), ("excess", BandBase::Excess)];
    r.get("band_base", "edges on the whole amount, or above the deductible", &form::word(&words))
}

/// Bands with strictly rising edges.
pub(super) fn bands(r: &mut Reader<'_>, key: &str) -> Vec<Band> {
    let mark = r.mark();
    let bands = r.list(
        key,
        "bands by rising lower edge; the first one reaches down to the deductible",
        |r| Band {
            from: r.yuan("from_yuan", "lower edge"),
            ratio: r.ratio("ratio", "ratio paid inside the band"),
        },
    );
    if r.clean_since(mark) {
        let edges: Vec<Fen> = bands.iter().map(|band| band.from).collect();
        r.check_rising(key, "from_yuan", &edges);
    }
    bands
}

fn tiered_cover(r: &mut Reader<'_>) -> TieredCover {
    let mark = r.mark();
    let cover = TieredCover {
        threshold: r.yuan("threshold_yuan", "the year's burden below which nothing is paid"),
        tiers: bands(r, "tiers"),
        band_base: band_base(r),
        ceiling_year: r.get("ceiling_yuan_per_year", "most it pays in a year", &or_none(yuan())),
        poor_threshold_factor: r
            .ratio("poor_threshold_factor", "factor on the threshold for assisted people"),
        poor_added_ratio: r
            .ratio("poor_added_ratio", "ratio added to each tier for assisted people"),
        counts_cost_sharing: r.flag(
            "counts_cost_sharing",
            "the person's deductible and share below that ceiling count as burden",
        ),
        counts_excess_over_ceiling: r.flag(
            "counts_excess_over_ceiling",
            "expenses above the pooled fund's ceiling count as burden",
        ),
    };
    let above_one = |band: &Band| {
        cover.poor_added_ratio.compare(band.ratio.complement()) == std::cmp::Ordering::Greater
    };
    if let Some(index) = cover.tiers.iter().position(above_one).filter(|_| r.clean_since(mark)) {
        let message = "with poor_added_ratio more than everything is paid".to_owned();
        let key = format!("tiers[{index}].ratio");
        r.fault(&key, message, "ratio + poor_added_ratio at most 1", "");
    }
    cover
}

fn assistance(r: &mut Reader<'_>) -> AssistanceRules {
    AssistanceRules {
        threshold: r.yuan("threshold_yuan", "the year's burden below which nothing is paid"),
        ratio: r.ratio("ratio", "share of the burden above it that is paid"),
        ceiling_year: r.yuan("ceiling_yuan_per_year", "most it pays in a year"),
    }
}

fn account(r: &mut Reader<'_>) -> AccountRules {
    AccountRules {
        active_monthly: r.yuan("active_yuan_per_month", "inflow of a working employee"),
        retired_monthly: r.yuan("retired_yuan_per_month", "inflow of a retiree"),
        family_mutual_aid: r.flag("family_mutual_aid", "relatives may use the balance"),
        pays_out_of_catalogue: r
            .flag("pays_out_of_catalogue", "the account may pay fully self-paid items"),
        needs_card: r
            .maybe(
                "needs_card",
                "without a card the account cannot be used; false if absent",
                &form::flag(),
            )
            .unwrap_or(false),
    }
}
