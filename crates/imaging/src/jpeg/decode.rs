//! A whole code stream: from marker to marker, scan by scan.

use super::fault::{cut_short, damaged};
use super::headers::{Frame, Scan};
use super::huffman::BitReader;
use super::markers::Markers;
use super::tables::Tables;
use super::{lossless, sequential};
use crate::{Error, Format};

/// Where decoded samples gather.
enum Target {
    Sequential(Vec<sequential::Plane>),
    Lossless(Vec<i32>),
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
                let header = Frame::read(segment, marker == 0xC3, expected)?;
                let target = if header.lossless {
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
                    Format::Jpeg,
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
    let samples = match target {
        Target::Sequential(planes) => sequential::assemble(&header, &planes)?,
        Target::Lossless(samples) => samples,
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
