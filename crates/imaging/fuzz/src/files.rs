//! Several files at once, or an archive of them.

use imaging::{Limits, NamedBytes, open_files};

const LIMITS: Limits = Limits {
    max_pixels: 1 << 12,
    max_bytes: 1 << 18,
};

const NAMES: [&str; 4] = ["a.hdr", "a.img", "b.dcm", "c"];

/// Opens it and checks what holds of every result.
pub fn run(bytes: &[u8]) {
    // The whole, as one file; then cut where a byte says, as several.
    let whole = NamedBytes {
        name: "a.zip".to_owned(),
        bytes: bytes.to_vec(),
    };
    let mut parts = Vec::new();
    let mut rest = bytes;
    while let Some((&length, after)) = rest.split_first() {
        let cut = (usize::from(length) * 64).min(after.len());
        let (part, after) = after.split_at(cut);
        parts.push(NamedBytes {
            name: NAMES[parts.len() % NAMES.len()].to_owned(),
            bytes: part.to_vec(),
        });
        rest = after;
    }
    for files in [vec![whole], parts] {
        match open_files(files, &LIMITS) {
            Ok(opened) => {
                assert!(!opened.series.is_empty());
                for series in &opened.series {
                    if let Ok(volume) = series.decode(&LIMITS) {
                        assert!(series.shape.is_none_or(|shape| shape == volume.shape));
                    }
                }
            }
            Err(error) => {
                let text = error.to_string();
                assert!(!text.contains('\n') && !text.contains(". "), "{text}");
            }
        }
    }
}
