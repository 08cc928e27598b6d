//! What a patient pays himself: on the spot, or left on the hospital's books. Must never touch a line.

use super::{Hand, SiteSink, Witness};
use crate::behaviour::{Arrears, WindowBill};
use crate::domain::Fen;
use crate::engine::Funding;

/// How long a bill has stood on the hospital's books when its patient is to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Books {
    /// He pays before he is served.
    None,
    /// He was served, and pays once before leaving.
    ToTheEnd,
    /// He has left.
    Longer,
}

impl<S: SiteSink, W: Witness> Hand<'_, '_, '_, S, W> {
    /// Own money, or the hospital's books for those who leave without paying and where they stay open.
    pub(super) fn own_funding(&self, deposit: Fen, books: Books) -> Funding {
        let world = self.day.world;
        if books == Books::Longer {
            return Funding::Receivable { deposit };
        }
        let visit = self.plan.want.visit.raw();
        let care = self.care();
        let replication = self.day.replication;
        let view = world.view_on(self.plan.want.person, self.day.day, replication);
        let on_books = books == Books::ToTheEnd;
        let bill = WindowBill { care, in_parts: false, on_books };
        match world.behaviour.window_arrears(world.philox, visit, replication, &view, bill) {
            Arrears::Pays => Funding::Own { deposit },
            Arrears::PaysAfter { .. } | Arrears::Never => Funding::Receivable { deposit },
        }
    }
}
