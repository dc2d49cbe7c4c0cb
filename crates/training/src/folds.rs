//! Which training cases the backbone does not see, so that the head can meet them as they will be met in use.

use std::collections::BTreeMap;

use dataset::Splits;

use crate::case::Case;
use crate::random::{Purpose, generator, shuffled};

/// A fold backbone: the number of its fold, counted from 1, of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fold {
    /// From 1 to `of`.
    pub number: usize,
    /// How many there are.
    pub of: usize,
}

/// The fold, 0 to under `folds`, of every case. Groups stay together; folds are filled evenly, in a random order of groups.
pub fn folds_of_cases(cases: &[Case], splits: &Splits, folds: usize, seed: u64) -> Vec<usize> {
    let mut sizes = vec![0_usize; folds.max(1)];
    let mut output = vec![0; cases.len()];
    for group in groups(cases, splits, seed) {
        let smallest = (0..sizes.len())
            .min_by_key(|&fold| sizes[fold])
            .unwrap_or(0);
        sizes[smallest] += group.len();
        for case in group {
            output[case] = smallest;
        }
    }
    output
}

/// Whether each case is kept from the backbone: whole groups in a random order, until the share is reached. One group
/// at least stays on either side where the share is above 0.
pub fn held_out_cases(cases: &[Case], splits: &Splits, share: f64, seed: u64) -> Vec<bool> {
    let mut output = vec![false; cases.len()];
    let wanted = share * cases.len() as f64;
    let mut groups = groups(cases, splits, seed);
    groups.pop();
    let mut count = 0;
    for group in groups {
        if count as f64 >= wanted {
            break;
        }
        count += group.len();
        for case in group {
            output[case] = true;
        }
    }
    output
}

/// Indices of the cases of each group, groups in a random order.
fn groups(cases: &[Case], splits: &Splits, seed: u64) -> Vec<Vec<usize>> {
    let mut groups = BTreeMap::<String, Vec<usize>>::new();
    for (index, case) in cases.iter().enumerate() {
        groups
            .entry(splits.group_key(&case.name))
            .or_default()
            .push(index);
    }
    let groups = groups.into_values().collect::<Vec<_>>();
    let order = shuffled(groups.len(), &mut generator(seed, 0, Purpose::Folds, 0));
    order
        .into_iter()
        .filter_map(|index| groups.get(index).cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{folds_of_cases, held_out_cases};
    use crate::case::Case;
    use dataset::Splits;

    fn scene() -> (Vec<Case>, Splits) {
        let cases = (0..20).map(|index| Case {
            name: format!("c{index}"),
            size: [1, 1, 1],
            image: vec![0.0],
            labels: vec![0],
        });
        let groups = (0..20)
            .map(|index| format!(r#""c{index}": {}"#, index / 2))
            .collect::<Vec<_>>()
            .join(", ");
        let text = format!(r#"{{"train": [], "val": [], "groups": {{{groups}}}}}"#);
        (
            cases.collect(),
            Splits::from_json("splits.json", text.as_bytes()).unwrap(),
        )
    }

    #[test]
    fn folds_are_even_and_keep_groups_together() {
        let (cases, splits) = scene();
        let folds = folds_of_cases(&cases, &splits, 4, 1);
        let mut sizes = [0; 4];
        for (index, &fold) in folds.iter().enumerate() {
            sizes[fold] += 1;
            assert_eq!(fold, folds[index ^ 1]);
        }
        sizes.sort_unstable();
        assert_eq!(sizes, [4, 4, 6, 6]);
        assert_eq!(folds, folds_of_cases(&cases, &splits, 4, 1));
        assert_ne!(folds, folds_of_cases(&cases, &splits, 4, 2));
    }

    #[test]
    fn a_share_is_held_out_by_whole_groups() {
        let (cases, splits) = scene();
        let held_out = held_out_cases(&cases, &splits, 0.25, 1);
        assert_eq!(held_out.iter().filter(|&&held| held).count(), 6);
        assert!((0..20).all(|index| held_out[index] == held_out[index ^ 1]));
        assert_eq!(held_out_cases(&cases, &splits, 0.0, 1), [false; 20]);
        let most = held_out_cases(&cases, &splits, 0.98, 1);
        assert_eq!(most.iter().filter(|&&held| held).count(), 18);
    }
}
