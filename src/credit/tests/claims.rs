//! A claim before the write-off: the insurer pays its part, patients' money comes back in the stated
//! order, and the write-off shares exactly what is left.

use super::super::spec::{Bearer, Cover, CreditPolicy, Waterfall};
use super::super::{BEARERS, Claim, age, claim_due, dpd, fall_due, next_event_day, share_recovery};
use super::{date, drawn, line, policy, yuan};
use crate::domain::{Fen, Ratio};
use proptest::prelude::*;

/// 80 % above 50 yuan, 9,000 yuan a year; the bank alone bears the rest.
fn insured(cover: Cover, recovery_order: &[Bearer]) -> CreditPolicy {
    let mut policy = policy();
    policy.loss.insurer_deductible = yuan(50);
    policy.loss.rest_weights = [1, 0, 0];
    policy.more.waterfall = Waterfall {
        cover,
        claim_from_dpd: Some(75),
        recovery_order: recovery_order.to_vec(),
        ..Waterfall::default()
    };
    policy
}

/// Cover, order of recoveries, yuan to the insurer, yuan that insurer and bank bear and get back.
type Row<'a> = (Cover, &'a [Bearer], i64, [i64; 2], [i64; 2]);

/// A draw of 1,000 yuan: the insurer pays (1,000 − 50) × 80 % = 760 on claim, the patient then pays 300,
/// 700 are written off and 500 come in after that.
#[test]
fn a_bond_pays_on_claim_and_has_recourse_in_the_stated_order() {
    use Bearer::{Bank, Insurer};
    // Cover, order; of the 300 to the insurer; then insurer and bank bear; of the 500 to each.
    let rows: [Row<'_>; 4] = [
        (Cover::SuretyBond, &[], 300, [460, 240], [460, 40]),
        (Cover::SuretyBond, &[Bank], 60, [700, 0], [500, 0]),
        (Cover::TradeCredit, &[], 228, [532, 168], [380, 120]),
        (Cover::TradeCredit, &[Insurer], 300, [460, 240], [460, 40]),
    ];
    for (cover, order, to_insurer, bear, back) in rows {
        let policy = insured(cover, order);
        let mut claim = Claim::file(&policy, yuan(1_000), Fen::ZERO);
        assert_eq!(claim.advanced(), yuan(760));
        let got = claim.bring_to(&policy, yuan(700));
        assert_eq!(got, yuan(to_insurer), "{cover:?} {order:?}");
        let shares = claim.write_off(&policy, &[Fen::ZERO; BEARERS]);
        assert_eq!([shares.insurer, shares.bank], bear.map(yuan), "{cover:?} {order:?}");
        assert_eq!(shares.total(), yuan(700));
        let order = policy.more.waterfall.order();
        let recovered = share_recovery(order, yuan(500), &shares.by_bearer());
        let of = |bearer: Bearer| recovered[bearer as usize];
        assert_eq!([of(Insurer), of(Bank)], back.map(yuan), "{cover:?} {order:?}");
    }
}

#[test]
fn a_claim_stops_at_what_the_year_s_limit_has_left() {
    let policy = insured(Cover::SuretyBond, &[]);
    for (paid, advanced) in [(8_000, 760), (8_900, 100), (9_000, 0)] {
        let claim = Claim::file(&policy, yuan(1_000), yuan(paid));
        assert_eq!(claim.advanced(), yuan(advanced));
        assert_eq!(claim.write_off(&policy, &[yuan(paid); BEARERS]).insurer, yuan(advanced));
    }
}

/// 75 days is no edge of a bucket and no step of collections: only the claim makes the engine look.
#[test]
fn a_draw_is_looked_at_on_the_day_of_the_claim() {
    let off = Waterfall { claim_from_dpd: None, ..insured(Cover::SuretyBond, &[]).more.waterfall };
    let on = insured(Cover::SuretyBond, &[]);
    let mut off_policy = on.clone();
    off_policy.more.waterfall = off;
    for (policy, at) in [(&on, 75), (&off_policy, 90)] {
        let mut line = line(policy);
        let mut draw = drawn(policy, &mut line, yuan(100), date("2024-01-01"));
        let due = draw.due_on();
        fall_due(policy, &mut line, &mut draw, due);
        let sixty_one = due + 61;
        age(policy, &mut line, &mut draw, sixty_one);
        let next = next_event_day(policy, &draw, sixty_one).expect("a day");
        assert_eq!(dpd(&draw, next), at);
        assert_eq!(
            claim_due(policy, dpd(&draw, next)),
            policy.more.waterfall.claim_from_dpd.is_some()
        );
    }
}

proptest! {
    /// Whatever is paid in between, the insurer never holds more than the draw owes, and insurer and
    /// others bear exactly what is written off.
    #[test]
    fn payments_under_a_claim_are_shared_to_the_fen(
        surety in any::<bool>(),
        order in prop::sample::subsequence(Bearer::ALL.to_vec(), 0..=BEARERS),
        share in 0_i64..=100,
        principal in 1_i64..500_000,
        payments in prop::collection::vec(0_i64..=100, 0..6),
    ) {
        let cover = if surety { Cover::SuretyBond } else { Cover::TradeCredit };
        let mut policy = insured(cover, &order);
        policy.loss.insurer_share = Ratio::percent(share);
        let mut left = Fen(principal);
        let mut claim = Claim::file(&policy, left, Fen::ZERO);
        let (paid, mut back) = (claim.advanced(), Fen::ZERO);
        for part in payments {
            left -= Ratio::percent(part).of(left);
            back += claim.bring_to(&policy, left);
            prop_assert!(Fen::ZERO <= claim.advanced() && claim.advanced() <= left);
        }
        prop_assert_eq!(paid - back, claim.advanced());
        let shares = claim.write_off(&policy, &[Fen::ZERO; BEARERS]);
        prop_assert_eq!(shares.total(), left);
        prop_assert_eq!(shares.insurer, claim.advanced());
    }
}
