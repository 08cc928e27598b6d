//! Little-endian fields and variable-length numbers in a byte buffer. Must never panic on foreign bytes.

use super::WireError;

/// Reads fields from the front of a buffer.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// A reader at the buffer's start.
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, at: 0 }
    }

    /// Offset of the next byte.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Bytes not yet read.
    pub fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// A fault at the present offset.
    pub fn fault(&self, message: &'static str) -> WireError {
        WireError::Bytes { at: self.at, message }
    }

    /// The next `count` bytes.
    #[inline]
    pub fn slice(&mut self, count: usize) -> Result<&'a [u8], WireError> {
        let end = self.at.checked_add(count).filter(|&end| end <= self.bytes.len());
        let end = end.ok_or_else(|| self.fault("the record ends early"))?;
        let slice = &self.bytes[self.at..end];
        self.at = end;
        Ok(slice)
    }

    /// The next `N` bytes.
    #[inline]
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let slice = self.slice(N)?;
        let mut array = [0; N];
        array.copy_from_slice(slice);
        Ok(array)
    }

    /// One byte.
    #[inline]
    pub fn u8(&mut self) -> Result<u8, WireError> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// A `u16`.
    #[inline]
    pub fn u16(&mut self) -> Result<u16, WireError> {
        self.array().map(u16::from_le_bytes)
    }

    /// A `u32`.
    #[inline]
    pub fn u32(&mut self) -> Result<u32, WireError> {
        self.array().map(u32::from_le_bytes)
    }

    /// A `u64`.
    #[inline]
    pub fn u64(&mut self) -> Result<u64, WireError> {
        self.array().map(u64::from_le_bytes)
    }

    /// A `u128`.
    #[inline]
    pub fn u128(&mut self) -> Result<u128, WireError> {
        self.array().map(u128::from_le_bytes)
    }

    /// An `i64`.
    #[inline]
    pub fn i64(&mut self) -> Result<i64, WireError> {
        self.array().map(i64::from_le_bytes)
    }

    /// A number in seven-bit groups, lowest first.
    #[inline]
    pub fn varint(&mut self) -> Result<u64, WireError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(self.fault("a variable-length number has more than ten bytes"))
    }

    /// A signed number written by `put_chosen`.
    #[inline]
    pub fn zigzag(&mut self) -> Result<i64, WireError> {
        let raw = self.varint()?;
        Ok((raw >> 1).cast_signed() ^ -(raw & 1).cast_signed())
    }
}

/// Most bytes of a variable-length number.
const LONGEST: usize = 10;

/// Appends the values whose bits are set in a mask, lowest bit first: signed numbers in seven-bit groups, lowest
/// first, small magnitudes short.
#[inline]
pub fn put_chosen(out: &mut Vec<u8>, values: &[i64], mask: u64) {
    let (mut bytes, mut used) = ([0_u8; 8 * LONGEST], 0);
    let mut left = mask;
    while left != 0 {
        if used > bytes.len() - LONGEST {
            out.extend_from_slice(&bytes[..used]);
            used = 0;
        }
        let value = values[left.trailing_zeros() as usize];
        let mut value = ((value << 1) ^ (value >> 63)).cast_unsigned();
        while value >= 0x80 {
            bytes[used] = value as u8 | 0x80;
            (value, used) = (value >> 7, used + 1);
        }
        bytes[used] = value as u8;
        used += 1;
        left &= left - 1;
    }
    out.extend_from_slice(&bytes[..used]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn chosen_numbers_round_trip_in_the_order_of_their_bits(
            values in proptest::collection::vec(any::<i64>(), 64), mask in any::<u64>(),
        ) {
            let mut out = vec![7];
            put_chosen(&mut out, &values, mask);
            let mut reader = Reader::new(&out[1..]);
            for (_, &value) in values.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1) {
                prop_assert_eq!(reader.zigzag(), Ok(value));
            }
            prop_assert_eq!(reader.remaining(), 0);
        }
    }

    #[test]
    fn foreign_bytes_are_faults_with_their_offset() {
        let mut reader = Reader::new(&[1, 2, 3]);
        assert_eq!(reader.u16(), Ok(0x0201));
        let fault = WireError::Bytes { at: 2, message: "the record ends early" };
        assert_eq!(reader.u32(), Err(fault));
        assert!(Reader::new(&[0xff; 12]).varint().is_err());
    }
}
