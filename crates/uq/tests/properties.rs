//! What must hold for any scores.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use uq::{
    Bound, Error, LogitScore, Ranking, RankingReplicates, Resampling, ScoreHistogram,
    UncertaintyThreshold, aurc_optimal, aurc_stable, distance_to, uncertain_regions,
};

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

/// Scores of any kind, often so close that bins cannot tell them apart.
fn fine_voxels() -> impl Strategy<Value = Vec<(f32, bool)>> {
    let score = prop_oneof![
        any::<f32>().prop_filter("a number", |score| !score.is_nan()),
        (0..400_u16).prop_map(|step| 1.0 + f32::from(step) * 4e-5),
        (0..400_u16).prop_map(|step| -3.0 - f32::from(step) * 1e-4),
        Just(0.0),
    ];
    prop::collection::vec((score, any::<bool>()), 1..120)
}

fn histogram(voxels: &[(f32, bool)]) -> ScoreHistogram {
    let (scores, errors) = split(voxels);
    let mut histogram = ScoreHistogram::default();
    histogram.add(&scores, &errors, None).unwrap();
    histogram
}

fn holds(bound: Option<Bound>, metric: Option<f64>) -> bool {
    match (bound, metric) {
        (None, None) => true,
        (Some(bound), Some(metric)) => bound.low - 1e-12 <= metric && metric <= bound.high + 1e-12,
        _ => false,
    }
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
        prop_assert_eq!(Ranking::new(&scores, &errors).unwrap().metrics(), ranking.metrics());
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

    /// The bounds of the binned metrics hold those of the exact scores, and the binned metrics themselves.
    #[test]
    fn exact_figures_lie_within_the_bounds_of_a_histogram(voxels in fine_voxels()) {
        let histogram = histogram(&voxels);
        let bounds = histogram.bounds();
        let (scores, errors) = split(&voxels);
        for metrics in [Ranking::new(&scores, &errors).unwrap().metrics(), histogram.metrics()] {
            prop_assert!(holds(bounds.auroc, metrics.auroc), "{bounds:?} {metrics:?}");
            prop_assert!(holds(bounds.auprc, metrics.auprc), "{bounds:?} {metrics:?}");
            prop_assert!(holds(bounds.aurc, metrics.aurc), "{bounds:?} {metrics:?}");
            prop_assert!(holds(bounds.eaurc, metrics.eaurc), "{bounds:?} {metrics:?}");
            prop_assert!(holds(bounds.fpr95, metrics.fpr95), "{bounds:?} {metrics:?}");
        }
    }

    /// However a tie is resolved, the metrics stay within the bounds; the extreme orders reach those of AURC.
    #[test]
    fn bounds_are_reached(voxels in voxels()) {
        let (scores, errors) = split(&voxels);
        let bounds = Ranking::new(&scores, &errors).unwrap().bounds();
        let resolved = |errors_first: bool| {
            let nudged: Vec<f32> = voxels
                .iter()
                .map(|(score, error)| score + if *error == errors_first { 0.0 } else { 0.1 })
                .collect();
            Ranking::new(&nudged, &errors).unwrap()
        };
        let (low, high) = (resolved(false).metrics(), resolved(true).metrics());
        let bound = bounds.aurc.unwrap();
        prop_assert!((bound.low - low.aurc.unwrap()).abs() < 1e-12);
        prop_assert!((bound.high - high.aurc.unwrap()).abs() < 1e-12);
        if let Some(bound) = bounds.auroc {
            prop_assert!((bound.low - high.auroc.unwrap()).abs() < 1e-12);
            prop_assert!((bound.high - low.auroc.unwrap()).abs() < 1e-12);
        }
        prop_assert!(holds(bounds.auprc, low.auprc) && holds(bounds.auprc, high.auprc));
        prop_assert!(holds(bounds.fpr95, low.fpr95) && holds(bounds.fpr95, high.fpr95));
    }

    #[test]
    fn parts_add_up_to_the_whole(voxels in fine_voxels(), cut in 0..120_usize) {
        let (left, right) = voxels.split_at(cut.min(voxels.len()));
        let mut sum = histogram(left);
        sum.merge(&histogram(right));
        prop_assert_eq!(sum, histogram(&voxels));
    }

    #[test]
    fn a_monotone_transform_of_the_scores_changes_no_figure(voxels in voxels()) {
        let (scores, errors) = split(&voxels);
        let bent: Vec<f32> = scores.iter().map(|score| score.powi(3) + 5.0 * score - 2.0).collect();
        prop_assert_eq!(Ranking::new(&bent, &errors).unwrap().metrics(), Ranking::new(&scores, &errors).unwrap().metrics());
    }

    /// Replicate 0 is the sample itself: with few distinct scores, coarse bins lose nothing.
    #[test]
    fn the_sample_itself_is_a_replicate(cases in prop::collection::vec(voxels(), 1..16)) {
        let draws = Resampling::new(cases.len(), 4, 11);
        let mut replicates = RankingReplicates::default();
        for (case, voxels) in cases.iter().enumerate() {
            replicates.add(&draws, case, histogram(voxels)).unwrap();
        }
        let metrics = replicates.metrics(&draws).unwrap();
        prop_assert_eq!(metrics.len(), 5);
        let (scores, errors) = split(&cases.concat());
        let exact = Ranking::new(&scores, &errors).unwrap().metrics();
        prop_assert_eq!(metrics[0], exact);
    }

    /// For two classes softmax, entropy and margin are one and the same order.
    #[test]
    fn two_classes_have_one_order(gaps in prop::collection::vec(-30.0_f32..30.0, 1..40)) {
        let logits: Vec<f32> = gaps.iter().copied().chain(gaps.iter().map(|_| 0.0)).collect();
        let of = |score: LogitScore| score.of(&logits, 2).unwrap();
        let (softmax, entropy, margin) = (of(LogitScore::Softmax), of(LogitScore::Entropy), of(LogitScore::Margin));
        for i in 0..gaps.len() {
            for j in 0..gaps.len() {
                if gaps[i].abs() + 1e-3 < gaps[j].abs() {
                    prop_assert!(softmax[i] > softmax[j] && entropy[i] > entropy[j] && margin[i] > margin[j]);
                }
            }
        }
    }

    #[test]
    fn distances_are_the_least_over_all_voxels(
        mask in prop::collection::vec(prop::bool::weighted(0.1), 4 * 5 * 6),
        spacing in prop::array::uniform3(0.2_f64..4.0),
    ) {
        let shape = [4, 5, 6];
        let place = |index: usize| [index / 30, index / 6 % 5, index % 6];
        let found = distance_to(&mask, shape, spacing).unwrap();
        for (index, &distance) in found.iter().enumerate() {
            let to = |other: usize| {
                let squares = place(index).into_iter().zip(place(other)).zip(spacing);
                squares.map(|((a, b), step)| (a.abs_diff(b) as f64 * step).powi(2)).sum::<f64>().sqrt()
            };
            let expected = (0..mask.len()).filter(|&other| mask[other]).map(to).fold(f64::INFINITY, f64::min);
            prop_assert!(distance == expected || (distance - expected).abs() < 1e-9, "{distance} {expected}");
        }
    }

    #[test]
    fn every_doubtful_voxel_is_in_one_region(scores in prop::collection::vec(0..6_u8, 3 * 4 * 5)) {
        let scores: Vec<f32> = scores.into_iter().map(f32::from).collect();
        let regions = uncertain_regions(&scores, [3, 4, 5], UncertaintyThreshold::AtLeast(4.0), 99).unwrap();
        let doubtful = scores.iter().filter(|score| **score >= 4.0).count() as u64;
        prop_assert_eq!(regions.iter().map(|region| region.voxels).sum::<u64>(), doubtful);
        for region in &regions {
            let [plane, row, column] = region.peak;
            prop_assert_eq!(scores[(plane * 4 + row) * 5 + column], region.peak_score);
            prop_assert!(region.mean_score <= region.peak_score);
        }
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
    let metrics = Ranking::new(&[], &[]).unwrap().metrics();
    assert_eq!(
        (
            metrics.auroc,
            metrics.auprc,
            metrics.aurc,
            metrics.eaurc,
            metrics.fpr95
        ),
        (None, None, None, None, None)
    );
}
