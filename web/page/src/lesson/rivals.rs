//! Figure *rivals*: the measures of doubt that one pass gives, and how well each finds the errors of this image.

use uq::Ranking;

use crate::results::outcome::Outcome;

/// The measures, by the maps that they are: the network's own first, then those of the method.
pub const MEASURES: [&str; 7] = [
    "margin",
    "entropy",
    "epistemic",
    "aleatoric",
    "residual",
    "calibration",
    "ranking",
];

/// A measure of doubt on this image.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// The map.
    pub map: &'static str,
    /// Chance that a wrong pixel looks more doubtful than a right one; none without labels, or where all is right or wrong.
    pub auroc: Option<f64>,
    /// Mean share of wrong pixels over all referrals; none without labels.
    pub aurc: Option<f64>,
}

/// Doubt by a measure, larger where there is more; none where the map is not here.
#[must_use]
pub fn doubt(outcome: &Outcome, map: &str) -> Option<Vec<f32>> {
    let (_, values) = outcome.map(map)?;
    Some(if crate::results::maps::is_reversed(map) {
        values.iter().map(|value| -value).collect()
    } else {
        values.to_vec()
    })
}

/// The measures that are here, scored against the errors where these are known.
#[must_use]
pub fn measures(outcome: &Outcome, errors: Option<&[bool]>) -> Vec<Measure> {
    let found = MEASURES.into_iter().filter_map(|map| {
        let doubt = doubt(outcome, map)?;
        let ranking = errors.and_then(|errors| Ranking::new(&doubt, errors).ok());
        Some(Measure {
            map,
            auroc: ranking.as_ref().and_then(Ranking::auroc),
            aurc: ranking.as_ref().and_then(Ranking::aurc),
        })
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::results::outcome::tests::outcome;

    #[test]
    fn a_map_that_orders_errors_first_scores_one() {
        let outcome = outcome(vec![0, 1, 1, 0], vec![0.1, 0.9, 0.2, 0.8]);
        let errors = [false, true, false, true];
        let found = measures(&outcome, Some(&errors));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].map, found[0].auroc), ("ranking", Some(1.0)));
        let turned = [true, false, true, false];
        assert_eq!(measures(&outcome, Some(&turned))[0].auroc, Some(0.0));
        assert_eq!(measures(&outcome, None)[0].auroc, None);
    }
}
