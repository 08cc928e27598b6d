//! Credit lines: eligibility, limits, family use, reservation, draw, due dates, delinquency, losses.
//! Must never draw a random number: what people do comes in as a fact.

pub mod spec;
