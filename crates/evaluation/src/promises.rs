//! Promises of a model: calibrated on labelled cases by group, and how often they are kept.

use std::collections::BTreeMap;

use uq::{
    CertaintyCounts, Interval, Shuffle, conformal_quantile, groups_needed, quantile,
    risk_controlling_setting,
};
use vocabulary::{Promise, PromiseKind};

use crate::Error;
use crate::metrics::{CaseMetrics, PromiseCoverage};

/// How often a stored promise may fail.
pub const ALPHA: f64 = 0.1;
/// Share of the object that the outer mask may leave out, and that the inner one may hold wrongly.
const CONTAINMENT_TOLERANCE: f64 = 0.05;
/// Least loss of Dice that factors are taken of: below, two readers differ as well.
const LEAST_DICE_LOSS: f64 = 0.01;

/// What is promised of which class, of a model with `classes` classes.
fn wanted(classes: usize) -> impl Iterator<Item = (PromiseKind, Option<u8>)> {
    let objects = (1..=u8::MAX).take(classes.saturating_sub(1));
    [
        (PromiseKind::MissedShare, None),
        (PromiseKind::WrongShare, None),
        (PromiseKind::Containment, None),
    ]
    .into_iter()
    .chain(objects.map(|class| (PromiseKind::Volume, Some(class))))
    .chain([(PromiseKind::Dice, None)])
}

/// What a case says about one promise.
#[derive(Debug, Clone)]
enum Evidence {
    /// Losses at all settings, the boldest first.
    Losses(Vec<f64>),
    /// A score that the promise's value must reach.
    Score(f64),
}

/// Settings of a referral: nothing goes to a person, then what is above the largest edge, and so on.
fn thresholds() -> impl Iterator<Item = f64> {
    let edges = CertaintyCounts::edges().iter().rev();
    std::iter::once(1.0).chain(edges.map(|&edge| f64::from(edge)))
}

/// How many of the voxels with at most an error probability, one of [`thresholds`], there are.
fn kept(counts: &CertaintyCounts, setting: usize) -> uq::CertaintyBin {
    counts.kept(CertaintyCounts::edges().len().saturating_sub(setting))
}

fn evidence(case: &CaseMetrics, kind: PromiseKind, class: Option<u8>) -> Option<Evidence> {
    let counts = case.certainty.as_ref()?;
    let error = case.expected_error.as_ref()?;
    let object = counts.object().max(1) as f64;
    let settings = 0..=CertaintyCounts::edges().len();
    Some(match kind {
        PromiseKind::MissedShare => Evidence::Losses(
            settings
                .map(|setting| (kept(counts, setting).missed as f64 / object).min(1.0))
                .collect(),
        ),
        PromiseKind::WrongShare => Evidence::Losses(
            settings
                .map(|setting| (kept(counts, setting).wrong as f64 / object).min(1.0))
                .collect(),
        ),
        PromiseKind::Containment => {
            let allowed = CONTAINMENT_TOLERANCE * counts.object() as f64;
            let holds = |setting: usize| {
                let outside = kept(counts, setting);
                outside.missed as f64 <= allowed && outside.false_object as f64 <= allowed
            };
            let level = settings
                .zip(thresholds())
                .find(|&(setting, _)| holds(setting))
                // Two classes are sure by half at least.
                .map_or(f64::INFINITY, |(_, threshold)| (1.0 - threshold).max(0.5));
            Evidence::Score(level)
        }
        PromiseKind::Volume => {
            let class = usize::from(class?);
            let expected = error.expected.per_class.get(class)?;
            let size = *error.sizes.get(class)? as f64;
            Evidence::Score((size - expected.expected_size()).abs() / expected.wrong().max(1.0))
        }
        PromiseKind::Dice => {
            let expected = error.expected.expected_dice().unwrap_or(1.0);
            let [found, expected] =
                [case.mean_dice(), expected].map(|dice| (1.0 - dice).max(LEAST_DICE_LOSS));
            Evidence::Score((found / expected).ln().abs())
        }
    })
}

/// The cases of every group; a case without one is its own.
fn by_group(cases: &[CaseMetrics]) -> Vec<Vec<&CaseMetrics>> {
    let mut groups: BTreeMap<&str, Vec<&CaseMetrics>> = BTreeMap::new();
    for case in cases {
        let group = case.group.as_deref().unwrap_or(&case.case);
        groups.entry(group).or_default().push(case);
    }
    groups.into_values().collect()
}

/// The promise's value from the evidence of groups.
fn calibrated(groups: &[&Vec<Evidence>], alpha: f64) -> Result<Option<f64>, Error> {
    let losses = |evidence: &Evidence| match evidence {
        Evidence::Losses(losses) => Some(losses.clone()),
        Evidence::Score(_) => None,
    };
    let score = |evidence: &Evidence| match evidence {
        Evidence::Losses(_) => None,
        Evidence::Score(score) => Some(*score),
    };
    let all_losses: Vec<Vec<Vec<f64>>> = groups
        .iter()
        .map(|group| group.iter().filter_map(losses).collect())
        .collect();
    if all_losses.iter().any(|group| !group.is_empty()) {
        let setting = risk_controlling_setting(&all_losses, alpha)?;
        return Ok(setting.and_then(|setting| thresholds().nth(setting)));
    }
    let scores: Vec<Vec<f64>> = groups
        .iter()
        .map(|group| group.iter().filter_map(score).collect())
        .collect();
    Ok(conformal_quantile(&scores, alpha)?)
}

/// All evidence of one promise by group; none where a case lacks it.
fn all_evidence(
    groups: &[Vec<&CaseMetrics>],
    kind: PromiseKind,
    class: Option<u8>,
) -> Option<Vec<Vec<Evidence>>> {
    let of_group = |group: &Vec<&CaseMetrics>| {
        let cases = group.iter();
        cases.map(|case| evidence(case, kind, class)).collect()
    };
    groups.iter().map(of_group).collect()
}

/// What a model with `classes` classes promises after labelled cases, at most [`ALPHA`] of failures each. With too few groups,
/// or where no value keeps it, a promise stands there without a value.
///
/// # Errors
/// Those of the measures, for cases that do not fit each other.
pub fn promises(cases: &[CaseMetrics], classes: usize) -> Result<Vec<Promise>, Error> {
    let groups = by_group(cases);
    let mut made = Vec::new();
    for (kind, class) in wanted(classes) {
        if let Some(evidence) = all_evidence(&groups, kind, class) {
            made.push(Promise {
                kind,
                class,
                alpha: ALPHA,
                groups: groups.len(),
                groups_needed: groups_needed(ALPHA)?,
                value: calibrated(&evidence.iter().collect::<Vec<_>>(), ALPHA)?,
            });
        }
    }
    Ok(made)
}

/// How the promises are kept when half of the groups are drawn at random to calibrate on, and the others are new, `splits`
/// times. A promise that half of the groups are too few for stands there without figures.
///
/// # Errors
/// Those of [`promises`].
pub fn coverage(
    cases: &[CaseMetrics],
    classes: usize,
    splits: usize,
    seed: u64,
) -> Result<Vec<PromiseCoverage>, Error> {
    let groups = by_group(cases);
    let half = groups.len() / 2;
    let mut found = Vec::new();
    for (kind, class) in wanted(classes) {
        let Some(evidence) = all_evidence(&groups, kind, class) else {
            continue;
        };
        let mut shuffle = Shuffle::new(seed);
        let (mut kept, mut sizes) = (Vec::new(), Vec::new());
        for _ in 0..splits {
            let order = shuffle.order(groups.len());
            let (calibrate, new) = order.split_at(half);
            let calibrate: Vec<&Vec<Evidence>> = calibrate
                .iter()
                .filter_map(|&group| evidence.get(group))
                .collect();
            let Some(value) = calibrated(&calibrate, ALPHA)? else {
                continue;
            };
            let new = new
                .iter()
                .filter_map(|&group| evidence.get(group).zip(groups.get(group)));
            let outcomes: Vec<(f64, f64)> = new
                .map(|(evidence, cases)| outcome(evidence, cases, kind, class, value))
                .collect();
            let count = outcomes.len().max(1) as f64;
            kept.push(outcomes.iter().map(|outcome| outcome.0).sum::<f64>() / count);
            sizes.push(outcomes.iter().map(|outcome| outcome.1).sum::<f64>() / count);
        }
        let mean = |values: &[f64]| {
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
        };
        let coverage = mean(&kept);
        kept.sort_by(f64::total_cmp);
        let ends = [0.025, 0.975].map(|share| quantile(&kept, share));
        found.push(PromiseCoverage {
            kind,
            class,
            alpha: ALPHA,
            n_groups: half,
            groups_needed: groups_needed(ALPHA)?,
            promised: kept.len(),
            splits,
            coverage,
            range: match ends {
                [Some(low), Some(high)] => Some(Interval { low, high }),
                _ => None,
            },
            size: mean(&sizes),
        });
    }
    Ok(found)
}

/// How well a promise was kept on the cases of a group, and what it cost: for losses their mean, and the share of the voxels
/// that went to a person; for scores the share of the cases that were covered, and the size of what was promised.
fn outcome(
    evidence: &[Evidence],
    cases: &[&CaseMetrics],
    kind: PromiseKind,
    class: Option<u8>,
    value: f64,
) -> (f64, f64) {
    let setting = thresholds()
        .position(|threshold| threshold <= value)
        .unwrap_or(0);
    let of_case = |(evidence, case): (&Evidence, &&CaseMetrics)| {
        let kept = match evidence {
            Evidence::Losses(losses) => losses.get(setting).copied().unwrap_or(0.0),
            Evidence::Score(score) => f64::from(u8::from(*score <= value)),
        };
        (kept, size(case, kind, class, value).unwrap_or(0.0))
    };
    let outcomes: Vec<(f64, f64)> = evidence.iter().zip(cases).map(of_case).collect();
    let count = outcomes.len().max(1) as f64;
    (
        outcomes.iter().map(|outcome| outcome.0).sum::<f64>() / count,
        outcomes.iter().map(|outcome| outcome.1).sum::<f64>() / count,
    )
}

/// What a promise costs on a case: the share of its voxels that go to a person; the band between the masks by the object's
/// size; the width of the interval of a size by the true size, or of Dice.
fn size(case: &CaseMetrics, kind: PromiseKind, class: Option<u8>, value: f64) -> Option<f64> {
    let counts = case.certainty.as_ref()?;
    let error = case.expected_error.as_ref()?;
    let total = counts.total().voxels;
    // A level of certainty and an error probability are the two sides of one edge.
    let beyond = |threshold: f64| {
        let edges = thresholds();
        let setting = edges.take_while(|edge| *edge > threshold + 1e-9).count();
        total - kept(counts, setting).voxels
    };
    Some(match kind {
        PromiseKind::MissedShare | PromiseKind::WrongShare => {
            beyond(value) as f64 / total.max(1) as f64
        }
        PromiseKind::Containment => beyond(1.0 - value) as f64 / counts.object().max(1) as f64,
        PromiseKind::Volume => {
            let class = usize::from(class?);
            let spread = value * error.expected.per_class.get(class)?.wrong().max(1.0);
            2.0 * spread / (*error.sizes.get(class)?).max(1) as f64
        }
        PromiseKind::Dice => {
            let expected = error.expected.expected_dice().unwrap_or(1.0);
            let loss = (1.0 - expected).max(LEAST_DICE_LOSS);
            (loss * value.exp()).min(1.0) - loss * (-value).exp()
        }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use vocabulary::PromiseKind;

    use super::{ALPHA, coverage, promises};
    use crate::test_cases::cases;

    #[test]
    fn nine_groups_make_promises_and_eight_say_how_many_are_needed() {
        let few = promises(&cases(8, 3), 2).unwrap();
        assert_eq!(few.len(), 5);
        for promise in &few {
            assert_eq!(
                (promise.groups, promise.groups_needed, promise.value),
                (8, 9, None)
            );
        }
        // The same number of cases, each a patient of its own.
        let enough = promises(&cases(24, 1), 2).unwrap();
        let of = |kind| enough.iter().find(|promise| promise.kind == kind).unwrap();
        assert!(of(PromiseKind::Volume).value.is_some());
        assert!(of(PromiseKind::Dice).value.is_some());
        assert_eq!(of(PromiseKind::Volume).class, Some(1));
        let level = of(PromiseKind::Containment).value.unwrap();
        assert!((0.5..1.0).contains(&level), "{level}");
        let referred = of(PromiseKind::MissedShare).value.unwrap();
        assert!((0.0..=1.0).contains(&referred), "{referred}");
    }

    #[test]
    fn promises_are_kept_on_new_groups() {
        for found in coverage(&cases(60, 2), 2, 300, 7).unwrap() {
            assert_eq!((found.n_groups, found.promised), (30, 300));
            let kept = found.coverage.unwrap();
            match found.kind {
                PromiseKind::MissedShare | PromiseKind::WrongShare => {
                    assert!(kept <= ALPHA, "{found:?}");
                }
                // Over splits of the same 60 groups the mean strays by little.
                PromiseKind::Containment | PromiseKind::Volume | PromiseKind::Dice => {
                    assert!(kept >= 1.0 - ALPHA - 0.01, "{found:?}");
                }
            }
            assert!(found.size.unwrap() >= 0.0);
        }
        let few = coverage(&cases(10, 2), 2, 20, 7).unwrap();
        assert!(
            few.iter()
                .all(|found| found.promised == 0 && found.coverage.is_none())
        );
    }
}
