//! The signature of an envelope. Must never let a message through whose signature was not checked.
//!
//! Provinces sign with SM2 over SM3 and certificates of their own; that code enters by the trait, or as a
//! program beside this one (`--sign-with`). The keyed BLAKE3 here is for tests and for links within one house.

/// Signs what travels in `input` and in `output`, and checks it.
pub trait Sign: Send + Sync {
    /// The word of `signtype`.
    fn kind(&self) -> &str;
    /// The text of `cainfo` for a text; why there is none.
    fn sign(&self, text: &str) -> Result<String, String>;
    /// Whether a signature fits a text; why that could not be found out.
    fn fits(&self, text: &str, signature: &str) -> Result<bool, String>;
}

/// Why a message was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// The message is to blame.
    #[error("{0}")]
    Wrong(String),
    /// Nobody could check its signature.
    #[error("{0}")]
    Unchecked(String),
}

impl From<String> for Unread {
    fn from(words: String) -> Unread {
        Unread::Wrong(words)
    }
}

/// No signature: `signtype` and `cainfo` are empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unsigned;

impl Sign for Unsigned {
    fn kind(&self) -> &'static str {
        ""
    }
    fn sign(&self, _: &str) -> Result<String, String> {
        Ok(String::new())
    }
    fn fits(&self, _: &str, signature: &str) -> Result<bool, String> {
        Ok(signature.is_empty())
    }
}

/// BLAKE3 with a key that both sides hold.
#[derive(Clone)]
pub struct Keyed([u8; 32]);

impl std::fmt::Debug for Keyed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyed(..)")
    }
}

impl Keyed {
    /// A key derived from a secret of any length.
    pub fn new(secret: &[u8]) -> Keyed {
        Keyed(blake3::derive_key("aftercare national envelope", secret))
    }
}

impl Sign for Keyed {
    fn kind(&self) -> &'static str {
        "BLAKE3"
    }
    fn sign(&self, text: &str) -> Result<String, String> {
        Ok(blake3::keyed_hash(&self.0, text.as_bytes()).to_hex().to_string())
    }
    fn fits(&self, text: &str, signature: &str) -> Result<bool, String> {
        // A hash compares in constant time.
        let given = blake3::Hash::from_hex(signature);
        Ok(given.is_ok_and(|given| given == blake3::keyed_hash(&self.0, text.as_bytes())))
    }
}
