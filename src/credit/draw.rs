//! An open draw as one packed row: what is owed, since when, on which plan, and how it grows with
//! days. Must never lose a fen: principal, interest and penalty only change by amounts that are
//! returned.

use super::due::due_day;
use super::line::{LineRow, LineStatus, SECOND, free_limit};
use super::plan::{Terms, line_of_plan};
use super::spec::CreditPolicy;
use crate::domain::{Day, Fen, HospitalId, Refusal, VisitId};

/// Where a draw stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum DrawStage {
    /// In the interest-free window.
    Free = 0,
    /// On an instalment plan, never missed.
    Instalments = 1,
    /// Past due.
    Overdue = 2,
    /// Back on the instalment plan after a miss was made good.
    Cured = 3,
    /// Written off; the claim stands and may be recovered.
    WrittenOff = 4,
}

/// An open draw, keyed by its visit; 64 bytes. Fields are private because they move together:
/// `due_principal ≤ principal ≤ original`, `overdue_from` counts from `first_due`, and the other
/// offsets count from the day that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub struct DrawRow {
    pub(super) visit: u64,
    pub(super) holder: u32,
    pub(super) original: u32,
    pub(super) principal: u32,
    pub(super) due_principal: u32,
    pub(super) interest: u32,
    pub(super) penalty: u32,
    pub(super) penalty_episode: u32,
    pub(super) plan_principal: u32,
    pub(super) first_due: i32,
    pub(super) due_on: i32,
    pub(super) overdue_from: u16,
    pub(super) hospital: u16,
    pub(super) free_days: u16,
    pub(super) base_from: u16,
    pub(super) penalised_to: u16,
    pub(super) next_dpd: u16,
    pub(super) user_offset: i8,
    pub(super) instalment: u8,
    pub(super) months: u8,
    pub(super) stage: DrawStage,
}

const _: () = assert!(size_of::<DrawRow>() == 64, "a draw is one cache line");

/// Charges booked by the passing of days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accrued {
    /// Interest of instalments that fell due.
    pub interest: Fen,
    /// Penalty interest on what is overdue.
    pub penalty: Fen,
}

/// Most that `draw` accepts against a reservation: the reservation and, on an active line, the free
/// limit.
pub fn draw_ceiling(line: &LineRow, reservation: Fen) -> Fen {
    reservation + free_limit(line)
}

/// Draws `amount` for `user` (position within the city, of the holder's kin group), releasing the
/// whole `reservation`. A reservation is honoured whatever became of the line since; more than that
/// needs free limit. On refusal nothing has changed: the reservation still stands.
pub fn draw(
    policy: &CreditPolicy,
    line: &mut LineRow,
    reservation: Fen,
    amount: Fen,
    visit: VisitId,
    user: u32,
    day: Day,
) -> Result<DrawRow, Refusal> {
    admits_draw(line, reservation, amount)?;
    line.take_draw(reservation, amount);
    line.count_draw();
    Ok(DrawRow::new(policy, line.key(), amount, visit, user, day))
}

/// Adds to the draw of a visit that is paid in parts, inside its interest-free window; the due day
/// stays. Refused as `NothingOpen` on any other draw; else as `draw`.
pub fn draw_more(
    line: &mut LineRow,
    draw: &mut DrawRow,
    reservation: Fen,
    amount: Fen,
    day: Day,
) -> Result<(), Refusal> {
    admits_draw(line, reservation, amount)?;
    if draw.stage() != DrawStage::Free || day >= draw.due_on() || draw.principal == 0 {
        return Err(Refusal::NothingOpen);
    }
    line.take_draw(reservation, amount);
    draw.original = (draw.original() + amount).packed();
    draw.principal = (draw.principal() + amount).packed();
    Ok(())
}

/// Words in the order of `Refusal`.
fn admits_draw(line: &LineRow, reservation: Fen, amount: Fen) -> Result<(), Refusal> {
    if amount > draw_ceiling(line, reservation) {
        return Err(match line.status() {
            LineStatus::Closed => Refusal::NoLine,
            LineStatus::Frozen => Refusal::LineFrozen,
            LineStatus::Cancelled => Refusal::LineCancelled,
            LineStatus::Active => Refusal::LimitExhausted,
        });
    }
    if amount <= Fen::ZERO { Err(Refusal::AmountNotPositive) } else { Ok(()) }
}

/// Birth and reads.
impl DrawRow {
    fn new(
        policy: &CreditPolicy,
        holder: u32,
        amount: Fen,
        visit: VisitId,
        user: u32,
        day: Day,
    ) -> DrawRow {
        let due = due_day(policy.free_window, day);
        let offset = i64::from(user) - i64::from(holder & !SECOND);
        DrawRow {
            visit: visit.raw(),
            holder,
            original: amount.packed(),
            principal: amount.packed(),
            due_principal: 0,
            interest: 0,
            penalty: 0,
            penalty_episode: 0,
            plan_principal: 0,
            first_due: due.0,
            due_on: due.0,
            overdue_from: 0,
            hospital: 0,
            free_days: narrow_days(due - day, visit.raw()),
            base_from: 0,
            penalised_to: 0,
            next_dpd: 0,
            user_offset: i8::try_from(offset).unwrap_or_else(|_| {
                panic!("invariant: user {user} and holder {holder} share a kin group")
            }),
            instalment: 0,
            months: 0,
            stage: DrawStage::Free,
        }
    }

    /// The same draw of a person so many positions further on, for this visit.
    pub fn moved(self, people: u32, visit: u64) -> DrawRow {
        DrawRow { holder: self.holder + people, visit, ..self }
    }

    /// The same draw, made at a hospital.
    #[must_use]
    pub fn at(self, hospital: HospitalId) -> DrawRow {
        DrawRow { hospital: hospital.0, ..self }
    }

    /// Where it was made.
    pub fn hospital(&self) -> HospitalId {
        HospitalId(self.hospital)
    }

    /// The oldest due day that was missed, of a draw that is or was overdue.
    pub(super) fn overdue_since(&self) -> Day {
        self.first_due() + i32::from(self.overdue_from)
    }

    /// From now on days past due count from the next due day.
    fn count_from_due(&mut self) {
        self.overdue_from = narrow_days(self.due_on() - self.first_due(), self.visit);
    }

    /// The visit that was paid, packed.
    pub fn visit(&self) -> u64 {
        self.visit
    }

    /// The person who repays (position within the city).
    pub fn holder(&self) -> u32 {
        self.holder & !SECOND
    }

    /// Number of the line that was drawn (`LineRow::key`).
    pub fn line_key(&self) -> u32 {
        self.holder
    }

    /// The person who was treated (position within the city).
    pub fn user(&self) -> u32 {
        self.holder().wrapping_add_signed(i32::from(self.user_offset))
    }

    /// The amount drawn, in all its parts.
    pub fn original(&self) -> Fen {
        Fen::unpacked(self.original)
    }

    /// Principal left, of a written-off draw the claim that is left.
    pub fn principal(&self) -> Fen {
        Fen::unpacked(self.principal)
    }

    /// The part of the principal that has fallen due and is unpaid.
    pub fn due_principal(&self) -> Fen {
        Fen::unpacked(self.due_principal)
    }

    /// Interest booked and unpaid.
    pub fn interest(&self) -> Fen {
        Fen::unpacked(self.interest)
    }

    /// Penalty booked and unpaid.
    pub fn penalty(&self) -> Fen {
        Fen::unpacked(self.penalty)
    }

    /// Day of the draw.
    pub fn drawn_on(&self) -> Day {
        Day(self.first_due - i32::from(self.free_days))
    }

    /// End of the interest-free window.
    pub fn first_due(&self) -> Day {
        Day(self.first_due)
    }

    /// Next day on which something falls due (past the last instalment: that instalment's day).
    pub fn due_on(&self) -> Day {
        Day(self.due_on)
    }

    /// Stage.
    pub fn stage(&self) -> DrawStage {
        self.stage
    }

    /// Number of the next instalment to fall due, 1 to `months`; 0 before conversion, `months + 1`
    /// when all have fallen due.
    pub fn instalment(&self) -> u8 {
        self.instalment
    }

    /// Number of instalments of the plan; 0 before conversion.
    pub fn months(&self) -> u8 {
        self.months
    }

    /// What has fallen due and is unpaid, as booked: penalty + interest + due principal.
    pub fn due_now(&self) -> Fen {
        self.penalty() + self.interest() + self.due_principal()
    }

    /// All that is owed, as booked.
    pub fn outstanding(&self) -> Fen {
        self.penalty() + self.interest() + self.principal()
    }

    /// True when an instalment is still to fall due.
    pub(super) fn has_plan_left(&self) -> bool {
        self.instalment > 0
            && self.instalment <= self.months
            && self.principal > self.due_principal
            && self.stage != DrawStage::WrittenOff
    }
}

/// The passing of days.
impl DrawRow {
    /// Books what fell due up to and including `day`, and penalty up to `day`. Calling it again for
    /// the same day adds nothing, and calling it on more days adds up to the same. An instalment's
    /// due day must have been closed by `fall_due` before the next one comes.
    pub(super) fn accrue(&mut self, policy: &CreditPolicy, day: Day) -> Accrued {
        let mut accrued = Accrued::default();
        if self.stage == DrawStage::WrittenOff {
            return accrued;
        }
        if self.stage == DrawStage::Free && self.due_on() <= day {
            self.due_principal = self.principal;
        }
        while self.has_plan_left() && self.due_on() <= day {
            accrued.penalty += self.penalise(policy, self.due_on());
            accrued.interest += self.book_instalment(policy);
        }
        accrued.penalty += self.penalise(policy, day);
        accrued
    }

    fn book_instalment(&mut self, policy: &CreditPolicy) -> Fen {
        let Some(rules) = policy.instalments else {
            panic!("invariant: draw of visit {} is on a plan without rules", self.visit)
        };
        if self.stage != DrawStage::Overdue {
            let closed = self.due_now().is_zero();
            assert!(closed, "invariant: nobody closed the last due day of visit {}", self.visit);
            self.count_from_due();
        }
        let plan = Terms {
            principal: Fen::unpacked(self.plan_principal),
            rate_year: rules.rate_year,
            months: u16::from(self.months),
            method: rules.method,
        };
        let undue = self.principal() - self.due_principal();
        let (principal, interest) = line_of_plan(&plan, undue, u16::from(self.instalment));
        self.rebase(self.due_on());
        self.due_principal = (self.due_principal() + principal).packed();
        self.interest = (self.interest() + interest).packed();
        self.instalment += 1;
        if self.instalment <= self.months {
            self.due_on = self.first_due().plus_months(i32::from(self.instalment)).0;
        }
        interest
    }

    /// Simple penalty on the overdue amount (due principal + interest), never above the ceiling's
    /// share of the overdue principal in one episode.
    fn penalise(&mut self, policy: &CreditPolicy, day: Day) -> Fen {
        let to = day - self.overdue_since();
        if self.stage != DrawStage::Overdue || to <= i32::from(self.penalised_to) {
            return Fen::ZERO;
        }
        let rules = &policy.sanctions;
        let base = self.penalty_base();
        let since_base = |to: i32| {
            rules.penalty_rate_day.of(Fen(base.0 * i64::from(to - i32::from(self.base_from))))
        };
        let ran = since_base(to) - since_base(i32::from(self.penalised_to));
        let ceiling = rules.penalty_ceiling.of(self.due_principal());
        let room = (ceiling - Fen::unpacked(self.penalty_episode)).at_least_zero();
        let added = ran.min(room);
        self.penalty = (self.penalty() + added).packed();
        self.penalty_episode = (Fen::unpacked(self.penalty_episode) + added).packed();
        self.penalised_to = narrow_days(to, self.visit);
        added
    }

    /// The fee of a missed due date, within the ceiling of penalties.
    pub(super) fn charge_late_fee(&mut self, policy: &CreditPolicy) -> Fen {
        let Some(fee) = policy.more.repayment.late_fee else {
            return Fen::ZERO;
        };
        let asked = fee.ratio.of(self.penalty_base()).max(fee.least).min(fee.most);
        let ceiling = policy.sanctions.penalty_ceiling.of(self.due_principal());
        let room = (ceiling - Fen::unpacked(self.penalty_episode)).at_least_zero();
        let added = asked.min(room);
        self.penalty = (self.penalty() + added).packed();
        self.penalty_episode = (Fen::unpacked(self.penalty_episode) + added).packed();
        added
    }

    /// The amount on which penalty runs.
    pub(super) fn penalty_base(&self) -> Fen {
        self.due_principal() + self.interest()
    }

    /// The overdue amount changes on this day: penalty runs on the new base from here.
    pub(super) fn rebase(&mut self, day: Day) {
        if self.stage == DrawStage::Overdue {
            self.base_from = narrow_days(day - self.overdue_since(), self.visit);
            self.penalised_to = self.base_from.max(self.penalised_to);
        }
    }

    /// Everything due was paid: a new episode would start afresh.
    pub(super) fn end_episode(&mut self) {
        self.penalty_episode = 0;
        self.base_from = 0;
        self.penalised_to = 0;
        self.next_dpd = 0;
        self.count_from_due();
    }
}

/// Brings a draw up to `day` and books the charges on its line too.
pub(super) fn bring_to(
    policy: &CreditPolicy,
    line: &mut LineRow,
    draw: &mut DrawRow,
    day: Day,
) -> Accrued {
    assert!(
        line.holder == draw.holder,
        "invariant: draw of visit {} belongs to holder {}, not {}",
        draw.visit,
        draw.holder,
        line.holder
    );
    let accrued = draw.accrue(policy, day);
    line.book_charges(accrued.interest + accrued.penalty);
    accrued
}

fn narrow_days(days: i32, visit: u64) -> u16 {
    u16::try_from(days)
        .unwrap_or_else(|_| panic!("invariant: {days} days of visit {visit} fit sixteen bits"))
}
