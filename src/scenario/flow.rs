//! `[flow]`: stations, walks and opening hours by hospital level. Must never know a price.

use super::demand::LEVELS;
use super::distribution;
use super::form;
use super::reader::{Case, Reader, nearest};
use crate::flow::HALLS;
use crate::flow::spec::{FlowSpec, LevelFlowSpec, PlacesRule, Shift, StationSpec};
use crate::random::Distribution;

/// Keys of the stations in the order of `flow::spec::Station`, without the help desk.
const STATIONS: [(&str, &str); 10] = [
    ("registration", "registration windows"),
    ("cashier", "cashier windows"),
    ("kiosk", "self-service payment kiosks"),
    ("laboratory", "blood draw and other samples"),
    ("imaging", "imaging rooms"),
    ("treatment", "treatment rooms"),
    ("pharmacy", "pharmacy windows"),
    ("admission_desk", "admission desk"),
    ("discharge_desk", "discharge desk"),
    ("emergency", "emergency doctors"),
];
const HELP_DESK: (&str, &str) =
    ("help_desk", "sign-up and help of a scheme; they take their time and no line if absent");
const DEPARTMENTS: (&str, &str) = ("departments", "doctors of all consulting departments together");

const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

type Rota = (String, Vec<Shift>);

/// Reads `[flow]`.
pub(super) fn read(r: &mut Reader<'_>) -> FlowSpec {
    let rotas: Vec<Rota> = r.named("shifts", "opening hours by name", |_, r| rota(r));
    FlowSpec {
        levels: r.table("levels", "stations and walks by hospital level", |r| {
            LEVELS.map(|name| r.table(name, "", |r| level(r, &rotas)))
        }),
        closed_weekdays: closed(r),
        places_rule: r.maybe_one_of("payment_places", PLACES, &places_rules()).flatten(),
        halls: r.maybe_table("halls", "room in halls; crowding is not counted if absent", halls),
    }
}

/// Room in the payment hall and in the clinical waiting areas, by level.
fn halls(r: &mut Reader<'_>) -> [[f64; HALLS]; 3] {
    let mut room = |hall: &str, servers: &str| -> [f64; 3] {
        let key = format!("{hall}_places_per_server");
        let doc = format!("people for whom there is room in line or on seats, by {servers}");
        r.by(&key, &doc, LEVELS, &form::number(form::Bounds::POSITIVE))
    };
    let payment = room("payment", "window, kiosk and desk");
    let clinical = room("clinical", "doctor, test place and pharmacy window");
    std::array::from_fn(|level| [payment[level], clinical[level]])
}

const PLACES: &str = "how windows and kiosks are staffed; as the stations say if absent";

fn places_rules() -> [Case<Option<PlacesRule>>; 2] {
    [
        Case::new("by_stations", "as the stations say, alike in every arm", |_| None),
        Case::new(
            "by_regime",
            "each arm for its own payers, by level and phones at the site",
            |r| Some(by_regime(r)),
        ),
    ]
}

fn by_regime(r: &mut Reader<'_>) -> PlacesRule {
    let busy = |place: &str| format!("{place} busy in the busiest hour of a mean day");
    PlacesRule {
        cashier_utilisation: r.positive("cashier_utilisation_share", &busy("cashiers")),
        kiosk_utilisation: r.positive("kiosk_utilisation_share", &busy("kiosks")),
    }
}

fn closed(r: &mut Reader<'_>) -> [bool; 7] {
    let words: Vec<(&str, usize)> = WEEKDAYS.iter().copied().zip(0..).collect();
    let days = r.several("closed_weekdays", "no elective care", &form::word(&words));
    std::array::from_fn(|day| days.contains(&day))
}

fn rota(r: &mut Reader<'_>) -> Vec<Shift> {
    let mark = r.mark();
    let shifts = r.list("open", "opening intervals in rising order", |r| Shift {
        from_ms: r.get("from", "opens", &form::clock()),
        to_ms: r.get("to", "accepts until", &form::clock()),
        staffing: r.share("staffing_share", "share of the servers at work"),
    });
    if r.clean_since(mark) {
        for (index, shift) in shifts.iter().enumerate() {
            let from = if index == 0 { 0 } else { shifts[index - 1].to_ms };
            if shift.from_ms < from {
                let message = "opens before the interval before it ends".to_owned();
                r.fault(&format!("open[{index}].from"), message, "rising intervals", "");
            } else if shift.to_ms <= shift.from_ms {
                let message = "ends before it opens".to_owned();
                r.fault(&format!("open[{index}].to"), message, "a later time than `from`", "");
            }
        }
    }
    shifts
}

fn level(r: &mut Reader<'_>, rotas: &[Rota]) -> LevelFlowSpec {
    LevelFlowSpec {
        stations: r.table("stations", "stations", |r| stations(r, rotas)),
        departments_per_1000_visits: r.positive(
            "departments_per_1000_visits_per_day",
            "consulting departments per 1,000 planned visits a day",
        ),
        review_s: distribution::read(r, "review", "consultation after reports", "s"),
        walk_s: distribution::read(r, "walk", "walk between two clinical stations", "s"),
        payment_walk_s: distribution::read(
            r,
            "payment_walk",
            "detour to a cashier or kiosk and back",
            "s",
        ),
        lab_report_s: distribution::read(r, "lab_report", "from sample to report", "s"),
        imaging_report_s: distribution::read(r, "imaging_report", "from picture to report", "s"),
        drug_packing_s: distribution::maybe(
            r,
            "drug_packing",
            "from a paid prescription to packed drugs; nothing is packed ahead if absent",
            "s",
        ),
        test_booking_s: distribution::maybe(
            r,
            "test_booking",
            "from a paid order to tests that can begin; at once if absent",
            "s",
        ),
        patience_s: distribution::read(r, "patience", "longest wait borne in one queue", "s"),
    }
}

/// Stations in the order of `flow::spec::Station`, the pattern of the departments last.
fn stations(r: &mut Reader<'_>, rotas: &[Rota]) -> Vec<StationSpec> {
    let mut all: Vec<StationSpec> =
        STATIONS.iter().map(|(key, doc)| r.table(key, doc, |r| station(r, rotas))).collect();
    let desk = r.maybe_table(HELP_DESK.0, HELP_DESK.1, |r| help_desk(r, rotas));
    all.push(desk.unwrap_or_else(|| at_no_time(0.0)));
    all.push(r.table(DEPARTMENTS.0, DEPARTMENTS.1, |r| station(r, rotas)));
    all
}

/// Its services are the scheme's sign-up and help, so it has none of its own.
fn help_desk(r: &mut Reader<'_>, rotas: &[Rota]) -> StationSpec {
    StationSpec { shifts: shifts(r, rotas), ..at_no_time(servers(r)) }
}

fn at_no_time(servers_per_1000_visits: f64) -> StationSpec {
    let service_s = Distribution::Deterministic { value: 0.0 };
    StationSpec { servers_per_1000_visits, service_s, shifts: Vec::new() }
}

fn station(r: &mut Reader<'_>, rotas: &[Rota]) -> StationSpec {
    StationSpec {
        servers_per_1000_visits: servers(r),
        service_s: distribution::read(r, "service", "service time", "s"),
        shifts: shifts(r, rotas),
    }
}

fn servers(r: &mut Reader<'_>) -> f64 {
    r.positive(
        "servers_per_1000_visits_per_day",
        "servers per 1,000 planned visits a day, at least one",
    )
}

fn shifts(r: &mut Reader<'_>, rotas: &[Rota]) -> Vec<Shift> {
    let mark = r.mark();
    let name = r.text("shifts", "name of its opening hours in [flow.shifts]");
    if let Some((_, shifts)) = rotas.iter().find(|(known, _)| *known == name) {
        return shifts.clone();
    }
    if r.clean_since(mark) {
        let names = || rotas.iter().map(|(name, _)| name.as_str());
        let hint =
            nearest(&name, names()).map_or_else(String::new, |n| format!("did you mean \"{n}\"?"));
        let expected = format!("one of {}", names().collect::<Vec<_>>().join(", "));
        r.fault("shifts", format!("there are no shifts `{name}`"), &expected, &hint);
    }
    Vec::new()
}
