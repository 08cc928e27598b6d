//! A 64-bit digest of short records, for telling two bodies or two answers apart. Must never guard
//! against an adversary: files are sealed with BLAKE3.

const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// The digest of a byte string. The same bytes give the same digest on every platform and version.
#[inline]
pub fn digest64(bytes: &[u8]) -> u64 {
    let mut state = MULTIPLIER ^ bytes.len() as u64;
    let (words, rest) = bytes.as_chunks::<8>();
    for &word in words {
        state = fold(state, u64::from_le_bytes(word));
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    finish(fold(state, u64::from_le_bytes(last)))
}

/// One multiply of 64 × 64 bits, both halves kept.
#[inline]
fn fold(state: u64, word: u64) -> u64 {
    let product = u128::from(state ^ word) * u128::from(MULTIPLIER);
    state.rotate_left(29) ^ product as u64 ^ (product >> 64) as u64
}

/// The finaliser of `SplitMix64` (Steele, Lea & Flood 2014).
#[inline]
fn finish(mut state: u64) -> u64 {
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_single_bit_and_every_length_changes_the_digest() {
        let mut seen = BTreeSet::new();
        for length in 0..40 {
            assert!(seen.insert(digest64(&vec![0; length])), "length {length}");
            for bit in 0..length * 8 {
                let mut bytes = vec![0; length];
                bytes[bit / 8] |= 1 << (bit % 8);
                assert!(seen.insert(digest64(&bytes)), "length {length}, bit {bit}");
            }
        }
    }

    #[test]
    fn the_digest_is_part_of_the_journal_format() {
        assert_eq!(digest64(b"treat first, pay later"), DIGEST_OF_SAMPLE);
    }

    /// Pinned on the first run; a change of it is a change of the format.
    const DIGEST_OF_SAMPLE: u64 = 4_094_652_468_410_494_791;
}
