//! Names of the files that the page saves.

/// The name of a file without its folder.
#[must_use]
pub fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The name of a file without its folder and without its ending; `.nii.gz` and `.ome.tif` count as one ending.
///
/// An empty name, or one that is all ending, becomes `image`.
#[must_use]
pub fn stem(name: &str) -> String {
    let base = base(name);
    let lower = base.to_ascii_lowercase();
    let double = [".nii.gz", ".ome.tif", ".ome.tiff"];
    let cut = double
        .iter()
        .find(|ending| lower.ends_with(*ending))
        .map(|ending| base.len() - ending.len())
        .or_else(|| base.rfind('.'))
        .unwrap_or(base.len());
    let stem = base.get(..cut).unwrap_or_default().trim();
    if stem.is_empty() {
        "image".to_owned()
    } else {
        stem.to_owned()
    }
}

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

/// Name of the saved report.
#[must_use]
pub fn report(file: &str) -> String {
    format!("{}_report.json", stem(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_and_folders_are_cut() {
        assert_eq!(stem("cell.png"), "cell");
        assert_eq!(stem("series/a.b.TIFF"), "a.b");
        assert_eq!(stem("C:\\scans\\head.NII.GZ"), "head");
        assert_eq!(stem("plain"), "plain");
    }

    #[test]
    fn a_name_without_a_stem_becomes_image() {
        assert_eq!(stem(""), "image");
        assert_eq!(stem(".png"), "image");
    }

    #[test]
    fn names_follow_the_contract() {
        assert_eq!(saved("cell.jpg", "_seg.png"), "cell_seg.png");
        assert_eq!(
            saved("head.nii.gz", "_ranking.nii.gz"),
            "head_ranking.nii.gz"
        );
        assert_eq!(overlay("cell.jpg"), "cell_overlay.png");
        assert_eq!(report("cell.jpg"), "cell_report.json");
    }
}
