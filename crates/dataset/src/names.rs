//! Names of cases.

/// A file's name without what says its format: `a` of `a.nii.gz`, `a.nii` and `a.png`.
///
/// ```
/// assert_eq!(dataset::case_name("hippocampus_003.nii.gz"), "hippocampus_003");
/// assert_eq!(dataset::case_name("d.v2.png"), "d.v2");
/// ```
pub fn case_name(file_name: &str) -> &str {
    let lower = file_name.to_ascii_lowercase();
    let ending = [".nii.gz", ".hdr.gz", ".img.gz"]
        .into_iter()
        .find(|ending| lower.ends_with(ending));
    let kept = match ending {
        Some(ending) => file_name.len() - ending.len(),
        None => file_name
            .rfind('.')
            .filter(|&place| place > 0)
            .unwrap_or(file_name.len()),
    };
    file_name.get(..kept).unwrap_or(file_name)
}

#[cfg(test)]
mod tests {
    use super::case_name;

    #[test]
    fn names_lose_what_says_the_format() {
        for (file, name) in [
            ("hippocampus_003.nii.gz", "hippocampus_003"),
            ("b.NII.GZ", "b"),
            ("c.nii", "c"),
            ("d.v2.png", "d.v2"),
            ("e", "e"),
            (".hidden", ".hidden"),
        ] {
            assert_eq!(case_name(file), name);
        }
    }
}
