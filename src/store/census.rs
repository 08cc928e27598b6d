//! The people a store opens with. Must never change after opening: their state lives in the shards.

use crate::domain::Day;
use crate::engine::{Facts, GROUP_MAX, PersonRow};

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
}

impl Census {
    /// Panics unless the lists fit one another.
    pub fn check(&self) {
        let people: usize = self.sizes.iter().map(|&size| usize::from(size)).sum();
        let sizes_fit = self.sizes.iter().all(|&size| (1..=GROUP_MAX).contains(&usize::from(size)));
        let fits = sizes_fit && people == self.facts.len() && people == self.rows.len();
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
        *hasher.finalize().as_bytes()
    }
}
