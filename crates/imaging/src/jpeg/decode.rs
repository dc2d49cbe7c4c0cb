//! A whole code stream: from marker to marker, scan by scan.

use super::arithmetic::Arithmetic;
use super::coefficients::Coefficients;
use super::fault::{cut_short, damaged};
use super::headers::{Frame, Scan};
use super::huffman::BitReader;
use super::markers::Markers;
use super::progressive::Progressive;
use super::tables::Tables;
use super::{lossless, sequential};
use crate::{Error, Format};

/// Where decoded samples gather.
enum Target {
    Sequential(Vec<sequential::Plane>),
    Lossless(Vec<i32>),
    /// Coefficients, and for each component the bits that are still to come of each: 255 where all are.
    Coefficients(Coefficients, Vec<[u8; 64]>),
}

/// What the stream must be, checked before memory is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected {
    pub rows: usize,
    pub columns: usize,
    pub components: usize,
    /// Most bits of a sample.
    pub bits: u8,
}

/// A picture as coded.
pub(crate) struct Decoded {
    /// `[rows, columns, components]`.
    pub samples: Vec<i32>,
    /// Bits of a sample.
    pub precision: u8,
    pub is_lossless: bool,
    pub is_jfif: bool,
    /// The transformation that Adobe's marker names: 0 none, 1 YCbCr, 2 YCCK.
    pub adobe: Option<u8>,
    /// Whether the components are called R, G and B.
    pub is_named_rgb: bool,
}

pub(crate) fn decode(stream: &[u8], expected: &Expected) -> Result<Decoded, Error> {
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
    let mut adobe = None;
    let mut has_end = false;
    let mut process = 0;
    let mut is_jfif = false;
    while let Some(marker) = markers.next() {
        match marker {
            0xD9 => {
                has_end = true;
                break;
            }
            0x01 | 0xD0..=0xD7 => continue,
            _ => {}
        }
        let segment = markers.segment()?;
        match marker {
            0xC0..=0xC3 | 0xC9 | 0xCA if frame.is_none() => {
                process = marker;
                let header = Frame::read(segment, marker == 0xC3, expected)?;
                let target = if matches!(marker, 0xC2 | 0xC9 | 0xCA) {
                    let missing = vec![[u8::MAX; 64]; header.components.len()];
                    Target::Coefficients(Coefficients::new(&header)?, missing)
                } else if header.lossless {
                    Target::Lossless(crate::memory::allocate(
                        expected.rows * expected.columns * expected.components,
                        0,
                    )?)
                } else {
                    Target::Sequential(sequential::planes(&header)?)
                };
                frame = Some((header, target));
            }
            0xC4 => tables.read_huffman(segment)?,
            0xCC => tables.read_conditioning(segment)?,
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
                    adobe = Some(*transform);
                }
            }
            0xDA => {
                let (header, target) = frame
                    .as_mut()
                    .ok_or_else(|| damaged("a scan comes before the frame's header"))?;
                let scan = Scan::read(segment, header)?;
                let start = markers.position;
                markers.position = match target {
                    Target::Sequential(planes) => {
                        let mut bits = BitReader::new(stream, start);
                        sequential::scan(&mut bits, header, &scan, &tables, planes)?;
                        bits.position()
                    }
                    Target::Lossless(samples) => {
                        let mut bits = BitReader::new(stream, start);
                        lossless::scan(&mut bits, header, &scan, &tables, samples)?;
                        bits.position()
                    }
                    Target::Coefficients(coefficients, missing) => {
                        let interval = tables.restart_interval;
                        let is_progressive = process != 0xC9;
                        if is_progressive {
                            note_band(&scan, missing)?;
                        }
                        if process == 0xC2 {
                            let bits = BitReader::new(stream, start);
                            let mut coder = Progressive::new(bits, &scan, &tables)?;
                            coefficients.scan(header, &scan, interval, &mut coder)?;
                            coder.position()
                        } else {
                            let conditioning = tables.conditioning;
                            let mut coder = Arithmetic::new(
                                stream,
                                start,
                                &scan,
                                conditioning,
                                is_progressive,
                            )?;
                            coefficients.scan(header, &scan, interval, &mut coder)?;
                            coder.position()
                        }
                    }
                };
                for component in &scan.components {
                    scanned |= 1 << component.index;
                }
            }
            0xC5..=0xC7 | 0xCB | 0xCD..=0xCF => {
                return Err(Error::unsupported(
                    Format::Jpeg,
                    "hierarchical or lossless arithmetic JPEG coding",
                ));
            }
            _ => {}
        }
    }
    let (header, target) = frame.ok_or_else(cut_short)?;
    if scanned.count_ones() as usize != header.components.len() {
        return Err(cut_short());
    }
    let samples = match target {
        Target::Sequential(planes) => sequential::assemble(&header, &planes)?,
        Target::Lossless(samples) => samples,
        Target::Coefficients(coefficients, missing) => {
            // Without an end marker only the coefficients tell whether all is there; arithmetic codes never run out.
            let is_whole = process == 0xC2 && missing.iter().flatten().all(|&bits| bits == 0);
            if !has_end && !is_whole {
                return Err(cut_short());
            }
            sequential::assemble(&header, &coefficients.planes(&header, &tables)?)?
        }
    };
    Ok(Decoded {
        samples,
        precision: header.precision,
        is_lossless: header.lossless,
        is_jfif,
        adobe,
        is_named_rgb: header.components.iter().map(|part| part.id).eq(*b"RGB"),
    })
}

/// Notes which bits of which coefficients a progressive scan brings.
fn note_band(scan: &Scan, missing: &mut [[u8; 64]]) -> Result<(), Error> {
    let (first, last) = scan.band()?;
    for part in &scan.components {
        let bits = missing.get_mut(part.index).into_iter().flatten();
        bits.skip(first)
            .take(last + 1 - first)
            .for_each(|bits| *bits = scan.point_transform);
    }
    Ok(())
}
