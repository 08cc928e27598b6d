//! A kin group's state as one value of a database row: the people's rows and the group's, as an image has
//! them. Must never hold what never changes: that is the census.

use crate::ledger::Role;
use crate::store::core::Core;
use crate::store::image::{put_group, put_more, put_person, take_group, take_more, take_person};
use crate::store::keys::foreign;
use crate::store::{SHARDS, StoreError};
use crate::wire::answer::put_decision;
use crate::wire::{Reader, WireError};
use postgres::{Client, Transaction};

/// Number of groups.
pub(super) fn count(core: &Core<'_>) -> usize {
    core.shards.iter().map(|shard| shard.book.groups.len()).sum()
}

/// All groups in order.
pub(super) fn groups(core: &Core<'_>) -> impl Iterator<Item = usize> {
    0..count(core)
}

/// Legs of personal accounts by shard: each shard's balances are held against its own.
pub(super) fn accounts(core: &Core<'_>) -> Vec<i64> {
    let account = Role::PersonalAccount as usize;
    core.shards.iter().map(|shard| shard.base.plus(&shard.audit).totals[account]).collect()
}

/// The state of a group.
pub(super) fn put(core: &Core<'_>, group: usize, out: &mut Vec<u8>) {
    out.clear();
    let book = &core.shards[group % SHARDS].book;
    let row = &book.groups[group / SHARDS];
    let first = row.at as usize;
    let members = first..first + usize::from(row.size);
    book.people[members.clone()].iter().for_each(|person| put_person(out, &person.row));
    book.more.iter().skip(first).take(members.len()).for_each(|more| put_more(out, more));
    put_group(out, row);
}

/// Takes the state of a group into the core.
pub(super) fn take(core: &mut Core<'_>, group: i32, state: &[u8]) -> Result<(), StoreError> {
    let group = group as usize;
    let book = &mut core.shards[group % SHARDS].book;
    let mut reader = Reader::new(state);
    let mut read = || {
        let row = &mut book.groups[group / SHARDS];
        let first = row.at as usize;
        let size = usize::from(row.size);
        for person in &mut book.people[first..first + size] {
            person.row = take_person(&mut reader)?;
        }
        for more in book.more.iter_mut().skip(first).take(size) {
            *more = take_more(&mut reader)?;
        }
        take_group(&mut reader, row)?;
        if reader.remaining() > 0 { Err(reader.fault("bytes are left over")) } else { Ok(()) }
    };
    read().map_err(|error: WireError| foreign(&error))
}

/// Replaces everything in the database by what the core holds.
pub(super) fn replace(
    client: &mut Client,
    core: &Core<'_>,
    fill: impl Fn(&mut Transaction<'_>, &Core<'_>) -> Result<(), postgres::Error>,
) -> Result<(), postgres::Error> {
    let mut transaction = client.transaction()?;
    transaction.batch_execute(
        "TRUNCATE aftercare_group, aftercare_command, aftercare_books, aftercare_shard",
    )?;
    fill(&mut transaction, core)?;
    let sums = core.sums();
    let (commands, postings) = (sums.commands.cast_signed(), sums.postings.cast_signed());
    transaction.execute(
        "INSERT INTO aftercare_books VALUES ($1, $2, $3, $4, $5)",
        &[&sums.totals.to_vec(), &commands, &postings, &sums.imbalance_fen, &accounts(core)],
    )?;
    let key =
        transaction.prepare("INSERT INTO aftercare_command VALUES ($1, $2, $3, ''::bytea, $4)")?;
    for (number, shard) in core.shards.iter().enumerate() {
        let newest = [number as i32, shard.newest.0];
        transaction
            .execute("INSERT INTO aftercare_shard VALUES ($1, $2)", &[&newest[0], &newest[1]])?;
        for (id, body, decision) in shard.keys.entries() {
            let mut packed = Vec::new();
            put_decision(&mut packed, &decision);
            let bytes: &[u8] = &id.0.to_be_bytes();
            transaction.execute(&key, &[&bytes, &newest[0], &body.cast_signed(), &packed])?;
        }
    }
    transaction.commit()
}
