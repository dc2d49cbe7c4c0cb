//! From the page's files to an image, or to labels.

use engine::match_labels;
use imaging::{Choice, Geometry, Labels, Limits, NamedBytes, Volume, open_files};
use protocol::{PartChoice, SeriesInfo};

use crate::error::Error;
use crate::messages::count;

/// A decoded image.
pub(crate) struct DecodedImage {
    pub volume: Volume,
    /// All series in the files; one entry for a single picture.
    pub series: Vec<SeriesInfo>,
    /// Which of them is decoded.
    pub chosen: u32,
}

/// Opens files and decodes a part of one of their series, the first where none is named. The files' bytes are freed.
pub(crate) fn open(
    names: &[String],
    files: Vec<Vec<u8>>,
    wanted: Option<u32>,
    part: PartChoice,
) -> Result<DecodedImage, Error> {
    let limits = Limits::default();
    let listed = open_files(named(names, files), &limits)?;
    let chosen = wanted.unwrap_or(0);
    let index = usize::try_from(chosen).unwrap_or(usize::MAX);
    let series = listed.series.get(index).ok_or(Error::NoSeries {
        series: chosen,
        count: listed.series.len(),
    })?;
    let mut volume = series.decode_part(&limits, &choice(part))?;
    volume.provenance.notes.extend(listed.skipped);
    let described = listed.series.iter().enumerate().map(|(place, series)| {
        let is_chosen = place == index;
        SeriesInfo {
            description: if is_chosen && listed.series.len() == 1 {
                volume.provenance.description()
            } else {
                series.description.clone()
            },
            shape: if is_chosen {
                volume.shape
            } else {
                series.shape.unwrap_or_default()
            },
        }
    });
    Ok(DecodedImage {
        series: described.collect(),
        chosen: count(index),
        volume,
    })
}

fn choice(part: PartChoice) -> Choice {
    // A number beyond what can be addressed is no part of any file, and is refused as such.
    let index =
        |wanted: Option<u32>| wanted.map(|wanted| usize::try_from(wanted).unwrap_or(usize::MAX));
    Choice {
        time: index(part.time),
        channel: index(part.channel),
        // The finest regular grid; the note says what was done.
        spacing: None,
    }
}

/// Opens the labels of an image in files, for a model with that many classes.
///
/// Of a file that holds no labels and has not even the image's size, the size is said: it is another picture.
pub(crate) fn open_labels(
    names: &[String],
    files: Vec<Vec<u8>>,
    classes: u8,
    image: &Volume,
) -> Result<Labels, Error> {
    let limits = Limits::default();
    let listed = open_files(named(names, files), &limits)?;
    let series = listed.series.first().ok_or(imaging::Error::Empty)?;
    series.decode_labels(&limits, classes).or_else(|error| {
        let other = series.decode(&limits).ok();
        if let Some(other) = other.filter(|other| other.geometry.affine.is_none()) {
            let empty = Labels {
                shape: other.shape,
                ids: Vec::new(),
                geometry: Geometry::default(),
            };
            match_labels(image, empty)?;
        }
        Err(error.into())
    })
}

/// What is in files, as `penumbra info --json` says it of them.
pub(crate) fn describe(names: &[String], files: Vec<Vec<u8>>) -> Result<String, Error> {
    let limits = Limits::default();
    let described = open_files(named(names, files), &limits)?.describe(&limits)?;
    Ok(described.to_string())
}

/// Files under their names, one of each for the other: [`Incoming`](crate::Incoming) has counted them.
fn named(names: &[String], files: Vec<Vec<u8>>) -> Vec<NamedBytes> {
    let named = names.iter().cloned().zip(files);
    named
        .map(|(name, bytes)| NamedBytes { name, bytes })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use protocol::PartChoice;

    use super::{describe, open, open_labels};

    fn picture(size: usize) -> Vec<u8> {
        let values: Vec<u8> = (0..size * size).map(|value| (value % 2) as u8).collect();
        imaging::encode::png_mask(&values, size, size).unwrap()
    }

    #[test]
    fn every_series_is_listed_and_the_named_one_is_decoded() {
        let names = ["b.png", "a.png", "notes.txt"].map(str::to_owned);
        let files = || vec![picture(9), picture(8), b"nothing to see".to_vec()];
        let first = open(&names, files(), None, PartChoice::default()).unwrap();
        assert_eq!((first.series.len(), first.chosen), (2, 0));
        assert_eq!(first.volume.shape, [1, 8, 8]);
        assert!(first.volume.provenance.notes[0].contains("left out"));
        let second = open(&names, files(), Some(1), PartChoice::default()).unwrap();
        assert_eq!((second.chosen, second.volume.shape), (1, [1, 9, 9]));
        assert_eq!(second.series[1].shape, [1, 9, 9]);
        let text = open(&names, files(), Some(2), PartChoice::default())
            .map(|_| ())
            .unwrap_err()
            .to_string();
        assert!(text.contains("no series 2"), "{text}");
    }

    #[test]
    fn the_wanted_channel_is_decoded_and_one_that_is_not_there_is_refused() {
        let planes: Vec<f32> = (0..5 * 64).map(|value| (value / 64) as f32).collect();
        let names = ["five.tif".to_owned()];
        let file = imaging::encode::tiff_f32_channels(&planes, 5, [1, 8, 8]).unwrap();
        let wanted = |channel| PartChoice {
            time: None,
            channel: Some(channel),
        };
        let fourth = open(&names, vec![file.clone()], None, wanted(3)).unwrap();
        assert_eq!(fourth.volume.provenance.parts.channels, 5);
        assert!(fourth.volume.voxels.iter().all(|value| *value == 3.0));
        let refused = open(&names, vec![file], None, wanted(5)).map(|_| ());
        let said = refused.unwrap_err().to_string();
        assert!(said.contains("channel 5"), "{said}");
    }

    #[test]
    fn files_are_described_in_json() {
        let names = ["a.png".to_owned(), "b.png".to_owned()];
        let said = describe(&names, vec![picture(8), picture(9)]).unwrap();
        assert!(
            said.starts_with('{') && said.contains("\"shape\":[1,8,8]"),
            "{said}"
        );
        assert!(said.contains("\"series\":["), "{said}");
    }

    #[test]
    fn labels_are_opened_like_images() {
        let names = ["l.png".to_owned()];
        let image = |size| {
            open(&names, vec![picture(size)], None, PartChoice::default())
                .unwrap()
                .volume
        };
        let labels = open_labels(&names, vec![picture(8)], 2, &image(8)).unwrap();
        assert_eq!(labels.shape, [1, 8, 8]);
        assert_eq!(labels.ids.iter().filter(|&&id| id == 1).count(), 32);
    }

    #[test]
    fn a_picture_of_another_size_is_refused_for_its_size_first() {
        let names = ["l.png".to_owned()];
        let image = open(&names, vec![picture(9)], None, PartChoice::default())
            .unwrap()
            .volume;
        let grey: Vec<u8> = (0..100).collect();
        let said = |size: usize| {
            let file = imaging::encode::png_mask(&grey[..size * size], size, size).unwrap();
            open_labels(&names, vec![file], 2, &image)
                .unwrap_err()
                .to_string()
        };
        let size = said(10);
        assert!(size.contains("10 x 10") && size.contains("9 x 9"), "{size}");
        let values = said(9);
        assert!(!values.contains("9 x 9"), "{values}");
    }
}
