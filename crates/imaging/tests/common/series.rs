//! A made-up DICOM series, and what comes out of objects that refer to one.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Cursor;

use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{DefaultDicomObject, InMemDicomObject};
use imaging::Geometry;
use imaging::dicom::write::{AlgorithmType, Code, Creator, Quantity, Segment};
use imaging::dicom::{SourcePlane, SourceSeries};

/// RAS+ affine of an oblique stack with voxels of 0.5 x 0.8 x 3 mm (columns, rows, planes).
pub fn oblique() -> [[f64; 4]; 4] {
    let (sine, cosine) = 0.4_f64.sin_cos();
    [
        [-0.5 * cosine, 0.0, 3.0 * sine, 10.0],
        [-0.5 * sine, 0.0, -3.0 * cosine, -20.0],
        [0.0, -0.8, 0.0, 30.0],
        [0.0, 0.0, 0.0, 1.0],
    ]
}

/// Where a plane of such a stack begins, LPS+.
pub fn position(affine: &[[f64; 4]; 4], plane: usize) -> [f64; 3] {
    let [x, y, z] = [0, 1, 2].map(|axis| affine[axis][2] * plane as f64 + affine[axis][3]);
    [-x, -y, z]
}

pub fn geometry(affine: [[f64; 4]; 4]) -> Geometry {
    Geometry {
        affine: Some(affine),
        ..Geometry::default()
    }
}

/// One file for each plane.
pub fn series(affine: &[[f64; 4]; 4], planes: usize) -> SourceSeries {
    let text = |tag, vr, value: &str| DataElement::new(tag, vr, PrimitiveValue::from(value));
    let [row, column] = [0, 1].map(|axis| {
        let [x, y, z] = [0, 1, 2].map(|line| affine[line][axis]);
        let length = (x * x + y * y + z * z).sqrt();
        [-x / length, -y / length, z / length]
    });
    let orientation: Vec<String> = row.iter().chain(&column).map(f64::to_string).collect();
    SourceSeries {
        attributes: InMemDicomObject::from_element_iter([
            text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 100"),
            text(tags::MODALITY, VR::CS, "MR"),
            text(tags::PATIENT_NAME, VR::PN, "Müller^Jörg"),
            text(tags::PATIENT_ID, VR::LO, "A 17"),
            text(tags::PATIENT_SEX, VR::CS, "O"),
            text(tags::CLINICAL_TRIAL_SPONSOR_NAME, VR::LO, "Sponsor"),
            text(tags::STUDY_DATE, VR::DA, "20200102"),
            text(tags::STUDY_INSTANCE_UID, VR::UI, "1.2.3"),
            text(tags::SERIES_INSTANCE_UID, VR::UI, "1.2.3.4"),
            text(tags::SERIES_NUMBER, VR::IS, "7"),
            text(tags::FRAME_OF_REFERENCE_UID, VR::UI, "1.2.3.5\0"),
            text(tags::INSTITUTION_NAME, VR::LO, "A hospital"),
            DataElement::new(
                tags::IMAGE_ORIENTATION_PATIENT,
                VR::DS,
                PrimitiveValue::Strs(orientation.into()),
            ),
        ]),
        planes: (0..planes)
            .map(|plane| SourcePlane {
                sop_class_uid: uids::MR_IMAGE_STORAGE.to_owned(),
                sop_instance_uid: format!("1.2.3.4.{}", plane + 1),
                frame_number: None,
                image_position: Some(position(affine, plane)),
            })
            .collect(),
    }
}

pub fn creator() -> Creator {
    Creator {
        manufacturer: "Penumbra".to_owned(),
        program: "Penumbra".to_owned(),
        program_version: "0.1.0".to_owned(),
        model: "hippocampus".to_owned(),
        model_version: "0123456789abcdef".to_owned(),
        moment: "2026-11-26T12:34:56".parse().unwrap(),
    }
}

pub fn segments(ids: &[u8]) -> Vec<Segment> {
    ids.iter()
        .map(|&id| Segment {
            id,
            label: format!("class {id}"),
            category: Code::anatomical_structure(),
            property_type: Code::new("85756007", "SCT", "Tissue"),
            colour: [255, 0, 0],
            algorithm_type: AlgorithmType::Automatic,
        })
        .collect()
}

pub fn quantity() -> Quantity {
    Quantity {
        label: "uncertainty".to_owned(),
        explanation: "Uncertainty of the segmentation".to_owned(),
        definition: Code::new(
            "uncertainty",
            Code::PRIVATE_SCHEME,
            "Uncertainty of the segmentation",
        ),
        units: Code::no_units(),
        display_range: None,
    }
}

pub fn read(file: &[u8]) -> DefaultDicomObject {
    dicom_object::from_reader(Cursor::new(file)).unwrap()
}

pub fn items(object: &InMemDicomObject, tag: Tag) -> &[InMemDicomObject] {
    object.element(tag).unwrap().value().items().unwrap()
}

/// The one item of a sequence.
pub fn item(object: &InMemDicomObject, tag: Tag) -> &InMemDicomObject {
    let [item] = items(object, tag) else {
        panic!("{tag} has not one item");
    };
    item
}

pub fn text(object: &InMemDicomObject, tag: Tag) -> String {
    let text = object.element(tag).unwrap().to_str().unwrap();
    text.trim_matches(['\0', ' ']).to_owned()
}

pub fn number(object: &InMemDicomObject, tag: Tag) -> u32 {
    object.element(tag).unwrap().to_int().unwrap()
}

pub fn numbers(object: &InMemDicomObject, tag: Tag) -> Vec<f64> {
    object.element(tag).unwrap().to_multi_float64().unwrap()
}

pub fn assert_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (a, b) in found.iter().zip(expected) {
        assert!((a - b).abs() < 1e-9, "{found:?} in place of {expected:?}");
    }
}
