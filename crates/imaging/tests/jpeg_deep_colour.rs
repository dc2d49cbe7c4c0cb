//! JPEG colours of 12 bits (ITU-T T.81 process 4), as pictures and within DICOM.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/dicom.rs"]
mod dicom;

use dicom::*;
use imaging::{Format, Limits, open};

const LIMITS: Limits = Limits {
    max_pixels: 1 << 16,
    max_bytes: 1 << 22,
};
/// JPEG extended, processes 2 and 4.
const JPEG_EXTENDED: &str = "1.2.840.10008.1.2.4.51";
/// Blocks down and across.
const BLOCKS: [usize; 2] = [2, 3];

fn segment(marker: u8, contents: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xFF, marker];
    bytes.extend((contents.len() as u16 + 2).to_be_bytes());
    bytes.extend(contents);
    bytes
}

/// Sequential coding of blocks of one colour each, `[block][component]`, without quantisation: a block is its DC
/// coefficient, 8 times its value less the middle. The 16 categories have codes of 5 bits, the end of a block one bit.
fn encode(colours: &[[u16; 3]], adobe: Option<u8>) -> Vec<u8> {
    let [down, across] = BLOCKS;
    let mut bytes = vec![0xFF, 0xD8];
    if let Some(transform) = adobe {
        let mut block = b"Adobe\0\x64\0\0\0\0".to_vec();
        block.push(transform);
        bytes.extend(segment(0xEE, &block));
    }
    let mut quantisation = vec![0];
    quantisation.extend([1; 64]);
    bytes.extend(segment(0xDB, &quantisation));
    let mut frame = vec![12];
    frame.extend((8 * down as u16).to_be_bytes());
    frame.extend((8 * across as u16).to_be_bytes());
    frame.extend([3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
    bytes.extend(segment(0xC1, &frame));
    let mut dc = vec![0x00];
    dc.extend((1..=16).map(|length| if length == 5 { 16 } else { 0 }));
    dc.extend(0..16);
    bytes.extend(segment(0xC4, &dc));
    let mut ac = vec![0x10];
    ac.extend((1..=16).map(|length| u8::from(length == 1)));
    ac.push(0);
    bytes.extend(segment(0xC4, &ac));
    bytes.extend(segment(0xDA, &[3, 1, 0, 2, 0, 3, 0, 0, 63, 0]));

    let mut bits: Vec<bool> = Vec::new();
    let mut put = |value: i32, count: u32| {
        bits.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
    };
    let mut last = [0; 3];
    for colour in colours {
        for (value, last) in colour.iter().zip(&mut last) {
            let coefficient = 8 * (i32::from(*value) - 2048);
            let difference = coefficient - *last;
            *last = coefficient;
            let category = 32 - difference.unsigned_abs().leading_zeros();
            put(category as i32, 5);
            put(difference - i32::from(difference < 0), category);
            put(0, 1);
        }
    }
    while !bits.len().is_multiple_of(8) {
        bits.push(true);
    }
    for byte in bits.chunks(8) {
        let byte = byte
            .iter()
            .fold(0_u8, |byte, &bit| byte << 1 | u8::from(bit));
        bytes.push(byte);
        if byte == 0xFF {
            bytes.push(0);
        }
    }
    bytes.extend([0xFF, 0xD9]);
    bytes
}

fn colours() -> Vec<[u16; 3]> {
    vec![
        [0, 2048, 4095],
        [4095, 17, 300],
        [1234, 2345, 3456],
        [2048, 2048, 2048],
        [1, 2, 3],
        [4000, 4001, 4002],
    ]
}

/// The first pixel of each block, `[block][channel]`.
fn found(voxels: &[f32]) -> Vec<[f32; 3]> {
    let [down, across] = BLOCKS;
    let pixels = 64 * down * across;
    (0..down * across)
        .map(|block| {
            let at = block / across * 8 * 8 * across + block % across * 8;
            [0, 1, 2].map(|channel| voxels[channel * pixels + at])
        })
        .collect()
}

#[test]
fn a_picture_keeps_its_12_bits() {
    let volume = open(&encode(&colours(), Some(0)), "a.jpg", &LIMITS).unwrap();
    assert_eq!(volume.provenance.description(), "JPEG, 12-bit RGB");
    assert_eq!((volume.channels, volume.shape), (3, [1, 16, 24]));
    assert_eq!(volume.provenance.display_range(), [0.0, 4095.0]);
    let expected: Vec<[f32; 3]> = colours()
        .iter()
        .map(|colour| colour.map(f32::from))
        .collect();
    assert_eq!(found(&volume.voxels), expected);
}

#[test]
fn luma_and_chroma_of_12_bits_become_rgb() {
    // ITU-T T.871 with 2048 in the middle: no chroma is grey; the red difference at its end is red.
    let mut coded = colours();
    coded[0] = [3000, 2048, 2048];
    coded[1] = [1000, 2048, 4095];
    let volume = open(&encode(&coded, None), "a.jpg", &LIMITS).unwrap();
    let found = found(&volume.voxels);
    assert_eq!(found[0], [3000.0; 3]);
    let red = (1000.0_f64 + 1.402 * 2047.0).round() as f32;
    assert_eq!(found[1], [red, 0.0, 1000.0]);
}

#[test]
fn dicom_of_12_bits_is_read_in_either_colour_model() {
    for (photometric, coded, expected) in [
        ("RGB", [1234, 2345, 3456], [1234.0, 2345.0, 3456.0]),
        ("YBR_FULL", [3000, 2048, 2048], [3000.0; 3]),
    ] {
        let mut blocks = colours();
        blocks[0] = coded;
        let file = jpeg_file(&encode(&blocks, None), photometric);
        let volume = open(&file, "a.dcm", &LIMITS).unwrap();
        assert_eq!(volume.provenance.format, Format::Dicom);
        assert_eq!(volume.provenance.bits, 12);
        assert_eq!(found(&volume.voxels)[0], expected, "{photometric}");
    }
}

/// The stream as the only frame of a DICOM file.
fn jpeg_file(stream: &[u8], photometric: &str) -> Vec<u8> {
    let [down, across] = BLOCKS.map(|blocks| 8 * blocks as u16);
    DataSet::image(down, across, &[])
        .depth(16, 12, 11, false)
        .numbers(SAMPLES_PER_PIXEL, &[3])
        .text(PHOTOMETRIC, "CS", photometric)
        .fragments(&[stream.to_vec()])
        .file_as(JPEG_EXTENDED)
}
