//! NIfTI: `.nii`, `.nii.gz`, and pairs of `.hdr` and `.img`, either of which may be compressed whatever its name says.
//!
//! A series (a fourth axis of time, or further ones) is opened at its first volume and said to be one. Voxels come in
//! the file's order, columns fastest, which is ours; they are scaled by `scl_slope` and `scl_inter`.

use super::data_type::DataType;
use super::forms::geometry;
use super::header::NiftiHeader;
use super::samples::Samples;
use super::version::{FLAG_BYTES, MAX_HEADER_BYTES};
use crate::choice::{Choice, Parts};
use crate::class_ids::ClassIds;
use crate::gzip::{Stream, is_gzip, peek};
use crate::memory::allocate;
use crate::provenance::ALPHA_DROPPED;
use crate::stored_values::StoredValues;
use crate::value_range::{finite_range, grey_range, value_notes, without_outliers};
use crate::{Colour, Error, Format, Labels, Limits, Provenance, SourceHeader, Volume};

const FORMAT: Format = Format::Nifti;
/// Bytes that are read and converted at a time: a multiple of every voxel's size.
const BLOCK: usize = 24 << 10;

/// A checked header and the bytes that its voxels are in.
pub(crate) struct NiftiFile<'a> {
    pub(super) header: NiftiHeader,
    voxels: &'a [u8],
}

impl<'a> NiftiFile<'a> {
    /// A single file.
    pub(crate) fn single(bytes: &'a [u8]) -> Result<Self, Error> {
        let header = read_header(bytes)?;
        if !header.single_file {
            return Err(Error::HalfOfPair);
        }
        let mut file = Self {
            header,
            voxels: bytes,
        };
        file.settle_start(bytes);
        Ok(file)
    }

    /// Voxels that are said to start within the four bytes behind the header do, unless the file's length says that they
    /// start behind them.
    fn settle_start(&mut self, bytes: &[u8]) {
        let header = self.header.version.bytes() as u64;
        let behind = header + FLAG_BYTES as u64;
        if !(header..behind).contains(&self.header.voxels_start) {
            return;
        }
        let is_behind = !is_gzip(bytes)
            && behind.saturating_add(self.declared_bytes()) == bytes.len() as u64
            && bytes.get(header as usize..behind as usize) == Some(&[0; FLAG_BYTES]);
        self.header.repairs.push(if is_behind {
            self.header.voxels_start = behind;
            "The header's field vox_offset is 348; the voxels were taken from byte 352 on, as the file's length says."
        } else {
            "The header's field vox_offset is 348, so the voxels were taken from right behind the header."
        });
    }

    /// A header and the file with its voxels.
    pub(crate) fn pair(header: &[u8], image: &'a [u8]) -> Result<Self, Error> {
        let header = read_header(header)?;
        if header.single_file {
            return Err(Error::damaged(
                FORMAT,
                "its header says that the voxels are in the same file, not in a second one",
            ));
        }
        Ok(Self {
            header,
            voxels: image,
        })
    }

    pub(crate) fn header(&self) -> &NiftiHeader {
        &self.header
    }

    /// Checks the first volume's size against the limits; planes, rows and columns.
    fn shape(&self, limits: &Limits) -> Result<[usize; 3], Error> {
        let declared = self.header.planes_rows_columns();
        let data_type = self.header.data_type;
        let per_voxel = data_type.bytes().max(4 * data_type.channels());
        limits.check(FORMAT, declared, per_voxel as u64)?;
        let [Ok(planes), Ok(rows), Ok(columns)] = declared.map(usize::try_from) else {
            let bytes = u64::MAX;
            return Err(Error::OutOfMemory { bytes });
        };
        Ok([planes, rows, columns])
    }

    /// Bytes of the voxels of all volumes.
    pub(super) fn declared_bytes(&self) -> u64 {
        self.header
            .dimensions
            .iter()
            .fold(self.header.data_type.bytes() as u64, |product, &size| {
                product.saturating_mul(size)
            })
    }

    /// Refuses a file that cannot be as long as its header declares, before memory is asked for.
    pub(super) fn check_length(&self) -> Result<(), Error> {
        let needed = self
            .declared_bytes()
            .saturating_add(self.header.voxels_start);
        Stream::new(self.voxels).expect(needed)
    }

    /// The stream at the first voxel.
    pub(super) fn stream(&self) -> Result<Stream<'a>, Error> {
        let mut stream = Stream::new(self.voxels);
        stream.skip(self.header.voxels_start)?;
        Ok(stream)
    }

    /// What there is to choose from, and what is taken.
    fn parts(&self, choice: &Choice) -> Result<Parts, Error> {
        let (times, channels) = self.header.times_and_channels();
        let count = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        choice.of(count(times), count(channels))
    }

    /// Calls `each` with every sample of the volume that is taken, in the file's order. The rest of the file is looked through
    /// for damage, up to as many bytes as may be opened.
    fn each_sample(
        &self,
        shape: [usize; 3],
        parts: Parts,
        limits: &Limits,
        mut each: impl FnMut(f64),
    ) -> Result<(), Error> {
        let mut stream = self.stream()?;
        let samples = Samples::of(&self.header);
        let mut block = allocate(BLOCK, 0_u8)?;
        // Below the byte limit, which `shape` has checked.
        let first = shape.iter().product::<usize>() * self.header.data_type.bytes();
        // Time is the fourth axis, channels are the fifth, and what comes after counts as later times.
        let near = self.header.dimensions.get(3).copied().unwrap_or(1).max(1);
        let (time, channel) = (parts.time as u64, parts.channel as u64);
        let (_, channels) = self.header.times_and_channels();
        let volume = time % near + near * (channel + channels * (time / near));
        let before = volume.saturating_mul(first as u64);
        stream.skip(before)?;
        let mut left = first;
        while left > 0 {
            let part = block.get_mut(..left.min(BLOCK)).unwrap_or_default();
            stream.fill(part)?;
            samples.each(part, &mut each);
            left -= part.len();
        }
        let rest = self
            .declared_bytes()
            .saturating_sub(first as u64)
            .saturating_sub(before);
        if rest <= limits.max_bytes {
            stream.skip(rest)?;
            stream.finish()?;
        }
        Ok(())
    }

    fn volume(self, limits: &Limits, choice: &Choice) -> Result<Volume, Error> {
        let shape = self.shape(limits)?;
        let parts = self.parts(choice)?;
        self.check_length()?;
        let data_type = self.header.data_type;
        let (channels, count) = (data_type.channels(), shape.iter().product::<usize>());
        let mut voxels = allocate(channels * count, 0.0_f32)?;
        match data_type {
            DataType::Number(_) | DataType::Complex(_) => {
                let mut target = voxels.iter_mut();
                self.each_sample(shape, parts, limits, |value| {
                    if let Some(voxel) = target.next() {
                        *voxel = value as f32;
                    }
                })?;
            }
            DataType::Rgb24 | DataType::Rgba32 => {
                let stored = data_type.bytes();
                let mut index = 0;
                self.each_sample(shape, parts, limits, |value| {
                    let (pixel, channel) = (index / stored, index % stored);
                    // Alpha, the fourth channel, has no place.
                    if let Some(voxel) = voxels.get_mut(channel * count + pixel)
                        && channel < channels
                    {
                        *voxel = value as f32;
                    }
                    index += 1;
                })?;
            }
        }

        let (geometry, mut notes) = geometry(&self.header, shape);
        notes.splice(0..0, parts.notes());
        notes.extend(self.header.repairs.iter().map(|&repair| repair.to_owned()));
        if let DataType::Complex(_) = data_type {
            notes.push("The voxels are complex numbers; their magnitude is shown.".to_owned());
        }
        if data_type == DataType::Rgba32 {
            notes.push(ALPHA_DROPPED.to_owned());
        }
        let sample_type = data_type.sample_type();
        let (range, not_finite) = finite_range(&voxels);
        notes.extend(value_notes(sample_type, not_finite));
        let (colour, display_range) = if channels == 1 {
            let range = without_outliers(&voxels, range, &mut notes);
            (Colour::Grey, grey_range(range))
        } else {
            (Colour::Rgb, [0.0, 255.0])
        };
        Ok(Volume {
            channels,
            shape,
            voxels,
            geometry,
            provenance: Provenance {
                format: FORMAT,
                sample_type,
                bits: 8 * sample_type.bytes() as u8,
                colour,
                inverted_from: None,
                notes,
                display_range,
                stored: StoredValues::Voxels,
                parts,
                segments: Vec::new(),
            },
            source: Some(SourceHeader::Nifti(Box::new(self.header))),
        })
    }

    fn labels(&self, limits: &Limits, classes: u8) -> Result<Labels, Error> {
        if self.header.data_type.channels() != 1 {
            return Err(Error::InexactLabels {
                what: "true colours".to_owned(),
            });
        }
        let shape = self.shape(limits)?;
        let parts = self.parts(&Choice::default())?;
        self.check_length()?;
        let mut ids = allocate(shape.iter().product(), 0_u8)?;
        let white = (self.header.data_type.bytes() == 1 && classes == 2).then_some(255.0);
        let mut known = ClassIds::new(classes, white);
        let mut target = ids.iter_mut();
        self.each_sample(shape, parts, limits, |value| {
            if let (Some(id), Some(place)) = (known.id(value), target.next()) {
                *place = id;
            }
        })?;
        known.finish()?;
        let (geometry, _) = geometry(&self.header, shape);
        Ok(Labels {
            shape,
            ids,
            geometry,
        })
    }
}

/// Reads the header at the start of a file, compressed or not.
fn read_header(bytes: &[u8]) -> Result<NiftiHeader, Error> {
    if is_gzip(bytes) {
        let head = peek(bytes, MAX_HEADER_BYTES);
        NiftiHeader::parse(&head).map_err(|error| match error {
            // In compressed bytes, which are those that the visitor has.
            Error::Truncated { .. } => Error::truncated(FORMAT, bytes),
            other => other,
        })
    } else {
        NiftiHeader::parse(bytes)
    }
}

/// Opens a single file.
pub(crate) fn open(bytes: &[u8], limits: &Limits, choice: &Choice) -> Result<Volume, Error> {
    NiftiFile::single(bytes)?.volume(limits, choice)
}

/// Opens a NIfTI pair: the bytes of the `.hdr` file and of the `.img` file.
///
/// # Errors
/// As [`open`](crate::open()).
pub fn open_pair(header: &[u8], image: &[u8], limits: &Limits) -> Result<Volume, Error> {
    open_pair_part(header, image, limits, &Choice::default())
}

/// As [`open_pair`], of the time point and channel that are chosen.
pub(crate) fn open_pair_part(
    header: &[u8],
    image: &[u8],
    limits: &Limits,
    choice: &Choice,
) -> Result<Volume, Error> {
    NiftiFile::pair(header, image)?.volume(limits, choice)
}

/// Opens a single file's labels.
pub(crate) fn open_labels(bytes: &[u8], limits: &Limits, classes: u8) -> Result<Labels, Error> {
    NiftiFile::single(bytes)?.labels(limits, classes)
}

/// Opens a NIfTI pair as labels for a model with `classes` classes.
///
/// # Errors
/// As [`open_labels`](crate::open_labels()).
pub fn open_labels_pair(
    header: &[u8],
    image: &[u8],
    limits: &Limits,
    classes: u8,
) -> Result<Labels, Error> {
    NiftiFile::pair(header, image)?.labels(limits, classes)
}
