//! Made-up cases for the tests of what is fitted on cases.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use uq::{
    CertaintyCounts, ErrorCase, ErrorProbability, ExpectedError, ImageStatistics, Layout,
    Probabilities, Shuffle,
};

use crate::metrics::CaseMetrics;

/// Pixels of a row.
const PIXELS: usize = 400;

/// `groups` groups of `each` cases: rows of pixels with an object in the middle whose ends are in doubt, and labels whose ends
/// lie elsewhere, alike within a group.
pub(crate) fn cases(groups: usize, each: usize) -> Vec<CaseMetrics> {
    let mut shuffle = Shuffle::new(1);
    // Numbers from 0 to 99 at random.
    let mut draw = || shuffle.order(100).first().copied().unwrap_or(0);
    let mut made = Vec::new();
    for group in 0..groups {
        let (width, shift) = (2 + draw() / 10, draw() / 5);
        for case in 0..each {
            made.push(self::case(
                group,
                case,
                width + draw() / 20,
                shift + draw() / 20,
            ));
        }
    }
    made
}

/// An object from pixel 100 to 299; doubt falls by a factor of e within `width` pixels of its ends; the true right end lies
/// up to 15 pixels before or behind the marked one.
fn case(group: usize, number: usize, width: usize, shift: usize) -> CaseMetrics {
    let object: Vec<f32> = (0..PIXELS)
        .map(|pixel| {
            let depth = (pixel as f32 - 99.5).min(299.5 - pixel as f32);
            1.0 / (1.0 + (-depth / width as f32).exp())
        })
        .collect();
    let values: Vec<f32> = object
        .iter()
        .map(|p| 1.0 - p)
        .chain(object.iter().copied())
        .collect();
    let mask: Vec<u8> = object.iter().map(|&p| u8::from(p > 0.5)).collect();
    let end = 290 + shift;
    let labels: Vec<u8> = (0..PIXELS)
        .map(|pixel| u8::from((100..end).contains(&pixel)))
        .collect();
    let probabilities = Probabilities {
        values: &values,
        classes: 2,
        layout: Layout::ClassFirst,
    };
    let expected = ExpectedError::of(&probabilities, &mask).unwrap();
    let wrong = ErrorProbability::of(&probabilities, &mask).unwrap();
    let dice = uq::dice_per_class(&mask, &labels, 2).unwrap();
    CaseMetrics {
        case: format!("{group}-{number}"),
        dice: BTreeMap::from([("object".to_owned(), dice[1])]),
        hd95: None,
        error_rate: 0.0,
        mean_ranking: 0.0,
        mean_entropy: 0.0,
        mean_log_entropy: 0.0,
        statistics: ImageStatistics {
            near_ranking: 0.0,
            near_entropy: 0.0,
            claimed_dice: 1.0,
        },
        expected_dice: None,
        expected_error: Some(
            ErrorCase::new(expected, 0.1, &mask, &labels, [1, 1, PIXELS]).unwrap(),
        ),
        group: Some(format!("patient {group}")),
        certainty: Some(CertaintyCounts::of(&wrong.wrong, &mask, &labels).unwrap()),
        lists: BTreeMap::new(),
        slice_correlation: None,
        ms: 0.0,
    }
}
