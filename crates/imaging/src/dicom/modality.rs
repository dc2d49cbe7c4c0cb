//! From stored samples to values, and the range of values to show (PS3.3 sections C.11.1, C.11.2, C.7.6.16.2.9).

use std::sync::Arc;

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::data_set::DataSet;
use super::frame_attributes::FrameAttributes;
use super::image_pixel::{ImagePixel, Photometric, SampleKind};
use super::lookup::LookupTable;
use crate::Error;

/// What the stored samples of one plane mean.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Modality {
    map: Map,
    /// For MONOCHROME1: the value that values are subtracted from, so that low ones are dark.
    mirror: Option<f64>,
    /// Whether the file asks for low values to be white, but they are quantities and stay what they are.
    pub keeps_quantities: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Map {
    Linear { slope: f64, intercept: f64 },
    Table(Arc<LookupTable>),
}

impl Modality {
    /// For a frame of a data set whose own table, if it has one, is `table`.
    pub(super) fn read(
        data_set: &DataSet<'_>,
        frame: usize,
        pixel: &ImagePixel,
        table: Option<&Arc<LookupTable>>,
    ) -> Self {
        let attributes = FrameAttributes::of(data_set, frame);
        let map = match table {
            Some(table) => Map::Table(table.clone()),
            None => linear(data_set, &attributes),
        };
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
            Map::Table(table) => f64::from(crate::value_range::largest(table.bits)),
        });
        Self {
            map,
            mirror,
            keeps_quantities: is_inverted && is_quantity,
        }
    }

    /// Low and high end of what a frame's window shows, in values. A window that makes no sense is none: it is about
    /// display only.
    pub(super) fn window(
        &self,
        data_set: &DataSet<'_>,
        frame: usize,
        pixel: &ImagePixel,
    ) -> Option<[f64; 2]> {
        let attributes = FrameAttributes::of(data_set, frame);
        let [low, high] = window(&attributes).or_else(|| {
            let item = data_set.first_item(tags::VOILUT_SEQUENCE)?;
            let is_signed = match &self.map {
                Map::Linear { intercept, .. } => pixel.signed || *intercept < 0.0,
                Map::Table(_) => false,
            };
            LookupTable::of_item(item, is_signed).ok()?.range()
        })?;
        Some(match self.mirror {
            Some(mirror) => [mirror - high, mirror - low],
            None => [low, high],
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

/// The table of the Modality LUT Sequence, if there is one.
pub(super) fn table(
    data_set: &DataSet<'_>,
    pixel: &ImagePixel,
) -> Result<Option<Arc<LookupTable>>, Error> {
    let item = data_set.first_item(tags::MODALITY_LUT_SEQUENCE);
    item.filter(|_| pixel.kind == SampleKind::Integer)
        .map(|item| LookupTable::of_item(item, pixel.signed).map(Arc::new))
        .transpose()
}

fn linear(data_set: &DataSet<'_>, attributes: &FrameAttributes<'_, '_>) -> Map {
    let number = |tag: Tag| {
        attributes
            .holder(tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE, tag)
            .and_then(|holder| holder.number(tag))
    };
    // A slope of 0 would make every picture flat; writers who do not know it write it.
    let slope = number(tags::RESCALE_SLOPE).filter(|&slope| slope != 0.0);
    let dose = data_set
        .number(tags::DOSE_GRID_SCALING)
        .filter(|&scaling| scaling != 0.0);
    Map::Linear {
        slope: dose.or(slope).unwrap_or(1.0),
        intercept: number(tags::RESCALE_INTERCEPT).unwrap_or(0.0),
    }
}

/// The first of a frame's windows.
fn window(attributes: &FrameAttributes<'_, '_>) -> Option<[f64; 2]> {
    let holder = attributes.holder(tags::FRAME_VOILUT_SEQUENCE, tags::WINDOW_CENTER)?;
    let centre = holder.number(tags::WINDOW_CENTER)?;
    let width = holder.number(tags::WINDOW_WIDTH)?;
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
    (low < high).then_some([low, high])
}
