//! The way back from voxels to the samples that a file stores.

use crate::Volume;
use crate::sample::Samples;
use crate::stored_values::StoredValues;

/// The number of samples of a pixel (1 where the file stores indices of colours), and all samples in the order planes,
/// rows, columns, channels.
pub(crate) fn stored_samples(volume: &Volume) -> (usize, impl Iterator<Item = f32>) {
    let channels = match volume.provenance.stored {
        StoredValues::Kept(_) => 1,
        StoredValues::Voxels | StoredValues::Linear(_) => volume.channels,
    };
    let samples = (0..volume.voxels_per_channel())
        .flat_map(move |pixel| (0..channels).map(move |channel| sample(volume, channel, pixel)));
    (channels, samples)
}

fn sample(volume: &Volume, channel: usize, pixel: usize) -> f32 {
    let provenance = &volume.provenance;
    let voxel = || {
        let place = channel * volume.voxels_per_channel() + pixel;
        volume.voxels.get(place).copied().unwrap_or(0.0)
    };
    match &provenance.stored {
        StoredValues::Voxels => provenance
            .inverted_from
            .map_or_else(voxel, |white| white - voxel()),
        StoredValues::Linear(planes) => {
            let [_, rows, columns] = volume.shape;
            let plane = pixel / (rows * columns).max(1);
            let [slope, intercept] = planes.get(plane).copied().unwrap_or([1.0, 0.0]);
            let sample = (f64::from(voxel()) - intercept) / slope;
            if provenance.sample_type.is_float() {
                sample as f32
            } else {
                sample.round() as f32
            }
        }
        StoredValues::Kept(samples) => match samples {
            Samples::U8(samples) => samples.get(pixel).copied().map_or(0.0, f32::from),
            Samples::U16(samples) => samples.get(pixel).copied().map_or(0.0, f32::from),
            Samples::F32(samples) => samples.get(pixel).copied().unwrap_or(0.0),
        },
    }
}
