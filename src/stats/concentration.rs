//! The concentration index of something over people ranked by income. Must never rank by the thing itself.

/// Concentration index of grouped data, the poorest group first: (weight, mean) of each. 0 = even, above
/// 0 = the rich have more, at most 1 − the last group's share. `None` where there is nothing to share out,
/// or less than nothing.
///
/// `C = 2/μ · Σ f·m·R − 1`, group by group: f its share, m its mean, R the rank at its middle (Kakwani, Wagstaff and van
/// Doorslaer 1997).
pub fn concentration_index(groups: &[(f64, f64)]) -> Option<f64> {
    let people: f64 = groups.iter().map(|group| group.0).sum();
    let total: f64 = groups.iter().map(|group| group.0 * group.1).sum();
    if people <= 0.0 || total <= 0.0 {
        return None;
    }
    let mut below = 0.0;
    let mut sum = 0.0;
    for (weight, mean) in groups {
        let rank = (below + weight / 2.0) / people;
        sum += weight * mean * rank;
        below += weight;
    }
    Some(2.0 * sum / total - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_for_the_richest_all_for_the_poorest_and_the_same_for_all() {
        let fifths = |means: [f64; 5]| means.map(|mean| (20.0, mean));
        let table: [([f64; 5], Option<f64>); 5] = [
            ([1.0; 5], Some(0.0)),
            ([0.0, 0.0, 0.0, 0.0, 3.0], Some(0.8)),
            ([3.0, 0.0, 0.0, 0.0, 0.0], Some(-0.8)),
            ([0.0; 5], None),
            ([-1.0, 0.0, 0.0, 0.0, 0.5], None),
        ];
        for (means, expected) in table {
            let found = concentration_index(&fifths(means));
            let same = match (found, expected) {
                (Some(a), Some(b)) => (a - b).abs() < 1e-12,
                (a, b) => a == b,
            };
            assert!(same, "{means:?}: {found:?}");
        }
        // Splitting a group changes nothing.
        let whole = concentration_index(&[(40.0, 1.0), (60.0, 2.0)]);
        let split = concentration_index(&[(40.0, 1.0), (20.0, 2.0), (40.0, 2.0)]);
        assert!((whole.unwrap_or(9.0) - split.unwrap_or(8.0)).abs() < 1e-12);
    }
}
