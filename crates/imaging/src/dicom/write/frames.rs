//! Functional groups: where the frames lie and what they were computed from (PS3.3 section C.7.6.16).

use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

use super::data_set::Write as _;
use super::description::Code;
use super::image_planes::ImagePlanes;
use super::referenced_series::{ReferencedSeries, reference};
use super::uid::Name;
use crate::{Error, Geometry};

/// The planes that frames show.
pub(super) struct Planes<'a> {
    source: ReferencedSeries<'a>,
    image_planes: Option<ImagePlanes<'a>>,
}

impl<'a> Planes<'a> {
    /// `geometry` is the source's own.
    pub(super) fn new(source: ReferencedSeries<'a>, geometry: &Geometry) -> Result<Self, Error> {
        let image_planes = match (source.frame_of_reference(), geometry.affine) {
            (Some(frame_of_reference), Some(affine)) => {
                Some(ImagePlanes::new(&source, frame_of_reference, &affine)?)
            }
            _ => None,
        };
        Ok(Self {
            source,
            image_planes,
        })
    }

    /// Whether it is known where they lie.
    pub(super) fn are_placed(&self) -> bool {
        self.image_planes.is_some()
    }

    /// Writes the modules Frame of Reference and Multi-frame Dimension (PS3.3 sections C.7.4.1 and C.7.6.17).
    /// `further` dimensions, each an attribute and its functional group, come before the position. Without any, every
    /// plane has its one frame.
    pub(super) fn write_dimensions(&self, object: &mut InMemDicomObject, further: &[(Tag, Tag)]) {
        let position = if let Some(image_planes) = &self.image_planes {
            self.source
                .write_frame_of_reference(object, image_planes.frame_of_reference);
            if further.is_empty() && image_planes.between.is_some() {
                object.text(tags::DIMENSION_ORGANIZATION_TYPE, VR::CS, "3D");
            }
            (tags::IMAGE_POSITION_PATIENT, tags::PLANE_POSITION_SEQUENCE)
        } else {
            object.empty(tags::PATIENT_ORIENTATION, VR::CS);
            (tags::IN_STACK_POSITION_NUMBER, tags::FRAME_CONTENT_SEQUENCE)
        };
        // The same for every result of a series whose dimensions are the same ones.
        let organisation = Name::new("dimension organisation")
            .with(self.source.uid().as_bytes())
            .with(format!("{further:?} {position:?}").as_bytes())
            .uid();
        object.item(tags::DIMENSION_ORGANIZATION_SEQUENCE, |item| {
            item.text(tags::DIMENSION_ORGANIZATION_UID, VR::UI, &organisation);
        });
        let dimensions = further
            .iter()
            .chain([&position])
            .map(|&(attribute, group)| {
                let mut item = InMemDicomObject::new_empty();
                item.pointer(tags::DIMENSION_INDEX_POINTER, attribute);
                item.pointer(tags::FUNCTIONAL_GROUP_POINTER, group);
                item.text(tags::DIMENSION_ORGANIZATION_UID, VR::UI, &organisation);
                item
            });
        object.items(tags::DIMENSION_INDEX_SEQUENCE, dimensions.collect());
    }

    /// Writes the functional groups that all frames share.
    pub(super) fn write_shared(&self, shared: &mut InMemDicomObject) {
        let Some(image_planes) = &self.image_planes else {
            return;
        };
        shared.item(tags::PLANE_ORIENTATION_SEQUENCE, |item| {
            item.decimals(
                tags::IMAGE_ORIENTATION_PATIENT,
                image_planes.orientation.as_flattened(),
            );
        });
        shared.item(tags::PIXEL_MEASURES_SEQUENCE, |item| {
            item.decimals(tags::PIXEL_SPACING, &image_planes.spacing);
            if let Some(thickness) = image_planes.thickness {
                item.decimals(tags::SLICE_THICKNESS, &[thickness]);
            }
            if let Some(between) = image_planes.between {
                item.decimals(tags::SPACING_BETWEEN_SLICES, &[between]);
            }
        });
    }

    /// The functional groups of a frame that shows `plane`; `further` are its indices in the further dimensions.
    pub(super) fn frame(
        &self,
        plane: usize,
        further: &[u32],
        derivation: &Code,
    ) -> InMemDicomObject {
        let mut frame = InMemDicomObject::new_empty();
        let index = u32::try_from(plane + 1).unwrap_or(u32::MAX);
        frame.item(tags::FRAME_CONTENT_SEQUENCE, |item| {
            let indices: Vec<u32> = further.iter().copied().chain([index]).collect();
            item.longs(tags::DIMENSION_INDEX_VALUES, &indices);
            if self.image_planes.is_none() {
                item.text(tags::STACK_ID, VR::SH, "1");
                item.longs(tags::IN_STACK_POSITION_NUMBER, &[index]);
            }
        });
        if let Some(position) = self
            .image_planes
            .as_ref()
            .and_then(|image_planes| image_planes.positions.get(plane))
        {
            frame.item(tags::PLANE_POSITION_SEQUENCE, |item| {
                item.decimals(tags::IMAGE_POSITION_PATIENT, position);
            });
        }
        if let Some(source) = self.source.planes().get(plane) {
            frame.item(tags::DERIVATION_IMAGE_SEQUENCE, |item| {
                item.code(tags::DERIVATION_CODE_SEQUENCE, derivation);
                item.item(tags::SOURCE_IMAGE_SEQUENCE, |image| {
                    reference(image, source);
                    if let Some(number) = source.frame_number {
                        image.integer(tags::REFERENCED_FRAME_NUMBER, number);
                    }
                    image.text(tags::SPATIAL_LOCATIONS_PRESERVED, VR::CS, "YES");
                    let purpose = Code::new(
                        "121322",
                        "DCM",
                        "Source image for image processing operation",
                    );
                    image.code(tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE, &purpose);
                });
            });
        }
        frame
    }
}
