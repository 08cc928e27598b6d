//! Discrete-event machinery: the packed event key with its tie rule, event calendars, and FIFO
//! multi-server stations whose departures are known at arrival. Must never know what a patient,
//! a hospital or a payment is, never draw a random number, and never break a tie by insertion order.

mod calendar;
mod key;
#[cfg(test)]
pub(crate) mod pool;
mod queue;
mod servers;

pub use calendar::{BucketCalendar, Calendar, HeapCalendar};
pub use key::{EventClass, EventKey};
pub use queue::QueueMeter;
pub use servers::{Roster, Servers, Slot};
