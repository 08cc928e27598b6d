//! The people a store opens with. Must never change after opening: their state lives in the shards.

use crate::domain::{Day, GroupId};
use crate::engine::{Facts, GROUP_MAX, GroupCredit, PersonRow};
use crate::settlement::YearMore;

/// Kin groups, what never changes about their members, and the opening rows, all in group order.
#[derive(Clone, Debug)]
pub struct Census {
    /// Day on which the books open.
    pub first_day: Day,
    /// Members of each kin group, 1 to 16.
    pub sizes: Vec<u8>,
    /// What never changes, a person each.
    pub facts: Vec<Facts>,
    /// Opening rows, a person each.
    pub rows: Vec<PersonRow>,
    /// The rest of each person's year at the opening; empty = a new year.
    pub more: Vec<YearMore>,
    /// Lines, draws and holds at the opening, by kin group in rising order.
    pub credit: Vec<(GroupId, GroupCredit)>,
}

impl Census {
    /// So many kin groups alike: these people with these opening rows, again and again.
    pub fn alike(first_day: Day, groups: u32, family: &[Facts], rows: &[PersonRow]) -> Census {
        let census = Census {
            first_day,
            sizes: vec![family.len() as u8; groups as usize],
            facts: family.repeat(groups as usize),
            rows: rows.repeat(groups as usize),
            more: Vec::new(),
            credit: Vec::new(),
        };
        census.check();
        census
    }

    /// Panics unless the lists fit one another.
    pub fn check(&self) {
        let people: usize = self.sizes.iter().map(|&size| usize::from(size)).sum();
        let sizes_fit = self.sizes.iter().all(|&size| (1..=GROUP_MAX).contains(&usize::from(size)));
        let more_fits = self.more.is_empty() || people == self.more.len();
        let groups = self.sizes.len();
        let credit_fits = self.credit.iter().all(|(group, _)| (group.0 as usize) < groups);
        let fits = sizes_fit
            && people == self.facts.len()
            && people == self.rows.len()
            && more_fits
            && credit_fits;
        let (facts, rows) = (self.facts.len(), self.rows.len());
        assert!(fits, "invariant: a census of {people} people has {facts} facts, {rows} rows");
    }

    /// Names the people and their opening rows in journals and snapshots.
    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.first_day.0.to_le_bytes());
        hasher.update(&self.sizes);
        let mut packed = Vec::with_capacity(64);
        for (facts, row) in self.facts.iter().zip(&self.rows) {
            packed.clear();
            super::image::put_facts(&mut packed, *facts);
            super::image::put_person(&mut packed, row);
            hasher.update(&packed);
        }
        for more in &self.more {
            packed.clear();
            super::image::put_more(&mut packed, more);
            hasher.update(&packed);
        }
        for (group, credit) in &self.credit {
            packed.clear();
            packed.extend_from_slice(&group.0.to_le_bytes());
            super::image::put_credit(&mut packed, credit);
            hasher.update(&packed);
        }
        *hasher.finalize().as_bytes()
    }
}
