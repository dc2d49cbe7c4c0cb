//! The bytes of a volume's samples, unpacked.

use std::borrow::Cow;
use std::io::Read;

use super::header::{GridHeader, Packing};
use crate::{Error, Limits, SampleType};

/// The samples of all volumes, as numbers of the header's type and byte order.
pub(super) fn samples<'a>(
    header: &GridHeader,
    file: &'a [u8],
    limits: &Limits,
) -> Result<Cow<'a, [u8]>, Error> {
    let truncated = || Error::truncated(header.format, file);
    let size = header.sample_type.bytes() as u64;
    let needed = header
        .voxels()
        .saturating_mul(header.components)
        .saturating_mul(header.times)
        .saturating_mul(size);
    if needed > limits.max_bytes {
        return Err(Error::TooManyBytes {
            bytes: needed,
            limit: limits.max_bytes,
        });
    }
    let length = usize::try_from(needed).map_err(|_| truncated())?;
    let start = match header.start {
        Some(start) => usize::try_from(start).ok(),
        None => file.len().checked_sub(length),
    };
    let packed = start
        .and_then(|start| file.get(start..))
        .ok_or_else(truncated)?;
    // A file of its own that was compressed as a whole has been unpacked already.
    let is_unpacked = header.data_file.is_some() && packed.len() == length;
    let unpacked = match header.packing {
        Packing::Deflate | Packing::Bzip2 if is_unpacked => return Ok(Cow::Borrowed(packed)),
        Packing::None => {
            return packed
                .get(..length)
                .map(Cow::Borrowed)
                .ok_or_else(truncated);
        }
        Packing::Deflate if packed.starts_with(&[0x1F, 0x8B]) => {
            read(flate2::bufread::MultiGzDecoder::new(packed), length)
        }
        Packing::Deflate => read(flate2::bufread::ZlibDecoder::new(packed), length),
        Packing::Bzip2 => read(bzip2::bufread::MultiBzDecoder::new(packed), length),
        Packing::Text => text(header, packed, length),
    };
    let unpacked = unpacked
        .ok_or_else(|| Error::damaged(header.format, "its compressed samples do not unpack"))?;
    if unpacked.len() < length {
        return Err(truncated());
    }
    Ok(Cow::Owned(unpacked))
}

fn read(reader: impl Read, length: usize) -> Option<Vec<u8>> {
    // Memory grows with what really comes, not with what the header claims.
    let mut unpacked = Vec::new();
    match reader.take(length as u64).read_to_end(&mut unpacked) {
        Ok(_) => Some(unpacked),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Some(unpacked),
        Err(_) => None,
    }
}

/// Numbers in text, as bytes of the header's type and byte order.
fn text(header: &GridHeader, text: &[u8], length: usize) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    let mut bytes = Vec::new();
    for number in text.split_ascii_whitespace() {
        if bytes.len() >= length {
            break;
        }
        let value: f64 = number.parse().ok()?;
        let little = match header.sample_type {
            SampleType::Uint8 => vec![value as u8],
            SampleType::Int8 => (value as i8).to_le_bytes().to_vec(),
            SampleType::Uint16 => (value as u16).to_le_bytes().to_vec(),
            SampleType::Int16 => (value as i16).to_le_bytes().to_vec(),
            SampleType::Uint32 => (value as u32).to_le_bytes().to_vec(),
            SampleType::Int32 => (value as i32).to_le_bytes().to_vec(),
            SampleType::Uint64 => (value as u64).to_le_bytes().to_vec(),
            SampleType::Int64 => (value as i64).to_le_bytes().to_vec(),
            SampleType::Float32 => (value as f32).to_le_bytes().to_vec(),
            SampleType::Float16 | SampleType::Float64 => value.to_le_bytes().to_vec(),
        };
        if header.big_endian {
            bytes.extend(little.iter().rev());
        } else {
            bytes.extend(little);
        }
    }
    Some(bytes)
}
