//! From a header and its samples to a volume or labels.

use super::data::samples;
use super::header::GridHeader;
use super::read::read;
use crate::choice::{Choice, Parts};
use crate::class_ids::ClassIds;
use crate::geometry::Grid;
use crate::memory::allocate;
use crate::provenance::ALPHA_DROPPED;
use crate::stored_values::StoredValues;
use crate::value_range::{finite_range, grey_range, value_notes, without_outliers};
use crate::{
    Colour, Error, Geometry, GeometrySource, Labels, Limits, Provenance, SampleType, Volume,
};

/// Opens a volume; `data` is the file with the samples, which may be the header's own.
pub(crate) fn open(
    header: &[u8],
    data: &[u8],
    limits: &Limits,
    choice: &Choice,
) -> Result<Volume, Error> {
    let header = read(header)?;
    let (shape, parts) = check(&header, limits, choice)?;
    let samples = samples(&header, data, limits)?;
    let channels = if header.is_colour { 3 } else { 1 };
    let count: usize = shape.iter().product();
    let mut voxels = allocate(channels * count, 0.0_f32)?;
    for (channel, block) in voxels.chunks_exact_mut(count).enumerate() {
        let component = if header.is_colour {
            channel
        } else {
            parts.channel
        };
        let mut target = block.iter_mut();
        each(&header, &samples, count, component, parts.time, |value| {
            if let Some(voxel) = target.next() {
                *voxel = value as f32;
            }
        });
    }
    let mut notes = header.notes.clone();
    notes.extend(parts.notes());
    if header.is_colour && header.components > 3 {
        notes.push(ALPHA_DROPPED.to_owned());
    }
    let (range, not_finite) = finite_range(&voxels);
    notes.extend(value_notes(header.sample_type, not_finite));
    let (colour, display_range) = if header.is_colour {
        (Colour::Rgb, [0.0, 255.0])
    } else {
        let range = without_outliers(&voxels, range, &mut notes);
        (Colour::Grey, grey_range(range))
    };
    Ok(Volume {
        channels,
        shape,
        voxels,
        geometry: geometry(&header, shape, &mut notes),
        provenance: Provenance {
            format: header.format,
            sample_type: header.sample_type,
            bits: 8 * header.sample_type.bytes() as u8,
            colour,
            inverted_from: None,
            notes,
            display_range,
            stored: StoredValues::Voxels,
            parts,
            segments: Vec::new(),
        },
        source: None,
    })
}

/// Opens class ids for a model with `classes` classes.
pub(crate) fn open_labels(
    header: &[u8],
    data: &[u8],
    limits: &Limits,
    classes: u8,
) -> Result<Labels, Error> {
    let header = read(header)?;
    if header.components > 1 {
        return Err(Error::InexactLabels {
            what: "several numbers for each voxel".to_owned(),
        });
    }
    let (shape, parts) = check(&header, limits, &Choice::default())?;
    let samples = samples(&header, data, limits)?;
    let count: usize = shape.iter().product();
    let mut ids = allocate(count, 0_u8)?;
    let white = (header.sample_type.bytes() == 1 && classes == 2).then_some(255.0);
    let mut known = ClassIds::new(classes, white);
    let mut target = ids.iter_mut();
    each(&header, &samples, count, 0, parts.time, |value| {
        if let (Some(id), Some(place)) = (known.id(value), target.next()) {
            *place = id;
        }
    });
    known.finish()?;
    Ok(Labels {
        shape,
        ids,
        geometry: geometry(&header, shape, &mut Vec::new()),
    })
}

/// Planes, rows and columns, and what is taken.
fn check(
    header: &GridHeader,
    limits: &Limits,
    choice: &Choice,
) -> Result<([usize; 3], Parts), Error> {
    let [columns, rows, planes] = header.sizes;
    let channels = if header.is_colour { 3 } else { 1 };
    let per_voxel = (4 * channels).max(header.sample_type.bytes() as u64);
    limits.check(header.format, [planes, rows, columns], per_voxel)?;
    let components = if header.is_colour {
        1
    } else {
        header.components
    };
    let (Ok(times), Ok(components)) = (usize::try_from(header.times), usize::try_from(components))
    else {
        return Err(Error::OutOfMemory { bytes: u64::MAX });
    };
    let parts = choice.of(times, components)?;
    // Below the limit on pixels, which fits.
    Ok(([planes, rows, columns].map(|size| size as usize), parts))
}

fn geometry(header: &GridHeader, shape: [usize; 3], notes: &mut Vec<String>) -> Geometry {
    let affine = header
        .affine
        .filter(|affine| Grid::new(shape, *affine).is_ok());
    if header.affine.is_some() && affine.is_none() {
        notes.push(
            "The header's directions and sizes cannot be used, so the image has no geometry."
                .to_owned(),
        );
    }
    Geometry {
        affine,
        source: affine.map(|_| GeometrySource::Header),
        spacing: None,
    }
}

/// Calls `each` with one component of every voxel of one volume.
fn each(
    header: &GridHeader,
    samples: &[u8],
    count: usize,
    component: usize,
    time: usize,
    mut each: impl FnMut(f64),
) {
    let size = header.sample_type.bytes();
    let components = header.components as usize;
    let volume = count * components * size;
    let bytes = samples
        .get(time * volume..)
        .and_then(|rest| rest.get(..volume))
        .unwrap_or_default();
    for voxel in bytes.chunks_exact((components * size).max(1)) {
        let field = voxel.get(component * size..).unwrap_or_default();
        each(number(header, field.get(..size).unwrap_or_default()));
    }
}

/// The number that a sample's bytes stand for.
fn number(header: &GridHeader, field: &[u8]) -> f64 {
    let append = |word: u64, byte: &u8| word << 8 | u64::from(*byte);
    let word = if header.big_endian {
        field.iter().fold(0, append)
    } else {
        field.iter().rev().fold(0, append)
    };
    match header.sample_type {
        SampleType::Uint8 | SampleType::Uint16 | SampleType::Uint32 | SampleType::Uint64 => {
            word as f64
        }
        SampleType::Int8 => f64::from(word as i8),
        // None of these formats has 16-bit floats.
        SampleType::Int16 | SampleType::Float16 => f64::from(word as i16),
        SampleType::Int32 => f64::from(word as i32),
        SampleType::Int64 => word.cast_signed() as f64,
        SampleType::Float32 => f64::from(f32::from_bits(word as u32)),
        SampleType::Float64 => f64::from_bits(word),
    }
}
