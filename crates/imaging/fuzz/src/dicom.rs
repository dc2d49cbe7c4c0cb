//! One DICOM file, as an image, as labels, as a series and in summary.

use imaging::{Limits, NamedBytes, open, open_files, open_labels, summary};

const LIMITS: Limits = Limits {
    max_pixels: 1 << 13,
    max_bytes: 1 << 18,
};

/// Opens it and checks what holds of every result.
pub fn run(bytes: &[u8]) {
    // The preamble and the prefix tell nothing; the corpus may leave them out.
    let mut file = vec![0; 128];
    file.extend(b"DICM");
    file.extend(bytes.strip_prefix(&file[..]).unwrap_or(bytes));
    match open(&file, "a.dcm", &LIMITS) {
        Ok(volume) => {
            let count = volume.voxels_per_channel();
            assert!(count > 0 && count as u64 <= LIMITS.max_pixels);
            assert_eq!(volume.voxels.len(), count * volume.channels);
            assert_eq!(summary(&volume).shape, volume.shape);
            volume.grid().expect("a decoder's matrix makes a grid");
            let [low, high] = volume.provenance.display_range();
            assert!(low < high);
        }
        Err(error) => {
            let text = error.to_string();
            assert!(!text.contains('\n') && !text.contains(". "), "{text}");
        }
    }
    let _ = open_labels(&file, "a.dcm", &LIMITS, 3);
    let name = "a.dcm".to_owned();
    if let Ok(opened) = open_files(vec![NamedBytes { name, bytes: file }], &LIMITS) {
        for series in &opened.series {
            if let Ok(volume) = series.decode(&LIMITS) {
                assert!(series.shape.is_none_or(|shape| shape == volume.shape));
            }
        }
    }
}
