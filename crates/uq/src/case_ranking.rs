//! How well a score orders whole images by their risk.

use serde::{Deserialize, Serialize};

use crate::error::check_length;
use crate::{Error, spearman};

/// How well a score, larger for more doubt, orders images by a risk such as 1 - Dice.
///
/// Within equal scores the expectation over their random order is taken.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CaseRanking {
    /// Spearman's correlation of the score with the risk, -1 to 1; none where undefined.
    pub spearman: Option<f64>,
    /// Area under the risk-coverage curve: the mean over k = 1..n of the mean risk of the k least doubtful images (Geifman
    /// and El-Yaniv, 2017; with the risk 1 - Dice as Zenk et al., Medical Image Analysis, 2025).
    pub aurc: f64,
    /// [`CaseRanking::aurc`] less that of the perfect order.
    pub eaurc: f64,
    /// Area under the generalised risk-coverage curve, whose risk is the sum over the kept images by the number of all
    /// (Traub et al., NeurIPS 2024).
    pub augrc: f64,
    /// [`CaseRanking::aurc`] of a random order: the mean risk.
    pub random: f64,
}

impl CaseRanking {
    /// Of images: their scores and their risks. None without images, or where a value is not a number.
    ///
    /// # Errors
    /// [`Error::Length`] unless there is one risk for every score.
    pub fn of(scores: &[f64], risks: &[f64]) -> Result<Option<Self>, Error> {
        check_length("the list of risks", risks.len(), scores.len())?;
        let nan = |values: &[f64]| values.iter().any(|value| value.is_nan());
        if scores.is_empty() || nan(scores) || nan(risks) {
            return Ok(None);
        }
        let count = scores.len() as f64;
        let ordered = expected_order(scores, risks);
        let aurc = aurc(&ordered);
        // The trapezoidal rule over coverages 0, 1/n .. 1.
        let places = ordered.iter().enumerate();
        let augrc = places.map(|(place, risk)| risk * (count - place as f64 - 0.5));
        Ok(Some(Self {
            spearman: spearman(scores, risks),
            aurc,
            eaurc: aurc - self::aurc(&expected_order(risks, risks)),
            augrc: augrc.sum::<f64>() / (count * count),
            random: risks.iter().sum::<f64>() / count,
        }))
    }
}

/// The risks from the least doubtful image to the most doubtful one, those of equal scores replaced by their mean.
fn expected_order(scores: &[f64], risks: &[f64]) -> Vec<f64> {
    let mut pairs: Vec<(f64, f64)> = scores.iter().copied().zip(risks.iter().copied()).collect();
    // Both zeros are one value.
    pairs.sort_by(|left, right| (left.0 + 0.0).total_cmp(&(right.0 + 0.0)));
    let groups = pairs.chunk_by(|left, right| left.0 == right.0);
    groups
        .flat_map(|group| {
            let mean = group.iter().map(|pair| pair.1).sum::<f64>() / group.len() as f64;
            std::iter::repeat_n(mean, group.len())
        })
        .collect()
}

fn aurc(ordered: &[f64]) -> f64 {
    let (mut sum, mut area) = (0.0, 0.0);
    for (place, risk) in ordered.iter().enumerate() {
        sum += risk;
        area += sum / (place + 1) as f64;
    }
    area / ordered.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::CaseRanking;
    use crate::Ranking;

    #[test]
    fn by_hand() {
        // In the order of scores the risks are 0.1, 0.5, 0.2: selective risks 0.1, 0.3, 0.8 / 3.
        let found = CaseRanking::of(&[3.0, 1.0, 2.0], &[0.2, 0.1, 0.5])
            .unwrap()
            .unwrap();
        let close = |value: f64, wanted: f64| assert!((value - wanted).abs() < 1e-12, "{value}");
        close(found.aurc, (0.1 + 0.3 + 0.8 / 3.0) / 3.0);
        close(found.eaurc, (0.3 - 0.15) / 3.0);
        // Generalised risks 0, 0.1 / 3, 0.6 / 3, 0.8 / 3 at coverages 0 to 1.
        close(found.augrc, (0.1 / 3.0 + 0.6 / 3.0 + 0.4 / 3.0) / 3.0);
        close(found.random, 0.8 / 3.0);
        assert_eq!(found.spearman, Some(0.5));
    }

    #[test]
    fn with_risks_of_0_and_1_it_is_the_ranking_of_voxels() {
        let scores = [0.3, 0.1, 0.3, 0.9, 0.2, 0.9, 0.5_f32];
        let errors = [true, false, false, true, false, false, true];
        let ranking = Ranking::new(&scores, &errors).unwrap();
        let risks = errors.map(|error| f64::from(u8::from(error)));
        let found = CaseRanking::of(&scores.map(f64::from), &risks)
            .unwrap()
            .unwrap();
        assert!((found.aurc - ranking.aurc().unwrap()).abs() < 1e-12);
        assert!((found.eaurc - ranking.eaurc().unwrap()).abs() < 1e-12);
        assert!((found.augrc - ranking.augrc().unwrap()).abs() < 1e-12);
    }

    #[test]
    fn equal_scores_are_a_random_order() {
        let found = CaseRanking::of(&[1.0; 4], &[0.4, 0.0, 0.2, 0.2])
            .unwrap()
            .unwrap();
        assert!((found.aurc - found.random).abs() < 1e-12);
        assert_eq!(found.spearman, None);
        assert_eq!(CaseRanking::of(&[], &[]).unwrap(), None);
        assert_eq!(CaseRanking::of(&[f64::NAN], &[0.0]).unwrap(), None);
        assert!(CaseRanking::of(&[1.0], &[]).is_err());
    }
}
