//! The bands by which people are counted everywhere. Must never carry a rate.
//!
//! Fixed on purpose: these are the bands by which a scenario gives its rates by age (demand, illness, phones, signed
//! debits), so a report by other bands would mix people of different rates and show the mixture as a finding.

/// Number of age bands: 0–4, 5–14, 15–44, 45–59, 60–74, 75+.
pub const AGE_BANDS: usize = 6;
/// First age of each band, and the age after the last.
pub const AGE_BAND_EDGES: [u8; AGE_BANDS + 1] = [0, 5, 15, 45, 60, 75, 100];
/// Basic insurance schemes, as groups of people.
pub const SCHEMES: usize = 3;
/// Income bands (fifths of the population), poorest first.
pub const INCOME_BANDS: usize = 5;

/// The band of an age in years.
pub fn age_band(age: u8) -> usize {
    AGE_BAND_EDGES[1..AGE_BANDS].partition_point(|&first| first <= age)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn band_edges_belong_to_the_band_that_they_open() {
        let table = [(0, 0), (4, 0), (5, 1), (14, 1), (15, 2), (44, 2), (45, 3), (60, 4), (75, 5)];
        for (age, band) in table {
            assert_eq!(age_band(age), band, "age {age}");
        }
        assert_eq!(age_band(99), 5);
    }
}
