//! Several maps of one image in one file.
#![allow(clippy::unwrap_used, clippy::panic)]

use imaging::encode::{Space, nifti_channels, tiff_f32_channels};
use imaging::{Format, Limits, Volume, open};

/// `[channels, planes, rows, columns]`, every value another one.
fn numbered(length: usize) -> Vec<f32> {
    (0..length).map(|value| value as f32 / 7.0).collect()
}

/// Value `place` of a little-endian file of floats.
fn float(bytes: &[u8], place: usize) -> f32 {
    f32::from_le_bytes(bytes[place..place + 4].try_into().unwrap())
}

#[test]
fn nifti_has_a_fourth_axis_whose_first_volume_opens_alone() {
    let shape = [3, 4, 5];
    let space = Space {
        shape,
        affine: None,
        spacing: None,
        header: None,
    };
    let values = numbered(2 * 60);
    let file = nifti_channels(&values, 2, &space).unwrap();
    let plain = imaging_gunzip(&file);
    let dims: Vec<i16> = (0..5)
        .map(|axis| i16::from_le_bytes(plain[40 + 2 * axis..42 + 2 * axis].try_into().unwrap()))
        .collect();
    assert_eq!(dims, [4, 5, 4, 3, 2]);
    for (place, value) in values.iter().enumerate() {
        assert_eq!(float(&plain, 352 + 4 * place), *value);
    }
    // A picture has an axis of one plane before that of the channels.
    let picture = Space {
        shape: [1, 4, 5],
        ..space
    };
    let plain = imaging_gunzip(&nifti_channels(&numbered(60), 3, &picture).unwrap());
    assert_eq!(plain[40..50], [4, 0, 5, 0, 4, 0, 1, 0, 3, 0]);
    assert!(nifti_channels(&values, 3, &space).is_err());
}

/// The content of a gzip file.
fn imaging_gunzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Read as _;
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(bytes)
        .read_to_end(&mut plain)
        .unwrap();
    plain
}

#[test]
fn tiff_has_a_channel_for_each_and_a_page_for_every_plane() {
    let values = numbered(3 * 2 * 4 * 5);
    let file = tiff_f32_channels(&values, 3, [2, 4, 5]).unwrap();
    let mut decoder = tiff::decoder::Decoder::new(std::io::Cursor::new(&file)).unwrap();
    for plane in 0..2 {
        assert_eq!(decoder.dimensions().unwrap(), (5, 4));
        let samples = decoder
            .get_tag_u32(tiff::tags::Tag::SamplesPerPixel)
            .unwrap();
        assert_eq!(samples, 3);
        let tiff::decoder::DecodingResult::F32(page) = decoder.read_image().unwrap() else {
            panic!("floats were written")
        };
        for (place, value) in page.iter().enumerate() {
            let (pixel, channel) = (place / 3, place % 3);
            assert_eq!(*value, values[(channel * 2 + plane) * 20 + pixel]);
        }
        if plane == 0 {
            decoder.next_image().unwrap();
        }
    }
    assert!(tiff_f32_channels(&values, 2, [2, 4, 5]).is_err());
    assert!(tiff_f32_channels(&[], 0, [2, 4, 5]).is_err());
}

#[test]
fn one_channel_is_read_back_as_a_map() {
    let values = numbered(20);
    let file = tiff_f32_channels(&values, 1, [1, 4, 5]).unwrap();
    let volume: Volume = open(&file, "map.tif", &Limits::default()).unwrap();
    assert_eq!(volume.provenance.format, Format::Tiff);
    assert_eq!(volume.voxels, values);
}
