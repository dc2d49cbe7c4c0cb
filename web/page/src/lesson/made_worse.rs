//! Figure *corrupt*: the file that a worse image becomes, and what is said of it beside the untouched one.

use imaging::encode::{self, Space};

use super::corruption::{Corruption, flipped};
use crate::errors::Error;
use crate::results::outcome::Outcome;
use crate::view::picture::Picture;

/// The values that black and white have: those of the file's sample type for pictures, else the smallest and largest of the
/// image.
#[must_use]
pub fn range(picture: &Picture) -> [f32; 2] {
    let [low, high] = picture.info.display_range;
    let usable = low.is_finite() && high.is_finite() && high > low;
    if usable && picture.info.affine.is_none() && !picture.is_volume() {
        [low, high]
    } else {
        picture.extent
    }
}

/// Name and bytes of a file of an image's voxels after a corruption: PNG with 8 bits for a picture, NIfTI for one with geometry.
///
/// # Errors
/// [`Error::Save`] for a volume in colour, and where there is not enough memory.
pub fn file(
    picture: &Picture,
    voxels: &[f32],
    corruption: Corruption,
) -> Result<(String, Vec<u8>), Error> {
    let info = &picture.info;
    let stem = stem(&picture.name);
    let [planes, rows, columns] = info.shape;
    let volume = planes > 1 || info.affine.is_some();
    let ending = if volume { "nii.gz" } else { "png" };
    let name = format!("{stem}_{}.{ending}", corruption.name());
    let fault = |fault: String| Error::Save {
        file: name.clone(),
        fault,
    };
    let bytes = if volume {
        let space = Space {
            spacing: None,
            shape: info.shape,
            affine: info.affine,
            header: None,
        };
        encode::nifti_map(voxels, &space)
    } else {
        let [low, high] = range(picture);
        let byte = |value: &f32| {
            (255.0 * ((value - low) / (high - low)))
                .round()
                .clamp(0.0, 255.0) as u8
        };
        let bytes: Vec<u8> = voxels.iter().map(byte).collect();
        if info.channels == 1 {
            encode::png_mask(&bytes, rows, columns)
        } else {
            let pixels = rows * columns;
            let channel = |index: usize| bytes.get(index * pixels..).unwrap_or_default().iter();
            let colours = channel(0).zip(channel(1)).zip(channel(2)).take(pixels);
            let rgba: Vec<u8> = colours
                .flat_map(|((red, green), blue)| [*red, *green, *blue, 255])
                .collect();
            encode::png_rgba(&rgba, rows, columns)
        }
    };
    let bytes = bytes.map_err(|error| fault(error.to_string()))?;
    Ok((name, bytes))
}

/// A name without its ending.
fn stem(name: &str) -> &str {
    let name = name.strip_suffix(".gz").unwrap_or(name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// What the labels of the untouched image mark in the image of a name that [`file()`] gave: a flip moves them too.
#[must_use]
pub fn moved(truth: &[bool], columns: usize, name: Option<&str>) -> Vec<bool> {
    let turned = name.is_some_and(|name| stem(name).ends_with("_flip"));
    if turned {
        flipped(truth, columns)
    } else {
        truth.to_vec()
    }
}

/// What is said of an image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Dice of mask and labels, 0..=1; none without labels.
    pub dice: Option<f64>,
    /// Wrong voxels that the probabilities expect.
    pub expected: f64,
    /// Wrong voxels by the labels.
    pub wrong: Option<u64>,
    /// Total entropy by object size; larger is more doubtful.
    pub score: f64,
    /// Whether it is unlike the training images; none where the model cannot tell.
    pub unlike: Option<bool>,
}

impl Figures {
    /// Of a segmentation, and of labels that mark one class, if there are any of its size.
    #[must_use]
    pub fn of(outcome: &Outcome, truth: Option<&[bool]>) -> Self {
        let truth = truth.filter(|truth| truth.len() == outcome.mask.len());
        let labels: Option<Vec<u8>> =
            truth.map(|truth| truth.iter().map(|object| u8::from(*object)).collect());
        let dice = labels.as_ref().and_then(|labels| {
            let mask: Vec<u8> = outcome
                .mask
                .iter()
                .map(|class| u8::from(*class != 0))
                .collect();
            let dice = uq::dice_per_class(&mask, labels, 2).ok()?;
            dice.get(1).copied()
        });
        let wrong = truth.map(|truth| {
            let pairs = outcome.mask.iter().zip(truth);
            pairs
                .filter(|(mask, object)| (**mask != 0) != **object)
                .count() as u64
        });
        Self {
            dice,
            expected: outcome.info.expected.voxels,
            wrong,
            score: outcome.info.image_score,
            unlike: outcome.info.in_distribution.map(|score| score.unusual),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::results::outcome::tests::outcome;
    use crate::view::picture::tests::{picture, sized};

    #[test]
    fn a_picture_becomes_a_picture_with_the_same_pixels() {
        for channels in [1, 3] {
            let image = picture(channels, 1);
            let (name, bytes) = file(&image, &image.voxels, Corruption::Blur).unwrap();
            assert_eq!(name, "cell_blur.png");
            let opened = imaging::open(&bytes, &name, &imaging::Limits::default()).unwrap();
            assert_eq!(
                (opened.shape, opened.channels),
                (image.info.shape, channels)
            );
            let read = opened.to_channels(channels).unwrap();
            assert_eq!(read, image.voxels);
        }
    }

    #[test]
    fn a_volume_becomes_a_volume() {
        let image = sized(1, [3, 2, 4]);
        let (name, bytes) = file(&image, &image.voxels, Corruption::Noise).unwrap();
        assert_eq!(name, "cell_noise.nii.gz");
        let opened = imaging::open(&bytes, &name, &imaging::Limits::default()).unwrap();
        assert_eq!(opened.shape, [3, 2, 4]);
        assert_eq!(range(&image), image.extent);
        assert!(
            file(
                &sized(3, [3, 2, 4]),
                &sized(3, [3, 2, 4]).voxels,
                Corruption::Noise
            )
            .is_err()
        );
    }

    #[test]
    fn figures_are_counted_against_the_labels() {
        let outcome = outcome(vec![1, 1, 0, 0], vec![0.0; 4]);
        let figures = Figures::of(&outcome, Some(&[true, false, true, false]));
        assert_eq!((figures.wrong, figures.dice), (Some(2), Some(0.5)));
        assert_eq!(Figures::of(&outcome, None).dice, None);
        assert_eq!(
            moved(&[true, false], 2, Some("cell_flip.png")),
            [false, true]
        );
        assert_eq!(
            moved(&[true, false], 2, Some("cell_blur.png")),
            [true, false]
        );
    }
}
