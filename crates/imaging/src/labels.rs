//! Label pictures: class ids, exactly as stored.

use crate::choice::Choice;
use crate::class_ids::ClassIds;
use crate::memory::allocate;
use crate::open::own_data;
use crate::raster::decoded::{Arrangement, Page};
use crate::sample::Samples;
use crate::stored_samples::stored_samples;
use crate::{
    Colour, Error, Format, Geometry, Labels, Limits, Volume, grid_file, nifti, open, packed,
    raster, signature,
};

/// Opens a label picture for a model with `classes` classes (background, id 0, included).
///
/// Understood are grey pictures whose values are class ids, palette pictures (the index is the id, whatever its
/// colour), colour pictures whose channels are equal, and, for two classes, black-and-white masks: 0 and the largest
/// value of the type (0 and 255 for 8 bits), or 0 and any one other number. The orientation tag is applied. NIfTI volumes may store ids as any type of
/// number, scaled or not, as long as each is a whole one.
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
    let unpacked = packed::unwrapped(bytes, name, limits)?;
    let (bytes, name) = match &unpacked {
        Some((bytes, name)) => (bytes.as_slice(), name.as_ref()),
        None => (bytes, name),
    };
    let format = signature::detect_named(bytes, name)?;
    if format == Format::Jpeg {
        return Err(Error::InexactLabels {
            what: "a JPEG, whose compression blurs edges,".to_owned(),
        });
    }
    if format == Format::Dicom {
        return of_dicom(&open(bytes, name, limits)?, classes);
    }
    if format == Format::Nifti {
        return nifti::open_labels(bytes, limits, classes);
    }
    if let Format::Nrrd | Format::MetaImage | Format::Mgh = format {
        return grid_file::open_labels(bytes, own_data(bytes)?, limits, classes);
    }
    let picture = raster::decode(format, bytes, limits, &Choice::default())?;
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
    let mut known = ClassIds::new(classes, mask_of_two.then_some(white as f64));

    let mut ids = allocate(rows * columns * picture.pages.len(), 0_u8)?;
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
                if let (Some(id), Some(place)) = (known.id(value), plane.get_mut(destination)) {
                    *place = id;
                }
            }
        }
    }
    known.finish()?;
    Ok(Labels {
        shape,
        ids,
        geometry: Geometry::default(),
    })
}

/// The samples of a DICOM image as stored, before any transformation of values.
pub(crate) fn of_dicom(volume: &Volume, classes: u8) -> Result<Labels, Error> {
    let (channels, samples) = stored_samples(volume);
    if channels != 1 {
        return Err(Error::InexactLabels {
            what: "true colours".to_owned(),
        });
    }
    let mut known = ClassIds::new(classes, None);
    let mut ids = allocate(volume.voxels_per_channel(), 0_u8)?;
    for (place, sample) in ids.iter_mut().zip(samples) {
        if let Some(id) = known.id(f64::from(sample)) {
            *place = id;
        }
    }
    known.finish()?;
    Ok(Labels {
        shape: volume.shape,
        ids,
        geometry: volume.geometry.clone(),
    })
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
