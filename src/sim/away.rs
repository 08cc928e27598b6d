//! Stays of people insured in another province: settled directly over the relay, and once more as
//! manual reimbursement, with the same patients and bills. Must never change a row of the city: it
//! has books of its own, proven like all others.

use super::away_books::{Paths, Shares};
use super::city_view::World;
use crate::domain::{
    CareKind, Day, Fen, HospitalId, InsuranceScheme, MS_PER_MINUTE, PersonId, Ratio, TimeMs,
};
use crate::random::{Address, Purpose};
use crate::relay::{At, Draw, Exchange, Outage, Route, of_million, pick};
use crate::scenario::CrossProvince;
use crate::settlement::{self, BillLine, Member, YearToDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A stay that ended, as the settlement saw it.
#[derive(Clone, Debug)]
pub(super) struct Stay {
    pub(super) visit: u64,
    pub(super) person: PersonId,
    pub(super) hospital: HospitalId,
    pub(super) at: TimeMs,
    pub(super) lines: Vec<BillLine>,
}

/// What one way of settling comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaySide {
    /// Patients' own money × days until it came back, fen-days.
    pub patient_fen_days: i128,
    /// Money of the province of care × days until it was cleared, fen-days.
    pub province_fen_days: i128,
    /// Advanced by patients and later reimbursed.
    pub advanced: Fen,
    /// Benefits that nobody paid: invoice lost, or bill unpaid.
    pub forgone: Fen,
    /// Stays without reimbursement.
    pub forgone_stays: u64,
    /// Stays whose treatment stopped for want of money.
    pub interrupted: u64,
    /// Bills that were never paid.
    pub unpaid: Fen,
    /// Days from leaving to having the benefit, summed over reimbursed or settled stays.
    pub benefit_days: u64,
    /// Stays that had their benefit.
    pub benefited: u64,
    /// Trips back.
    pub trips: u64,
    /// Cost of these trips.
    pub trip_cost: Fen,
    /// Clerk minutes.
    pub clerk_min: u64,
}

/// What a replication's cross-province stays come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwayTotals {
    /// Stays.
    pub stays: u64,
    /// Their bills.
    pub billed: Fen,
    /// Funds' share by the rules of the province of insurance.
    pub funds: Fen,
    /// The persons' part.
    pub person: Fen,
    /// Settled before the patient left the desk.
    pub at_once: u64,
    /// Settled after a fault was repaired, while the patient waited.
    pub after_repair: u64,
    /// Diverted to manual reimbursement.
    pub diverted: u64,
    /// Time from request to answer of both transactions, ms, in rising order.
    pub answer_ms: Vec<u32>,
    /// The same over the other kind of connection (direct or not), for comparison.
    pub other_answer_ms: Vec<u32>,
    /// Attempts, attempts timed out, replays, ignored answers, of these out of order, lost messages.
    pub messages: [u64; 6],
    /// Settlements that the hospital never heard of and that were reversed.
    pub reversed: u64,
    /// Faults of systems, and those repaired within 24 hours.
    pub faults: [u64; 2],
    /// With direct settlement.
    pub direct: AwaySide,
    /// The counterfactual: every stay is reimbursed by hand.
    pub manual: AwaySide,
    /// By province of insurance: stays, billed, funds' share, diverted.
    pub provinces: Vec<(u64, Fen, Fen, u64)>,
    /// Deposits of provinces of insurance, and prepayments to sub-accounts.
    pub prepaid: [Fen; 2],
    /// Paid from sub-accounts at a month's end, and when the fund had filled them up.
    pub from_sub_account: [Fen; 2],
    /// The fund's money in sub-accounts × days, fen-days.
    pub sub_account_fen_days: i128,
    /// The funds' parts of stays settled directly × days until hospitals had them, fen-days.
    pub hospital_fen_days: i128,
    /// These parts.
    pub funds_to_hospitals: Fen,
    /// Commands of both books that did not balance, fen.
    pub imbalance_fen: i64,
}

/// Whether a person is insured in another province.
pub(super) fn is_elsewhere(world: &World<'_>, cross: &CrossProvince, person: PersonId) -> bool {
    let insured = world.city.people[person.0 as usize].scheme() != InsuranceScheme::Uninsured;
    let address = Address::new(u64::from(person.0), 0, Purpose::Away);
    insured && of_million(world.philox.block(address)[0], millionths(cross.spec.insured_elsewhere))
}

/// Whether people from elsewhere are treated at a hospital.
pub(super) fn treats_away(world: &World<'_>, cross: &CrossProvince, hospital: HospitalId) -> bool {
    let sites = &cross.spec.sites;
    sites.is_empty() || sites.contains(&world.city.sites[usize::from(hospital.0)].name)
}

fn millionths(ratio: Ratio) -> u32 {
    u32::try_from(ratio.of(Fen(1_000_000)).0).unwrap_or(0)
}

/// The study of one replication.
pub(super) struct Study<'a, 's> {
    world: &'a World<'s>,
    cross: &'a CrossProvince,
    replication: u16,
    outages: Vec<Outage>,
    years: BTreeMap<u32, (i16, YearToDate)>,
    totals: AwayTotals,
    direct: Paths,
    manual: Paths,
}

/// One stay in hand.
struct Case<'a> {
    stay: &'a Stay,
    shares: Shares,
    province: usize,
    /// Words of the patient's money and luck: raise, borrow, never, invoice, days, trips.
    luck: [u32; 6],
}

impl<'a, 's> Study<'a, 's> {
    /// A study over the days of a run.
    pub(super) fn new(
        world: &'a World<'s>,
        cross: &'a CrossProvince,
        replication: u16,
        days: u32,
    ) -> Study<'a, 's> {
        let provinces = cross.spec.provinces.len();
        let paths = || Paths::new(cross.spec.clearing, provinces);
        let mut study = Study {
            world,
            cross,
            replication,
            outages: Vec::new(),
            years: BTreeMap::new(),
            totals: AwayTotals {
                provinces: vec![(0, Fen::ZERO, Fen::ZERO, 0); provinces],
                ..AwayTotals::default()
            },
            direct: paths(),
            manual: paths(),
        };
        study.plan_outages(days);
        study
    }

    /// Draws when each system is down: at most one fault a day and system.
    fn plan_outages(&mut self, days: u32) {
        let cross = self.cross;
        for (link, spec) in cross.spec.links.iter().enumerate() {
            for index in 0..days {
                let place = Address::new(link as u64, self.replication, Purpose::Away).item(1);
                let [happens, when, length, _] = self.world.philox.block(place.at(index));
                if !of_million(happens, spec.outages_per_year * 1_000_000 / 365) {
                    continue;
                }
                let minute = (u64::from(when) * 1_440) >> 32;
                let from = self.world.day(index).start() + minute as i64 * MS_PER_MINUTE;
                let minutes = pick(&spec.outage_min, length);
                let until = from + i64::from(minutes) * MS_PER_MINUTE;
                self.outages.push(Outage { link, from, until });
                self.totals.faults[0] += 1;
                self.totals.faults[1] += u64::from(minutes <= 24 * 60);
            }
        }
    }

    /// Follows every stay, in the order in which they ended.
    pub(super) fn run(mut self, mut stays: Vec<Stay>) -> Result<AwayTotals, String> {
        stays.sort_unstable_by_key(|stay| (stay.at, stay.visit));
        for stay in &stays {
            let case = self.case(stay);
            self.count(&case);
            self.settle_directly(&case);
            let mut manual = std::mem::take(&mut self.totals.manual);
            self.by_hand(&case, &mut manual, false);
            self.totals.manual = manual;
        }
        self.totals.answer_ms.sort_unstable();
        self.totals.other_answer_ms.sort_unstable();
        let cross = self.cross;
        let spec = &cross.spec;
        let closed = self.direct.close()?;
        self.manual.close()?;
        self.totals.direct.province_fen_days = closed.fen_days;
        (self.totals.hospital_fen_days, self.totals.funds_to_hospitals) = closed.hospital;
        self.totals.prepaid = closed.prepaid;
        self.totals.from_sub_account = closed.from_sub_account;
        self.totals.sub_account_fen_days = closed.sub_account_fen_days;
        self.totals.imbalance_fen = self.direct.imbalance_fen() + self.manual.imbalance_fen();
        let clerk = u64::from(spec.clerk_min) * (self.totals.stays - self.totals.diverted);
        self.totals.direct.clerk_min += clerk;
        Ok(self.totals)
    }

    /// The split by the rules of the province of insurance, and the words of the stay.
    fn case<'c>(&mut self, stay: &'c Stay) -> Case<'c> {
        let (employer, commercial) = self.world.city.covers(stay.person);
        let person = &self.world.city.people[stay.person.0 as usize];
        let member = Member {
            scheme: person.scheme(),
            status: person.status(),
            assistance: person.assistance(),
            employer,
            commercial,
        };
        let (cross, world) = (self.cross, self.world);
        let rules = cross.rules.as_ref().unwrap_or(&world.scenario.rules);
        let year = stay.at.day().civil().year;
        let (tag, used) = self.years.entry(stay.person.0).or_default();
        if *tag != year {
            (*tag, *used) = (year, YearToDate::default());
        }
        let level = self.world.city.sites[usize::from(stay.hospital.0)].level;
        let split = settlement::split(rules, member, level, CareKind::Inpatient, used, &stay.lines);
        used.commit(CareKind::Inpatient, &split);
        let address = Address::new(stay.visit, self.replication, Purpose::Away);
        let [raise, borrow, never, invoice] = self.world.philox.block(address.item(3));
        let [days, trips, ..] = self.world.philox.block(address.item(4));
        let home = Address::new(u64::from(stay.person.0), 0, Purpose::Away);
        let weights = self.cross.spec.provinces.iter().map(|&(_, weight)| weight);
        let province = weighted(weights, self.world.philox.block(home)[1]);
        let shares = Shares::new(member.scheme, &split);
        Case { stay, shares, province, luck: [raise, borrow, never, invoice, days, trips] }
    }

    fn count(&mut self, case: &Case<'_>) {
        let totals = &mut self.totals;
        totals.stays += 1;
        totals.billed += case.shares.total;
        totals.funds += case.shares.funds();
        totals.person += case.shares.person;
        let (stays, billed, funds, _) = &mut totals.provinces[case.province];
        *stays += 1;
        *billed += case.shares.total;
        *funds += case.shares.funds();
    }

    /// Pre-settlement (2303) and settlement (2304) over the relay; a fault makes the patient wait for
    /// its repair, or diverts him.
    fn settle_directly(&mut self, case: &Case<'_>) {
        let cross = self.cross;
        let spec = &cross.spec;
        let mut at = case.stay.at;
        let mut repaired = false;
        let settled = loop {
            let (time, done) = self.both(case, at, spec.direct_connection, u8::from(repaired));
            self.heard(&done);
            if done[1].answered.is_some() {
                self.totals.answer_ms.push(time);
                let other = self.both(case, at, !spec.direct_connection, u8::from(repaired));
                self.totals.other_answer_ms.push(other.0);
                break true;
            }
            let give_up = case.stay.at + i64::from(spec.waits_for_repair_h) * 60 * MS_PER_MINUTE;
            match self.repair(at).filter(|&up| up <= give_up && !repaired) {
                Some(up) => (at, repaired) = (up, true),
                None => break false,
            }
        };
        if !settled {
            self.totals.diverted += 1;
            self.totals.provinces[case.province].3 += 1;
            let mut direct = std::mem::take(&mut self.totals.direct);
            self.by_hand(case, &mut direct, true);
            self.totals.direct = direct;
            return;
        }
        self.totals.at_once += u64::from(!repaired);
        self.totals.after_repair += u64::from(repaired);
        let side = &mut self.totals.direct;
        side.benefited += 1;
        let short = case.shares.person > pick(&spec.manual.can_raise, case.luck[0]);
        side.interrupted += u64::from(short);
        let never = short && of_million(case.luck[2], millionths(spec.manual.never_found));
        side.unpaid += if never { case.shares.person } else { Fen::ZERO };
        let (day, province, hospital) = (at.day(), case.province, case.stay.hospital);
        self.direct.settle(day, province, hospital, case.stay.person, &case.shares, !never);
    }

    /// Both transactions one after the other; time from the first request to the last answer.
    fn both(&self, case: &Case<'_>, at: TimeMs, direct: bool, again: u8) -> (u32, [Exchange; 2]) {
        let spec = &self.cross.spec;
        let route = Route::new(&spec.links, &self.outages, direct);
        let draw = |transaction: u32| {
            move |(attempt, place, back, what): At| {
                let address = Address::new(case.stay.visit, self.replication, Purpose::Away);
                let step = transaction << 16
                    | u32::from(again) << 20
                    | u32::from(attempt) << 8
                    | (place as u32) << 1
                    | u32::from(back);
                let words = self.world.philox.block(address.item(2).at(step));
                match what {
                    Draw::Latency => words[0],
                    Draw::Loss => words[1],
                    Draw::Duplicate => words[2],
                }
            }
        };
        let first = route.exchange(&spec.asking, at, draw(0));
        if first.answered.is_none() {
            return (0, [first, first]);
        }
        let second = route.exchange(&spec.asking, first.ended, draw(1));
        let ms = u32::try_from(second.ended - at).unwrap_or(u32::MAX);
        (ms, [first, second])
    }

    fn heard(&mut self, done: &[Exchange; 2]) {
        let both = if done[0].answered.is_none() { &done[..1] } else { &done[..] };
        for each in both {
            let counts = [
                each.attempts,
                each.timed_out,
                each.replayed,
                each.ignored,
                each.out_of_order,
                each.lost,
            ];
            for (sum, more) in self.totals.messages.iter_mut().zip(counts) {
                *sum += u64::from(more);
            }
        }
        let settlement = &done[1];
        let committed = done[0].answered.is_some() && settlement.is_half_done();
        self.totals.reversed += u64::from(committed);
    }

    /// When the fault that is on at an instant is repaired.
    fn repair(&self, at: TimeMs) -> Option<TimeMs> {
        let on = self.outages.iter().filter(|outage| outage.from <= at && at < outage.until);
        on.map(|outage| outage.until).max()
    }

    /// Manual reimbursement of one stay: pay all, carry the papers home, wait.
    fn by_hand(&mut self, case: &Case<'_>, side: &mut AwaySide, diverted: bool) {
        let cross = self.cross;
        let manual = &cross.spec.manual;
        let books = if diverted { &mut self.direct } else { &mut self.manual };
        let [raise, borrow, never, invoice, days, trips] = case.luck;
        let total = case.shares.total;
        let (person, hospital) = (case.stay.person, case.stay.hospital);
        let short = total > pick(&manual.can_raise, raise);
        side.interrupted += u64::from(short);
        if short && of_million(never, millionths(manual.never_found)) {
            side.unpaid += total;
            side.forgone += case.shares.funds();
            side.forgone_stays += 1;
            books.unpaid(hospital, person, total);
            return;
        }
        books.advance(hospital, person, total);
        let wait = if short { pick(&manual.days_to_borrow, borrow) } else { 0 };
        if of_million(invoice, millionths(manual.invoice_lost)) {
            side.forgone += case.shares.funds();
            side.forgone_stays += 1;
            return;
        }
        let days = pick(&manual.days_to_payment, days);
        let trips = u64::from(pick(&manual.return_trips, trips));
        books.reimburse(hospital, person, &case.shares);
        let locked = case.shares.funds();
        side.advanced += locked;
        side.patient_fen_days += i128::from(locked.0) * i128::from(days);
        side.benefit_days += u64::from(wait + days);
        side.benefited += 1;
        side.trips += trips;
        side.trip_cost += Fen(manual.trip_cost.0 * trips as i64);
        side.clerk_min += u64::from(manual.clerk_min);
    }
}

/// A place drawn in proportion to weights.
fn weighted(weights: impl Iterator<Item = u32> + Clone, word: u32) -> usize {
    let total: u64 = weights.clone().map(u64::from).sum();
    let mut left = (u64::from(word) * total) >> 32;
    for (place, weight) in weights.enumerate() {
        if left < u64::from(weight) {
            return place;
        }
        left -= u64::from(weight);
    }
    0
}

/// The first day of the month after a day's.
pub(super) fn month_after(day: Day) -> Day {
    let civil = day.civil();
    (day + (1 - i32::from(civil.day))).plus_months(1)
}
