//! How a corrected mask compares with labels, beside the model's own.

use protocol::ClassInfo;
use uq::dice_per_class;

use crate::results::outcome::Comparison;

/// Agreement of a class before and after correction.
#[derive(Debug, Clone, PartialEq)]
pub struct Improvement {
    /// Name of the class.
    pub class: String,
    /// Dice of the model's own mask, 0 to 1.
    pub before: f64,
    /// Dice of the corrected mask, 0 to 1.
    pub after: f64,
}

/// The Dice of every class but the background before and after correction, from the corrected mask; empty where mask and
/// labels do not fit.
#[must_use]
pub fn improvement(
    comparison: &Comparison,
    mask: &[u8],
    classes: &[ClassInfo],
) -> Vec<Improvement> {
    let Ok(after) = dice_per_class(mask, &comparison.labels, classes.len()) else {
        return Vec::new();
    };
    let after = classes.iter().zip(after).skip(1);
    let known = comparison.scores.dice.iter();
    known
        .zip(after)
        .map(|((class, before), (_, after))| Improvement {
            class: class.clone(),
            before: *before,
            after,
        })
        .collect()
}

/// Share of voxels that differ from the labels, 0 to 1.
#[must_use]
pub fn error_rate(comparison: &Comparison, mask: &[u8]) -> f64 {
    let pairs = mask.iter().zip(&comparison.labels);
    let wrong = pairs.filter(|(class, label)| class != label).count();
    wrong as f64 / mask.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use protocol::Scores;

    use super::*;
    use crate::results::outcome::tests::model;

    #[test]
    fn dice_is_told_before_and_after() {
        let comparison = Comparison {
            scores: Scores {
                dice: vec![("nucleus".into(), 0.5)],
                error_rate: 0.5,
                methods: vec![],
                notes: vec![],
            },
            errors: vec![0, 1, 1, 0],
            labels: vec![1, 1, 0, 0],
        };
        let found = improvement(&comparison, &[1, 1, 1, 0], &model().classes);
        assert_eq!(found.len(), 1);
        assert!(
            found
                .iter()
                .all(|found| found.before == 0.5 && (found.after - 0.8).abs() < 1e-12)
        );
        assert_eq!(error_rate(&comparison, &[1, 1, 1, 0]), 0.25);
        assert!(improvement(&comparison, &[1, 1], &model().classes).is_empty());
    }
}
