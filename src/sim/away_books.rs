//! The books of cross-province stays: the hospital is paid by its province, the province by the
//! province of insurance, the critical illness part perhaps from a sub-account that an insurer
//! operates; or the patient advances all. Must never decide who settles how.

use super::away::month_after;
use crate::domain::{Day, Fen, HospitalId, InsuranceScheme, PersonId};
use crate::ledger::{Audit, Code, Posting, Role, Sink, transfer};
use crate::relay::spec::ProvinceClearing;
use crate::settlement::Split;
use std::collections::BTreeMap;

/// Who bears a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shares {
    pub(super) total: Fen,
    pub(super) person: Fen,
    pooled: (Role, Fen),
    second: Fen,
    assistance: Fen,
}

impl Shares {
    /// The shares of a split.
    pub(super) fn new(scheme: InsuranceScheme, split: &Split) -> Shares {
        let role = match scheme {
            InsuranceScheme::Employee => Role::PooledEmployee,
            InsuranceScheme::Resident | InsuranceScheme::Uninsured => Role::PooledResident,
        };
        let (second, assistance) = (split.second_layer(), split.maf_pay);
        // Whatever else a fund pays is cleared with the pooled fund's share.
        let pooled = split.fund_pay_sumamt - second - assistance;
        Shares {
            total: split.medfee_sumamt,
            person: split.psn_part_amt,
            pooled: (role, pooled),
            second,
            assistance,
        }
    }

    /// All funds.
    pub(super) fn funds(&self) -> Fen {
        self.pooled.1 + self.second + self.assistance
    }
}

/// Money between a hospital, two provinces and a sub-account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    /// The province of care pays a hospital.
    Hospital { hospital: HospitalId, amount: Fen },
    /// A province of insurance pays the province of care: from its fund, from the sub-account.
    Province { fund: Fen, sub_account: Fen },
    /// A deposit is given (or, negative, returned).
    Deposit { amount: Fen },
    /// The sub-account is filled (or, negative, emptied).
    Prepayment { amount: Fen },
}

/// What the books leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Closed {
    /// Money of the province of care × days until it came back.
    pub(super) fen_days: i128,
    /// Deposits given, and prepayments to sub-accounts.
    pub(super) prepaid: [Fen; 2],
    /// Paid from sub-accounts at a month's end, and after the fund had filled them.
    pub(super) from_sub_account: [Fen; 2],
    /// The fund's money in sub-accounts × days.
    pub(super) sub_account_fen_days: i128,
    /// The funds' parts of bills × days until hospitals had them, and these parts.
    pub(super) hospital: (i128, Fen),
}

/// A month's payments of an insurer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Insurer {
    /// What the sub-account held.
    at_once: Fen,
    /// What lacked.
    later: Fen,
}

/// What an insurer pays for each month when it falls due and when the fund has filled the sub-account again.
fn insurer(
    months: &BTreeMap<Day, (Fen, Fen)>,
    prepaid: Fen,
    filled_after: i32,
) -> Vec<(Day, Fen, Insurer)> {
    let (mut held, mut to_come): (Fen, Vec<(Day, Fen)>) = (prepaid, Vec::new());
    let mut each = Vec::with_capacity(months.len());
    for (&day, &(fund, second)) in months {
        to_come.retain(|&(on, amount)| {
            let come = on <= day;
            held += if come { amount } else { Fen::ZERO };
            !come
        });
        let at_once = held.min(second);
        held -= at_once;
        to_come.push((day + filled_after, at_once));
        each.push((day, fund, Insurer { at_once, later: second - at_once }));
    }
    each
}

/// The books of one way of settling.
pub(super) struct Paths {
    spec: ProvinceClearing,
    audit: Audit,
    commands: u128,
    moves: BTreeMap<Day, Vec<Move>>,
    /// By province: owed for each month, from the fund and from critical illness cover.
    months: Vec<BTreeMap<Day, (Fen, Fen)>>,
    unpaid: Fen,
    billed: Fen,
    reimbursed: Fen,
    /// The funds' parts that hospitals wait for × days.
    hospital_fen_days: i128,
    /// These parts.
    funds_paid: Fen,
}

impl Paths {
    /// Empty books for so many provinces of insurance.
    pub(super) fn new(spec: ProvinceClearing, provinces: usize) -> Paths {
        Paths {
            spec,
            audit: Audit::new(),
            commands: 0,
            moves: BTreeMap::new(),
            months: vec![BTreeMap::new(); provinces],
            unpaid: Fen::ZERO,
            billed: Fen::ZERO,
            reimbursed: Fen::ZERO,
            hospital_fen_days: 0,
            funds_paid: Fen::ZERO,
        }
    }

    /// A stay settled directly; `paid` = the patient paid his part before leaving.
    pub(super) fn settle(
        &mut self,
        day: Day,
        province: usize,
        hospital: HospitalId,
        person: PersonId,
        shares: &Shares,
        paid: bool,
    ) {
        self.billed += shares.total;
        self.leg(Role::HospitalIncome, Code::Claim, u32::from(hospital.0), -shares.total);
        self.funds(hospital, shares);
        if paid {
            self.leg(Role::PersonCash, Code::Claim, person.0, shares.person);
            self.arrives(hospital, shares.person);
        } else {
            self.leg(Role::HospitalReceivable, Code::Arrears, person.0, shares.person);
            self.unpaid += shares.person;
        }
        self.end();
        let on = self.hospital_paid_on(day);
        self.hospital_fen_days += i128::from(shares.funds().0) * i128::from(on - day);
        self.funds_paid += shares.funds();
        self.moves.entry(on).or_default().push(Move::Hospital { hospital, amount: shares.funds() });
        let split_off = !self.spec.sub_account.is_zero();
        let (fund, second) = self.months[province].entry(month_after(day)).or_default();
        *second += if split_off { shares.second } else { Fen::ZERO };
        *fund += shares.funds() - if split_off { shares.second } else { Fen::ZERO };
    }

    /// When the funds' part of a stay reaches the hospital.
    fn hospital_paid_on(&self, day: Day) -> Day {
        match self.spec.home_pays_after_days {
            Some(days) => month_after(day) + i32::from(days),
            None => day + i32::from(self.spec.hospital_paid_after_days),
        }
    }

    /// Days from a month's end until the place of insurance has paid for it.
    fn pays_after(&self) -> i32 {
        i32::from(self.spec.home_pays_after_days.unwrap_or(self.spec.pays_after_days))
    }

    /// The patient pays the whole bill himself.
    pub(super) fn advance(&mut self, hospital: HospitalId, person: PersonId, total: Fen) {
        self.billed += total;
        self.leg(Role::HospitalIncome, Code::Claim, u32::from(hospital.0), -total);
        self.leg(Role::PersonCash, Code::Claim, person.0, total);
        self.arrives(hospital, total);
        self.end();
    }

    /// The bill stays unpaid.
    pub(super) fn unpaid(&mut self, hospital: HospitalId, person: PersonId, total: Fen) {
        self.billed += total;
        self.unpaid += total;
        self.leg(Role::HospitalIncome, Code::Claim, u32::from(hospital.0), -total);
        self.leg(Role::HospitalReceivable, Code::Arrears, person.0, total);
        self.end();
    }

    /// The funds pay the patient back.
    pub(super) fn reimburse(&mut self, hospital: HospitalId, person: PersonId, shares: &Shares) {
        self.funds(hospital, shares);
        self.leg(Role::PersonCash, Code::Reimbursed, person.0, -shares.funds());
        self.reimbursed += shares.funds();
        self.end();
    }

    /// Plays all movements between institutions in the order of their days and proves the end.
    pub(super) fn close(&mut self) -> Result<Closed, String> {
        let mut closed =
            Closed { hospital: (self.hospital_fen_days, self.funds_paid), ..Closed::default() };
        self.plan_provinces(&mut closed);
        let (mut last, mut own) = (None, Fen::ZERO);
        for (day, moves) in std::mem::take(&mut self.moves) {
            let days = last.map_or(0, |last: Day| day - last);
            closed.fen_days += i128::from((-own).at_least_zero().0) * i128::from(days);
            last = Some(day);
            for each in moves {
                own += self.play(each);
            }
            self.end();
        }
        self.prove(own)?;
        Ok(closed)
    }

    /// Monthly payments, the deposit and the prepayment of each province of insurance. An insurer pays the
    /// critical illness part from the sub-account as far as that holds; the fund fills it again on its own
    /// day. A province takes back what it gave ahead a day after its last payment.
    fn plan_provinces(&mut self, closed: &mut Closed) {
        for months in std::mem::take(&mut self.months) {
            let (Some((&first, &(fund, second))), Some(&last)) =
                (months.first_key_value(), months.keys().next_back())
            else {
                continue;
            };
            let pays = self.pays_after();
            let deposit = self.spec.deposit.of(fund + second);
            // The sub-account is opened by the first month with critical illness benefits.
            let opened = months.iter().find(|(_, (_, second))| !second.is_zero());
            let (opens, prepaid) = opened.map_or((first, Fen::ZERO), |(&day, &(_, second))| {
                (day, self.spec.sub_account.of(second))
            });
            closed.prepaid[0] += deposit;
            closed.prepaid[1] += prepaid;
            let end = last + pays + 1;
            let mut push = |day: Day, each| self.moves.entry(day).or_default().push(each);
            push(first, Move::Deposit { amount: deposit });
            push(opens, Move::Prepayment { amount: prepaid });
            for (day, fund, Insurer { at_once, later }) in insurer(&months, prepaid, pays) {
                push(day, Move::Province { fund: Fen::ZERO, sub_account: at_once });
                push(day + pays, Move::Prepayment { amount: at_once + later });
                push(day + pays, Move::Province { fund, sub_account: later });
                closed.from_sub_account[0] += at_once;
                closed.from_sub_account[1] += later;
                closed.sub_account_fen_days -= i128::from(at_once.0) * i128::from(pays);
            }
            closed.sub_account_fen_days += i128::from(prepaid.0) * i128::from(end - opens);
            push(end, Move::Deposit { amount: -deposit });
            push(end, Move::Prepayment { amount: -prepaid });
        }
    }

    /// Posts a movement; returns what the province of care gained by it.
    fn play(&mut self, each: Move) -> Fen {
        let care = (Role::CareProvince, 0);
        let fund_of = (Role::FundsPaid, 0);
        match each {
            Move::Hospital { hospital, amount } => {
                let cash = (Role::HospitalCash, u32::from(hospital.0));
                transfer(&mut self.audit, Code::FundPayment, cash, care, amount);
                -amount
            }
            Move::Province { fund, sub_account } => {
                let from = (Role::SubAccount, 0);
                transfer(&mut self.audit, Code::ProvincePayment, care, fund_of, fund);
                transfer(&mut self.audit, Code::ProvincePayment, care, from, sub_account);
                fund + sub_account
            }
            Move::Deposit { amount } => {
                transfer(&mut self.audit, Code::Advance, care, fund_of, amount);
                amount
            }
            Move::Prepayment { amount } => {
                let sub = (Role::SubAccount, 0);
                transfer(&mut self.audit, Code::Prepayment, sub, fund_of, amount);
                Fen::ZERO
            }
        }
    }

    fn prove(&self, own: Fen) -> Result<(), String> {
        let total = |role| self.audit.total(role);
        let borne: Fen = [Role::PooledEmployee, Role::PooledResident, Role::SecondLayer]
            .into_iter()
            .chain([Role::Assistance])
            .map(total)
            .sum();
        let identities = [
            ("the province of care", own, Fen::ZERO),
            ("the province of care's postings", total(Role::CareProvince), Fen::ZERO),
            ("the sub-account", total(Role::SubAccount), Fen::ZERO),
            ("funds paid", -total(Role::FundsPaid) + self.reimbursed, borne),
            ("hospitals' cash", total(Role::HospitalCash) + self.unpaid, self.billed),
            ("imbalance", Fen(self.audit.imbalance_fen()), Fen::ZERO),
        ];
        for (name, got, expected) in identities {
            if got != expected {
                return Err(format!("{name}: {got} where there must be {expected}"));
            }
        }
        Ok(())
    }

    /// Absolute imbalance of all commands.
    pub(super) fn imbalance_fen(&self) -> i64 {
        self.audit.imbalance_fen()
    }

    fn funds(&mut self, hospital: HospitalId, shares: &Shares) {
        let party = u32::from(hospital.0);
        self.leg(shares.pooled.0, Code::Claim, party, shares.pooled.1);
        self.leg(Role::SecondLayer, Code::Claim, party, shares.second);
        self.leg(Role::Assistance, Code::Claim, party, shares.assistance);
    }

    /// The patient's money reaches the hospital.
    fn arrives(&mut self, hospital: HospitalId, amount: Fen) {
        let party = u32::from(hospital.0);
        let (cash, paid) = ((Role::HospitalCash, party), (Role::PatientsPaid, party));
        transfer(&mut self.audit, Code::PatientPayment, cash, paid, amount);
    }

    fn leg(&mut self, role: Role, code: Code, party: u32, amount: Fen) {
        if !amount.is_zero() {
            self.audit.post(Posting { role, code, party, amount });
        }
    }

    fn end(&mut self) {
        self.commands += 1;
        self.audit.close(self.commands);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Ratio;

    const SPEC: ProvinceClearing = ProvinceClearing {
        hospital_paid_after_days: 10,
        pays_after_days: 20,
        home_pays_after_days: None,
        deposit: Ratio::ZERO,
        sub_account: Ratio::ZERO,
    };

    /// The published stay: 51,423.22 = 34,550.22 + 4,125.80 + 12,747.20.
    fn shares() -> Shares {
        Shares {
            total: Fen(5_142_322),
            person: Fen(1_274_720),
            pooled: (Role::PooledResident, Fen(3_455_022)),
            second: Fen(412_580),
            assistance: Fen::ZERO,
        }
    }

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a date")
    }

    #[test]
    fn the_province_of_care_waits_from_paying_the_hospital_to_the_clearing() {
        let mut books = Paths::new(SPEC, 1);
        books.settle(day("2018-06-05"), 0, HospitalId(0), PersonId(1), &shares(), true);
        let closed = books.close().expect("the books close");
        // Paid on 15 June, cleared on 21 July: 36 days.
        assert_eq!(closed.fen_days, 36 * (3_455_022 + 412_580));
        assert_eq!(books.audit.total(Role::HospitalCash), Fen(5_142_322));
    }

    #[test]
    fn where_the_place_of_insurance_pays_the_hospital_itself_the_hospital_waits_for_it() {
        let wait = |home_pays_after_days| {
            let mut books = Paths::new(ProvinceClearing { home_pays_after_days, ..SPEC }, 1);
            books.settle(day("2018-06-05"), 0, HospitalId(0), PersonId(1), &shares(), true);
            let closed = books.close().expect("the books close");
            let funds = 3_455_022 + 412_580;
            assert_eq!(closed.hospital.1, Fen(funds));
            (closed.hospital.0 / i128::from(funds), closed.fen_days / i128::from(funds))
        };
        // 5 June to the 15th and cleared on 21 July; or paid from home 40 days after 1 July.
        assert_eq!(wait(None), (10, 36));
        assert_eq!(wait(Some(40)), (66, 0), "the province of care lends nothing");
    }

    #[test]
    fn a_deposit_shortens_what_the_province_lends_and_a_sub_account_pays_the_critical_part() {
        let spec =
            ProvinceClearing { deposit: Ratio::ONE, sub_account: Ratio::percent(80), ..SPEC };
        let mut books = Paths::new(spec, 2);
        books.settle(day("2018-06-05"), 1, HospitalId(0), PersonId(1), &shares(), true);
        let closed = books.close().expect("the books close");
        // The deposit comes on 1 July, 16 days after the hospital was paid.
        assert_eq!(closed.fen_days, 16 * (3_455_022 + 412_580));
        assert_eq!(closed.prepaid, [Fen(3_867_602), Fen(330_064)]);
        // The insurer pays 80 % at the month's end, the rest with the fund 20 days later.
        assert_eq!(closed.from_sub_account, [Fen(330_064), Fen(82_516)]);
        assert_eq!(closed.sub_account_fen_days, 330_064, "it lies there for the last day only");
    }

    /// A sub-account pays at a month's end what it holds, so that the province of care waits less.
    #[test]
    fn a_fuller_sub_account_spares_the_province_of_care_days() {
        let fen_days = |percent: i64| {
            let spec = ProvinceClearing { sub_account: Ratio::percent(percent), ..SPEC };
            let mut books = Paths::new(spec, 1);
            for month in ["2018-06-05", "2018-07-05", "2018-08-05"] {
                books.settle(day(month), 0, HospitalId(0), PersonId(1), &shares(), true);
            }
            let closed = books.close().expect("the books close");
            let paid: Fen = closed.from_sub_account.into_iter().sum();
            assert_eq!(paid, if percent == 0 { Fen::ZERO } else { Fen(3 * 412_580) });
            closed.fen_days
        };
        // 20 days less on the critical illness part of three months, then of half of it.
        let whole = 20 * 3 * 412_580;
        let later = ProvinceClearing { sub_account: Ratio::ONE, ..SPEC };
        let mut books = Paths::new(later, 1);
        let none = Shares {
            second: Fen::ZERO,
            pooled: (Role::PooledResident, Fen(3_867_602)),
            ..shares()
        };
        books.settle(day("2018-06-05"), 0, HospitalId(0), PersonId(1), &none, true);
        books.settle(day("2018-07-05"), 0, HospitalId(0), PersonId(1), &shares(), true);
        let closed = books.close().expect("the books close");
        assert_eq!(closed.prepaid[1], Fen(412_580), "opened by the first month that needs it");
        assert_eq!(fen_days(0) - fen_days(100), whole);
        assert_eq!(fen_days(0) - fen_days(50), whole / 2);
    }

    #[test]
    fn what_a_patient_advances_comes_back_only_with_an_invoice() {
        let mut books = Paths::new(SPEC, 1);
        books.advance(HospitalId(0), PersonId(1), Fen(5_142_322));
        assert_eq!(books.audit.total(Role::PersonCash), Fen(5_142_322));
        books.reimburse(HospitalId(0), PersonId(1), &shares());
        assert_eq!(books.audit.total(Role::PersonCash), Fen(1_274_720));
        books.unpaid(HospitalId(0), PersonId(2), Fen(700));
        books.close().expect("the books close");
        assert_eq!(books.audit.total(Role::HospitalReceivable), Fen(700));
    }
}
