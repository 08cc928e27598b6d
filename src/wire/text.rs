//! The words and codes of the edge: visits, local times, fee details, `med_type`. Must never accept a
//! value that it would write differently.

use crate::domain::{CareKind, Day, Fen, GroupId, ItemClass, TimeMs, VisitId};
use crate::settlement::BillLine;
use jiff::civil::DateTime;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

const BASIS_POINTS: u16 = 10_000;

/// National `med_type` of a kind of care.
pub fn med_type(care: CareKind) -> &'static str {
    match care {
        CareKind::Outpatient => "11",
        CareKind::Emergency => "13",
        CareKind::Inpatient => "21",
        CareKind::Chronic => "14",
        CareKind::Pharmacy => "41",
    }
}

/// The kind of care of a `med_type`.
pub fn care_of(code: &str) -> Result<CareKind, String> {
    match code {
        "11" => Ok(CareKind::Outpatient),
        "13" => Ok(CareKind::Emergency),
        "21" => Ok(CareKind::Inpatient),
        "14" => Ok(CareKind::Chronic),
        "41" => Ok(CareKind::Pharmacy),
        _ => Err(format!(
            "med_type `{code}` is not 11 (outpatient), 13 (emergency), 14 (chronic), 21 (stay), \
             41 (pharmacy)"
        )),
    }
}

/// Parses `mdtrt_id` as `VisitId` prints it: `d3-g17-0` = day 3 of the run, kin group 17, first visit.
pub fn visit_of(text: &str) -> Result<VisitId, String> {
    let parse = || {
        let (day, rest) = text.strip_prefix('d')?.split_once("-g")?;
        let (group, k) = rest.split_once('-')?;
        let day: u16 = day.parse().ok()?;
        let k: u8 = k.parse().ok()?;
        Some(VisitId::new(u32::from(day), GroupId(group.parse().ok()?), u32::from(k)))
    };
    parse().ok_or_else(|| format!("mdtrt_id `{text}` is not a visit such as d3-g17-0"))
}

/// A local instant as `2023-11-01T09:30:00.250`; whole seconds have no fraction.
pub fn time_text(at: TimeMs) -> String {
    let of_day = at.0 - at.day().start().0;
    let (seconds, ms) = (of_day / 1_000, of_day % 1_000);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let mut text = format!("{}T{hour:02}:{minute:02}:{second:02}", at.day());
    if ms > 0 {
        // Writing to a string cannot fail.
        let _ = write!(text, ".{ms:03}");
    }
    text
}

/// Parses a local instant without zone.
pub fn time_of(text: &str) -> Result<TimeMs, String> {
    let expected = || format!("`{text}` is not a local time such as 2023-11-01T09:30:00.250");
    let time: DateTime = text.parse().map_err(|_| expected())?;
    let day = Day::parse(&time.date().to_string())?;
    let seconds =
        i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    let nanoseconds = time.subsec_nanosecond();
    if nanoseconds % 1_000_000 != 0 {
        return Err(format!("`{text}` is finer than a millisecond"));
    }
    Ok(day.start() + (seconds * 1_000 + i64::from(nanoseconds / 1_000_000)))
}

/// One line of a fee list (transactions 2204 and 2301).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FeeDetail {
    /// Amount of the item, yuan.
    #[schemars(with = "String")]
    pub det_item_fee_sumamt: Fen,
    /// Catalogue class: 01 = A, 02 = B, 03 = fully self-paid.
    pub chrgitm_lv: String,
    /// Class B: share that the patient pays first, 0 to 1 with at most four decimals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selfpay_prop: Option<String>,
    /// Quantity; with `pric`, checked against the amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnt: Option<String>,
    /// Unit price, yuan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pric: Option<String>,
    /// Price limit of one unit, yuan: what lies above it is the patient's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pric_uplmt_amt: Option<String>,
    /// Part of the amount above the item's price limit, yuan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub overlmt_amt: Option<Fen>,
}

impl FeeDetail {
    /// The detail of one engine line.
    pub fn of(line: &BillLine) -> FeeDetail {
        let amount = Fen::unpacked(line.amount_fen);
        let over = line.class == ItemClass::C && line.prepay_bp == BillLine::OVER_LIMIT;
        let prepay = Decimal::new(i64::from(line.prepay_bp), 4);
        FeeDetail {
            det_item_fee_sumamt: amount,
            chrgitm_lv: ["01", "02", "03"][line.class as usize].to_owned(),
            selfpay_prop: (line.class == ItemClass::B).then(|| prepay.to_string()),
            overlmt_amt: over.then_some(amount),
            cnt: None,
            pric: None,
            pric_uplmt_amt: None,
        }
    }

    /// Appends the engine's lines: the item, and what lies above its price limit as a line of its own.
    pub fn push_lines(&self, lines: &mut Vec<BillLine>) -> Result<(), String> {
        if self.det_item_fee_sumamt < Fen::ZERO {
            return Err(format!("det_item_fee_sumamt {} is negative", self.det_item_fee_sumamt));
        }
        let over = self.over_limit()?;
        let rest = self.det_item_fee_sumamt - over;
        if over < Fen::ZERO || rest < Fen::ZERO {
            return Err(format!("overlmt_amt {over} is not within det_item_fee_sumamt"));
        }
        let (class, prepay_bp) = self.class()?;
        if !rest.is_zero() || over.is_zero() {
            lines.push(BillLine { amount_fen: packed(rest)?, class, prepay_bp });
        }
        if !over.is_zero() {
            lines.push(BillLine::over_limit(packed(over)?));
        }
        Ok(())
    }

    /// What lies above the price limit: as stated, or by quantity, price and limit.
    fn over_limit(&self) -> Result<Fen, String> {
        let (Some(count), Some(price)) =
            (positive("cnt", self.cnt.as_ref())?, positive("pric", self.pric.as_ref())?)
        else {
            if self.cnt.is_some() || self.pric.is_some() || self.pric_uplmt_amt.is_some() {
                return Err("cnt, pric: a price limit or quantity needs both".to_owned());
            }
            return Ok(self.overlmt_amt.unwrap_or(Fen::ZERO));
        };
        let amount = half_up(count * price)?;
        if amount != self.det_item_fee_sumamt {
            let stated = self.det_item_fee_sumamt;
            return Err(format!("det_item_fee_sumamt {stated} does not fit cnt x pric = {amount}"));
        }
        let Some(limit) = positive("pric_uplmt_amt", self.pric_uplmt_amt.as_ref())? else {
            return Ok(self.overlmt_amt.unwrap_or(Fen::ZERO));
        };
        let over = half_up((price - limit).max(Decimal::ZERO) * count)?;
        match self.overlmt_amt {
            Some(stated) if stated != over => {
                Err(format!("overlmt_amt {stated} does not fit the price limit: {over}"))
            }
            _ => Ok(over),
        }
    }

    fn class(&self) -> Result<(ItemClass, u16), String> {
        let class = match self.chrgitm_lv.as_str() {
            "01" => ItemClass::A,
            "02" => ItemClass::B,
            "03" => ItemClass::C,
            other => return Err(format!("chrgitm_lv `{other}` is not 01 (A), 02 (B) or 03 (C)")),
        };
        match (class, &self.selfpay_prop) {
            (ItemClass::B, Some(share)) => Ok((class, basis_points(share)?)),
            (ItemClass::B, None) => Err("class 02 (B) needs selfpay_prop".to_owned()),
            (_, Some(_)) => Err("only class 02 (B) takes selfpay_prop".to_owned()),
            (_, None) => Ok((class, 0)),
        }
    }
}

/// A decimal that is not negative, where there is one.
fn positive(field: &str, text: Option<&String>) -> Result<Option<Decimal>, String> {
    let Some(text) = text else { return Ok(None) };
    let value: Decimal = text.parse().map_err(|_| format!("{field} `{text}` is not an amount"))?;
    if value < Decimal::ZERO {
        return Err(format!("{field} {text} is negative"));
    }
    Ok(Some(value))
}

/// Yuan rounded half up at the fen.
fn half_up(yuan: Decimal) -> Result<Fen, String> {
    let rounded = yuan.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    Fen::from_decimal_yuan(rounded).ok_or_else(|| format!("{yuan} is too large"))
}

/// An amount within the engine's unsigned 32 bits of fen.
fn packed(amount: Fen) -> Result<u32, String> {
    u32::try_from(amount.0).map_err(|_| format!("an item of {amount} yuan is too large"))
}

fn basis_points(share: &str) -> Result<u16, String> {
    let expected = || format!("selfpay_prop `{share}` is not within 0 and 1 with four decimals");
    let value: Decimal = share.parse().map_err(|_| expected())?;
    let scaled = (value * Decimal::from(BASIS_POINTS)).normalize();
    let whole = (scaled.scale() == 0).then(|| scaled.to_u16()).flatten();
    whole.filter(|&points| points <= BASIS_POINTS).ok_or_else(expected)
}

/// A fee list in one CSV field: `class:amount[@selfpay_prop][>overlmt_amt]`, joined by `;`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeeText(pub Vec<FeeDetail>);

impl Serialize for FeeText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let detail = |fee: &FeeDetail| {
            let mut text = format!("{}:{}", fee.chrgitm_lv, fee.det_item_fee_sumamt);
            if let Some(share) = &fee.selfpay_prop {
                text = text + "@" + share;
            }
            if let Some(over) = fee.overlmt_amt {
                text = text + ">" + &over.to_string();
            }
            text
        };
        let all: Vec<String> = self.0.iter().map(detail).collect();
        serializer.serialize_str(&all.join(";"))
    }
}

impl<'de> Deserialize<'de> for FeeText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<FeeText, D::Error> {
        let text = String::deserialize(deserializer)?;
        let details: Result<Vec<FeeDetail>, String> = text.split(';').map(fee_of).collect();
        details.map(FeeText).map_err(serde::de::Error::custom)
    }
}

fn fee_of(text: &str) -> Result<FeeDetail, String> {
    let (class, rest) = text
        .split_once(':')
        .ok_or_else(|| format!("fee `{text}` is not `class:amount`, as in 02:40.00@0.1"))?;
    let (rest, over) = match rest.split_once('>') {
        Some((rest, over)) => (rest, Some(over.parse()?)),
        None => (rest, None),
    };
    let (amount, share) = match rest.split_once('@') {
        Some((amount, share)) => (amount, Some(share.to_owned())),
        None => (rest, None),
    };
    Ok(FeeDetail {
        det_item_fee_sumamt: amount.parse()?,
        chrgitm_lv: class.to_owned(),
        selfpay_prop: share,
        overlmt_amt: over,
        cnt: None,
        pric: None,
        pric_uplmt_amt: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_times_and_visits_round_trip() {
        for text in ["2023-11-01T09:30:00.250", "1970-01-01T00:00:00", "2024-02-29T23:59:59.999"] {
            assert_eq!(time_text(time_of(text).expect("a time")), text);
        }
        assert!(time_of("2023-11-01T09:30:00.0001").is_err());
        assert!(time_of("yesterday").is_err());
        let visit = VisitId::new(3, GroupId(17), 2);
        assert_eq!(visit_of(&visit.to_string()), Ok(visit));
        for wrong in ["d3-17-0", "d3-g17", "d70000-g1-0", "d3-g17-256", ""] {
            assert!(visit_of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_item_above_its_price_limit_becomes_two_lines() {
        let fee = fee_of("02:50.00@0.1500>20.00").expect("a fee");
        let mut lines = Vec::new();
        fee.push_lines(&mut lines).expect("lines");
        let item = BillLine { amount_fen: 3_000, class: ItemClass::B, prepay_bp: 1_500 };
        assert_eq!(lines, [item, BillLine::over_limit(2_000)]);
        let back = FeeDetail::of(&lines[1]);
        assert_eq!((back.overlmt_amt, back.chrgitm_lv.as_str()), (Some(Fen(2_000)), "03"));
    }

    #[test]
    fn wrong_fees_say_what_was_expected() {
        let table = [
            ("04:1.00", "chrgitm_lv `04`"),
            ("02:1.00", "needs selfpay_prop"),
            ("01:1.00@0.1", "only class 02"),
            ("02:1.00@1.1", "within 0 and 1"),
            ("02:1.00@0.12345", "four decimals"),
            ("01:1.00>2.00", "within det_item_fee_sumamt"),
            ("01:-1.00", "is negative"),
        ];
        for (text, expected) in table {
            let fee = fee_of(text).expect("the shape is right");
            let message = fee.push_lines(&mut Vec::new()).expect_err(text);
            assert!(message.contains(expected), "{text}: {message}");
        }
        assert!(fee_of("01").is_err());
    }
}
