//! The end of each day: blocks' sums in block order, shared losses in claim order, the audit.
//! Must never change a person's row.

use super::banks::{BankLosses, BankNights, BankTotals};
use super::between::Between;
use super::block::{ArmBlock, Block, OfDraw, Today};
use super::cards::{self, Cards};
use super::city_view::World;
use super::claims::{Claims, paid_in};
use super::files::{DayFiles, FileTotals};
use super::homes::{HomeTotals, Homes};
use super::hospital::SiteDay;
use super::payments::{PayDay, PayTotals};
use super::pharmacy::RetailTotals;
use super::purses::Purses;
use super::replication::{ArmResult, Invalid, RunPlan};
use super::tallies::{codes, groups, line_days, outstanding, stations};
use super::ways::{Ways, WaysIn};
use crate::city::Person;
use crate::clearing::SiteBooks;
use crate::credit;
use crate::credit::spec::CreditPolicy;
use crate::domain::{AGE_BANDS, Day, Fen, INCOME_BANDS, PersonId, Refusal};
use crate::engine::{PersonRow, tags};
use crate::ledger::{Audit, Code, PlantedFault, Role, Sink, transfer};
use crate::metrics::{ArmDay, ArmSums, Buckets, MINUTES_A_DAY, PairSums, RiskSums};
use crate::settlement::YearMore;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;

/// People of a block; whole kin groups, so a little more or less.
const BLOCK_PEOPLE: u32 = 4_096;

/// Who bears losses, in the order of [`ArmResult::losses`].
const BEARERS: [Role; credit::BEARERS] = [
    Role::InsurerLoss,
    Role::HospitalLoss,
    Role::RiskPoolLoss,
    Role::BankLoss,
    Role::GuarantorLoss,
];

/// Opens the books: blocks of whole kin groups, accounts at their starting balance, sign-ups planned.
pub(super) fn open_blocks(world: &World<'_>, plan: RunPlan) -> Vec<Block> {
    let mut ranges: Vec<Range<u32>> = Vec::new();
    let mut from = 0;
    for group in 0..world.city.groups() {
        let people =
            world.city.group_first[group as usize + 1] - world.city.group_first[from as usize];
        if people >= BLOCK_PEOPLE || group + 1 == world.city.groups() {
            ranges.push(from..group + 1);
            from = group + 1;
        }
    }
    let ways = WaysIn::new(world, plan);
    ranges.into_par_iter().map(|groups| open_block(world, plan, groups, &ways)).collect()
}

fn open_block(world: &World<'_>, plan: RunPlan, groups: Range<u32>, ways: &WaysIn) -> Block {
    let first_person = world.city.group_first[groups.start as usize];
    let end = world.city.group_first[groups.end as usize];
    let arms = 0..world.arms.len();
    Block {
        first_person,
        arms: arms
            .map(|arm| {
                let homes = Homes::open(world, groups.clone());
                let people = first_person..end;
                ArmBlock { homes, ..open_arm(world, plan, arm, people, ways) }
            })
            .collect(),
        today: Today::default(),
        later: BTreeMap::new(),
        pairs: PairSums::new(world.policy(), world.cells().len()),
        lost: Vec::new(),
        claimed: Vec::new(),
        groups,
    }
}

fn open_arm(
    world: &World<'_>,
    plan: RunPlan,
    arm: usize,
    people: Range<u32>,
    ways: &WaysIn,
) -> ArmBlock {
    let (year_tag, month_tag) = tags(world.day(0));
    let mut audit = Audit::new();
    let mut rows = Vec::with_capacity(people.len());
    let calendar = cards::first_cards(world, plan.days, people.clone());
    let (mut eligible, mut joins) = (0, Ways::default());
    let mut risk = RiskSums::default();
    let mut ineligible = [0; Refusal::ALL.len()];
    for person in people {
        let balance = world.city.account_start(PersonId(person));
        let contributions = (Role::AccountContributions, person);
        let account = (Role::PersonalAccount, person);
        transfer(&mut audit, Code::AccountInflow, contributions, account, balance);
        let (account, flags) = (balance.packed(), world.card_flag(person));
        rows.push(PersonRow { account, year_tag, month_tag, flags, ..PersonRow::default() });
        if let Some(policy) = world.arms[arm].engine.policy {
            let may = credit::eligible(policy, &world.applicant(PersonId(person)));
            eligible += u64::from(may.is_ok());
            count_adult(&mut risk, world, PersonId(person), may.is_ok());
            if let Err(word) = may {
                ineligible[word as usize] += 1;
            }
            joins.enter((world, plan, ways), policy, (person, may.is_ok()));
        }
    }
    audit.close(0);
    plant(&mut audit, plan.planted.filter(|_| arm == world.policy()));
    let Ways { mut sign_ups, abandoned, outside, opted_out } = joins;
    sign_ups.sort_unstable_by(|a, b| b.cmp(a));
    let applied = sign_ups.len() as u64 + abandoned;
    let more = if world.arms[arm].engine.rules.uses_more() { rows.len() } else { 0 };
    ArmBlock {
        more: vec![YearMore::default(); more],
        rows,
        credit: BTreeMap::new(),
        calendar,
        sign_ups,
        pending: 0,
        audit,
        away: Vec::new(),
        files: DayFiles::default(),
        banks: BankNights::open(world, arm),
        cards: Cards::default(),
        retail: RetailTotals::default(),
        pay: PayDay::open(world),
        sites: SiteBooks::new(world.arms[arm].spec.clearing.map_or(0, |_| world.institutions())),
        homes: Homes::default(),
        purses: Purses::open(world),
        sums: ArmSums {
            eligible,
            ineligible,
            applied,
            outside,
            opted_out,
            abandoned,
            risk,
            ..ArmSums::new(true)
        },
    }
}

/// Plants a fault; its posting counts from the end of the opening postings.
fn plant(audit: &mut Audit, fault: Option<PlantedFault>) {
    if let Some(PlantedFault::DropOneFen { at_posting }) = fault {
        let at_posting = audit.postings().saturating_add(at_posting);
        audit.plant(PlantedFault::DropOneFen { at_posting });
    }
}

/// Counts an adult's eligibility for the fairness table.
fn count_adult(risk: &mut RiskSums, world: &World<'_>, person: PersonId, may: bool) {
    let row = world.city.person(person);
    if row.age >= credit::ADULT_AGE {
        for at in segments_of(row) {
            risk.segments[at].adults += 1;
            risk.segments[at].eligible += u64::from(may);
        }
    }
}

/// Positions of a person's groups in the risk sums.
pub(super) fn segments_of(person: &Person) -> [usize; 3] {
    let income = AGE_BANDS + usize::from(person.income_band);
    [person.age_band(), income, AGE_BANDS + INCOME_BANDS + person.scheme() as usize]
}

/// The running books of one replication.
pub(super) struct Books<'w, 's> {
    world: &'w World<'s>,
    plan: RunPlan,
    days: Vec<Vec<ArmDay>>,
    buckets: Vec<Vec<(Day, Buckets)>>,
    classes: Vec<Vec<(Day, Buckets)>>,
    shared: Vec<Audit>,
    between: Vec<Option<Between>>,
    losses: Vec<[Fen; credit::BEARERS]>,
    banks: Vec<BankLosses>,
    paid: Vec<(i16, [Fen; credit::BEARERS])>,
    claims: Vec<Claims>,
    premiums: Vec<Fen>,
    peak_minute: Vec<u32>,
    busiest_day: Vec<Vec<u32>>,
    opened: Vec<Vec<u64>>,
    /// Principal owed tonight, and its sum over all nights.
    lent: Vec<(Fen, i128)>,
    closed: Day,
    visits: u64,
}

/// Minutes of a step of the request profile.
const QUARTER_MINUTES: usize = 15;

impl<'w, 's> Books<'w, 's> {
    /// Empty books.
    pub(super) fn new(world: &'w World<'s>, plan: RunPlan) -> Books<'w, 's> {
        let arms = world.arms.len();
        Books {
            world,
            plan,
            days: vec![Vec::new(); arms],
            buckets: vec![Vec::new(); arms],
            classes: vec![Vec::new(); arms],
            shared: (0..arms).map(|_| Audit::new()).collect(),
            between: (0..arms).map(|arm| Between::open(world, arm)).collect(),
            losses: vec![[Fen::ZERO; credit::BEARERS]; arms],
            banks: (0..arms).map(|arm| BankLosses::open(world, arm)).collect(),
            paid: vec![(0, [Fen::ZERO; credit::BEARERS]); arms],
            claims: (0..arms).map(|_| Claims::default()).collect(),
            premiums: vec![Fen::ZERO; arms],
            peak_minute: vec![0; arms],
            busiest_day: vec![Vec::new(); arms],
            opened: vec![Vec::new(); arms],
            lent: vec![(Fen::ZERO, 0); arms],
            closed: world.day(0),
            visits: 0,
        }
    }

    /// Visits of the policy arm so far.
    pub(super) fn visits(&self) -> u64 {
        self.visits
    }

    /// Ends a day with visits.
    pub(super) fn close_day(&mut self, blocks: &mut [Block], day: Day) -> Result<(), Invalid> {
        for arm in 0..self.world.arms.len() {
            let mut minutes = [0_u32; MINUTES_A_DAY];
            for block in blocks.iter_mut() {
                let sums = &mut block.arms[arm].sums;
                for (total, minute) in minutes.iter_mut().zip(&mut sums.minutes) {
                    *total += std::mem::take(minute);
                }
            }
            let peak = minutes.iter().max().copied().unwrap_or(0);
            if peak > self.peak_minute[arm] {
                self.peak_minute[arm] = peak;
                let quarters = minutes.chunks(QUARTER_MINUTES).map(|part| part.iter().sum());
                self.busiest_day[arm] = quarters.collect();
            }
            let opened = blocks.iter().map(|block| block.arms[arm].sums.opened).sum();
            self.opened[arm].push(opened);
        }
        self.close_night(blocks, day)?;
        self.visits += self.days[self.world.policy()].last().map_or(0, |day| day.visits);
        Ok(())
    }

    /// Ends a night: series, shared losses, audit.
    pub(super) fn close_night(&mut self, blocks: &mut [Block], day: Day) -> Result<(), Invalid> {
        self.closed = day;
        let with_visits = self.world.index(day) < self.plan.days as i32;
        for arm in 0..self.world.arms.len() {
            let mut total = ArmDay::default();
            for block in blocks.iter_mut() {
                total.merge(&std::mem::take(&mut block.arms[arm].sums.day));
            }
            self.pay_premium(arm, total.drawn, day);
            let (owed, sum) = &mut self.lent[arm];
            *owed += total.drawn - total.repaid - total.written_off;
            *sum += i128::from(owed.0);
            if with_visits {
                self.days[arm].push(total);
            }
        }
        self.age(blocks, day);
        self.share_losses(blocks, day);
        self.settle_claims(blocks, day);
        self.share_recoveries(blocks, day);
        self.check_commands(blocks, day)?;
        for (arm, between) in self.between.iter_mut().enumerate() {
            if let Some(between) = between {
                between.night(blocks, arm, day, with_visits);
            }
        }
        if (day + 1).civil().day == 1 {
            self.re_add(blocks, day)?;
        }
        Ok(())
    }

    /// Passes over nights on which nothing falls due: only the days past due grow.
    pub(super) fn pass_over(&mut self, blocks: &[Block], until: Day) {
        let mut day = self.closed + 1;
        while day < until {
            self.age(blocks, day);
            for (owed, sum) in &mut self.lent {
                *sum += i128::from(owed.0);
            }
            day = day + 1;
        }
    }

    /// At the end of each week, what is owed by days past due and by class.
    fn age(&mut self, blocks: &[Block], day: Day) {
        if self.world.index(day) % 7 != 6 {
            return;
        }
        for arm in 0..self.world.arms.len() {
            if self.world.arms[arm].engine.policy.is_some() {
                let dpd = |draw: &credit::DrawRow| credit::dpd(draw, day);
                let by_bucket = outstanding(blocks, arm, |draw| credit::bucket(dpd(draw)) as usize);
                let by_class =
                    outstanding(blocks, arm, |draw| credit::five_tier(dpd(draw)) as usize);
                self.buckets[arm].push((day, by_bucket));
                self.classes[arm].push((day, by_class));
            }
        }
    }

    /// Shares tonight's write-offs in block order: the insurer's yearly limit is one for the city.
    fn share_losses(&mut self, blocks: &[Block], day: Day) {
        for lost in blocks.iter().flat_map(|block| block.lost.iter().copied()) {
            let OfDraw { arm, holder, bank, amount, .. } = lost;
            let policy = self.policy(arm, holder);
            let paid = paid_in(&mut self.paid[arm], day);
            // The engine wrote the whole loss off against the bank.
            let audit = &mut self.shared[arm];
            let claimed = self.claims[arm].write_off(policy, lost, paid, audit);
            let (shares, advanced) =
                claimed.unwrap_or_else(|| (credit::share_down(policy, amount, paid), Fen::ZERO));
            let mut parts = shares.by_bearer();
            for (total, part) in self.losses[arm].iter_mut().zip(parts) {
                *total += part;
            }
            self.banks[arm].bear(bank, parts[credit::Bearer::Bank as usize]);
            // Paid and posted when the claim was filed.
            parts[credit::Bearer::Insurer as usize] -= advanced;
            for (paid, part) in paid.iter_mut().zip(parts) {
                *paid += part;
            }
            for (role, part) in BEARERS.into_iter().zip(parts).filter(|(r, _)| *r != Role::BankLoss)
            {
                transfer(audit, Code::LossShare, (role, holder), (Role::BankLoss, holder), part);
            }
            audit.close(u128::from(holder) << 32 | u128::from(day.0.unsigned_abs()));
        }
    }

    /// Claims on the credit insurer: what patients paid on open ones is passed on, new ones are paid.
    fn settle_claims(&mut self, blocks: &[Block], day: Day) {
        for (arm, claims) in self.claims.iter_mut().enumerate() {
            let Some(policy) = self.world.arms[arm].engine.policy else { continue };
            if policy.more.waterfall.claim_from_dpd.is_none() {
                continue;
            }
            let (paid, audit) = (paid_in(&mut self.paid[arm], day), &mut self.shared[arm]);
            claims.bring_up(self.world, (blocks, arm), policy, audit);
            for draw in blocks.iter().flat_map(|b| &b.claimed).filter(|draw| draw.arm == arm) {
                claims.file(policy, *draw, paid, audit);
            }
            audit.close(u128::from(day.0.unsigned_abs()));
        }
    }

    fn policy(&self, arm: usize, holder: u32) -> &'w CreditPolicy {
        let policy = self.world.arms[arm].engine.policy;
        policy.unwrap_or_else(|| {
            panic!("invariant: holder {holder} has a line in an arm without a policy")
        })
    }

    /// Passes on what came in after write-offs, in the policy's order of recoveries, else in proportion
    /// to what each bearer still bears; nobody gets back more than it lost.
    fn share_recoveries(&mut self, blocks: &[Block], day: Day) {
        let books = self.losses.iter_mut().zip(&mut self.shared).zip(&mut self.banks);
        for (arm, ((losses, audit), banks)) in books.enumerate() {
            let held = |audit: &Audit| audit.total(Role::Recovered);
            let recovered = -(blocks.iter().map(|block| held(&block.arms[arm].audit)).sum::<Fen>()
                + held(audit));
            if recovered.is_zero() {
                continue;
            }
            let policy = self.world.arms[arm].engine.policy;
            let order = policy.map_or(&[][..], |policy| policy.more.waterfall.order());
            let back = credit::share_recovery(order, recovered, losses);
            banks.give_back(back[credit::Bearer::Bank as usize], blocks, arm);
            for ((total, part), role) in losses.iter_mut().zip(back).zip(BEARERS) {
                *total -= part;
                transfer(audit, Code::RecoveryShare, (Role::Recovered, 0), (role, 0), part);
            }
            audit.close(u128::from(day.0.unsigned_abs()));
        }
    }

    /// The insured hospitals' premium on what was drawn today; a surety's patients pay with each draw.
    fn pay_premium(&mut self, arm: usize, drawn: Fen, day: Day) {
        let Some(policy) = self.world.arms[arm].engine.policy else {
            return;
        };
        let premium = policy.more.waterfall.hospital_premium(drawn);
        if premium > Fen::ZERO {
            self.premiums[arm] += premium;
            let audit = &mut self.shared[arm];
            let (paid, income) = ((Role::PremiumPaid, 0), (Role::PremiumIncome, 0));
            transfer(audit, Code::Premium, paid, income, premium);
            audit.close(u128::from(day.0.unsigned_abs()));
        }
    }

    /// Every command's legs sum to zero, or the run stops and names the first that does not.
    fn check_commands(&self, blocks: &[Block], day: Day) -> Result<(), Invalid> {
        for block in blocks {
            for (arm, state) in block.arms.iter().enumerate() {
                if let Some(imbalance) = state.audit.imbalance() {
                    return Err(self.invalid(arm, day, imbalance.sum.0, imbalance.to_string()));
                }
            }
        }
        Ok(())
    }

    /// The full re-add: what the postings say must be what the rows hold.
    fn re_add(&self, blocks: &[Block], day: Day) -> Result<(), Invalid> {
        for arm in 0..self.world.arms.len() {
            let held = blocks.par_iter().map(|block| block.arms[arm].held());
            let (accounts, lines) = held.reduce(
                || (0, 0),
                |(accounts, lines), (more, owed)| (accounts + more, lines + owed),
            );
            let posted = |role: Role| -> i64 {
                blocks.iter().map(|block| block.arms[arm].audit.total(role).0).sum()
            };
            let identities = [
                ("personal accounts", -posted(Role::PersonalAccount), accounts),
                ("credit lines", posted(Role::LineReceivable), lines),
            ];
            for (name, posted, held) in identities {
                if posted != held {
                    let what = format!("{name}: {posted} fen posted, {held} fen in the rows");
                    return Err(self.invalid(arm, day, posted - held, what));
                }
            }
            let swept = blocks.iter().map(|block| block.arms[arm].sums.swept).sum();
            if let Some(between) = &self.between[arm]
                && let Err((missing, what)) = between.check(posted, swept)
            {
                return Err(self.invalid(arm, day, missing.0, what));
            }
        }
        Ok(())
    }

    fn invalid(&self, arm: usize, day: Day, fen: i64, what: String) -> Invalid {
        let arm = self.world.arms[arm].spec.name.clone();
        Invalid { replication: self.plan.replication, arm, day, fen, what }
    }

    /// Closes the books for good and adds everything up in block order.
    pub(super) fn finish(
        mut self,
        blocks: &[Block],
        sites: &[SiteDay],
    ) -> Result<(Vec<ArmResult>, PairSums), Invalid> {
        for between in self.between.iter_mut().flatten() {
            between.run_out();
        }
        self.re_add(blocks, self.closed)?;
        let mut pairs = PairSums::new(self.world.policy(), self.world.cells().len());
        for block in blocks {
            pairs.merge(&block.pairs);
        }
        let mut results = Vec::new();
        for arm in 0..self.world.arms.len() {
            let mut sums = ArmSums::new(false);
            let mut audit = Audit::new();
            let mut homes = HomeTotals::default();
            let mut files = FileTotals::default();
            let mut payments = PayTotals::default();
            let mut retail = RetailTotals::default();
            for block in blocks {
                block.arms[arm].homes.count(self.plan.days, &mut homes);
                sums.shown += block.arms[arm].lines_shown();
                sums.still_waiting += block.arms[arm].applicants();
                files.merge(&block.arms[arm].files.totals);
                payments.merge(&block.arms[arm].pay.totals);
                retail.merge(&block.arms[arm].retail);
                sums.merge(&block.arms[arm].sums);
                audit.merge(&block.arms[arm].audit);
            }
            let patient_premium = audit.total(Role::PremiumPaid);
            audit.merge(&self.shared[arm]);
            self.count_cards(blocks, arm, &mut payments);
            self.all_closed(blocks, arm, (&audit, payments.cards.left.1))?;
            let lines = || blocks.iter().flat_map(|block| block.arms[arm].lines());
            let banks = BankTotals::of(blocks, arm, self.banks[arm].borne());
            sums.groups = groups(self.world, blocks, arm, (self.plan.days, &sums));
            results.push(ArmResult {
                audit,
                days: std::mem::take(&mut self.days[arm]),
                buckets: std::mem::take(&mut self.buckets[arm]),
                classes: std::mem::take(&mut self.classes[arm]),
                codes: codes(self.world.arms[arm].engine.policy, lines()),
                stations: stations(self.world, sites, arm),
                peak_minute: self.peak_minute[arm],
                busiest_day: std::mem::take(&mut self.busiest_day[arm]),
                opened_by_day: std::mem::take(&mut self.opened[arm]),
                losses: self.losses[arm],
                claims: self.claims[arm].totals,
                premium: self.premiums[arm],
                patient_premium,
                lent_fen_days: self.lent[arm].1,
                homes,
                files,
                payments,
                retail,
                banks,
                clearing: self.between[arm].take().map(Between::into_totals),
                line_days: line_days(self.world, self.plan.days, lines()),
                used: lines().filter(|line| line.draws() > 0).count() as u64,
                dpd90_accounts: lines().filter(|line| line.worst_dpd() > 90).count() as u64,
                books_closed: self.closed,
                sums,
            });
        }
        Ok((results, pairs))
    }

    /// Counts the cards that are still out, and what is on them with their prices.
    fn count_cards(&self, blocks: &[Block], arm: usize, payments: &mut PayTotals) {
        let Some(rules) = self.world.card_rules(arm) else { return };
        for (cards, balance) in blocks.iter().map(|block| block.arms[arm].cards.held()) {
            payments.cards.left.0 += cards;
            payments.cards.left.1 += balance + Fen(rules.price.0 * cards.cast_signed());
        }
    }

    /// At the end nobody owes and nobody holds: each balance that must close is zero.
    /// Deposits on cards that nobody has handed in stay with the hospitals.
    fn all_closed(
        &self,
        blocks: &[Block],
        arm: usize,
        (audit, on_cards): (&Audit, Fen),
    ) -> Result<(), Invalid> {
        let closing = [
            Role::LineReceivable,
            Role::HospitalReceivable,
            Role::HospitalDeposits,
            Role::Recovered,
            Role::ClaimAdvances,
        ];
        for role in closing {
            let cards = if role == Role::HospitalDeposits { on_cards } else { Fen::ZERO };
            let left = audit.total(role) + cards;
            if !left.is_zero() {
                let credits = blocks.iter().flat_map(|block| block.arms[arm].credit.values());
                let open =
                    credits.flat_map(|credit| &credit.draws).find(|d| !d.principal().is_zero());
                let what =
                    format!("{} holds {left} after the run-out; open: {open:?}", role.word());
                return Err(self.invalid(arm, self.closed, left.0, what));
            }
        }
        Ok(())
    }
}

impl ArmBlock {
    /// Fen in personal accounts, and fen owed on lines.
    fn held(&self) -> (i64, i64) {
        let accounts = self.rows.iter().map(|row| i64::from(row.account)).sum();
        let lines = self.lines().map(|line| (line.drawn() + line.due_charges()).0).sum();
        (accounts, lines)
    }

    /// Holders whose line was shown at an institution in the scheme.
    fn lines_shown(&self) -> u64 {
        self.rows.iter().filter(|row| row.has(PersonRow::LINE_SHOWN)).count() as u64
    }

    /// Applicants without an answer.
    fn applicants(&self) -> u64 {
        self.sign_ups.len() as u64 + u64::from(self.pending)
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &credit::LineRow> {
        self.credit.values().flat_map(|credit| &credit.lines)
    }
}
