//! Which of the files that were opened together belong together.
//!
//! Pictures, volumes and zips stand for themselves; a `.hdr` and an `.img` of the same name are one volume; everything
//! that may be DICOM goes to the worker at once, which finds the series.

use imaging::base_name;

/// Files that are opened as one image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Name for people and for saved files: the file's own, or that of the folder in which the files lie.
    pub name: String,
    /// Places in the list of paths, at least one.
    pub members: Vec<usize>,
}

/// What a file may be, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A picture, a volume or a zip.
    Alone,
    /// Half of a pair.
    Half,
    /// Part of a DICOM series.
    Dicom,
    /// Nothing that holds an image.
    Other,
}

const ALONE: [&str; 12] = [
    ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".gif", ".nii", ".nii.gz", ".zip",
    ".gz",
];
const HALVES: [&str; 4] = [".hdr", ".img", ".hdr.gz", ".img.gz"];
const DICOM: [&str; 5] = [".dcm", ".dicom", ".dic", ".ima", ".dcm30"];

fn kind(path: &str) -> Kind {
    let name = base_name(path).to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if ends(&ALONE) {
        return Kind::Alone;
    }
    if ends(&HALVES) {
        return Kind::Half;
    }
    if ends(&DICOM) {
        return Kind::Dicom;
    }
    if name.starts_with('.') || name == "dicomdir" {
        return Kind::Other;
    }
    // Scanners and archives write names without an ending (IM0001), or names that are identifiers (1.2.840.113619.2).
    match name.rsplit_once('.') {
        None => Kind::Dicom,
        Some((_, ending)) if ending.bytes().all(|byte| byte.is_ascii_digit()) => Kind::Dicom,
        Some(_) => Kind::Other,
    }
}

/// Whether a file in an opened folder may hold an image. What is chosen by hand is opened whatever it is called.
#[must_use]
pub fn may_hold_image(path: &str) -> bool {
    kind(path) != Kind::Other
}

/// Puts paths into groups, in the order of the first of each.
#[must_use]
pub fn groups(paths: &[String]) -> Vec<Group> {
    let mut groups: Vec<(Option<String>, Group)> = Vec::new();
    for (index, path) in paths.iter().enumerate() {
        let key = match kind(path) {
            // A space is no part of any path that ends in the name of half a pair.
            Kind::Dicom => Some("dicom series".to_owned()),
            Kind::Half => Some(without_half(path)),
            Kind::Alone | Kind::Other => None,
        };
        let known = groups
            .iter_mut()
            .find(|(known, _)| key.is_some() && *known == key);
        match known {
            Some((_, group)) => group.members.push(index),
            None => groups.push((
                key,
                Group {
                    name: base_name(path).to_owned(),
                    members: vec![index],
                },
            )),
        }
    }
    let mut groups: Vec<Group> = groups.into_iter().map(|(_, group)| group).collect();
    for group in &mut groups {
        let members = group.members.iter().filter_map(|index| paths.get(*index));
        let members: Vec<&str> = members.map(String::as_str).collect();
        if members
            .first()
            .is_some_and(|path| kind(path) == Kind::Dicom)
            && let Some(folder) = common_folder(&members)
        {
            group.name = folder;
        }
    }
    groups
}

/// The path of half a pair without its ending, in small letters and marked, so that no other path is the same.
fn without_half(path: &str) -> String {
    let path = path.to_ascii_lowercase();
    let cut = HALVES
        .iter()
        .filter_map(|ending| path.strip_suffix(ending))
        .min_by_key(|stem| stem.len());
    format!("pair {}", cut.unwrap_or(&path))
}

/// The innermost folder that holds all paths; none where they lie side by side in no folder.
fn common_folder(paths: &[&str]) -> Option<String> {
    let folders = |path: &str| -> Vec<String> {
        let parts = path.split('/').filter(|part| !part.is_empty());
        let mut parts: Vec<String> = parts.map(str::to_owned).collect();
        parts.pop();
        parts
    };
    let mut paths = paths.iter();
    let mut common = folders(paths.next()?);
    for path in paths {
        let other = folders(path);
        let same = common
            .iter()
            .zip(&other)
            .take_while(|(one, two)| one == two);
        let length = same.count();
        common.truncate(length);
    }
    common.pop()
}

/// A group as it stands in the list of opened files.
#[must_use]
pub fn title(group: &Group) -> String {
    match group.members.len() {
        0 | 1 => group.name.clone(),
        count => format!("{} ({count} files)", group.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grouped(paths: &[&str]) -> Vec<(String, Vec<usize>)> {
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        groups(&paths)
            .into_iter()
            .map(|group| (group.name, group.members))
            .collect()
    }

    #[test]
    fn pictures_and_volumes_stand_for_themselves() {
        assert_eq!(
            grouped(&["a.png", "b.JPG", "c.nii.gz", "d.zip", "notes.txt"]),
            ["a.png", "b.JPG", "c.nii.gz", "d.zip", "notes.txt"]
                .iter()
                .enumerate()
                .map(|(index, name)| ((*name).to_owned(), vec![index]))
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_dicom_folder_is_one_group_under_its_own_name() {
        assert_eq!(
            grouped(&["study/head/IM0001.dcm", "study/head/IM0002.dcm"]),
            [("head".to_owned(), vec![0, 1])]
        );
        assert_eq!(
            grouped(&["study/head/IM0001", "study/neck/1.2.840.113619", "x.png"]),
            [
                ("study".to_owned(), vec![0, 1]),
                ("x.png".to_owned(), vec![2])
            ]
        );
        assert_eq!(
            grouped(&["IM2.dcm", "IM1.dcm"]),
            [("IM2.dcm".to_owned(), vec![0, 1])]
        );
    }

    #[test]
    fn header_and_image_are_a_pair() {
        assert_eq!(
            grouped(&["a/x.hdr", "a/y.hdr", "a/x.img", "b/x.img"]),
            [
                ("x.hdr".to_owned(), vec![0, 2]),
                ("y.hdr".to_owned(), vec![1]),
                ("x.img".to_owned(), vec![3])
            ]
        );
    }

    #[test]
    fn folders_are_searched_for_images_only() {
        for path in [
            "s/IM1", "s/a.nii", "s/1.2.3", "s/x.IMA", "s/x.hdr", "s/p.webp",
        ] {
            assert!(may_hold_image(path), "{path}");
        }
        for path in ["s/.DS_Store", "s/DICOMDIR", "s/readme.md", "s/labels.json"] {
            assert!(!may_hold_image(path), "{path}");
        }
    }

    #[test]
    fn several_files_are_counted_in_the_list() {
        let group = |members| Group {
            name: "head".into(),
            members,
        };
        assert_eq!(title(&group(vec![0])), "head");
        assert_eq!(title(&group(vec![0, 1, 2])), "head (3 files)");
    }
}
