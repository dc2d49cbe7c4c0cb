//! NRRD, MetaImage and MGH: whatever the bytes, behind a beginning that is right; with samples behind the header and in
//! a file of their own.

use imaging::{Limits, NamedBytes, open, open_files, open_labels};

const LIMITS: Limits = Limits {
    max_pixels: 1 << 16,
    max_bytes: 1 << 22,
};

/// What is made of the bytes.
pub type Input = (u8, Vec<u8>, Vec<u8>);

/// Opens it and checks what holds of every result.
pub fn run(input: Input) {
    let (kind, body, data) = input;
    let mut file = match kind % 3 {
        0 => b"NRRD0005\n".to_vec(),
        1 => b"ObjectType = Image\nNDims = 3\nElementDataFile = LOCAL\n".to_vec(),
        _ => vec![0, 0, 0, 1],
    };
    file.extend(body);
    if let Ok(volume) = open(&file, "", &LIMITS) {
        assert_eq!(
            volume.voxels.len(),
            volume.voxels_per_channel() * volume.channels
        );
        volume.grid().expect("a decoder's matrix makes a grid");
    }
    let _ = open_labels(&file, "", &LIMITS, 4);
    let named = |name: &str, bytes: Vec<u8>| NamedBytes {
        name: name.to_owned(),
        bytes,
    };
    if let Ok(opened) = open_files(vec![named("a.nhdr", file), named("a.raw", data)], &LIMITS) {
        for series in opened.series {
            let _ = series.decode(&LIMITS);
        }
    }
}
