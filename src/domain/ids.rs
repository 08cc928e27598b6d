//! Identifiers: positions in kin-group order, so that an id is an index and needs no table.
//! Must never be minted from a clock or a counter that threads share.

/// A person's position in kin-group order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub u32);

/// A kin group: at most 16 people who may share money; the shard key of every command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub u32);

/// A hospital's position in the city's list.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct HospitalId(pub u16);

/// A visit: day, kin group and the visit's number within the group's day, packed so that ids sort by
/// day, then group. The same visit has the same id in every arm. The top byte names one of the visit's
/// bills where several may be drawn on a line; 0 is the visit itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VisitId(u64);

impl VisitId {
    /// Visits a kin group can want in one day.
    pub const MAX_PER_DAY: u32 = 1 << 8;

    /// Packs day index (from the run's first day), kin group and number within the day.
    pub fn new(day: u32, group: GroupId, k: u32) -> VisitId {
        assert!(day < 1 << 16, "invariant: a run has fewer than 65,536 days, got {day}");
        assert!(k < Self::MAX_PER_DAY, "invariant: a kin group wants fewer than 256 visits a day");
        VisitId(u64::from(day) << 40 | u64::from(group.0) << 8 | u64::from(k))
    }

    /// The day index on which the visit was wanted.
    pub fn day(self) -> u32 {
        (self.0 >> 40) as u32 & 0xffff
    }

    /// The visit's bill at a payment point.
    pub fn bill(self, point: u8) -> VisitId {
        VisitId(self.visit().0 | (u64::from(point) + 1) << 56)
    }

    /// The visit that a bill belongs to.
    pub fn visit(self) -> VisitId {
        VisitId(self.0 & ((1 << 56) - 1))
    }

    /// The id with this packed form, as read back from a row.
    pub fn from_raw(raw: u64) -> VisitId {
        VisitId(raw)
    }

    /// The kin group that wants the visit.
    pub fn group(self) -> GroupId {
        GroupId((self.0 >> 8) as u32)
    }

    /// The same visit or bill of a group so many further on: cities side by side in one store.
    pub fn moved(self, groups: u32) -> VisitId {
        VisitId(self.0 + (u64::from(groups) << 8))
    }

    /// The visit's number within the group's day.
    pub fn k(self) -> u32 {
        (self.0 & 0xff) as u32
    }

    /// The packed form, for records and sorting.
    pub fn raw(self) -> u64 {
        self.0
    }
}

impl std::fmt::Display for VisitId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "d{}-g{}-{}", self.day(), self.group().0, self.k())
    }
}
