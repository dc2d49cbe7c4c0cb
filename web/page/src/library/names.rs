//! Names of the files that the page saves.

use imaging::stem;

/// Name of a saved mask or map: the worker says what follows the stem, such as `_seg.nii.gz`.
#[must_use]
pub fn saved(file: &str, suffix: &str) -> String {
    format!("{}{suffix}", stem(file))
}

/// Name of the saved overlay: the picture as it is drawn, at the image's own size.
#[must_use]
pub fn overlay(file: &str) -> String {
    format!("{}_overlay.png", stem(file))
}

/// Name of the penumbra saved as lines.
#[must_use]
pub fn vector_overlay(file: &str) -> String {
    format!("{}_overlay.svg", stem(file))
}

/// Name of the saved report.
#[must_use]
pub fn report(file: &str) -> String {
    format!("{}_report.json", stem(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_contract() {
        assert_eq!(saved("cell.jpg", "_seg.png"), "cell_seg.png");
        assert_eq!(
            saved("head.nii.gz", "_ranking.nii.gz"),
            "head_ranking.nii.gz"
        );
        assert_eq!(overlay("cell.jpg"), "cell_overlay.png");
        assert_eq!(vector_overlay("cell.jpg"), "cell_overlay.svg");
        assert_eq!(report("cell.jpg"), "cell_report.json");
    }
}
