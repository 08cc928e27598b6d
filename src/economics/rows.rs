//! The rows of a book: what the ledger's roles and the counted facts of two arms come to. Must never
//! hold a price: prices are the spec's.

use super::book::{Amounts, Book, Kind, Party};
use super::horizon::{Horizon, use_of_money};
use super::spec::{CostSpec, JoiningCost};
use crate::domain::{Fen, Ratio};
use crate::ledger::Role;

/// What one arm left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArmFacts {
    /// Sums of all legs by `Role as usize`, fen.
    pub roles: [i64; Role::COUNT],
    /// Premiums that patients paid, of all premiums.
    pub patient_premium: Fen,
    /// Fees that the card network kept.
    pub network_fees: Fen,
    /// Drawn on lines.
    pub drawn: Fen,
    /// Draws.
    pub draws: u64,
    /// Lines opened.
    pub opened: u64,
    /// Members told that they will be enrolled unless they opt out.
    pub told: u64,
    /// Principal owed on lines × days.
    pub lent_fen_days: i128,
    /// Deposits held × days.
    pub deposit_fen_days: i128,
    /// Owed to hospitals × days: by funds (less what they advanced), banks, the network, patients.
    pub owed_fen_days: [i128; 4],
    /// What patients pay to others who lend them what bills exceed their own means by.
    pub other_finance: Fen,
    /// What they owe them × days.
    pub other_fen_days: i128,
    /// Cost of messages of the scheme's platform.
    pub messages: Fen,
    /// Service at windows with a clerk, ms.
    pub windows_ms: u64,
    /// Sign-up and help at the desk, ms.
    pub desk_ms: u64,
}

impl Default for ArmFacts {
    fn default() -> ArmFacts {
        ArmFacts {
            roles: [0; Role::COUNT],
            patient_premium: Fen::ZERO,
            network_fees: Fen::ZERO,
            drawn: Fen::ZERO,
            draws: 0,
            opened: 0,
            told: 0,
            lent_fen_days: 0,
            deposit_fen_days: 0,
            owed_fen_days: [0; 4],
            other_finance: Fen::ZERO,
            other_fen_days: 0,
            messages: Fen::ZERO,
            windows_ms: 0,
            desk_ms: 0,
        }
    }
}

/// What both arms share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemeFacts {
    /// Hospitals of the whole city that take part, by level.
    pub sites: [u64; 3],
    /// Part of the city that was simulated: its part of what the whole city costs.
    pub part_of_city: Ratio,
    /// Days with visits.
    pub days: u32,
    /// Of them, days of campaigns.
    pub campaign_days: u32,
    /// Who pays for the messages of the scheme's platform.
    pub messages_by: Party,
}

/// Two arms to compare.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'a> {
    /// The arm under study.
    pub policy: &'a ArmFacts,
    /// The arm beside it.
    pub baseline: &'a ArmFacts,
}

impl Compared<'_> {
    fn role(&self, role: Role) -> Fen {
        let at = role as usize;
        Fen(self.policy.roles[at] - self.baseline.roles[at])
    }

    fn roles(&self, roles: &[Role]) -> Fen {
        roles.iter().map(|&role| self.role(role)).sum()
    }

    fn fen(&self, read: fn(&ArmFacts) -> Fen) -> Fen {
        read(self.policy) - read(self.baseline)
    }

    fn wide(&self, read: fn(&ArmFacts) -> i128) -> i128 {
        read(self.policy) - read(self.baseline)
    }
}

const FUNDS: [Role; 3] = [Role::PooledEmployee, Role::PooledResident, Role::SecondLayer];
const TREASURY: [Role; 3] = [Role::Assistance, Role::EmergencyRelief, Role::CivilServantFund];
const OTHERS: [Role; 3] = [Role::EnterpriseFund, Role::CommercialInsurer, Role::Charity];
const PATIENTS: [Role; 3] = [Role::PersonCash, Role::PersonalAccount, Role::AccountContributions];

/// Who bears a written-off draw.
const BEARERS: [(Role, Party); 5] = [
    (Role::BankLoss, Party::Bank),
    (Role::InsurerLoss, Party::CreditInsurer),
    (Role::HospitalLoss, Party::Hospitals),
    (Role::RiskPoolLoss, Party::Treasury),
    (Role::GuarantorLoss, Party::Others),
];

/// Makes the book of two arms.
pub fn book(spec: &CostSpec, compared: Compared<'_>, scheme: &SchemeFacts) -> Book {
    let horizon = Horizon::new(spec.horizon_years, spec.discount_rate_year, scheme.days);
    let (posted, unclaimed) = by_role(spec, compared);
    let mut book = Book::new(horizon, posted, unclaimed);
    let scribe = Scribe { book: &mut book, spec, compared, scheme };
    scribe.write();
    book
}

/// What each party bore, added up by role: the second way to the posted rows. Roles of nobody must
/// have come to nothing; collectors' income is a resource.
fn by_role(spec: &CostSpec, compared: Compared<'_>) -> ([Fen; Party::COUNT], Fen) {
    let mut posted = [Fen::ZERO; Party::COUNT];
    let mut unclaimed = Fen::ZERO;
    for &role in Role::ALL {
        let amount = compared.role(role);
        match owner(spec, role) {
            Owner::Party(party) => posted[party as usize] += amount,
            Owner::Collectors => {}
            Owner::Nobody => unclaimed += Fen(amount.0.abs()),
        }
    }
    // Both payers of premiums share a role.
    let patients = compared.fen(|arm| arm.patient_premium);
    posted[Party::Hospitals as usize] -= patients;
    posted[Party::Patients as usize] += patients;
    (posted, unclaimed)
}

enum Owner {
    Party(Party),
    Collectors,
    Nobody,
}

fn owner(spec: &CostSpec, role: Role) -> Owner {
    let party = match role {
        role if PATIENTS.contains(&role) => Party::Patients,
        role if FUNDS.contains(&role) => Party::Funds,
        role if TREASURY.contains(&role) => Party::Treasury,
        role if OTHERS.contains(&role) => Party::Others,
        Role::HardshipAid | Role::RiskPoolLoss => Party::Treasury,
        Role::HospitalIncome
        | Role::HospitalLoss
        | Role::HospitalArrearsLoss
        | Role::HospitalDeposits
        | Role::PremiumPaid => Party::Hospitals,
        Role::BankInterest | Role::BankPenalty | Role::BankLoss => Party::Bank,
        Role::InsurerLoss | Role::PremiumIncome => Party::CreditInsurer,
        Role::GuarantorLoss => Party::Others,
        Role::CollectionCosts => spec.collection_by,
        Role::CollectionsPaid => return Owner::Collectors,
        _ => return Owner::Nobody,
    };
    Owner::Party(party)
}

struct Scribe<'a> {
    book: &'a mut Book,
    spec: &'a CostSpec,
    compared: Compared<'a>,
    scheme: &'a SchemeFacts,
}

impl Scribe<'_> {
    fn write(mut self) {
        self.bills();
        self.credit();
        self.fees();
        self.use_of_money();
        self.systems();
        self.people();
    }

    /// A transfer during the run.
    fn pays(&mut self, kind: Kind, from: Party, to: Party, run: Fen) {
        self.book.enter(kind, from, Some(to), Amounts { run, ..Amounts::default() });
    }

    /// Resources used.
    fn uses(&mut self, kind: Kind, by: Party, amounts: Amounts) {
        self.book.enter(kind, by, None, amounts);
    }

    /// Who pays for care: the patient's part is what nobody else bears, whenever it is paid.
    fn bills(&mut self) {
        let billed = -self.compared.role(Role::HospitalIncome);
        let mut left = billed;
        let payers = [
            (Kind::Benefits, Party::Funds, &FUNDS),
            (Kind::Assistance, Party::Treasury, &TREASURY),
            (Kind::Supplements, Party::Others, &OTHERS),
        ];
        for (kind, payer, roles) in payers {
            let part = self.compared.roles(roles);
            left -= part;
            self.pays(kind, payer, Party::Hospitals, part);
        }
        self.pays(Kind::OwnPart, Party::Patients, Party::Hospitals, left);
        let care = Amounts { run: self.spec.care_cost.of(billed), ..Amounts::default() };
        self.uses(Kind::Care, Party::Hospitals, care);
        let given_up = self.compared.role(Role::HospitalArrearsLoss);
        self.pays(Kind::GivenUp, Party::Hospitals, Party::Patients, given_up);
        let on_cards = -self.compared.role(Role::HospitalDeposits);
        self.pays(Kind::LeftOnCards, Party::Patients, Party::Hospitals, on_cards);
    }

    /// What lines bring besides their principal.
    fn credit(&mut self) {
        let lost = self.compared.roles(&BEARERS.map(|(role, _)| role));
        self.pays(Kind::NotRepaid, Party::Bank, Party::Patients, lost);
        for (role, party) in BEARERS {
            let part = self.compared.role(role);
            self.pays(Kind::LossShare, party, Party::Bank, part);
        }
        let aid = self.compared.role(Role::HardshipAid);
        self.pays(Kind::HardshipAid, Party::Treasury, Party::Patients, aid);
        let interest = -self.compared.role(Role::BankInterest);
        self.pays(Kind::Interest, Party::Patients, Party::Bank, interest);
        let penalty = -self.compared.role(Role::BankPenalty);
        self.pays(Kind::Penalty, Party::Patients, Party::Bank, penalty);
        let patients = self.compared.fen(|arm| arm.patient_premium);
        let hospitals = self.compared.role(Role::PremiumPaid) - patients;
        self.pays(Kind::Premium, Party::Patients, Party::CreditInsurer, patients);
        self.pays(Kind::Premium, Party::Hospitals, Party::CreditInsurer, hospitals);
        let others = self.compared.fen(|arm| arm.other_finance);
        self.pays(Kind::OtherFinance, Party::Patients, Party::Others, others);
        let run = self.compared.role(Role::CollectionCosts);
        let by = self.spec.collection_by;
        self.uses(Kind::Collection, by, Amounts { run, ..Amounts::default() });
    }

    fn fees(&mut self) {
        let Scribe { spec, compared, .. } = *self;
        let network = compared.fen(|arm| arm.network_fees);
        self.pays(Kind::NetworkFee, Party::Hospitals, Party::Platform, network);
        let (drawn, draws) = (compared.policy.drawn, count(compared.policy.draws));
        let channel = spec.channel.fee.of(drawn) + Fen(spec.channel.fee_item.0 * draws);
        self.pays(Kind::ChannelFee, Party::Hospitals, Party::Platform, channel);
        self.pays(Kind::Subsidy, Party::Treasury, Party::Bank, spec.subsidy.of(drawn));
        let run = Ratio::new(draws, 1_000).of(spec.channel.handling_1000);
        self.uses(Kind::Handling, Party::Platform, Amounts { run, ..Amounts::default() });
    }

    /// Whoever waits for money lends it to whoever keeps it, at one rate.
    fn use_of_money(&mut self) {
        let Scribe { spec, compared, .. } = *self;
        let owed =
            |at: usize| compared.policy.owed_fen_days[at] - compared.baseline.owed_fen_days[at];
        let waits = [
            (Party::Bank, Party::Patients, compared.wide(|arm| arm.lent_fen_days)),
            (Party::Others, Party::Patients, compared.wide(|arm| arm.other_fen_days)),
            (Party::Patients, Party::Hospitals, compared.wide(|arm| arm.deposit_fen_days)),
            (Party::Hospitals, Party::Funds, owed(0)),
            (Party::Hospitals, Party::Bank, owed(1)),
            (Party::Hospitals, Party::Platform, owed(2)),
            (Party::Hospitals, Party::Patients, owed(3)),
        ];
        for (waits, keeps, fen_days) in waits {
            let run = use_of_money(fen_days, spec.funding_rate_year);
            self.pays(Kind::UseOfMoney, waits, keeps, run);
        }
    }

    /// Systems: the simulated part of the city bears its part of what serves the whole.
    fn systems(&mut self) {
        let Scribe { spec, scheme, .. } = *self;
        let part = |amount: Fen| scheme.part_of_city.of(amount);
        let fixed = |once: Fen, yearly: Fen| Amounts {
            once: part(once),
            yearly: part(yearly),
            ..Amounts::default()
        };
        self.uses(Kind::It, spec.it.by, fixed(spec.it.once, spec.it.yearly));
        self.uses(Kind::BankSystem, Party::Bank, fixed(spec.bank.once, spec.bank.yearly));
        let sites = scheme.sites.iter().zip(spec.hospital.rework);
        let once = part(sites.map(|(&sites, each)| Fen(each.0 * count(sites))).sum());
        let yearly = spec.hospital.upkeep_year.of(once);
        let rework = Amounts { once, yearly, ..Amounts::default() };
        self.uses(Kind::HospitalSystem, Party::Hospitals, rework);
    }

    /// What grows with lines and draws, and the clerks.
    fn people(&mut self) {
        let Scribe { spec, compared, .. } = *self;
        let (draws, lines) = (count(compared.policy.draws), count(compared.policy.opened));
        let once = Fen(spec.bank.per_line.0 * lines);
        let yearly = Fen(spec.bank.per_line_year.0 * lines);
        self.uses(Kind::Accounts, Party::Bank, Amounts { once, yearly, ..Amounts::default() });
        let thousand = |each: Fen, number: i64, per: i64| Ratio::new(number * per, 1_000).of(each);
        if let Some(joining) = spec.joining {
            let told = Fen(joining.per_told.0 * count(compared.policy.told));
            let campaigns = campaign_cost(&joining, self.scheme);
            let once = Amounts { once: told + campaigns, ..Amounts::default() };
            self.uses(Kind::Joining, joining.by, once);
        }
        let messages = Amounts {
            run: thousand(spec.messages.each, draws, spec.messages.per_1000_draws),
            yearly: thousand(spec.messages.each, lines, spec.messages.per_1000_line_years),
            ..Amounts::default()
        };
        self.uses(Kind::Messages, spec.messages.by, messages);
        let run = compared.fen(|arm| arm.messages);
        self.uses(Kind::Messages, self.scheme.messages_by, Amounts { run, ..Amounts::default() });
        let run = thousand(spec.help.call, draws, spec.help.per_1000_draws);
        self.uses(Kind::HelpDesk, spec.help.by, Amounts { run, ..Amounts::default() });
        let clerk = |ms: i64| Ratio::new(ms, MS_PER_HOUR).of(spec.hospital.clerk_hour);
        let run = clerk(count(compared.policy.desk_ms) - count(compared.baseline.desk_ms));
        self.uses(Kind::DeskStaff, Party::Hospitals, Amounts { run, ..Amounts::default() });
        let windows = count(compared.policy.windows_ms) - count(compared.baseline.windows_ms);
        let run = spec.hospital.clerk_saved.of(clerk(windows));
        self.uses(Kind::StaffSaved, Party::Hospitals, Amounts { run, ..Amounts::default() });
    }
}

/// What campaigns of the run cost the simulated part of the city.
pub fn campaign_cost(joining: &JoiningCost, scheme: &SchemeFacts) -> Fen {
    let days = i64::from(scheme.campaign_days);
    scheme.part_of_city.of(Fen(joining.campaign_day.0 * days))
}

const MS_PER_HOUR: i64 = 3_600_000;

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or_else(|_| panic!("invariant: a count of {number} fits 63 bits"))
}
