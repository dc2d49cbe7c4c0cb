//! Agreement of a segmentation with true labels.

use crate::Error;
use crate::error::check_length;

/// The Dice coefficient of each class 0..`classes` (background first), 0 to 1: 2 |A and B| / (|A| + |B|), 1 for a class
/// absent from both (Dice, Ecology 26, 1945).
///
/// `prediction` and `label` hold class ids of the same voxels.
///
/// # Errors
/// [`Error::Length`] if the slices differ in length, [`Error::UnknownClass`] for an id beyond the classes.
pub fn dice_per_class(prediction: &[u8], label: &[u8], classes: usize) -> Result<Vec<f64>, Error> {
    check_length("the label", label.len(), prediction.len())?;
    // Voxels in the intersection and in both areas together.
    let mut counts = vec![(0_u64, 0_u64); classes];
    for (&predicted, &truth) in prediction.iter().zip(label) {
        for id in [predicted, truth] {
            let count = counts
                .get_mut(usize::from(id))
                .ok_or(Error::UnknownClass { label: id, classes })?;
            count.1 += 1;
            count.0 += u64::from(predicted == truth);
        }
    }
    // A voxel in the intersection was counted twice there, which is the 2 of the formula.
    let dice = |(twice_shared, both): (u64, u64)| {
        if both == 0 {
            1.0
        } else {
            twice_shared as f64 / both as f64
        }
    };
    Ok(counts.into_iter().map(dice).collect())
}

/// Which voxels are wrong: true where prediction and label differ.
///
/// # Errors
/// [`Error::Length`] if the slices differ in length.
pub fn error_map(prediction: &[u8], label: &[u8]) -> Result<Vec<bool>, Error> {
    check_length("the label", label.len(), prediction.len())?;
    Ok(prediction
        .iter()
        .zip(label)
        .map(|(predicted, truth)| predicted != truth)
        .collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{dice_per_class, error_map};
    use crate::Error;

    #[test]
    fn dice_by_hand() {
        let dice = dice_per_class(&[0, 1, 1, 2, 0], &[0, 1, 2, 2, 1], 4).unwrap();
        assert_eq!(dice, [2.0 / 3.0, 0.5, 2.0 / 3.0, 1.0]);
    }

    #[test]
    fn faults_are_named() {
        assert_eq!(
            dice_per_class(&[3], &[0], 2).unwrap_err(),
            Error::UnknownClass {
                label: 3,
                classes: 2
            }
        );
        assert!(matches!(
            dice_per_class(&[0], &[], 2),
            Err(Error::Length { .. })
        ));
        assert!(matches!(error_map(&[0], &[]), Err(Error::Length { .. })));
        assert_eq!(
            error_map(&[0, 1, 2], &[0, 2, 2]).unwrap(),
            [false, true, false]
        );
    }
}
