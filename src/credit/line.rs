//! A credit line as one packed row: limit, reservations, principal drawn, record of conduct.
//! Must never be overdrawn: reserved + drawn ≤ limit after every operation, or the program stops.

use super::apply::starting_limit;
use super::spec::{CreditPolicy, LimitExtras, LimitRules};
use crate::domain::{Day, Fen, Refusal};

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum LineStatus {
    /// In use.
    Active = 0,
    /// No new reservation while a payment is overdue.
    Frozen = 1,
    /// Lost for good after too many misses or a write-off; what was drawn is still owed.
    Cancelled = 2,
    /// Ended by the holder, with nothing owed.
    Closed = 3,
}

/// A line; one row per holder, 64 bytes. Fields are private because they move together:
/// `granted ≤ limit`, `reserved + drawn ≤ limit`, and `limit > granted` only while a cut waits for
/// exposure to fall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub struct LineRow {
    pub(super) drawn_ever: u64,
    pub(super) holder: u32,
    pub(super) start_limit: u32,
    pub(super) granted: u32,
    pub(super) limit: u32,
    pub(super) reserved: u32,
    pub(super) drawn: u32,
    pub(super) due_charges: u32,
    pub(super) draws: u32,
    pub(super) opened: i32,
    pub(super) score: u16,
    pub(super) open_draws: u16,
    pub(super) overdue_draws: u16,
    pub(super) written_off_draws: u16,
    pub(super) worst_dpd: u16,
    pub(super) status: LineStatus,
    pub(super) on_time_run: u8,
    pub(super) missed: u8,
    pub(super) bank: u8,
    pub(super) missed_run: u8,
    pub(super) restricted: u16,
}

/// Marks the key of a person's second line; there are fewer people than that.
pub(super) const SECOND: u32 = 1 << 31;

const _: () = assert!(size_of::<LineRow>() == 64, "a line is one cache line");

/// Reads.
impl LineRow {
    pub(super) fn new(holder: u32, limit: Fen, score: u16, day: Day) -> LineRow {
        let limit = limit.packed();
        LineRow {
            drawn_ever: 0,
            holder,
            start_limit: limit,
            granted: limit,
            limit,
            reserved: 0,
            drawn: 0,
            due_charges: 0,
            draws: 0,
            opened: day.0,
            score,
            open_draws: 0,
            overdue_draws: 0,
            written_off_draws: 0,
            worst_dpd: 0,
            status: LineStatus::Active,
            on_time_run: 0,
            missed: 0,
            bank: 0,
            missed_run: 0,
            restricted: 0,
        }
    }

    /// The same line of a person so many positions further on: cities side by side in one store.
    pub fn moved(self, people: u32) -> LineRow {
        LineRow { holder: self.holder + people, ..self }
    }

    /// The person who answers for the line (position within the city).
    pub fn holder(&self) -> u32 {
        self.holder & !SECOND
    }

    /// Number of the line, which its draws carry: the holder's, marked for a second line.
    pub fn key(&self) -> u32 {
        self.holder
    }

    /// Place among the holder's lines: 0 or 1.
    pub fn place(&self) -> usize {
        usize::from(self.holder & SECOND != 0)
    }

    /// The bank that granted it, by its place in the scheme's list.
    pub fn bank(&self) -> usize {
        usize::from(self.bank)
    }

    /// The same line at a bank, as the holder's first or second one.
    pub(super) fn at_bank(mut self, bank: usize, place: usize) -> LineRow {
        self.bank = u8::try_from(bank)
            .unwrap_or_else(|_| panic!("invariant: a scheme has fewer than 256 banks, {bank}"));
        self.holder |= if place > 0 { SECOND } else { 0 };
        self
    }

    /// The limit in force. After a cut it is at least what is already reserved and drawn.
    pub fn limit(&self) -> Fen {
        Fen::unpacked(self.limit)
    }

    /// The limit with which the line started.
    pub fn start_limit(&self) -> Fen {
        Fen::unpacked(self.start_limit)
    }

    /// Sum of open reservations.
    pub fn reserved(&self) -> Fen {
        Fen::unpacked(self.reserved)
    }

    /// Principal outstanding, written-off draws excluded.
    pub fn drawn(&self) -> Fen {
        Fen::unpacked(self.drawn)
    }

    /// Reserved + drawn.
    pub fn exposure(&self) -> Fen {
        self.reserved() + self.drawn()
    }

    /// Interest and penalty booked and unpaid.
    pub fn due_charges(&self) -> Fen {
        Fen::unpacked(self.due_charges)
    }

    /// Number of draws ever made.
    pub fn draws(&self) -> u32 {
        self.draws
    }

    /// Principal ever drawn.
    pub fn drawn_ever(&self) -> Fen {
        Fen(self.drawn_ever.cast_signed())
    }

    /// Day on which the line was opened.
    pub fn opened(&self) -> Day {
        Day(self.opened)
    }

    /// Score now: that of the application, moved by kept and broken promises.
    pub fn score(&self) -> u16 {
        self.score
    }

    /// Status.
    pub fn status(&self) -> LineStatus {
        self.status
    }

    /// Draws neither closed nor written off.
    pub fn open_draws(&self) -> u16 {
        self.open_draws
    }

    /// Draws past due now.
    pub fn overdue_draws(&self) -> u16 {
        self.overdue_draws
    }

    /// Written-off draws whose claim is not yet recovered.
    pub fn written_off_draws(&self) -> u16 {
        self.written_off_draws
    }

    /// True when nothing is past due and no written-off claim is open: sanctions may be lifted.
    pub fn in_good_standing(&self) -> bool {
        self.overdue_draws == 0 && self.written_off_draws == 0
    }

    /// Whether a restriction that outlasts the payment still holds on `day`.
    pub fn is_restricted(&self, day: Day) -> bool {
        day - self.opened() < i32::from(self.restricted)
    }

    /// Most days past due that any draw of the line has reached on an event day.
    pub fn worst_dpd(&self) -> u16 {
        self.worst_dpd
    }

    /// On-time repayments in a row since the last raise or miss.
    pub fn on_time_run(&self) -> u8 {
        self.on_time_run
    }

    /// Number of times a draw of the line became overdue (255 and more count as 255).
    pub fn missed(&self) -> u8 {
        self.missed
    }

    /// Misses in a row since the last draw repaid on time; counted only where the policy asks for several.
    pub fn missed_run(&self) -> u8 {
        self.missed_run
    }

    /// Ends an active line at the holder's wish, if nothing is reserved or owed; tells whether it
    /// did.
    pub fn close(&mut self) -> bool {
        let idle = self.open_draws == 0 && self.reserved == 0 && self.in_good_standing();
        let closes = self.status == LineStatus::Active && idle;
        if closes {
            self.status = LineStatus::Closed;
        }
        closes
    }
}

/// What may still be reserved: nothing unless the line is active.
pub fn free_limit(line: &LineRow) -> Fen {
    match line.status {
        LineStatus::Active => line.limit() - line.exposure(),
        LineStatus::Frozen | LineStatus::Cancelled | LineStatus::Closed => Fen::ZERO,
    }
}

/// Whether `amount` could be reserved now, without reserving it. Words in the order of `Refusal`.
pub(super) fn admits(line: &LineRow, amount: Fen) -> Result<(), Refusal> {
    match line.status {
        LineStatus::Closed => Err(Refusal::NoLine),
        LineStatus::Frozen => Err(Refusal::LineFrozen),
        LineStatus::Cancelled => Err(Refusal::LineCancelled),
        LineStatus::Active if amount > free_limit(line) => Err(Refusal::LimitExhausted),
        LineStatus::Active if amount <= Fen::ZERO => Err(Refusal::AmountNotPositive),
        LineStatus::Active => Ok(()),
    }
}

/// Sets `amount` aside for a bill to come.
pub fn reserve(line: &mut LineRow, amount: Fen) -> Result<(), Refusal> {
    admits(line, amount)?;
    line.reserved = (line.reserved() + amount).packed();
    line.check();
    Ok(())
}

/// Gives up a reservation, or what is left of one. Works whatever the line's status.
pub fn release(line: &mut LineRow, amount: Fen) {
    assert!(
        Fen::ZERO <= amount && amount <= line.reserved(),
        "invariant: holder {} releases {amount} of {} reserved",
        line.holder,
        line.reserved(),
    );
    line.reserved -= amount.packed();
    line.follow_exposure();
}

/// Moves, for this module's other files only.
impl LineRow {
    /// Turns a reservation into principal; what is not needed of it is released.
    pub(super) fn take_draw(&mut self, reservation: Fen, amount: Fen) {
        assert!(
            reservation <= self.reserved(),
            "invariant: holder {} draws on {reservation} of {} reserved",
            self.holder,
            self.reserved(),
        );
        self.reserved -= reservation.packed();
        self.drawn = (self.drawn() + amount).packed();
        self.check();
        self.follow_exposure();
        self.drawn_ever += u64::from(amount.packed());
    }

    pub(super) fn count_draw(&mut self) {
        self.draws += 1;
        self.open_draws += 1;
    }

    pub(super) fn reduce_principal(&mut self, amount: Fen) {
        assert!(
            amount <= self.drawn(),
            "invariant: holder {} gives back {amount} of {} drawn",
            self.holder,
            self.drawn(),
        );
        self.drawn -= amount.packed();
        self.follow_exposure();
    }

    pub(super) fn book_charges(&mut self, amount: Fen) {
        self.due_charges = (self.due_charges() + amount).packed();
    }

    pub(super) fn clear_charges(&mut self, amount: Fen) {
        assert!(
            amount <= self.due_charges(),
            "invariant: holder {} clears {amount} of {} charges",
            self.holder,
            self.due_charges(),
        );
        self.due_charges -= amount.packed();
    }

    /// Score points that the miss of now costs: those of the policy, from the stated number in a row on.
    pub(super) fn points_of_miss(&mut self, extras: &LimitExtras) -> u16 {
        if extras.missed_in_a_row <= 1 {
            return extras.score_missed;
        }
        self.missed_run = self.missed_run.saturating_add(1);
        if self.missed_run >= extras.missed_in_a_row { extras.score_missed } else { 0 }
    }

    /// Counts a miss: the run ends, the limit is cut, and beyond the allowed number the line is
    /// lost. Returns whether this miss cancelled it.
    pub(super) fn count_miss(&mut self, rules: &LimitRules, allowed: u8, points: u16) -> bool {
        self.score = self.score.saturating_sub(points);
        self.overdue_draws += 1;
        self.on_time_run = 0;
        self.missed = self.missed.saturating_add(1);
        let granted = Fen::unpacked(self.granted);
        let lowest = rules.floor.min(granted);
        self.granted = (granted - rules.cut_by.of(granted)).max(lowest).packed();
        self.follow_exposure();
        allowed > 0 && self.missed > allowed && self.cancel()
    }

    /// Counts a draw repaid without a miss; after enough of them the limit rises. Returns the new
    /// limit when it did.
    pub(super) fn count_on_time(&mut self, rules: &LimitRules, points: u16) -> Option<Fen> {
        self.score = self.score.saturating_add(points);
        self.on_time_run = self.on_time_run.saturating_add(1);
        self.missed_run = 0;
        let due = rules.raise_after_on_time > 0 && self.on_time_run >= rules.raise_after_on_time;
        if !due || self.status != LineStatus::Active || !self.in_good_standing() {
            return None;
        }
        self.on_time_run = 0;
        let granted = Fen::unpacked(self.granted);
        let raised = (granted + rules.raise_by.of(granted)).min(rules.ceiling).max(granted);
        self.granted = raised.packed();
        self.limit = self.limit.max(self.granted);
        (raised > granted).then_some(raised)
    }

    /// The limit follows the moved score to its tier, where the policy says so: down at once, up as far
    /// as neither income nor family stands against it.
    pub(super) fn follow_score(&mut self, policy: &CreditPolicy) {
        let extras = &policy.more.limits;
        if !extras.follows_score || self.status == LineStatus::Cancelled {
            return;
        }
        let tier = starting_limit(policy, self.score.max(policy.eligibility.score_min));
        let capped = extras.months_of_income.is_some() || extras.family_ceiling.is_some();
        let most = if capped { self.start_limit() } else { policy.limits.ceiling };
        let granted = Fen::unpacked(self.granted);
        let up = granted.max(tier.min(most));
        let follows = if tier < granted { tier } else { up };
        self.granted = follows.packed();
        self.follow_exposure();
    }

    /// The score falls after a report to the credit record.
    pub(super) fn lose_points(&mut self, points: u16) {
        self.score = self.score.saturating_sub(points);
    }

    pub(super) fn freeze(&mut self) -> bool {
        let freezes = self.status == LineStatus::Active;
        if freezes {
            self.status = LineStatus::Frozen;
        }
        freezes
    }

    /// Lifts a freeze once everything is in order; returns whether it did.
    pub(super) fn unfreeze(&mut self) -> bool {
        let lifts = self.status == LineStatus::Frozen && self.in_good_standing();
        if lifts {
            self.status = LineStatus::Active;
        }
        lifts
    }

    /// The restriction holds until the eve of `day`.
    pub(super) fn restrict_until(&mut self, day: Day) {
        self.restricted = u16::try_from(day - self.opened()).unwrap_or(u16::MAX);
    }

    pub(super) fn cancel(&mut self) -> bool {
        let cancels = matches!(self.status, LineStatus::Active | LineStatus::Frozen);
        if cancels {
            self.status = LineStatus::Cancelled;
            self.granted = 0;
            self.follow_exposure();
        }
        cancels
    }

    /// A cut limit comes down as exposure falls.
    fn follow_exposure(&mut self) {
        self.limit = self.granted.max(self.reserved + self.drawn);
        self.check();
    }

    fn check(&self) {
        assert!(
            self.exposure() <= self.limit(),
            "invariant: holder {} owes {} and reserves {} on a limit of {}",
            self.holder,
            self.drawn(),
            self.reserved(),
            self.limit(),
        );
    }
}
