//! With what the person's part is paid, and the reply's fields at the national edge.
//! Must never look up a balance or a limit: it is told what is available.

use super::bill::Split;
use super::spec::Rules;
use crate::domain::Fen;

/// How the person's part is paid; the parts sum to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tender {
    /// From the person's own account.
    pub account_own: Fen,
    /// From relatives' accounts (family mutual aid).
    pub account_family: Fen,
    /// From a credit line.
    pub line: Fen,
    /// From the deposit.
    pub deposit: Fen,
    /// From the balance of a top-up card, which the hospital holds like a deposit.
    pub prepaid: Fen,
    /// Cash, card or wallet.
    pub cash: Fen,
    /// Left on the hospital's books.
    pub receivable: Fen,
}

impl Tender {
    /// Sum of all means.
    pub fn sum(&self) -> Fen {
        self.account_own
            + self.account_family
            + self.line
            + self.deposit
            + self.prepaid
            + self.cash
            + self.receivable
    }
}

/// Where the part goes that no other means reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Remainder {
    /// Paid at once.
    #[default]
    Cash,
    /// Left on the hospital's books.
    HospitalBooks,
}

/// What is available for the person's part, in the order of use: own account, relatives' accounts,
/// deposit, line, remainder. Account and line pay items outside the catalogue only where allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Means {
    /// Balance of the own account.
    pub account_own: Fen,
    /// Balances of relatives' accounts.
    pub account_family: Fen,
    /// Deposit held.
    pub deposit: Fen,
    /// Free limit.
    pub line: Fen,
    /// Whether accounts may pay fully self-paid items.
    pub account_pays_out_of_catalogue: bool,
    /// Whether the line may pay fully self-paid items.
    pub line_pays_out_of_catalogue: bool,
    /// What happens to the rest.
    pub remainder: Remainder,
}

impl Means {
    /// Lays the means over the person's part.
    pub fn tender(&self, split: &Split) -> Tender {
        let mut bill = Unpaid::of(split);
        let account_own = bill.take(self.account_own, self.account_pays_out_of_catalogue);
        let account_family = bill.take(self.account_family, self.account_pays_out_of_catalogue);
        let deposit = bill.take(self.deposit, true);
        let line = bill.take(self.line, self.line_pays_out_of_catalogue);
        let rest = bill.rest();
        let (cash, receivable) = match self.remainder {
            Remainder::Cash => (rest, Fen::ZERO),
            Remainder::HospitalBooks => (Fen::ZERO, rest),
        };
        let prepaid = Fen::ZERO;
        Tender { account_own, account_family, line, deposit, prepaid, cash, receivable }
    }
}

/// What is still unpaid inside and outside the catalogue.
pub(super) struct Unpaid {
    inside: Fen,
    outside: Fen,
}

impl Unpaid {
    /// The whole person's part.
    pub(super) fn of(split: &Split) -> Unpaid {
        Unpaid { inside: split.psn_part_in_catalogue(), outside: split.psn_part_outside() }
    }

    /// What nobody has paid.
    pub(super) fn rest(&self) -> Fen {
        self.inside + self.outside
    }

    /// Takes what is available off the part, outside the catalogue only where the source reaches it.
    pub(super) fn take(&mut self, available: Fen, reaches_outside: bool) -> Fen {
        let inside = available.at_least_zero().min(self.inside);
        self.inside -= inside;
        let room = if reaches_outside { self.outside } else { Fen::ZERO };
        let outside = (available.at_least_zero() - inside).min(room);
        self.outside -= outside;
        inside + outside
    }
}

/// The amounts of a settlement reply (node `setlinfo`) under the region's convention.
/// Everything but the accounts is `psn_cash_pay` there: the platform knows no credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Personal accounts, relatives' included.
    pub acct_pay: Fen,
    /// Relatives' accounts.
    pub acct_mulaid_pay: Fen,
    /// The person's part that no account paid.
    pub psn_cash_pay: Fen,
    /// The person's part.
    pub psn_part_amt: Fen,
    /// Fund payments, with the personal account where the region counts it in (Guangdong).
    pub fund_pay_sumamt: Fen,
    /// Total of the bill.
    pub medfee_sumamt: Fen,
}

impl Reply {
    /// The reply to a settled bill.
    pub fn new(rules: &Rules, split: &Split, tender: &Tender) -> Reply {
        let acct_pay = tender.account_own + tender.account_family;
        let counted = if rules.fund_sum_includes_account { acct_pay } else { Fen::ZERO };
        Reply {
            acct_pay,
            acct_mulaid_pay: tender.account_family,
            psn_cash_pay: split.psn_part_amt - acct_pay,
            psn_part_amt: split.psn_part_amt,
            fund_pay_sumamt: split.fund_pay_sumamt + counted,
            medfee_sumamt: split.medfee_sumamt,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person_part(inside: i64, outside: i64) -> Split {
        let (medfee_sumamt, fulamt_ownpay_amt) = (Fen(inside + outside), Fen(outside));
        Split { medfee_sumamt, fulamt_ownpay_amt, ..Split::default() }.sealed()
    }

    #[test]
    fn means_are_used_in_order_and_stop_at_the_catalogue_where_they_must() {
        let means = Means {
            account_own: Fen(100),
            account_family: Fen(50),
            deposit: Fen(40),
            line: Fen(500),
            ..Means::default()
        };
        let tender = means.tender(&person_part(300, 70));
        let expected = Tender {
            account_own: Fen(100),
            account_family: Fen(50),
            deposit: Fen(40),
            prepaid: Fen::ZERO,
            line: Fen(110),
            cash: Fen(70),
            receivable: Fen::ZERO,
        };
        assert_eq!(tender, expected);
        let everywhere = Means {
            account_pays_out_of_catalogue: true,
            line_pays_out_of_catalogue: true,
            remainder: Remainder::HospitalBooks,
            ..means
        };
        let tender = everywhere.tender(&person_part(80, 900));
        assert_eq!((tender.account_own, tender.line), (Fen(100), Fen(500)));
        assert_eq!((tender.cash, tender.receivable), (Fen::ZERO, Fen(290)));
        assert_eq!(tender.sum(), Fen(980));
    }

    #[test]
    fn nothing_is_taken_from_an_empty_or_overdrawn_account() {
        let means = Means { account_own: Fen(-30), ..Means::default() };
        assert_eq!(means.tender(&person_part(10, 0)).cash, Fen(10));
    }
}
