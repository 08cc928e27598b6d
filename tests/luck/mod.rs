//! `SplitMix64`: the tests' own luck, so that no change of a library moves it.
#![allow(dead_code, reason = "each test binary uses its own part")]

/// A seeded stream of words.
pub(crate) struct Luck(u64);

impl Luck {
    pub(crate) fn new(seed: u64) -> Luck {
        Luck(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ word >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ word >> 31
    }

    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        (self.next() % u64::from(limit)) as u32
    }

    pub(crate) fn position(&mut self, limit: u32) -> usize {
        self.below(limit) as usize
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.next() & 1 == 1
    }

    pub(crate) fn pick<T, const N: usize>(&mut self, from: [T; N]) -> T {
        let at = self.position(N as u32);
        from.into_iter().nth(at).expect("within the list")
    }
}
