//! When the money of funds, banks and patients reaches each hospital: monthly statements, advance
//! funding, retention, next-day files, cash. Must never pay what was not billed: `check` proves each
//! night that billed = received + still owed.

use super::spec::ClearingSpec;
use super::{Channel, Clearing, FUNDS, SiteFlows, Statement};
use crate::domain::{Day, Fen, HospitalId};
use crate::ledger::{Audit, Code, Role, Sink, transfer};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where one hospital stands tonight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Money in its bank account.
    pub cash: Fen,
    /// Owed by the funds, retention included.
    pub funds: Fen,
    /// Owed by banks for draws.
    pub banks: Fen,
    /// Paid by card or wallet and not yet arrived.
    pub in_transit: Fen,
    /// Left unpaid by patients.
    pub patients: Fen,
    /// Deposits held for patients.
    pub deposits: Fen,
    /// Advance funding held for the funds.
    pub advance: Fen,
}

impl Position {
    /// All that others owe the hospital for care.
    pub fn receivables(&self) -> Fen {
        self.funds + self.banks + self.in_transit + self.patients
    }

    fn add(&mut self, other: &Position) {
        self.cash += other.cash;
        self.funds += other.funds;
        self.banks += other.banks;
        self.in_transit += other.in_transit;
        self.patients += other.patients;
        self.deposits += other.deposits;
        self.advance += other.advance;
    }
}

/// One hospital at the end of one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthEnd {
    /// Last day of the month (or of the run).
    pub day: Day,
    /// The hospital.
    pub hospital: HospitalId,
    /// Billed in the month.
    pub billed: Fen,
    /// Stated to each fund, in the order of `FUNDS`.
    pub stated: [Fen; FUNDS.len()],
    /// Where it stands.
    pub position: Position,
}

/// Fen × days for which each kind of money was open on days with visits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenDays {
    /// Owed by the funds.
    pub funds: i128,
    /// Owed by banks.
    pub banks: i128,
    /// On its way through the network.
    pub in_transit: i128,
    /// Unpaid by patients.
    pub patients: i128,
    /// Deposits held.
    pub deposits: i128,
    /// Advance funding held.
    pub advance: i128,
}

/// What a replication's clearing comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Days with visits.
    pub days: u32,
    /// Billed on those days.
    pub billed: Fen,
    /// Open on those days.
    pub open: OpenDays,
    /// Fen × days from a claim to its fund's payment, all days of the books.
    pub fund_fen_days: i128,
    /// Paid by the funds.
    pub funds_paid: Fen,
    /// Paid by banks.
    pub banks_paid: Fen,
    /// Patients' own money received, less refunds.
    pub patients_paid: Fen,
    /// Kept by the network.
    pub network_fees: Fen,
    /// Carried by the network.
    pub network_carried: Fen,
    /// Advance funding given.
    pub advanced: Fen,
    /// Where all hospitals stood on the last day with visits.
    pub at_end: Position,
    /// Month ends of every hospital.
    pub months: Vec<MonthEnd>,
}

/// Something to be paid on a later day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Payable {
    /// A statement, less what is kept back.
    Statement { cycle: u32, hospital: HospitalId, amount: Fen },
    /// A bank's draws of one day.
    Bank { hospital: HospitalId, amount: Fen },
    /// The network's file of one day.
    Network { hospital: HospitalId, amount: Fen },
}

/// The institutions of one arm.
#[derive(Clone, Debug)]
pub struct Institutions {
    spec: ClearingSpec,
    clearing: Clearing,
    positions: Vec<Position>,
    billed_month: Vec<Fen>,
    due: BTreeMap<Day, Vec<Payable>>,
    last: Day,
    totals: Totals,
    commands: u128,
}

impl Institutions {
    /// Institutions of so many hospitals, before the first day.
    pub fn new(spec: ClearingSpec, hospitals: usize, first: Day) -> Institutions {
        Institutions {
            spec,
            clearing: Clearing::new(hospitals),
            positions: vec![Position::default(); hospitals],
            billed_month: vec![Fen::ZERO; hospitals],
            due: BTreeMap::new(),
            last: first + -1,
            totals: Totals::default(),
            commands: 0,
        }
    }

    /// Ends a day: nights since the last one are caught up first. `with_visits` counts it in the
    /// figures per day.
    pub fn night(&mut self, day: Day, flows: &[SiteFlows], with_visits: bool, audit: &mut Audit) {
        while self.last < day {
            let next = self.last + 1;
            if next == day {
                self.book(day, flows, audit);
            }
            self.end_of_day(next, audit);
        }
        if with_visits {
            self.count_day(flows);
        }
    }

    /// Pays all that is still owed, as the books run out.
    pub fn run_out(&mut self, audit: &mut Audit) {
        let open = |sites: &[Position]| {
            sites.iter().any(|site| !site.funds.is_zero()) || !sites.iter().all(idle)
        };
        let limit = self.last + RUN_OUT_DAYS;
        while open(&self.positions) || !self.due.is_empty() {
            let next = self.last + 1;
            assert!(next < limit, "invariant: institutions settle within {RUN_OUT_DAYS} days");
            self.end_of_day(next, audit);
        }
        for hospital in 0..self.positions.len() {
            let advance = self.positions[hospital].advance;
            self.positions[hospital].cash -= advance;
            self.positions[hospital].advance = Fen::ZERO;
            let party = hospital as u32;
            let (back, held) = ((Role::AdvanceFunding, party), (Role::HospitalCash, party));
            transfer(audit, Code::AdvanceCleared, back, held, advance);
        }
        self.close(audit);
    }

    /// Today's flows enter the books.
    fn book(&mut self, day: Day, flows: &[SiteFlows], audit: &mut Audit) {
        for (hospital, flow) in (0..).zip(flows).filter(|(_, flow)| !flow.is_quiet()) {
            let site = HospitalId(hospital);
            for (place, &fund) in FUNDS.iter().enumerate() {
                let share = flow.amount(Channel::Fund(place));
                self.clearing.add_claim(site, fund, share);
                self.positions[usize::from(hospital)].funds += share;
            }
            self.billed_month[usize::from(hospital)] -= flow.amount(Channel::Income);
            let line = flow.amount(Channel::Line);
            let own = flow.amount(Channel::Own);
            let network = flow.network.unwrap_or_else(|| self.spec.network_share.of(own));
            let at = &mut self.positions[usize::from(hospital)];
            at.deposits -= flow.amount(Channel::Deposits);
            at.patients += flow.amount(Channel::Receivable);
            at.banks += line;
            at.in_transit += network;
            at.cash += own - network;
            self.totals.patients_paid += own - network;
            let party = u32::from(hospital);
            let (cash, paid) = ((Role::HospitalCash, party), (Role::PatientsPaid, party));
            transfer(audit, Code::PatientPayment, cash, paid, own - network);
            self.put_off(
                day + i32::from(self.spec.banks_pay_after_days),
                Payable::Bank { hospital: site, amount: line },
            );
            self.put_off(
                day + i32::from(self.spec.network_pays_after_days),
                Payable::Network { hospital: site, amount: network },
            );
        }
        self.close(audit);
    }

    fn put_off(&mut self, day: Day, payable: Payable) {
        let (Payable::Statement { amount, .. }
        | Payable::Bank { amount, .. }
        | Payable::Network { amount, .. }) = payable;
        if !amount.is_zero() {
            self.due.entry(day).or_default().push(payable);
        }
    }

    /// What falls due tonight, and the end of a month.
    fn end_of_day(&mut self, day: Day, audit: &mut Audit) {
        if (day + 1).civil().day == 1 {
            self.close_month(day, audit);
        }
        while let Some(entry) = self.due.first_entry().filter(|entry| *entry.key() <= day) {
            for payable in entry.remove() {
                self.pay(payable, audit);
            }
        }
        let owed: Fen = self.positions.iter().map(|site| site.funds).sum();
        self.totals.fund_fen_days += i128::from(owed.0);
        self.last = day;
        self.close(audit);
    }

    fn close_month(&mut self, day: Day, audit: &mut Audit) {
        let year_end = day.plus_months(12 - i32::from(day.civil().month));
        let late = self.spec.late.filter(|late| (late.from..=late.to).contains(&day));
        let later = late.map_or(0, |late| late.days);
        let payday = day + i32::from(self.spec.funds_pay_after_days + later);
        let kept_until = (year_end + i32::from(self.spec.retained_paid_after_days)).max(payday);
        let statements = self.clearing.close_month();
        for statement in &statements {
            let Statement { cycle, hospital, .. } = *statement;
            let kept = self.spec.retained.of(statement.total());
            let amount = statement.total() - kept;
            self.put_off(payday, Payable::Statement { cycle, hospital, amount });
            self.put_off(kept_until, Payable::Statement { cycle, hospital, amount: kept });
            self.advance(hospital, self.spec.advance.of(statement.total()), audit);
        }
        for hospital in 0..self.positions.len() {
            let site = HospitalId(hospital as u16);
            let stated = statements.iter().find(|each| each.hospital == site);
            if stated.is_none() && self.billed_month[hospital].is_zero() {
                continue;
            }
            self.totals.months.push(MonthEnd {
                day,
                hospital: site,
                billed: std::mem::take(&mut self.billed_month[hospital]),
                stated: stated.map_or([Fen::ZERO; FUNDS.len()], |each| each.owed),
                position: self.positions[hospital],
            });
        }
    }

    /// Advance funding is given once, on the first statement.
    fn advance(&mut self, hospital: HospitalId, amount: Fen, audit: &mut Audit) {
        let at = &mut self.positions[usize::from(hospital.0)];
        if amount <= Fen::ZERO || !at.advance.is_zero() {
            return;
        }
        at.advance = amount;
        at.cash += amount;
        self.totals.advanced += amount;
        let party = u32::from(hospital.0);
        let (cash, held) = ((Role::HospitalCash, party), (Role::AdvanceFunding, party));
        transfer(audit, Code::Advance, cash, held, amount);
    }

    fn pay(&mut self, payable: Payable, audit: &mut Audit) {
        match payable {
            Payable::Statement { cycle, hospital, amount } => {
                self.clearing.pay_statement(cycle, hospital, amount);
                let at = &mut self.positions[usize::from(hospital.0)];
                at.funds -= amount;
                at.cash += amount;
                self.totals.funds_paid += amount;
                let party = u32::from(hospital.0);
                let (cash, paid) = ((Role::HospitalCash, party), (Role::FundsPaid, party));
                transfer(audit, Code::FundPayment, cash, paid, amount);
            }
            Payable::Bank { hospital, amount } => {
                let at = &mut self.positions[usize::from(hospital.0)];
                at.banks -= amount;
                at.cash += amount;
                self.totals.banks_paid += amount;
                let party = u32::from(hospital.0);
                let (cash, paid) = ((Role::HospitalCash, party), (Role::BanksPaid, party));
                transfer(audit, Code::BankPayment, cash, paid, amount);
            }
            Payable::Network { hospital, amount } => self.network_file(hospital, amount, audit),
        }
    }

    /// The network's file of one day arrives, less its fee; refunds bring no fee back.
    fn network_file(&mut self, hospital: HospitalId, amount: Fen, audit: &mut Audit) {
        let fee = self.spec.network_fee.of(amount.at_least_zero());
        let at = &mut self.positions[usize::from(hospital.0)];
        at.in_transit -= amount;
        at.cash += amount - fee;
        self.totals.patients_paid += amount;
        self.totals.network_fees += fee;
        self.totals.network_carried += amount;
        let party = u32::from(hospital.0);
        let (cash, paid) = ((Role::HospitalCash, party), (Role::PatientsPaid, party));
        transfer(audit, Code::PatientPayment, cash, paid, amount);
        transfer(audit, Code::NetworkFee, (Role::NetworkFees, party), cash, fee);
    }

    fn count_day(&mut self, flows: &[SiteFlows]) {
        let mut all = Position::default();
        for site in &self.positions {
            all.add(site);
        }
        let totals = &mut self.totals;
        totals.days += 1;
        totals.billed -= flows.iter().map(|flow| flow.amount(Channel::Income)).sum();
        let add = |sum: &mut i128, amount: Fen| *sum += i128::from(amount.0);
        add(&mut totals.open.funds, all.funds);
        add(&mut totals.open.banks, all.banks);
        add(&mut totals.open.in_transit, all.in_transit);
        add(&mut totals.open.patients, all.patients);
        add(&mut totals.open.deposits, all.deposits);
        add(&mut totals.open.advance, all.advance);
        totals.at_end = all;
    }

    fn close(&mut self, audit: &mut Audit) {
        self.commands += 1;
        audit.close(INSTITUTIONS << 120 | self.commands);
    }

    /// Proves the books between institutions against the ledger's totals by role: what is missing,
    /// and in which identity. `ledger` holds the sum of every role, institutions' own legs included.
    pub fn check(&self, ledger: impl Fn(Role) -> Fen) -> Result<(), (Fen, String)> {
        let mut all = Position::default();
        for site in &self.positions {
            all.add(site);
        }
        let charged: Fen = FUNDS.iter().map(|&fund| self.clearing.charged(fund)).sum();
        let borne: Fen = FUNDS.iter().map(|&fund| ledger(fund)).sum::<Fen>()
            + ledger(Role::AccountContributions);
        let entitled = -ledger(Role::HospitalIncome)
            - ledger(Role::HospitalReceivable)
            - ledger(Role::HospitalArrearsLoss)
            - ledger(Role::HospitalDeposits);
        let received = all.cash + all.funds + all.banks + all.in_transit - all.advance;
        let unpaid: Fen = self.clearing.statements().iter().map(Statement::outstanding).sum();
        let open: Fen = charged - self.clearing.statements().iter().map(Statement::total).sum();
        let identities = [
            ("funds' shares and statements", borne, charged),
            ("statements and what the funds owe", unpaid + open, all.funds),
            (
                "funds' shares, their payments and what they owe",
                borne + ledger(Role::FundsPaid),
                all.funds,
            ),
            ("hospitals' cash", ledger(Role::HospitalCash), all.cash),
            ("advance funding", -ledger(Role::AdvanceFunding), all.advance),
            ("patients' unpaid bills", ledger(Role::HospitalReceivable), all.patients),
            ("deposits held", -ledger(Role::HospitalDeposits), all.deposits),
            ("billed, received and owed", entitled, received + ledger(Role::NetworkFees)),
        ];
        for (name, posted, held) in identities {
            if posted != held {
                return Err((posted - held, format!("{name}: {posted} posted, {held} held")));
            }
        }
        Ok(())
    }

    /// The figures of the replication.
    pub fn into_totals(self) -> Totals {
        self.totals
    }

    /// What the funds owe, month by month.
    pub fn clearing(&self) -> &Clearing {
        &self.clearing
    }

    /// Where a hospital stands tonight.
    pub fn position(&self, hospital: HospitalId) -> &Position {
        &self.positions[usize::from(hospital.0)]
    }
}

/// Longest time for which institutions may still owe after the last day: two years.
const RUN_OUT_DAYS: i32 = 2 * 366;
/// Top byte of request ids between institutions.
const INSTITUTIONS: u128 = 0x3f;

/// Nothing is on its way to a hospital.
fn idle(site: &Position) -> bool {
    site.banks.is_zero() && site.in_transit.is_zero()
}

#[cfg(test)]
mod tests {
    use super::super::spec::LateFunds;
    use super::*;
    use crate::domain::Ratio;
    use crate::ledger::Posting;
    use proptest::prelude::*;

    const SPEC: ClearingSpec = ClearingSpec {
        funds_pay_after_days: 20,
        retained: Ratio::percent(5),
        retained_paid_after_days: 90,
        advance: Ratio::ONE,
        banks_pay_after_days: 1,
        network_pays_after_days: 2,
        network_fee: Ratio::new(38, 10_000),
        network_share: Ratio::percent(60),
        mistakes: None,
        late: None,
    };

    fn first() -> Day {
        Day::from_civil(2023, 1, 30).expect("a date")
    }

    /// Legs of one bill: fund, account, own money, line, unpaid.
    fn bill(books: &mut SiteBooksOfOne, parts: [i64; 5]) {
        let [fund, account, own, line, unpaid] = parts;
        let legs = [
            (Role::HospitalIncome, Code::Claim, -(fund + account + own + line + unpaid)),
            (Role::PooledEmployee, Code::Claim, fund),
            (Role::PersonalAccount, Code::Claim, account),
            (Role::PersonCash, Code::Claim, own),
            (Role::LineReceivable, Code::Draw, line),
            (Role::HospitalReceivable, Code::Arrears, unpaid),
        ];
        for (role, code, amount) in legs {
            let posting = Posting { role, code, party: 0, amount: Fen(amount) };
            books.audit.post(posting);
            books.sites.post(HospitalId(0), &posting);
        }
        books.audit.close(1);
    }

    struct SiteBooksOfOne {
        audit: Audit,
        sites: super::super::SiteBooks,
        institutions: Institutions,
        between: Audit,
    }

    impl SiteBooksOfOne {
        fn new(spec: ClearingSpec) -> SiteBooksOfOne {
            SiteBooksOfOne {
                audit: Audit::new(),
                sites: super::super::SiteBooks::new(1),
                institutions: Institutions::new(spec, 1, first()),
                between: Audit::new(),
            }
        }

        fn night(&mut self, day: Day) {
            let mut flows = [SiteFlows::default()];
            self.sites.drain_into(&mut flows);
            self.institutions.night(day, &flows, true, &mut self.between);
        }

        fn check(&self) -> Result<(), (Fen, String)> {
            let ledger = |role| self.audit.total(role) + self.between.total(role);
            self.institutions.check(ledger)
        }
    }

    #[test]
    fn each_payer_pays_on_its_day_and_the_year_keeps_its_share_back() {
        let mut books = SiteBooksOfOne::new(SPEC);
        bill(&mut books, [60_000, 5_000, 10_000, 20_000, 0]);
        books.night(first());
        let at = |books: &SiteBooksOfOne| *books.institutions.position(HospitalId(0));
        assert_eq!((at(&books).cash, at(&books).in_transit), (Fen(4_000), Fen(6_000)));
        books.night(first() + 1);
        // The bank's next-day file; and the month's end: advance funding of one statement.
        let expected = Position {
            cash: Fen(4_000 + 20_000 + 65_000),
            funds: Fen(65_000),
            in_transit: Fen(6_000),
            advance: Fen(65_000),
            ..Position::default()
        };
        assert_eq!(at(&books), expected);
        books.night(first() + 2);
        // 6,000 less 0.38 %, half up.
        assert_eq!(at(&books).cash, expected.cash + Fen(6_000 - 23));
        books.night(first() + 21);
        assert_eq!(at(&books).funds, Fen(3_250), "5 % kept back");
        books.check().expect("the books agree");
        books.institutions.run_out(&mut books.between);
        assert_eq!(at(&books).cash, Fen(95_000 - 23), "the advance is set off");
        assert_eq!((books.institutions.last), Day::from_civil(2024, 3, 30).expect("a date"));
        books.check().expect("the books agree");
        assert_eq!(books.between.imbalance_fen(), 0);
    }

    #[test]
    fn funds_that_pay_late_owe_for_longer_and_nothing_more() {
        let owed = |late: Option<LateFunds>| {
            let mut books = SiteBooksOfOne::new(ClearingSpec { late, ..SPEC });
            bill(&mut books, [60_000, 0, 0, 0, 0]);
            books.night(first());
            books.night(first() + 35);
            books.check().expect("the books agree");
            books.institutions.position(HospitalId(0)).funds
        };
        let late = LateFunds { from: first(), to: first() + 1, days: 30 };
        let too_soon = LateFunds { to: first(), ..late };
        let (usual, longer) = (owed(None), owed(Some(late)));
        assert_eq!((usual, longer, owed(Some(too_soon))), (Fen(3_000), Fen(60_000), usual));
    }

    #[test]
    fn a_fen_that_only_one_side_saw_is_named() {
        let mut books = SiteBooksOfOne::new(SPEC);
        bill(&mut books, [60_000, 0, 0, 0, 0]);
        let stray =
            Posting { role: Role::PooledEmployee, code: Code::Claim, party: 0, amount: Fen(1) };
        books.sites.post(HospitalId(0), &stray);
        books.night(first());
        let (missing, what) = books.check().expect_err("a fen too much");
        assert_eq!((missing, what.starts_with("funds' shares and statements")), (Fen(-1), true));
    }

    proptest! {
        #[test]
        fn whatever_is_billed_arrives_and_every_night_adds_up(
            bills in proptest::collection::vec(
                (0_i32..70, proptest::array::uniform5(-50_000_i64..90_000)), 1..40),
            pay_after in 0_u16..70, kept in 0_i64..=100, advance in 0_i64..=200,
        ) {
            let spec = ClearingSpec {
                funds_pay_after_days: pay_after,
                retained: Ratio::percent(kept),
                advance: Ratio::percent(advance),
                ..SPEC
            };
            let mut books = SiteBooksOfOne::new(spec);
            let mut paid_for = 0;
            for index in 0..70 {
                for &(_, parts) in bills.iter().filter(|(day, _)| *day == index) {
                    bill(&mut books, parts);
                    paid_for += parts[..4].iter().sum::<i64>();
                }
                books.night(first() + index);
                prop_assert_eq!(books.check(), Ok(()));
            }
            books.institutions.run_out(&mut books.between);
            prop_assert_eq!(books.check(), Ok(()));
            let at = books.institutions.position(HospitalId(0));
            let fees = books.between.total(Role::NetworkFees);
            prop_assert_eq!(at.cash + fees, Fen(paid_for));
            prop_assert_eq!(at.receivables(), at.patients);
        }
    }
}
