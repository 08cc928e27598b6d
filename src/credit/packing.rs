//! Rows as bytes, little-endian, for snapshots, digests and journals.
//! Must never hand out a row that breaks the invariants of its type.

use super::draw::{DrawRow, DrawStage};
use super::line::{LineRow, LineStatus};

/// Bytes of a packed line or draw.
pub const ROW_BYTES: usize = 64;

/// Bytes that are no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Corrupt {
    /// A status or stage that does not exist.
    #[error("no status or stage has the number {0}")]
    UnknownWord(u8),
    /// Amounts that contradict one another.
    #[error("the amounts of a row contradict one another")]
    Amounts,
    /// Padding that is not zero.
    #[error("padding is not zero")]
    Padding,
}

impl LineRow {
    /// The row as bytes.
    pub fn to_bytes(&self) -> [u8; ROW_BYTES] {
        let mut out = Writer::default();
        out.put(self.drawn_ever.to_le_bytes());
        let words = [
            self.holder,
            self.start_limit,
            self.granted,
            self.limit,
            self.reserved,
            self.drawn,
            self.due_charges,
            self.draws,
            self.opened.cast_unsigned(),
        ];
        for word in words {
            out.put(word.to_le_bytes());
        }
        let halves = [
            self.score,
            self.open_draws,
            self.overdue_draws,
            self.written_off_draws,
            self.worst_dpd,
        ];
        for half in halves {
            out.put(half.to_le_bytes());
        }
        out.put([self.status as u8, self.on_time_run, self.missed, self.bank, self.missed_run]);
        out.put(self.restricted.to_le_bytes());
        out.bytes
    }

    /// The row of these bytes.
    pub fn from_bytes(bytes: &[u8; ROW_BYTES]) -> Result<LineRow, Corrupt> {
        let mut from = Reader { bytes, at: 0 };
        let row = LineRow {
            drawn_ever: u64::from_le_bytes(from.take()),
            holder: from.u32(),
            start_limit: from.u32(),
            granted: from.u32(),
            limit: from.u32(),
            reserved: from.u32(),
            drawn: from.u32(),
            due_charges: from.u32(),
            draws: from.u32(),
            opened: from.u32().cast_signed(),
            score: from.u16(),
            open_draws: from.u16(),
            overdue_draws: from.u16(),
            written_off_draws: from.u16(),
            worst_dpd: from.u16(),
            status: line_status(from.u8())?,
            on_time_run: from.u8(),
            missed: from.u8(),
            bank: from.u8(),
            missed_run: from.u8(),
            restricted: from.u16(),
        };
        from.finish()?;
        let sound = row.exposure() <= row.limit()
            && row.granted <= row.limit
            && row.missed_run <= row.missed
            && row.overdue_draws <= row.open_draws;
        if sound { Ok(row) } else { Err(Corrupt::Amounts) }
    }
}

impl DrawRow {
    /// The row as bytes.
    pub fn to_bytes(&self) -> [u8; ROW_BYTES] {
        let mut out = Writer::default();
        out.put(self.visit.to_le_bytes());
        let words = [
            self.holder,
            self.original,
            self.principal,
            self.due_principal,
            self.interest,
            self.penalty,
            self.penalty_episode,
            self.plan_principal,
            self.first_due.cast_unsigned(),
            self.due_on.cast_unsigned(),
        ];
        for word in words {
            out.put(word.to_le_bytes());
        }
        let halves = [
            self.overdue_from,
            self.hospital,
            self.free_days,
            self.base_from,
            self.penalised_to,
            self.next_dpd,
        ];
        for half in halves {
            out.put(half.to_le_bytes());
        }
        out.put([self.user_offset.cast_unsigned(), self.instalment, self.months, self.stage as u8]);
        out.bytes
    }

    /// The row of these bytes.
    pub fn from_bytes(bytes: &[u8; ROW_BYTES]) -> Result<DrawRow, Corrupt> {
        let mut from = Reader { bytes, at: 0 };
        let row = DrawRow {
            visit: u64::from_le_bytes(from.take()),
            holder: from.u32(),
            original: from.u32(),
            principal: from.u32(),
            due_principal: from.u32(),
            interest: from.u32(),
            penalty: from.u32(),
            penalty_episode: from.u32(),
            plan_principal: from.u32(),
            first_due: from.u32().cast_signed(),
            due_on: from.u32().cast_signed(),
            overdue_from: from.u16(),
            hospital: from.u16(),
            free_days: from.u16(),
            base_from: from.u16(),
            penalised_to: from.u16(),
            next_dpd: from.u16(),
            user_offset: from.u8().cast_signed(),
            instalment: from.u8(),
            months: from.u8(),
            stage: draw_stage(from.u8())?,
        };
        from.finish()?;
        let sound = row.due_principal <= row.principal && row.principal <= row.original;
        if sound { Ok(row) } else { Err(Corrupt::Amounts) }
    }
}

fn line_status(number: u8) -> Result<LineStatus, Corrupt> {
    [LineStatus::Active, LineStatus::Frozen, LineStatus::Cancelled, LineStatus::Closed]
        .into_iter()
        .find(|&status| status as u8 == number)
        .ok_or(Corrupt::UnknownWord(number))
}

fn draw_stage(number: u8) -> Result<DrawStage, Corrupt> {
    [
        DrawStage::Free,
        DrawStage::Instalments,
        DrawStage::Overdue,
        DrawStage::Cured,
        DrawStage::WrittenOff,
    ]
    .into_iter()
    .find(|&stage| stage as u8 == number)
    .ok_or(Corrupt::UnknownWord(number))
}

struct Writer {
    bytes: [u8; ROW_BYTES],
    at: usize,
}

impl Default for Writer {
    fn default() -> Writer {
        Writer { bytes: [0; ROW_BYTES], at: 0 }
    }
}

impl Writer {
    fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        self.bytes[self.at..self.at + N].copy_from_slice(&bytes);
        self.at += N;
    }
}

struct Reader<'a> {
    bytes: &'a [u8; ROW_BYTES],
    at: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut taken = [0; N];
        taken.copy_from_slice(&self.bytes[self.at..self.at + N]);
        self.at += N;
        taken
    }

    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }

    fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.take())
    }

    fn u8(&mut self) -> u8 {
        let [byte] = self.take();
        byte
    }

    fn finish(self) -> Result<(), Corrupt> {
        let zero = self.bytes[self.at..].iter().all(|&byte| byte == 0);
        if zero { Ok(()) } else { Err(Corrupt::Padding) }
    }
}
