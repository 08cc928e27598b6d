//! Philox4x32-10 (Salmon et al., SC 2011): counter in, four words out; checked against Random123's
//! known-answer vectors. Must never keep a position between calls except inside one `AddressedRng`.

use super::Address;
use rand::{Rng, TryRng};
use std::convert::Infallible;

const MULTIPLIER_A: u64 = 0xD251_1F53;
const MULTIPLIER_B: u64 = 0xCD9E_8D57;
const WEYL_A: u32 = 0x9E37_79B9;
const WEYL_B: u32 = 0xBB67_AE85;
const ROUNDS: usize = 10;
/// The half of a 64-bit lane that counts.
const LOW: u64 = 0xffff_ffff;

/// The keyed bijection of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Philox {
    key: [u32; 2],
}

impl Philox {
    /// The generator of a root seed.
    pub const fn new(seed: u64) -> Philox {
        Philox { key: [seed as u32, (seed >> 32) as u32] }
    }

    /// The four words of a raw counter.
    #[inline]
    pub fn words(self, counter: [u32; 4]) -> [u32; 4] {
        let [mut c0, mut c1, mut c2, mut c3] = counter;
        let [mut k0, mut k1] = self.key;
        for _ in 0..ROUNDS {
            let a = MULTIPLIER_A * u64::from(c0);
            let b = MULTIPLIER_B * u64::from(c2);
            c0 = (b >> 32) as u32 ^ c1 ^ k0;
            c2 = (a >> 32) as u32 ^ c3 ^ k1;
            c1 = b as u32;
            c3 = a as u32;
            k0 = k0.wrapping_add(WEYL_A);
            k1 = k1.wrapping_add(WEYL_B);
        }
        [c0, c1, c2, c3]
    }

    /// The four words that live at an address.
    #[inline]
    pub fn block(self, address: Address) -> [u32; 4] {
        let [low, high] = [address.entity as u32, (address.entity >> 32) as u32];
        self.words([low, high, address.place(), address.step])
    }

    /// The blocks of several entities at one address otherwise: the first two words of each, the
    /// first of them in the lower half, then the other two. Columns do not know each other, and what
    /// lies above the lower halves is noise until the end, so that a compiler lays two columns into
    /// each vector of any 64-bit machine.
    #[inline]
    pub fn columns<const N: usize>(self, address: Address, entities: &[u64; N]) -> [[u64; N]; 2] {
        let mut words = [[0; N]; 2];
        for column in 0..N {
            let entity = entities[column];
            let (mut c0, mut c1) = (entity, entity >> 32);
            let (mut c2, mut c3) = (u64::from(address.place()), u64::from(address.step));
            let [mut k0, mut k1] = self.key;
            for _ in 0..ROUNDS {
                let a = MULTIPLIER_A.wrapping_mul(c0 & LOW);
                let b = MULTIPLIER_B.wrapping_mul(c2 & LOW);
                c0 = b >> 32 ^ c1 ^ u64::from(k0);
                c2 = a >> 32 ^ c3 ^ u64::from(k1);
                (c1, c3) = (b, a);
                k0 = k0.wrapping_add(WEYL_A);
                k1 = k1.wrapping_add(WEYL_B);
            }
            words[0][column] = c0 & LOW | c1 << 32;
            words[1][column] = c2 & LOW | c3 << 32;
        }
        words
    }

    /// A `rand` generator for the draws of one address, so that `rand_distr` serves cold paths.
    /// It walks the items of the address: 256 blocks of four words, and panics beyond.
    pub fn rng(self, address: Address) -> AddressedRng {
        AddressedRng { philox: self, address, block: [0; 4], used: 4, exhausted: false }
    }
}

/// The draws of one address as a `rand` RNG.
#[derive(Clone, Debug)]
pub struct AddressedRng {
    philox: Philox,
    address: Address,
    block: [u32; 4],
    used: usize,
    exhausted: bool,
}

impl TryRng for AddressedRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        if self.used == 4 {
            assert!(!self.exhausted, "invariant: an address serves at most 1,024 words");
            self.block = self.philox.block(self.address);
            self.used = 0;
            match self.address.item.checked_add(1) {
                Some(item) => self.address.item = item,
                None => self.exhausted = true,
            }
        }
        self.used += 1;
        Ok(self.block[self.used - 1])
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let low = u64::from(self.next_u32());
        Ok(u64::from(self.next_u32()) << 32 | low)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(4) {
            let word = self.next_u32().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Purpose;
    use super::*;

    #[test]
    fn an_address_is_injective_in_each_of_its_parts() {
        let philox = Philox::new(7);
        let here = Address::new(1, 2, Purpose::Visit).at(3).item(4);
        let others = [
            Address { entity: 1 | 1 << 32, ..here },
            Address { replication: 3, ..here },
            Address { purpose: Purpose::Course, ..here },
            here.item(5),
            here.at(4),
        ];
        for other in others {
            assert_ne!(philox.block(here), philox.block(other), "{other:?}");
        }
        assert_ne!(philox.block(here), Philox::new(8).block(here));
    }

    #[test]
    fn columns_are_the_blocks_of_their_entities() {
        let philox = Philox::new(0xfeed_0123_4567_89ab);
        let here = Address::new(0, 41, Purpose::Network).at(5).item(3);
        let entities: [u64; 7] =
            std::array::from_fn(|k| 0x9876_5432_10fe_dcba_u64.rotate_left(9 * k as u32));
        let columns = philox.columns(here, &entities);
        for (k, &entity) in entities.iter().enumerate() {
            let words = columns.map(|pairs| [pairs[k] as u32, (pairs[k] >> 32) as u32]);
            let expected = philox.block(Address { entity, ..here });
            assert_eq!(words.as_flattened(), expected, "{entity:x}");
        }
    }

    #[test]
    fn the_rng_of_an_address_reads_its_items_in_order() {
        let philox = Philox::new(11);
        let address = Address::new(9, 0, Purpose::Traits);
        let mut rng = philox.rng(address);
        let drawn: Vec<u32> = (0..8).map(|_| rng.next_u32()).collect();
        assert_eq!(drawn[..4], philox.block(address));
        assert_eq!(drawn[4..], philox.block(address.item(1)));
    }
}
