//! A command as a store takes it: a plain owned row with its bill lines in the batch's arena. Must
//! never hold state or an answer.

use crate::domain::{
    CareKind, CostCause, Fen, GroupId, HospitalId, HospitalLevel, TimeMs, VisitId,
};
use crate::engine::{Body, Command, Funding, Settle};
use crate::settlement::BillLine;
use std::fmt;

/// A request id: the 48-bit birth time (ms of the city's calendar) above an 80-bit serial, so that a
/// key's age is readable from the key. Unique for ever; whoever retries sends the same id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u128);

impl RequestId {
    const SERIAL_BITS: u32 = 80;

    /// The id born at a time with a serial below 2^80.
    pub fn new(born: TimeMs, serial: u128) -> RequestId {
        let fits = serial >> RequestId::SERIAL_BITS == 0 && (0..1 << 48).contains(&born.0);
        assert!(fits, "invariant: request id of serial {serial} born at {}", born.0);
        RequestId((born.0 as u128) << RequestId::SERIAL_BITS | serial)
    }

    /// When the key was made.
    #[inline]
    pub fn born(self) -> TimeMs {
        TimeMs((self.0 >> RequestId::SERIAL_BITS) as i64)
    }

    /// The lower 64 bits of the serial.
    #[inline]
    pub fn serial(self) -> u64 {
        self.0 as u64
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// A claim whose lines lie in a batch's arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimBody {
    /// The visit.
    pub visit: VisitId,
    /// Its payment point.
    pub point: u8,
    /// Where.
    pub hospital: HospitalId,
    /// Level of the hospital.
    pub level: HospitalLevel,
    /// Kind of care.
    pub care: CareKind,
    /// Who has to bear the cost by law.
    pub cause: CostCause,
    /// Whether the hospital takes part in the credit scheme.
    pub in_scheme: bool,
    /// First line in the arena.
    pub lines_from: u32,
    /// Number of lines.
    pub lines: u16,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestBody {
    /// Reads the person's account, line and accumulators (5206); changes nothing and is not logged.
    Query,
    /// What settling a claim now would give (2206, 2303); changes nothing and is not logged.
    PreSettle {
        /// The claim.
        claim: ClaimBody,
    },
    /// Reads a settlement that stands (5203); changes nothing and is not logged.
    Lookup {
        /// The visit.
        visit: VisitId,
        /// Its payment point.
        point: u8,
    },
    /// Opens a credit line.
    OpenLine,
    /// Pre-settles and holds the personal part on a line.
    Reserve {
        /// The claim as known so far.
        claim: ClaimBody,
        /// Whether a smaller hold is acceptable.
        partial: bool,
    },
    /// Settles a claim.
    Settle {
        /// The claim.
        claim: ClaimBody,
        /// How the personal part is paid.
        funding: Funding,
    },
    /// Cancels a settlement.
    Reverse {
        /// The visit.
        visit: VisitId,
        /// Its payment point.
        point: u8,
    },
    /// Gives back what is held for a visit.
    Release {
        /// The visit.
        visit: VisitId,
    },
    /// Takes a deposit.
    Deposit {
        /// Who takes it.
        hospital: HospitalId,
        /// Amount.
        amount: Fen,
    },
    /// Pays towards a draw.
    Repay {
        /// The bill whose draw is repaid.
        bill: VisitId,
        /// Money offered.
        offered: Fen,
    },
    /// Midnight for one draw.
    Tick {
        /// The bill whose draw is looked at.
        bill: VisitId,
    },
    /// Pays or gives up an unpaid bill.
    Arrears {
        /// The hospital to which it is owed.
        hospital: HospitalId,
        /// Amount.
        amount: Fen,
        /// Whether it is given up.
        written_off: bool,
    },
    /// Lets a line pay an unpaid bill.
    DebitOverdue {
        /// The unpaid bill.
        bill: VisitId,
        /// The hospital to which it is owed.
        hospital: HospitalId,
        /// Amount.
        amount: Fen,
    },
}

impl RequestBody {
    /// The words of the kinds, in the order of `kind`.
    pub const WORDS: [&'static str; 13] = [
        "query",
        "open_line",
        "reserve",
        "settle",
        "reverse",
        "release",
        "deposit",
        "repay",
        "tick",
        "arrears",
        "debit_overdue",
        "pre_settle",
        "lookup",
    ];

    /// Number of the kind; part of the binary form, never renumbered.
    pub const fn kind(&self) -> u8 {
        match self {
            RequestBody::Query => 0,
            RequestBody::OpenLine => 1,
            RequestBody::Reserve { .. } => 2,
            RequestBody::Settle { .. } => 3,
            RequestBody::Reverse { .. } => 4,
            RequestBody::Release { .. } => 5,
            RequestBody::Deposit { .. } => 6,
            RequestBody::Repay { .. } => 7,
            RequestBody::Tick { .. } => 8,
            RequestBody::Arrears { .. } => 9,
            RequestBody::DebitOverdue { .. } => 10,
            RequestBody::PreSettle { .. } => 11,
            RequestBody::Lookup { .. } => 12,
        }
    }

    /// Whether the request only reads: it needs no key, is not logged and may be asked again at will.
    pub const fn only_reads(&self) -> bool {
        matches!(
            self,
            RequestBody::Query | RequestBody::PreSettle { .. } | RequestBody::Lookup { .. }
        )
    }

    /// The claim, where there is one.
    pub fn claim(&self) -> Option<&ClaimBody> {
        match self {
            RequestBody::Reserve { claim, .. }
            | RequestBody::Settle { claim, .. }
            | RequestBody::PreSettle { claim } => Some(claim),
            _ => None,
        }
    }

    fn claim_mut(&mut self) -> Option<&mut ClaimBody> {
        match self {
            RequestBody::Reserve { claim, .. }
            | RequestBody::Settle { claim, .. }
            | RequestBody::PreSettle { claim } => Some(claim),
            _ => None,
        }
    }
}

/// One request. Its kin group is the shard key and needs no state to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Request id.
    pub id: RequestId,
    /// When it was asked.
    pub at: TimeMs,
    /// The kin group.
    pub group: GroupId,
    /// Position of the person within the group.
    pub member: u8,
    /// What is asked.
    pub body: RequestBody,
}

impl Request {
    /// The same request of a group so many further on: cities side by side in one store.
    pub fn moved(mut self, groups: u32) -> Request {
        self.group.0 += groups;
        match &mut self.body {
            RequestBody::Query
            | RequestBody::OpenLine
            | RequestBody::Deposit { .. }
            | RequestBody::Arrears { .. } => {}
            RequestBody::PreSettle { claim }
            | RequestBody::Reserve { claim, .. }
            | RequestBody::Settle { claim, .. } => claim.visit = claim.visit.moved(groups),
            RequestBody::Lookup { visit, .. }
            | RequestBody::Reverse { visit, .. }
            | RequestBody::Release { visit }
            | RequestBody::Repay { bill: visit, .. }
            | RequestBody::Tick { bill: visit }
            | RequestBody::DebitOverdue { bill: visit, .. } => *visit = visit.moved(groups),
        }
        self
    }
}

/// Requests with their bill lines in one arena; buffers are reused from batch to batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    requests: Vec<Request>,
    lines: Vec<BillLine>,
}

impl Batch {
    /// Appends a request; `lines` belong to its claim and are ignored where there is none.
    pub fn push(&mut self, mut request: Request, lines: &[BillLine]) {
        if let Some(claim) = request.body.claim_mut() {
            claim.lines_from = self.lines.len() as u32;
            claim.lines = u16::try_from(lines.len()).unwrap_or_else(|_| {
                panic!("invariant: {} has fewer than 65,536 lines", request.id)
            });
            self.lines.extend_from_slice(lines);
        }
        self.requests.push(request);
    }

    /// Appends the requests `from..to` of another batch.
    pub fn extend_from(&mut self, other: &Batch, from: usize, to: usize) {
        for request in &other.requests[from..to] {
            self.push(*request, other.lines_of(request));
        }
    }

    /// Empties the batch, keeping its memory.
    pub fn clear(&mut self) {
        self.requests.clear();
        self.lines.clear();
    }

    /// The requests in order.
    pub fn requests(&self) -> &[Request] {
        &self.requests
    }

    /// Number of requests.
    pub fn len(&self) -> usize {
        self.requests.len()
    }

    /// True without requests.
    pub fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }

    /// The bill lines of one of this batch's requests; none where there is no claim.
    #[inline]
    pub fn lines_of(&self, request: &Request) -> &[BillLine] {
        request.body.claim().map_or(&[], |claim| {
            let from = claim.lines_from as usize;
            &self.lines[from..from + usize::from(claim.lines)]
        })
    }

    /// The engine's command; `None` for what only reads. A pre-settlement is rehearsed as the settlement
    /// that the patient would pay.
    #[inline]
    pub fn command(&self, request: &Request) -> Option<Command<'_>> {
        let settle = |claim: &ClaimBody| Settle {
            visit: claim.visit,
            point: claim.point,
            hospital: claim.hospital,
            level: claim.level,
            care: claim.care,
            cause: claim.cause,
            in_scheme: claim.in_scheme,
            continues: false,
            purse: None,
            lines: self.lines_of(request),
        };
        let body = match request.body {
            RequestBody::Query | RequestBody::Lookup { .. } => return None,
            RequestBody::PreSettle { ref claim } => {
                Body::Settle { claim: settle(claim), funding: Funding::Own { deposit: Fen::ZERO } }
            }
            RequestBody::OpenLine => Body::OpenLine,
            RequestBody::Reserve { ref claim, partial } => {
                Body::Reserve { claim: settle(claim), partial }
            }
            RequestBody::Settle { ref claim, funding } => {
                Body::Settle { claim: settle(claim), funding }
            }
            RequestBody::Reverse { visit, point } => Body::Reverse { visit, point },
            RequestBody::Release { visit } => Body::Release { visit },
            RequestBody::Deposit { hospital, amount } => Body::Deposit { hospital, amount },
            RequestBody::Repay { bill, offered } => Body::Repay { bill, offered },
            RequestBody::Tick { bill } => Body::Tick { bill },
            RequestBody::Arrears { hospital, amount, written_off } => {
                Body::Arrears { hospital, amount, written_off }
            }
            RequestBody::DebitOverdue { bill, hospital, amount } => {
                Body::DebitOverdue { bill, hospital, amount }
            }
        };
        let member = usize::from(request.member);
        Some(Command { id: request.id.0, at: request.at, member, body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_tells_its_age() {
        let id = RequestId::new(TimeMs(1_698_830_400_123), 42);
        assert_eq!((id.born(), id.serial()), (TimeMs(1_698_830_400_123), 42));
        assert_eq!(id.to_string().len(), 32);
    }

    #[test]
    fn kinds_number_the_words() {
        let visit = VisitId::default();
        assert_eq!(RequestBody::WORDS[RequestBody::Query.kind() as usize], "query");
        assert_eq!(RequestBody::WORDS[RequestBody::Tick { bill: visit }.kind() as usize], "tick");
    }
}
