//! What a header says, whatever its format.

use super::{meta_image, mgh, nrrd};
use crate::geometry::Affine;
use crate::{Error, Format, SampleType};

/// How samples are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    None,
    /// gzip or zlib, which the first bytes tell.
    Deflate,
    Bzip2,
    /// Decimal numbers with white space between them.
    Text,
}

/// A checked header.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GridHeader {
    pub format: Format,
    pub sample_type: SampleType,
    pub big_endian: bool,
    /// Columns, rows and planes, each at least 1.
    pub sizes: [u64; 3],
    /// Samples of a voxel, side by side.
    pub components: u64,
    /// Volumes, one after the other.
    pub times: u64,
    /// Whether the components are red, green, blue and perhaps alpha.
    pub is_colour: bool,
    pub packing: Packing,
    /// From voxel to millimetres in RAS+.
    pub affine: Option<Affine>,
    pub notes: Vec<String>,
    /// Where the samples begin in the file that has them; `None` for the place where they end with it.
    pub start: Option<u64>,
    /// The file that has them, where it is another one.
    pub data_file: Option<String>,
}

/// The format of a file with such a header, by its first bytes.
pub(crate) fn detect(bytes: &[u8]) -> Option<Format> {
    if bytes.starts_with(b"NRRD000") {
        Some(Format::Nrrd)
    } else if meta_image::is_meta_image(bytes) {
        Some(Format::MetaImage)
    } else if mgh::is_mgh(bytes) {
        Some(Format::Mgh)
    } else {
        None
    }
}

/// The file that a header (`.nhdr`, `.mhd`) says its samples are in, as it names it; `None` where they are in the header's
/// own file, and for files of other formats.
pub fn samples_file(header: &[u8]) -> Option<String> {
    detect(header)?;
    GridHeader::read(header).ok()?.data_file
}

impl GridHeader {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Error> {
        match detect(bytes) {
            Some(Format::Nrrd) => nrrd::header(bytes),
            Some(Format::MetaImage) => meta_image::header(bytes),
            _ => mgh::header(bytes),
        }
    }

    /// Samples of one volume.
    pub(crate) fn voxels(&self) -> u64 {
        self.sizes
            .iter()
            .fold(1, |product: u64, &size| product.saturating_mul(size))
    }
}

/// Columns of a matrix to millimetres (directions times sizes) and its origin, in LPS+ or RAS+ by `signs`, as an affine.
pub(super) fn affine(directions: [[f64; 3]; 3], origin: [f64; 3], signs: [f64; 3]) -> Affine {
    let [i, j, k] = directions;
    let row = |axis: usize| {
        let of = |vector: [f64; 3]| {
            let sign = signs.get(axis).copied().unwrap_or(1.0);
            // Not -0.
            sign * vector.get(axis).copied().unwrap_or(0.0) + 0.0
        };
        [of(i), of(j), of(k), of(origin)]
    };
    [row(0), row(1), row(2), [0.0, 0.0, 0.0, 1.0]]
}

/// The affine of voxel sizes alone, and the sentence that says what is not known.
pub(super) fn assumed(spacing: [f64; 3]) -> (Affine, String) {
    let [i, j, k] = spacing;
    let affine = affine(
        [[i, 0.0, 0.0], [0.0, j, 0.0], [0.0, 0.0, k]],
        [0.0; 3],
        [-1.0, -1.0, 1.0],
    );
    let note = "The header does not say how the patient lies; columns were taken to run to the left, rows to posterior, planes to superior, but left and right may be the other way round.";
    (affine, note.to_owned())
}

/// The signs that turn coordinates of a space that is named by its axes into RAS+; `None` for other spaces.
pub(super) fn signs_of_space(space: &str) -> Option<[f64; 3]> {
    let lower = space.to_ascii_lowercase();
    let letters: Vec<char> = if lower.contains('-') {
        lower
            .split('-')
            .filter_map(|word| word.chars().next())
            .collect()
    } else {
        lower.chars().collect()
    };
    match letters.as_slice() {
        [x @ ('l' | 'r'), y @ ('a' | 'p'), 's', ..] if letters.len() <= 4 => Some([
            if *x == 'r' { 1.0 } else { -1.0 },
            if *y == 'a' { 1.0 } else { -1.0 },
            1.0,
        ]),
        _ => None,
    }
}

/// Lines `key: value` or `key = value`, keys in lower case and without spaces.
pub(super) fn fields(text: &str, separator: char) -> impl Iterator<Item = (String, &str)> {
    text.lines().filter_map(move |line| {
        let line = line.trim_end_matches('\r');
        if line.starts_with('#') {
            return None;
        }
        let (key, value) = line.split_once(separator)?;
        let key: String = key.chars().filter(|c| !c.is_whitespace()).collect();
        // NRRD's own keys have ":=" behind them.
        Some((
            key.to_ascii_lowercase(),
            value.trim_start_matches('=').trim(),
        ))
    })
}
