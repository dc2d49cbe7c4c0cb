//! The penumbra view of a plane, as the page shows it at first.

use ::overlay::{ClassField, Penumbra, Plane, PlaneRegion, penumbra, png, svg};
use imaging::Volume;
use imaging::render::windowed;

use crate::{Error, Manifest, Segmentation, UncertaintySummary};

/// How sure the core is: what the page shows at first.
const SURE: f32 = 0.9;

/// A plane of an image with its penumbra: what surely is an object, and how far its border could lie elsewhere.
#[derive(Debug)]
pub struct Overlay {
    /// The image through its display range, RGBA.
    image: Vec<u8>,
    penumbra: Penumbra,
}

impl Overlay {
    /// Of one plane, counted from 0.
    ///
    /// # Errors
    /// [`imaging::Error::NoSuchPlane`] for a plane that the image does not have, and those of drawing for arrays that do
    /// not fit, which those of a run do.
    pub fn new(
        manifest: &Manifest,
        volume: &Volume,
        result: &Segmentation,
        uncertainty: &UncertaintySummary,
        plane: usize,
    ) -> Result<Self, Error> {
        let [planes, rows, columns] = result.shape;
        let pixels = rows * columns;
        let missing = || imaging::Error::NoSuchPlane { plane, planes };
        let of_plane = plane * pixels..(plane + 1) * pixels;
        let mut shown = Vec::with_capacity(volume.channels * pixels);
        for channel in volume.voxels.chunks_exact((planes * pixels).max(1)) {
            shown.extend(channel.get(of_plane.clone()).ok_or_else(missing)?);
        }
        let image = windowed(&shown, volume.channels, volume.provenance.display_range())?;
        let mut probabilities = Vec::new();
        for class in manifest.classes.iter().skip(1) {
            let values = result.class_probability(class.id).unwrap_or_default();
            let values = values.get(of_plane.clone()).ok_or_else(missing)?.to_vec();
            probabilities.push((class, values));
        }
        let classes: Vec<ClassField<'_>> = probabilities
            .iter()
            .map(|(class, values)| ClassField {
                class: class.id,
                colour: class.colour,
                probability: values,
            })
            .collect();
        let regions = on_plane(uncertainty, plane);
        let penumbra = penumbra(
            &Plane {
                size: [rows, columns],
                mask: result.labels.get(of_plane).ok_or_else(missing)?,
                classes: &classes,
                regions: (planes > 1).then_some(regions.as_slice()),
            },
            SURE,
        )?;
        Ok(Self { image, penumbra })
    }

    /// As a PNG file; images whose longer side is under 1024 pixels are enlarged by a whole number.
    ///
    /// # Errors
    /// Those of drawing and of the encoder.
    pub fn png(&self) -> Result<Vec<u8>, Error> {
        Ok(png(&self.image, &self.penumbra)?)
    }

    /// As SVG text with the image inside of it.
    ///
    /// # Errors
    /// Those of drawing and of the encoder.
    pub fn svg(&self) -> Result<String, Error> {
        Ok(svg(&self.image, &self.penumbra)?)
    }
}

/// The places to look at that a plane goes through.
fn on_plane(uncertainty: &UncertaintySummary, plane: usize) -> Vec<PlaneRegion> {
    let boxes = uncertainty.regions.iter();
    boxes
        .map(|region| {
            (
                region.kind,
                region.bounding_box.first,
                region.bounding_box.last,
            )
        })
        .filter(|(_, first, last)| (first[2]..=last[2]).contains(&plane))
        .map(|(kind, first, last)| PlaneRegion {
            kind,
            rows: [first[1], last[1]],
            columns: [first[0], last[0]],
        })
        .collect()
}
