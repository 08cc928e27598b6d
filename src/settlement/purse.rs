//! Payment means of the person's part: sources in a stated order, each asked for what the earlier ones left,
//! and the receipt that comes of it. Must never decide which order a patient chose, nor look up a
//! balance.

use super::bill::Split;
use super::tender::{Means, Tender, Unpaid};
use crate::domain::{AGE_BANDS, Fen, Ms};

/// Where money for the person's part can come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Source {
    /// The person's own personal account.
    Account = 0,
    /// Relatives' personal accounts (family mutual aid).
    Family = 1,
    /// The deposit held for the bill.
    Deposit = 2,
    /// A credit line.
    Line = 3,
    /// Balance of a top-up card that the hospital issued: a deposit of the hospital's.
    TopUpCard = 4,
    /// Debit card.
    DebitCard = 5,
    /// `WeChat` Pay.
    WeChat = 6,
    /// Alipay.
    Alipay = 7,
    /// Digital yuan.
    ECny = 8,
    /// Cash at the counter.
    Cash = 9,
}

impl Source {
    /// Number of sources.
    pub const COUNT: usize = 10;
    /// Those of the patient's own that nobody else keeps the balance of.
    pub const OWN: usize = 6;
    /// Every source in numeric order.
    pub const ALL: [Source; Source::COUNT] = [
        Source::Account,
        Source::Family,
        Source::Deposit,
        Source::Line,
        Source::TopUpCard,
        Source::DebitCard,
        Source::WeChat,
        Source::Alipay,
        Source::ECny,
        Source::Cash,
    ];

    /// The word in files.
    pub const fn word(self) -> &'static str {
        match self {
            Source::Account => "account",
            Source::Family => "family_account",
            Source::Deposit => "deposit",
            Source::Line => "line",
            Source::TopUpCard => "top_up_card",
            Source::DebitCard => "debit_card",
            Source::WeChat => "wechat",
            Source::Alipay => "alipay",
            Source::ECny => "e_cny",
            Source::Cash => "cash",
        }
    }

    /// Name in English and Chinese.
    pub const fn title(self) -> (&'static str, &'static str) {
        match self {
            Source::Account => ("personal account", "个人账户"),
            Source::Family => ("relatives' accounts", "家庭共济账户"),
            Source::Deposit => ("deposit", "预交金"),
            Source::Line => ("credit line", "信用额度"),
            Source::TopUpCard => ("top-up card", "就诊卡余额"),
            Source::DebitCard => ("debit card", "银行卡"),
            Source::WeChat => ("WeChat Pay", "微信支付"),
            Source::Alipay => ("Alipay", "支付宝"),
            Source::ECny => ("e-CNY", "数字人民币"),
            Source::Cash => ("cash", "现金"),
        }
    }

    /// Place among the patient's own sources; `None` for those whose balance the books know.
    #[inline]
    pub const fn own(self) -> Option<usize> {
        (self as usize).checked_sub(4)
    }

    /// Whether a card or wallet network carries the money and pays it out by its next-day file. The
    /// digital yuan is final when it is paid, as cash is.
    pub const fn by_network(self) -> bool {
        matches!(self, Source::DebitCard | Source::WeChat | Source::Alipay)
    }
}

/// The order in which sources are asked; none twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceOrder {
    list: [Source; Source::COUNT],
    count: u8,
}

impl Default for SourceOrder {
    /// Nothing is asked.
    fn default() -> SourceOrder {
        SourceOrder { list: Source::ALL, count: 0 }
    }
}

impl SourceOrder {
    /// The order of a list; the source that is named twice is the error.
    pub fn new(sources: &[Source]) -> Result<SourceOrder, Source> {
        let mut order = SourceOrder { list: Source::ALL, count: 0 };
        for &source in sources {
            if order.steps().contains(&source) {
                return Err(source);
            }
            order.list[usize::from(order.count)] = source;
            order.count += 1;
        }
        Ok(order)
    }

    /// The sources, first asked first.
    #[inline]
    pub fn steps(&self) -> &[Source] {
        &self.list[..usize::from(self.count)]
    }
}

/// The order that a patient chose and what the sources of his own can pay. Accounts, deposit and line
/// are looked up by the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purse {
    /// The order; what is not named in it is not touched.
    pub order: SourceOrder,
    /// What the own sources can pay, by `Source::own`.
    pub holds: [Fen; Source::OWN],
}

/// What each own source paid, by `Source::own`.
pub type OwnParts = [Fen; Source::OWN];

impl Purse {
    /// Place of the top-up card among the own sources.
    pub const CARD: usize = 0;

    /// A purse that holds just what was paid: it tells a settlement's parts again.
    pub fn of_parts(holds: OwnParts) -> Purse {
        let order = SourceOrder { list: Source::ALL, count: Source::COUNT as u8 };
        Purse { order, holds }
    }

    /// Lays the sources over the person's part; what no source reaches is left on the hospital's books.
    pub fn tender(&self, means: &Means, split: &Split) -> Tender {
        let mut bill = Unpaid::of(split);
        let mut tender = Tender::default();
        for &source in self.order.steps() {
            let (available, outside) = self.available(source, means);
            let part = bill.take(available, outside);
            match source {
                Source::Account => tender.account_own += part,
                Source::Family => tender.account_family += part,
                Source::Deposit => tender.deposit += part,
                Source::TopUpCard => tender.prepaid += part,
                Source::Line => tender.line += part,
                _ => tender.cash += part,
            }
        }
        tender.receivable = bill.rest();
        tender
    }

    fn available(&self, source: Source, means: &Means) -> (Fen, bool) {
        match source {
            Source::Account => (means.account_own, means.account_pays_out_of_catalogue),
            Source::Family => (means.account_family, means.account_pays_out_of_catalogue),
            Source::Deposit => (means.deposit, true),
            Source::Line => (means.line, means.line_pays_out_of_catalogue),
            own => (own.own().map_or(Fen::ZERO, |at| self.holds[at]), true),
        }
    }

    /// How the own sources but the top-up card, whose part the tender knows, share what they paid together:
    /// every one but the last that paid gave all it had, so the sum tells the parts.
    pub fn own_parts(&self, cash: Fen) -> OwnParts {
        let mut left = cash;
        let mut parts = OwnParts::default();
        let own = self.order.steps().iter().filter_map(|source| source.own());
        for at in own.filter(|&at| at != Purse::CARD) {
            let part = left.min(self.holds[at].at_least_zero());
            parts[at] = part;
            left -= part;
        }
        assert!(left.is_zero(), "invariant: own sources of {self:?} lack {left} of {cash}");
        parts
    }
}

impl Purse {
    /// What of the money that the own sources paid together was cash at a counter.
    pub fn in_cash(&self, paid: Fen) -> Fen {
        Source::Cash.own().map_or(Fen::ZERO, |at| self.own_parts(paid)[at])
    }
}

/// How often people pay in which order, and what their own sources hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Habit {
    /// Name as printed.
    pub name: String,
    /// Relative number of people by age band.
    pub weight_by_age: [u32; AGE_BANDS],
    /// The order.
    pub order: SourceOrder,
    /// What each own source holds when a bill is paid: equally likely values; none = enough.
    pub holds: [Vec<Fen>; Source::OWN],
}

/// A prepaid card that each hospital issues: its balance is a deposit of the hospital's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardRules {
    /// Payment regimes under which people carry it.
    pub regimes: Vec<String>,
    /// What is put on it at a time: equally likely values, each above zero.
    pub top_up: Vec<Fen>,
    /// Price of the card itself, given back with it.
    pub price: Fen,
    /// Days after its last use on which its holder thinks of handing it in.
    pub idle_days: u16,
    /// Of a million cards idle for so long, how many are handed in.
    pub handed_in_per_million: u32,
}

/// Payment habits of a city, and the message that goes out with each settlement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentHabits {
    /// The habits.
    pub habits: Vec<Habit>,
    /// Cost of a message.
    pub message_cost: Fen,
    /// Messages that reach the patient, of a million.
    pub reached_per_million: u32,
    /// The hospitals' cards; `None` = there are none.
    pub cards: Option<CardRules>,
    /// How long the card network takes to answer; `None` = not followed.
    pub network: Option<NetworkRules>,
}

/// Answers of the card network to payments that it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkRules {
    /// Time from asking to the answer: equally likely values.
    pub answer_ms: Vec<Ms>,
    /// For how long a payer waits.
    pub patience_ms: Ms,
}

/// A settlement's electronic receipt: what was booked by funds in real time, and the own part by source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// The bill.
    pub total: Fen,
    /// Booked by funds.
    pub booked: Fen,
    /// The own part by `Source`.
    pub own: [Fen; Source::COUNT],
    /// The own part that nobody has paid yet.
    pub unpaid: Fen,
}

impl Receipt {
    /// The own part.
    pub fn own_part(&self) -> Fen {
        self.own.iter().copied().sum::<Fen>() + self.unpaid
    }

    /// Whether booked and own parts sum to the bill.
    pub fn adds_up(&self) -> bool {
        self.booked + self.own_part() == self.total
    }

    /// The receipt of a settled claim.
    pub fn new(split: &Split, tender: &Tender, purse: Option<&Purse>) -> Receipt {
        let mut own = [Fen::ZERO; Source::COUNT];
        own[Source::Account as usize] = tender.account_own;
        own[Source::Family as usize] = tender.account_family;
        own[Source::Line as usize] = tender.line;
        own[Source::Deposit as usize] = tender.deposit;
        match purse {
            None => own[Source::Cash as usize] = tender.cash,
            Some(purse) => {
                let mut parts = purse.own_parts(tender.cash);
                parts[Purse::CARD] = tender.prepaid;
                own[Source::TopUpCard as usize..].copy_from_slice(&parts);
            }
        }
        let (total, booked) = (split.medfee_sumamt, split.fund_pay_sumamt);
        let receipt = Receipt { total, booked, own, unpaid: tender.receivable };
        assert!(receipt.adds_up(), "invariant: a receipt's parts sum to its bill, {receipt:?}");
        receipt
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn part(inside: i64, outside: i64) -> Split {
        let (medfee_sumamt, fulamt_ownpay_amt) = (Fen(inside + outside), Fen(outside));
        Split { medfee_sumamt, fulamt_ownpay_amt, ..Split::default() }.sealed()
    }

    fn purse(order: &[Source], holds: [i64; Source::OWN]) -> Purse {
        Purse { order: SourceOrder::new(order).expect("no source twice"), holds: holds.map(Fen) }
    }

    /// The patient chooses account or card first; each goes on to the next when it falls short.
    #[test]
    fn account_first_and_card_first_pay_in_the_order_that_the_patient_chose() {
        use Source::{Account, Cash, DebitCard, Line, WeChat};
        let means = Means { account_own: Fen(300), line: Fen(1_000), ..Means::default() };
        // order, what each of account, line, card, WeChat, cash pays of 700 in and 100 outside the catalogue
        let table: [(&[Source], [i64; 5]); 5] = [
            (&[Account, DebitCard, Cash], [300, 0, 250, 0, 250]),
            (&[DebitCard, Account, Cash], [300, 0, 250, 0, 250]),
            (&[DebitCard, WeChat, Account, Line], [290, 0, 250, 160, 0]),
            (&[Line, Account, Cash], [0, 700, 0, 0, 100]),
            (&[Account, Line, WeChat, Cash], [300, 400, 0, 100, 0]),
        ];
        for (order, [account, line, card, wechat, cash]) in table {
            let purse = purse(order, [0, 250, 160, 0, 0, 400]);
            let tender = purse.tender(&means, &part(700, 100));
            assert_eq!((tender.account_own, tender.line), (Fen(account), Fen(line)), "{order:?}");
            let parts = purse.own_parts(tender.cash);
            assert_eq!(parts, [0, card, wechat, 0, 0, cash].map(Fen), "{order:?}");
            assert_eq!(tender.sum(), Fen(800));
        }
    }

    #[test]
    fn what_no_source_reaches_is_left_on_the_hospitals_books() {
        let tender = purse(&[Source::WeChat], [0, 0, 30, 0, 0, 0])
            .tender(&Means { account_own: Fen(900), ..Means::default() }, &part(100, 0));
        assert_eq!(
            (tender.cash, tender.account_own, tender.receivable),
            (Fen(30), Fen(0), Fen(70))
        );
        assert_eq!(SourceOrder::new(&[Source::Cash, Source::Cash]), Err(Source::Cash));
    }

    proptest! {
        /// Whatever the order and the balances: the parts sum to the bill, no source gives more than it
        /// has, and nobody later in the order pays while an earlier one still could.
        #[test]
        fn a_receipt_sums_to_the_fen_and_no_source_is_overdrawn(
            order in Just(Source::ALL.to_vec()).prop_shuffle(), cut in 0_usize..=10,
            balances in proptest::array::uniform4(0_i64..2_000),
            holds in proptest::array::uniform6(0_i64..2_000),
            inside in 0_i64..6_000, outside in 0_i64..3_000, fund in 0_i64..9_000,
            everywhere in any::<bool>(),
        ) {
            let [account_own, account_family, deposit, line] = balances.map(Fen);
            let means = Means {
                account_own, account_family, deposit, line,
                account_pays_out_of_catalogue: everywhere,
                line_pays_out_of_catalogue: everywhere,
                ..Means::default()
            };
            let mut split = part(inside, outside);
            split.medfee_sumamt += Fen(fund);
            split.hifp_pay = Fen(fund);
            let split = split.sealed();
            let purse = purse(&order[..cut], holds);
            let tender = purse.tender(&means, &split);
            prop_assert_eq!(tender.sum(), split.psn_part_amt);
            prop_assert!(tender.account_own <= account_own && tender.account_family <= account_family);
            prop_assert!(tender.deposit <= deposit && tender.line <= line);
            let receipt = Receipt::new(&split, &tender, Some(&purse));
            prop_assert_eq!(receipt.booked + receipt.own_part(), receipt.total);
            for (source, &paid) in Source::ALL.iter().zip(&receipt.own) {
                let most = source.own().map_or(Fen(i64::MAX), |at| purse.holds[at]);
                prop_assert!(paid <= most, "{:?} pays {}", source, paid);
                let asked = purse.order.steps().contains(source);
                prop_assert!(asked || paid.is_zero(), "{:?} was not asked", source);
            }
        }
    }
}
