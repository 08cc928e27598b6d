//! The embedded peers: redb, fjall and SQLite (WAL, FULL), each with one durable transaction a group. Must
//! never answer before the disk has it.

use crate::work::{Bills, Clerk, Written, opening_row};
use crate::{Fault, Peer};
use aftercare::settlement::spec::Rules;
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use redb::{ReadableTable, TableDefinition};
use std::collections::BTreeMap;
use std::path::Path;

/// A repeated key: the bench never sends one.
fn known(key: [u8; 16]) -> Fault {
    format!("key {key:02x?} was known").into()
}

/// Balances after a group, from those before.
fn add(balances: &mut BTreeMap<[u8; 5], i64>, written: &Written) {
    for (name, change) in &written.balances {
        *balances.entry(*name).or_insert(0) += change;
    }
}

fn amount(bytes: &[u8]) -> i64 {
    let mut eight = [0; 8];
    eight.copy_from_slice(&bytes[..8]);
    i64::from_le_bytes(eight)
}

const ROWS: TableDefinition<'_, u32, &[u8]> = TableDefinition::new("rows");
const KEYS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("keys");
const POSTINGS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("postings");
const BALANCES: TableDefinition<'_, &[u8], i64> = TableDefinition::new("balances");

/// redb: one write transaction a group, durable at commit.
pub struct Redb<'r> {
    database: redb::Database,
    clerk: Clerk<'r>,
    bills: Bills,
}

impl<'r> Redb<'r> {
    /// An empty database.
    pub fn open(rules: &'r Rules, path: &Path) -> Result<Redb<'r>, Fault> {
        let database = redb::Database::create(path)?;
        Ok(Redb { database, clerk: Clerk::new(rules), bills: Bills::default() })
    }
}

impl Peer for Redb<'_> {
    fn settle(&mut self, count: usize) -> Result<(), Fault> {
        let transaction = self.database.begin_write()?;
        {
            let mut rows = transaction.open_table(ROWS)?;
            let mut keys = transaction.open_table(KEYS)?;
            let mut postings = transaction.open_table(POSTINGS)?;
            let mut balances = transaction.open_table(BALANCES)?;
            for _ in 0..count {
                let bill = self.bills.next_bill();
                let key = bill.key();
                if keys.get(&key[..])?.is_some() {
                    return Err(known(key));
                }
                let row = rows.get(bill.group)?.map(|row| row.value().to_vec());
                let written = self.clerk.settle(&bill, &row.unwrap_or_else(opening_row));
                rows.insert(bill.group, &written.row[..])?;
                keys.insert(&key[..], &written.answer[..])?;
                postings.insert(bill.serial, &written.postings[..])?;
                for (name, change) in &written.balances {
                    let before = balances.get(&name[..])?.map_or(0, |value| value.value());
                    balances.insert(&name[..], before + change)?;
                }
            }
        }
        transaction.commit()?;
        Ok(())
    }
}

/// fjall: one atomic batch a group, synced at commit.
pub struct Fjall<'r> {
    database: Database,
    rows: Keyspace,
    keys: Keyspace,
    postings: Keyspace,
    balances: Keyspace,
    clerk: Clerk<'r>,
    bills: Bills,
}

impl<'r> Fjall<'r> {
    /// An empty database.
    pub fn open(rules: &'r Rules, path: &Path) -> Result<Fjall<'r>, Fault> {
        let database = Database::builder(path).open()?;
        let keyspace = |name: &str| database.keyspace(name, KeyspaceCreateOptions::default);
        let (rows, keys) = (keyspace("rows")?, keyspace("keys")?);
        let (postings, balances) = (keyspace("postings")?, keyspace("balances")?);
        let (clerk, bills) = (Clerk::new(rules), Bills::default());
        Ok(Fjall { database, rows, keys, postings, balances, clerk, bills })
    }
}

impl Peer for Fjall<'_> {
    fn settle(&mut self, count: usize) -> Result<(), Fault> {
        let mut batch = self.database.batch().durability(Some(PersistMode::SyncData));
        // What the group itself has changed is not readable before the commit.
        let mut changed: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
        let mut balances = BTreeMap::new();
        for _ in 0..count {
            let bill = self.bills.next_bill();
            let key = bill.key();
            if self.keys.get(key)?.is_some() {
                return Err(known(key));
            }
            let name = bill.group.to_be_bytes();
            let row = match changed.remove(&bill.group) {
                Some(row) => row,
                None => self.rows.get(name)?.map_or_else(opening_row, |row| row.to_vec()),
            };
            let written = self.clerk.settle(&bill, &row);
            add(&mut balances, &written);
            batch.insert(&self.keys, &key[..], &written.answer[..]);
            batch.insert(&self.postings, &bill.serial.to_be_bytes()[..], &written.postings[..]);
            batch.insert(&self.rows, &name[..], &written.row[..]);
            changed.insert(bill.group, written.row);
        }
        for (name, change) in balances {
            let before = self.balances.get(name)?.map_or(0, |value| amount(&value));
            batch.insert(&self.balances, &name[..], &(before + change).to_le_bytes()[..]);
        }
        batch.commit()?;
        Ok(())
    }
}

/// SQLite: one transaction a group, write-ahead log, synchronous FULL.
pub struct Sqlite<'r> {
    connection: rusqlite::Connection,
    clerk: Clerk<'r>,
    bills: Bills,
}

impl<'r> Sqlite<'r> {
    /// An empty database.
    pub fn open(rules: &'r Rules, path: &Path) -> Result<Sqlite<'r>, Fault> {
        let connection = rusqlite::Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(
            "CREATE TABLE rows (id INTEGER PRIMARY KEY, row BLOB NOT NULL);
             CREATE TABLE keys (key BLOB PRIMARY KEY, answer BLOB NOT NULL) WITHOUT ROWID;
             CREATE TABLE postings (id INTEGER PRIMARY KEY, legs BLOB NOT NULL);
             CREATE TABLE balances (name BLOB PRIMARY KEY, fen INTEGER NOT NULL) WITHOUT ROWID;",
        )?;
        Ok(Sqlite { connection, clerk: Clerk::new(rules), bills: Bills::default() })
    }
}

impl Peer for Sqlite<'_> {
    fn settle(&mut self, count: usize) -> Result<(), Fault> {
        let transaction = self.connection.transaction()?;
        {
            let mut find = transaction.prepare_cached("SELECT row FROM rows WHERE id = ?1")?;
            let mut put = transaction.prepare_cached(
                "INSERT INTO rows VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET row = ?2",
            )?;
            // A key that is known breaks the primary key.
            let mut key = transaction.prepare_cached("INSERT INTO keys VALUES (?1, ?2)")?;
            let mut legs = transaction.prepare_cached("INSERT INTO postings VALUES (?1, ?2)")?;
            let mut balance = transaction.prepare_cached(
                "INSERT INTO balances VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET fen = fen + ?2",
            )?;
            for _ in 0..count {
                let bill = self.bills.next_bill();
                let found: Result<Vec<u8>, _> = find.query_row([bill.group], |row| row.get(0));
                let row = match found {
                    Ok(row) => row,
                    Err(rusqlite::Error::QueryReturnedNoRows) => opening_row(),
                    Err(error) => return Err(error.into()),
                };
                let written = self.clerk.settle(&bill, &row);
                put.execute((bill.group, &written.row))?;
                key.execute((&bill.key()[..], &written.answer))?;
                legs.execute((bill.serial.cast_signed(), &written.postings))?;
                for (name, change) in &written.balances {
                    balance.execute((&name[..], change))?;
                }
            }
        }
        transaction.commit()?;
        Ok(())
    }
}
