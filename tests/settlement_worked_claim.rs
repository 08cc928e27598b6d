//! Holds `docs/postings.md` to the code: its worked claim is settled here leg by leg, and its
//! tables name every role, code and word of refusal.

mod settlement_support;

use aftercare::clearing::Clearing;
use aftercare::domain::{
    CareKind, Fen, HospitalId, HospitalLevel, InsuranceScheme, ItemClass, PersonId, Ratio, Refusal,
};
use aftercare::ledger::{Code, Posting, Role, Sink};
use aftercare::settlement::spec::{Band, BandBase, Rules, TieredCover};
use aftercare::settlement::{
    BillLine, Means, Member, Parties, Split, Tender, YearToDate, claim_postings, split,
};
use settlement_support::{blank_rules, flat};

const PAGE: &str = include_str!("../docs/postings.md");

fn yanan() -> Rules {
    let mut rules = blank_rules();
    let inpatient = &mut rules.scheme[1].inpatient[0];
    inpatient.deductible_by_level[2] = Fen::from_yuan(1_200);
    inpatient.bands_by_level[2] = vec![flat(Ratio::percent(65))];
    let tiers = [(10_000, 60), (30_000, 70), (100_000, 80)];
    rules.second_layer[1] = Some(TieredCover {
        threshold: Fen::from_yuan(10_000),
        tiers: tiers
            .map(|(from, percent)| Band {
                from: Fen::from_yuan(from),
                ratio: Ratio::percent(percent),
            })
            .to_vec(),
        band_base: BandBase::Absolute,
        ceiling_year: Some(Fen::from_yuan(300_000)),
        poor_threshold_factor: Ratio::ONE,
        poor_added_ratio: Ratio::ZERO,
        counts_cost_sharing: true,
        counts_excess_over_ceiling: true,
    });
    rules
}

fn worked_claim() -> (Split, Tender) {
    let line = |yuan, class, prepay_bp| BillLine {
        amount_fen: Fen::from_yuan(yuan).packed(),
        class,
        prepay_bp,
    };
    let lines = [
        line(15_000, ItemClass::C, 0),
        line(50_000, ItemClass::B, 1_000),
        line(55_000, ItemClass::A, 0),
    ];
    let member = Member { scheme: InsuranceScheme::Resident, ..Member::default() };
    let (level, care) = (HospitalLevel::Tertiary, CareKind::Inpatient);
    let split = split(&yanan(), member, level, care, &YearToDate::default(), &lines);
    let means = Means {
        account_family: Fen::from_yuan(1_100),
        deposit: Fen::from_yuan(3_000),
        line: Fen::from_yuan(20_000),
        ..Means::default()
    };
    (split, means.tender(&split))
}

/// Keeps what was posted.
#[derive(Default)]
struct Journal(Vec<Posting>);

impl Sink for Journal {
    fn post(&mut self, posting: Posting) {
        self.0.push(posting);
    }
    fn close(&mut self, _: u128) {}
}

#[test]
fn the_worked_claim_posts_exactly_the_legs_on_the_page() {
    let (split, tender) = worked_claim();
    let parties = Parties {
        person: PersonId(41),
        scheme: InsuranceScheme::Resident,
        hospital: HospitalId(3),
        line_holder: PersonId(42),
        relatives: &[(PersonId(42), tender.account_family)],
    };
    let mut journal = Journal::default();
    claim_postings(&mut journal, &parties, &split, &tender);
    let rows: Vec<String> = journal
        .0
        .iter()
        .map(|leg| {
            let (role, code) = (leg.role.word(), leg.code.word());
            format!("| `{role}` | {} | `{code}` | {} |", leg.party, leg.amount)
        })
        .collect();
    let table = rows.join("\n");
    assert!(PAGE.contains(&table), "docs/postings.md should show\n{table}");
    assert_eq!(journal.0.iter().map(|leg| leg.amount).sum::<Fen>(), Fen::ZERO);
}

#[test]
fn the_claim_clears_what_the_page_says() {
    let (split, tender) = worked_claim();
    let mut clearing = Clearing::new(4);
    clearing.settle(HospitalId(3), InsuranceScheme::Resident, &split, &tender);
    let statements = clearing.close_month();
    let owed = [0, 64_220, 16_046, 0, 1_100].map(Fen::from_yuan);
    assert_eq!((statements.len(), &statements[0].owed[..5]), (1, &owed[..]));
}

#[test]
fn the_page_names_every_role_code_and_refusal() {
    let words = Role::ALL.iter().map(|role| role.word()).chain(Code::ALL.iter().map(|c| c.word()));
    for word in words {
        assert!(PAGE.contains(&format!("\n| `{word}` |")), "docs/postings.md lacks {word}");
    }
    for refusal in Refusal::ALL {
        let row = format!("\n| {} | `{}` |", refusal as u8, refusal.word());
        assert!(PAGE.contains(&row), "docs/postings.md lacks {}", refusal.word());
    }
}
