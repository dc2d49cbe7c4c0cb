//! DICOM Parametric Maps, read back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/series.rs"]
mod series;

use dicom_dictionary_std::{tags, uids};
use imaging::dicom::write::{parametric_map, source_series};
use imaging::{Error, Geometry, Limits};
use series::{
    assert_close, creator, geometry, item, items, number, numbers, oblique, position, quantity,
    read, text,
};

#[test]
fn numbers_places_and_meaning_are_read_back() {
    let affine = oblique();
    let source = series::series(&affine, 2);
    let values = [0.125, -3.5, f32::NAN, f32::MAX, 1e-30, 7.0];
    let file = parametric_map(
        &source,
        &geometry(affine),
        &values,
        [2, 1, 3],
        &quantity(),
        &creator(),
    )
    .unwrap();
    let object = read(&file);
    assert_eq!(
        text(&object, tags::SOP_CLASS_UID),
        uids::PARAMETRIC_MAP_STORAGE
    );
    assert_eq!(text(&object, tags::SERIES_NUMBER), "702");
    let stored = object
        .element(tags::FLOAT_PIXEL_DATA)
        .unwrap()
        .to_multi_float32()
        .unwrap();
    let bits = |values: &[f32]| {
        values
            .iter()
            .map(|value| value.to_bits())
            .collect::<Vec<_>>()
    };
    assert_eq!(bits(&stored), bits(&values));

    let frames = items(&object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    assert_eq!(
        number(&object, tags::NUMBER_OF_FRAMES) as usize,
        frames.len()
    );
    for (plane, frame) in frames.iter().enumerate() {
        let found = numbers(
            item(frame, tags::PLANE_POSITION_SEQUENCE),
            tags::IMAGE_POSITION_PATIENT,
        );
        assert_close(&found, &position(&affine, plane));
        let content = item(frame, tags::FRAME_CONTENT_SEQUENCE);
        assert_eq!(
            number(content, tags::DIMENSION_INDEX_VALUES) as usize,
            plane + 1
        );
        let image = item(
            item(frame, tags::DERIVATION_IMAGE_SEQUENCE),
            tags::SOURCE_IMAGE_SEQUENCE,
        );
        assert_eq!(
            text(image, tags::REFERENCED_SOP_INSTANCE_UID),
            format!("1.2.3.4.{}", plane + 1)
        );
    }
    let shared = item(&object, tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE);
    let mapping = item(shared, tags::REAL_WORLD_VALUE_MAPPING_SEQUENCE);
    assert_close(&numbers(mapping, tags::REAL_WORLD_VALUE_SLOPE), &[1.0]);
    assert_close(&numbers(mapping, tags::REAL_WORLD_VALUE_INTERCEPT), &[0.0]);
    assert_close(
        &numbers(
            mapping,
            tags::DOUBLE_FLOAT_REAL_WORLD_VALUE_FIRST_VALUE_MAPPED,
        ),
        &[-3.5],
    );
    let units = item(mapping, tags::MEASUREMENT_UNITS_CODE_SEQUENCE);
    assert_eq!(
        (
            text(units, tags::CODE_VALUE),
            text(units, tags::CODING_SCHEME_DESIGNATOR)
        ),
        ("1".to_owned(), "UCUM".to_owned())
    );
    let definition = item(mapping, tags::QUANTITY_DEFINITION_SEQUENCE);
    assert_eq!(
        text(
            item(definition, tags::CONCEPT_CODE_SEQUENCE),
            tags::CODE_VALUE
        ),
        "uncertainty"
    );
    let scheme = item(&object, tags::CODING_SCHEME_IDENTIFICATION_SEQUENCE);
    assert_eq!(text(scheme, tags::CODING_SCHEME_DESIGNATOR), "99PENUMBRA");
}

#[test]
fn our_own_reader_sees_the_map_where_it_is() {
    let affine = oblique();
    let source = series::series(&affine, 3);
    let values: Vec<f32> = (0..3 * 2 * 5)
        .map(|voxel| voxel as f32 * 0.37 - 2.0)
        .collect();
    let file = parametric_map(
        &source,
        &geometry(affine),
        &values,
        [3, 2, 5],
        &quantity(),
        &creator(),
    )
    .unwrap();
    let volume = imaging::open(&file, "map.dcm", &Limits::default()).unwrap();
    assert_eq!((volume.shape, &volume.voxels), ([3, 2, 5], &values));
    let found = volume.geometry.affine.unwrap();
    assert_close(found.as_flattened(), affine.as_flattened());
}

#[test]
fn the_window_is_the_callers_or_spans_the_values() {
    let affine = oblique();
    let source = series::series(&affine, 1);
    let window = |values: &[f32; 2], range| {
        let mut quantity = quantity();
        quantity.display_range = range;
        let file = parametric_map(
            &source,
            &geometry(affine),
            values,
            [1, 1, 2],
            &quantity,
            &creator(),
        )
        .unwrap();
        let object = read(&file);
        let shared = item(&object, tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE);
        let window = item(shared, tags::FRAME_VOILUT_SEQUENCE);
        [
            numbers(window, tags::WINDOW_CENTER),
            numbers(window, tags::WINDOW_WIDTH),
        ]
        .concat()
    };
    assert_close(&window(&[1.0, 5.0], None), &[3.0, 4.0]);
    assert_close(&window(&[1.0, 5.0], Some([0.0, 1.0])), &[0.5, 1.0]);
    assert_close(&window(&[2.0, 2.0], None), &[2.0, 1.0]);
}

#[test]
fn a_map_needs_a_place_in_the_patient() {
    let affine = oblique();
    let mut source = series::series(&affine, 1);
    let found = parametric_map(
        &source,
        &Geometry::default(),
        &[1.0],
        [1, 1, 1],
        &quantity(),
        &creator(),
    );
    assert!(matches!(found, Err(Error::OffGrid { .. })), "{found:?}");
    source
        .attributes
        .remove_element(tags::FRAME_OF_REFERENCE_UID);
    let found = parametric_map(
        &source,
        &geometry(affine),
        &[1.0],
        [1, 1, 1],
        &quantity(),
        &creator(),
    );
    assert!(
        found
            .unwrap_err()
            .to_string()
            .contains("Frame of Reference UID (0020,0052)")
    );
    let found = parametric_map(
        &source,
        &geometry(affine),
        &[],
        [1, 0, 1],
        &quantity(),
        &creator(),
    );
    assert!(matches!(found, Err(Error::WrongLength { .. })), "{found:?}");
}

#[test]
fn pictures_that_are_not_dicom_have_no_series_to_refer_to() {
    let png = imaging::encode::png_mask(&[0, 1], 1, 2).unwrap();
    let volume = imaging::open(&png, "mask.png", &Limits::default()).unwrap();
    assert_eq!(source_series(&volume).unwrap_err(), Error::NotDicom);
}
