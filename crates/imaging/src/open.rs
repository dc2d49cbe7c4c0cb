//! From a file's bytes to a volume.

use crate::page::{Arrangement, Page, Picture, Samples, allocate};
use crate::stored::StoredValues;
use crate::{
    Colour, Error, Format, Geometry, Provenance, SampleType, Volume, decode, dicom, signature,
};

/// How large a picture may be. Both limits are checked against the header, before memory is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most pixels, all planes together.
    pub max_pixels: u64,
    /// Most bytes of the decoded samples or of the volume's voxels (4 bytes for each channel of each pixel).
    pub max_bytes: u64,
}

impl Default for Limits {
    /// 64 Mi pixels (8192 x 8192) and 1 GiB, which leaves room in a 32-bit address space.
    fn default() -> Self {
        Self {
            max_pixels: 64 << 20,
            max_bytes: 1 << 30,
        }
    }
}

impl Limits {
    /// Checks the size that a header declares: `planes` pages of `columns` x `rows` pixels with `bytes_per_pixel`
    /// bytes once decoded.
    pub(crate) fn check(
        &self,
        format: Format,
        [planes, rows, columns]: [u64; 3],
        bytes_per_pixel: u64,
    ) -> Result<(), Error> {
        if rows == 0 || columns == 0 {
            return Err(Error::ZeroSize {
                format,
                columns,
                rows,
            });
        }
        let pixels = rows.saturating_mul(columns).saturating_mul(planes);
        if pixels > self.max_pixels {
            return Err(Error::TooLarge {
                columns,
                rows,
                planes,
                limit: self.max_pixels,
            });
        }
        let bytes = pixels.saturating_mul(bytes_per_pixel);
        if bytes > self.max_bytes {
            return Err(Error::TooManyBytes {
                bytes,
                limit: self.max_bytes,
            });
        }
        Ok(())
    }

    /// The byte limit as a length in memory.
    pub(crate) fn max_length(&self) -> usize {
        usize::try_from(self.max_bytes).unwrap_or(usize::MAX)
    }
}

/// Opens a picture or a volume: PNG, JPEG, TIFF (its pages of equal size become planes), BMP, GIF, WebP, DICOM in one file
/// (see [`dicom`](crate::dicom); series: [`open_files`](crate::open_files)), or NIfTI in one file, compressed or not
/// (pairs: [`open_nifti_pair`](crate::open_nifti_pair)).
///
/// The format is told by the first bytes; `name` serves only to say in [`Provenance::notes`] that a file's name
/// promises another format. The orientation tag of Exif and TIFF is applied, inverted grey scales (TIFF's
/// WhiteIsZero) are put right and said so, palettes become colours (or grey, if they hold greys only), and alpha is dropped.
/// NIfTI values are scaled as the header says; of a series (4D) the first volume is opened.
///
/// # Errors
/// Every fault of the file, see [`Error`]. A file that is cut short is an error, not half a picture.
pub fn open(bytes: &[u8], name: &str, limits: &Limits) -> Result<Volume, Error> {
    let format = signature::detect_named(bytes, name)?;
    let mut volume = match format {
        Format::Dicom => dicom::open(bytes, limits)?,
        Format::Nifti => decode::nifti::open(bytes, limits)?,
        _ => arrange(decode::decode(format, bytes, limits)?, limits)?,
    };
    if let Some(promised) = signature::promised_by_name(name).filter(|&promised| promised != format)
    {
        volume.provenance.notes.push(format!(
            "The name says {promised}, the content is {format}."
        ));
    }
    Ok(volume)
}

/// Turns decoded pages into a channel-first volume, upright and without alpha.
fn arrange(picture: Picture, limits: &Limits) -> Result<Volume, Error> {
    let Picture {
        format,
        sample_type,
        bits,
        colour,
        white_is_zero,
        mut notes,
        pages,
    } = picture;
    let Some(first) = pages.first() else {
        return Err(Error::damaged(format, "it holds no picture"));
    };
    let (rows, columns) = first.orientation.upright_size(first.rows, first.columns);
    let planes = pages.len();
    let is_colour_palette = pages
        .iter()
        .any(|page| page.palette.iter().any(|[r, g, b]| r != g || g != b));
    let channels = if colour == Colour::Rgb || is_colour_palette {
        3
    } else {
        1
    };
    limits.check(
        format,
        [planes as u64, rows as u64, columns as u64],
        4 * channels as u64,
    )?;
    notes.extend(first.orientation.note().map(str::to_owned));

    let pixels = rows * columns;
    let mut voxels = allocate(channels * planes * pixels, 0.0_f32)?;
    for (plane, page) in pages.into_iter().enumerate() {
        page.check(format, if colour == Colour::Rgb { 3 } else { 1 })?;
        if page.orientation.upright_size(page.rows, page.columns) != (rows, columns) {
            return Err(Error::damaged(format, "its pages differ in size"));
        }
        for (channel, block) in voxels.chunks_exact_mut(planes * pixels).enumerate() {
            if let Some(target) = block.chunks_exact_mut(pixels).nth(plane) {
                match colour {
                    Colour::Palette => place_palette(&page, channel, target, format)?,
                    Colour::Grey | Colour::Rgb => place(&page, channel, target),
                }
            }
        }
    }

    // What numbers of other types would mean with 0 as white, TIFF does not say; they stay as they are.
    let inverted_from = (white_is_zero && sample_type.is_unsigned()).then(|| largest(bits));
    if let Some(white) = inverted_from {
        voxels.iter_mut().for_each(|voxel| *voxel = white - *voxel);
        notes
            .push("The grey scale was inverted, because the file says that 0 is white.".to_owned());
    }

    let (range, not_finite) = finite_range(&voxels);
    notes.extend(value_notes(sample_type, not_finite));
    let display_range = display_range(sample_type, bits, colour, range);
    Ok(Volume {
        channels,
        shape: [planes, rows, columns],
        voxels,
        geometry: Geometry::default(),
        provenance: Provenance {
            format,
            sample_type,
            bits,
            colour,
            inverted_from,
            notes,
            display_range,
            stored: StoredValues::Voxels,
        },
        source: None,
    })
}

/// What there is to say about values that are not what the file holds.
pub(crate) fn value_notes(sample_type: SampleType, not_finite: usize) -> Vec<String> {
    let mut notes = Vec::new();
    if not_finite > 0 {
        notes.push(format!(
            "{not_finite} values are not finite numbers; they count as the mean."
        ));
    }
    if sample_type.exceeds_f32() {
        notes.push(format!(
            "Values of type {sample_type} are kept to 7 significant digits."
        ));
    }
    notes
}

/// The largest value of an unsigned sample.
pub(crate) fn largest(bits: u8) -> f32 {
    (2.0_f64.powi(i32::from(bits)) - 1.0) as f32
}

/// Copies one channel of a checked page to its place in the upright picture.
fn place(page: &Page, channel: usize, target: &mut [f32]) {
    match &page.samples {
        Samples::U8(samples) => place_samples(page, samples, channel, target, f32::from),
        Samples::U16(samples) => place_samples(page, samples, channel, target, f32::from),
        Samples::F32(samples) => place_samples(page, samples, channel, target, |value| value),
    }
}

fn place_samples<T: Copy>(
    page: &Page,
    samples: &[T],
    channel: usize,
    target: &mut [f32],
    to_f32: impl Fn(T) -> f32,
) {
    let (step, offset) = match page.arrangement {
        Arrangement::Interleaved => (page.samples_per_pixel, channel),
        Arrangement::Planar => (1, channel * page.rows * page.columns),
    };
    let mut source = samples.iter().skip(offset).step_by(step);
    for row in 0..page.rows {
        for column in 0..page.columns {
            let destination = page
                .orientation
                .destination(row, column, page.rows, page.columns);
            if let (Some(value), Some(&sample)) = (target.get_mut(destination), source.next()) {
                *value = to_f32(sample);
            }
        }
    }
}

/// Looks palette indices up and copies one channel of their colours.
fn place_palette(
    page: &Page,
    channel: usize,
    target: &mut [f32],
    format: Format,
) -> Result<(), Error> {
    let Samples::U8(indices) = &page.samples else {
        return Err(Error::unsupported(
            format,
            "a palette of more than 256 colours",
        ));
    };
    let table: Vec<f32> = page
        .palette
        .iter()
        .map(|entry| entry.get(channel).copied().map_or(0.0, f32::from))
        .collect();
    let used = indices
        .iter()
        .step_by(page.samples_per_pixel)
        .copied()
        .max()
        .unwrap_or(0);
    if usize::from(used) >= table.len() {
        let detail = format!(
            "a pixel refers to a colour outside the palette of {}",
            table.len()
        );
        return Err(Error::damaged(format, detail));
    }
    let lookup = |index: u8| table.get(usize::from(index)).copied().unwrap_or(0.0);
    place_samples(page, indices, 0, target, lookup);
    Ok(())
}

/// The smallest and largest finite value and the number of values that are not finite.
pub(crate) fn finite_range(values: &[f32]) -> (Option<[f32; 2]>, usize) {
    let mut range: Option<[f32; 2]> = None;
    let mut not_finite = 0;
    for &value in values {
        if value.is_finite() {
            let [low, high] = range.unwrap_or([value, value]);
            range = Some([low.min(value), high.max(value)]);
        } else {
            not_finite += 1;
        }
    }
    (range, not_finite)
}

pub(crate) fn display_range(
    sample_type: SampleType,
    bits: u8,
    colour: Colour,
    range: Option<[f32; 2]>,
) -> [f32; 2] {
    match (sample_type, colour) {
        (_, Colour::Palette) => [0.0, 255.0],
        (SampleType::Uint8, _) => [0.0, largest(bits)],
        (SampleType::Uint16, Colour::Rgb) => [0.0, 65535.0],
        _ => grey_range(range),
    }
}

/// From the smallest to the largest finite value, not empty.
pub(crate) fn grey_range(range: Option<[f32; 2]>) -> [f32; 2] {
    match range {
        Some([low, high]) if low < high => [low, high],
        // A constant picture still needs a range that is not empty.
        Some([value, _]) => [value, value + value.abs().max(1.0)],
        None => [0.0, 1.0],
    }
}
