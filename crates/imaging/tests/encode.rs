//! What is written can be read again, and says what it is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use imaging::{Error, Limits, SampleType, encode, open, open_labels};

#[test]
fn masks_keep_their_ids() {
    let labels = [0, 1, 2, 3, 250, 0];
    let file = encode::png_mask(&labels, 2, 3).unwrap();
    let found = open_labels(&file, "mask.png", &Limits::default(), 255).unwrap();
    assert_eq!(
        (found.shape, found.ids.as_slice()),
        ([1, 2, 3], &labels[..])
    );
}

#[test]
fn overlays_keep_their_colours() {
    let rgba = [1, 2, 3, 255, 4, 5, 6, 255];
    let found = open(
        &encode::png_rgba(&rgba, 1, 2).unwrap(),
        "overlay.png",
        &Limits::default(),
    )
    .unwrap();
    assert_eq!((found.channels, found.shape), (3, [1, 1, 2]));
    assert_eq!(found.voxels, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
}

#[test]
fn maps_keep_every_bit() {
    let values = [0.0, -1.5, f32::MIN_POSITIVE, 3.402_823_5e38, 1e-30, 0.1];
    let file = encode::tiff_f32(&values, 3, 2).unwrap();
    let found = open(&file, "map.tif", &Limits::default()).unwrap();
    assert_eq!(found.shape, [1, 3, 2]);
    assert_eq!(found.provenance.sample_type, SampleType::Float32);
    assert_eq!(found.voxels, values);
    assert!(
        file.windows(9).any(|bytes| bytes == b"Penumbra\0"),
        "the software tag is missing"
    );
}

#[test]
fn one_pixel_is_enough() {
    let found = open(
        &encode::png_mask(&[7], 1, 1).unwrap(),
        "dot.png",
        &Limits::default(),
    )
    .unwrap();
    assert_eq!((found.shape, found.voxels), ([1, 1, 1], vec![7.0]));
}

#[test]
fn sizes_that_do_not_fit_are_errors() {
    assert!(matches!(
        encode::png_mask(&[0; 5], 2, 3),
        Err(Error::WrongLength {
            found: 5,
            expected: 6,
            ..
        })
    ));
    assert!(matches!(
        encode::png_rgba(&[0; 5], 1, 1),
        Err(Error::WrongLength { .. })
    ));
    assert!(matches!(
        encode::tiff_f32(&[0.0; 5], 2, 3),
        Err(Error::WrongLength { .. })
    ));
    assert!(matches!(
        encode::png_mask(&[], 0, 3),
        Err(Error::Encode { .. })
    ));
    assert!(matches!(
        encode::tiff_f32(&[], 3, 0),
        Err(Error::Encode { .. })
    ));
}

#[test]
fn channels_are_converted_by_rec_601() {
    let grey = open(
        &encode::png_mask(&[9, 200], 1, 2).unwrap(),
        "a.png",
        &Limits::default(),
    )
    .unwrap();
    assert_eq!(
        grey.to_channels(3).unwrap(),
        [9.0, 200.0, 9.0, 200.0, 9.0, 200.0]
    );
    assert_eq!(grey.to_channels(1).unwrap(), grey.voxels);
    let rgba = [
        255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 77, 77, 77, 255,
    ];
    let colour = open(
        &encode::png_rgba(&rgba, 2, 2).unwrap(),
        "a.png",
        &Limits::default(),
    )
    .unwrap();
    let luma = colour.to_channels(1).unwrap();
    for (found, expected) in luma.iter().zip([76.245, 149.685, 29.07, 77.0]) {
        assert!((found - expected).abs() < 1e-4, "{found} {expected}");
    }
    assert_eq!(
        colour.to_channels(2).unwrap_err(),
        Error::Channels {
            wanted: 2,
            found: 3
        }
    );
}
