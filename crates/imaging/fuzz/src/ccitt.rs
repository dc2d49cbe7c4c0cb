//! Fax compression in TIFF: a picture of any width and kind of coding, bits of any kind.

use imaging::{Limits, open};

const LIMITS: Limits = Limits {
    max_pixels: 1 << 16,
    max_bytes: 1 << 22,
};

/// What is made of the bytes.
pub type Input = (u8, u8, u8, bool, bool, Vec<u8>);

/// Opens it and checks what holds of every result.
pub fn run(input: Input) {
    let (columns, rows, compression, is_two_dimensional, is_mirrored, body) = input;
    let entries: [(u16, u32); 9] = [
        (256, u32::from(columns) + 1),
        (257, u32::from(rows % 32) + 1),
        (258, 1),
        (259, u32::from(compression % 3) + 2),
        (262, 0),
        (266, if is_mirrored { 2 } else { 1 }),
        (273, 8 + 2 + 9 * 12 + 4),
        (279, body.len() as u32),
        (292, u32::from(is_two_dimensional)),
    ];
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend((entries.len() as u16).to_le_bytes());
    for (tag, value) in entries {
        file.extend(tag.to_le_bytes());
        file.extend([4, 0, 1, 0, 0, 0]);
        file.extend(value.to_le_bytes());
    }
    file.extend([0; 4]);
    file.extend(body);
    if let Ok(volume) = open(&file, "", &LIMITS) {
        assert_eq!(volume.voxels.len(), volume.voxels_per_channel());
        assert!(
            volume
                .voxels
                .iter()
                .all(|&voxel| voxel == 0.0 || voxel == 1.0)
        );
    }
}
