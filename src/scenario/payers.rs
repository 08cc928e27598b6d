//! `rules.payer_order` and `rules.payers`: who pays after the pooled fund. Must never ask a payer that
//! the order does not name.

use super::form::{self, or_none, yuan};
use super::reader::Reader;
use super::rules::{band_base, bands};
use crate::settlement::spec::{ExtraCover, OutsideCover, Payer, PayerOrder, Payers, Who};

const SCHEMES: [&str; 3] = ["employee", "resident", "uninsured"];
const CLASSES: [&str; 4] = ["none", "low_income", "minimum_living", "destitute"];
const CARES: [&str; 5] = ["outpatient", "emergency", "inpatient", "chronic", "pharmacy"];

/// Reads the order and the covers.
pub(super) fn read(r: &mut Reader<'_>) -> Payers {
    let mark = r.mark();
    let words = Payer::ALL.map(|payer| (payer.word(), payer));
    let named = r.maybe_several(
        "payer_order",
        "payers after the pooled fund, first asked first; then the patient",
        &form::word(&words),
    );
    let order = named.as_deref().map_or(Ok(PayerOrder::default()), PayerOrder::new);
    let covers = r.maybe_table("payers", "covers beyond second layer and assistance", |r| {
        let read = |payer: Payer| r.maybe_table(payer.word(), payer.title().0, cover);
        let [_, _, covers @ ..] = Payer::ALL;
        covers.map(read)
    });
    let covers = covers.unwrap_or_default();
    if r.clean_since(mark) {
        check(r, order, &covers);
    }
    Payers { order: order.unwrap_or_default(), covers }
}

fn check(
    r: &Reader<'_>,
    order: Result<PayerOrder, Payer>,
    covers: &[Option<ExtraCover>; Payer::EXTRA],
) {
    let order = match order {
        Ok(order) => order,
        Err(twice) => {
            let message = format!("`{}` is named twice", twice.word());
            r.fault("payer_order", message, "each payer at most once", "");
            return;
        }
    };
    for payer in Payer::ALL {
        let Some(at) = payer.extra() else { continue };
        let asked = order.steps().contains(&payer);
        if covers[at].is_some() && !asked {
            let key = format!("payers.{}", payer.word());
            let hint = format!("add \"{}\" to payer_order", payer.word());
            r.fault(&key, "no step of payer_order asks it".to_owned(), "a named payer", &hint);
        } else if asked && covers[at].is_none() {
            let message = format!("there is no [payers.{}]", payer.word());
            r.fault("payer_order", message, "payers with a cover", "write its cover or drop it");
        }
    }
}

fn cover(r: &mut Reader<'_>) -> ExtraCover {
    ExtraCover {
        who: Who {
            schemes: among(r, "schemes", "schemes that it helps; absent = all", SCHEMES),
            assistance: among(r, "assistance", "assistance classes; absent = all", CLASSES),
            care: among(r, "care", "kinds of care; absent = all", CARES),
        },
        threshold: r.yuan("threshold_yuan", "the year's burden below which nothing is paid"),
        tiers: bands(r, "tiers"),
        band_base: band_base(r),
        ceiling_year: r.get("ceiling_yuan_per_year", "most it pays in a year", &or_none(yuan())),
        outside: r.maybe_table("outside", "what lies outside the eligible amount", outside),
    }
}

fn outside(r: &mut Reader<'_>) -> OutsideCover {
    OutsideCover {
        deductible_bill: r.yuan("deductible_yuan_per_bill", "deductible of each bill"),
        ratio: r.ratio("ratio", "share paid above it"),
        ceiling_bill: r.get("ceiling_yuan_per_bill", "most it pays on a bill", &or_none(yuan())),
        counts_initial_self_payment: r
            .flag("counts_initial_self_payment", "counts class B's initial self-payment"),
        counts_over_limit: r.flag("counts_over_limit", "counts what lies above price limits"),
        counts_fully_self_paid: r.flag("counts_fully_self_paid", "counts class C items"),
    }
}

/// Which of the names a list holds; all of them without a list.
fn among<const N: usize>(
    r: &mut Reader<'_>,
    key: &str,
    doc: &str,
    names: [&'static str; N],
) -> [bool; N] {
    let words: [(&'static str, usize); N] = std::array::from_fn(|at| (names[at], at));
    match r.maybe_several(key, doc, &form::word(&words)) {
        Some(listed) => std::array::from_fn(|at| listed.contains(&at)),
        None => [true; N],
    }
}
