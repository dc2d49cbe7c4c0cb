//! Promises are kept: exactly, over every choice of the group that is new, whatever the scores are.
#![allow(clippy::unwrap_used, missing_docs)]

use proptest::prelude::*;
use uq::{conformal_quantile, risk_controlling_setting};

/// All groups but one.
fn without<T: Clone>(groups: &[T], left_out: usize) -> Vec<T> {
    let others = groups.iter().enumerate();
    others
        .filter(|(place, _)| *place != left_out)
        .map(|(_, group)| group.clone())
        .collect()
}

proptest! {
    /// Of exchangeable groups each is as likely to be the new one, so the mean over all choices is the probability.
    #[test]
    fn one_case_a_group_is_covered_exactly_as_often_as_promised(
        seeds in prop::collection::btree_set(-1000..1000_i32, 3..60),
        hundredths in 5..60_u32,
    ) {
        let alpha = f64::from(hundredths) / 100.0;
        let groups: Vec<Vec<f64>> = seeds.iter().map(|&seed| vec![f64::from(seed) / 7.0]).collect();
        let covered = (0..groups.len()).filter(|&new| {
            let limit = conformal_quantile(&without(&groups, new), alpha).unwrap();
            limit.is_none_or(|limit| groups[new][0] <= limit)
        });
        // Scores differ, so it is the smallest share of the groups that keeps the promise.
        let exact = ((1.0 - alpha) * groups.len() as f64 - 1e-9).ceil() as usize;
        prop_assert_eq!(covered.count(), exact);
    }

    #[test]
    fn groups_of_several_cases_are_covered_at_least_as_often(
        groups in prop::collection::vec(prop::collection::vec(0..40_u8, 1..6), 2..30),
        hundredths in 5..60_u32,
    ) {
        let alpha = f64::from(hundredths) / 100.0;
        let groups: Vec<Vec<f64>> = groups
            .iter()
            .map(|group| group.iter().map(|&score| f64::from(score)).collect())
            .collect();
        let share = |new: usize| {
            let limit = conformal_quantile(&without(&groups, new), alpha).unwrap();
            let inside = groups[new].iter().filter(|&&score| limit.is_none_or(|limit| score <= limit));
            inside.count() as f64 / groups[new].len() as f64
        };
        let mean = (0..groups.len()).map(share).sum::<f64>() / groups.len() as f64;
        prop_assert!(mean >= 1.0 - alpha - 1e-9, "{}", mean);
    }

    #[test]
    fn the_expected_loss_of_a_new_group_stays_below_the_promised_one(
        groups in prop::collection::vec(
            prop::collection::vec(prop::collection::vec(0..=100_u8, 5), 1..4),
            2..30,
        ),
        hundredths in 5..60_u32,
    ) {
        let alpha = f64::from(hundredths) / 100.0;
        let groups: Vec<Vec<Vec<f64>>> = groups
            .into_iter()
            .map(|group| {
                let falling = |mut losses: Vec<u8>| {
                    losses.sort_unstable_by(|left, right| right.cmp(left));
                    losses.into_iter().map(|loss| f64::from(loss) / 100.0).collect()
                };
                group.into_iter().map(falling).collect()
            })
            .collect();
        let loss = |new: usize| {
            // Without a promise everything is referred.
            risk_controlling_setting(&without(&groups, new), alpha).unwrap().map_or(0.0, |setting| {
                let cases = groups[new].iter();
                cases.map(|losses| losses[setting]).sum::<f64>() / groups[new].len() as f64
            })
        };
        let mean = (0..groups.len()).map(loss).sum::<f64>() / groups.len() as f64;
        prop_assert!(mean <= alpha + 1e-9, "{}", mean);
    }
}
