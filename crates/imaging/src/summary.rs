//! What a file holds, in a few numbers.

use serde::Serialize;
use sha1::{Digest, Sha1};

use crate::{Format, SampleType, Volume};

/// A volume in short, for `penumbra info`.
///
/// Numbers and hash are of the samples as stored: where [`Provenance::inverted_from`](crate::Provenance::inverted_from)
/// is set, the inversion is undone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// The file's format.
    pub format: Format,
    /// As [`Provenance::description`](crate::Provenance::description).
    pub description: String,
    /// 1 (grey) or 3 (RGB).
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
    let finite = || {
        volume
            .voxels
            .iter()
            .map(|&voxel| f64::from(stored(volume, voxel)))
            .filter(|voxel| voxel.is_finite())
    };
    let count = finite().count();
    Summary {
        format: volume.provenance.format,
        description: volume.provenance.description(),
        channels: volume.channels,
        shape: volume.shape,
        dtype: volume.provenance.sample_type,
        bits: volume.provenance.bits,
        min: finite().reduce(f64::min),
        max: finite().reduce(f64::max),
        mean: (count > 0).then(|| finite().sum::<f64>() / count as f64),
        non_finite: volume.voxels.len() - count,
        sha1: hash(volume),
        affine: volume.geometry.affine,
        notes: volume.provenance.notes.clone(),
    }
}

fn hash(volume: &Volume) -> String {
    let count = volume.voxels_per_channel();
    let mut hasher = Sha1::new();
    let mut block = Vec::new();
    for pixel in 0..count {
        for channel in 0..volume.channels {
            let voxel = volume
                .voxels
                .get(channel * count + pixel)
                .copied()
                .unwrap_or(0.0);
            append(
                &mut block,
                stored(volume, voxel),
                volume.provenance.sample_type,
            );
        }
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

/// The sample that the file holds for a voxel.
fn stored(volume: &Volume, voxel: f32) -> f32 {
    volume
        .provenance
        .inverted_from
        .map_or(voxel, |white| white - voxel)
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
