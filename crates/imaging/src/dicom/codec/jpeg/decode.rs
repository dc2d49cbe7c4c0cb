//! A whole code stream: from marker to marker, scan by scan.

use super::fault::{cut_short, damaged};
use super::headers::{Frame, Scan};
use super::huffman::BitReader;
use super::markers::Markers;
use super::tables::Tables;
use super::{lossless, sequential};
use crate::dicom::codec::coded_colour::CodedColour;
use crate::dicom::codec::native::sign_extend;
use crate::dicom::image_pixel::ImagePixel;
use crate::{Error, Format};

/// Where decoded samples gather.
enum Target {
    Sequential(Vec<sequential::Plane>),
    Lossless(Vec<i32>),
}

pub(in crate::dicom::codec) fn decode(
    stream: &[u8],
    pixel: &ImagePixel,
) -> Result<(Vec<i32>, CodedColour), Error> {
    let mut markers = Markers {
        stream,
        position: 0,
    };
    if markers.next() != Some(0xD8) {
        return Err(damaged("it does not begin with its marker"));
    }
    let mut tables = Tables::default();
    let mut frame: Option<(Frame, Target)> = None;
    let mut scanned = 0_u32;
    let mut colour = None;
    let mut is_jfif = false;
    while let Some(marker) = markers.next() {
        match marker {
            0xD9 => break,
            0x01 | 0xD0..=0xD7 => continue,
            _ => {}
        }
        let segment = markers.segment()?;
        match marker {
            0xC0 | 0xC1 | 0xC3 if frame.is_none() => {
                let header = Frame::read(segment, marker == 0xC3, pixel)?;
                let target = if header.lossless {
                    Target::Lossless(crate::memory::allocate(pixel.samples(), 0)?)
                } else {
                    Target::Sequential(sequential::planes(&header)?)
                };
                frame = Some((header, target));
            }
            0xC4 => tables.read_huffman(segment)?,
            0xDB => tables.read_quantisation(segment)?,
            0xDD => match segment {
                &[high, low] => {
                    tables.restart_interval = usize::from(u16::from_be_bytes([high, low]))
                }
                _ => return Err(damaged("its restart interval has a wrong length")),
            },
            0xE0 => is_jfif = segment.starts_with(b"JFIF\0"),
            0xEE => {
                if let [
                    b'A',
                    b'd',
                    b'o',
                    b'b',
                    b'e',
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    transform,
                    ..,
                ] = segment
                {
                    colour = Some(if *transform == 0 {
                        CodedColour::Rgb
                    } else {
                        CodedColour::Ybr
                    });
                }
            }
            0xDA => {
                let (header, target) = frame
                    .as_mut()
                    .ok_or_else(|| damaged("a scan comes before the frame's header"))?;
                let scan = Scan::read(segment, header)?;
                let mut bits = BitReader::new(stream, markers.position);
                match target {
                    Target::Sequential(planes) => {
                        sequential::scan(&mut bits, header, &scan, &tables, planes)?;
                    }
                    Target::Lossless(samples) => {
                        lossless::scan(&mut bits, header, &scan, &tables, samples)?;
                    }
                }
                markers.position = bits.position();
                for component in &scan.components {
                    scanned |= 1 << component.index;
                }
            }
            0xC2 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                return Err(Error::unsupported(
                    Format::Dicom,
                    "progressive, hierarchical or arithmetic JPEG coding",
                ));
            }
            _ => {}
        }
    }
    let (header, target) = frame.ok_or_else(cut_short)?;
    if scanned.count_ones() as usize != header.components.len() {
        return Err(cut_short());
    }
    let coded_colour = if pixel.samples_per_pixel != 3 {
        CodedColour::AsDescribed
    } else if let Some(colour) = colour {
        colour
    } else if header.components.iter().map(|part| part.id).eq(*b"RGB") {
        CodedColour::Rgb
    } else if is_jfif && !header.lossless {
        CodedColour::Ybr
    } else {
        CodedColour::AsDescribed
    };
    let mut samples = match target {
        Target::Sequential(planes) => sequential::assemble(&header, &planes)?,
        Target::Lossless(samples) => samples,
    };
    // Bits above the stored ones are no part of the image (PS3.5 section 8.1.1): old files keep overlays there.
    if header.precision > pixel.bits_stored || pixel.signed {
        for sample in &mut samples {
            *sample = sign_extend(sample.cast_unsigned(), pixel.bits_stored, pixel.signed);
        }
    }
    Ok((samples, coded_colour))
}
