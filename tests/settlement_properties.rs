//! What must hold for every rule set and every bill: identities of the national interface, monotone
//! shares, exact reversal, and the yearly deductible's indifference to how a bill is cut.

mod settlement_support;

use aftercare::domain::{CareKind, Fen, HospitalId, PersonId, Ratio};
use aftercare::ledger::{Audit, PlantedFault, Role, Sink};
use aftercare::settlement::{
    BillLine, Means, Parties, Payer, Remainder, Reply, Split, Step, StepRule, YearMore, YearToDate,
    claim_postings, explain, reversal_postings, split,
};
use proptest::prelude::*;
use settlement_support::{Circumstance, circumstance, lines};

fn of(case: &Circumstance, lines: &[BillLine]) -> Split {
    split(&case.rules, case.member, case.level, case.care, &case.year, lines)
}

fn means() -> impl Strategy<Value = Means> {
    let amount = || prop_oneof![Just(Fen::ZERO), (0_i64..5_000_000).prop_map(Fen)];
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (amount(), amount(), amount(), amount(), flags).prop_map(
        |(account_own, account_family, deposit, line, flags)| Means {
            account_own,
            account_family,
            deposit,
            line,
            account_pays_out_of_catalogue: flags.0,
            line_pays_out_of_catalogue: flags.1,
            remainder: if flags.2 { Remainder::Cash } else { Remainder::HospitalBooks },
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_national_identities_hold(case in circumstance(), means in means()) {
        let s = of(&case, &case.lines);
        prop_assert_eq!(
            s.medfee_sumamt,
            s.fulamt_ownpay_amt + s.overlmt_selfpay + s.preselfpay_amt + s.inscp_scp_amt
        );
        let funds = s.hifp_pay + s.cvlserv_pay + s.hifes_pay + s.hifmi_pay + s.hifob_pay
            + s.maf_pay + s.oth_pay;
        prop_assert_eq!(s.fund_pay_sumamt, funds);
        prop_assert_eq!(s.medfee_sumamt, s.fund_pay_sumamt + s.psn_part_amt);
        let reply = Reply::new(&case.rules, &s, &means.tender(&s));
        prop_assert_eq!(reply.psn_part_amt, reply.acct_pay + reply.psn_cash_pay);
        prop_assert!(reply.acct_mulaid_pay <= reply.acct_pay);
        let counted_twice =
            if case.rules.fund_sum_includes_account { reply.acct_pay } else { Fen::ZERO };
        prop_assert_eq!(
            reply.medfee_sumamt, reply.fund_pay_sumamt + reply.psn_part_amt - counted_twice
        );
    }

    #[test]
    fn no_share_is_negative_and_nobody_pays_more_than_the_bill(case in circumstance()) {
        let s = of(&case, &case.lines);
        for share in [
            s.fulamt_ownpay_amt, s.overlmt_selfpay, s.preselfpay_amt, s.inscp_scp_amt,
            s.act_pay_dedc, s.hifp_pay, s.hifmi_pay, s.hifob_pay, s.maf_pay, s.psn_part_amt,
            s.eligible_over_ceiling, s.compliant_burden,
        ] {
            prop_assert!(share >= Fen::ZERO && share <= s.medfee_sumamt, "{:?}", s);
        }
        prop_assert!(s.act_pay_dedc <= s.psn_part_amt + s.second_layer() + s.maf_pay);
        prop_assert!(s.psn_part_amt >= s.fulamt_ownpay_amt + s.overlmt_selfpay + s.preselfpay_amt);
    }

    #[test]
    fn each_share_grows_with_the_bill(
        case in circumstance(), more in lines(3_000_000), which in any::<prop::sample::Index>(),
        by in prop_oneof![1_u32..5, 1_u32..2_000_000],
    ) {
        let mut larger = case.lines.clone();
        larger.extend(more);
        if !larger.is_empty() {
            let index = which.index(larger.len());
            larger[index].amount_fen += by;
        }
        let (small, large) = (of(&case, &case.lines), of(&case, &larger));
        prop_assert!(large.psn_part_amt >= small.psn_part_amt, "{:?} {:?}", small, large);
        prop_assert!(large.hifp_pay >= small.hifp_pay, "{:?} {:?}", small, large);
        prop_assert!(large.inscp_scp_amt >= small.inscp_scp_amt, "{:?} {:?}", small, large);
    }

    #[test]
    fn commit_then_reverse_is_the_identity(case in circumstance()) {
        let s = of(&case, &case.lines);
        let mut year = case.year;
        year.commit(case.care, &s);
        let nothing_to_add = s.inscp_scp_amt.is_zero() && case.care != CareKind::Inpatient;
        prop_assert_eq!(year == case.year, nothing_to_add);
        year.reverse(case.care, &s);
        prop_assert_eq!(year, case.year);
    }

    /// Each of three payers rounds the two halves and the whole: at most 1.5 fen each, hence one
    /// whole fen each, and a fen more or less of the pooled fund moves the ceiling's position by
    /// 1/ratio fen.
    #[test]
    fn cutting_an_outpatient_bill_in_two_changes_the_year_only_by_rounding(
        mut case in circumstance(), cut in any::<prop::sample::Index>(), percent in 40_i64..=100,
    ) {
        case.care = CareKind::Outpatient;
        case.year = YearToDate::default();
        for rules in case.rules.scheme.iter_mut().flat_map(|scheme| &mut scheme.outpatient) {
            rules.ratio_by_level = [Ratio::percent(percent); 3];
        }
        let whole = of(&case, &case.lines);
        let at = cut.index(case.lines.len() + 1);
        let first = of(&case, &case.lines[..at]);
        case.year.commit(case.care, &first);
        let second = of(&case, &case.lines[at..]);
        let apart = (first.psn_part_amt + second.psn_part_amt - whole.psn_part_amt).0.abs();
        prop_assert!(apart <= 6, "{} fen apart: {:?} {:?} {:?}", apart, whole, first, second);
        prop_assert_eq!(first.act_pay_dedc + second.act_pay_dedc, whole.act_pay_dedc);
    }

    #[test]
    fn every_settled_bill_balances_and_its_reversal_empties_the_books(
        case in circumstance(), means in means(), fault in 0_u64..6,
    ) {
        let s = of(&case, &case.lines);
        let tender = means.tender(&s);
        prop_assert_eq!(tender.sum(), s.psn_part_amt);
        let relatives = [(PersonId(5), tender.account_family)];
        let parties = Parties {
            person: PersonId(4), scheme: case.member.scheme, hospital: HospitalId(1),
            line_holder: PersonId(5), relatives: &relatives,
        };
        let mut audit = Audit::new();
        claim_postings(&mut audit, &parties, &s, &tender);
        audit.close(1);
        prop_assert_eq!(audit.total(Role::HospitalIncome), -s.medfee_sumamt);
        prop_assert_eq!(audit.imbalance_fen(), 0);
        let legs = audit.postings();
        reversal_postings(&mut audit, &parties, &s, &tender);
        audit.close(2);
        prop_assert_eq!(audit.imbalance_fen(), 0);
        prop_assert!(audit.totals().iter().all(|&total| total == 0));

        let mut sabotaged = Audit::new();
        sabotaged.plant(PlantedFault::DropOneFen { at_posting: fault });
        claim_postings(&mut sabotaged, &parties, &s, &tender);
        sabotaged.close(3);
        prop_assert_eq!(sabotaged.imbalance_fen(), i64::from(fault < legs));
    }

    #[test]
    fn the_explanation_ends_in_the_split_and_its_parts_add_up(case in circumstance()) {
        let s = of(&case, &case.lines);
        let steps = explain(
            &case.rules, case.member, case.level, case.care, &case.year, &YearMore::default(),
            &case.lines,
        );
        let sum = |rules: &[StepRule]| -> Fen {
            steps.iter().filter(|step| rules.contains(&step.rule)).map(|step| step.amount).sum()
        };
        prop_assert_eq!(sum(&[StepRule::Total]), s.medfee_sumamt);
        prop_assert_eq!(sum(&[StepRule::FullySelfPaid]), s.fulamt_ownpay_amt);
        prop_assert_eq!(sum(&[StepRule::InitialSelfPayment]), s.preselfpay_amt);
        prop_assert_eq!(sum(&[StepRule::Eligible]), s.inscp_scp_amt);
        prop_assert_eq!(
            sum(&[StepRule::DeductibleYear, StepRule::DeductibleAdmission]), s.act_pay_dedc
        );
        prop_assert_eq!(sum(&[StepRule::PooledBand, StepRule::PooledCeiling]), s.hifp_pay);
        prop_assert_eq!(sum(&[StepRule::Pooled]), s.hifp_pay);
        let second =
            [StepRule::Tier, StepRule::PaidFor, StepRule::Ceiling].map(|of| of(Payer::SecondLayer));
        prop_assert_eq!(sum(&second), s.second_layer());
        prop_assert_eq!(sum(&[StepRule::Assistance, StepRule::Ceiling(Payer::Assistance)]), s.maf_pay);
        let last = steps.last().expect("a split has steps");
        prop_assert_eq!((last.rule, last.amount), (StepRule::PersonPart, s.psn_part_amt));
        let both = |step: &Step| !step.rule.en().is_empty() && !step.rule.zh().is_ascii();
        prop_assert!(steps.iter().all(both));
    }
}
