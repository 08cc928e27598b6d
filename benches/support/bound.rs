//! A settlement written by hand for one machine word at a time: the bound that the store of the product is
//! held against in the same sitting. Must never share code with the product.
//!
//! One settlement = split of a bill of three lines with two bands, limit check, idempotency table, a record
//! of 96 bytes with its checksum, six postings, four balances; people in random order, the rows of the next
//! sixteen read ahead. No reversal, no family, no refusal by name, no dates: what a real core must add.

const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;
const AHEAD: usize = 16;

/// A person's row: account, used limit, eligible, fund, burden, three spare words.
type Row = [u64; 8];

/// One bill.
#[derive(Clone, Copy)]
pub(crate) struct Bill {
    /// Whose.
    pub(crate) person: u32,
    /// First line, fen.
    pub(crate) fen: u32,
}

/// Rows, keys, log and balances.
pub(crate) struct ByHand {
    people: Vec<Row>,
    keys: Vec<[u64; 2]>,
    log: Vec<[u64; 12]>,
    postings: Vec<[u64; 2]>,
    balances: [u64; 4],
    serial: u64,
}

fn share(fen: u64, basis_points: u64) -> u64 {
    (fen * basis_points + 5_000) / 10_000
}

impl ByHand {
    /// Rows of so many people, room for so many keys (a power of two) before they are forgotten.
    pub(crate) fn new(people: usize, keys: usize) -> ByHand {
        ByHand {
            people: vec![[50_000, 0, 0, 0, 0, 0, 0, 0]; people],
            keys: vec![[0; 2]; keys],
            log: Vec::new(),
            postings: Vec::new(),
            balances: [0; 4],
            serial: 0,
        }
    }

    /// Settles bills; the sum of what the funds paid.
    pub(crate) fn settle(&mut self, bills: &[Bill]) -> u64 {
        self.log.clear();
        self.postings.clear();
        if self.serial as usize > self.keys.len() / 2 {
            self.keys.fill([0; 2]);
            self.serial = 0;
        }
        let mut fund = 0;
        for window in bills.chunks(AHEAD) {
            let mut seen = 0;
            for (at, bill) in window.iter().enumerate() {
                let key = (self.serial + 1 + at as u64).wrapping_mul(MULTIPLIER);
                seen ^= self.people[bill.person as usize][0] ^ self.keys[self.home(key)][0];
            }
            std::hint::black_box(seen);
            for bill in window {
                fund += self.one(*bill);
            }
        }
        fund
    }

    fn home(&self, key: u64) -> usize {
        (key >> (64 - self.keys.len().ilog2())) as usize
    }

    fn one(&mut self, bill: Bill) -> u64 {
        self.serial += 1;
        let key = self.serial.wrapping_mul(MULTIPLIER);
        let mut at = self.home(key);
        while self.keys[at][0] != 0 {
            assert!(self.keys[at][0] != key, "each key is new");
            at = (at + 1) & (self.keys.len() - 1);
        }
        let row = &mut self.people[bill.person as usize];
        let lines = [u64::from(bill.fen), u64::from(bill.fen / 2), u64::from(bill.fen / 9)];
        let total: u64 = lines.iter().sum();
        let eligible = lines[0] + lines[1] - share(lines[1], 1_000);
        let deductible = 30_000_u64.saturating_sub(row[2]).min(eligible);
        let base = eligible - deductible;
        let low = base.min(500_000_u64.saturating_sub(row[2].saturating_sub(30_000)));
        let fund = share(low, 6_500) + share(base - low, 8_000);
        let fund = fund.min(2_000_000_u64.saturating_sub(row[3]));
        let second = share((eligible - fund).saturating_sub(100_000), 6_000);
        let own = total - fund - second;
        let account = own.min(row[0]);
        let line = if row[1] + own - account <= 1_000_000 { own - account } else { 0 };
        let cash = own - account - line;
        row[0] -= account;
        row[1] = if row[1] > 900_000 { 0 } else { row[1] + line };
        row[2] += eligible;
        row[3] = if row[3] > 1_900_000 { 0 } else { row[3] + fund };
        row[4] += own;
        let parts = [total, fund, second, account, line, cash];
        for (role, part) in parts.iter().enumerate() {
            self.postings.push([u64::from(bill.person) << 8 | role as u64, *part]);
        }
        for (balance, part) in self.balances.iter_mut().zip(parts) {
            *balance = balance.wrapping_add(part);
        }
        let mut record = [0; 12];
        record[..6].copy_from_slice(&parts);
        record[6] = key;
        record[7] = u64::from(bill.person);
        let mix = |sum: u64, word: &u64| (sum ^ word).wrapping_mul(MULTIPLIER).rotate_left(29);
        record[11] = record.iter().fold(MULTIPLIER, mix);
        self.log.push(record);
        self.keys[at] = [key, record[11]];
        fund
    }
}
