//! The settlement core beside its peers in one sitting: the same settlements, decided by the same engine, each
//! durable before it is answered. A peer reads the group's row and the key, and writes the row, the key
//! with its answer, the postings and four balances in one transaction. Must never quote a figure of another
//! run: only ratios of one sitting are printed.
//!
//! `cargo run --release --features postgres -- [seconds a case] [folder]` prints one JSON document.

mod core;
mod embedded;
#[cfg(feature = "postgres")]
mod server;
mod work;

use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What a failed case says.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Groups of settlements that are made durable together.
const GROUPS: [usize; 3] = [1, 100, 1_000];

/// One store under the bench: makes a group durable.
pub trait Peer {
    /// Settles the next `count` bills in one durable step.
    fn settle(&mut self, count: usize) -> Result<(), Fault>;
}

/// Runs a case for some time.
fn case(name: &str, group: usize, peer: &mut dyn Peer, time: Duration) -> Result<Value, Fault> {
    // What is slow the first time is not the peer's.
    peer.settle(group)?;
    let from = Instant::now();
    let (mut settled, mut times_us) = (0, Vec::new());
    while from.elapsed() < time {
        let one = Instant::now();
        peer.settle(group)?;
        times_us.push(one.elapsed().as_micros() as u64);
        settled += group;
    }
    let seconds = from.elapsed().as_secs_f64();
    times_us.sort_unstable();
    let at = |share: f64| times_us[((times_us.len() - 1) as f64 * share) as usize] as f64 / 1e3;
    let row = json!({
        "store": name,
        "group": group,
        "per_s": settled as f64 / seconds,
        "p50_ms": at(0.5),
        "p99_ms": at(0.99),
    });
    eprintln!("{row}");
    Ok(row)
}

/// The best rate of a store over its groups.
fn best(rows: &[Value], store: &str) -> f64 {
    let of = rows.iter().filter(|row| row["store"] == store);
    of.filter_map(|row| row["per_s"].as_f64()).fold(0.0, f64::max)
}

fn main() -> Result<(), Fault> {
    let mut arguments = std::env::args().skip(1);
    let seconds: f64 = arguments.next().map_or(Ok(3.0), |text| text.parse())?;
    let folder = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let time = Duration::from_secs_f64(seconds);
    let place = tempfile::tempdir_in(folder)?;
    let mut rows = Vec::new();
    let rules = work::rules()?;
    for group in GROUPS {
        let at = |name: &str| place.path().join(format!("{name}-{group}"));
        let mut ours = core::Ours::journal(&rules, &at("journal"))?;
        rows.push(case("journal", group, &mut ours, time)?);
        drop(ours);
        let mut peer = embedded::Redb::open(&rules, &at("redb"))?;
        rows.push(case("redb", group, &mut peer, time)?);
        let mut peer = embedded::Fjall::open(&rules, &at("fjall"))?;
        rows.push(case("fjall", group, &mut peer, time)?);
        let mut peer = embedded::Sqlite::open(&rules, &at("sqlite"))?;
        rows.push(case("sqlite", group, &mut peer, time)?);
    }
    let mut memory = core::Ours::memory(&rules);
    rows.push(case("memory", 8_192, &mut memory, time)?);
    #[cfg(feature = "postgres")]
    server::rows(&rules, time, &mut rows)?;
    let embedded = ["redb", "fjall", "sqlite"].map(|name| best(&rows, name));
    let best_embedded = embedded.into_iter().fold(0.0, f64::max);
    let ratio = |of: f64, by: f64| (by > 0.0).then_some(of / by);
    let answer = json!({
        "schema": "aftercare.peers/1",
        "people": work::PEOPLE,
        "rows": rows,
        "journal_by_best_embedded": ratio(best(&rows, "journal"), best_embedded),
        "postgres_by_one_call": ratio(best(&rows, "postgres"), best(&rows, "postgres_one_call")),
    });
    println!("{}", serde_json::to_string_pretty(&answer)?);
    Ok(())
}
