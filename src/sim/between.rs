//! Clearing between institutions in one arm: each night the blocks' flows by hospital go to
//! `clearing`, whose postings have an audit of their own. Must never touch a person's row.

use super::block::{ArmBlock, Block};
use super::city_view::World;
use crate::clearing::spec::ClearingSpec;
use crate::clearing::{Institutions, SiteFlows, Totals};
use crate::domain::{Day, Fen};
use crate::ledger::{Audit, Role};

/// The institutions of one arm and their books.
pub(super) struct Between {
    institutions: Institutions,
    spec: ClearingSpec,
    audit: Audit,
    day: Vec<SiteFlows>,
}

impl Between {
    /// Opens the books where the arm follows money between institutions.
    pub(super) fn open(world: &World<'_>, arm: usize) -> Option<Between> {
        let spec = world.arms[arm].spec.clearing?;
        let sites = world.institutions();
        Some(Between {
            institutions: Institutions::new(spec, sites, world.day(0)),
            spec,
            audit: Audit::new(),
            day: vec![SiteFlows::default(); sites],
        })
    }

    /// Takes tonight's flows from the blocks.
    pub(super) fn night(&mut self, blocks: &mut [Block], arm: usize, day: Day, with_visits: bool) {
        self.day.fill(SiteFlows::default());
        let mut paid = Vec::new();
        for block in blocks {
            let ArmBlock { sites, pay, .. } = &mut block.arms[arm];
            sites.drain_into(&mut self.day);
            paid.push(pay);
        }
        for pay in paid {
            pay.drain_into(&self.spec, &mut self.day);
        }
        self.institutions.night(day, &self.day, with_visits, &mut self.audit);
    }

    /// After the last night everything that is still owed is paid.
    pub(super) fn run_out(&mut self) {
        self.institutions.run_out(&mut self.audit);
    }

    /// Proves the institutions' books against the ledger; `posted` sums a role over all blocks,
    /// `swept` is what personal accounts paid towards lines instead of claims.
    pub(super) fn check(
        &self,
        posted: impl Fn(Role) -> i64,
        swept: Fen,
    ) -> Result<(), (Fen, String)> {
        if let Some(imbalance) = self.audit.imbalance() {
            return Err((imbalance.sum, imbalance.to_string()));
        }
        self.institutions.check(|role| {
            let aside = if role == Role::PersonalAccount { swept } else { Fen::ZERO };
            Fen(posted(role)) + self.audit.total(role) - aside
        })
    }

    /// The figures of the replication.
    pub(super) fn into_totals(self) -> Totals {
        self.institutions.into_totals()
    }
}
