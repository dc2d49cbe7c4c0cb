//! From the packed bytes of a strip or tile to its samples' bytes.

use std::io::Read;

use super::{ccitt, lzw};
use crate::{Error, Format};

/// What has to be known of a strip or tile to unpack it.
pub(super) struct Chunk {
    pub rows: usize,
    pub columns: usize,
    /// Bytes of its samples.
    pub length: usize,
    /// T4Options, of group 3 fax.
    pub fax_options: u64,
    /// FillOrder 2: the first pixel is in the lowest bit of a byte.
    pub is_mirrored: bool,
}

/// Unpacks a strip or tile, JPEG excepted. The result may be shorter than it should be where the data end early.
pub(super) fn unpack(packed: &[u8], compression: u64, chunk: &Chunk) -> Result<Vec<u8>, Error> {
    let turned: Vec<u8>;
    // All packed bytes are turned, whatever the compression, as libtiff does.
    let packed = if chunk.is_mirrored {
        turned = packed.iter().map(|byte| byte.reverse_bits()).collect();
        &turned
    } else {
        packed
    };
    match compression {
        1 => Ok(packed.get(..chunk.length).unwrap_or(packed).to_vec()),
        2 => ccitt::unpack(packed, chunk.columns, chunk.rows, ccitt::Coding::RunLengths),
        3 => {
            let coding = if chunk.fax_options & 1 == 1 {
                ccitt::Coding::Group3TwoDimensional
            } else {
                ccitt::Coding::Group3
            };
            ccitt::unpack(packed, chunk.columns, chunk.rows, coding)
        }
        4 => ccitt::unpack(packed, chunk.columns, chunk.rows, ccitt::Coding::Group4),
        5 => lzw::unpack(packed, chunk.length),
        8 | 32_946 => read(flate2::read::ZlibDecoder::new(packed), chunk.length),
        32_773 => Ok(pack_bits(packed, chunk.length)),
        34_925 => read(lzma_rust2::XzReader::new(packed, false), chunk.length),
        50_000 => {
            let decoder = ruzstd::decoding::StreamingDecoder::new(packed)
                .map_err(|_| Error::damaged(Format::Tiff, "its Zstandard data do not unpack"))?;
            read(decoder, chunk.length)
        }
        other => Err(Error::unsupported(Format::Tiff, name(other))),
    }
}

fn read(reader: impl Read, length: usize) -> Result<Vec<u8>, Error> {
    // Memory grows with what really comes, not with what the header claims.
    let mut unpacked = Vec::new();
    let mut limited = reader.take(length as u64);
    match limited.read_to_end(&mut unpacked) {
        Ok(_) => Ok(unpacked),
        // Data that end early are told by their length.
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(unpacked),
        Err(_) => Err(Error::damaged(
            Format::Tiff,
            "its compressed data do not unpack",
        )),
    }
}

/// Apple's PackBits (TIFF 6.0, section 9).
fn pack_bits(packed: &[u8], length: usize) -> Vec<u8> {
    let mut unpacked = Vec::new();
    let mut rest = packed;
    while unpacked.len() < length {
        let Some((&control, after)) = rest.split_first() else {
            break;
        };
        rest = after;
        match control.cast_signed() {
            // No operation.
            i8::MIN => {}
            literal @ 0.. => {
                let count = (literal.cast_unsigned() as usize + 1).min(rest.len());
                let (bytes, after) = rest.split_at(count);
                unpacked.extend(bytes);
                rest = after;
            }
            repeated => {
                let Some((&byte, after)) = rest.split_first() else {
                    break;
                };
                unpacked.extend(std::iter::repeat_n(
                    byte,
                    1 + usize::from(repeated.unsigned_abs()),
                ));
                rest = after;
            }
        }
    }
    unpacked.truncate(length);
    unpacked
}

/// A compression by its name.
fn name(compression: u64) -> String {
    let name = match compression {
        6 => "the old form of JPEG compression (6)",
        9 | 10 => "JBIG compression",
        32_766 => "NeXT compression",
        32_809 => "ThunderScan compression",
        32_908 | 32_909 => "Pixar's compression",
        33_003 | 33_005 | 34_712 => "JPEG 2000 compression",
        34_661 => "JBIG compression",
        34_676 | 34_677 => "SGI Log compression",
        34_887 => "LERC compression",
        34_892 => "lossy DNG compression",
        34_934 => "PNG compression",
        50_001 => "WebP compression",
        50_002 | 52_546 => "JPEG XL compression",
        other => return format!("an unknown compression ({other})"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::pack_bits;

    #[test]
    fn runs_and_literals() {
        // The example of TIFF 6.0, section 9.
        let packed = [
            0xFE, 0xAA, 0x02, 0x80, 0x00, 0x2A, 0x80, 0xFD, 0xAA, 0x03, 1, 2, 3, 4,
        ];
        let expected = [
            0xAA, 0xAA, 0xAA, 0x80, 0x00, 0x2A, 0xAA, 0xAA, 0xAA, 0xAA, 1, 2, 3, 4,
        ];
        assert_eq!(pack_bits(&packed, 100), expected);
        assert_eq!(pack_bits(&packed, 2), [0xAA; 2]);
    }
}
