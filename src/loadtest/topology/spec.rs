//! A topology as data. Must never hold a default: times and sizes are the file's.

use serde::{Deserialize, Serialize};

/// Name and version of a topology's file.
pub const TOPOLOGY_SCHEMA: &str = "aftercare.topology/1";

/// Systems and the lines between them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topology {
    schema: String,
    /// Where the numbers come from.
    pub about: String,
    /// Each hospital's information system.
    pub hospital: SystemSpec,
    /// The network that all hospitals share on their way to the core; nothing stands between if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<SystemSpec>,
    /// The insurer's core.
    pub insurer_core: SystemSpec,
    /// The bank that holds the credit lines.
    pub bank: SystemSpec,
    /// From a hospital to the core.
    pub hospital_to_core: LineSpec,
    /// From the core to the bank.
    pub core_to_bank: LineSpec,
}

/// A system: its pool and its own time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemSpec {
    /// Requests in work at once.
    pub pool: usize,
    /// Requests that may wait; more are turned away.
    pub queue: usize,
    /// Mean service time, ms.
    pub service_ms: f64,
    /// Its coefficient of variation.
    pub cv: f64,
}

/// A line: latency, losses, and what the asking side does about them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineSpec {
    /// Mean latency one way, ms.
    pub latency_ms: f64,
    /// Its coefficient of variation.
    pub cv: f64,
    /// Messages lost per million, each way.
    pub lost_per_million: u32,
    /// How long the asking side waits for an answer, ms.
    pub time_out_ms: u64,
    /// Times that a query or a reversal is sent.
    pub tries: u32,
    /// Failures in a row that open the breaker.
    pub breaker_failures: u32,
    /// How long it stays open, ms.
    pub breaker_open_ms: u64,
}

impl Topology {
    /// Reads a topology.
    pub fn parse(text: &str) -> Result<Topology, String> {
        let topology: Topology = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if topology.schema != TOPOLOGY_SCHEMA {
            return Err(format!("schema is `{}`, expected `{TOPOLOGY_SCHEMA}`", topology.schema));
        }
        let systems = [
            ("hospital", Some(topology.hospital)),
            ("network", topology.network),
            ("insurer_core", Some(topology.insurer_core)),
            ("bank", Some(topology.bank)),
        ];
        for (name, system) in systems {
            let Some(system) = system else { continue };
            if system.pool == 0 || !sound(system.service_ms) || !sound(system.cv) {
                return Err(format!("{name}: expected a pool of 1 at least and finite times"));
            }
        }
        let lines = [
            ("hospital_to_core", topology.hospital_to_core),
            ("core_to_bank", topology.core_to_bank),
        ];
        for (name, line) in lines {
            let counts = line.tries > 0 && line.breaker_failures > 0 && line.time_out_ms > 0;
            let share = line.lost_per_million <= 1_000_000;
            if !(counts && share && sound(line.latency_ms) && sound(line.cv)) {
                return Err(format!(
                    "{name}: expected tries, breaker_failures and time_out_ms of 1 at least, \
                     lost_per_million of a million at most, finite times"
                ));
            }
        }
        Ok(topology)
    }

    /// Requests a second that a hospital's pool can hold while the core answers unhurried.
    pub fn hospital_per_s(&self) -> f64 {
        let core = self.hospital_to_core.latency_ms * 2.0 + self.insurer_core.service_ms;
        self.hospital.pool as f64 * 1e3 / (self.hospital.service_ms + core)
    }

    /// Messages a second that the network lets through; nothing where none is described.
    pub fn network_per_s(&self) -> Option<f64> {
        self.network.map(|network| network.pool as f64 * 1e3 / network.service_ms)
    }

    /// Requests a second that the bank can serve.
    pub fn bank_per_s(&self) -> f64 {
        self.bank.pool as f64 * 1e3 / self.bank.service_ms
    }
}

fn sound(value: f64) -> bool {
    value.is_finite() && value >= 0.0
}
