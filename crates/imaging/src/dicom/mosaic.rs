//! Siemens mosaics: the slices of an echo-planar volume as tiles of one picture.
//!
//! Image Type says so; how many tiles are slices stands in private attributes: Number of Images in Mosaic (0019,100A), or
//! the same in the text of the CSA header (0029,1010). Tiles come row by row, in as many rows as columns. The position is
//! that of a picture as large as the mosaic about the slice's centre (nibabel, "Siemens mosaics").

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::data_set::DataSet;
use super::discriminators::discriminators;
use super::frame_attributes::FrameAttributes;
use super::image_pixel::ImagePixel;
use super::plane::{Plane, PlaneGeometry, normal};

/// More slices than any echo-planar volume has.
const MAX_TILES: usize = 4096;
const MOSAIC_COUNT: Tag = Tag(0x0019, 0x100A);
const CSA_IMAGE_HEADER: Tag = Tag(0x0029, 0x1010);

/// How the tiles of a picture lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mosaic {
    /// Tiles that are slices.
    pub tiles: usize,
    /// Tiles along each side.
    side: usize,
    /// Slice Normal Vector of the CSA header, LPS+.
    stated_normal: Option<[f64; 3]>,
}

impl Mosaic {
    /// Reads what a picture says of its tiles; `None` for any other picture, and for a mosaic that does not say how many
    /// tiles it has.
    pub(super) fn read(data_set: &DataSet<'_>, pixel: &ImagePixel) -> Option<Self> {
        let is_mosaic = data_set
            .texts(tags::IMAGE_TYPE)
            .any(|value| value == "MOSAIC" || value == "VFRAME");
        if !is_mosaic || pixel.frames != 1 || pixel.samples_per_pixel != 1 {
            return None;
        }
        let csa = data_set.bytes(CSA_IMAGE_HEADER).map(Csa::new);
        let tiles = data_set
            .unsigned(MOSAIC_COUNT)
            .or_else(|| data_set.bytes(MOSAIC_COUNT).and_then(number_of_bytes))
            .map(|tiles| tiles as usize)
            .or_else(|| {
                let first = csa.as_ref()?.values("NumberOfImagesInMosaic")?;
                first.first().map(|&tiles| tiles as usize)
            })
            .filter(|tiles| (2..=MAX_TILES).contains(tiles))?;
        let side = (1..=tiles).find(|side| side * side >= tiles)?;
        let fits = pixel.rows.is_multiple_of(side) && pixel.columns.is_multiple_of(side);
        let stated_normal = csa
            .and_then(|csa| csa.values("SliceNormalVector"))
            .and_then(|values| values.try_into().ok());
        fits.then_some(Self {
            tiles,
            side,
            stated_normal,
        })
    }

    /// One tile as an image of its own.
    pub(super) fn tile(&self, pixel: &ImagePixel) -> ImagePixel {
        ImagePixel {
            rows: pixel.rows / self.side,
            columns: pixel.columns / self.side,
            ..*pixel
        }
    }

    pub(super) fn note(&self) -> String {
        format!(
            "The picture is a mosaic of {} slices, which were taken apart.",
            self.tiles
        )
    }

    /// The tiles as planes, placed by the position of the mosaic.
    pub(super) fn planes(
        &self,
        data_set: &DataSet<'_>,
        mosaic: &PlaneGeometry,
        pixel: &ImagePixel,
    ) -> Vec<Plane> {
        let attributes = FrameAttributes::of(data_set, 0);
        let step = data_set
            .number(tags::SPACING_BETWEEN_SLICES)
            .map(f64::abs)
            .filter(|&step| step > 0.0)
            .or(mosaic.thickness);
        let first = self.first_position(mosaic, pixel);
        (0..self.tiles)
            .map(|tile| {
                let position = first.zip(step).and_then(|(first, step)| {
                    let normal = self.normal(mosaic)?;
                    Some(std::array::from_fn(|axis| {
                        let along = normal.get(axis).copied().unwrap_or(0.0);
                        first.get(axis).copied().unwrap_or(0.0) + tile as f64 * step * along
                    }))
                });
                Plane {
                    frame: tile,
                    is_multi_frame: true,
                    is_tile: true,
                    geometry: PlaneGeometry {
                        position,
                        ..*mosaic
                    },
                    instance_number: data_set.unsigned(tags::INSTANCE_NUMBER),
                    discriminators: discriminators(data_set, &attributes, true),
                }
            })
            .collect()
    }

    /// The way from slice to slice: the stated one, which may run against that of rows and columns.
    fn normal(&self, mosaic: &PlaneGeometry) -> Option<[f64; 3]> {
        let computed = normal(&mosaic.orientation?);
        let agreement = self.stated_normal.map_or(1.0, |stated| {
            stated.iter().zip(computed).map(|(a, b)| a * b).sum::<f64>()
        });
        Some(computed.map(|part| if agreement < 0.0 { -part } else { part }))
    }

    fn first_position(&self, mosaic: &PlaneGeometry, pixel: &ImagePixel) -> Option<[f64; 3]> {
        let position = mosaic.position?;
        let [along_row, along_column] = mosaic.orientation?;
        let [between_rows, between_columns] = mosaic.spacing?;
        let tile = self.tile(pixel);
        let across = (pixel.columns - tile.columns) as f64 / 2.0 * between_columns;
        let down = (pixel.rows - tile.rows) as f64 / 2.0 * between_rows;
        Some(std::array::from_fn(|axis| {
            let of = |vector: [f64; 3]| vector.get(axis).copied().unwrap_or(0.0);
            of(position) + across * of(along_row) + down * of(along_column)
        }))
    }

    /// Cuts a tile out of the samples of a mosaic of `columns` pixels a row.
    pub(super) fn cut<T: Copy>(&self, samples: &[T], pixel: &ImagePixel, tile: usize) -> Vec<T> {
        let size = self.tile(pixel);
        let (top, left) = (
            tile / self.side * size.rows,
            tile % self.side * size.columns,
        );
        samples
            .chunks_exact(pixel.columns.max(1))
            .skip(top)
            .take(size.rows)
            .flat_map(|line| line.iter().skip(left).take(size.columns).copied())
            .collect()
    }
}

/// A number of two bytes whose representation the file does not say.
fn number_of_bytes(bytes: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(bytes)
        .ok()
        .map(|text| text.trim_matches([' ', '\0']));
    match (text.and_then(|text| text.parse().ok()), bytes) {
        (Some(number), _) => Some(number),
        (None, &[low, high]) => Some(u32::from(u16::from_le_bytes([low, high]))),
        _ => None,
    }
}

/// The CSA header as text: names of 64 bytes, each followed by its values as decimal strings.
struct Csa<'a> {
    bytes: &'a [u8],
}

/// Values of one element are not longer, headers included.
const MAX_CSA_ELEMENT: usize = 1024;
/// A name and what stands between it and the first value: multiplicity, representation, type, count and a mark, then the
/// four numbers before each value.
const CSA_NAME: usize = 64;

impl<'a> Csa<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The numbers of an element.
    fn values(&self, name: &str) -> Option<Vec<f64>> {
        let mut padded = name.as_bytes().to_vec();
        padded.push(0);
        let at = self
            .bytes
            .windows(padded.len())
            .position(|window| window == padded)?;
        let element = self.bytes.get(at + CSA_NAME..)?;
        let element = element.get(..MAX_CSA_ELEMENT).unwrap_or(element);
        let long = |at: usize| {
            let &quad = element.get(at..)?.first_chunk::<4>()?;
            Some(u32::from_le_bytes(quad) as usize)
        };
        let multiplicity = long(0)?;
        let count = long(12)?.min(MAX_CSA_ELEMENT);
        let mut place = 20;
        let mut values = Vec::new();
        for _ in 0..count {
            // The length is the first or the second of the four numbers, by the header's version.
            let length = long(place + 4)?;
            let text = element.get(place + 16..)?.get(..length)?;
            place = place.checked_add(16 + length.next_multiple_of(4))?;
            let text = text.split(|&byte| byte == 0).next()?;
            let number: Option<f64> = std::str::from_utf8(text).ok()?.trim().parse().ok();
            values.extend(number);
            if values.len() == multiplicity.max(1) {
                break;
            }
        }
        (!values.is_empty()).then_some(values)
    }
}
