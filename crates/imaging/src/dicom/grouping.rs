//! From images to volumes: which belong together, in which order, and where they lie.

use super::discriminators::DISCRIMINATORS;
use super::placement::{PlacedImages, place as place_images};
use super::plane_image::Image;
use super::scanned_file::ScannedFile;
use super::segments;
use super::stack::{Stack, StackPlane};
use super::{plane_gaps, plane_order};
use crate::{Error, Format};

/// Sorts the images of files into volumes. What cannot be a volume comes as the error that says why.
pub(crate) fn stacks(files: &[ScannedFile]) -> Vec<Result<Stack, Error>> {
    let mut notes = Vec::new();
    let mut images = without_copies(files, &mut notes);
    // All segments of a file are one volume of labels.
    let mut segmentations: Vec<Result<Stack, Error>> = Vec::new();
    for file in files {
        let is_used = || images.iter().any(|image| image.file.file == file.file);
        if file.segmentation.is_some()
            && is_used()
            && let Some(stack) = segments::stack(file)
        {
            images.retain(|image| image.file.file != file.file);
            segmentations.push(Ok(stack));
        }
    }
    let shared_uids = shared_uids(&images);
    let mut groups: Vec<Vec<Image<'_>>> = Vec::new();
    for image in images {
        let group = groups.iter_mut().rev().find(|group| {
            group.first().is_some_and(|first| {
                first.matches(&image) && (image.is_placed() || belongs_unplaced(first, &image))
            })
        });
        match group {
            Some(group) => group.push(image),
            None => groups.push(vec![image]),
        }
    }
    rejoin(&mut groups);
    let mut stacks = segmentations;
    for group in &groups {
        let others = groups
            .iter()
            .filter_map(|other| Some((other.first()?, group.first()?)))
            .filter(|(a, b)| {
                a.file.series_uid == b.file.series_uid && a.is_placed() && b.is_placed()
            })
            .filter(|(a, b)| a.file.is_localiser == b.file.is_localiser)
            .count();
        let mut group_notes = notes.clone();
        group_notes.extend(differences(group, &shared_uids));
        for image in group {
            for note in &image.file.notes {
                if !group_notes.contains(note) {
                    group_notes.push(note.clone());
                }
            }
        }
        if others > 1 {
            group_notes.push(format!(
                "The series holds images of {others} directions or sizes, each listed by itself."
            ));
        }
        if group.first().is_some_and(Image::is_placed) {
            let mut sorted = group.clone();
            sorted.sort_by_key(|image| {
                (
                    image.plane.instance_number,
                    image.file.file,
                    image.plane.frame,
                )
            });
            let volumes = split(sorted, 0);
            let count = volumes.len();
            for (index, volume) in volumes.iter().enumerate() {
                let mut volume_notes = group_notes.clone();
                if count > 1 {
                    volume_notes.push(format!(
                        "The series holds several images at each position; this is volume {} of {count}.",
                        index + 1
                    ));
                }
                place(volume, &volume_notes, &mut stacks);
            }
        } else {
            stacks.push(unplaced(group, group_notes));
        }
    }
    stacks
}

/// Files given twice are used once.
fn without_copies<'s>(files: &'s [ScannedFile], notes: &mut Vec<String>) -> Vec<Image<'s>> {
    let mut seen = std::collections::BTreeSet::new();
    let mut copies = 0;
    let mut images = Vec::new();
    for file in files {
        // A file that only says the same UID is another image: careless anonymisation makes them all equal.
        let identity = (file.sop_instance_uid.as_str(), file.fingerprint);
        if !file.sop_instance_uid.is_empty() && !seen.insert(identity) {
            copies += 1;
            continue;
        }
        images.extend(file.planes.iter().map(|plane| Image { file, plane }));
    }
    if copies > 0 {
        notes.push(format!(
            "{copies} files were copies of others and were left out."
        ));
    }
    images
}

/// SOP Instance UIDs that several files have.
fn shared_uids(images: &[Image<'_>]) -> std::collections::BTreeSet<String> {
    let mut first: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    images
        .iter()
        .filter(|image| !image.file.sop_instance_uid.is_empty())
        .filter(|image| {
            let uid = image.file.sop_instance_uid.as_str();
            *first.entry(uid).or_insert(image.file.file) != image.file.file
        })
        .map(|image| image.file.sop_instance_uid.clone())
        .collect()
}

/// In what the images of one volume differ though they should not, as a sentence.
fn differences(
    group: &[Image<'_>],
    shared_uids: &std::collections::BTreeSet<String>,
) -> Vec<String> {
    let Some(first) = group.first() else {
        return Vec::new();
    };
    let differs = |what: fn(&ScannedFile) -> &str| {
        group
            .iter()
            .any(|image| what(image.file) != what(first.file))
    };
    let bits = |what: fn(&ScannedFile) -> (u8, bool)| {
        group
            .iter()
            .any(|image| what(image.file) != what(first.file))
    };
    let names = [
        (differs(|file| &file.series_uid), "Series Instance UID"),
        (
            differs(|file| &file.frame_of_reference),
            "Frame of Reference UID",
        ),
        (bits(|file| (file.pixel.bits_stored, false)), "Bits Stored"),
        (
            bits(|file| (file.pixel.bits_allocated, false)),
            "Bits Allocated",
        ),
        (bits(|file| (0, file.pixel.signed)), "Pixel Representation"),
    ];
    let names: Vec<&str> = names
        .into_iter()
        .filter_map(|(differs, name)| differs.then_some(name))
        .collect();
    let mut notes = Vec::new();
    if !names.is_empty() {
        notes.push(format!(
            "The images differ in {}; they were put together by size, direction and position.",
            names.join(" and ")
        ));
    }
    if group.len() > 1
        && group
            .iter()
            .any(|image| shared_uids.contains(&image.file.sop_instance_uid))
    {
        notes.push(
            "Several images have the same SOP Instance UID; they were told apart by their contents."
                .to_owned(),
        );
    }
    notes
}

/// Puts images together whose series are said to be different ones, but that are single and lie in one even stack:
/// careless anonymisation gives each image a series of its own.
fn rejoin(groups: &mut Vec<Vec<Image<'_>>>) {
    let mut index = 0;
    while index < groups.len() {
        let (earlier, rest) = groups.split_at(index);
        let Some((group, _)) = rest.split_first() else {
            break;
        };
        let alike: Vec<usize> = groups
            .iter()
            .enumerate()
            .filter(|(_, other)| match (other.first(), group.first()) {
                (Some(a), Some(b)) => a.resembles(b) && a.is_placed() && !a.plane.is_multi_frame,
                _ => false,
            })
            .map(|(place, _)| place)
            .collect();
        let is_first = earlier.len() <= alike.first().copied().unwrap_or(0);
        let large = alike
            .iter()
            .filter(|&&place| groups.get(place).is_some_and(|group| group.len() > 1))
            .count();
        let union: Vec<Image<'_>> = alike
            .iter()
            .filter_map(|&place| groups.get(place))
            .flatten()
            .copied()
            .collect();
        if is_first
            && alike.len() > 1
            && large <= 1
            && union.len() > 2
            && plane_gaps::is_even(&union)
        {
            for &place in alike.iter().skip(1).rev() {
                groups.remove(place);
            }
            if let Some(group) = groups.get_mut(index) {
                *group = union;
            }
        }
        index += 1;
    }
}

/// Images without a place in the patient: the frames of one file belong together, and so do the single images of a
/// series from a scanner that makes slices; other single images (radiographs, photographs) are views of their own.
fn belongs_unplaced(first: &Image<'_>, image: &Image<'_>) -> bool {
    if first.plane.is_multi_frame || image.plane.is_multi_frame {
        return first.file.file == image.file.file;
    }
    matches!(
        first.file.modality.as_deref(),
        Some("CT" | "MR" | "PT" | "NM")
    )
}

/// Splits images until no two of a volume share a position.
fn split<'s>(images: Vec<Image<'s>>, from: usize) -> Vec<Vec<Image<'s>>> {
    let most = plane_order::most_at_one_position(&images);
    if most <= 1 {
        return vec![images];
    }
    for attribute in from..DISCRIMINATORS {
        let mut parts: Vec<(u64, Vec<Image<'s>>)> = Vec::new();
        for &image in &images {
            let value = image
                .plane
                .discriminators
                .get(attribute)
                .copied()
                .unwrap_or(0);
            match parts.iter_mut().find(|(other, _)| *other == value) {
                Some((_, part)) => part.push(image),
                None => parts.push((value, vec![image])),
            }
            // More values than images at a position cannot number the volumes.
            if parts.len() > images.len().div_ceil(2) {
                break;
            }
        }
        let is_useful = parts.len() > 1
            && parts.iter().map(|(_, part)| part.len()).sum::<usize>() == images.len()
            && parts
                .iter()
                .all(|(_, part)| plane_order::most_at_one_position(part) < most);
        if is_useful {
            return parts
                .into_iter()
                .flat_map(|(_, part)| split(part, attribute + 1))
                .collect();
        }
    }
    // Nothing tells them apart: the first image at each position, then the second, in the order they were taken.
    let mut volumes: Vec<Vec<Image<'s>>> = Vec::new();
    for (repeat_index, image) in plane_order::repeat_indices(&images) {
        while volumes.len() <= repeat_index {
            volumes.push(Vec::new());
        }
        if let Some(volume) = volumes.get_mut(repeat_index) {
            volume.push(image);
        }
    }
    volumes
}

/// Puts the images of one volume in order; uneven ones become several volumes or an error.
fn place(images: &[Image<'_>], notes: &[String], stacks: &mut Vec<Result<Stack, Error>>) {
    match place_images(images) {
        Ok(parts) => stacks.extend(parts.into_iter().map(|part| placed_stack(part, notes))),
        Err(error) => stacks.push(Err(error)),
    }
}

fn placed_stack(placed: PlacedImages<'_>, notes: &[String]) -> Result<Stack, Error> {
    let all_notes = notes.iter().cloned().chain(placed.notes).collect();
    let stack = stack(&placed.images, all_notes)?;
    let [planes, rows, columns] = stack.shape;
    let planes = placed.resampling.as_ref().map_or(planes, Vec::len);
    let alternative = placed
        .alternative
        .map(|other| placed_stack(*other, notes))
        .transpose()?;
    Ok(Stack {
        affine: placed.affine,
        normal: placed.normal,
        shape: [planes, rows, columns],
        resampling: placed.resampling,
        spacing: placed.spacing,
        alternative: alternative.map(Box::new),
        ..stack
    })
}

fn unplaced(images: &[Image<'_>], mut notes: Vec<String>) -> Result<Stack, Error> {
    let mut sorted = images.to_vec();
    sorted.sort_by_key(|image| {
        (
            image.plane.instance_number,
            image.file.file,
            image.plane.frame,
        )
    });
    let is_slices = sorted
        .first()
        .is_some_and(|first| !first.plane.is_multi_frame);
    let has_some = sorted.first().is_some_and(|first| {
        first.geometry().position.is_some() || first.geometry().orientation.is_some()
    });
    if has_some {
        notes.push(
            "The image's position, direction or pixel size is missing or cannot be read, so it has no geometry."
                .to_owned(),
        );
    }
    if sorted.len() > 1 && is_slices {
        notes.push(
            "The images have no positions; they are in the order of their numbers.".to_owned(),
        );
    }
    stack(&sorted, notes)
}

/// A stack of images in their order, without geometry yet.
fn stack(images: &[Image<'_>], notes: Vec<String>) -> Result<Stack, Error> {
    let Some(first) = images.first() else {
        return Err(Error::damaged(Format::Dicom, "it holds no image"));
    };
    let file = first.file;
    let mut planes: Vec<StackPlane> = Vec::with_capacity(images.len());
    for image in images {
        // The UIDs of a file's frames are shared.
        let same = planes.last().filter(|last| last.file == image.file.file);
        let (sop_class_uid, sop_instance_uid) = match same {
            Some(last) => (last.sop_class_uid.clone(), last.sop_instance_uid.clone()),
            None => (
                image.file.sop_class_uid.as_str().into(),
                image.file.sop_instance_uid.as_str().into(),
            ),
        };
        planes.push(StackPlane {
            file: image.file.file,
            frame: image.plane.frame,
            is_multi_frame: image.plane.is_multi_frame && !image.plane.is_tile,
            position: image.geometry().position,
            sop_class_uid,
            sop_instance_uid,
        });
    }
    Ok(Stack {
        modality: file.modality.clone(),
        series_number: file.series_number,
        is_localiser: file.is_localiser,
        shape: [images.len(), file.pixel.rows, file.pixel.columns],
        resampling: None,
        spacing: None,
        alternative: None,
        labels: None,
        planes,
        affine: None,
        normal: None,
        notes,
    })
}
