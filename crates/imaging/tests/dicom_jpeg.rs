//! JPEG within DICOM: lossless coding there and back, and lossy coding against the picture decoder.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "common/dicom.rs"]
mod dicom;

use dicom::*;
use imaging::{Error, Limits, open};
use proptest::prelude::*;

/// Bits, most significant first, with a 0 after every 0xFF.
#[derive(Default)]
struct BitWriter {
    bytes: Vec<u8>,
    buffer: u32,
    count: u32,
}

impl BitWriter {
    fn put(&mut self, value: u32, bits: u32) {
        for bit in (0..bits).rev() {
            self.buffer = self.buffer << 1 | (value >> bit & 1);
            self.count += 1;
            if self.count == 8 {
                self.bytes.push(self.buffer as u8);
                if self.buffer as u8 == 0xFF {
                    self.bytes.push(0);
                }
                (self.buffer, self.count) = (0, 0);
            }
        }
    }

    fn pad(&mut self) {
        while self.count > 0 {
            self.put(1, 1);
        }
    }
}

/// How to code.
#[derive(Debug, Clone)]
struct Coding {
    precision: u8,
    predictor: u8,
    point_transform: u8,
    rows_between_restarts: usize,
    components: usize,
}

fn segment(marker: u8, contents: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xFF, marker];
    bytes.extend((contents.len() as u16 + 2).to_be_bytes());
    bytes.extend(contents);
    bytes
}

/// A plain encoder after ITU-T T.81 annex H: the 17 categories of differences have codes of 5 bits each.
fn encode(samples: &[u16], rows: usize, columns: usize, coding: &Coding) -> Vec<u8> {
    let &Coding {
        precision,
        predictor,
        point_transform,
        rows_between_restarts,
        components,
    } = coding;
    let mut bytes = vec![0xFF, 0xD8];
    let mut frame = vec![precision];
    frame.extend((rows as u16).to_be_bytes());
    frame.extend((columns as u16).to_be_bytes());
    frame.push(components as u8);
    (0..components).for_each(|index| frame.extend([index as u8 + 1, 0x11, 0]));
    bytes.extend(segment(0xC3, &frame));
    let mut table = vec![0x00];
    table.extend((1..=16).map(|length| if length == 5 { 17 } else { 0 }));
    table.extend(0..=16);
    bytes.extend(segment(0xC4, &table));
    if rows_between_restarts > 0 {
        bytes.extend(segment(
            0xDD,
            &((rows_between_restarts * columns) as u16).to_be_bytes(),
        ));
    }
    let mut scan = vec![components as u8];
    (0..components).for_each(|index| scan.extend([index as u8 + 1, 0x00]));
    scan.extend([predictor, 0, point_transform]);
    bytes.extend(segment(0xDA, &scan));

    let sample = |row: usize, column: usize, component: usize| {
        i32::from(samples[(row * columns + column) * components + component] >> point_transform)
    };
    let mut bits = BitWriter::default();
    let mut first_row = 0;
    for row in 0..rows {
        if rows_between_restarts > 0 && row > 0 && row % rows_between_restarts == 0 {
            bits.pad();
            let number = (row / rows_between_restarts - 1) % 8;
            bits.bytes.extend([0xFF, 0xD0 + number as u8]);
            first_row = row;
        }
        for column in 0..columns {
            for component in 0..components {
                let at = |up: usize, left: usize| sample(row - up, column - left, component);
                let predicted = match (row == first_row, column == 0) {
                    (true, true) => 1 << (precision - point_transform - 1),
                    (true, false) => at(0, 1),
                    (false, true) => at(1, 0),
                    (false, false) => {
                        let (a, b, c) = (at(0, 1), at(1, 0), at(1, 1));
                        match predictor {
                            1 => a,
                            2 => b,
                            3 => c,
                            4 => a + b - c,
                            5 => a + ((b - c) >> 1),
                            6 => b + ((a - c) >> 1),
                            _ => (a + b) >> 1,
                        }
                    }
                };
                // Differences are taken modulo 65536.
                let difference = match (at(0, 0) - predicted) & 0xFFFF {
                    large @ 32769.. => large - 65536,
                    small => small,
                };
                let category = 32 - difference.unsigned_abs().leading_zeros();
                bits.put(category, 5);
                if category < 16 {
                    let value = if difference < 0 {
                        difference + (1 << category) - 1
                    } else {
                        difference
                    };
                    bits.put(value as u32, category);
                }
            }
        }
    }
    bits.pad();
    bytes.extend(bits.bytes);
    bytes.extend([0xFF, 0xD9]);
    bytes
}

fn codings() -> impl Strategy<Value = (Coding, usize, usize)> {
    (
        2..=16_u8,
        1..=7_u8,
        0..=1_u8,
        0..4_usize,
        any::<bool>(),
        1..9_usize,
        1..9_usize,
    )
        .prop_map(
            |(
                precision,
                predictor,
                point_transform,
                rows_between_restarts,
                is_colour,
                rows,
                columns,
            )| {
                let coding = Coding {
                    precision,
                    predictor,
                    point_transform,
                    rows_between_restarts,
                    components: if is_colour { 3 } else { 1 },
                };
                (coding, rows, columns)
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lossless_coding_comes_back_whole(
        (coding, rows, columns) in codings(),
        noise in prop::collection::vec(any::<u16>(), 192),
    ) {
        let mask = (1_u32 << coding.precision) - 1;
        let samples: Vec<u16> = noise[..rows * columns * coding.components]
            .iter()
            .map(|&value| (u32::from(value) & mask) as u16 >> coding.point_transform << coding.point_transform)
            .collect();
        let precision = u16::from(coding.precision);
        let allocated = if precision > 8 { 16 } else { 8 };
        let image = DataSet::image(rows as u16, columns as u16, &[])
            .depth(allocated, precision, precision - 1, false)
            .numbers(SAMPLES_PER_PIXEL, &[coding.components as u16])
            .text(PHOTOMETRIC, "CS", if coding.components == 3 { "RGB" } else { "MONOCHROME2" })
            .fragments(&[encode(&samples, rows, columns, &coding)]);
        let volume = open(&image.file_as(JPEG_LOSSLESS), "a.dcm", &Limits::default()).unwrap();
        let pixels = rows * columns;
        for (index, &sample) in samples.iter().enumerate() {
            let place = index % coding.components * pixels + index / coding.components;
            prop_assert_eq!(volume.voxels[place], f32::from(sample));
        }
    }
}

/// The sign is DICOM's affair, not JPEG's.
#[test]
fn lossless_samples_may_be_signed() {
    let coding = Coding {
        precision: 12,
        predictor: 1,
        point_transform: 0,
        rows_between_restarts: 0,
        components: 1,
    };
    let stream = encode(&[5, 0xFFF, 0x800], 1, 3, &coding);
    let image = DataSet::image(1, 3, &[])
        .depth(16, 12, 11, true)
        .fragments(&[stream]);
    let volume = open(&image.file_as(JPEG_LOSSLESS), "a.dcm", &Limits::default()).unwrap();
    assert_eq!(volume.voxels, [5.0, -1.0, -2048.0]);
}

/// A frame in two fragments, and two frames told apart by the marker that begins them.
#[test]
fn fragments_are_put_together() {
    let coding = Coding {
        precision: 8,
        predictor: 1,
        point_transform: 0,
        rows_between_restarts: 0,
        components: 1,
    };
    let streams = [
        encode(&[1, 2], 1, 2, &coding),
        encode(&[3, 4], 1, 2, &coding),
    ];
    let (head, tail) = streams[0].split_at(30);
    let image = DataSet::image(1, 2, &[]).depth(8, 8, 7, false);
    let one = image.clone().fragments(&[head.to_vec(), tail.to_vec()]);
    assert_eq!(
        open(&one.file_as(JPEG_LOSSLESS), "a.dcm", &Limits::default())
            .unwrap()
            .voxels,
        [1.0, 2.0]
    );
    let two = image.text(FRAMES, "IS", "2").fragments(&[
        head.to_vec(),
        tail.to_vec(),
        streams[1].clone(),
    ]);
    assert_eq!(
        open(&two.file_as(JPEG_LOSSLESS), "a.dcm", &Limits::default())
            .unwrap()
            .voxels,
        [1.0, 2.0, 3.0, 4.0]
    );
}

/// The decoder of pictures rounds otherwise, and enlarges chroma otherwise.
#[test_data::test("samples")]
fn baseline_agrees_with_the_decoder_of_pictures() {
    for (name, photometric, components, worst, mean) in [
        ("grey.jpg", "MONOCHROME2", 1, 2.0, 0.1),
        ("rgb.jpg", "YBR_FULL_422", 3, 40.0, 1.0),
    ] {
        let picture = common::file(&format!("raster/{name}"));
        let expected = open(&picture, name, &Limits::default()).unwrap();
        let [_, rows, columns] = expected.shape;
        let image = DataSet::image(rows as u16, columns as u16, &[])
            .depth(8, 8, 7, false)
            .numbers(SAMPLES_PER_PIXEL, &[components])
            .text(PHOTOMETRIC, "CS", photometric)
            .fragments(&[picture]);
        let found = open(&image.file_as(JPEG_BASELINE), "a.dcm", &Limits::default()).unwrap();
        assert_eq!(
            (found.channels, found.shape),
            (expected.channels, expected.shape)
        );
        let differences = || {
            found
                .voxels
                .iter()
                .zip(&expected.voxels)
                .map(|(a, b)| (a - b).abs())
        };
        let largest = differences().fold(0.0, f32::max);
        let average = differences().sum::<f32>() / found.voxels.len() as f32;
        assert!(
            largest <= worst && average <= mean,
            "{name}: {largest} {average}"
        );
    }
}

#[test]
fn faults_of_the_stream_are_named() {
    let coding = Coding {
        precision: 8,
        predictor: 1,
        point_transform: 0,
        rows_between_restarts: 0,
        components: 1,
    };
    let stream = encode(&[1, 2, 3, 4], 2, 2, &coding);
    let image = |stream: Vec<u8>| {
        DataSet::image(2, 2, &[])
            .depth(8, 8, 7, false)
            .fragments(&[stream])
    };
    let error = |stream: Vec<u8>| {
        open(
            &image(stream).file_as(JPEG_LOSSLESS),
            "a.dcm",
            &Limits::default(),
        )
        .unwrap_err()
    };
    for length in 0..stream.len() - 2 {
        let error = error(stream[..length].to_vec());
        assert!(matches!(error, Error::Damaged { .. }), "{length}: {error}");
    }
    let mut larger = stream.clone();
    larger[10] = 200;
    assert!(
        error(larger)
            .to_string()
            .contains("its size differs from that of the image")
    );
    let mut hierarchical = stream;
    hierarchical[3] = 0xC5;
    assert!(error(hierarchical).to_string().contains("hierarchical"));
}
