//! Shapley shares of whole numbers: what each component is worth, averaged over every order in which the
//! components could come. Must never lose a unit: the shares sum to the whole exactly.

/// Shares of the components in `values[all] - values[none]`, where `values` has one number for every set
/// of components, by the set's bits. A share is the exact mean of what the component adds over all
/// orders, rounded down to a whole unit; the units left over, fewer than there are components, go one
/// each to those with the largest fraction cut off, the earlier component first where two are alike.
pub(super) fn shares(values: &[i64]) -> Vec<i64> {
    let players = values.len().trailing_zeros() as usize;
    assert!(values.len() == 1 << players, "invariant: {} values are no game", values.len());
    let orders = i128::from(factorial(players));
    let exact: Vec<i128> = (0..players).map(|player| numerator(values, player, players)).collect();
    let mut shares: Vec<i64> =
        exact.iter().map(|n| i64::try_from(n.div_euclid(orders)).unwrap_or(i64::MAX)).collect();
    let cut: i128 = exact.iter().map(|n| n.rem_euclid(orders)).sum();
    let left = usize::try_from(cut / orders).unwrap_or(0);
    let mut by_cut: Vec<usize> = (0..players).collect();
    by_cut.sort_by_key(|&player| (-exact[player].rem_euclid(orders), player));
    for &player in by_cut.iter().take(left) {
        shares[player] += 1;
    }
    shares
}

/// What a component adds over all orders, summed.
fn numerator(values: &[i64], player: usize, players: usize) -> i128 {
    let without = (0..values.len()).filter(|set| set & 1 << player == 0);
    without
        .map(|set| {
            let before = set.count_ones() as usize;
            let orders = factorial(before) * factorial(players - before - 1);
            let added = i128::from(values[set | 1 << player]) - i128::from(values[set]);
            i128::from(orders) * added
        })
        .sum()
}

fn factorial(n: usize) -> u64 {
    (1..=n as u64).product()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_games_have_their_known_shares() {
        // Gloves: one left hand (bit 0), two right hands; a pair is worth 6.
        let gloves: Vec<i64> =
            (0..8_usize).map(|set| if set & 1 != 0 && set > 1 { 6 } else { 0 }).collect();
        assert_eq!(shares(&gloves), [4, 1, 1]);
        // Each worth its own, whoever else is there.
        let own: Vec<i64> = (0..16_i64)
            .map(|set| [5, -7, 0, 100].iter().enumerate().map(|(i, v)| (set >> i & 1) * v).sum())
            .collect();
        assert_eq!(shares(&own), [5, -7, 0, 100]);
        assert_eq!(shares(&[0, 9]), [9]);
    }

    #[test]
    fn the_left_over_units_go_to_the_largest_fractions_and_then_to_the_first() {
        // Three alike share 10 and -10: 3 1/3 each, and -3 1/3 each.
        let alike = |whole: i64| {
            let mut values = [0; 8];
            values[7] = whole;
            shares(&values)
        };
        assert_eq!(alike(10), [4, 3, 3]);
        assert_eq!(alike(-10), [-3, -3, -4]);
    }

    /// The plain definition: the mean over all orders.
    fn by_orders(values: &[i64], players: usize) -> Vec<f64> {
        let mut sums = vec![0_i128; players];
        let mut order: Vec<usize> = (0..players).collect();
        let mut count = 0;
        each_order(&mut order, 0, &mut |order| {
            let mut set = 0;
            for &player in order {
                sums[player] += i128::from(values[set | 1 << player]) - i128::from(values[set]);
                set |= 1 << player;
            }
            count += 1;
        });
        sums.iter().map(|&sum| sum as f64 / f64::from(count)).collect()
    }

    fn each_order(order: &mut Vec<usize>, from: usize, see: &mut dyn FnMut(&[usize])) {
        if from == order.len() {
            return see(order);
        }
        for at in from..order.len() {
            order.swap(from, at);
            each_order(order, from + 1, see);
            order.swap(from, at);
        }
    }

    proptest! {
        #[test]
        fn shares_sum_to_the_whole_and_are_the_mean_over_all_orders(
            values in proptest::collection::vec(-1_000_000_000_000_i64..1_000_000_000_000, 16),
        ) {
            let found = shares(&values);
            prop_assert_eq!(found.iter().sum::<i64>(), values[15] - values[0]);
            for (share, exact) in found.iter().zip(by_orders(&values, 4)) {
                prop_assert!((*share as f64 - exact).abs() <= 1.001, "{} for {}", share, exact);
            }
        }

        #[test]
        fn a_component_that_never_adds_anything_gets_nothing(
            half in proptest::collection::vec(-1_000_i64..1_000, 8),
        ) {
            let values: Vec<i64> = (0..16).map(|set: usize| half[set & 7]).collect();
            prop_assert!(shares(&values)[3] == 0);
        }
    }
}
