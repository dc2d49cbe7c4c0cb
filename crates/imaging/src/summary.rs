//! What a file holds, in a few numbers.

use serde::Serialize;

use crate::geometry::AxisCodes;
use crate::nifti::{NiftiFile, open_pair};
use crate::statistics::{Statistics, Tally};
use crate::stored_samples::stored_samples;
use crate::{Error, Format, GeometrySource, Limits, Parts, SampleType, Volume, open, packed};

/// A volume in short, for `penumbra info`.
///
/// Numbers and hash are of the samples as stored: inverted scales
/// ([`Provenance::inverted_from`](crate::Provenance::inverted_from)) and what DICOM makes of its samples (rescaling,
/// look-up tables, palettes) are undone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// The file's format.
    pub format: Format,
    /// As [`Provenance::description`](crate::Provenance::description).
    pub description: String,
    /// Samples of a pixel: 1 (grey, or the indices of a DICOM palette) or 3 (RGB).
    pub channels: usize,
    /// Planes, rows and columns, of the first volume if there are several.
    pub shape: [usize; 3],
    /// All sizes in the order of NIfTI: columns, rows, planes, time and others; planes are left out where there is one.
    pub dimensions: Vec<u64>,
    /// The type of the file's samples.
    pub dtype: SampleType,
    /// Bits of one sample.
    pub bits: u8,
    /// The type of the numbers that the next ones are about: [`Summary::dtype`], or 64-bit floats where the file scales
    /// its samples.
    pub value_type: SampleType,
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
    /// the hash of the array that NumPy-based readers give. For NIfTI it is that of the array that nibabel gives: the
    /// samples of all volumes as [`Summary::value_type`], in the order columns (slowest), rows, planes, time.
    pub sha1: String,
    /// Millimetres between planes, rows and columns, where the file says it.
    pub spacing: Option<[f64; 3]>,
    /// The directions in which columns, rows and planes are counted, as nibabel's `aff2axcodes`.
    pub orientation: Option<AxisCodes>,
    /// From voxel (column, row, plane) to millimetres in RAS+, see [`geometry`](crate::geometry).
    pub affine: Option<[[f64; 4]; 4]>,
    /// Which statement of the file the matrix comes from.
    pub geometry_source: Option<String>,
    /// Time points and channels of the file and which of them the numbers are about, where there are several, and how
    /// uneven images became a volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parts: Option<Parts>,
    /// As [`Provenance::notes`](crate::Provenance::notes).
    pub notes: Vec<String>,
}

/// Sums a volume up.
pub fn summary(volume: &Volume) -> Summary {
    let [planes, rows, columns] = volume.shape.map(|length| length as u64);
    let dimensions = if planes == 1 {
        vec![columns, rows]
    } else {
        vec![columns, rows, planes]
    };
    with_statistics(
        volume,
        dimensions,
        volume.provenance.sample_type,
        statistics(volume),
    )
}

/// Sums a file up. Of a NIfTI series, all volumes count, and values are taken in full precision.
///
/// # Errors
/// As [`open`], and [`Error::TooManyBytes`] for a series that is larger than
/// [`Limits::max_bytes`] in all.
pub fn summarise(bytes: &[u8], name: &str, limits: &Limits) -> Result<Summary, Error> {
    let unpacked = packed::unwrapped(bytes, name, limits)?;
    let (bytes, name) = match &unpacked {
        Some((bytes, name)) => (bytes.as_slice(), name.as_ref()),
        None => (bytes, name),
    };
    let volume = open(bytes, name, limits)?;
    match volume.provenance.format {
        Format::Nifti => of_nifti(&volume, &NiftiFile::single(bytes)?, limits),
        Format::Png
        | Format::Jpeg
        | Format::Tiff
        | Format::Bmp
        | Format::Gif
        | Format::WebP
        | Format::Dicom
        | Format::Nrrd
        | Format::MetaImage
        | Format::Mgh => Ok(summary(&volume)),
    }
}

/// As [`summarise`], for the `.hdr` and the `.img` file of a NIfTI pair.
///
/// # Errors
/// As [`summarise`].
pub fn summarise_nifti_pair(
    header: &[u8],
    image: &[u8],
    limits: &Limits,
) -> Result<Summary, Error> {
    let volume = open_pair(header, image, limits)?;
    of_nifti(&volume, &NiftiFile::pair(header, image)?, limits)
}

fn of_nifti(volume: &Volume, file: &NiftiFile<'_>, limits: &Limits) -> Result<Summary, Error> {
    let header = file.header();
    let value_type = if header.scaling().is_some() {
        SampleType::Float64
    } else {
        volume.provenance.sample_type
    };
    let statistics = file.statistics(limits)?;
    Ok(with_statistics(
        volume,
        header.dimensions.clone(),
        value_type,
        statistics,
    ))
}

fn with_statistics(
    volume: &Volume,
    dimensions: Vec<u64>,
    value_type: SampleType,
    statistics: Statistics,
) -> Summary {
    let grid = volume.grid().ok().flatten();
    Summary {
        format: volume.provenance.format,
        description: volume.provenance.description(),
        channels: stored_samples(volume).0,
        shape: volume.shape,
        dimensions,
        dtype: volume.provenance.sample_type,
        bits: volume.provenance.bits,
        value_type,
        min: statistics.min,
        max: statistics.max,
        mean: statistics.mean,
        non_finite: statistics.non_finite,
        sha1: statistics.sha1,
        spacing: volume.spacing().ok().flatten(),
        orientation: grid.map(|grid| grid.orientation()),
        affine: volume.geometry.affine,
        geometry_source: volume.geometry.source.map(GeometrySource::description),
        parts: Some(volume.provenance.parts)
            .filter(|parts| parts.times > 1 || parts.channels > 1 || parts.spacing.is_some()),
        notes: volume.provenance.notes.clone(),
    }
}

/// Figures over a volume in memory.
fn statistics(volume: &Volume) -> Statistics {
    let mut tally = Tally::default();
    let mut bytes = Vec::new();
    for sample in stored_samples(volume).1 {
        tally.count(f64::from(sample));
        append(&mut bytes, sample, volume.provenance.sample_type);
        tally.hash(&mut bytes);
    }
    tally.finish(&bytes)
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
