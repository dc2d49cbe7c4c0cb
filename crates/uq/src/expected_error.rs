//! How many voxels of a mask are to be expected wrong, from the probabilities of its classes.

use serde::{Deserialize, Serialize};

use crate::error::{check_length, check_numbers};
use crate::{Error, Probabilities};

/// Expected errors of one class, in voxels.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ClassExpectedError {
    /// Voxels that the mask marks as the class.
    pub marked: u64,
    /// Of these, expected not to be of the class: the sum of 1 - p over them.
    pub false_positive: f64,
    /// Expected of the class but not marked so: the sum of p over all others.
    pub missed: f64,
}

impl ClassExpectedError {
    /// Voxels of the class to be expected: the sum of its probability over the image.
    #[must_use]
    pub fn expected_size(&self) -> f64 {
        (self.marked as f64 - self.false_positive + self.missed).max(0.0)
    }

    /// Expected wrong voxels of the class, marked or missed. A voxel of one object class marked as another counts for
    /// both classes.
    #[must_use]
    pub fn wrong(&self) -> f64 {
        self.false_positive + self.missed
    }

    /// The Dice coefficient that the probabilities let expect, 0 to 1: twice the expected overlap by the sum of marked
    /// and expected size. `None` where the class is neither marked nor expected.
    #[must_use]
    pub fn expected_dice(&self) -> Option<f64> {
        let sizes = self.marked as f64 + self.expected_size();
        let overlap = (self.marked as f64 - self.false_positive).max(0.0);
        (sizes > 0.0).then(|| (2.0 * overlap / sizes).clamp(0.0, 1.0))
    }
}

/// Expected errors of a mask, in voxels, from (tempered) class probabilities p: a voxel marked as class m is wrong with
/// probability 1 - p(m).
///
/// Expectations add up whether or not errors of neighbours depend on each other, so the sums hold if the probabilities
/// do; how far they strayed on a model's validation images is what [`crate::ErrorCalibration`] holds. Voxels are added in
/// any number of parts, each voxel once, and sums of parts merge.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ExpectedError {
    /// Number of voxels.
    pub voxels: u64,
    /// Marked as an object (any class but 0), expected to be none.
    pub false_object: f64,
    /// Not marked, expected to be an object.
    pub missed: f64,
    /// Marked as one class of object, expected to be another one.
    pub other_class: f64,
    /// Total entropy of the probabilities, in nats.
    pub entropy: f64,
    /// Every class, background first.
    pub per_class: Vec<ClassExpectedError>,
}

impl ExpectedError {
    /// Of one image.
    ///
    /// # Errors
    /// Those of [`ExpectedError::add`].
    pub fn of(probabilities: &Probabilities<'_>, mask: &[u8]) -> Result<Self, Error> {
        let mut sums = Self::default();
        sums.add(probabilities, mask)?;
        Ok(sums)
    }

    /// Adds voxels: their probabilities and the class that the mask gives them.
    ///
    /// # Errors
    /// [`Error::Length`] if the arrays do not fit, [`Error::NotANumber`] for a probability that is not a number,
    /// [`Error::UnknownClass`] for a mask with a class beyond the probabilities'. Nothing is added then.
    pub fn add(&mut self, probabilities: &Probabilities<'_>, mask: &[u8]) -> Result<(), Error> {
        check(probabilities, mask)?;
        let classes = probabilities.classes;
        self.voxels += mask.len() as u64;
        if self.per_class.len() < classes {
            self.per_class
                .resize(classes, ClassExpectedError::default());
        }
        for (voxel, &marked) in mask.iter().enumerate() {
            let marked = usize::from(marked);
            let of = |class| f64::from(probabilities.get(voxel, class, mask.len()));
            for (class, sums) in self.per_class.iter_mut().enumerate().take(classes) {
                let probability = of(class);
                if probability > 0.0 {
                    self.entropy -= probability * probability.ln();
                }
                if class == marked {
                    sums.marked += 1;
                    sums.false_positive += 1.0 - probability;
                } else {
                    sums.missed += probability;
                }
            }
            let background = of(0);
            if marked == 0 {
                self.missed += 1.0 - background;
            } else {
                self.false_object += background;
                self.other_class += 1.0 - of(marked) - background;
            }
        }
        Ok(())
    }

    /// Adds the sums of other voxels.
    pub fn merge(&mut self, other: &Self) {
        self.voxels += other.voxels;
        self.false_object += other.false_object;
        self.missed += other.missed;
        self.other_class += other.other_class;
        self.entropy += other.entropy;
        if self.per_class.len() < other.per_class.len() {
            self.per_class
                .resize(other.per_class.len(), ClassExpectedError::default());
        }
        for (sums, more) in self.per_class.iter_mut().zip(&other.per_class) {
            sums.marked += more.marked;
            sums.false_positive += more.false_positive;
            sums.missed += more.missed;
        }
    }

    /// The sums with all expected errors multiplied by a factor, as far as they are possible: no more marked voxels can be
    /// wrong than are marked, and no more missed than are not. The entropy stays.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let object = self.object();
        let most = |possible: u64, value: f64| (factor * value).min(possible as f64);
        let marked = self.false_object + self.other_class;
        let of_marked = if marked > 0.0 {
            most(object, marked) / marked
        } else {
            factor
        };
        Self {
            false_object: of_marked * self.false_object,
            other_class: of_marked * self.other_class,
            missed: most(self.voxels.saturating_sub(object), self.missed),
            per_class: self
                .per_class
                .iter()
                .map(|class| ClassExpectedError {
                    marked: class.marked,
                    false_positive: most(class.marked, class.false_positive),
                    missed: most(self.voxels.saturating_sub(class.marked), class.missed),
                })
                .collect(),
            ..*self
        }
    }

    /// Expected wrong voxels: falsely marked, missed, and of another class.
    #[must_use]
    pub fn wrong(&self) -> f64 {
        self.false_object + self.missed + self.other_class
    }

    /// Voxels marked as any object.
    #[must_use]
    pub fn object(&self) -> u64 {
        self.per_class
            .iter()
            .skip(1)
            .map(|class| class.marked)
            .sum()
    }

    /// The mean over object classes of [`ClassExpectedError::expected_dice`], of those that are marked or expected.
    #[must_use]
    pub fn expected_dice(&self) -> Option<f64> {
        let of_classes = self.per_class.iter().skip(1);
        let (sum, count) = of_classes
            .filter_map(ClassExpectedError::expected_dice)
            .fold((0.0, 0_u32), |(sum, count), dice| (sum + dice, count + 1));
        (count > 0).then(|| sum / f64::from(count))
    }
}

/// For every voxel the probability that its mark is wrong, and the class that it would most probably be then.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ErrorProbability {
    /// 1 - p of the marked class, 0 to 1.
    pub wrong: Vec<f32>,
    /// The most probable other class; the first one of equals.
    pub instead: Vec<u8>,
}

impl ErrorProbability {
    /// From class probabilities and the mask, whose shape the two arrays have.
    ///
    /// # Errors
    /// Those of [`ExpectedError::add`].
    pub fn of(probabilities: &Probabilities<'_>, mask: &[u8]) -> Result<Self, Error> {
        check(probabilities, mask)?;
        let mut found = Self {
            wrong: Vec::with_capacity(mask.len()),
            instead: Vec::with_capacity(mask.len()),
        };
        for (voxel, &marked) in mask.iter().enumerate() {
            let of = |class| probabilities.get(voxel, class, mask.len());
            let (mut instead, mut most) = (marked, f32::NEG_INFINITY);
            // Masks have 8 bits, so there are at most 256 classes that one can be mistaken for.
            for class in (0..=u8::MAX).take(probabilities.classes) {
                if class != marked && of(usize::from(class)) > most {
                    (instead, most) = (class, of(usize::from(class)));
                }
            }
            found
                .wrong
                .push((1.0 - of(usize::from(marked))).clamp(0.0, 1.0));
            found.instead.push(instead);
        }
        Ok(found)
    }
}

fn check(probabilities: &Probabilities<'_>, mask: &[u8]) -> Result<(), Error> {
    let classes = probabilities.classes;
    check_length(
        "the probabilities",
        probabilities.values.len(),
        mask.len().saturating_mul(classes),
    )?;
    if let Some(&label) = mask.iter().find(|&&label| usize::from(label) >= classes) {
        return Err(Error::UnknownClass { label, classes });
    }
    check_numbers("the probabilities", probabilities.values)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::ExpectedError;
    use crate::{Layout, Probabilities};

    #[test]
    fn no_more_can_be_wrong_than_is_there() {
        // Three classes, four voxels: one marked 1, one marked 2, two not marked.
        let values = [
            0.1, 0.2, 0.7, 0.6, /* */ 0.6, 0.2, 0.2, 0.3, /* */ 0.3, 0.6, 0.1, 0.1,
        ];
        let probabilities = Probabilities {
            values: &values,
            classes: 3,
            layout: Layout::ClassFirst,
        };
        let sums = ExpectedError::of(&probabilities, &[1, 2, 0, 0]).unwrap();
        let half = sums.scaled(0.5);
        assert!((half.wrong() - 0.5 * sums.wrong()).abs() < 1e-6);
        assert!((half.per_class[1].missed - 0.5 * sums.per_class[1].missed).abs() < 1e-6);
        let most = sums.scaled(100.0);
        assert!((most.missed - 2.0).abs() < 1e-9);
        assert!((most.false_object + most.other_class - 2.0).abs() < 1e-9);
        assert!((most.wrong() - 4.0).abs() < 1e-9);
        assert_eq!(most.per_class[1].false_positive, 1.0);
        assert_eq!(most.per_class[1].missed, 3.0);
        assert_eq!(sums.scaled(1.0), sums);
    }
}
