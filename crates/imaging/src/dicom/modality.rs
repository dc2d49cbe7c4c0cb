//! From stored samples to values, and the range of values to show (PS3.3 sections C.11.1, C.11.2, C.7.6.16.2.9).

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::image_pixel::{ImagePixel, Photometric, SampleKind};
use super::lookup::LookupTable;
use super::reader::DataSet;
use super::scan::FrameAttributes;
use crate::Error;

/// What the stored samples of one plane mean.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Modality {
    map: Map,
    /// For MONOCHROME1: the value that values are subtracted from, so that low ones are dark.
    mirror: Option<f64>,
    /// Low and high end of the window, in values.
    pub window: Option<[f64; 2]>,
    /// Whether the file asks for low values to be white, but they are quantities and stay what they are.
    pub keeps_quantities: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Map {
    Linear { slope: f64, intercept: f64 },
    Table(LookupTable),
}

impl Modality {
    pub(super) fn read(
        data_set: &DataSet<'_>,
        frame: usize,
        pixel: &ImagePixel,
    ) -> Result<Self, Error> {
        let attributes = FrameAttributes::of(data_set, frame);
        let map = map(data_set, &attributes, pixel)?;
        // Quantities have a meaning that a display's wish must not change: a CT of Hounsfield units stays one.
        let is_quantity = pixel.kind != SampleKind::Integer
            || attributes
                .holder(
                    tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE,
                    tags::RESCALE_TYPE,
                )
                .and_then(|holder| holder.text(tags::RESCALE_TYPE))
                .is_some_and(|kind| kind != "US");
        let is_inverted = pixel.photometric == Photometric::Monochrome1;
        let mirror = (is_inverted && !is_quantity).then(|| match &map {
            Map::Linear { slope, intercept } => slope * f64::from(pixel.mirror()) + 2.0 * intercept,
            Map::Table(table) => f64::from(crate::open::largest(table.bits)),
        });
        let window = window(data_set, &attributes, pixel, &map)?.map(|[low, high]| match mirror {
            Some(mirror) => [mirror - high, mirror - low],
            None => [low, high],
        });
        Ok(Self {
            map,
            mirror,
            window,
            keeps_quantities: is_inverted && is_quantity,
        })
    }

    /// The value of a stored sample.
    pub(super) fn value(&self, stored: f64) -> f64 {
        let value = match &self.map {
            Map::Linear { slope, intercept } => slope * stored + intercept,
            Map::Table(table) => f64::from(table.map(stored as i32)),
        };
        self.mirror.map_or(value, |mirror| mirror - value)
    }

    /// Slope and intercept of the whole way from stored samples to values; `None` if it is no straight line.
    pub(super) fn linear(&self) -> Option<[f64; 2]> {
        match (&self.map, self.mirror) {
            (&Map::Linear { slope, intercept }, None) => Some([slope, intercept]),
            (&Map::Linear { slope, intercept }, Some(mirror)) => Some([-slope, mirror - intercept]),
            (Map::Table(_), _) => None,
        }
    }

    /// Whether values, as 32-bit floats of 24 bits, tell exactly which samples they come from.
    pub(super) fn is_reversible(&self, pixel: &ImagePixel) -> bool {
        let Some([slope, intercept]) = self.linear() else {
            return false;
        };
        if pixel.kind != SampleKind::Integer || self.is_plain() && self.mirror.is_none() {
            return true;
        }
        let largest = slope.abs() * 2.0_f64.powi(i32::from(pixel.bits_stored)) + intercept.abs();
        largest * 2.0_f64.powi(-24) < 0.49 * slope.abs()
    }

    pub(super) fn is_mirrored(&self) -> bool {
        self.mirror.is_some()
    }

    /// Whether values are the stored samples, but for a mirrored scale.
    pub(super) fn is_plain(&self) -> bool {
        self.map
            == Map::Linear {
                slope: 1.0,
                intercept: 0.0,
            }
    }
}

fn map(
    data_set: &DataSet<'_>,
    attributes: &FrameAttributes<'_, '_>,
    pixel: &ImagePixel,
) -> Result<Map, Error> {
    let number = |tag: Tag| {
        attributes
            .holder(tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE, tag)
            .and_then(|holder| holder.number(tag))
    };
    if pixel.kind == SampleKind::Integer
        && let Some(item) = data_set.first_item(tags::MODALITY_LUT_SEQUENCE)
    {
        return LookupTable::of_item(item, pixel.signed).map(Map::Table);
    }
    // A slope of 0 would make every picture flat; writers who do not know it write it.
    let slope = number(tags::RESCALE_SLOPE).filter(|&slope| slope != 0.0);
    let dose = data_set
        .number(tags::DOSE_GRID_SCALING)
        .filter(|&scaling| scaling != 0.0);
    Ok(Map::Linear {
        slope: dose.or(slope).unwrap_or(1.0),
        intercept: number(tags::RESCALE_INTERCEPT).unwrap_or(0.0),
    })
}

/// The first window, or the range over which the first table of values of interest changes.
fn window(
    data_set: &DataSet<'_>,
    attributes: &FrameAttributes<'_, '_>,
    pixel: &ImagePixel,
    map: &Map,
) -> Result<Option<[f64; 2]>, Error> {
    let holder = attributes.holder(tags::FRAME_VOILUT_SEQUENCE, tags::WINDOW_CENTER);
    if let Some(holder) = holder {
        let first = |tag: Tag| {
            let number = holder.numbers(tag).first().copied();
            number.filter(|number| number.is_finite())
        };
        if let (Some(centre), Some(width)) = (first(tags::WINDOW_CENTER), first(tags::WINDOW_WIDTH))
        {
            let is_exact = matches!(
                holder.text(tags::VOILUT_FUNCTION),
                Some("LINEAR_EXACT" | "SIGMOID")
            );
            let [low, high] = if is_exact {
                [centre - width / 2.0, centre + width / 2.0]
            } else {
                // Section C.11.2.1.2.1.
                [
                    centre - 0.5 - (width - 1.0) / 2.0,
                    centre - 0.5 + (width - 1.0) / 2.0,
                ]
            };
            return Ok((low < high).then_some([low, high]));
        }
    }
    let Some(item) = data_set.first_item(tags::VOILUT_SEQUENCE) else {
        return Ok(None);
    };
    let is_signed = match map {
        Map::Linear { intercept, .. } => pixel.signed || *intercept < 0.0,
        Map::Table(_) => false,
    };
    LookupTable::of_item(item, is_signed).map(|table| table.range())
}
