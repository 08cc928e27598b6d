//! Product-form networks: traffic equations, stations one by one, closed networks by mean values.
//! Must never call the simulator.

use super::Answer;
use super::inputs::{Inputs, number};
use super::queues::Mmc;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Passes of the traffic equations; visits fall geometrically with each.
const PASSES: usize = 100_000;

/// A network of exponential stations with one stream of arrivals.
pub(super) struct Network {
    /// Names with service rate and servers, in the order of the case.
    pub(super) stations: Vec<(String, f64, u32)>,
    /// `from`, `to`, probability; `in` and `out` are the world.
    pub(super) routes: Vec<(String, String, f64)>,
    /// Arrivals from outside.
    pub(super) arrivals: f64,
}

impl Network {
    /// The network that the case's stations and one of its routings make; stations that no route
    /// enters are left out.
    pub(super) fn new(inputs: Inputs, routing: &Value) -> Result<Network, String> {
        let routing = routing.as_object().ok_or("routing: expected `from->to` = probability")?;
        let mut routes = Vec::new();
        for (name, probability) in routing {
            let (from, to) = name.split_once("->").ok_or_else(|| format!("{name}: no route"))?;
            routes.push((from.to_owned(), to.to_owned(), number(probability)?));
        }
        let table = inputs.at("stations_mu_c").as_object().ok_or("stations_mu_c: a table")?;
        let mut stations = Vec::new();
        for (name, row) in table {
            if routes.iter().any(|(_, to, _)| to == name) {
                let servers = row[1].as_u64().and_then(|servers| u32::try_from(servers).ok());
                let servers = servers.ok_or_else(|| format!("{name}: {row}"))?;
                stations.push((name.clone(), number(&row[0])?, servers));
            }
        }
        let known = |name: &str| stations.iter().any(|(station, ..)| station == name);
        match routes.iter().find(|(_, to, _)| to != "out" && !known(to)) {
            Some((_, to, _)) => Err(format!("there is no station `{to}`")),
            None => Ok(Network { stations, routes, arrivals: inputs.number("arrival_rate")? }),
        }
    }

    fn index(&self, name: &str) -> Option<usize> {
        self.stations.iter().position(|(station, ..)| station == name)
    }

    /// Visits a customer makes to each station.
    fn visits(&self) -> Vec<f64> {
        let mut visits = vec![0.0; self.stations.len()];
        for _ in 0..PASSES {
            let mut next = vec![0.0; visits.len()];
            for (from, to, probability) in &self.routes {
                let flow =
                    if from == "in" { Some(1.0) } else { self.index(from).map(|k| visits[k]) };
                if let (Some(flow), Some(to)) = (flow, self.index(to)) {
                    next[to] += flow * probability;
                }
            }
            let moved: f64 = next.iter().zip(&visits).map(|(a, b)| (a - b).abs()).sum();
            visits = next;
            if moved < 1e-15 {
                break;
            }
        }
        visits
    }

    fn solve(&self) -> Result<Solved, String> {
        let visits = self.visits();
        let mut solved = Solved::default();
        for ((name, mu, servers), visits) in self.stations.iter().zip(visits) {
            let lambda = self.arrivals * visits;
            let station =
                Mmc::new(lambda, *mu, *servers).map_err(|message| format!("{name}: {message}"))?;
            let wait = station.wait();
            solved.stations.insert(
                name.clone(),
                json!({ "arrival_rate": lambda, "utilisation": station.load(), "wq": wait }),
            );
            solved.times.insert(name.clone(), (visits, wait + 1.0 / mu));
            solved.stay += visits * (wait + 1.0 / mu);
            solved.queue += visits * wait;
        }
        Ok(solved)
    }
}

/// Stationary figures of a network.
#[derive(Default)]
struct Solved {
    stations: Map<String, Value>,
    /// Visits and time a visit, by station.
    times: BTreeMap<String, (f64, f64)>,
    stay: f64,
    queue: f64,
}

pub(super) fn jackson(inputs: Inputs) -> Answer {
    let before = Network::new(inputs, inputs.at("routing_baseline"))?.solve()?;
    let after = Network::new(inputs, inputs.at("routing_credit"))?.solve()?;
    let saving = before.stay - after.stay;
    Ok(json!({
        "baseline": before.stations, "credit": after.stations,
        "mean_time_baseline": before.stay, "mean_time_credit": after.stay,
        "mean_saving": saving, "mean_saving_minutes": 60.0 * saving,
        "saving_fraction": saving / before.stay,
        "queue_time_baseline": before.queue, "queue_time_credit": after.queue,
    }))
}

/// Ways of the outpatient network when each order skips the cashier with probability `alpha`.
pub(super) fn adoption_routing(alpha: f64) -> Value {
    let (paying, free) = (0.9 * (1.0 - alpha), 0.9 * alpha);
    let (lab, pharmacy) = (0.35, 0.6);
    json!({
        "in->registration": 1.0, "registration->doctor": 1.0,
        "doctor->cashier": paying, "doctor->lab": free * lab, "doctor->pharmacy": free * pharmacy,
        "doctor->out": 1.0 - paying - free * (lab + pharmacy),
        "cashier->lab": lab, "cashier->pharmacy": pharmacy, "cashier->out": 1.0 - lab - pharmacy,
        "lab->doctor": 1.0, "pharmacy->out": 1.0,
    })
}

/// The outpatient network of the case's form, of which a share `alpha` skips the cashier: a class of
/// its own with the same services, so the network stays product-form.
pub(super) fn adoption(inputs: Inputs) -> Answer {
    let alpha = inputs.number("alpha")?;
    let solved = Network::new(inputs, &adoption_routing(alpha))?.solve()?;
    let (cashier_visits, cashier_time) = solved.times.get("cashier").copied().unwrap_or_default();
    let user = solved.stay - cashier_visits * cashier_time;
    // Users and others differ only in the cashier, which (1 − alpha) of the customers visit.
    let other = user + cashier_visits / (1.0 - alpha) * cashier_time;
    Ok(json!({
        "stations": solved.stations, "mean_time_average": solved.stay,
        "mean_time_user": user, "mean_time_nonuser": other,
    }))
}

/// Exact mean-value analysis with several servers: the marginal law of each station at each
/// population.
pub(super) fn closed(inputs: Inputs) -> Answer {
    let (population, think) = (inputs.count("N")? as usize, inputs.number("think")?);
    let (service, visits) = (inputs.numbers("service")?, inputs.numbers("visits")?);
    let servers = inputs.numbers("servers")?;
    if population == 0 || population > 2_000 || service.len() != visits.len() {
        return Err("expected 1 to 2000 customers and as many visits as services".to_owned());
    }
    let mut laws = vec![vec![0.0; population + 1]; service.len()];
    for law in &mut laws {
        law[0] = 1.0;
    }
    let (mut throughput, mut response) = (0.0, 0.0);
    for n in 1..=population {
        let stay = |k: usize| {
            let busy = |j: usize| (j as f64).min(servers[k]);
            let terms = (1..=n).map(|j| j as f64 / busy(j) * laws[k][j - 1]);
            visits[k] * service[k] * terms.sum::<f64>()
        };
        response = (0..service.len()).map(stay).sum();
        throughput = n as f64 / (think + response);
        for (k, law) in laws.iter_mut().enumerate() {
            let demand = throughput * visits[k] * service[k];
            for j in (1..=n).rev() {
                law[j] = demand / (j as f64).min(servers[k]) * law[j - 1];
            }
            law[0] = 1.0 - law[1..=n].iter().sum::<f64>();
        }
    }
    Ok(json!({ "throughput": throughput, "response_time": response }))
}
