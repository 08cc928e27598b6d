//! What people do about money: sign-up, use of a line, repayment. Random, by address.
//! Must never post money or hold an amount of its own.

pub mod spec;
