//! TIFF of either byte order: whatever the bytes, behind a header that is right.

use imaging::{Choice, Limits, open_part};

const LIMITS: Limits = Limits {
    max_pixels: 1 << 16,
    max_bytes: 1 << 22,
};

/// What is made of the bytes.
pub type Input = (bool, bool, Option<u8>, Vec<u8>);

/// Opens it and checks what holds of every result.
pub fn run(input: Input) {
    let (is_big_endian, is_big_tiff, channel, body) = input;
    let mut file = match (is_big_endian, is_big_tiff) {
        (false, false) => b"II*\0\x08\0\0\0".to_vec(),
        (true, false) => b"MM\0*\0\0\0\x08".to_vec(),
        (false, true) => b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0".to_vec(),
        (true, true) => b"MM\0+\0\x08\0\0\0\0\0\0\0\0\0\x10".to_vec(),
    };
    file.extend(body);
    let choice = Choice {
        channel: channel.map(usize::from),
        ..Choice::default()
    };
    if let Ok(volume) = open_part(&file, "", &LIMITS, &choice) {
        assert_eq!(
            volume.voxels.len(),
            volume.voxels_per_channel() * volume.channels
        );
    }
}
