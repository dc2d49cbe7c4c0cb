//! From the bytes of a header to its numbers.

use super::data_type::DataType;
use super::header::NiftiHeader;
use super::version::{FLAG_BYTES, Kind, NiftiVersion, kind};
use crate::byte_order::ByteOrder;
use crate::{Error, Format};

/// Extensions and padding between header and voxels: more is a damaged header, and would only have to be skipped.
const MAX_VOXEL_OFFSET: f64 = (64 << 20) as f64;
/// From here on a size of 0 is one of 1.
const FIRST_OPTIONAL_AXIS: usize = 2;

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

fn text(fields: &Fields<'_>, at: usize) -> [u8; 80] {
    let found = fields.bytes.get(at..).and_then(|rest| rest.first_chunk());
    found.copied().unwrap_or([0; 80])
}
