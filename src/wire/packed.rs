//! The binary command record: what the journal keeps. Must never change without a new version number.
//!
//! A file is `AFCR`, a `u16` version, then records. A record, little-endian:
//!
//! | bytes | field |
//! |---|---|
//! | 2 | length of what follows |
//! | 16 | request id |
//! | 8 | time, ms of the city's calendar |
//! | 4, 1, 1 | kin group, member, kind |
//! | … | body by kind (below) |
//!
//! A claim is visit 8, point 1, hospital 2, level 1, care 1 (with the cause of
//! the cost in its upper four bits), in-scheme 1, lines 2, then 7 a line (fen 4,
//! class 1, pre-payment 2). `reserve` = claim, partial 1; `settle` = funding 1 (0 own, 1 line, 2 line
//! with the patient's own addition, 3 receivable), deposit 8, claim; `reverse` = visit 8, point 1;
//! `release`, `tick` = visit 8; `deposit` = hospital 2, fen 8; `repay` = visit 8, fen 8; `arrears` =
//! hospital 2, fen 8, given up 1; `debit_overdue` = visit 8, hospital 2, fen 8; `pre_settle` = claim;
//! `lookup` = visit 8, point 1.

use super::WireError;
use super::bytes::Reader;
use super::request::{Batch, ClaimBody, Request, RequestBody, RequestId};
use crate::domain::{
    CareKind, CostCause, Fen, GroupId, HospitalId, HospitalLevel, ItemClass, TimeMs, VisitId,
};
use crate::engine::Funding;
use crate::settlement::BillLine;

/// First bytes of a file of binary command records.
pub const MAGIC: [u8; 4] = *b"AFCR";
/// Version of the record.
pub const VERSION: u16 = 1;
/// Bytes of a record before the part that the body digest covers: length, request id, time.
pub const HEAD: usize = 2 + 16 + 8;

/// Appends one record; returns where it begins.
pub fn put_request(out: &mut Vec<u8>, request: &Request, lines: &[BillLine]) -> usize {
    let start = out.len();
    out.extend_from_slice(&[0; 2]);
    out.extend_from_slice(&request.id.0.to_le_bytes());
    out.extend_from_slice(&request.at.0.to_le_bytes());
    out.extend_from_slice(&request.group.0.to_le_bytes());
    out.extend_from_slice(&[request.member, request.body.kind()]);
    put_body(out, &request.body, lines);
    let length = u16::try_from(out.len() - start - 2)
        .unwrap_or_else(|_| panic!("invariant: the record of {} fits 64 KiB", request.id));
    out[start..start + 2].copy_from_slice(&length.to_le_bytes());
    start
}

fn put_body(out: &mut Vec<u8>, body: &RequestBody, lines: &[BillLine]) {
    match *body {
        RequestBody::Query | RequestBody::OpenLine => {}
        RequestBody::Reserve { ref claim, partial } => {
            put_claim(out, claim, lines);
            out.push(u8::from(partial));
        }
        RequestBody::Settle { ref claim, funding } => {
            let (tag, deposit) = match funding {
                Funding::Own { deposit } => (0, deposit),
                Funding::Line { partial, deposit } => (1 + u8::from(partial), deposit),
                Funding::Receivable { deposit } => (3, deposit),
            };
            out.push(tag);
            put_fen(out, deposit);
            put_claim(out, claim, lines);
        }
        RequestBody::Reverse { visit, point } | RequestBody::Lookup { visit, point } => {
            put_visit(out, visit);
            out.push(point);
        }
        RequestBody::PreSettle { ref claim } => put_claim(out, claim, lines),
        RequestBody::Release { visit } | RequestBody::Tick { bill: visit } => put_visit(out, visit),
        RequestBody::Deposit { hospital, amount } => {
            out.extend_from_slice(&hospital.0.to_le_bytes());
            put_fen(out, amount);
        }
        RequestBody::Repay { bill, offered } => {
            put_visit(out, bill);
            put_fen(out, offered);
        }
        RequestBody::Arrears { hospital, amount, written_off } => {
            out.extend_from_slice(&hospital.0.to_le_bytes());
            put_fen(out, amount);
            out.push(u8::from(written_off));
        }
        RequestBody::DebitOverdue { bill, hospital, amount } => {
            put_visit(out, bill);
            out.extend_from_slice(&hospital.0.to_le_bytes());
            put_fen(out, amount);
        }
    }
}

fn put_fen(out: &mut Vec<u8>, amount: Fen) {
    out.extend_from_slice(&amount.0.to_le_bytes());
}

fn put_visit(out: &mut Vec<u8>, visit: VisitId) {
    out.extend_from_slice(&visit.raw().to_le_bytes());
}

fn put_claim(out: &mut Vec<u8>, claim: &ClaimBody, lines: &[BillLine]) {
    put_visit(out, claim.visit);
    out.push(claim.point);
    out.extend_from_slice(&claim.hospital.0.to_le_bytes());
    out.extend_from_slice(&[claim.level as u8, cause_and_care(claim), u8::from(claim.in_scheme)]);
    out.extend_from_slice(&(lines.len() as u16).to_le_bytes());
    for line in lines {
        out.extend_from_slice(&line.amount_fen.to_le_bytes());
        out.push(line.class as u8);
        out.extend_from_slice(&line.prepay_bp.to_le_bytes());
    }
}

/// Reads one record into a batch.
pub fn take_request(reader: &mut Reader<'_>, batch: &mut Batch) -> Result<(), WireError> {
    let length = usize::from(reader.u16()?);
    let end = reader.position() + length;
    let id = RequestId(reader.u128()?);
    let at = TimeMs(reader.i64()?);
    let group = GroupId(reader.u32()?);
    let (member, kind) = (reader.u8()?, reader.u8()?);
    let mut lines = Vec::new();
    let body = take_body(reader, kind, &mut lines)?;
    if reader.position() != end {
        return Err(reader.fault("the record's length does not fit its kind"));
    }
    batch.push(Request { id, at, group, member, body }, &lines);
    Ok(())
}

fn take_body(
    reader: &mut Reader<'_>,
    kind: u8,
    lines: &mut Vec<BillLine>,
) -> Result<RequestBody, WireError> {
    Ok(match kind {
        0 => RequestBody::Query,
        1 => RequestBody::OpenLine,
        2 => {
            let claim = take_claim(reader, lines)?;
            RequestBody::Reserve { claim, partial: take_bool(reader)? }
        }
        3 => {
            let tag = reader.u8()?;
            let deposit = take_fen(reader)?;
            let funding = match tag {
                0 => Funding::Own { deposit },
                1 | 2 => Funding::Line { partial: tag == 2, deposit },
                3 => Funding::Receivable { deposit },
                _ => return Err(reader.fault("funding is 0 to 3")),
            };
            RequestBody::Settle { claim: take_claim(reader, lines)?, funding }
        }
        4 => RequestBody::Reverse { visit: take_visit(reader)?, point: take_point(reader)? },
        5 => RequestBody::Release { visit: take_visit(reader)? },
        6 => {
            RequestBody::Deposit { hospital: HospitalId(reader.u16()?), amount: take_fen(reader)? }
        }
        7 => RequestBody::Repay { bill: take_visit(reader)?, offered: take_fen(reader)? },
        8 => RequestBody::Tick { bill: take_visit(reader)? },
        9 => RequestBody::Arrears {
            hospital: HospitalId(reader.u16()?),
            amount: take_fen(reader)?,
            written_off: take_bool(reader)?,
        },
        10 => RequestBody::DebitOverdue {
            bill: take_visit(reader)?,
            hospital: HospitalId(reader.u16()?),
            amount: take_fen(reader)?,
        },
        11 => RequestBody::PreSettle { claim: take_claim(reader, lines)? },
        12 => RequestBody::Lookup { visit: take_visit(reader)?, point: take_point(reader)? },
        _ => return Err(reader.fault("the kind of a command is 0 to 12")),
    })
}

fn take_bool(reader: &mut Reader<'_>) -> Result<bool, WireError> {
    match reader.u8()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(reader.fault("a yes-or-no byte is 0 or 1")),
    }
}

fn take_fen(reader: &mut Reader<'_>) -> Result<Fen, WireError> {
    reader.i64().map(Fen)
}

fn take_visit(reader: &mut Reader<'_>) -> Result<VisitId, WireError> {
    reader.u64().map(VisitId::from_raw)
}

/// Payment points end at 254, so that each has a bill of its own.
fn take_point(reader: &mut Reader<'_>) -> Result<u8, WireError> {
    let point = reader.u8()?;
    if point < u8::MAX { Ok(point) } else { Err(reader.fault("a payment point is at most 254")) }
}

fn take_claim(reader: &mut Reader<'_>, lines: &mut Vec<BillLine>) -> Result<ClaimBody, WireError> {
    let visit = take_visit(reader)?;
    let point = take_point(reader)?;
    let hospital = HospitalId(reader.u16()?);
    let level = take_level(reader)?;
    let (cause, care) = take_cause_and_care(reader)?;
    let in_scheme = take_bool(reader)?;
    let count = reader.u16()?;
    for _ in 0..count {
        let amount_fen = reader.u32()?;
        let class = take_class(reader)?;
        let prepay_bp = reader.u16()?;
        let sound = match class {
            ItemClass::A => prepay_bp == 0,
            ItemClass::B => prepay_bp <= 10_000,
            ItemClass::C => matches!(prepay_bp, 0 | BillLine::OVER_LIMIT),
        };
        if !sound {
            return Err(reader.fault("a line's pre-payment does not fit its class"));
        }
        lines.push(BillLine { amount_fen, class, prepay_bp });
    }
    Ok(ClaimBody {
        visit,
        point,
        hospital,
        level,
        care,
        cause,
        in_scheme,
        lines_from: 0,
        lines: count,
    })
}

fn take_level(reader: &mut Reader<'_>) -> Result<HospitalLevel, WireError> {
    match reader.u8()? {
        0 => Ok(HospitalLevel::Primary),
        1 => Ok(HospitalLevel::Secondary),
        2 => Ok(HospitalLevel::Tertiary),
        _ => Err(reader.fault("a hospital's level is 0 to 2")),
    }
}

/// The kind of care in the lower four bits, the cause of the cost above them.
fn cause_and_care(claim: &ClaimBody) -> u8 {
    (claim.cause as u8) << 4 | claim.care as u8
}

fn take_cause_and_care(reader: &mut Reader<'_>) -> Result<(CostCause, CareKind), WireError> {
    let byte = reader.u8()?;
    let cause = match byte >> 4 {
        0 => CostCause::Illness,
        1 => CostCause::WorkInjury,
        2 => CostCause::ThirdParty,
        3 => CostCause::PublicHealth,
        _ => return Err(reader.fault("a cause of cost is 0 to 3")),
    };
    Ok((cause, care(reader, byte & 0x0f)?))
}

/// Reads a kind of care.
pub(crate) fn take_care(reader: &mut Reader<'_>) -> Result<CareKind, WireError> {
    let number = reader.u8()?;
    care(reader, number)
}

fn care(reader: &Reader<'_>, number: u8) -> Result<CareKind, WireError> {
    match number {
        0 => Ok(CareKind::Outpatient),
        1 => Ok(CareKind::Emergency),
        2 => Ok(CareKind::Inpatient),
        3 => Ok(CareKind::Chronic),
        4 => Ok(CareKind::Pharmacy),
        _ => Err(reader.fault("a kind of care is 0 to 4")),
    }
}

fn take_class(reader: &mut Reader<'_>) -> Result<ItemClass, WireError> {
    match reader.u8()? {
        0 => Ok(ItemClass::A),
        1 => Ok(ItemClass::B),
        2 => Ok(ItemClass::C),
        _ => Err(reader.fault("a catalogue class is 0 to 2")),
    }
}

/// Writes a whole file of records.
pub fn write_records(batch: &Batch) -> Vec<u8> {
    let mut out = Vec::from(MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    for request in batch.requests() {
        put_request(&mut out, request, batch.lines_of(request));
    }
    out
}

/// Reads a whole file of records.
pub fn read_records(bytes: &[u8]) -> Result<Batch, WireError> {
    let mut reader = Reader::new(bytes);
    if reader.array()? != MAGIC {
        return Err(WireError::Bytes { at: 0, message: "no command records: expected `AFCR`" });
    }
    let version = reader.u16()?;
    if version != VERSION {
        let found = format!("AFCR version {version}");
        return Err(WireError::Schema { found, expected: "AFCR version 1" });
    }
    let mut batch = Batch::default();
    while reader.remaining() > 0 {
        take_request(&mut reader, &mut batch)?;
    }
    Ok(batch)
}
