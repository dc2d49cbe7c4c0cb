//! Names of files.

/// Endings of two parts, which count as one.
const DOUBLE_ENDINGS: [&str; 3] = [".nii.gz", ".ome.tif", ".ome.tiff"];

/// The name of a file without its folders, whichever system wrote the path.
#[must_use]
pub fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The name of a file without its folders and without its ending; `.nii.gz` and `.ome.tif` count as one ending.
///
/// An empty name, or one that is all ending, becomes `image`.
///
/// ```
/// assert_eq!(imaging::stem("scans/head.nii.gz"), "head");
/// assert_eq!(imaging::stem(".png"), "image");
/// ```
#[must_use]
pub fn stem(path: &str) -> String {
    let base = base_name(path);
    let lower = base.to_ascii_lowercase();
    let cut = DOUBLE_ENDINGS
        .iter()
        .find(|ending| lower.ends_with(*ending))
        .map(|ending| base.len() - ending.len())
        .or_else(|| base.rfind('.'))
        .unwrap_or(base.len());
    match base.get(..cut).unwrap_or_default().trim() {
        "" => "image".to_owned(),
        stem => stem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::stem;

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
}
