//! Statistics of a data set's intensities (method of nnU-Net and of the reference).

use imaging::normalise::Normalisation;

/// Percentiles 0.5 and 99.5, mean and deviation (n - 1) of all voxels whose label is not 0, all channels pooled. None
/// where there are fewer than two.
///
/// Each case is its image, `[channels, voxels]`, and its labels, `[voxels]`.
pub fn foreground_normalisation<'a>(
    cases: impl IntoIterator<Item = (&'a [f32], &'a [u8])>,
) -> Option<Normalisation> {
    let mut values = Vec::new();
    for (image, labels) in cases {
        for channel in image.chunks_exact(labels.len().max(1)) {
            let labelled = channel.iter().zip(labels);
            values.extend(
                labelled
                    .filter(|(_, label)| **label != 0)
                    .map(|(&value, _)| value),
            );
        }
    }
    if values.len() < 2 {
        return None;
    }
    values.sort_unstable_by(f32::total_cmp);
    let count = values.len() as f64;
    let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
    let squares = values
        .iter()
        .map(|&value| (f64::from(value) - mean).powi(2));
    Some(Normalisation::Dataset {
        percentile_00_5: percentile(&values, 0.005),
        percentile_99_5: percentile(&values, 0.995),
        mean,
        std: (squares.sum::<f64>() / (count - 1.0)).sqrt(),
    })
}

/// Linear interpolation between the sorted values, NumPy's default.
fn percentile(sorted: &[f32], share: f64) -> f64 {
    let place = share * (sorted.len().saturating_sub(1)) as f64;
    let at = |index: usize| f64::from(sorted.get(index).copied().unwrap_or_default());
    let low = place.floor();
    let high = (low as usize + 1).min(sorted.len().saturating_sub(1));
    at(low as usize) + (place - low) * (at(high) - at(low as usize))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use imaging::normalise::Normalisation;

    use super::{foreground_normalisation, percentile};

    #[test]
    fn percentiles_are_those_of_numpy() {
        let values = [0.0, 10.0, 20.0, 30.0, 40.0];
        assert_eq!(percentile(&values, 0.5), 20.0);
        assert!((percentile(&values, 0.005) - 0.2).abs() < 1e-12);
        assert!((percentile(&values, 0.995) - 39.8).abs() < 1e-12);
    }

    #[test]
    fn statistics_are_those_of_labelled_voxels_of_all_channels() {
        let image = [1.0, 2.0, 3.0, 100.0, 5.0, 6.0, 7.0, 100.0];
        let Normalisation::Dataset { mean, std, .. } =
            foreground_normalisation([(&image[..], &[1, 2, 1, 0][..])]).unwrap()
        else {
            panic!("statistics expected")
        };
        assert!((mean - 4.0).abs() < 1e-12);
        assert!((std - (28.0_f64 / 5.0).sqrt()).abs() < 1e-12);
        assert!(foreground_normalisation([(&image[..], &[0; 4][..])]).is_none());
    }
}
