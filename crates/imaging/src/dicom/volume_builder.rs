//! A volume in the making: planes are added one by one.

use super::codec::FrameSamples;
use super::data_set::DataSet;
use super::image_pixel::{ImagePixel, Photometric};
use super::lookup::Palette;
use super::modality::Modality;
use super::series_attributes::series_attributes;
use super::source::{SourcePlane, SourceSeries};
use super::stack::Stack;
use crate::choice::Parts;
use crate::memory::{allocate, reserve};
use crate::sample::Samples;
use crate::stored_values::StoredValues;
use crate::value_range::{display_range, finite_range, grey_range, value_notes, without_outliers};
use crate::{
    Colour, Error, Format, Geometry, GeometrySource, Limits, Provenance, SampleType, SourceHeader,
    Volume,
};

/// A volume in the making.
pub(super) struct VolumeBuilder<'s> {
    stack: &'s Stack,
    pub(super) pixel: ImagePixel,
    sample_type: SampleType,
    channels: usize,
    palette: Option<Palette>,
    voxels: Vec<f32>,
    /// The next plane.
    pub(super) plane: usize,
    /// Slope and intercept of each plane, where they are straight lines.
    lines: Vec<[f64; 2]>,
    /// The middle plane's window.
    pub(super) window: Option<[f64; 2]>,
    is_mirrored: bool,
    keeps_quantities: bool,
    /// Whether all values are stored samples, but for a mirrored scale.
    is_plain: bool,
    /// Stored samples that voxels do not tell any more.
    kept: Option<Samples>,
    source: SourceSeries,
}

impl<'s> VolumeBuilder<'s> {
    pub(super) fn new(
        stack: &'s Stack,
        data_set: &DataSet<'_>,
        pixel: ImagePixel,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let palette = (pixel.photometric == Photometric::Palette)
            .then(|| Palette::read(data_set, pixel.signed))
            .transpose()?;
        let channels = match &palette {
            Some(palette) if palette.is_colour() => 3,
            Some(_) | None => pixel.channels(),
        };
        let [most, rows, columns] = stack.shape;
        // Uneven stacks have fewer planes than the volume.
        let planes = stack.planes.len();
        let most = most.max(planes);
        limits.check(
            Format::Dicom,
            [most as u64, rows as u64, columns as u64],
            4 * channels as u64,
        )?;
        let source = SourceSeries {
            attributes: series_attributes(data_set),
            planes: stack
                .planes
                .iter()
                .map(|plane| SourcePlane {
                    sop_class_uid: plane.sop_class_uid.to_string(),
                    sop_instance_uid: plane.sop_instance_uid.to_string(),
                    frame_number: plane
                        .is_multi_frame
                        .then(|| u32::try_from(plane.frame + 1).unwrap_or(u32::MAX)),
                    image_position: plane.position,
                })
                .collect(),
        };
        Ok(Self {
            stack,
            pixel,
            sample_type: pixel.sample_type(),
            channels,
            palette,
            voxels: allocate(channels * planes * pixel.pixels(), 0.0)?,
            plane: 0,
            lines: reserve(planes)?,
            window: None,
            is_mirrored: false,
            keeps_quantities: false,
            is_plain: true,
            kept: None,
            source,
        })
    }

    /// Makes room for the samples of an image that has more bits than those before.
    pub(super) fn widen(&mut self, pixel: &ImagePixel) -> Result<(), Error> {
        self.pixel = self.pixel.wider(pixel);
        let sample_type = self.pixel.sample_type();
        if sample_type != self.sample_type
            && let Some(kept) = self.kept.take()
        {
            let count = kept.len();
            let mut wide = allocate(count, 0.0_f32)?;
            for (index, value) in wide.iter_mut().enumerate() {
                *value = match &kept {
                    Samples::U8(kept) => kept.get(index).copied().map_or(0.0, f32::from),
                    Samples::U16(kept) => kept.get(index).copied().map_or(0.0, f32::from),
                    Samples::F32(kept) => kept.get(index).copied().unwrap_or(0.0),
                };
            }
            self.kept = Some(Samples::F32(wide));
        }
        self.sample_type = sample_type;
        Ok(())
    }

    /// Each image of a series has a palette of its own.
    pub(super) fn use_palette(&mut self, data_set: &DataSet<'_>) -> Result<(), Error> {
        if self.palette.is_some() {
            self.palette = Some(Palette::read(data_set, self.pixel.signed)?);
        }
        Ok(())
    }

    /// Adds the next plane.
    pub(super) fn add(
        &mut self,
        samples: FrameSamples,
        pixel: &ImagePixel,
        modality: &Modality,
    ) -> Result<(), Error> {
        if self.palette.is_some() || !modality.is_reversible(pixel) {
            self.keep(&samples)?;
        }
        match samples {
            FrameSamples::Signed(samples) => self.place(&samples, modality, f64::from),
            FrameSamples::Unsigned(samples) => {
                self.place(&samples, modality, |value| f64::from(value.cast_unsigned()));
            }
            FrameSamples::Float(samples) => self.place(&samples, modality, f64::from),
        }
        self.plane += 1;
        self.lines.push(modality.linear().unwrap_or([1.0, 0.0]));
        self.is_mirrored |= modality.is_mirrored();
        self.keeps_quantities |= modality.keeps_quantities;
        self.is_plain &= modality.is_plain();
        Ok(())
    }

    fn place<T: Copy>(&mut self, samples: &[T], modality: &Modality, to_f64: impl Fn(T) -> f64) {
        let pixels = self.pixel.pixels();
        let step = self.pixel.samples_per_pixel;
        let planes = self.stack.planes.len();
        for (channel, block) in self.voxels.chunks_exact_mut(planes * pixels).enumerate() {
            let Some(target) = block.chunks_exact_mut(pixels).nth(self.plane) else {
                continue;
            };
            if let Some(palette) = &self.palette {
                for (voxel, &sample) in target.iter_mut().zip(samples) {
                    let colour = palette.colour(to_f64(sample) as i32);
                    *voxel = colour.get(channel).copied().unwrap_or(0.0);
                }
            } else if modality.is_plain() && !modality.is_mirrored() {
                let source = samples.iter().skip(channel).step_by(step);
                for (voxel, &sample) in target.iter_mut().zip(source) {
                    *voxel = to_f64(sample) as f32;
                }
            } else {
                let source = samples.iter().skip(channel).step_by(step);
                for (voxel, &sample) in target.iter_mut().zip(source) {
                    *voxel = modality.value(to_f64(sample)) as f32;
                }
            }
        }
    }

    /// Keeps stored samples beside the voxels, plane after plane, in as few bytes as they need.
    fn keep(&mut self, samples: &FrameSamples) -> Result<(), Error> {
        let total = self.stack.planes.len() * self.pixel.pixels();
        let kept = match &mut self.kept {
            Some(kept) => kept,
            empty => empty.insert(match self.sample_type {
                SampleType::Uint8 => Samples::U8(allocate(total, 0)?),
                SampleType::Uint16 => Samples::U16(allocate(total, 0)?),
                SampleType::Int8
                | SampleType::Int16
                | SampleType::Uint32
                | SampleType::Int32
                | SampleType::Uint64
                | SampleType::Int64
                | SampleType::Float16
                | SampleType::Float32
                | SampleType::Float64 => Samples::F32(allocate(total, 0.0)?),
            }),
        };
        let start = self.plane * self.pixel.pixels();
        let (FrameSamples::Signed(values) | FrameSamples::Unsigned(values)) = samples else {
            return Ok(());
        };
        // The casts are exact: the type was chosen for the samples.
        match kept {
            Samples::U8(kept) => {
                let target = kept.iter_mut().skip(start);
                target
                    .zip(values)
                    .for_each(|(kept, &value)| *kept = value as u8);
            }
            Samples::U16(kept) => {
                let target = kept.iter_mut().skip(start);
                target
                    .zip(values)
                    .for_each(|(kept, &value)| *kept = value as u16);
            }
            Samples::F32(kept) => {
                let is_unsigned = matches!(samples, FrameSamples::Unsigned(_));
                let target = kept.iter_mut().skip(start);
                target.zip(values).for_each(|(kept, &value)| {
                    *kept = if is_unsigned {
                        value.cast_unsigned() as f32
                    } else {
                        value as f32
                    };
                });
            }
        }
        Ok(())
    }

    /// Brings the planes of an uneven stack onto the volume's grid.
    fn resample(&mut self) -> Result<(), Error> {
        let Some(grid) = &self.stack.resampling else {
            return Ok(());
        };
        let pixels = self.pixel.pixels();
        let planes = self.stack.planes.len();
        let mut resampled = allocate(self.channels * grid.len() * pixels, 0.0_f32)?;
        let blocks = self.voxels.chunks_exact(planes * pixels);
        for (target, block) in resampled.chunks_exact_mut(grid.len() * pixels).zip(blocks) {
            let plane = |index: usize| block.chunks_exact(pixels).nth(index).unwrap_or_default();
            for (target, &(index, weight)) in target.chunks_exact_mut(pixels).zip(grid) {
                let (lower, upper) = (plane(index), plane((index + 1).min(planes - 1)));
                for ((voxel, &low), &high) in target.iter_mut().zip(lower).zip(upper) {
                    *voxel = if weight == 0.0 {
                        low
                    } else if weight == 1.0 {
                        high
                    } else {
                        (f64::from(low) * (1.0 - weight) + f64::from(high) * weight) as f32
                    };
                }
            }
        }
        self.voxels = resampled;
        // What cannot be interpolated comes from the nearer plane.
        let nearest: Vec<usize> = grid
            .iter()
            .map(|&(index, weight)| (index + usize::from(weight > 0.5)).min(planes - 1))
            .collect();
        self.lines = nearest
            .iter()
            .map(|&plane| self.lines.get(plane).copied().unwrap_or([1.0, 0.0]))
            .collect();
        fn pick<T: Copy>(values: &[T], planes: &[usize], pixels: usize) -> Vec<T> {
            planes
                .iter()
                .flat_map(|plane| values.iter().skip(plane * pixels).take(pixels).copied())
                .collect()
        }
        self.kept = self.kept.take().map(|kept| match kept {
            Samples::U8(kept) => Samples::U8(pick(&kept, &nearest, pixels)),
            Samples::U16(kept) => Samples::U16(pick(&kept, &nearest, pixels)),
            Samples::F32(kept) => Samples::F32(pick(&kept, &nearest, pixels)),
        });
        let affine = self.stack.affine;
        self.source.planes = nearest
            .iter()
            .enumerate()
            .filter_map(|(plane, &nearest)| {
                let mut source = self.source.planes.get(nearest)?.clone();
                // RAS+ to LPS+.
                source.image_position = affine.map(|[x, y, z, _]| {
                    let at = |[_, _, step, origin]: [f64; 4]| origin + plane as f64 * step;
                    [-at(x), -at(y), at(z)]
                });
                Some(source)
            })
            .collect();
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Volume, Error> {
        self.resample()?;
        let mut notes = self.stack.notes.clone();
        let (range, not_finite) = finite_range(&self.voxels);
        if self.is_mirrored {
            notes.push(
                "The grey scale was inverted, because the file says that 0 is white.".to_owned(),
            );
        }
        if self.keeps_quantities {
            notes.push(
                "The file asks for low values to be white; its values are quantities and are kept, low ones are dark."
                    .to_owned(),
            );
        }
        notes.extend(value_notes(self.sample_type, not_finite));
        let range = if self.channels == 1 && self.palette.is_none() {
            without_outliers(&self.voxels, range, &mut notes)
        } else {
            range
        };
        let colour = match self.pixel.photometric {
            Photometric::Palette => Colour::Palette,
            Photometric::Rgb
            | Photometric::YbrFull
            | Photometric::YbrFull422
            | Photometric::YbrPartial422
            | Photometric::YbrJpeg2000 => Colour::Rgb,
            Photometric::Monochrome1 | Photometric::Monochrome2 => Colour::Grey,
        };
        let window = self
            .window
            .map(|window| window.map(|value| value as f32))
            .filter(|[low, high]| {
                colour == Colour::Grey && low.is_finite() && high.is_finite() && low < high
            });
        let display_range = match window {
            Some(window) => window,
            // The whole range of the type says something of stored samples only.
            None if self.is_plain => {
                display_range(self.sample_type, self.pixel.bits_stored, colour, range)
            }
            None => grey_range(range),
        };
        let inverted_from = (self.is_mirrored && self.is_plain).then(|| self.pixel.mirror());
        let stored = match self.kept {
            Some(kept) => StoredValues::Kept(kept),
            None => StoredValues::Linear(self.lines),
        };
        Ok(Volume {
            channels: self.channels,
            shape: self.stack.shape,
            voxels: self.voxels,
            geometry: Geometry {
                affine: self.stack.affine,
                source: self.stack.affine.map(|_| GeometrySource::Dicom),
                spacing: None,
            },
            provenance: Provenance {
                format: Format::Dicom,
                sample_type: self.sample_type,
                bits: self.pixel.bits_stored,
                colour,
                inverted_from,
                notes,
                display_range,
                stored,
                parts: Parts {
                    spacing: self.stack.spacing,
                    ..Parts::default()
                },
                segments: Vec::new(),
            },
            source: Some(SourceHeader::Dicom(Box::new(self.source))),
        })
    }
}
