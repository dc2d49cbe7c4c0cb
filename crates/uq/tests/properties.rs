//! What must hold for any scores.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use uq::{Error, Ranking, aurc_optimal, aurc_stable};

/// Few distinct scores, so that ties are common.
fn voxels() -> impl Strategy<Value = Vec<(f32, bool)>> {
    prop::collection::vec(
        (
            (-4_i8..5).prop_map(|score| f32::from(score) * 0.5),
            any::<bool>(),
        ),
        1..40,
    )
}

fn split(voxels: &[(f32, bool)]) -> (Vec<f32>, Vec<bool>) {
    voxels.iter().copied().unzip()
}

proptest! {
    #![proptest_config(Config { cases: 256, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() })]

    #[test]
    fn auroc_is_the_share_of_pairs_in_order(voxels in voxels()) {
        let (scores, errors) = split(&voxels);
        let (mut won, mut pairs) = (0.0, 0.0);
        for (wrong, _) in voxels.iter().filter(|(_, error)| *error) {
            for (right, _) in voxels.iter().filter(|(_, error)| !error) {
                pairs += 1.0;
                won += if wrong > right { 1.0 } else if wrong == right { 0.5 } else { 0.0 };
            }
        }
        match Ranking::new(&scores, &errors).unwrap().auroc() {
            Some(found) => prop_assert!((found - won / pairs).abs() < 1e-12),
            None => prop_assert_eq!(pairs, 0.0),
        }
    }

    #[test]
    fn fpr95_is_the_least_over_all_thresholds(voxels in voxels()) {
        let (scores, errors) = split(&voxels);
        let wrong = errors.iter().filter(|error| **error).count() as f64;
        let right = errors.len() as f64 - wrong;
        let rates = scores.iter().map(|threshold| {
            let flagged = |class: bool| voxels.iter().filter(|(score, error)| score >= threshold && *error == class).count() as f64;
            (flagged(true) / wrong, flagged(false) / right)
        });
        let least = rates.filter(|(found, _)| *found >= 0.95 - 1e-12).map(|(_, rate)| rate).reduce(f64::min);
        let found = Ranking::new(&scores, &errors).unwrap().fpr95();
        prop_assert_eq!(found, if wrong > 0.0 && right > 0.0 { least } else { None });
    }

    #[test]
    fn no_order_beats_the_optimum_and_none_depends_on_the_input_order(voxels in voxels()) {
        let (scores, errors) = split(&voxels);
        let ranking = Ranking::new(&scores, &errors).unwrap();
        let optimum = aurc_optimal(ranking.count(), ranking.errors()).unwrap();
        prop_assert!(ranking.aurc().unwrap() >= optimum - 1e-12);
        prop_assert!(aurc_stable(&scores, &errors).unwrap().unwrap() >= optimum - 1e-12);
        let mut backwards = voxels.clone();
        backwards.reverse();
        let (scores, errors) = split(&backwards);
        prop_assert_eq!(Ranking::new(&scores, &errors).unwrap().figures(), ranking.figures());
    }

    /// The expectation over ties lies between the two extreme orders, which a stable sort gives.
    #[test]
    fn ties_are_averaged(voxels in voxels()) {
        let stable = |errors_first: bool| {
            let mut ordered = voxels.clone();
            ordered.sort_by_key(|(_, error)| *error != errors_first);
            let (scores, errors) = split(&ordered);
            aurc_stable(&scores, &errors).unwrap().unwrap()
        };
        let (scores, errors) = split(&voxels);
        let expected = Ranking::new(&scores, &errors).unwrap().aurc().unwrap();
        prop_assert!(stable(false) - 1e-12 <= expected && expected <= stable(true) + 1e-12);
    }

    #[test]
    fn a_risk_coverage_curve_rises_to_the_error_rate(voxels in voxels(), points in 1..60_usize) {
        let (scores, errors) = split(&voxels);
        let ranking = Ranking::new(&scores, &errors).unwrap();
        let curve = ranking.risk_coverage(points);
        prop_assert_eq!(curve.len(), points.min(scores.len()));
        prop_assert!(curve.windows(2).all(|pair| pair[0].coverage < pair[1].coverage && pair[0].threshold <= pair[1].threshold));
        let last = curve.last().unwrap();
        prop_assert_eq!(last.coverage, 1.0);
        prop_assert!((last.risk - ranking.errors() as f64 / ranking.count() as f64).abs() < 1e-12);
    }
}

#[test]
fn scores_that_are_no_numbers_are_refused() {
    let error = Ranking::new(&[0.0, f32::NAN], &[true, false]).unwrap_err();
    assert_eq!(
        error,
        Error::NotANumber {
            what: "the scores",
            index: 1
        }
    );
    assert_eq!(
        error.to_string(),
        "value 1 of the scores is not a number; exclude such voxels first"
    );
    assert!(aurc_stable(&[f32::NAN], &[true]).is_err());
    assert!(matches!(
        Ranking::new(&[0.0], &[]),
        Err(Error::Length { .. })
    ));
}

#[test]
fn nothing_gives_nothing() {
    let figures = Ranking::new(&[], &[]).unwrap().figures();
    assert_eq!(
        (
            figures.auroc,
            figures.auprc,
            figures.aurc,
            figures.eaurc,
            figures.fpr95
        ),
        (None, None, None, None, None)
    );
}
