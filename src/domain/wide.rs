//! Arrays of any length as plain lists for serde, which itself stops at 32. Must never accept a list of
//! another length: a missing count is not a zero.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes an array as a list.
pub fn serialize<T: Serialize, S: Serializer, const N: usize>(
    array: &[T; N],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    array.as_slice().serialize(serializer)
}

/// Reads a list of exactly `N` elements.
pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>, const N: usize>(
    deserializer: D,
) -> Result<[T; N], D::Error> {
    exactly(Vec::deserialize(deserializer)?)
}

fn exactly<T, E: Error, const N: usize>(list: Vec<T>) -> Result<[T; N], E> {
    let length = list.len();
    list.try_into().map_err(|_| E::invalid_length(length, &format!("{N} elements").as_str()))
}

/// The same for arrays of arrays.
pub mod nested {
    use super::{Deserialize, Deserializer, Serialize, Serializer, exactly};

    /// Writes an array of arrays as a list of lists.
    pub fn serialize<T: Serialize, S: Serializer, const M: usize, const N: usize>(
        array: &[[T; N]; M],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(array.iter().map(<[T; N]>::as_slice))
    }

    /// Reads `M` lists of exactly `N` elements.
    pub fn deserialize<'de, T, D, const M: usize, const N: usize>(
        deserializer: D,
    ) -> Result<[[T; N]; M], D::Error>
    where
        T: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        let rows: Vec<Vec<T>> = Vec::deserialize(deserializer)?;
        let rows = rows.into_iter().map(exactly::<T, D::Error, N>);
        exactly(rows.collect::<Result<Vec<[T; N]>, D::Error>>()?)
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Form {
        #[serde(with = "super")]
        counts: [u64; 40],
        #[serde(with = "super::nested")]
        rows: [[i64; 33]; 2],
    }

    #[test]
    fn long_arrays_come_back_and_other_lengths_are_refused() {
        let form = Form { counts: [u64::MAX; 40], rows: [[-7; 33]; 2] };
        let text = serde_json::to_string(&form).expect("JSON");
        assert_eq!(serde_json::from_str::<Form>(&text).expect("the form"), form);
        let short = text.replacen("-7,", "", 1);
        let refused = serde_json::from_str::<Form>(&short).expect_err("a row of 32");
        assert!(refused.to_string().contains("invalid length 32"), "{refused}");
    }
}
