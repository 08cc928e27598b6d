//! PostgreSQL on a throw-away local cluster: our store, batched on one connection, and one call of a stored
//! procedure a settlement from eight clients. Must never switch `synchronous_commit` off.

use crate::core::Ours;
use crate::work::{Bills, Clerk, census, opening_row};
use crate::{Fault, case};
use aftercare::engine::Engine;
use aftercare::settlement::spec::Rules;
use aftercare::store::postgres::Postgres;
use aftercare::store::postgres::cluster::Cluster;
use postgres::{Client, NoTls};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Clients of the one-call peer.
const CLIENTS: u64 = 8;
/// Settlements a transaction of our store.
const BATCH: usize = 2_000;

const TABLES: &str = "
CREATE TABLE peer_row (id int PRIMARY KEY, state bytea NOT NULL);
CREATE TABLE peer_key (key bytea PRIMARY KEY, answer bytea NOT NULL);
CREATE TABLE peer_posting (id bigint PRIMARY KEY, legs bytea NOT NULL);
CREATE TABLE peer_balance (name bytea PRIMARY KEY, fen bigint NOT NULL);
CREATE FUNCTION peer_settle(who int, row_after bytea, key bytea, answer bytea,
    serial bigint, legs bytea, names bytea[], fens bigint[]) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE found bytea;
BEGIN
    INSERT INTO peer_key VALUES (key, answer);
    SELECT state INTO found FROM peer_row WHERE id = who FOR UPDATE;
    IF found IS NULL THEN
        INSERT INTO peer_row VALUES (who, row_after);
    ELSE
        UPDATE peer_row SET state = row_after WHERE id = who;
    END IF;
    INSERT INTO peer_posting VALUES (serial, legs);
    FOR i IN 1 .. array_length(names, 1) LOOP
        INSERT INTO peer_balance VALUES (names[i], fens[i])
        ON CONFLICT (name) DO UPDATE SET fen = peer_balance.fen + excluded.fen;
    END LOOP;
    RETURN true;
END $$;
";

/// Both ways of using PostgreSQL.
pub fn rows(rules: &Rules, time: Duration, rows: &mut Vec<Value>) -> Result<(), Fault> {
    let cluster = Cluster::start(&std::env::temp_dir())?;
    let engine = Engine { rules, policy: None };
    let mut ours = Ours::over(Postgres::open(engine, &census(), &cluster.url())?);
    rows.push(case("postgres", BATCH, &mut ours, time)?);
    drop(ours);
    rows.push(one_call(rules, &cluster.url(), time)?);
    Ok(())
}

/// Eight clients, a call and a commit a settlement.
fn one_call(rules: &Rules, url: &str, time: Duration) -> Result<Value, Fault> {
    Client::connect(url, NoTls)?.batch_execute(TABLES)?;
    let settled = AtomicU64::new(0);
    let from = Instant::now();
    let times: Result<Vec<Vec<u64>>, Fault> = std::thread::scope(|scope| {
        let settled = &settled;
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| scope.spawn(move || client(rules, url, number, time, settled)))
            .collect();
        clients
            .into_iter()
            .map(|client| client.join().unwrap_or_else(|_| Err("a client panicked".into())))
            .collect()
    });
    let mut times: Vec<u64> = times?.into_iter().flatten().collect();
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize] as f64 / 1e3;
    let seconds = from.elapsed().as_secs_f64();
    let row = json!({
        "store": "postgres_one_call",
        "group": 1,
        "clients": CLIENTS,
        "per_s": settled.load(Ordering::Relaxed) as f64 / seconds,
        "p50_ms": at(0.5),
        "p99_ms": at(0.99),
    });
    eprintln!("{row}");
    Ok(row)
}

fn client(
    rules: &Rules,
    url: &str,
    number: u64,
    time: Duration,
    settled: &AtomicU64,
) -> Result<Vec<u64>, Fault> {
    let mut client = Client::connect(url, NoTls)?;
    let call = client.prepare("SELECT peer_settle($1, $2, $3, $4, $5, $6, $7, $8)")?;
    let (mut clerk, mut bills) = (Clerk::new(rules), Bills::default());
    // No other client has these groups: their rows are known here, which spares the peer a reading call.
    let mut known: BTreeMap<i32, Vec<u8>> = BTreeMap::new();
    let (from, mut times) = (Instant::now(), Vec::new());
    while from.elapsed() < time {
        let mut bill = bills.next_bill();
        // Each client has keys and groups of its own.
        bill.serial = bill.serial * CLIENTS + number;
        bill.group = bill.group / CLIENTS as u32 * CLIENTS as u32 + number as u32;
        let one = Instant::now();
        let group = bill.group.cast_signed();
        let before = known.remove(&group).unwrap_or_else(opening_row);
        let written = clerk.settle(&bill, &before);
        let names: Vec<&[u8]> = written.balances.iter().map(|(name, _)| &name[..]).collect();
        let fens: Vec<i64> = written.balances.iter().map(|(_, fen)| *fen).collect();
        let key = bill.key();
        let (key, serial): (&[u8], i64) = (&key[..], bill.serial.cast_signed());
        client.query_one(
            &call,
            &[
                &group,
                &written.row,
                &key,
                &written.answer,
                &serial,
                &written.postings,
                &names,
                &fens,
            ],
        )?;
        known.insert(group, written.row);
        times.push(one.elapsed().as_micros() as u64);
        settled.fetch_add(1, Ordering::Relaxed);
    }
    Ok(times)
}
