//! Kill -9 of the database server under a client's feet: the server of a cluster of our own dies with all
//! its processes at a random time, is started again, and an auditor, a process of its own, holds the client's
//! acknowledgement log against what it recovered. Must never kill a server that it did not start.

use super::clock::Clock;
use super::kills::{
    Audited, KillReport, Life, Starts, findings, judge, live_on, read_acknowledged,
};
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

/// Kills the server so many times, at times that a seed sets.
pub fn run(
    starts: &impl Starts,
    world: &LoadWorld<'_>,
    folder: &Path,
    (kills, seed): (u64, u64),
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
        let log = acknowledged.display().to_string();
        let arguments =
            ["--database-url".to_owned(), cluster.url(), "--acknowledged".to_owned(), log];
        let looked_at = judge(kill, &starts.command("audit", &arguments).output()?, &mut report);
        report.acknowledged = looked_at.max(report.acknowledged);
        if (kill + 1) % 10 == 0 {
            told(&format!("{} kills, {} lost, {} doubled", kill + 1, report.lost, report.doubled));
        }
    }
    Ok(report)
}

/// Holds an acknowledgement log against a database, over a connection of its own.
pub fn audit(world: &LoadWorld<'_>, url: &str, acknowledged: &Path) -> Result<Audited, StoreError> {
    let log = read_acknowledged(acknowledged);
    let log = log.map_err(StoreError::io("the acknowledgement log"))?;
    let clock = Clock::start();
    let mut store = Postgres::open(world.engine(), &world.census, url)?;
    store.flush()?;
    let recovery_ms = clock.ns() as f64 / 1e6;
    Ok(Audited { findings: findings(&log, &mut store)?, recovery_ms, replayed: 0 })
}
