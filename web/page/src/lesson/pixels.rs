//! What a segmentation says of every pixel, as the figures need it.

use crate::results::outcome::{Comparison, Outcome};
use crate::view::slice_plane::SlicePlane;

/// The least probability whose logarithm is taken.
const LEAST: f64 = 1e-12;

/// The tempered probability that a voxel belongs to any object, `[planes, rows, columns]`; none where the probabilities of
/// several classes of object are not here.
#[must_use]
pub fn object_probability(outcome: &Outcome) -> Option<Vec<f32>> {
    let fields = class_probabilities(outcome)?;
    let mut sum = vec![0.0_f32; outcome.mask.len()];
    for field in fields {
        for (sum, value) in sum.iter_mut().zip(field) {
            *sum = (*sum + value).min(1.0);
        }
    }
    Some(sum)
}

/// Whether the labels mark a voxel as object; known for models with one class of object.
#[must_use]
pub fn truth(outcome: &Outcome, comparison: &Comparison) -> Option<Vec<bool>> {
    let pairs = outcome.mask.iter().zip(&comparison.errors);
    (outcome.model.classes.len() == 2 && outcome.mask.len() == comparison.errors.len()).then(|| {
        pairs
            .map(|(mask, wrong)| (*mask != 0) != (*wrong != 0))
            .collect()
    })
}

/// Whether a voxel lies near an object of mask or labels, as the evaluation counts it; known for models with one class of object.
#[must_use]
pub fn near(outcome: &Outcome, comparison: &Comparison) -> Option<Vec<bool>> {
    let truth = truth(outcome, comparison)?;
    let labels: Vec<u8> = truth.into_iter().map(u8::from).collect();
    uq::near_mask(&labels, &outcome.mask, outcome.info.shape).ok()
}

/// Whether mask and labels differ at a voxel.
#[must_use]
pub fn errors(comparison: &Comparison) -> Vec<bool> {
    comparison.errors.iter().map(|wrong| *wrong != 0).collect()
}

/// Logits of every voxel up to a constant that its classes share, `[classes][voxels]`, background first: the raw ones, before
/// the method has tempered them. None where the maps or probabilities that they follow from are not here.
///
/// Of two classes the margin `m = p1 - p2` gives `ln((1 + m) / (1 - m))` as the difference of the logits. Of more classes
/// tempering is undone: tempered probabilities are `softmax(z / T)` with `T = max(1, sqrt(1 + calibration))`.
#[must_use]
pub fn logits(outcome: &Outcome) -> Option<Vec<Vec<f32>>> {
    if outcome.model.classes.len() == 2 {
        let (_, margin) = outcome.map("margin")?;
        let (mut background, mut object) = (Vec::new(), Vec::new());
        for (margin, mask) in margin.iter().zip(outcome.mask.iter()) {
            let winner = f64::midpoint(1.0, f64::from(*margin)).clamp(LEAST, 1.0);
            let other = (1.0 - winner).max(LEAST);
            let (winner, other) = (winner.ln() as f32, other.ln() as f32);
            let marked = *mask != 0;
            background.push(if marked { other } else { winner });
            object.push(if marked { winner } else { other });
        }
        return Some(vec![background, object]);
    }
    let (_, calibration) = outcome.map("calibration")?;
    let objects = class_probabilities(outcome)?;
    let sum = object_probability(outcome)?;
    let background: Vec<f32> = sum.iter().map(|object| 1.0 - object).collect();
    let all = std::iter::once(background).chain(objects);
    let raw = all.map(|field| {
        let pairs = field.iter().zip(calibration.iter());
        pairs
            .map(|(p, kappa)| {
                let temperature = (1.0 + f64::from(*kappa)).sqrt().max(1.0);
                (temperature * f64::from(*p).max(LEAST).ln()) as f32
            })
            .collect()
    });
    Some(raw.collect())
}

/// The tempered probabilities of every class but the background, each `[planes, rows, columns]`.
fn class_probabilities(outcome: &Outcome) -> Option<Vec<Vec<f32>>> {
    let classes = outcome.model.classes.iter().filter(|class| class.id != 0);
    classes
        .map(|class| {
            let planes = 0..outcome.info.shape[0];
            let planes =
                planes.map(|plane| outcome.class_plane(class.id, &SlicePlane::STORED, plane));
            let planes: Option<Vec<Vec<f32>>> = planes.collect();
            planes.map(|planes| planes.concat())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::results::outcome::tests::outcome;

    #[test]
    fn with_one_class_everything_follows_from_the_mask() {
        // Every pixel has probability 0.75 for its own class.
        let outcome = outcome(vec![1, 0, 0, 1], vec![0.0; 4]);
        assert_eq!(
            object_probability(&outcome).unwrap(),
            [0.75, 0.25, 0.25, 0.75]
        );
        let scores = protocol::Scores {
            dice: vec![],
            error_rate: 0.5,
            methods: vec![],
            notes: vec![],
        };
        let comparison = Comparison::new(&outcome.mask, scores, vec![1, 1, 0, 0]).unwrap();
        assert_eq!(
            truth(&outcome, &comparison).unwrap(),
            [true, true, false, false]
        );
        assert_eq!(errors(&comparison), [false, true, false, true]);
        // There is no margin map.
        assert_eq!(logits(&outcome), None);
    }
}
