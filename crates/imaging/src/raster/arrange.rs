//! From decoded pages to a volume: upright, channel first, without alpha, palettes looked up.

use super::decoded::{Arrangement, Page, Picture};
use crate::memory::allocate;
use crate::sample::Samples;
use crate::stored_values::StoredValues;
use crate::value_range::{display_range, finite_range, largest, value_notes, without_outliers};
use crate::{Colour, Error, Format, Geometry, Limits, Provenance, Volume};

/// Turns decoded pages into a channel-first volume, upright and without alpha.
pub(crate) fn arrange(picture: Picture, limits: &Limits) -> Result<Volume, Error> {
    let Picture {
        format,
        sample_type,
        bits,
        colour,
        white_is_zero,
        mut notes,
        pages,
        parts,
        spacing,
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
    let first_orientation = first.orientation;
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
    let range = if colour == Colour::Grey {
        without_outliers(&voxels, range, &mut notes)
    } else {
        range
    };
    let display_range = display_range(sample_type, bits, colour, range);
    Ok(Volume {
        channels,
        shape: [planes, rows, columns],
        voxels,
        geometry: Geometry {
            spacing: spacing.map(|spacing| first_orientation.upright_spacing(spacing)),
            ..Geometry::default()
        },
        provenance: Provenance {
            format,
            sample_type,
            bits,
            colour,
            inverted_from,
            notes,
            display_range,
            stored: StoredValues::Voxels,
            parts,
            segments: Vec::new(),
        },
        source: None,
    })
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
