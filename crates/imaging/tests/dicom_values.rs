//! What samples mean: depth, sign, colour, rescaling, look-up tables and windows, on files made to measure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/dicom.rs"]
mod dicom;

use dicom::*;
use imaging::{Error, Limits, SampleType, Volume, open, open_labels, summary};

fn opened(bytes: &[u8]) -> Volume {
    open(bytes, "image.dcm", &Limits::default()).unwrap()
}

fn stored_minimum_and_maximum(volume: &Volume) -> (f64, f64) {
    let summary = summary(volume);
    (summary.min.unwrap(), summary.max.unwrap())
}

#[test]
fn rescaled_values_and_their_window() {
    let image = DataSet::image(1, 4, &[0, 10, 1000, 4095])
        .decimals(SLOPE, &[0.5])
        .decimals(INTERCEPT, &[-100.25])
        .decimals(WINDOW_CENTRE, &[40.0, 500.0])
        .decimals(WINDOW_WIDTH, &[401.0, 2000.0]);
    let volume = opened(&image.file());
    assert_eq!(volume.voxels, [-100.25, -95.25, 399.75, 1947.25]);
    // Centre - 0.5 - (width - 1) / 2 and so on.
    assert_eq!(volume.provenance.display_range(), [-160.5, 239.5]);
    assert_eq!(volume.provenance.description(), "DICOM, 16-bit grey");
    assert_eq!(stored_minimum_and_maximum(&volume), (0.0, 4095.0));
    let exact = image.text((0x0028, 0x1056), "CS", "LINEAR_EXACT");
    assert_eq!(
        opened(&exact.file()).provenance.display_range(),
        [-160.5, 240.5]
    );
}

#[test]
fn samples_lie_in_the_bits_that_are_stored() {
    // 12 bits below four bits of overlay.
    let image = DataSet::image(1, 3, &[0xF001, 0x07FF, 0xA800]);
    assert_eq!(
        opened(&image.clone().depth(16, 12, 11, false).file()).voxels,
        [1.0, 2047.0, 2048.0]
    );
    let signed = opened(&image.clone().depth(16, 12, 11, true).file());
    assert_eq!(signed.voxels, [1.0, 2047.0, -2048.0]);
    assert_eq!(
        (signed.provenance.sample_type, signed.provenance.bits),
        (SampleType::Int16, 12)
    );
    // And in the upper bits.
    assert_eq!(
        opened(&image.depth(16, 12, 15, false).file()).voxels,
        [3840.0, 127.0, 2688.0]
    );
}

#[test]
fn a_high_bit_that_the_samples_contradict_is_not_believed() {
    let image = DataSet::image(1, 3, &[0x0001, 0x07FF, 0x0800]);
    for (stored, high) in [(12, 15), (12, 3), (12, 99)] {
        let found = opened(&image.clone().depth(16, stored, high, false).file());
        assert_eq!(found.voxels, [1.0, 2047.0, 2048.0]);
        assert!(found.provenance.notes.join(" ").contains("High Bit"));
    }
    let found = opened(&image.depth(16, 17, 16, false).file());
    assert_eq!(found.voxels, [1.0, 2047.0, 2048.0]);
}

#[test]
fn bytes_words_and_long_words_with_and_without_sign() {
    let bytes = |allocated: u16, signed: bool, value: Vec<u8>| {
        let image = DataSet::image(1, 2, &[]).depth(allocated, allocated, allocated - 1, signed);
        opened(&image.bytes(PIXEL_DATA, "OW", value).file()).voxels
    };
    assert_eq!(bytes(8, false, vec![1, 255]), [1.0, 255.0]);
    assert_eq!(bytes(8, true, vec![1, 255]), [1.0, -1.0]);
    assert_eq!(bytes(16, true, vec![0, 128, 1, 0]), [-32768.0, 1.0]);
    let long = [u32::MAX, 7]
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect::<Vec<u8>>();
    assert_eq!(bytes(32, true, long.clone()), [-1.0, 7.0]);
    assert_eq!(bytes(32, false, long), [4294967296.0, 7.0]);
}

/// Bits are packed without regard to rows and frames.
#[test]
fn single_bits_run_on_from_frame_to_frame() {
    let image = DataSet::image(1, 3, &[])
        .text(FRAMES, "IS", "3")
        .depth(1, 1, 0, false)
        .bytes(PIXEL_DATA, "OB", vec![0b1010_1101, 0b1]);
    let file = image.file();
    let volume = opened(&file);
    assert_eq!(volume.shape, [3, 1, 3]);
    assert_eq!(volume.voxels, [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0]);
    assert_eq!(volume.provenance.display_range(), [0.0, 1.0]);
    let labels = open_labels(&file, "labels.dcm", &Limits::default(), 2).unwrap();
    assert_eq!(labels.ids, [1, 0, 1, 1, 0, 1, 0, 1, 1]);
}

#[test]
fn white_is_zero_is_inverted_unless_values_are_quantities() {
    let image = DataSet::image(1, 3, &[0, 100, 1023])
        .depth(16, 10, 9, false)
        .text(PHOTOMETRIC, "CS", "MONOCHROME1")
        .decimals(WINDOW_CENTRE, &[100.5])
        .decimals(WINDOW_WIDTH, &[101.0]);
    let volume = opened(&image.clone().file());
    assert_eq!(volume.voxels, [1023.0, 923.0, 0.0]);
    assert_eq!(volume.provenance.inverted_from, Some(1023.0));
    assert_eq!(volume.provenance.display_range(), [873.0, 973.0]);
    assert_eq!(stored_minimum_and_maximum(&volume), (0.0, 1023.0));
    assert_eq!(
        volume.provenance.notes,
        ["The grey scale was inverted, because the file says that 0 is white."]
    );

    let rescaled = opened(
        &image
            .clone()
            .decimals(SLOPE, &[2.0])
            .decimals(INTERCEPT, &[10.0])
            .file(),
    );
    assert_eq!(rescaled.voxels, [2056.0, 1856.0, 10.0]);
    assert_eq!(stored_minimum_and_maximum(&rescaled), (0.0, 1023.0));

    let signed = opened(&image.clone().depth(16, 10, 9, true).file());
    assert_eq!(signed.voxels, [-1.0, -101.0, 0.0]);
    assert_eq!(stored_minimum_and_maximum(&signed), (-1.0, 100.0));

    let quantities = image
        .decimals(INTERCEPT, &[-1000.0])
        .text(RESCALE_TYPE, "LO", "HU");
    let volume = opened(&quantities.file());
    assert_eq!(volume.voxels, [-1000.0, -900.0, 23.0]);
    assert_eq!(volume.provenance.display_range(), [50.0, 150.0]);
    assert!(
        volume.provenance.notes[0].contains("quantities"),
        "{:?}",
        volume.provenance.notes
    );
}

fn table(first: u16, entries: &[u16]) -> DataSet {
    DataSet::new()
        .numbers((0x0028, 0x3002), &[entries.len() as u16, first, 16])
        .words((0x0028, 0x3006), entries)
}

#[test]
fn a_modality_table_replaces_values_and_summaries_know_the_stored_ones() {
    let image = DataSet::image(1, 4, &[0, 5, 6, 9])
        .sequence((0x0028, 0x3000), &[table(5, &[100, 300, 200])]);
    let volume = opened(&image.clone().file());
    assert_eq!(volume.voxels, [100.0, 100.0, 300.0, 200.0]);
    assert_eq!(stored_minimum_and_maximum(&volume), (0.0, 9.0));
    let inverted = opened(&image.text(PHOTOMETRIC, "CS", "MONOCHROME1").file());
    assert_eq!(inverted.voxels, [65435.0, 65435.0, 65235.0, 65335.0]);
}

#[test]
fn a_table_of_values_of_interest_becomes_the_range_to_show() {
    let image = DataSet::image(1, 2, &[0, 4000])
        .sequence((0x0028, 0x3010), &[table(1000, &[0, 0, 0, 10, 20, 30, 30])]);
    assert_eq!(
        opened(&image.file()).provenance.display_range(),
        [1002.0, 1005.0]
    );
}

#[test]
fn palettes_become_colours_or_grey() {
    let channel = |image: DataSet, number: u16, entries: &[u16]| {
        image
            .numbers((0x0028, 0x1101 + number), &[entries.len() as u16, 0, 16])
            .words((0x0028, 0x1201 + number), entries)
    };
    let image = DataSet::image(1, 3, &[])
        .depth(8, 8, 7, false)
        .text(PHOTOMETRIC, "CS", "PALETTE COLOR")
        .bytes(PIXEL_DATA, "OW", vec![2, 0, 1]);
    let ramp = [0x0000, 0x8000, 0xFF00];
    let grey = (0..3).fold(image.clone(), |image, number| channel(image, number, &ramp));
    let volume = opened(&grey.clone().file());
    assert_eq!(
        (volume.channels, &*volume.voxels),
        (1, &[255.0, 0.0, 128.0][..])
    );
    let colour = channel(grey, 1, &[0xFF00, 0, 0x0100]);
    let file = colour.clone().file();
    let volume = opened(&file);
    assert_eq!(volume.channels, 3);
    assert_eq!(
        volume.voxels,
        [255.0, 0.0, 128.0, 1.0, 255.0, 0.0, 255.0, 0.0, 128.0]
    );
    assert_eq!(summary(&volume).channels, 1);
    assert_eq!(stored_minimum_and_maximum(&volume), (0.0, 2.0));
    // Labels are what is stored.
    let labels = open_labels(&file, "labels.dcm", &Limits::default(), 3).unwrap();
    assert_eq!(labels.ids, [2, 0, 1]);
    // Segmented: two entries, then a line to the third.
    let segmented = (0..3).fold(image, |image, number| {
        image
            .numbers((0x0028, 0x1101 + number), &[3, 0, 16])
            .words((0x0028, 0x1221 + number), &[0, 1, 0, 1, 2, 0xFE00])
    });
    assert_eq!(opened(&segmented.file()).voxels, [254.0, 0.0, 127.0]);
}

#[test]
fn colours_of_every_model() {
    let image = |photometric: &str, planar: u16, bytes: &[u8]| {
        let image = DataSet::image(1, 2, &[])
            .depth(8, 8, 7, false)
            .numbers(SAMPLES_PER_PIXEL, &[3])
            .numbers(PLANAR, &[planar])
            .text(PHOTOMETRIC, "CS", photometric)
            .bytes(PIXEL_DATA, "OB", bytes.to_vec());
        opened(&image.file()).voxels
    };
    let expected = [255.0, 0.0, 0.0, 255.0, 0.0, 0.0];
    // Red, then green, channel by channel.
    assert_eq!(image("RGB", 0, &[255, 0, 0, 0, 255, 0]), expected);
    assert_eq!(image("RGB", 1, &[255, 0, 0, 255, 0, 0]), expected);
    let close = |found: Vec<f32>| {
        let worst = found
            .iter()
            .zip(expected)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        assert!(worst <= 2.0, "{found:?}");
    };
    close(image("YBR_FULL", 0, &[76, 85, 255, 150, 44, 21]));
    let greys = [100.0, 200.0, 100.0, 200.0, 100.0, 200.0];
    assert_eq!(image("YBR_FULL_422", 0, &[100, 200, 128, 128]), greys);
    assert_eq!(
        image("YBR_PARTIAL_422", 0, &[16, 235, 128, 128]),
        [0.0, 255.0, 0.0, 255.0, 0.0, 255.0]
    );
}

#[test]
fn floating_point_pixels() {
    let image = DataSet::image(1, 3, &[])
        .without(PIXEL_DATA)
        .numbers(BITS_ALLOCATED, &[64]);
    let values = [1.5, -2.0e-3, f64::NAN];
    let bytes = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let volume = opened(&image.bytes((0x7FE0, 0x0009), "OD", bytes).file());
    assert_eq!(volume.voxels[..2], [1.5, -2.0e-3]);
    assert!(volume.voxels[2].is_nan());
    assert_eq!(volume.provenance.sample_type, SampleType::Float64);
    assert_eq!(summary(&volume).non_finite, 1);
}

/// Enhanced images: each frame has its own scale.
#[test]
fn frames_have_their_own_rescaling() {
    let scale = |slope: f64, intercept: f64| {
        let scale = DataSet::new()
            .decimals(SLOPE, &[slope])
            .decimals(INTERCEPT, &[intercept]);
        DataSet::new().sequence((0x0028, 0x9145), &[scale])
    };
    let window = DataSet::new()
        .decimals(WINDOW_CENTRE, &[5.5])
        .decimals(WINDOW_WIDTH, &[11.0]);
    let image = DataSet::image(1, 2, &[1, 2, 1, 2])
        .text(FRAMES, "IS", "2")
        .sequence(
            (0x5200, 0x9229),
            &[DataSet::new().sequence((0x0028, 0x9132), &[window])],
        )
        .sequence((0x5200, 0x9230), &[scale(2.0, 0.0), scale(10.0, -1.0)]);
    let volume = opened(&image.file());
    assert_eq!(volume.voxels, [2.0, 4.0, 9.0, 19.0]);
    assert_eq!(volume.provenance.display_range(), [0.0, 10.0]);
    assert_eq!(stored_minimum_and_maximum(&volume), (1.0, 2.0));
}

#[test]
fn run_lengths_of_every_depth() {
    let encoded = |planes: &[&[u8]]| {
        let mut frame = (planes.len() as u32).to_le_bytes().to_vec();
        let mut offset = 64;
        for plane in planes {
            frame.extend(u32::to_le_bytes(offset));
            offset += plane.len() as u32 + 1;
        }
        frame.resize(64, 0);
        for plane in planes {
            frame.push(plane.len() as u8 - 1);
            frame.extend(*plane);
        }
        frame
    };
    let image = DataSet::image(1, 2, &[]).fragments(&[encoded(&[&[1, 2], &[3, 4]])]);
    assert_eq!(
        opened(&image.clone().file_as(RUN_LENGTH)).voxels,
        [259.0, 516.0]
    );
    let colour = image
        .depth(8, 8, 7, false)
        .numbers(SAMPLES_PER_PIXEL, &[3])
        .text(PHOTOMETRIC, "CS", "RGB")
        .text(FRAMES, "IS", "2");
    let frames = [
        encoded(&[&[1, 2], &[3, 4], &[5, 6]]),
        encoded(&[&[7, 8], &[9, 10], &[11, 12]]),
    ];
    let volume = opened(&colour.clone().fragments(&frames).file_as(RUN_LENGTH));
    assert_eq!(
        volume.voxels,
        [
            1.0, 2.0, 7.0, 8.0, 3.0, 4.0, 9.0, 10.0, 5.0, 6.0, 11.0, 12.0
        ]
    );
    let short = colour.fragments(&frames[..1]).file_as(RUN_LENGTH);
    let error = open(&short, "a.dcm", &Limits::default()).unwrap_err();
    assert!(matches!(error, Error::Truncated { .. }), "{error}");
}

#[test]
fn faults_of_the_header_are_named() {
    let image = || DataSet::image(1, 2, &[1, 2]);
    for (file, sentence) in [
        (
            image().without(ROWS),
            "the DICOM file is damaged (Rows is missing); copy or download it again",
        ),
        (
            image().numbers(COLUMNS, &[0]),
            "the DICOM header gives a size of 0 x 1 pixels, but at least 1 x 1 is needed; export the image again",
        ),
        (
            image().depth(12, 12, 11, false),
            "this DICOM file has 12 bits allocated for each sample, which is not supported; convert it to plain DICOM first, for example with gdcmconv --raw",
        ),
        (
            image().text(PHOTOMETRIC, "CS", "CMYK"),
            "this DICOM file has CMYK colours, which is not supported; convert it to plain DICOM first, for example with gdcmconv --raw",
        ),
        (
            image().text(FRAMES, "IS", "70000"),
            "this DICOM file has 70000 frames where 65536 are the most, which is not supported; convert it to plain DICOM first, for example with gdcmconv --raw",
        ),
        (image().text(FRAMES, "IS", "2"), "the DICOM file ends after"),
    ] {
        let error = open(&file.file(), "a.dcm", &Limits::default())
            .unwrap_err()
            .to_string();
        assert!(error.starts_with(sentence), "{error}");
        assert!(!error.contains("Doe"), "{error}");
    }
}

#[test]
fn compressions_that_cannot_be_read_are_refused_by_name() {
    let image = DataSet::image(1, 2, &[]).fragments(&[vec![0; 10]]);
    for (syntax, name) in [
        ("1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000"),
        ("1.2.840.10008.1.2.4.110", "JPEG XL"),
        (
            "1.2.840.10008.1.2.4.100",
            "MPEG-2 video, which cannot be read; export its pictures first, for example with ffmpeg",
        ),
        ("1.2.840.10008.1.2.4.102", "MPEG-4 video"),
        ("1.2.840.10008.1.2.4.107", "HEVC video"),
        ("1.2.840.10008.1.2.4.58", "a retired form of JPEG"),
        (
            "1.2.840.113619.5.2",
            "a transfer syntax of one manufacturer",
        ),
    ] {
        let error = open(&image.file_as(syntax), "a.dcm", &Limits::default())
            .unwrap_err()
            .to_string();
        let expected = format!("this DICOM image is compressed with {name}");
        assert!(error.starts_with(&expected), "{error}");
    }
}
