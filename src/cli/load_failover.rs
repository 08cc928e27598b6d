//! `aftercare load failover`: a core dies with kill -9 under load and another one takes over its journal at the
//! same address. Must never call a take-over sound whose clients were told more than the books hold.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::out;
use clap::Args;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long the load may take to begin.
const TRIES: u32 = 1_200;
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// Arguments of `load failover`.
#[derive(Clone, Debug, Args)]
pub(super) struct FailoverArgs {
    /// Scenario whose people and rules are used.
    #[arg(default_value = "scenarios/smoke.toml")]
    scenario: PathBuf,
    /// People of a sample of whole hospitals.
    #[arg(long, default_value_t = 20_000)]
    population: u32,
    /// Requests a second.
    #[arg(long, default_value_t = 1_000.0)]
    rate: f64,
    /// Length of the load, seconds.
    #[arg(long, default_value_t = 12)]
    seconds: u64,
    /// When the first core dies, seconds after its first command.
    #[arg(long, default_value_t = 5)]
    dies_after: u64,
    /// Folder of the journal: a new one.
    #[arg(long, default_value = "output/failover")]
    journal: PathBuf,
}

/// A served core that ends with its owner.
struct Core(Child);

impl Drop for Core {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl FailoverArgs {
    fn people(&self) -> Vec<String> {
        let scenario = self.scenario.display().to_string();
        let population = self.population.to_string();
        [&scenario, "--population", &population, "--seed", "1"].map(str::to_owned).to_vec()
    }

    /// Starts a core on the journal and waits until it tells its address.
    fn core(&self, program: &Path, address: &str) -> Result<Core, Fault> {
        let mut child = Command::new(program)
            .args(["--quiet", "serve-core"])
            .args(self.people())
            .args(["--addr", address, "--journal"])
            .arg(&self.journal)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let core = Core(child);
        if line.trim().is_empty() {
            Err(Fault::internal("the core did not start"))
        } else {
            Ok(core)
        }
    }
}

/// Waits until a core has answered commands.
fn until_at_work(address: &str) -> Result<(), Fault> {
    for _ in 0..TRIES {
        let page = ureq::get(format!("http://{address}/metrics")).call();
        let text = page.and_then(|mut page| page.body_mut().read_to_string());
        let text = text.map_err(Fault::internal)?;
        if !text.contains("aftercare_commands_total 0\n") {
            return Ok(());
        }
        std::thread::sleep(BETWEEN_TRIES);
    }
    Err(Fault::internal("the load did not begin within two minutes"))
}

/// Loads a core, kills it, lets another take over, and holds clients and books against each other.
pub(super) fn failover(arguments: &FailoverArgs, common: &Common) -> Result<Exit, Fault> {
    let program = std::env::current_exe()?;
    let free = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let address = free.to_string();
    let first = arguments.core(&program, &address)?;
    let load = Command::new(&program)
        .args(["--quiet", "--format", "json", "load"])
        .args(arguments.people())
        .args(["--store", "http", "--connections", "8", "--time-out-ms", "4000"])
        .args(["--url", &format!("http://{address}")])
        .args(["--rate", &arguments.rate.to_string()])
        .args(["--seconds", &arguments.seconds.to_string()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    until_at_work(&address)?;
    std::thread::sleep(Duration::from_secs(arguments.dies_after));
    drop(first);
    common.note(common.say("the core is dead; another takes over", "核心已被杀死，备机接管"));
    let clock = crate::loadtest::Clock::start();
    let second = arguments.core(&program, &address)?;
    let recovery_ms = clock.ns() as f64 / 1e6;
    let output = load.wait_with_output()?;
    drop(second);
    let fault = |_| Fault::internal(String::from_utf8_lossy(&output.stderr).into_owned());
    let report: Value = serde_json::from_slice(&output.stdout).map_err(fault)?;
    let audit = &report["audit"];
    let sound = ["lost", "doubled", "imbalance_fen"].iter().all(|field| audit[*field] == 0);
    out::print_json(&json!({
        "schema": "aftercare.failover/1",
        "recovery_time_ms": recovery_ms,
        "longest_wait_ms": report["latency"]["max_us"].as_f64().map(|us| us / 1e3),
        "recovery_point": {"acknowledged_lost": audit["lost"], "doubled": audit["doubled"]},
        "imbalance_fen": audit["imbalance_fen"],
        "answered": report["client"]["answered"],
        "network": report["network"],
        "reasons": report["reasons"],
    }))?;
    Ok(if sound { Exit::Done } else { Exit::Invalid })
}
