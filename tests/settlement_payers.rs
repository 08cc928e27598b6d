//! Every payer of the committed rules file, by hand-worked bills: the stated order, supplements, relief and
//! charity, chronic care, pharmacies and emergencies, rounding, and the accumulators behind them.

use aftercare::domain::{
    AssistanceClass, CareKind, Employer, Fen, HospitalLevel, InsuranceScheme, ItemClass,
    MemberStatus,
};
use aftercare::scenario;
use aftercare::settlement::spec::{LineRounding, Payer, PayerOrder, Rules};
use aftercare::settlement::{
    BillLine, Member, Split, YearMore, YearToDate, explain, self_paid, split_with,
};
use std::path::Path;

fn county() -> Rules {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/rules/county_one_stop.toml");
    scenario::load_rules(&path).expect("the committed rules are valid")
}

fn yuan(text: &str) -> Fen {
    text.parse().expect("yuan")
}

fn line(amount: &str, class: ItemClass, prepay_bp: u16) -> BillLine {
    BillLine { amount_fen: yuan(amount).packed(), class, prepay_bp }
}

fn class_a(amount: &str) -> BillLine {
    line(amount, ItemClass::A, 0)
}

/// One person's year at one kind of institution.
struct Person {
    rules: Rules,
    member: Member,
    level: HospitalLevel,
    year: YearToDate,
    more: YearMore,
}

impl Person {
    fn new(scheme: InsuranceScheme) -> Person {
        Person {
            rules: county(),
            member: Member { scheme, ..Member::default() },
            level: HospitalLevel::Tertiary,
            year: YearToDate::default(),
            more: YearMore::default(),
        }
    }

    fn see(&self, care: CareKind, lines: &[BillLine]) -> Split {
        split_with(&self.rules, self.member, self.level, care, &self.year, &self.more, lines)
    }

    fn settle(&mut self, care: CareKind, lines: &[BillLine]) -> Split {
        let answer = self.see(care, lines);
        self.year.commit(care, &answer);
        self.more.commit(care, &answer);
        answer
    }
}

fn poor_inpatient() -> (Person, [BillLine; 3]) {
    let mut person = Person::new(InsuranceScheme::Resident);
    person.member.assistance = AssistanceClass::MinimumLiving;
    person.member.commercial = true;
    person.level = HospitalLevel::Secondary;
    let lines =
        [class_a("40000"), line("10000", ItemClass::B, 1_000), line("3000", ItemClass::C, 0)];
    (person, lines)
}

/// 49,000 eligible: (49,000 − 400) × 75 % pooled; (12,550 − 5,000) × 65 % critical illness;
/// (7,642.50 − 3,000) × 50 % and (4,000 − 500) × 30 % commercial; 70 % of the 5,321.25 left; charity half
/// of the 1,596.37 left and a fifth of the 2,950 outside.
#[test]
fn a_poor_inpatient_passes_all_payers_of_the_county_in_order() {
    let (person, lines) = poor_inpatient();
    let s = person.see(CareKind::Inpatient, &lines);
    let table = [
        ("hifp_pay", s.hifp_pay, "36450.00"),
        ("hifmi_pay", s.hifmi_pay, "4907.50"),
        ("commercial", s.paid_by(Payer::Commercial), "3371.25"),
        ("maf_pay", s.maf_pay, "3724.88"),
        ("relief", s.paid_by(Payer::Relief), "0"),
        ("charity", s.paid_by(Payer::Charity), "1388.19"),
        ("oth_pay", s.oth_pay, "4759.44"),
        ("fund_pay_sumamt", s.fund_pay_sumamt, "49841.82"),
        ("psn_part_amt", s.psn_part_amt, "3158.18"),
        ("of it class C", s.psn_part_outside(), "2360.00"),
    ];
    for (what, got, expected) in table {
        assert_eq!(got, yuan(expected), "{what}");
    }
}

#[test]
fn the_order_of_payers_decides_who_pays_what() {
    let (mut person, lines) = poor_inpatient();
    let stated = person.see(CareKind::Inpatient, &lines);
    let order = [Payer::Assistance, Payer::SecondLayer, Payer::Commercial];
    person.rules.payers.order = PayerOrder::new(&order).expect("nobody twice");
    let other = person.see(CareKind::Inpatient, &lines);
    assert_eq!(other.maf_pay, yuan("8785.00"), "70 % of all that the pooled fund left");
    assert!(other.hifmi_pay < stated.hifmi_pay, "3,765 lies below the threshold of 5,000");
    assert_eq!(other.paid_by(Payer::Charity), Fen::ZERO, "who is not named is not asked");
    let twice = [Payer::Charity, Payer::Charity];
    assert_eq!(PayerOrder::new(&twice), Err(Payer::Charity));
}

#[test]
fn a_supplement_follows_the_years_burden_and_needs_its_employer() {
    let mut person = Person::new(InsuranceScheme::Employee);
    let bill = [class_a("20000")];
    assert_eq!(person.see(CareKind::Inpatient, &bill).psn_part_amt, yuan("3850.00"));
    person.member.employer = Employer::EnterpriseWithSupplement;
    assert_eq!(person.see(CareKind::Inpatient, &bill).hifes_pay, yuan("925.00"));
    person.member.employer = Employer::CivilService;
    let first = person.settle(CareKind::Inpatient, &bill);
    assert_eq!(first.cvlserv_pay, yuan("2040.00"), "(3,850 - 1,300) x 80 %");
    let second = person.settle(CareKind::Inpatient, &[class_a("10000")]);
    assert_eq!(second.act_pay_dedc, yuan("500.00"), "half the deductible");
    assert_eq!(second.cvlserv_pay, yuan("1540.00"), "80 % of 1,925: the threshold is behind");
    let third = person.see(CareKind::Inpatient, &[class_a("10000")]);
    assert_eq!(third.act_pay_dedc, yuan("250.00"), "a quarter from the third");
    person.more.reverse(CareKind::Inpatient, &second);
    person.year.reverse(CareKind::Inpatient, &second);
    assert_eq!(person.see(CareKind::Inpatient, &[class_a("10000")]), second);
}

#[test]
fn chronic_care_has_its_own_deductible_and_shares_the_inpatient_ceiling() {
    let mut person = Person::new(InsuranceScheme::Employee);
    let first = person.settle(CareKind::Chronic, &[class_a("1500")]);
    assert_eq!((first.act_pay_dedc, first.hifp_pay), (yuan("500"), yuan("750")));
    assert_eq!(person.year.outpatient_eligible, 0, "ordinary outpatient care is not touched");
    assert_eq!(Fen::unpacked(person.more.chronic_fund), yuan("750"));
    person.year.inpatient_fund = yuan("299000").packed();
    let second = person.settle(CareKind::Chronic, &[class_a("1000")]);
    assert_eq!(second.hifp_pay, yuan("250"), "250 is left of the inpatient ceiling of 300,000");
    let stay = person.see(CareKind::Inpatient, &[class_a("5000")]);
    assert_eq!((stay.hifp_pay, stay.eligible_over_ceiling), (Fen::ZERO, yuan("4000")));
    let mut resident = Person::new(InsuranceScheme::Resident);
    let plain = resident.see(CareKind::Outpatient, &[class_a("300")]);
    assert_eq!(resident.see(CareKind::Chronic, &[class_a("300")]), plain, "no chronic rules");
    resident.rules.scheme[1].chronic = person.rules.scheme[0].chronic.clone();
    assert_ne!(resident.see(CareKind::Chronic, &[class_a("600")]), plain);
}

#[test]
fn pharmacies_and_emergencies_use_the_outpatient_year_by_ratios_of_their_own() {
    let mut person = Person::new(InsuranceScheme::Employee);
    let bought = person.settle(CareKind::Pharmacy, &[class_a("300")]);
    assert_eq!((bought.act_pay_dedc, bought.hifp_pay), (yuan("200"), yuan("70")));
    let visit = person.settle(CareKind::Outpatient, &[class_a("100")]);
    assert_eq!((visit.act_pay_dedc, visit.hifp_pay), (Fen::ZERO, yuan("60")));
    let rescue = person.see(CareKind::Emergency, &[class_a("1000")]);
    assert_eq!((rescue.act_pay_dedc, rescue.hifp_pay), (Fen::ZERO, yuan("750")));
}

#[test]
fn relief_pays_the_rescue_of_the_uninsured_up_to_its_ceiling_and_nobody_pays_excluded_costs() {
    let person = Person::new(InsuranceScheme::Uninsured);
    let s = person.see(CareKind::Emergency, &[class_a("6200")]);
    assert_eq!((s.paid_by(Payer::Relief), s.psn_part_amt), (yuan("5000"), yuan("1200")));
    assert_eq!(person.see(CareKind::Inpatient, &[class_a("6200")]).fund_pay_sumamt, Fen::ZERO);
    let excluded = self_paid(&[class_a("6200"), line("10", ItemClass::B, 1_000)]);
    assert_eq!((excluded.fund_pay_sumamt, excluded.psn_part_amt), (Fen::ZERO, yuan("6210")));
}

#[test]
fn three_half_fen_round_to_three_none_or_two() {
    let lines = [line("0.05", ItemClass::B, 1_000); 3];
    let mut person = Person::new(InsuranceScheme::Resident);
    for (rounding, fen) in [
        (LineRounding::HalfUpPerLine, 3),
        (LineRounding::DownPerLine, 0),
        (LineRounding::HalfUpOnSum, 2),
    ] {
        person.rules.line_rounding = rounding;
        let s = person.see(CareKind::Outpatient, &lines);
        assert_eq!(s.preselfpay_amt, Fen(fen), "{rounding:?}");
    }
}

#[test]
fn a_retirees_share_is_sixty_per_cent_of_an_employees() {
    let mut person = Person::new(InsuranceScheme::Employee);
    person.member.status = MemberStatus::Retired;
    let s = person.see(CareKind::Inpatient, &[class_a("11000")]);
    assert_eq!(s.hifp_pay, yuan("9100.00"), "10,000 x (1 - 0.6 x 0.15)");
}

#[test]
fn the_explanation_tells_accumulators_before_and_after() {
    let (person, lines) = poor_inpatient();
    let care = CareKind::Inpatient;
    let split = person.see(care, &lines);
    let Person { rules, member, level, year, more, .. } = &person;
    let steps = explain(rules, *member, *level, care, year, more, &lines);
    let last = |name: &str| {
        let found = steps.iter().filter_map(|step| step.accumulator).rfind(|a| a.name == name);
        found.unwrap_or_else(|| panic!("no step changes {name}")).after
    };
    let (mut after, mut more_after) = (*year, *more);
    after.commit(care, &split);
    more_after.commit(care, &split);
    let table = [
        ("inpatient_inscp_scp_amt", after.inpatient_eligible),
        ("inpatient_hifp_pay", after.inpatient_fund),
        ("compliant_burden", after.burden),
        ("second_layer_pay", after.second_layer),
        ("maf_pay", after.assistance),
        ("commercial_pay", more_after.extra[1]),
        ("charity_pay", more_after.extra[3]),
    ];
    for (name, fen) in table {
        assert_eq!(last(name), Fen::unpacked(fen), "{name}");
    }
}

/// The published cross-province stay comes out of rules, not of constants.
#[test]
fn the_cross_province_stay_of_2018_comes_from_rules() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/rules/cross_province_2018.toml");
    let mut person = Person::new(InsuranceScheme::Resident);
    person.rules = scenario::load_rules(&path).expect("the committed rules are valid");
    let s =
        person.see(CareKind::Inpatient, &[class_a("50662.28"), line("760.94", ItemClass::C, 0)]);
    let got = [s.medfee_sumamt, s.hifp_pay, s.hifmi_pay, s.psn_part_amt];
    assert_eq!(got, ["51423.22", "34550.22", "4125.80", "12747.20"].map(yuan));
}
