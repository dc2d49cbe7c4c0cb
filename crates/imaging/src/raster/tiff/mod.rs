//! TIFF 6.0 and BigTIFF: strips and tiles, chunky and planar; uncompressed, PackBits, LZW, Deflate, CCITT, JPEG,
//! Zstandard and LZMA; grey, palette, RGB, YCbCr and CMYK and any number of channels; 1 to 64 bits, integers and floats;
//! several pages, and what ImageJ and OME-TIFF say of them.
//!
//! The crate `tiff`, which writes, does not read: it stops the program on tiles of separate planes, takes no notice of
//! the order of bits, refuses LZW data that other readers take, and gives no samples of palettes.

mod ccitt;
mod compression;
mod description;
mod directory;
mod hyperstack;
mod jpeg;
mod layout;
mod lzw;
mod page;
mod samples;
mod tags;
mod voxel_size;

use self::directory::{Directory, File};
use self::hyperstack::Hyperstack;
use self::layout::Layout;
use self::voxel_size::VoxelSize;
use super::decoded::Picture;
use super::exif_orientation::Orientation;
use crate::choice::Choice;
use crate::provenance::ALPHA_DROPPED;
use crate::{Colour, Error, Format, Limits, SampleType};

const FORMAT: Format = Format::Tiff;
/// NewSubfileType, bit 0: a reduced-resolution copy of another page; bit 2: a transparency mask.
const NOT_A_PAGE: u64 = 0b101;

/// What makes pages alike enough to be planes of one volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    rows: usize,
    columns: usize,
    sample_type: SampleType,
    bits: u8,
    colour: Colour,
    white_is_zero: bool,
    channels: usize,
}

impl Kind {
    fn of(layout: &Layout) -> Self {
        Self {
            rows: layout.rows,
            columns: layout.columns,
            sample_type: layout.kind.sample_type(),
            bits: layout.kind.bits,
            colour: layout.colour,
            white_is_zero: layout.white_is_zero(),
            channels: layout.channels(),
        }
    }
}

pub(super) fn decode(bytes: &[u8], limits: &Limits, choice: &Choice) -> Result<Picture, Error> {
    let file = File::new(bytes);
    let directories = file.directories()?;
    let mut notes = Vec::new();
    // The pages that are pictures of their own, with what they need to be decoded.
    let mut pages: Vec<(&Directory<'_>, Layout)> = Vec::new();
    let mut kind: Option<Kind> = None;
    let mut left_out = 0_u64;
    for directory in &directories {
        let is_page = directory.number(tags::NEW_SUBFILE_TYPE).unwrap_or(0) & NOT_A_PAGE == 0;
        let layout = match (is_page, kind) {
            (false, _) => None,
            (true, None) => Some(Layout::read(directory)?),
            // What cannot be read and is not the first is no reason to refuse the file.
            (true, Some(first)) => Layout::read(directory)
                .ok()
                .filter(|layout| Kind::of(layout) == first),
        };
        match layout {
            Some(layout) => {
                kind = Some(Kind::of(&layout));
                pages.push((directory, layout));
            }
            None => left_out += 1,
        }
    }
    let (Some((first, layout)), Some(kind)) = (pages.first(), kind) else {
        return Err(Error::damaged(FORMAT, "it holds no page that is a picture"));
    };
    let description = first.text(tags::IMAGE_DESCRIPTION);
    let behind = layout.planes_behind(first, declared_planes(first, &description));
    let count = if pages.len() == 1 {
        1 + behind
    } else {
        pages.len()
    };

    let stack = Hyperstack::read(&description, count);
    let resolution = [tags::X_RESOLUTION, tags::Y_RESOLUTION].map(|tag| first.ratio(tag));
    let voxel_size = VoxelSize::read(&description, resolution);
    let (times, planar_channels) = stack
        .as_ref()
        .map_or((1, 1), |stack| (stack.times, stack.channels));
    let channels = planar_channels.saturating_mul(kind.channels);
    let parts = choice.of(times, channels)?;
    let wanted: Vec<usize> = match &stack {
        Some(stack) => stack.pages(parts.channel / kind.channels, parts.time),
        None => (0..count).collect(),
    };
    let sample = parts.channel % kind.channels;
    limits.check(
        FORMAT,
        [wanted.len() as u64, kind.rows as u64, kind.columns as u64],
        layout.bytes_per_pixel(),
    )?;
    let mut decoded = Vec::new();
    for &index in &wanted {
        let (directory, layout, shift) = match pages.get(index) {
            Some((directory, layout)) => (*directory, layout, 0),
            None => (*first, layout, index),
        };
        let samples = page::read(directory, layout, shift, limits)?;
        decoded.push(page::finish(directory, layout, samples, sample)?);
    }

    if let Some(stack) = &stack {
        if stack.images > 1 {
            notes.push(format!(
                "The file describes {} images; the first one is shown.",
                stack.images
            ));
        }
        if let Some(said) = voxel_size.as_ref().and_then(|size| size.said.as_ref()) {
            notes.push(format!("The file says that its {said}."));
        }
        left_out +=
            (pages.len() as u64).saturating_sub((stack.planes * times * planar_channels) as u64);
    }
    if left_out > 0 {
        notes.push(format!(
            "{left_out} further pages (previews, or of another size or type) were left out."
        ));
    }
    notes.extend(parts.notes());
    if layout.has_alpha() {
        notes.push(ALPHA_DROPPED.to_owned());
    }
    Ok(Picture {
        format: FORMAT,
        sample_type: kind.sample_type,
        bits: kind.bits,
        colour: kind.colour,
        white_is_zero: kind.white_is_zero,
        notes,
        // Pages without a description may be anything but planes.
        spacing: voxel_size
            .filter(|_| stack.is_some() || decoded.len() == 1)
            .and_then(|size| size.spacing(decoded.len())),
        pages: decoded,
        parts,
    })
}

/// Planes that the file says there are where it has one directory for all of them.
fn declared_planes(directory: &Directory<'_>, description: &str) -> usize {
    let declared = hyperstack::declared_pages(description).unwrap_or(1);
    // MetaMorph has a value for each plane.
    let meta_morph = usize::try_from(directory.count(tags::UIC2)).unwrap_or(0);
    declared.max(meta_morph)
}

/// The orientation tag of a page.
fn orientation(directory: &Directory<'_>) -> Orientation {
    directory
        .number(tags::ORIENTATION)
        .map(Orientation::from_tag)
        .unwrap_or_default()
}
