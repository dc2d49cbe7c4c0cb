//! JPEG as DICOM uses it (ITU-T T.81): sequential with 8 or 12 bits, and lossless with 2 to 16.
//!
//! The crate that decodes JPEG pictures knows 8 bits only, and turns colours as it finds right; here Photometric
//! Interpretation has a say too.

mod huffman;
mod lossless;
mod sequential;

use self::huffman::{BitReader, HuffmanTable};
use super::CodedColour;
use super::native::{interpret, sign_extend};
use crate::dicom::image_pixel::ImagePixel;
use crate::{Error, Format};

/// Frame header (section B.2.2).
struct Frame {
    precision: u8,
    rows: usize,
    columns: usize,
    lossless: bool,
    components: Vec<Component>,
}

struct Component {
    id: u8,
    /// Sampling factors, 1 to 4.
    horizontal: usize,
    vertical: usize,
    quantisation: usize,
}

/// What one scan says of a component: its place in the frame and its tables.
struct ScanComponent {
    index: usize,
    dc_table: usize,
    ac_table: usize,
}

/// Scan header (section B.2.3).
struct Scan {
    components: Vec<ScanComponent>,
    /// The predictor of lossless scans.
    selection: u8,
    /// Low bits left out by lossless scans.
    point_transform: u8,
}

/// Tables as they stand when a scan begins.
#[derive(Default)]
struct Tables {
    quantisation: [Option<[u16; 64]>; 4],
    dc: [Option<HuffmanTable>; 4],
    ac: [Option<HuffmanTable>; 4],
    restart_interval: usize,
}

/// Where decoded samples gather.
enum Target {
    Sequential(Vec<sequential::Plane>),
    Lossless(Vec<i32>),
}

fn damaged(detail: &str) -> Error {
    Error::damaged(Format::Dicom, format!("its JPEG data: {detail}"))
}

fn cut_short() -> Error {
    damaged("it ends before the image is complete")
}

pub(super) fn decode(stream: &[u8], pixel: &ImagePixel) -> Result<(Vec<i32>, CodedColour), Error> {
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
    let odd_place =
        pixel.high_bit + 1 != pixel.bits_stored && header.precision == pixel.bits_allocated;
    if odd_place || pixel.signed {
        for sample in &mut samples {
            let word = sample.cast_unsigned();
            *sample = if odd_place {
                interpret(word, pixel)
            } else {
                sign_extend(word, pixel.bits_stored, true)
            };
        }
    }
    Ok((samples, coded_colour))
}

/// Walks from marker to marker.
struct Markers<'a> {
    stream: &'a [u8],
    position: usize,
}

impl<'a> Markers<'a> {
    /// The next marker's code; `None` at the end of the stream.
    fn next(&mut self) -> Option<u8> {
        loop {
            let rest = self.stream.get(self.position..)?;
            let start = rest.iter().position(|&byte| byte == 0xFF)?;
            let code = *rest.get(start + 1)?;
            match code {
                0x00 => self.position += start + 2,
                // Fill bytes may stand before a marker.
                0xFF => self.position += start + 1,
                code => {
                    self.position += start + 2;
                    return Some(code);
                }
            }
        }
    }

    /// The marker segment that begins here, without its length.
    fn segment(&mut self) -> Result<&'a [u8], Error> {
        let rest = self.stream.get(self.position..).unwrap_or_default();
        let length = rest
            .first_chunk()
            .map(|&pair| usize::from(u16::from_be_bytes(pair)))
            .ok_or_else(cut_short)?;
        let segment = rest.get(2..length).ok_or_else(cut_short)?;
        self.position += length;
        Ok(segment)
    }
}

impl Frame {
    fn read(segment: &[u8], lossless: bool, pixel: &ImagePixel) -> Result<Self, Error> {
        let &[precision, r1, r0, c1, c0, count, ref rest @ ..] = segment else {
            return Err(damaged("its frame header is cut short"));
        };
        let rows = usize::from(u16::from_be_bytes([r1, r0]));
        let columns = usize::from(u16::from_be_bytes([c1, c0]));
        if (rows, columns, usize::from(count))
            != (pixel.rows, pixel.columns, pixel.samples_per_pixel)
        {
            return Err(damaged("its size differs from that of the image"));
        }
        let allowed = if lossless {
            (2..=16).contains(&precision)
        } else {
            matches!(precision, 8 | 12)
        };
        if !allowed || precision > pixel.bits_allocated {
            return Err(damaged("its samples have a depth that the image has not"));
        }
        let components: Vec<Component> = rest
            .as_chunks::<3>()
            .0
            .iter()
            .map(|&[id, sampling, quantisation]| Component {
                id,
                horizontal: usize::from(sampling >> 4),
                vertical: usize::from(sampling & 15),
                quantisation: usize::from(quantisation),
            })
            .collect();
        let is_sane = components.len() == usize::from(count)
            && components
                .iter()
                .all(|part| (1..=4).contains(&part.horizontal) && (1..=4).contains(&part.vertical));
        if !is_sane {
            return Err(damaged("its frame header is wrong"));
        }
        let is_subsampled = components.iter().any(|part| {
            components
                .first()
                .map(|first| (first.horizontal, first.vertical))
                != Some((part.horizontal, part.vertical))
        });
        if lossless && is_subsampled {
            return Err(Error::unsupported(
                Format::Dicom,
                "lossless JPEG with halved chroma",
            ));
        }
        Ok(Self {
            precision,
            rows,
            columns,
            lossless,
            components,
        })
    }
}

impl Scan {
    fn read(segment: &[u8], frame: &Frame) -> Result<Self, Error> {
        let wrong = || damaged("a scan header is wrong");
        let (&count, rest) = segment.split_first().ok_or_else(wrong)?;
        let (selectors, rest) = rest
            .split_at_checked(2 * usize::from(count))
            .ok_or_else(wrong)?;
        let &[selection, _, approximation] = rest else {
            return Err(wrong());
        };
        let components: Vec<ScanComponent> = selectors
            .as_chunks::<2>()
            .0
            .iter()
            .map(|&[id, table]| {
                let index = frame.components.iter().position(|part| part.id == id)?;
                Some(ScanComponent {
                    index,
                    dc_table: usize::from(table >> 4),
                    ac_table: usize::from(table & 15),
                })
            })
            .collect::<Option<_>>()
            .ok_or_else(wrong)?;
        let is_repeated = components.iter().enumerate().any(|(place, part)| {
            components
                .iter()
                .take(place)
                .any(|other| other.index == part.index)
        });
        if components.is_empty() || is_repeated {
            return Err(wrong());
        }
        Ok(Self {
            components,
            selection,
            point_transform: approximation & 15,
        })
    }
}

impl Tables {
    fn read_huffman(&mut self, mut segment: &[u8]) -> Result<(), Error> {
        let wrong = || damaged("a Huffman table is wrong");
        while let Some((&target, rest)) = segment.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or_else(wrong)?;
            let symbols = counts.iter().map(|&count| usize::from(count)).sum();
            let (symbols, rest) = rest.split_at_checked(symbols).ok_or_else(wrong)?;
            let table = HuffmanTable::new(counts, symbols).ok_or_else(wrong)?;
            let tables = if target >> 4 == 0 {
                &mut self.dc
            } else {
                &mut self.ac
            };
            *tables.get_mut(usize::from(target & 15)).ok_or_else(wrong)? = Some(table);
            segment = rest;
        }
        Ok(())
    }

    fn read_quantisation(&mut self, mut segment: &[u8]) -> Result<(), Error> {
        let wrong = || damaged("a quantisation table is wrong");
        while let Some((&target, rest)) = segment.split_first() {
            let mut table = [0_u16; 64];
            if target >> 4 == 0 {
                let (values, rest) = rest.split_first_chunk::<64>().ok_or_else(wrong)?;
                table = values.map(u16::from);
                segment = rest;
            } else {
                let (values, rest) = rest.split_first_chunk::<128>().ok_or_else(wrong)?;
                for (entry, &pair) in table.iter_mut().zip(values.as_chunks::<2>().0) {
                    *entry = u16::from_be_bytes(pair);
                }
                segment = rest;
            }
            *self
                .quantisation
                .get_mut(usize::from(target & 15))
                .ok_or_else(wrong)? = Some(table);
        }
        Ok(())
    }
}
