//! Label pictures: class ids, exactly as stored.

use crate::page::{Arrangement, Page, Samples, allocate};
use crate::summary::Stored;
use crate::{Colour, Error, Format, Limits, Volume, decode, open, signature};

/// True classes, one for each voxel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// Planes, rows and columns.
    pub shape: [usize; 3],
    /// Class ids, `[planes, rows, columns]`, each below the number of classes asked for.
    pub ids: Vec<u8>,
}

/// Opens a label picture for a model with `classes` classes (background, id 0, included).
///
/// Understood are grey pictures whose values are class ids, palette pictures (the index is the id, whatever its
/// colour), colour pictures whose channels are equal, and, for two classes, black-and-white masks: 0 and the largest
/// value of the type (0 and 255 for 8 bits). The orientation tag is applied.
///
/// # Errors
/// [`Error::UnknownLabel`] names the smallest value that is no class; [`Error::InexactLabels`] refuses lossy files,
/// colours and fractions; else as [`open`](crate::open()).
pub fn open_labels(
    bytes: &[u8],
    name: &str,
    limits: &Limits,
    classes: u8,
) -> Result<Labels, Error> {
    let format = signature::detect(bytes)?;
    if format == Format::Jpeg {
        return Err(Error::InexactLabels {
            what: "a JPEG, whose compression blurs edges,".to_owned(),
        });
    }
    if format == Format::Dicom {
        return ids_of_volume(&open(bytes, name, limits)?, classes);
    }
    let picture = decode::decode(format, bytes, limits)?;
    let Some(first) = picture.pages.first() else {
        return Err(Error::damaged(format, "it holds no picture"));
    };
    let (rows, columns) = first.orientation.upright_size(first.rows, first.columns);
    let shape = [picture.pages.len(), rows, columns];
    let channels = if picture.colour == Colour::Rgb { 3 } else { 1 };
    let white = if picture.bits >= 32 {
        u64::from(u32::MAX)
    } else {
        (1 << picture.bits) - 1
    };
    // A palette's index is the id even where there are two entries, so a mask of 0 and 255 is a grey picture's.
    let mask_of_two = classes == 2 && picture.colour != Colour::Palette;

    let mut ids = allocate(rows * columns * picture.pages.len(), 0_u8)?;
    let mut unknown: Option<f64> = None;
    for (page, plane) in picture
        .pages
        .iter()
        .zip(ids.chunks_exact_mut(rows * columns))
    {
        page.check(format, channels)?;
        if page.orientation.upright_size(page.rows, page.columns) != (rows, columns) {
            return Err(Error::damaged(format, "its pages differ in size"));
        }
        for row in 0..page.rows {
            for column in 0..page.columns {
                let value = value_at(page, row * page.columns + column, channels)?;
                let destination =
                    page.orientation
                        .destination(row, column, page.rows, page.columns);
                if value >= 0.0 && value < f64::from(classes) {
                    if value.fract() != 0.0 {
                        return Err(Error::InexactLabels {
                            what: "numbers with a fraction".to_owned(),
                        });
                    }
                    if let Some(id) = plane.get_mut(destination) {
                        *id = value as u8;
                    }
                } else if mask_of_two && value == white as f64 {
                    if let Some(id) = plane.get_mut(destination) {
                        *id = 1;
                    }
                } else if !unknown.is_some_and(|smallest| smallest <= value) {
                    unknown = Some(value);
                }
            }
        }
    }
    match unknown {
        Some(value) => Err(Error::UnknownLabel {
            id: value.to_string(),
            classes,
        }),
        None => Ok(Labels { shape, ids }),
    }
}

/// The class ids of a volume: its samples as stored, each a class id.
fn ids_of_volume(volume: &Volume, classes: u8) -> Result<Labels, Error> {
    let stored = Stored::of(volume);
    if stored.channels != 1 {
        return Err(Error::InexactLabels {
            what: "true colours".to_owned(),
        });
    }
    let mut ids = allocate(volume.voxels_per_channel(), 0_u8)?;
    let mut unknown: Option<f32> = None;
    for (id, value) in ids.iter_mut().zip(stored.samples()) {
        if value >= 0.0 && value < f32::from(classes) {
            if value.fract() != 0.0 {
                return Err(Error::InexactLabels {
                    what: "numbers with a fraction".to_owned(),
                });
            }
            *id = value as u8;
        } else if !unknown.is_some_and(|smallest| smallest <= value) {
            unknown = Some(value);
        }
    }
    match unknown {
        Some(value) => Err(Error::UnknownLabel {
            id: value.to_string(),
            classes,
        }),
        None => Ok(Labels {
            shape: volume.shape,
            ids,
        }),
    }
}

/// The one value of a pixel; an error where its colour channels differ.
fn value_at(page: &Page, pixel: usize, channels: usize) -> Result<f64, Error> {
    let (step, between) = match page.arrangement {
        Arrangement::Interleaved => (page.samples_per_pixel, 1),
        Arrangement::Planar => (1, page.rows * page.columns),
    };
    let sample = |channel: usize| {
        let index = pixel * step + channel * between;
        match &page.samples {
            Samples::U8(values) => values.get(index).copied().map(f64::from),
            Samples::U16(values) => values.get(index).copied().map(f64::from),
            Samples::F32(values) => values.get(index).copied().map(f64::from),
        }
        .unwrap_or(0.0)
    };
    let value = sample(0);
    if (1..channels).any(|channel| sample(channel) != value) {
        return Err(Error::InexactLabels {
            what: "true colours".to_owned(),
        });
    }
    Ok(value)
}
