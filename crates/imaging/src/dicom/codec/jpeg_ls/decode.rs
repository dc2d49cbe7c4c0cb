//! A whole code stream: from marker to marker, scan by scan.

use super::fault::{cut_short, damaged};
use super::headers::{Presets, read_presets, read_scan};
use super::scan::Scan;
use crate::dicom::codec::native::sign_extend;
use crate::dicom::image_pixel::ImagePixel;
use crate::memory::allocate;
use crate::{Error, Format};

pub(in crate::dicom::codec) fn decode(
    stream: &[u8],
    pixel: &ImagePixel,
) -> Result<Vec<i32>, Error> {
    let mut position = 0;
    let mut precision: Option<u8> = None;
    let mut identities: Vec<u8> = Vec::new();
    let mut presets = Presets::default();
    let components = pixel.samples_per_pixel;
    let mut samples = allocate(pixel.samples(), 0_i32)?;
    let mut scanned = 0_u32;
    loop {
        let rest = stream.get(position..).unwrap_or_default();
        let Some(start) = rest.iter().position(|&byte| byte == 0xFF) else {
            break;
        };
        let code = *rest.get(start + 1).ok_or_else(cut_short)?;
        position += start + 1;
        // Fill bytes may stand before a marker.
        if code == 0xFF {
            continue;
        }
        position += 1;
        match code {
            0xD8 | 0x01 | 0x00 => continue,
            0xD9 => break,
            _ => {}
        }
        let behind = stream.get(position..).unwrap_or_default();
        let length = behind
            .first_chunk()
            .map(|&pair| usize::from(u16::from_be_bytes(pair)))
            .ok_or_else(cut_short)?;
        let segment = behind.get(2..length).ok_or_else(cut_short)?;
        position += length;
        match code {
            0xF7 => {
                let &[bits, r1, r0, c1, c0, count, ref parts @ ..] = segment else {
                    return Err(damaged("its frame header is cut short"));
                };
                let size = [[r1, r0], [c1, c0]].map(|pair| usize::from(u16::from_be_bytes(pair)));
                if size != [pixel.rows, pixel.columns] || usize::from(count) != components {
                    return Err(damaged("its size differs from that of the image"));
                }
                if !(2..=16).contains(&bits) || bits > pixel.bits_allocated {
                    return Err(damaged("its samples have a depth that the image has not"));
                }
                identities = parts
                    .as_chunks::<3>()
                    .0
                    .iter()
                    .map(|&[id, _, _]| id)
                    .collect();
                precision = Some(bits);
            }
            0xF8 => presets = read_presets(segment)?,
            0xDA => {
                let precision =
                    precision.ok_or_else(|| damaged("a scan comes before the frame's header"))?;
                let (parts, near, interleaving) = read_scan(segment, &identities)?;
                let mut scan = Scan::new(stream, position, precision, near, presets)?;
                scan.decode(&parts, interleaving, pixel, &mut samples)?;
                position = scan.bits.position;
                parts.iter().for_each(|part| scanned |= 1 << part);
            }
            0xDD if segment.iter().any(|&byte| byte != 0) => {
                return Err(Error::unsupported(Format::Dicom, "JPEG-LS with restarts"));
            }
            0xE8 if segment.starts_with(b"mrfx") && segment.get(4) != Some(&0) => {
                return Err(Error::unsupported(
                    Format::Dicom,
                    "JPEG-LS with HP's transformation of colours",
                ));
            }
            _ => {}
        }
    }
    if scanned.count_ones() as usize != components {
        return Err(cut_short());
    }
    // Bits above the stored ones are no part of the image (PS3.5 section 8.1.1).
    let has_spare_bits = precision.is_some_and(|precision| precision > pixel.bits_stored);
    if has_spare_bits || pixel.signed {
        for sample in &mut samples {
            *sample = sign_extend(sample.cast_unsigned(), pixel.bits_stored, pixel.signed);
        }
    }
    Ok(samples)
}
