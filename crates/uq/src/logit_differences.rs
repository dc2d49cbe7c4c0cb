//! What a fit of probabilities keeps of an image: for some voxels, how far each logit lies from that of the true class.

use crate::Error;
use crate::error::{check_length, check_numbers};

/// Checks that logits `[classes, voxels]` and labels fit each other.
pub(crate) fn check_logits(logits: &[f32], labels: &[u8], classes: usize) -> Result<(), Error> {
    check_length(
        "the logits",
        logits.len(),
        labels.len().saturating_mul(classes),
    )?;
    check_numbers("the logits", logits)?;
    match labels.iter().find(|&&label| usize::from(label) >= classes) {
        Some(&label) => Err(Error::UnknownClass { label, classes }),
        None => Ok(()),
    }
}

/// At most `limit` of `count` places, evenly spaced.
pub(crate) fn evenly_spaced(count: usize, limit: usize) -> impl ExactSizeIterator<Item = usize> {
    let kept = count.min(limit);
    (0..kept).map(move |place| (place as u128 * count as u128 / kept as u128) as usize)
}

/// Differences of a voxel's logits from that of its label, one for each class.
pub(crate) fn logit_differences<'a>(
    logits: &'a [f32],
    labels: &[u8],
    voxel: usize,
) -> impl Iterator<Item = f32> + 'a {
    let values = logits.iter().skip(voxel).step_by(labels.len().max(1));
    let label = labels.get(voxel).copied().unwrap_or_default();
    let own = values.clone().nth(usize::from(label)).copied();
    values.map(move |value| value - own.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{evenly_spaced, logit_differences};

    #[test]
    fn places_are_evenly_spaced_and_differences_are_zero_for_the_label() {
        assert_eq!(evenly_spaced(10, 4).collect::<Vec<_>>(), [0, 2, 5, 7]);
        assert_eq!(evenly_spaced(3, 9).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(evenly_spaced(0, 9).count(), 0);
        let logits = [1.0, 2.0, 5.0, 9.0];
        assert_eq!(
            logit_differences(&logits, &[0, 1], 0).collect::<Vec<_>>(),
            [0.0, 4.0]
        );
        assert_eq!(
            logit_differences(&logits, &[0, 1], 1).collect::<Vec<_>>(),
            [-7.0, 0.0]
        );
    }
}
