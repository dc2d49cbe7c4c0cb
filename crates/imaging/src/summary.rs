//! What a file holds, in a few numbers.

use serde::Serialize;
use sha1::{Digest, Sha1};

use crate::page::Samples;
use crate::provenance::StoredValues;
use crate::{Format, SampleType, Volume};

/// A volume in short, for `penumbra info`.
///
/// Numbers and hash are of the samples as stored: inverted scales ([`Provenance::inverted_from`](crate::Provenance::inverted_from))
/// and DICOM's modality transformations and palettes are undone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// The file's format.
    pub format: Format,
    /// As [`Provenance::description`](crate::Provenance::description).
    pub description: String,
    /// Samples of a pixel: 1 (grey, or indices of a DICOM palette) or 3 (RGB).
    pub channels: usize,
    /// Planes, rows and columns.
    pub shape: [usize; 3],
    /// The type of the file's samples.
    pub dtype: SampleType,
    /// Bits of one sample.
    pub bits: u8,
    /// Smallest finite sample, if there is one.
    pub min: Option<f64>,
    /// Largest finite sample, if there is one.
    pub max: Option<f64>,
    /// Mean of the finite samples, if there is one.
    pub mean: Option<f64>,
    /// Voxels that are infinite or not a number.
    pub non_finite: usize,
    /// SHA-1 (hexadecimal) of the voxels in the order planes, rows, columns, channels, each as a little-endian number
    /// of type [`Summary::dtype`] (64-bit types as 32-bit floats). For grey and RGB pictures without alpha it equals
    /// the hash of the array that NumPy-based readers give.
    pub sha1: String,
    /// Voxel to RAS+ millimetres, see [`Geometry`](crate::Geometry).
    pub affine: Option<[[f64; 4]; 4]>,
    /// As [`Provenance::notes`](crate::Provenance::notes).
    pub notes: Vec<String>,
}

/// Sums a volume up.
pub fn summary(volume: &Volume) -> Summary {
    let stored = Stored::of(volume);
    let finite = || {
        stored
            .samples()
            .map(f64::from)
            .filter(|sample| sample.is_finite())
    };
    let count = finite().count();
    Summary {
        format: volume.provenance.format,
        description: volume.provenance.description(),
        channels: stored.channels,
        shape: volume.shape,
        dtype: volume.provenance.sample_type,
        bits: volume.provenance.bits,
        min: finite().reduce(f64::min),
        max: finite().reduce(f64::max),
        mean: (count > 0).then(|| finite().sum::<f64>() / count as f64),
        non_finite: stored.samples().count() - count,
        sha1: stored.hash(),
        affine: volume.geometry.affine,
        notes: volume.provenance.notes.clone(),
    }
}

/// The samples that the file holds for a volume's voxels.
pub(crate) struct Stored<'v> {
    volume: &'v Volume,
    /// 1 or 3; 1 where the file stores indices of colours.
    pub channels: usize,
}

impl<'v> Stored<'v> {
    pub(crate) fn of(volume: &'v Volume) -> Self {
        let channels = match volume.provenance.stored {
            StoredValues::Kept(_) => 1,
            StoredValues::Voxels | StoredValues::Linear(_) => volume.channels,
        };
        Self { volume, channels }
    }

    /// In the order planes, rows, columns, channels.
    pub(crate) fn samples(&self) -> impl Iterator<Item = f32> {
        let pixels = self.volume.voxels_per_channel();
        (0..pixels).flat_map(move |pixel| {
            (0..self.channels).map(move |channel| self.sample(channel, pixel))
        })
    }

    fn sample(&self, channel: usize, pixel: usize) -> f32 {
        let Volume {
            voxels, provenance, ..
        } = self.volume;
        let voxel = || {
            let place = channel * self.volume.voxels_per_channel() + pixel;
            voxels.get(place).copied().unwrap_or(0.0)
        };
        match &provenance.stored {
            StoredValues::Voxels => provenance
                .inverted_from
                .map_or_else(voxel, |white| white - voxel()),
            StoredValues::Linear(planes) => {
                let [_, rows, columns] = self.volume.shape;
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

    fn hash(&self) -> String {
        let mut hasher = Sha1::new();
        let mut block = Vec::new();
        for sample in self.samples() {
            append(&mut block, sample, self.volume.provenance.sample_type);
            if block.len() >= 1 << 16 {
                hasher.update(&block);
                block.clear();
            }
        }
        hasher.update(&block);
        hasher
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// The voxel as the file's own type. The casts are exact for 8 and 16 bits and for floats.
fn append(block: &mut Vec<u8>, voxel: f32, sample_type: SampleType) {
    match sample_type {
        SampleType::Uint8 => block.push(voxel as u8),
        SampleType::Int8 => block.extend((voxel as i8).to_le_bytes()),
        SampleType::Uint16 => block.extend((voxel as u16).to_le_bytes()),
        SampleType::Int16 => block.extend((voxel as i16).to_le_bytes()),
        SampleType::Uint32 => block.extend((voxel as u32).to_le_bytes()),
        SampleType::Int32 => block.extend((voxel as i32).to_le_bytes()),
        SampleType::Float16
        | SampleType::Float32
        | SampleType::Float64
        | SampleType::Uint64
        | SampleType::Int64 => block.extend(voxel.to_le_bytes()),
    }
}
