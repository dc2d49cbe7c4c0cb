//! TIFF variants that no sample file has, written by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use imaging::{Colour, Error, Limits, SampleType, open, open_labels};

const SHORT: u16 = 3;
const LONG: u16 = 4;

/// One page: its tags (number, type, values) and its only strip.
struct Page<'a> {
    tags: Vec<(u16, u16, Vec<u32>)>,
    strip: &'a [u8],
}

/// A page of 2 rows of `columns` pixels.
fn page<'a>(columns: u32, photometric: u32, bits: &[u32], strip: &'a [u8]) -> Page<'a> {
    let tags = vec![
        (256, LONG, vec![columns]),
        (257, LONG, vec![2]),
        (258, SHORT, bits.to_vec()),
        (262, SHORT, vec![photometric]),
        (277, SHORT, vec![bits.len() as u32]),
        (278, LONG, vec![2]),
    ];
    Page { tags, strip }
}

impl Page<'_> {
    fn with(mut self, tag: u16, values: &[u32]) -> Self {
        self.tags.push((tag, SHORT, values.to_vec()));
        self
    }
}

/// Writes a file (TIFF 6.0, section 2): header, then for each page its strip, its long values and its directory.
fn tiff(big_endian: bool, pages: Vec<Page<'_>>) -> Vec<u8> {
    let short = |value: u32| {
        let value = value as u16;
        if big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    };
    let long = |value: u32| {
        if big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    };
    let mut file = if big_endian {
        b"MM\0*".to_vec()
    } else {
        b"II*\0".to_vec()
    };
    file.extend([0; 4]);
    let mut link = 4;
    for Page { mut tags, strip } in pages {
        tags.push((273, LONG, vec![file.len() as u32]));
        tags.push((279, LONG, vec![strip.len() as u32]));
        tags.sort();
        file.extend(strip);
        let mut directory = short(tags.len() as u32).to_vec();
        for (tag, kind, values) in tags {
            directory.extend(short(u32::from(tag)));
            directory.extend(short(u32::from(kind)));
            directory.extend(long(values.len() as u32));
            let mut field: Vec<u8> = Vec::new();
            for &value in &values {
                if kind == SHORT {
                    field.extend(short(value))
                } else {
                    field.extend(long(value))
                }
            }
            if field.len() > 4 {
                directory.extend(long(file.len() as u32));
                file.extend(field);
            } else {
                field.resize(4, 0);
                directory.extend(field);
            }
        }
        let place = long(file.len() as u32);
        file[link..link + 4].copy_from_slice(&place);
        link = file.len() + directory.len();
        file.extend(directory);
        file.extend([0; 4]);
    }
    file
}

/// Red, green, blue and orange, 16 bits each, all reds first.
const FOUR_COLOURS: [u32; 12] = [65535, 0, 0, 65535, 0, 65535, 0, 32896, 0, 0, 65535, 0];

#[test]
fn palettes_of_8_and_4_bits_in_both_byte_orders() {
    // 4-bit colour maps have 16 entries; the unused ones are black.
    let wide: Vec<u32> = FOUR_COLOURS
        .chunks(4)
        .flat_map(|part| part.iter().copied().chain([0; 12]))
        .collect();
    let full: Vec<u32> = FOUR_COLOURS
        .chunks(4)
        .flat_map(|part| part.iter().copied().chain([0; 252]))
        .collect();
    for big_endian in [false, true] {
        let eight = tiff(
            big_endian,
            vec![page(3, 3, &[8], &[0, 1, 2, 3, 3, 0]).with(320, &full)],
        );
        let four = tiff(
            big_endian,
            vec![page(3, 3, &[4], &[0x01, 0x20, 0x33, 0x00]).with(320, &wide)],
        );
        for file in [eight, four] {
            let found = open(&file, "a.tif", &Limits::default()).unwrap();
            assert_eq!((found.channels, found.shape), (3, [1, 2, 3]));
            assert_eq!(found.provenance.colour, Colour::Palette);
            assert_eq!(
                found.voxels[..6],
                [255.0, 0.0, 0.0, 255.0, 255.0, 255.0],
                "red"
            );
            assert_eq!(
                found.voxels[6..12],
                [0.0, 255.0, 0.0, 128.0, 128.0, 0.0],
                "green"
            );
            assert_eq!(found.voxels[12..], [0.0, 0.0, 255.0, 0.0, 0.0, 0.0], "blue");
            let labels = open_labels(&file, "a.tif", &Limits::default(), 4).unwrap();
            assert_eq!(labels.ids, [0, 1, 2, 3, 3, 0]);
        }
    }
}

#[test]
fn an_index_beyond_the_palette_is_an_error() {
    let file = tiff(
        false,
        vec![page(1, 3, &[8], &[0, 4]).with(320, &FOUR_COLOURS)],
    );
    let error = open(&file, "a.tif", &Limits::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("outside the palette of 4"), "{error}");
    let missing = tiff(false, vec![page(1, 3, &[8], &[0, 1])]);
    let error = open(&missing, "a.tif", &Limits::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("palette is missing"), "{error}");
}

#[test]
fn bilevel_pictures_whose_zero_is_white() {
    let file = tiff(
        true,
        vec![page(
            10,
            0,
            &[1],
            &[0b1010_0000, 0b0100_0000, 0, 0b1100_0000],
        )],
    );
    let found = open(&file, "a.tif", &Limits::default()).unwrap();
    assert_eq!(found.provenance.description(), "TIFF, 1-bit grey");
    assert_eq!(found.provenance.display_range(), [0.0, 1.0]);
    assert_eq!(
        found.voxels[..10],
        [0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]
    );
    assert_eq!(
        found.voxels[10..],
        [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]
    );
    // Ids are what is stored.
    let labels = open_labels(&file, "a.tif", &Limits::default(), 2).unwrap();
    assert_eq!(labels.ids[..10], [1, 0, 1, 0, 0, 0, 0, 0, 0, 1]);
}

#[test]
fn signed_samples_keep_their_sign() {
    let strip: Vec<u8> = [-1024_i16, -1, 0, 3071]
        .iter()
        .flat_map(|value| value.to_be_bytes())
        .collect();
    let file = tiff(true, vec![page(2, 1, &[16], &strip).with(339, &[2])]);
    let found = open(&file, "a.tif", &Limits::default()).unwrap();
    assert_eq!(found.voxels, [-1024.0, -1.0, 0.0, 3071.0]);
    assert_eq!(found.provenance.sample_type, SampleType::Int16);
    assert_eq!(found.provenance.description(), "TIFF, 16-bit signed grey");
    assert_eq!(found.provenance.display_range(), [-1024.0, 3071.0]);
}

#[test]
fn values_that_are_no_numbers_stay_and_are_counted() {
    let strip: Vec<u8> = [1.0_f32, f32::NAN, f32::INFINITY, -2.0]
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let found = open(
        &tiff(false, vec![page(2, 1, &[32], &strip).with(339, &[3])]),
        "a.tif",
        &Limits::default(),
    )
    .unwrap();
    assert!(found.voxels[1].is_nan() && found.voxels[2] == f32::INFINITY);
    assert_eq!(
        found.provenance.notes,
        ["2 values are not finite numbers; they count as the mean."]
    );
    assert_eq!(found.provenance.display_range(), [-2.0, 1.0]);
    let summary = imaging::summary(&found);
    assert_eq!(
        (summary.min, summary.max, summary.mean, summary.non_finite),
        (Some(-2.0), Some(1.0), Some(-0.5), 2)
    );
}

#[test]
fn the_orientation_tag_turns_pictures_and_labels() {
    let file = tiff(
        false,
        vec![page(3, 1, &[8], &[0, 1, 2, 3, 4, 5]).with(274, &[6])],
    );
    let found = open(&file, "a.tif", &Limits::default()).unwrap();
    assert_eq!(
        (found.shape, found.voxels.as_slice()),
        ([1, 3, 2], &[3.0, 0.0, 4.0, 1.0, 5.0, 2.0][..])
    );
    assert_eq!(
        found.provenance.notes,
        ["Turned by 90 degrees clockwise, as the file's orientation tag asks."]
    );
    let labels = open_labels(&file, "a.tif", &Limits::default(), 6).unwrap();
    assert_eq!(
        (labels.shape, labels.ids.as_slice()),
        ([1, 3, 2], &[3, 0, 4, 1, 5, 2][..])
    );
}

#[test]
fn inks_become_light() {
    let found = open(
        &tiff(
            false,
            vec![page(1, 5, &[8; 4], &[0, 0, 0, 0, 255, 0, 51, 51])],
        ),
        "a.tif",
        &Limits::default(),
    );
    let found = found.unwrap();
    assert_eq!(found.channels, 3);
    assert_eq!(found.voxels, [255.0, 0.0, 255.0, 204.0, 255.0, 163.0]);
}

#[test]
fn pages_of_another_size_and_previews_are_left_out() {
    let file = tiff(
        false,
        vec![
            page(1, 1, &[8], &[9, 9]).with(254, &[1]),
            page(2, 1, &[8], &[0, 1, 2, 3]),
            page(1, 1, &[8], &[9, 9]),
            page(2, 1, &[8], &[4, 5, 6, 7]),
        ],
    );
    let found = open(&file, "a.tif", &Limits::default()).unwrap();
    assert_eq!(found.shape, [2, 2, 2]);
    assert_eq!(found.voxels, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
    assert!(
        found.provenance.notes[0].starts_with("2 further pages"),
        "{:?}",
        found.provenance.notes
    );
}

#[test]
fn a_stack_is_limited_as_a_whole() {
    let pages = (0..5).map(|_| page(2, 1, &[8], &[0; 4])).collect();
    let limits = Limits {
        max_pixels: 19,
        ..Limits::default()
    };
    let error = open(&tiff(false, pages), "a.tif", &limits).unwrap_err();
    assert_eq!(
        error,
        Error::TooLarge {
            columns: 2,
            rows: 2,
            planes: 5,
            limit: 19
        }
    );
    assert_eq!(
        error.to_string(),
        "the image has 2 x 2 pixels in 5 planes (20 in all), more than the 19 that can be opened; crop it or reduce its size"
    );
}

#[test]
fn directories_in_a_circle_end() {
    let mut file = tiff(false, vec![page(2, 1, &[8], &[0, 1, 2, 3])]);
    let first = [file[4], file[5], file[6], file[7]];
    let end = file.len();
    file[end - 4..].copy_from_slice(&first);
    open(&file, "a.tif", &Limits::default()).unwrap_err();
}
