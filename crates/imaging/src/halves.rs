//! Images in two files: NIfTI and Analyze pairs, and headers whose samples are in a file of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::left_out::LeftOut;
use crate::series::Content;
use crate::{Error, Format, NamedBytes, Series, base_name, grid_file};

const HEADERS: [&str; 2] = [".hdr", ".hdr.gz"];
const IMAGES: [&str; 2] = [".img", ".img.gz"];

/// Headers whose samples are in another file, with that file.
pub(crate) fn detached(
    singles: &mut Vec<Arc<NamedBytes>>,
    mut others: Vec<(Arc<NamedBytes>, Error)>,
    left_out: &mut LeftOut,
) -> Vec<Series> {
    let mut series = Vec::new();
    singles.retain(|header| {
        let data_name = grid_file::read(&header.bytes)
            .ok()
            .and_then(|header| header.data_file);
        let Some(wanted) = data_name else {
            return true;
        };
        let wanted = base_name(&wanted).to_ascii_lowercase();
        // A compressed file has lost its ending on the way.
        let is_wanted = |(file, _): &(Arc<NamedBytes>, Error)| {
            let name = base_name(&file.name).to_ascii_lowercase();
            name == wanted || wanted.strip_suffix(".gz") == Some(&name)
        };
        match others.iter().position(is_wanted) {
            Some(place) => {
                let (data, _) = others.remove(place);
                let format = grid_file::detect(&header.bytes).unwrap_or(Format::Nrrd);
                series.push(Series {
                    description: format.to_string(),
                    shape: None,
                    format,
                    files: 2,
                    notes: Vec::new(),
                    content: Content::Detached {
                        header: header.clone(),
                        data,
                    },
                });
                false
            }
            None => true,
        }
    });
    for (_, error) in others {
        left_out.skip(error);
    }
    series
}

/// Whether a file's name is half of a NIfTI pair and the other half is there too.
pub(crate) fn has_other_half(name: &str, names: &BTreeSet<String>) -> bool {
    let name = name.to_ascii_lowercase();
    let is_paired = |own: &[&str], other: &[&str]| {
        own.iter()
            .find_map(|end| name.strip_suffix(end))
            .is_some_and(|stem| {
                other
                    .iter()
                    .any(|end| names.contains(&format!("{stem}{end}")))
            })
    };
    is_paired(&HEADERS, &IMAGES) || is_paired(&IMAGES, &HEADERS)
}

/// NIfTI headers with the voxels of the same name; `halves` by their names in lower case.
pub(crate) fn pairs(
    mut halves: BTreeMap<String, Arc<NamedBytes>>,
    left_out: &mut LeftOut,
) -> Vec<Series> {
    let headers: Vec<String> = halves
        .keys()
        .filter(|name| HEADERS.iter().any(|end| name.ends_with(end)))
        .cloned()
        .collect();
    let mut series = Vec::new();
    for name in headers {
        let Some(stem) = HEADERS.iter().find_map(|end| name.strip_suffix(end)) else {
            continue;
        };
        let image = IMAGES
            .iter()
            .find_map(|end| halves.remove(&format!("{stem}{end}")));
        if let Some(image) = image
            && let Some(header) = halves.remove(&name)
        {
            series.push(Series {
                description: "NIfTI pair".to_owned(),
                shape: None,
                format: Format::Nifti,
                files: 2,
                notes: Vec::new(),
                content: Content::NiftiPair { header, image },
            });
        }
    }
    for _ in halves {
        left_out.skip(Error::HalfOfPair);
    }
    series
}
