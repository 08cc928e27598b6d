//! Kill -9 of the database server under a client's feet: the server of a cluster of our own dies with all
//! its processes at a random time, is started again, and the client's acknowledgement log is held against
//! what it recovered. Must never kill a server that it did not start.

use super::auditor::Findings;
use super::clock::Clock;
use super::kills::{KillReport, Life, findings, live_on, read_acknowledged};
use super::world::LoadWorld;
use crate::random::{Address, Philox, Purpose};
use crate::store::postgres::Postgres;
use crate::store::postgres::cluster::Cluster;
use crate::store::{Store, StoreError};
use std::io;
use std::path::Path;
use std::time::Duration;

/// Longest wait before a kill, ms.
const LONGEST_MS: u64 = 700;
/// Lives that a client has numbers for; those of one kill are `kills` apart.
const LIVES: u64 = 1 << 15;

/// Kills the server so many times.
pub fn run(
    world: &LoadWorld<'_>,
    folder: &Path,
    kills: u64,
    seed: u64,
    told: &mut dyn FnMut(&str),
) -> io::Result<KillReport> {
    let mut report = KillReport::default();
    let acknowledged = folder.join("database.acks");
    let mut cluster = Cluster::start(&std::env::temp_dir())?;
    for kill in 0..kills {
        let [word, ..] = Philox::new(seed).block(Address::new(kill, 2, Purpose::Load));
        let wait = Duration::from_micros(u64::from(word) * LONGEST_MS * 1_000 >> 32);
        let url = cluster.url();
        let ended = std::thread::scope(|scope| {
            let client = scope.spawn(|| -> Result<(), StoreError> {
                let mut store = Postgres::open(world.engine(), &world.census, &url)?;
                // One life after another: a quick machine must not be done before the kill.
                for number in (kill..LIVES.max(kills)).step_by(kills as usize) {
                    let (journal, acknowledged) = (folder, acknowledged.as_path());
                    let life = Life { journal, acknowledged, number, stop_at_write: None };
                    live_on(world, &mut store, &life, &mut |_| Ok(()))?;
                }
                Ok(())
            });
            std::thread::sleep(wait);
            cluster.kill()?;
            let ended = client.join();
            io::Result::Ok(ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })?;
        report.at_times += u64::from(ended.is_err());
        report.unharmed += u64::from(ended.is_ok());
        let clock = Clock::start();
        cluster.restart()?;
        report.longest_recovery_ms = report.longest_recovery_ms.max(clock.ns() as f64 / 1e6);
        let found = audit(world, &cluster.url(), &acknowledged).map_err(io::Error::other)?;
        report.acknowledged = found.acknowledged;
        report.lost += found.lost;
        report.doubled += found.doubled;
        report.imbalance_fen += found.imbalance_fen;
        let words = found.findings.into_iter();
        report.findings.extend(words.map(|finding| format!("after kill {kill}: {finding}")));
        if (kill + 1) % 10 == 0 {
            told(&format!("{} kills, {} lost, {} doubled", kill + 1, report.lost, report.doubled));
        }
    }
    Ok(report)
}

/// Holds an acknowledgement log against a database, over a connection of its own.
pub fn audit(
    world: &LoadWorld<'_>,
    url: &str,
    acknowledged: &Path,
) -> Result<Findings, StoreError> {
    let log = read_acknowledged(acknowledged);
    let log = log.map_err(StoreError::io("the acknowledgement log"))?;
    let mut store = Postgres::open(world.engine(), &world.census, url)?;
    store.flush()?;
    findings(&log, &mut store)
}
