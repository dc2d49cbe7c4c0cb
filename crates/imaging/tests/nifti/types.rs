//! Data types, colours and scaling, in files made here.
use crate::common::nifti::{Header, gzip};
use imaging::{Colour, Error, SampleType, open, open_labels};

use crate::{LIMITS, kept};

/// A label file of each kind, made here.
#[test]
fn labels_of_any_type_are_ids_if_they_are_whole() {
    let ids = [0_u8, 1, 2, 3, 1, 0];
    for (code, stored) in [
        (
            16,
            ids.iter()
                .flat_map(|&id| f32::from(id).to_le_bytes())
                .collect(),
        ),
        (
            64,
            ids.iter()
                .flat_map(|&id| f64::from(id).to_le_bytes())
                .collect(),
        ),
        (
            8,
            ids.iter()
                .flat_map(|&id| i32::from(id).to_le_bytes())
                .collect(),
        ),
        (
            1280,
            ids.iter()
                .flat_map(|&id| u64::from(id).to_le_bytes())
                .collect::<Vec<u8>>(),
        ),
    ] {
        let mut header = Header::new(&[3, 2, 1], code);
        let found = open_labels(&header.file(&stored), "l.nii", &LIMITS, 4).unwrap();
        assert_eq!((found.shape, found.ids.as_slice()), ([1, 2, 3], &ids[..]));
        // Halves are no ids, twice the number are others.
        header.float(112, 0.5);
        assert!(matches!(
            open_labels(&header.file(&stored), "l.nii", &LIMITS, 4),
            Err(Error::InexactLabels { .. })
        ));
        header.float(112, 2.0);
        let doubled = open_labels(&header.file(&stored), "l.nii", &LIMITS, 7).unwrap();
        assert_eq!(doubled.ids, [0, 2, 4, 6, 2, 0]);
    }
    let mask = Header::new(&[3, 1, 1], 2).file(&[0, 255, 0]);
    assert_eq!(open_labels(&mask, "m", &LIMITS, 2).unwrap().ids, [0, 1, 0]);
    assert!(open_labels(&mask, "m", &LIMITS, 3).is_err());
}

#[test]
fn all_data_types_in_both_byte_orders() {
    let check = |code: i16, name: SampleType, stored: Vec<Vec<u8>>, expected: [f32; 2]| {
        for big_endian in [false, true] {
            let mut bytes = stored.clone();
            let mut header = Header::new(&[2, 1, 1], code);
            if big_endian {
                header = header.big_endian();
                bytes.iter_mut().for_each(|value| value.reverse());
            }
            let file = header.file(&bytes.concat());
            let found = open(&file, "v.nii", &LIMITS).unwrap();
            assert_eq!(found.voxels, expected, "{name}, big-endian: {big_endian}");
            assert_eq!(found.provenance.sample_type, name);
            assert_eq!(kept(&found).big_endian, big_endian);
            let zipped = open(&gzip(&file), "v.nii.gz", &LIMITS).unwrap();
            assert_eq!(zipped.voxels, expected);
        }
    };
    macro_rules! type_of {
        ($code:literal, $name:ident, $number:ty, $low:expr, $high:expr) => {
            let stored: Vec<Vec<u8>> = [$low as $number, $high as $number]
                .iter()
                .map(|value| value.to_le_bytes().to_vec())
                .collect();
            check(
                $code,
                SampleType::$name,
                stored,
                [$low as f32, $high as f32],
            );
        };
    }
    type_of!(2, Uint8, u8, 0, 255);
    type_of!(256, Int8, i8, -128, 127);
    type_of!(4, Int16, i16, -32768, 32767);
    type_of!(512, Uint16, u16, 1, 65535);
    type_of!(8, Int32, i32, -2147483648_i64, 65536);
    type_of!(768, Uint32, u32, 3, 4294967295_u32);
    type_of!(1024, Int64, i64, -4503599627370496_i64, 7);
    type_of!(1280, Uint64, u64, 9, 18446744073709551615_u64);
    type_of!(16, Float32, f32, -0.1, 1e30);
    type_of!(64, Float64, f64, -2.5, 1e-30);
}

#[test]
fn of_complex_numbers_the_magnitude_is_read() {
    let numbers = [3.0_f32, 4.0, -5.0, 12.0];
    let voxels: Vec<u8> = numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    let found = open(&Header::new(&[2, 1, 1], 32).file(&voxels), "c.nii", &LIMITS).unwrap();
    assert_eq!(found.voxels, [5.0, 13.0]);
    assert!(found.provenance.notes.join(" ").contains("magnitude"));
    let voxels: Vec<u8> = numbers
        .iter()
        .flat_map(|&number| f64::from(number).to_le_bytes())
        .collect();
    let found = open(
        &Header::new(&[2, 1, 1], 1792).file(&voxels),
        "c.nii",
        &LIMITS,
    )
    .unwrap();
    assert_eq!(found.voxels, [5.0, 13.0]);
}

#[test]
fn types_that_are_not_numbers_are_refused_with_what_to_do() {
    for (code, what) in [
        (2048, "complex voxels of 128-bit floats (datatype 2048)"),
        (1536, "128-bit floats (datatype 1536)"),
        (1, "one-bit voxels (datatype 1)"),
        (0, "voxels of the unknown datatype 0"),
    ] {
        let file = Header::new(&[2, 2, 2], code).file(&[0; 256]);
        let error = open(&file, "c.nii", &LIMITS).unwrap_err().to_string();
        assert_eq!(
            error,
            format!(
                "this NIfTI file has {what}, which is not supported; save it again with integers of 8 to 64 bits or 32-bit floats as voxels"
            )
        );
    }
}

#[test]
fn colours_are_channels_and_alpha_is_dropped() {
    let opaque = Header::new(&[2, 1, 1], 128).file(&[1, 2, 3, 4, 5, 6]);
    let with_alpha = Header::new(&[2, 1, 1], 2304).file(&[1, 2, 3, 255, 4, 5, 6, 0]);
    let opaque = open(&opaque, "c.nii", &LIMITS).unwrap();
    let with_alpha = open(&with_alpha, "c.nii", &LIMITS).unwrap();
    assert_eq!(opaque.voxels, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    assert_eq!(
        (opaque.channels, opaque.provenance.colour),
        (3, Colour::Rgb)
    );
    assert_eq!(with_alpha.voxels, opaque.voxels);
    assert!(
        with_alpha
            .provenance
            .notes
            .iter()
            .any(|note| note.contains("alpha"))
    );
}

#[test]
fn scaling_is_applied_where_it_is_one() {
    for (slope, intercept, expected) in [
        (0.0, 100.0, [3.0, 5.0]),
        (f32::NAN, 100.0, [3.0, 5.0]),
        (f32::INFINITY, 0.0, [3.0, 5.0]),
        (2.0, f32::NAN, [3.0, 5.0]),
        (1.0, 0.0, [3.0, 5.0]),
        (1.0, -1.0, [2.0, 4.0]),
        (-0.5, 10.0, [8.5, 7.5]),
    ] {
        let mut header = Header::new(&[2], 2);
        header.float(112, slope);
        header.float(116, intercept);
        let found = open(&header.file(&[3, 5]), "s.nii", &LIMITS).unwrap();
        assert_eq!(found.voxels, expected, "{slope} {intercept}");
        assert_eq!(found.shape, [1, 1, 2]);
    }
}
