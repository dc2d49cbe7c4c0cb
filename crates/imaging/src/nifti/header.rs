//! A header as bytes and as a struct.

use std::fmt;

use super::data_type::DataType;
use crate::byte_order::ByteOrder;
use crate::{Error, Format};

/// Bytes of the longer of the two headers.
pub(crate) const MAX_HEADER_BYTES: usize = 540;
/// Bytes after the header of a single file that say whether extensions follow.
pub(crate) const FLAG_BYTES: usize = 4;
/// Extensions and padding between header and voxels: more is a damaged header, and would only have to be skipped.
const MAX_VOXEL_OFFSET: f64 = (64 << 20) as f64;

/// Which of the two standards a header follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NiftiVersion {
    /// NIfTI-1: 348 bytes, sizes up to 32767, 32-bit floats.
    One,
    /// NIfTI-2: 540 bytes, 64-bit sizes and floats.
    Two,
}

impl NiftiVersion {
    /// Length of the header in bytes.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::One => 348,
            Self::Two => MAX_HEADER_BYTES,
        }
    }
}

/// What the first bytes of a file say that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A NIfTI header.
    Nifti(NiftiVersion),
    /// A header of 348 bytes without NIfTI's signature.
    Analyze,
}

/// Tells NIfTI and Analyze headers by their first 348 bytes.
pub(crate) fn kind(head: &[u8]) -> Option<Kind> {
    let size = head.get(..4)?;
    let says = |length: i32| size == length.to_le_bytes() || size == length.to_be_bytes();
    match (head.get(4..8), head.get(344..348)) {
        (Some(b"n+2\0" | b"ni2\0"), _) if says(540) => Some(Kind::Nifti(NiftiVersion::Two)),
        (_, Some(b"n+1\0" | b"ni1\0")) => Some(Kind::Nifti(NiftiVersion::One)),
        (_, Some([0, 0, 0, 0])) if says(348) => Some(Kind::Analyze),
        // A NIfTI-1 header but for its signature, or one that ends too early; parsing says so.
        (_, _) if says(348) => Some(Kind::Nifti(NiftiVersion::One)),
        _ => None,
    }
}

/// The header of a NIfTI file: all that is needed to read its voxels and to write others in the same place.
///
/// Its `Debug` output leaves the texts out, because some programs write a patient's name there.
#[derive(Clone, PartialEq)]
pub struct NiftiHeader {
    /// Which standard it follows.
    pub version: NiftiVersion,
    /// Whether numbers are stored with their most significant byte first.
    pub big_endian: bool,
    /// Whether header and voxels are in one file (`.nii`) or in two (`.hdr` and `.img`).
    pub single_file: bool,
    /// Sizes along 1 to 7 axes, each at least 1: columns, rows, planes, then time and others.
    pub dimensions: Vec<u64>,
    pub(crate) data_type: DataType,
    /// `pixdim`: the sign of the third axis of the qform, then the voxel size along each axis, in the header's own
    /// units.
    pub voxel_sizes: [f64; 8],
    /// What was put right in the header, in sentences.
    pub(crate) repairs: Vec<&'static str>,
    /// The byte of the file at which the voxels start.
    pub(crate) voxels_start: u64,
    /// `scl_slope`; 0 and numbers that are not finite mean no scaling.
    pub slope: f64,
    /// `scl_inter`.
    pub intercept: f64,
    /// `xyzt_units`: units of space in the lower 3 bits (1 metre, 2 millimetre, 3 micrometre), of time in the next 3.
    pub units: i32,
    /// `intent_code`: what the voxels mean; 0 nothing in particular, 1002 labels.
    pub intent: i32,
    /// `dim_info`: which axes are frequency, phase and slice of an acquisition.
    pub acquisition_axes: u8,
    /// `descrip`, as it is.
    pub description: [u8; 80],
    /// `qform_code`: the space of the quaternion; 0 where it means nothing.
    pub qform_code: i32,
    /// `quatern_b`, `quatern_c`, `quatern_d`.
    pub quaternion: [f64; 3],
    /// `qoffset_x`, `qoffset_y`, `qoffset_z`, in the header's own units.
    pub offset: [f64; 3],
    /// `sform_code`: the space of the rows; 0 where they mean nothing.
    pub sform_code: i32,
    /// `srow_x`, `srow_y`, `srow_z`, in the header's own units.
    pub sform: [[f64; 4]; 3],
}

impl fmt::Debug for NiftiHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NiftiHeader")
            .field("version", &self.version)
            .field("dimensions", &self.dimensions)
            .field("data_type", &self.data_type)
            .field("qform_code", &self.qform_code)
            .field("sform_code", &self.sform_code)
            .finish_non_exhaustive()
    }
}

/// Reads numbers at fixed places of a header; zeros beyond its end.
struct Fields<'a> {
    bytes: &'a [u8],
    byte_order: ByteOrder,
}

impl Fields<'_> {
    fn array<const N: usize>(&self, at: usize) -> [u8; N] {
        self.byte_order.array_at(self.bytes, at).unwrap_or([0; N])
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn i16(&self, at: usize) -> i16 {
        i16::from_le_bytes(self.array(at))
    }

    fn i32(&self, at: usize) -> i32 {
        i32::from_le_bytes(self.array(at))
    }

    fn i64(&self, at: usize) -> i64 {
        i64::from_le_bytes(self.array(at))
    }

    fn f32(&self, at: usize) -> f64 {
        f64::from(f32::from_le_bytes(self.array(at)))
    }

    fn f64(&self, at: usize) -> f64 {
        f64::from_le_bytes(self.array(at))
    }
}

impl NiftiHeader {
    /// Reads a header at the start of `file`, which holds as much of the file as is known, at least the header.
    pub(crate) fn parse(file: &[u8]) -> Result<Self, Error> {
        let damaged = |detail: String| Error::damaged(Format::Nifti, detail);
        let (version, is_analyze) = match kind(file) {
            Some(Kind::Nifti(version)) => (version, false),
            Some(Kind::Analyze) => (NiftiVersion::One, true),
            None => return Err(damaged("it has no NIfTI header".to_owned())),
        };
        let Some(bytes) = file.get(..version.bytes()) else {
            return Err(Error::truncated(Format::Nifti, file));
        };
        let magic: &[u8] = match version {
            NiftiVersion::One => bytes.get(344..348).unwrap_or_default(),
            NiftiVersion::Two => bytes.get(4..12).unwrap_or_default(),
        };
        let single_file = match magic {
            b"n+1\0" | b"n+2\0\r\n\x1a\n" => true,
            b"ni1\0" | b"ni2\0\r\n\x1a\n" => false,
            _ if is_analyze => false,
            _ if version == NiftiVersion::Two => {
                return Err(damaged(
                    "the line ends in its signature were changed, as if it were text".to_owned(),
                ));
            }
            _ => return Err(damaged("its signature is neither n+1 nor ni1".to_owned())),
        };
        let byte_order = byte_order(bytes, version)
            .ok_or_else(|| damaged("its number of dimensions is not 1 to 7".to_owned()))?;
        let fields = Fields { bytes, byte_order };
        let header = match version {
            NiftiVersion::One => Self::parse_one(&fields, single_file),
            NiftiVersion::Two => Self::parse_two(&fields, single_file),
        }?;
        Ok(if is_analyze {
            header.without_forms()
        } else {
            header
        })
    }

    /// The header of Analyze 7.5, which has other fields in the place of NIfTI's forms, and of its fields for scaling only
    /// the slope, as SPM has it.
    fn without_forms(self) -> Self {
        let mut repairs = self.repairs;
        repairs.push("The header is one of Analyze 7.5, the forerunner of NIfTI.");
        Self {
            repairs,
            intercept: 0.0,
            units: 0,
            intent: 0,
            acquisition_axes: 0,
            qform_code: 0,
            quaternion: [0.0; 3],
            offset: [0.0; 3],
            sform_code: 0,
            sform: [[0.0; 4]; 3],
            ..self
        }
    }

    fn parse_one(fields: &Fields<'_>, single_file: bool) -> Result<Self, Error> {
        let f = |at: usize| fields.f32(at);
        let dim = std::array::from_fn(|axis| i64::from(fields.i16(40 + 2 * axis)));
        Ok(Self {
            version: NiftiVersion::One,
            big_endian: fields.byte_order == ByteOrder::BigEndian,
            single_file,
            dimensions: dimensions(dim)?,
            repairs: repairs(dim),
            data_type: DataType::from_code(i32::from(fields.i16(70)))?,
            voxel_sizes: std::array::from_fn(|axis| f(76 + 4 * axis)),
            voxels_start: voxels_start(f(108), NiftiVersion::One, single_file)?,
            slope: f(112),
            intercept: f(116),
            units: i32::from(fields.byte(123)),
            intent: i32::from(fields.i16(68)),
            acquisition_axes: fields.byte(39),
            description: text(fields, 148),
            qform_code: i32::from(fields.i16(252)),
            quaternion: std::array::from_fn(|index| f(256 + 4 * index)),
            offset: std::array::from_fn(|index| f(268 + 4 * index)),
            sform_code: i32::from(fields.i16(254)),
            sform: std::array::from_fn(|row| {
                std::array::from_fn(|column| f(280 + 16 * row + 4 * column))
            }),
        })
    }

    fn parse_two(fields: &Fields<'_>, single_file: bool) -> Result<Self, Error> {
        let f = |at: usize| fields.f64(at);
        let dim = std::array::from_fn(|axis| fields.i64(16 + 8 * axis));
        Ok(Self {
            version: NiftiVersion::Two,
            big_endian: fields.byte_order == ByteOrder::BigEndian,
            single_file,
            dimensions: dimensions(dim)?,
            repairs: repairs(dim),
            data_type: DataType::from_code(i32::from(fields.i16(12)))?,
            voxel_sizes: std::array::from_fn(|axis| f(104 + 8 * axis)),
            voxels_start: voxels_start(fields.i64(168) as f64, NiftiVersion::Two, single_file)?,
            slope: f(176),
            intercept: f(184),
            units: fields.i32(500),
            intent: fields.i32(504),
            acquisition_axes: fields.byte(524),
            description: text(fields, 240),
            qform_code: fields.i32(344),
            quaternion: std::array::from_fn(|index| f(352 + 8 * index)),
            offset: std::array::from_fn(|index| f(376 + 8 * index)),
            sform_code: fields.i32(348),
            sform: std::array::from_fn(|row| {
                std::array::from_fn(|column| f(400 + 32 * row + 8 * column))
            }),
        })
    }

    pub(super) fn byte_order(&self) -> ByteOrder {
        if self.big_endian {
            ByteOrder::BigEndian
        } else {
            ByteOrder::LittleEndian
        }
    }

    /// Planes, rows and columns.
    pub(crate) fn planes_rows_columns(&self) -> [u64; 3] {
        let size = |axis: usize| self.dimensions.get(axis).copied().unwrap_or(1);
        [size(2), size(1), size(0)]
    }

    /// The number of volumes: time points and whatever else comes after the three axes of space.
    pub(crate) fn volumes(&self) -> u64 {
        self.dimensions
            .iter()
            .skip(3)
            .fold(1, |product: u64, &size| product.saturating_mul(size))
    }

    /// Time points and channels: the fifth axis holds the components of vectors, the others follow each other in time.
    pub(crate) fn times_and_channels(&self) -> (u64, u64) {
        let channels = self.dimensions.get(4).copied().unwrap_or(1);
        (self.volumes() / channels.max(1), channels)
    }

    /// Slope and intercept where the file asks for scaling that changes anything.
    pub(crate) fn scaling(&self) -> Option<[f64; 2]> {
        let usable = self.slope != 0.0 && self.slope.is_finite() && self.intercept.is_finite();
        let changes = self.slope != 1.0 || self.intercept != 0.0;
        // Colours have no scale (nifti1.h, "DATA SCALING").
        (usable && changes && self.data_type.channels() == 1)
            .then_some([self.slope, self.intercept])
    }

    /// The header as it starts a little-endian single file: with the four bytes that say that no extension follows.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.version.bytes() + FLAG_BYTES];
        let mut put = |at: usize, field: &[u8]| {
            if let Some(target) = bytes.get_mut(at..at + field.len()) {
                target.copy_from_slice(field);
            }
        };
        let mut dims = [1_i64; 8];
        dims[0] = self.dimensions.len() as i64;
        for (target, &size) in dims.iter_mut().skip(1).zip(&self.dimensions) {
            *target = size as i64;
        }
        let start = self.version.bytes() + FLAG_BYTES;
        let bits = 8 * self.data_type.bytes() as i16;
        let code = self.data_type.code() as i16;
        match self.version {
            NiftiVersion::One => {
                let mut floats = |at: usize, values: &[f64]| {
                    for (index, &value) in values.iter().enumerate() {
                        put(at + 4 * index, &(value as f32).to_le_bytes());
                    }
                };
                floats(76, &self.voxel_sizes);
                floats(108, &[start as f64, self.slope, self.intercept]);
                floats(256, &self.quaternion);
                floats(268, &self.offset);
                floats(280, self.sform.as_flattened());
                put(0, &348_i32.to_le_bytes());
                // "regular", an Analyze field that some readers look for.
                put(38, b"r");
                put(39, &[self.acquisition_axes]);
                for (axis, &size) in dims.iter().enumerate() {
                    put(40 + 2 * axis, &(size as i16).to_le_bytes());
                }
                put(68, &short(self.intent).to_le_bytes());
                put(70, &code.to_le_bytes());
                put(72, &bits.to_le_bytes());
                put(123, &[self.units as u8]);
                put(148, &self.description);
                put(252, &short(self.qform_code).to_le_bytes());
                put(254, &short(self.sform_code).to_le_bytes());
                put(344, b"n+1\0");
            }
            NiftiVersion::Two => {
                let mut floats = |at: usize, values: &[f64]| {
                    for (index, &value) in values.iter().enumerate() {
                        put(at + 8 * index, &value.to_le_bytes());
                    }
                };
                floats(104, &self.voxel_sizes);
                floats(176, &[self.slope, self.intercept]);
                floats(352, &self.quaternion);
                floats(376, &self.offset);
                floats(400, self.sform.as_flattened());
                put(0, &540_i32.to_le_bytes());
                put(4, b"n+2\0\r\n\x1a\n");
                put(12, &code.to_le_bytes());
                put(14, &bits.to_le_bytes());
                for (axis, &size) in dims.iter().enumerate() {
                    put(16 + 8 * axis, &size.to_le_bytes());
                }
                put(168, &(start as i64).to_le_bytes());
                put(240, &self.description);
                put(344, &self.qform_code.to_le_bytes());
                put(348, &self.sform_code.to_le_bytes());
                put(500, &self.units.to_le_bytes());
                put(504, &self.intent.to_le_bytes());
                put(524, &[self.acquisition_axes]);
            }
        }
        bytes
    }
}

/// The byte order, by the header's own length, or where that is wrong (some writers never set it) by the number of
/// dimensions.
fn byte_order(bytes: &[u8], version: NiftiVersion) -> Option<ByteOrder> {
    const ORDERS: [ByteOrder; 2] = [ByteOrder::LittleEndian, ByteOrder::BigEndian];
    let length = version.bytes() as i32;
    ORDERS
        .into_iter()
        .find(|&byte_order| Fields { bytes, byte_order }.i32(0) == length)
        .or_else(|| {
            ORDERS.into_iter().find(|&byte_order| {
                let fields = Fields { bytes, byte_order };
                version == NiftiVersion::One && (1..=7).contains(&fields.i16(40))
            })
        })
}

/// The sizes that `dim` gives: its first entry says how many follow.
fn dimensions(dim: [i64; 8]) -> Result<Vec<u64>, Error> {
    let damaged = |detail: String| Error::damaged(Format::Nifti, detail);
    let [count, sizes @ ..] = dim;
    let count = usize::try_from(count)
        .ok()
        .filter(|count| (1..=7).contains(count))
        .ok_or_else(|| {
            damaged(format!(
                "dim[0], its number of dimensions, is {count}, not 1 to 7"
            ))
        })?;
    sizes
        .iter()
        .take(count)
        .enumerate()
        .map(|(axis, &size)| {
            // Beyond the first two axes, 0 is how some writers say that there is nothing.
            let size = if axis >= FIRST_OPTIONAL_AXIS {
                size.max(i64::from(size == 0))
            } else {
                size
            };
            u64::try_from(size)
                .ok()
                .filter(|&size| size > 0)
                .ok_or_else(|| damaged(format!("dim[{}], a size, is {size}", axis + 1)))
        })
        .collect()
}

/// From here on a size of 0 is one of 1.
const FIRST_OPTIONAL_AXIS: usize = 2;

/// What `dimensions` puts right.
fn repairs(dim: [i64; 8]) -> Vec<&'static str> {
    let [count, sizes @ ..] = dim;
    let used = usize::try_from(count).unwrap_or(0);
    if sizes
        .iter()
        .take(used)
        .skip(FIRST_OPTIONAL_AXIS)
        .any(|&size| size == 0)
    {
        vec!["The header's field dim gives a size of 0, which was taken as 1."]
    } else {
        Vec::new()
    }
}

/// Where the voxels start. Some writers leave 0 in a single file, which is then the end of the header (as the reference
/// library reads it).
fn voxels_start(offset: f64, version: NiftiVersion, single_file: bool) -> Result<u64, Error> {
    let least = if single_file {
        version.bytes() + FLAG_BYTES
    } else {
        0
    };
    if !(0.0..=MAX_VOXEL_OFFSET).contains(&offset) {
        return Err(Error::damaged(
            Format::Nifti,
            format!("vox_offset, the start of its voxels, is {offset}"),
        ));
    }
    // Right behind the header, without the bytes that announce extensions, if a file says so.
    if single_file && offset as u64 >= version.bytes() as u64 {
        return Ok(offset as u64);
    }
    Ok((offset as u64).max(least as u64))
}

/// A number of NIfTI-2 in a field of NIfTI-1: what is too large stays as large as can be, so that a code does not become
/// another one.
fn short(value: i32) -> i16 {
    value.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}

fn text(fields: &Fields<'_>, at: usize) -> [u8; 80] {
    let found = fields.bytes.get(at..).and_then(|rest| rest.first_chunk());
    found.copied().unwrap_or([0; 80])
}
