//! What a message tells somebody on the way through a hospital. Must never know who sent it, nor what it cost.

/// What a visit knows from messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Where the next station is: walks between clinical stations are shorter.
    pub guided: bool,
    /// When the turn comes: waits for care outside the hall, and does not give up.
    pub called: bool,
}
