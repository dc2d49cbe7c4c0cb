//! Files of every format with bytes changed, cut and put in: they open or give one sentence, and nothing panics.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use imaging::{Choice, Limits, NamedBytes, open_files, open_labels, open_part};
use proptest::prelude::*;

const LIMITS: Limits = Limits {
    max_pixels: 1 << 14,
    max_bytes: 1 << 18,
};

/// A TIFF of one strip: tags (number, value) besides the sizes, and the packed pixels of 8 x 4.
fn tiff(tags: &[(u16, u16)], strip: &[u8]) -> Vec<u8> {
    let mut all: Vec<(u16, u32)> = vec![
        (256, 8),
        (257, 4),
        (273, 8),
        (277, 1),
        (278, 4),
        (279, strip.len() as u32),
    ];
    for &(tag, value) in tags {
        all.retain(|(other, _)| *other != tag);
        all.push((tag, u32::from(value)));
    }
    all.sort_unstable();
    let mut file = b"II*\0".to_vec();
    file.extend((8 + strip.len() as u32).to_le_bytes());
    file.extend(strip);
    file.extend((all.len() as u16).to_le_bytes());
    for (tag, value) in all {
        file.extend(tag.to_le_bytes());
        file.extend(4_u16.to_le_bytes());
        file.extend(1_u32.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend([0; 4]);
    file
}

/// A DICOM file with one encapsulated frame of 8 x 8 pixels in 8 bits.
fn dicom(transfer_syntax: &str, frame: &[u8]) -> Vec<u8> {
    let mut file = vec![0; 128];
    file.extend(b"DICM");
    let mut element = |group: u16, element: u16, vr: &str, value: &[u8]| {
        file.extend(group.to_le_bytes());
        file.extend(element.to_le_bytes());
        file.extend(vr.as_bytes());
        file.extend((value.len() as u16).to_le_bytes());
        file.extend(value);
    };
    element(2, 0x10, "UI", transfer_syntax.as_bytes());
    element(8, 0x60, "CS", b"OT");
    for (tag, value) in [
        (0x02, 1_u16),
        (0x10, 8),
        (0x11, 8),
        (0x100, 8),
        (0x101, 8),
        (0x102, 7),
        (0x103, 0),
    ] {
        element(0x28, tag, "US", &value.to_le_bytes());
    }
    file.extend([
        0xE0, 0x7F, 0x10, 0, b'O', b'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF,
    ]);
    file.extend([0xFE, 0xFF, 0, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0, 0xE0]);
    file.extend((frame.len() as u32).to_le_bytes());
    file.extend(frame);
    file.extend([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
    file
}

/// JPEG-LS of 8 x 8 pixels: the headers, and bits that mean something or other.
fn jpeg_ls(interleaving: u8, near: u8) -> Vec<u8> {
    let mut stream = vec![0xFF, 0xD8, 0xFF, 0xF7, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0];
    stream.extend([0xFF, 0xDA, 0, 8, 1, 1, 0, near, interleaving, 0]);
    stream.extend([
        0x5A, 0xA5, 0x3C, 0x91, 0x00, 0xFF, 0x12, 0x77, 0x80, 0x01, 0xFE, 0x40, 0xFF, 0xD9,
    ]);
    stream
}

fn samples() -> Vec<Vec<u8>> {
    let grey: Vec<u8> = (0..32).collect();
    let nrrd = |encoding: &str| {
        let mut file = format!(
            "NRRD0004\ntype: uchar\ndimension: 4\nsizes: 2 4 2 2\nspace: left-posterior-superior\nspace directions: none (1,0,0) (0,2,0) (0,0,3)\nspace origin: (1,2,3)\nkinds: vector domain domain domain\nencoding: {encoding}\n\n"
        )
        .into_bytes();
        file.extend(&grey);
        file
    };
    let mut mha = b"ObjectType = Image\nNDims = 3\nBinaryData = True\nTransformMatrix = 1 0 0 0 1 0 0 0 1\nElementSpacing = 1 2 3\nDimSize = 4 4 2\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n".to_vec();
    mha.extend(&grey);
    let mut mgh = vec![0; 284];
    for (at, value) in [(0, 1_u32), (4, 4), (8, 4), (12, 2), (16, 1)] {
        mgh[at..at + 4].copy_from_slice(&value.to_be_bytes());
    }
    mgh.extend(&grey);
    let mut image_j = tiff(&[(258, 8), (259, 1), (262, 1)], &grey);
    image_j.extend(b"ImageJ=1\nimages=2\nchannels=2\n\0");
    let zip = imaging::zip(&[("a.mha", &mha), ("b", b"text")]).unwrap();
    vec![
        tiff(&[(258, 8), (259, 1), (262, 1)], &grey),
        tiff(&[(258, 12), (259, 1), (262, 0)], &[0x12; 48]),
        tiff(
            &[(258, 8), (259, 5), (262, 1), (317, 2)],
            &[0x80, 0x01, 0xE0, 0x40, 0x80, 0x80, 0x40],
        ),
        tiff(
            &[(258, 1), (259, 4), (262, 0)],
            &[0x26, 0xA0, 0x10, 0x01, 0x00, 0x10],
        ),
        tiff(
            &[(258, 1), (259, 3), (262, 0), (292, 1), (266, 2)],
            &[0x00, 0x80, 0x35, 0x01, 0x53, 0x00],
        ),
        tiff(&[(258, 8), (259, 32773), (262, 3)], &[0xE1, 0x07]),
        tiff(
            &[(258, 16), (259, 1), (262, 1), (277, 5), (284, 2)],
            &[7; 320],
        ),
        tiff(
            &[
                (258, 8),
                (259, 1),
                (262, 2),
                (277, 3),
                (322, 16),
                (323, 16),
                (324, 8),
            ],
            &[9; 768],
        ),
        image_j,
        nrrd("raw"),
        nrrd("txt"),
        nrrd("gzip"),
        mha,
        mgh,
        zip,
        dicom("1.2.840.10008.1.2.4.80\0", &jpeg_ls(0, 0)),
        dicom("1.2.840.10008.1.2.4.81\0", &jpeg_ls(2, 3)),
        jpeg_ls(0, 0),
    ]
}

/// One change of a file.
#[derive(Debug, Clone)]
enum Change {
    Set(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Insert(prop::sample::Index, Vec<u8>),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        8 => (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, value)| Change::Set(at, value)),
        1 => any::<prop::sample::Index>().prop_map(Change::Cut),
        1 => (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 1..9))
            .prop_map(|(at, bytes)| Change::Insert(at, bytes)),
    ];
    prop::collection::vec(change, 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn changed_files_open_or_give_one_sentence(
        which in any::<prop::sample::Index>(),
        changes in changes(),
        channel in 0_usize..3,
    ) {
        let samples = samples();
        let mut bytes = samples[which.index(samples.len())].clone();
        for change in changes {
            match change {
                Change::Set(at, value) if !bytes.is_empty() => {
                    let place = at.index(bytes.len());
                    bytes[place] = value;
                }
                Change::Cut(at) => bytes.truncate(at.index(bytes.len() + 1)),
                Change::Insert(at, inserted) => {
                    let place = at.index(bytes.len() + 1);
                    bytes.splice(place..place, inserted);
                }
                Change::Set(..) => {}
            }
        }
        let choice = Choice { channel: Some(channel), ..Choice::default() };
        match open_part(&bytes, "a", &LIMITS, &choice) {
            Ok(volume) => {
                let count = volume.voxels_per_channel();
                prop_assert!(count as u64 <= LIMITS.max_pixels);
                prop_assert_eq!(volume.voxels.len(), count * volume.channels);
                volume.grid().expect("a decoder's matrix makes a grid");
            }
            Err(error) => {
                let text = error.to_string();
                // The guard's own error would hide a panic.
                prop_assert!(!text.contains("decoder failed"), "{}", text);
                prop_assert!(!text.contains('\n') && !text.contains(". "), "{}", text);
            }
        }
        if let Ok(labels) = open_labels(&bytes, "a", &LIMITS, 4) {
            prop_assert!(labels.ids.iter().all(|&id| id < 4));
        }
        let named = NamedBytes { name: "a".to_owned(), bytes };
        let _ = open_files(vec![named], &LIMITS);
    }
}

#[test]
fn samples_of_readable_formats_open() {
    let limits = Limits::default();
    let opened = samples()
        .iter()
        .filter(|file| imaging::open(file, "a", &limits).is_ok())
        .count();
    // Some of the samples are only nearly files, so that few changes make them one.
    assert!(opened >= 7, "{opened}");
}
