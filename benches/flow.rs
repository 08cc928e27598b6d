//! Speed of the hospital walk on a realistic tertiary day of 8,000 visits, and of the network
//! "outpatient day" (9,600 patients) beside its plain heap, with one impatient and one ranked station.
//! Throughput is patients per second of one thread, of two where the name says so.

use aftercare::domain::{AGE_BANDS, HospitalLevel, Ms};
use aftercare::flow::network::{Discipline, Options, simulate, simulate_with};
use aftercare::flow::spec::{
    ChannelSpec, FlowSpec, FreedWindows, LevelFlowSpec, PayWhen, RegimeSpec, Shift, StationSpec,
};
use aftercare::flow::{
    Arrival, Beds, Day, DayStats, Hospital, LevelTables, Orders, Payer, Regime, Scratch, Step,
    outpatient_steps, points_of, walk,
};
use aftercare::random::{Address, Distribution, Philox, Purpose};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

#[path = "../tests/support/outpatient_day.rs"]
mod outpatient_day;

const VISITS: u32 = 8_000;
const HOUR: Ms = 3_600_000;

fn log_normal(mean: f64) -> Distribution {
    Distribution::LogNormal { mean, cv: 0.6 }
}

fn shift(from_hour: Ms, to_hour: Ms, staffing: f64) -> Shift {
    Shift { from_ms: from_hour * HOUR, to_ms: to_hour * HOUR, staffing }
}

/// Servers for 1,000 visits and mean seconds by station, at loads of a busy public hospital.
fn level() -> LevelFlowSpec {
    let day = vec![shift(7, 12, 1.0), shift(12, 14, 0.4), shift(14, 22, 1.0)];
    let doctors = vec![shift(8, 12, 1.0), shift(13, 20, 1.0)];
    let night = vec![shift(0, 24, 1.0)];
    let row = |servers_per_1000_visits, mean, shifts: &[Shift]| StationSpec {
        servers_per_1000_visits,
        service_s: log_normal(mean),
        shifts: shifts.to_vec(),
    };
    LevelFlowSpec {
        stations: vec![
            row(1.4, 40.0, &day),
            row(4.5, 65.0, &day),
            row(3.0, 50.0, &day),
            row(3.0, 80.0, &day),
            row(4.5, 300.0, &day),
            row(4.0, 600.0, &day),
            row(3.2, 60.0, &day),
            row(0.5, 300.0, &day),
            row(0.5, 300.0, &day),
            row(2.0, 480.0, &night),
            row(1.0, 120.0, &day),
            row(22.0, 360.0, &doctors),
        ],
        departments_per_1000_visits: 4.0,
        review_s: log_normal(150.0),
        walk_s: log_normal(110.0),
        payment_walk_s: log_normal(150.0),
        lab_report_s: log_normal(2_700.0),
        imaging_report_s: log_normal(2_400.0),
        drug_packing_s: None,
        test_booking_s: None,
        patience_s: Distribution::Weibull { scale: 9_000.0, shape: 3.0 },
    }
}

fn regime() -> RegimeSpec {
    RegimeSpec {
        name: "mobile".into(),
        title_en: "mobile".into(),
        title_zh: "手机".into(),
        when: PayWhen::BeforeEachStep,
        channels: ChannelSpec {
            phone_share_by_age: [0.7, 0.7, 0.75, 0.6, 0.35, 0.15],
            phone_sites_by_level: [0.4, 0.6, 0.8],
            kiosk_share_by_level: [0.2, 0.3, 0.4],
            phone_s: log_normal(30.0),
            insured_window_extra_s: 20.0,
            phone_failure_share: 0.0,
            phone_timeout_s: 0.0,
        },
        discharge_at_desk: true,
        ahead_pays_on_arrival: false,
        price_decline_share: 0.0,
        refund_trip_share: 0.0,
        debit_signed_share_by_age: [1.0; AGE_BANDS],
        debit_refused_share: 0.0,
    }
}

/// Arrivals by hour, from 07:00, in shares of 32.
const HOURS: [u32; 32] = [
    7, 7, 8, 8, 8, 8, 8, 9, 9, 9, 9, 9, 10, 10, 10, 10, 11, 11, 13, 13, 14, 14, 14, 14, 15, 15, 15,
    16, 16, 16, 17, 18,
];

fn hospital_day(hospital: &Hospital, tables: &LevelTables) -> (Vec<Arrival>, Vec<Step>) {
    let (philox, regime, mut steps) = (Philox::new(1), Regime::new(&regime()), Vec::new());
    let mut arrivals: Vec<Arrival> = (0..VISITS)
        .map(|visit| {
            let course = Address::new(u64::from(visit), 0, Purpose::Course);
            let [when, what, who, phone] =
                philox.block(Address::new(u64::from(visit), 0, Purpose::Visit));
            let below = |share: u32, shift: u32| (what >> shift & 0xff) * 100 < share * 256;
            let orders = Orders {
                emergency: who.is_multiple_of(16),
                registered_ahead: below(60, 0),
                lab: below(45, 8),
                imaging: below(25, 16),
                treatment: (who >> 4).is_multiple_of(8),
                drugs: below(70, 24),
            };
            let first_step = steps.len() as u32;
            let department = ((who >> 8) % hospital.departments()) as u8;
            let words = |step| philox.block(course.at(step));
            outpatient_steps(tables, orders, department, words, &mut steps);
            let payer = Payer {
                age_band: (who >> 16) as u8 % AGE_BANDS as u8,
                level: HospitalLevel::Tertiary,
                site_takes_phone: true,
                registered_ahead: orders.registered_ahead,
                phone_word: phone,
                insured: true,
            };
            let stops = regime.stops(payer, points_of(orders), |point| {
                [phone.rotate_left(u32::from(point)), u32::MAX]
            });
            Arrival {
                at_ms: HOURS[when as usize % 32] * HOUR + (when >> 5) % HOUR,
                first_step,
                steps: steps.len() as u32 - first_step,
                stops,
                patience_word: who,
                ..Arrival::default()
            }
        })
        .collect();
    arrivals.sort_by_key(|arrival| arrival.at_ms);
    (arrivals, steps)
}

fn walk_tertiary_day(criterion: &mut Criterion) {
    let levels = [level(), level(), level()];
    let spec = FlowSpec { levels, closed_weekdays: [false; 7], places_rule: None, halls: None };
    let visits = f64::from(VISITS);
    let hospital = Hospital::new(&spec, HospitalLevel::Tertiary, visits, None, FreedWindows::Kept);
    let tables = LevelTables::new(&spec.levels[2], &regime().channels);
    let (arrivals, steps) = hospital_day(&hospital, &tables);
    let day = Day {
        arrivals: &arrivals,
        steps: &steps,
        weekday_closed: false,
        handover_ms: 0,
        outages: &[],
    };
    let mut beds = Beds::default();
    let (mut scratch, mut out, mut stats) = (Scratch::default(), Vec::new(), DayStats::default());
    walk(&hospital, &tables, day, &mut beds, &mut scratch, &mut out, &mut stats);
    assert!(stats.done * 100 > stats.visits * 95, "not a realistic day: {stats:?}");
    let mut group = criterion.benchmark_group("flow");
    group.throughput(Throughput::Elements(u64::from(VISITS)));
    group.bench_function("hospital_day_8000_visits", |bencher| {
        bencher.iter(|| {
            walk(&hospital, &tables, day, &mut beds, &mut scratch, &mut out, black_box(&mut stats));
        });
    });
    group.bench_function("build_programs_8000_visits", |bencher| {
        bencher.iter(|| black_box(hospital_day(&hospital, &tables)));
    });
    group.finish();
}

fn network_outpatient_day(criterion: &mut Criterion) {
    const DAYS: u16 = 50;
    let spec = outpatient_day::outpatient_day();
    let mut group = criterion.benchmark_group("network");
    group.throughput(Throughput::Elements(9_600 * u64::from(DAYS)));
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        group.bench_function(format!("outpatient_day_{threads}_threads"), |bencher| {
            bencher.iter(|| pool.install(|| black_box(simulate(&spec, 7, DAYS))));
        });
    }
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let plain = Options { plain: true, ..Options::default() };
    group.bench_function("outpatient_day_plain_heap", |bencher| {
        bencher.iter(|| one.install(|| black_box(simulate_with(&spec, 7, DAYS, plain))));
    });
    let mut impatient = spec.clone();
    let cashier = &mut impatient.stations[2];
    cashier.patience_s = Some(Distribution::Exponential { mean: 1_200.0 });
    group.bench_function("outpatient_day_impatient_at_the_cashier", |bencher| {
        bencher.iter(|| one.install(|| black_box(simulate(&impatient, 7, DAYS))));
    });
    let mut ranked = spec.clone();
    ranked.stations[2].discipline = Discipline::Priority;
    group.bench_function("outpatient_day_priority_at_the_cashier", |bencher| {
        bencher.iter(|| one.install(|| black_box(simulate(&ranked, 7, DAYS))));
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(std::time::Duration::from_secs(3));
    targets = walk_tertiary_day, network_outpatient_day
}
criterion_main!(benches);
