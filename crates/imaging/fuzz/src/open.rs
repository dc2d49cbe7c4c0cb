//! Files of any format, as an image and as labels.

use imaging::{Limits, open, open_labels, summary};

const LIMITS: Limits = Limits {
    max_pixels: 1 << 16,
    max_bytes: 1 << 22,
};

/// Opens it and checks what holds of every result.
pub fn run(bytes: &[u8]) {
    match open(bytes, "", &LIMITS) {
        Ok(volume) => {
            let count = volume.voxels_per_channel();
            assert!(count > 0 && count as u64 <= LIMITS.max_pixels);
            assert_eq!(volume.voxels.len(), count * volume.channels);
            volume.grid().expect("a decoder's matrix makes a grid");
            let [low, high] = volume.provenance.display_range();
            assert!(low < high, "{low} {high}");
            let summary = summary(&volume);
            assert_eq!(summary.shape, volume.shape);
        }
        Err(error) => {
            let text = error.to_string();
            assert!(!text.contains('\n') && !text.contains(". "), "{text}");
        }
    }
    if let Ok(labels) = open_labels(bytes, "", &LIMITS, 4) {
        assert_eq!(labels.ids.len(), labels.shape.iter().product::<usize>());
        assert!(labels.ids.iter().all(|&id| id < 4));
    }
}
