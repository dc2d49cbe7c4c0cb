//! JPEG 2000 (ITU-T T.800) through the crate `hayro-jpeg2000`.

use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};

use super::native::sign_extend;
use crate::byte_order::ByteOrder;
use crate::dicom::image_pixel::ImagePixel;
use crate::{Error, Format};

/// Start of a code stream and its size marker.
const START: [u8; 4] = [0xFF, 0x4F, 0xFF, 0x51];

fn damaged(detail: &str) -> Error {
    Error::damaged(Format::Dicom, format!("its JPEG 2000 data: {detail}"))
}

pub(super) fn decode(stream: &[u8], pixel: &ImagePixel) -> Result<Vec<i32>, Error> {
    // Some writers leave the boxes of a JP2 file around the code stream.
    let start = stream
        .windows(START.len())
        .position(|window| window == START)
        .ok_or_else(|| damaged("it does not begin with its marker"))?;
    let stream = stream.get(start..).unwrap_or_default();
    let size = CodedSize::read(stream).ok_or_else(|| damaged("its header is cut short"))?;
    size.check(pixel)?;

    let settings = DecodeSettings {
        resolve_palette_indices: false,
        strict: true,
        target_resolution: None,
    };
    let fault = |error| damaged(&format!("{error}"));
    let image = Image::new(stream, &settings).map_err(fault)?;
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(fault)?;
    let components = decoded.components();
    if components.len() != pixel.samples_per_pixel
        || components
            .iter()
            .any(|component| component.samples().len() != pixel.pixels())
    {
        return Err(damaged(
            "its number of samples differs from that of the image",
        ));
    }
    let mut samples = crate::memory::allocate(pixel.samples(), 0_i32)?;
    for (index, component) in components.iter().enumerate() {
        let target = samples.iter_mut().skip(index).step_by(components.len());
        for (sample, &value) in target.zip(component.samples()) {
            *sample = size.stored(value, pixel);
        }
    }
    Ok(samples)
}

/// What the size marker segment (section A.5.1) says.
struct CodedSize {
    rows: u32,
    columns: u32,
    tiles: u64,
    components: usize,
    /// Bits of a sample, the same for all components.
    precision: u8,
    signed: bool,
    is_uniform: bool,
}

impl CodedSize {
    fn read(stream: &[u8]) -> Option<Self> {
        let long = |offset: usize| ByteOrder::BigEndian.u32_at(stream, offset);
        let (right, bottom, left, top) = (long(8)?, long(12)?, long(16)?, long(20)?);
        let (tile_width, tile_height) = (long(24)?, long(28)?);
        let (tile_left, tile_top) = (long(32)?, long(36)?);
        let components = usize::from(ByteOrder::BigEndian.u16_at(stream, 40)?);
        let depths = stream.get(42..)?.get(..3 * components)?.as_chunks::<3>().0;
        let &[depth, _, _] = depths.first()?;
        if tile_width == 0 || tile_height == 0 {
            return None;
        }
        let across = u64::from(right.checked_sub(tile_left)?.div_ceil(tile_width));
        let down = u64::from(bottom.checked_sub(tile_top)?.div_ceil(tile_height));
        Some(Self {
            rows: bottom.checked_sub(top)?,
            columns: right.checked_sub(left)?,
            tiles: across.saturating_mul(down),
            components,
            precision: (depth & 0x7F) + 1,
            signed: depth & 0x80 != 0,
            is_uniform: depths.iter().all(|&entry| entry == [depth, 1, 1]),
        })
    }

    /// The decoder allocates what this header says; so it must say what DICOM's header says, which kept the limits.
    fn check(&self, pixel: &ImagePixel) -> Result<(), Error> {
        if (self.rows as usize, self.columns as usize, self.components)
            != (pixel.rows, pixel.columns, pixel.samples_per_pixel)
        {
            return Err(damaged("its size differs from that of the image"));
        }
        // Samples are computed as 32-bit floats, exact to 24 bits.
        if self.precision > 24 || self.precision > pixel.bits_allocated {
            return Err(damaged("its samples have a depth that the image has not"));
        }
        if !self.is_uniform {
            let what = "JPEG 2000 components of different depth or size";
            return Err(Error::unsupported(Format::Dicom, what));
        }
        if self.tiles > 65_535 {
            return Err(damaged("it has more tiles than there can be"));
        }
        Ok(())
    }

    /// A decoded sample as the file stores it. The decoder adds the level shift of unsigned samples to signed ones too;
    /// and lossy coding overshoots.
    fn stored(&self, value: f32, pixel: &ImagePixel) -> i32 {
        let half = 2.0_f32.powi(i32::from(self.precision) - 1);
        let level = (value + 0.5).floor().clamp(0.0, 2.0 * half - 1.0);
        let coded = (level - if self.signed { half } else { 0.0 }) as i32;
        if self.precision > pixel.bits_stored {
            // Bits above the stored ones are no part of the image (PS3.5 section 8.1.1): old files keep overlays there.
            sign_extend(coded.cast_unsigned(), pixel.bits_stored, pixel.signed)
        } else if self.signed == pixel.signed {
            coded
        } else {
            // The code stream contradicts Pixel Representation, which says what the bits mean.
            sign_extend(coded.cast_unsigned(), self.precision, pixel.signed)
        }
    }
}
