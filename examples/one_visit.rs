//! Follows one visit of a credit user through a day of `scenarios/smoke.toml`: every hand-over between
//! rooms, every step with its minute, every payment with its payers. Must never compute a time or an
//! amount of its own: what it prints comes from `sim::trace_visit`, which watches the real run.
//!
//! `cargo run --release --example one_visit`

use aftercare::city::{Orders, Want};
use aftercare::domain::{Fen, InsuranceScheme, Ms, PersonId};
use aftercare::flow::spec::Station;
use aftercare::flow::{Channel, Outcome, PaymentPoint, StepKind, Stops};
use aftercare::scenario;
use aftercare::sim::{
    ArmTrace, Asked, Candidate, CommandTrace, NightTrace, RunPlan, StepTrace, VisitTrace, World,
    trace_visit,
};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

const SEED: u64 = 1;
const PLAN: RunPlan = RunPlan { replication: 1, days: 7, planted: None };
/// Bill from which the fund pays something in the shipped rules.
const LEAST_YUAN: i64 = 500;
const ORDERS: [(Orders, &str); 5] = [
    (Orders::AHEAD, "registered ahead"),
    (Orders::LAB, "laboratory"),
    (Orders::IMAGING, "imaging"),
    (Orders::TREATMENT, "treatment"),
    (Orders::DRUGS, "drugs"),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    std::io::stdout().write_all(story()?.as_bytes())?;
    Ok(())
}

/// The whole walk as text.
pub(crate) fn story() -> Result<String, Box<dyn std::error::Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
    let scenario = scenario::load(&path).map_err(|problems| problems.to_string())?;
    let world = World::new(&scenario, SEED);
    let traced = trace_visit(&world, PLAN, &|candidate| wanted(&world, candidate))
        .map_err(|stopped| format!("the run stopped: {stopped:?}"))?;
    let trace = traced.ok_or("no visit of the week has tests and drugs, a fund and a line")?;
    let mut story = Story { world: &world, trace: &trace, text: String::new() };
    story.tell()?;
    Ok(story.text)
}

/// A costly visit with tests and drugs of somebody without a personal account, all of it on a line: then
/// fund and line both pay.
fn wanted(world: &World<'_>, candidate: &Candidate<'_>) -> bool {
    let points = [PaymentPoint::Registration, PaymentPoint::Tests, PaymentPoint::Drugs];
    let want = candidate.want;
    points.iter().all(|point| candidate.granted & point.bit() != 0)
        && world.city.person(want.person).scheme() == InsuranceScheme::Resident
        && bill(want) >= Fen::from_yuan(LEAST_YUAN)
}

/// What is told, and the text so far.
struct Story<'a> {
    world: &'a World<'a>,
    trace: &'a VisitTrace,
    text: String,
}

impl Story<'_> {
    fn tell(&mut self) -> std::fmt::Result {
        self.demand()?;
        self.program()?;
        self.rehearsal()?;
        // The first baseline and the policy in full; further baselines stand in the comparison.
        for arm in [0, self.world.policy()] {
            writeln!(self.text, "\n== {} ==", self.name(arm))?;
            self.walk(arm)?;
            self.settlement(arm)?;
            self.midnight(arm)?;
        }
        self.compare()
    }

    fn name(&self, arm: usize) -> String {
        let spec = &self.world.arms[arm].spec;
        let role = if arm == self.world.policy() { "policy" } else { "baseline" };
        format!("{role} {}", spec.name)
    }

    fn demand(&mut self) -> std::fmt::Result {
        let VisitTrace { day, want, .. } = self.trace;
        let person = self.world.city.person(want.person);
        let group = want.visit.group();
        let size = self.world.city.members(group).len();
        let site = &self.world.city.sites[usize::from(want.site.0)];
        let out = &mut self.text;
        writeln!(out, "Visit {} on {day}, seed {SEED}, scenario smoke", want.visit)?;
        writeln!(out, "\n1. city::Demand::wants -> sim (pass 1, plan): who wants what")?;
        writeln!(
            out,
            "   person {}, {} years, {:?} scheme, kin group {} of {size} people",
            want.person.0,
            person.age,
            person.scheme(),
            group.0
        )?;
        writeln!(out, "   {:?} hospital {}, {}", site.level, want.site.0, site.name)?;
        let orders = ORDERS.iter().filter(|(order, _)| want.orders.has(*order));
        let orders: Vec<&str> = orders.map(|&(_, name)| name).collect();
        writeln!(out, "   arrives {}, orders: {}", clock(want.arrival_ms), orders.join(", "))?;
        let [registration, tests, treatment, drugs] = want.bill_fen.map(Fen::unpacked);
        writeln!(
            out,
            "   bill {} = registration {registration} + tests {tests} + treatment {treatment} + drugs \
             {drugs}",
            bill(want)
        )
    }

    fn program(&mut self) -> std::fmt::Result {
        let steps = &self.trace.program;
        let paid = steps.iter().filter(|step| step.kind == StepKind::Pay).count();
        writeln!(self.text, "\n2. flow::outpatient_steps -> sim: the program, alike in every arm")?;
        writeln!(self.text, "   {} steps, {paid} of them payment points", steps.len())
    }

    fn rehearsal(&mut self) -> std::fmt::Result {
        writeln!(
            self.text,
            "\n3. behaviour::uses_line, engine -> sim (pass 2, rehearse) -> flow: who must stop where"
        )?;
        for (arm, trace) in self.trace.arms.iter().enumerate() {
            let name = self.name(arm);
            let stops = self.stops(trace.stops);
            let granted = points(trace.granted);
            writeln!(self.text, "   {name}: {stops}; on the line: {granted}")?;
        }
        Ok(())
    }

    fn stops(&self, stops: Stops) -> String {
        let paid = self.trace.program.iter().filter(|step| step.kind == StepKind::Pay);
        let told = paid.map(|step| {
            let point = PaymentPoint::ALL[usize::from(step.place)];
            format!("{} {}", point_name(step.place), channel_name(stops.get(point)))
        });
        told.collect::<Vec<String>>().join(", ")
    }

    fn walk(&mut self, arm: usize) -> std::fmt::Result {
        let arm = &self.trace.arms[arm];
        let out = &mut self.text;
        writeln!(out, "4. flow::walk -> sim (pass 3): the day of the hospital, step by step")?;
        writeln!(out, "   from      until      queue s  detour s  step")?;
        let arrived = self.trace.want.arrival_ms;
        if arm.outcome.desk_ms > 0 {
            let until = arrived + arm.outcome.at_desk_ms();
            writeln!(
                out,
                "   {}  {}  {:>8}         -  sign-up and help at the desk",
                clock(arrived),
                clock(until),
                seconds(arm.outcome.desk_queue_ms)
            )?;
        }
        for step in &arm.steps {
            writeln!(
                out,
                "   {}  {}  {:>8}  {:>8}  {}",
                clock(step.from_ms),
                clock(step.until_ms),
                seconds(step.queue_ms),
                seconds(step.detour_ms),
                step_name(step, arm.stops)
            )?;
        }
        writeln!(
            out,
            "   leaves {}: {:?}, {} minutes in hospital, {} payment trips",
            clock(arm.outcome.exit_ms),
            arm.outcome.end,
            minutes(arm.outcome.exit_ms - arrived),
            arm.outcome.stops
        )
    }

    fn settlement(&mut self, arm: usize) -> std::fmt::Result {
        let arm = &self.trace.arms[arm];
        let out = &mut self.text;
        writeln!(out, "5. sim (pass 4, settle) -> engine::Engine::apply: commands and answers")?;
        for command in &arm.commands {
            writeln!(out, "   {}  {}", clock(command.at_ms), command_name(command))?;
            let legs = command.postings.iter().map(|leg| leg.amount).sum::<Fen>();
            if !command.postings.is_empty() {
                writeln!(out, "             {} legs posted, sum {legs}", command.postings.len())?;
            }
        }
        let paid = Payers::of(arm);
        writeln!(out, "   paid for the visit: {paid}")
    }

    fn midnight(&mut self, arm: usize) -> std::fmt::Result {
        let out = &mut self.text;
        writeln!(
            out,
            "6. behaviour::repayment -> sim (pass 5, midnight) -> credit: what became of each draw"
        )?;
        let nights = &self.trace.arms[arm].nights;
        if nights.is_empty() {
            writeln!(out, "   nothing was drawn")?;
        }
        for night in nights {
            writeln!(out, "   {}", night_line(night))?;
        }
        Ok(())
    }

    fn compare(&mut self) -> std::fmt::Result {
        writeln!(
            self.text,
            "\n7. sim (pass 4, settle) -> metrics: what differed between the arms"
        )?;
        let names: Vec<String> = (0..self.trace.arms.len()).map(|arm| self.name(arm)).collect();
        let width = names.iter().map(String::len).max().unwrap_or(0);
        write!(self.text, "   {:width$}   minutes  = seconds:", "")?;
        for column in COLUMNS {
            write!(self.text, "  {column:>11}")?;
        }
        writeln!(self.text)?;
        for (arm, name) in self.trace.arms.iter().zip(&names) {
            let total = minutes(arm.outcome.exit_ms - self.trace.want.arrival_ms);
            write!(self.text, "   {name:width$}  {total:>8}           ")?;
            for part in parts(&arm.outcome) {
                write!(self.text, "  {:>11}", seconds(part))?;
            }
            writeln!(self.text)?;
        }
        for (arm, name) in self.trace.arms.iter().zip(&names) {
            writeln!(self.text, "   {name:width$}  {}", Payers::of(arm))?;
        }
        let exit = |arm: usize| self.trace.arms[arm].outcome.exit_ms;
        let (before, after) = (exit(0), exit(self.world.policy()));
        let sign = if before < after { "-" } else { "" };
        let saved = minutes(before.abs_diff(after));
        let baseline = &self.world.arms[0].spec.name;
        writeln!(self.text, "   saved against {baseline}: {sign}{saved} minutes")
    }
}

const COLUMNS: [&str; 6] = ["clinical", "queues", "pay walk", "pay queue", "pay service", "desk"];

/// The parts of the time in hospital, in the order of `COLUMNS`; they sum to it.
fn parts(outcome: &Outcome) -> [Ms; 6] {
    [
        outcome.clinical_ms,
        outcome.wait_ms,
        outcome.pay_walk_ms,
        outcome.pay_queue_ms,
        outcome.pay_service_ms,
        outcome.at_desk_ms(),
    ]
}

/// Who paid for a visit.
#[derive(Default)]
struct Payers {
    total: Fen,
    fund: Fen,
    account: Fen,
    line: Fen,
    cash: Fen,
    receivable: Fen,
}

impl Payers {
    fn of(arm: &ArmTrace) -> Payers {
        let settled = arm.commands.iter().filter(|command| {
            matches!(command.asked, Asked::Settle(_)) && command.decision.refusal.is_none()
        });
        settled.fold(Payers::default(), |sum, command| {
            let decision = &command.decision;
            Payers {
                total: sum.total + decision.total,
                fund: sum.fund + decision.fund,
                account: sum.account + decision.account,
                line: sum.line + decision.line,
                cash: sum.cash + decision.cash,
                receivable: sum.receivable + decision.receivable,
            }
        })
    }
}

impl std::fmt::Display for Payers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Payers { total, fund, account, line, cash, receivable } = self;
        write!(f, "{total} = fund {fund} + account {account} + line {line} + cash {cash}")?;
        if !receivable.is_zero() {
            write!(f, " + unpaid {receivable}")?;
        }
        Ok(())
    }
}

fn bill(want: &Want) -> Fen {
    want.bill_fen.into_iter().map(Fen::unpacked).sum()
}

/// A command and its answer in one line.
fn command_name(command: &CommandTrace) -> String {
    let CommandTrace { decision, asked, point, .. } = command;
    let point = point_name(*point);
    if let Some(word) = decision.refusal {
        return format!("{asked:?} at {point}: refused, {}", word.word());
    }
    match asked {
        Asked::Settle(_) => {
            let paid = Payers {
                total: decision.total,
                fund: decision.fund,
                account: decision.account,
                line: decision.line,
                cash: decision.cash,
                receivable: decision.receivable,
            };
            let due = decision.due.map_or(String::new(), |due| format!("; due {due}"));
            format!("settle at {point}: {paid}{due}")
        }
        Asked::Reserve => {
            let (person, held) = (decision.person, decision.line);
            format!("reserve: personal part so far {person}, held on the line {held}")
        }
        Asked::Release => format!("release: {} given back to the line", decision.line),
        Asked::OpenLine => format!("open a line: limit {}", decision.line),
        other => format!("{other:?} at {point}"),
    }
}

fn night_line(night: &NightTrace) -> String {
    let NightTrace { day, holder: PersonId(holder), original, left, due_on, dpd, stage, .. } =
        night;
    match stage {
        Some(stage) => format!(
            "{day}  line of person {holder}: drawn {original}, left {left}, due {due_on}, {dpd} days past \
             due, {stage:?}"
        ),
        None => format!("{day}  line of person {holder}: repaid {original}, closed"),
    }
}

fn step_name(step: &StepTrace, stops: Stops) -> String {
    let place = step.step.place;
    match step.step.kind {
        StepKind::Walk => "walk".into(),
        StepKind::Serve => format!("served: {}", station_name(place)),
        StepKind::Report => "a report is under way".into(),
        StepKind::AwaitReports => "wait for reports".into(),
        StepKind::AwaitRelease => "wait for what is packed or booked".into(),
        StepKind::Pay => {
            let channel = stops.get(PaymentPoint::ALL[usize::from(place)]);
            format!("pay {}: {}", point_name(place), channel_name(channel))
        }
    }
}

fn station_name(station: u8) -> String {
    const FIXED: [Station; 11] = [
        Station::Registration,
        Station::Cashier,
        Station::Kiosk,
        Station::Laboratory,
        Station::Imaging,
        Station::Treatment,
        Station::Pharmacy,
        Station::AdmissionDesk,
        Station::DischargeDesk,
        Station::Emergency,
        Station::HelpDesk,
    ];
    match FIXED.get(usize::from(station)) {
        Some(fixed) => format!("{fixed:?}").to_lowercase(),
        None => format!("doctor of department {}", station - Station::Department0 as u8),
    }
}

fn point_name(point: u8) -> String {
    let known = PaymentPoint::ALL.get(usize::from(point));
    known.map_or_else(|| point.to_string(), |point| format!("{point:?}").to_lowercase())
}

fn points(set: u8) -> String {
    let names = (0..PaymentPoint::ALL.len() as u8).filter(|point| set & 1 << point != 0);
    let names: Vec<String> = names.map(point_name).collect();
    if names.is_empty() { "nothing".into() } else { names.join(", ") }
}

fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::None => "without a stop",
        Channel::Phone => "by phone",
        Channel::Kiosk => "at a kiosk",
        Channel::Window => "at a window",
        Channel::DischargeDesk => "at the discharge desk",
        Channel::PhoneThenKiosk => "at a kiosk, the phone in vain",
        Channel::PhoneThenWindow => "at a window, the phone in vain",
    }
}

/// A time of the hospital day; it runs past midnight to 28:00.
fn clock(ms: Ms) -> String {
    let seconds = ms / 1_000;
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// Milliseconds as exact seconds.
fn seconds(ms: Ms) -> String {
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}

/// Milliseconds as minutes, cut to two decimals.
fn minutes(ms: Ms) -> String {
    format!("{}.{:02}", ms / 60_000, ms % 60_000 / 600)
}
