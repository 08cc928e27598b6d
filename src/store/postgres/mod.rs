//! The store in `PostgreSQL`: rows of kin groups, the log of commands and the sums of the books live in the
//! database; decisions are made by the same engine. One batch is one transaction: lock the groups' rows
//! in id order, read keys, decide, `COPY` the log, update the rows guarded by their version, add to the
//! books, commit, answer. Must never answer before the commit, and never decide on rows that it does
//! not hold locked.

pub mod cluster;
mod rows;
#[cfg(test)]
mod tests;

use super::answer::{Answer, Answered};
use super::audit::{AuditReport, Base};
use super::census::Census;
use super::core::{Core, Decided};
use super::image::{self, Place};
use super::keys::Keys;
use super::memory::MOST_UNDRAINED;
use super::{SHARDS, Store, StoreError, Submission};
use crate::engine::{Decision, Engine};
use crate::ledger::Role;
use crate::wire::answer::{put_decision, take_decision};
use crate::wire::digest::digest64;
use crate::wire::packed::{HEAD, put_request};
use crate::wire::{Batch, Reader, RequestId};
use postgres::binary_copy::BinaryCopyInWriter;
use postgres::types::{ToSql, Type};
use postgres::{Client, NoTls, Statement, Transaction};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{Read, Write};

/// Version of the tables.
const FORMAT: i32 = 2;

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS aftercare_meta (format int NOT NULL, identity bytea NOT NULL);
CREATE TABLE IF NOT EXISTS aftercare_group (
    id int PRIMARY KEY, version bigint NOT NULL, state bytea NOT NULL) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS aftercare_command (
    request_id bytea PRIMARY KEY, group_id int NOT NULL, body bigint NOT NULL,
    record bytea NOT NULL, decision bytea NOT NULL);
CREATE TABLE IF NOT EXISTS aftercare_books (
    totals bigint[] NOT NULL, commands bigint NOT NULL, postings bigint NOT NULL,
    imbalance_fen bigint NOT NULL, accounts bigint[] NOT NULL);
CREATE TABLE IF NOT EXISTS aftercare_shard (shard int PRIMARY KEY, newest int NOT NULL);
";

/// The statements of a batch, prepared once.
struct Prepared {
    lock: Statement,
    keys: Statement,
    copy: Statement,
    update: Statement,
    books: Statement,
    newest: Statement,
}

impl Prepared {
    fn new(client: &mut Client) -> Result<Prepared, postgres::Error> {
        Ok(Prepared {
            lock: client.prepare(
                "SELECT g.id, g.version, CASE WHEN g.version <> k.version THEN g.state END \
                 FROM unnest($1::int[], $2::bigint[]) k(id, version) \
                 JOIN aftercare_group g ON g.id = k.id ORDER BY g.id FOR NO KEY UPDATE OF g",
            )?,
            keys: client.prepare(
                "SELECT request_id, body, decision FROM aftercare_command \
                 WHERE request_id = ANY($1)",
            )?,
            copy: client.prepare(
                "COPY aftercare_command (request_id, group_id, body, record, decision) \
                 FROM STDIN BINARY",
            )?,
            update: client.prepare(
                "UPDATE aftercare_group g SET version = g.version + 1, state = u.state \
                 FROM unnest($1::int[], $2::bigint[], $3::bytea[]) u(id, version, state) \
                 WHERE g.id = u.id AND g.version = u.version",
            )?,
            books: client.prepare("INSERT INTO aftercare_books VALUES ($1, $2, $3, $4, $5)")?,
            newest: client.prepare(
                "INSERT INTO aftercare_shard VALUES ($1, $2) ON CONFLICT (shard) \
                 DO UPDATE SET newest = greatest(aftercare_shard.newest, excluded.newest)",
            )?,
        })
    }
}

/// State in a database.
pub struct Postgres<'r> {
    /// Room for the rows of a batch. Between batches a group's row is as it was in the version `known`; a
    /// newer one is read when it is locked. Keys and sums mean nothing then.
    core: Core<'r>,
    known: Vec<Known>,
    client: RefCell<Client>,
    prepared: Prepared,
    ready: Vec<Answered>,
    stopped: bool,
}

impl std::fmt::Debug for Postgres<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Postgres").field("stopped", &self.stopped).finish_non_exhaustive()
    }
}

/// The version of a group's row that was seen last, and the digest of its state.
#[derive(Clone, Copy, Debug)]
struct Known {
    version: i64,
    digest: u64,
}

/// Nothing was seen yet.
const UNSEEN: Known = Known { version: -1, digest: 0 };

/// A database's word as a store's.
fn database(what: &'static str) -> impl Fn(postgres::Error) -> StoreError {
    move |error| {
        let words = error.as_db_error().map_or_else(|| error.to_string(), ToString::to_string);
        StoreError::io(what)(std::io::Error::other(words))
    }
}

impl<'r> Postgres<'r> {
    /// Opens the books in a database; empty tables are filled from the census.
    pub fn open(
        engine: Engine<'r>,
        census: &Census,
        url: &str,
    ) -> Result<Postgres<'r>, StoreError> {
        let core = Core::open(engine, census);
        let mut client = Client::connect(url, NoTls).map_err(database("connecting"))?;
        let made = make_tables(&mut client, &core);
        let identity = made.map_err(database("making the tables"))?;
        if identity != core.identity() {
            return Err(StoreError::Foreign { file: "the database".to_owned() });
        }
        let prepared = Prepared::new(&mut client).map_err(database("preparing"))?;
        let client = RefCell::new(client);
        let known = vec![UNSEEN; rows::count(&core)];
        let mut store =
            Postgres { core, known, client, prepared, ready: Vec::new(), stopped: false };
        store.read_newest().map_err(database("reading the shards"))?;
        Ok(store)
    }

    fn read_newest(&mut self) -> Result<(), postgres::Error> {
        let rows = self.client.get_mut().query("SELECT shard, newest FROM aftercare_shard", &[])?;
        for row in rows {
            let (shard, newest): (i32, i32) = (row.get(0), row.get(1));
            self.core.shards[shard as usize % SHARDS].newest = crate::domain::Day(newest);
        }
        Ok(())
    }

    /// One batch in one transaction.
    fn transact(&mut self, batch: &Batch) -> Result<Vec<Answered>, StoreError> {
        let Postgres { core, known, client, prepared, .. } = self;
        let mut transaction = client.get_mut().transaction().map_err(database("beginning"))?;
        let locked = lock(&mut transaction, prepared, (core, known), batch)?;
        recall(&mut transaction, prepared, core, batch)?;
        let before = (core.sums(), rows::accounts(core));
        let newest: Vec<_> = core.shards.iter().map(|shard| shard.newest).collect();
        let mut out = Decided::default();
        core.decide(batch, false, &mut out);
        let write = || {
            if log(&mut transaction, prepared, batch, &out.answers)? {
                write_back(&mut transaction, prepared, (core, known), &locked)?;
                add_to_books(&mut transaction, prepared, core, &before)?;
            }
            for (number, (shard, before)) in core.shards.iter().zip(newest).enumerate() {
                if shard.newest != before {
                    let number = number as i32;
                    transaction.execute(&prepared.newest, &[&number, &shard.newest.0])?;
                }
            }
            Ok(())
        };
        write().map_err(database("writing a batch"))?;
        transaction.commit().map_err(database("committing"))?;
        Ok(out.answers)
    }

    /// Reads every group, key and sum into the core, at one moment of the database.
    fn read_all(&self) -> Result<Core<'r>, StoreError> {
        let mut core = self.core.clone();
        let mut client = self.client.borrow_mut();
        let transaction = client.build_transaction().read_only(true);
        let level = postgres::IsolationLevel::RepeatableRead;
        let mut transaction =
            transaction.isolation_level(level).start().map_err(database("beginning"))?;
        let groups = transaction.query("SELECT id, version, state FROM aftercare_group", &[]);
        for row in groups.map_err(database("reading groups"))? {
            rows::take(&mut core, row.get(0), row.get(2))?;
        }
        core.shards.iter_mut().for_each(|shard| shard.keys = Keys::default());
        let known = "SELECT request_id, body, decision, group_id FROM aftercare_command";
        for row in transaction.query(known, &[]).map_err(database("reading keys"))? {
            let group: i32 = row.get(3);
            let shard = &mut core.shards[group as usize % SHARDS];
            let body: i64 = row.get(1);
            shard.keys.remember(id_of(row.get(0))?, body.cast_unsigned(), row.get(2));
        }
        let books =
            "SELECT totals, commands, postings, imbalance_fen, accounts FROM aftercare_books";
        for shard in &mut core.shards {
            (shard.base, shard.audit) = (Base::default(), crate::ledger::Audit::new());
        }
        for row in transaction.query(books, &[]).map_err(database("reading the books"))? {
            let (totals, accounts): (Vec<i64>, Vec<i64>) = (row.get(0), row.get(4));
            let account = Role::PersonalAccount as usize;
            for (shard, more) in core.shards.iter_mut().zip(accounts) {
                shard.base.totals[account] += more;
            }
            let base = &mut core.shards[0].base;
            for (role, more) in totals.into_iter().enumerate().filter(|(role, _)| *role != account)
            {
                base.totals[role] += more;
            }
            base.commands += row.get::<_, i64>(1).cast_unsigned();
            base.postings += row.get::<_, i64>(2).cast_unsigned();
            base.imbalance_fen += row.get::<_, i64>(3);
        }
        Ok(core)
    }
}

/// Makes and fills the tables where they are missing; gives the identity that they carry.
fn make_tables(client: &mut Client, core: &Core<'_>) -> Result<[u8; 32], postgres::Error> {
    let mut transaction = client.transaction()?;
    // Two stores that open an empty database at once would both fill it.
    transaction.batch_execute("SELECT pg_advisory_xact_lock(7226)")?;
    transaction.batch_execute(TABLES)?;
    let meta = transaction.query_opt("SELECT format, identity FROM aftercare_meta", &[])?;
    if let Some(row) = meta {
        let format: i32 = row.get(0);
        let bytes: &[u8] = row.get(1);
        let identity = bytes.try_into().unwrap_or([0; 32]);
        return Ok(if format == FORMAT { identity } else { [0; 32] });
    }
    let own = core.identity();
    let identity: &[u8] = &own;
    transaction.execute("INSERT INTO aftercare_meta VALUES ($1, $2)", &[&FORMAT, &identity])?;
    fill(&mut transaction, core)?;
    transaction.commit()?;
    client.batch_execute("ANALYZE aftercare_group")?;
    Ok(core.identity())
}

/// Writes every group's row.
fn fill(transaction: &mut Transaction<'_>, core: &Core<'_>) -> Result<(), postgres::Error> {
    let sink =
        transaction.copy_in("COPY aftercare_group (id, version, state) FROM STDIN BINARY")?;
    let mut writer = BinaryCopyInWriter::new(sink, &[Type::INT4, Type::INT8, Type::BYTEA]);
    let mut state = Vec::new();
    for group in rows::groups(core) {
        rows::put(core, group, &mut state);
        writer.write(&[&(group as i32), &0_i64, &state])?;
    }
    writer.finish()?;
    Ok(())
}

/// Locks the groups of a batch in id order and reads the rows that were written since they were seen.
fn lock(
    transaction: &mut Transaction<'_>,
    prepared: &Prepared,
    (core, known): (&mut Core<'_>, &mut [Known]),
    batch: &Batch,
) -> Result<Vec<i32>, StoreError> {
    let groups = known.len() as u32;
    let ids = batch.requests().iter().map(|request| request.group.0).filter(|&id| id < groups);
    let mut ids: Vec<i32> = ids.map(u32::cast_signed).collect();
    ids.sort_unstable();
    ids.dedup();
    let versions: Vec<i64> = ids.iter().map(|&id| known[id as usize].version).collect();
    let found = transaction.query(&prepared.lock, &[&ids, &versions]);
    for row in found.map_err(database("locking groups"))? {
        let (id, version): (i32, i64) = (row.get(0), row.get(1));
        if let Some(state) = row.get::<_, Option<&[u8]>>(2) {
            rows::take(core, id, state)?;
            known[id as usize] = Known { version, digest: digest64(state) };
        }
    }
    Ok(ids)
}

/// Brings the keys of a batch back to mind.
fn recall(
    transaction: &mut Transaction<'_>,
    prepared: &Prepared,
    core: &mut Core<'_>,
    batch: &Batch,
) -> Result<(), StoreError> {
    core.shards.iter_mut().for_each(|shard| shard.keys = Keys::default());
    let shards: BTreeMap<RequestId, usize> =
        batch.requests().iter().map(|row| (row.id, row.group.0 as usize % SHARDS)).collect();
    let ids: Vec<Vec<u8>> = shards.keys().map(|id| id.0.to_be_bytes().to_vec()).collect();
    let found = transaction.query(&prepared.keys, &[&ids]).map_err(database("reading keys"))?;
    for row in found {
        let id = id_of(row.get(0))?;
        let body: i64 = row.get(1);
        // Another group's use of the key is the same key.
        core.shards[shards[&id]].keys.remember(id, body.cast_unsigned(), row.get(2));
    }
    Ok(())
}

fn id_of(bytes: &[u8]) -> Result<RequestId, StoreError> {
    let bytes: Result<[u8; 16], _> = bytes.try_into();
    let bytes = bytes.map_err(|_| StoreError::corrupt("the database", "a key is not 16 bytes"))?;
    Ok(RequestId(u128::from_be_bytes(bytes)))
}

/// Appends the decided commands to the log; tells whether there were any.
fn log(
    transaction: &mut Transaction<'_>,
    prepared: &Prepared,
    batch: &Batch,
    answers: &[Answered],
) -> Result<bool, postgres::Error> {
    let mut first = BTreeMap::new();
    for (at, request) in batch.requests().iter().enumerate() {
        if !request.body.only_reads() {
            first.entry(request.id).or_insert(at);
        }
    }
    let types = [Type::BYTEA, Type::INT4, Type::INT8, Type::BYTEA, Type::BYTEA];
    let sink = transaction.copy_in(&prepared.copy)?;
    let mut writer = BinaryCopyInWriter::new(sink, &types);
    let (mut record, mut packed, mut any) = (Vec::new(), Vec::new(), false);
    for Answered { id, answer } in answers {
        let (Answer::Decided(decision), Some(&at)) = (answer, first.get(id)) else { continue };
        let request = &batch.requests()[at];
        record.clear();
        packed.clear();
        put_request(&mut record, request, batch.lines_of(request));
        put_decision(&mut packed, decision);
        let body = digest64(&record[HEAD..]).cast_signed();
        let key: &[u8] = &id.0.to_be_bytes();
        writer.write(&[&key, &request.group.0.cast_signed(), &body, &record, &packed])?;
        any = true;
    }
    writer.finish()?;
    Ok(any)
}

/// Writes the rows that changed, each if its version is still the one that was locked.
fn write_back(
    transaction: &mut Transaction<'_>,
    prepared: &Prepared,
    (core, known): (&Core<'_>, &mut [Known]),
    locked: &[i32],
) -> Result<(), postgres::Error> {
    let (mut ids, mut versions, mut states) = (Vec::new(), Vec::new(), Vec::new());
    for &id in locked {
        let mut state = Vec::new();
        rows::put(core, id as usize, &mut state);
        let (known, digest) = (&mut known[id as usize], digest64(&state));
        if digest != known.digest {
            ids.push(id);
            versions.push(known.version);
            states.push(state);
            // A transaction that fails stops the store, so what is known then is never used.
            *known = Known { version: known.version + 1, digest };
        }
    }
    if ids.is_empty() {
        return Ok(());
    }
    let written = transaction.execute(&prepared.update, &[&ids, &versions, &states])?;
    assert!(
        written == ids.len() as u64,
        "invariant: {written} of {} locked groups kept their version",
        ids.len()
    );
    Ok(())
}

/// Appends what a batch added to the sums; rows that everybody adds to would be a queue.
fn add_to_books(
    transaction: &mut Transaction<'_>,
    prepared: &Prepared,
    core: &Core<'_>,
    (before, accounts): &(Base, Vec<i64>),
) -> Result<(), postgres::Error> {
    let now = core.sums();
    let moved = rows::accounts(core).into_iter().zip(accounts);
    let accounts: Vec<i64> = moved.map(|(now, before)| now - before).collect();
    let pairs = now.totals.iter().zip(before.totals);
    let totals: Vec<i64> = pairs.map(|(now, before)| now - before).collect();
    let commands = (now.commands - before.commands).cast_signed();
    let postings = (now.postings - before.postings).cast_signed();
    let imbalance = now.imbalance_fen - before.imbalance_fen;
    let values: [&(dyn ToSql + Sync); 5] = [&totals, &commands, &postings, &imbalance, &accounts];
    transaction.execute(&prepared.books, &values).map(|_| ())
}

impl Store for Postgres<'_> {
    fn try_submit(&mut self, batch: &Batch) -> Result<Submission, StoreError> {
        if self.stopped {
            return Err(StoreError::Stopped);
        }
        if self.ready.len() >= MOST_UNDRAINED {
            return Ok(Submission::Busy);
        }
        match self.transact(batch) {
            Ok(mut answers) => {
                self.ready.append(&mut answers);
                Ok(Submission::Accepted)
            }
            Err(error) => {
                // Whether a commit that failed took place is unknown: ask again under the same keys.
                self.stopped = true;
                Err(error)
            }
        }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        if self.stopped { Err(StoreError::Stopped) } else { Ok(()) }
    }

    fn drain(&mut self, answers: &mut Vec<Answered>) {
        answers.append(&mut self.ready);
    }

    fn snapshot<W: Write>(&mut self, out: W) -> Result<(), StoreError> {
        image::write(&self.read_all()?, Place::default(), out)
    }

    fn restore<R: Read>(&mut self, input: R) -> Result<(), StoreError> {
        self.ready.clear();
        image::read(&mut self.core, input)?;
        self.known.fill(UNSEEN);
        let client = self.client.get_mut();
        let replaced = rows::replace(client, &self.core, fill);
        self.stopped = replaced.is_err();
        replaced.map_err(database("restoring an image"))
    }

    fn audit(&self) -> AuditReport {
        match self.read_all() {
            Ok(core) => core.audit(),
            Err(error) => AuditReport {
                faults: 1,
                findings: vec![format!("the database could not be read: {error}")],
                ..AuditReport::default()
            },
        }
    }

    fn outcomes(&mut self) -> Result<Vec<(RequestId, Decision)>, StoreError> {
        let known = "SELECT request_id, decision FROM aftercare_command";
        let rows = self.client.get_mut().query(known, &[]).map_err(database("reading keys"))?;
        let outcome = |row: &postgres::Row| {
            let decision = take_decision(&mut Reader::new(row.get(1)));
            let fault = |error: crate::wire::WireError| {
                StoreError::corrupt("the database", error.to_string())
            };
            Ok((id_of(row.get(0))?, decision.map_err(fault)?))
        };
        rows.iter().map(outcome).collect()
    }
}
