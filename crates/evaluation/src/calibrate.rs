//! What a model learns from labelled cases after its training.

use std::collections::BTreeSet;

use engine::{ImageScoreKind, Manifest, SiteCalibration};
use uq::{CertaintyCounts, ErrorCalibration, ErrorCase};

use crate::Error;
use crate::image_scores::image_scores;
use crate::metrics::CaseMetrics;
use crate::promises::promises;

/// Share of the wrong voxels that the band of the penumbra should hold, on average over cases.
const IN_BAND: f64 = 0.9;
/// Fewest cases that a level or a score is chosen on.
const MIN_CASES: usize = 5;

/// What labelled cases say: how expected errors are made true ones, the level of the penumbra, the score of whole images, and
/// what the model promises. Numbers that the cases are too few for are left out.
///
/// # Errors
/// Those of the measures, for cases that do not fit each other or the model.
pub fn calibrate(manifest: &Manifest, cases: &[CaseMetrics]) -> Result<SiteCalibration, Error> {
    let groups: BTreeSet<&str> = cases
        .iter()
        .map(|case| case.group.as_deref().unwrap_or(&case.case))
        .collect();
    Ok(SiteCalibration {
        format_version: SiteCalibration::FORMAT_VERSION,
        model: manifest.id.clone(),
        weights_sha256: manifest.weights.sha256.clone(),
        cases: cases.len(),
        groups: groups.len(),
        expected_error: expected_error(cases),
        sure_level: sure_level(cases),
        image_score: image_score(cases)?,
        promises: promises(cases, manifest.classes.len())?,
    })
}

/// How expected wrong voxels are made true ones; none of fewer than two cases.
pub(crate) fn expected_error(cases: &[CaseMetrics]) -> Option<ErrorCalibration> {
    let cases: Option<Vec<(&str, ErrorCase)>> = cases
        .iter()
        .map(|case| {
            let group = case.group.as_deref().unwrap_or(&case.case);
            let error = ErrorCase {
                near_entropy: case.statistics.near_entropy,
                ..case.expected_error.clone()?
            };
            Some((group, error))
        })
        .collect();
    let (groups, cases): (Vec<&str>, Vec<ErrorCase>) = cases?.into_iter().unzip();
    ErrorCalibration::fit(&cases, &groups).ok()
}

/// The lowest level of certainty in whole per cents at which voxels that are less sure hold [`IN_BAND`] of the wrong ones, on
/// average over cases; 0.99 where none does. None of fewer than five cases.
fn sure_level(cases: &[CaseMetrics]) -> Option<f64> {
    let counts: Option<Vec<&CertaintyCounts>> =
        cases.iter().map(|case| case.certainty.as_ref()).collect();
    let counts = counts.filter(|counts| counts.len() >= MIN_CASES)?;
    let share = |edge: usize| -> f64 {
        let of_case = |counts: &&CertaintyCounts| {
            let wrong = counts.total().wrong;
            let beyond = wrong - counts.kept(edge).wrong;
            (wrong > 0).then(|| beyond as f64 / wrong as f64)
        };
        let shares: Vec<f64> = counts.iter().filter_map(of_case).collect();
        shares.iter().sum::<f64>() / shares.len().max(1) as f64
    };
    let edges = CertaintyCounts::edges().iter().enumerate();
    // Levels that the page offers: 0.5 to 0.99.
    let levels = edges.filter(|(_, edge)| **edge >= 0.01).rev();
    let per_cent = |edge: f32| (100.0 * (1.0 - f64::from(edge))).round() / 100.0;
    let found = levels
        .clone()
        .find(|&(place, _)| share(place) >= IN_BAND)
        .map(|(_, &edge)| per_cent(edge));
    Some(found.unwrap_or(0.99))
}

/// The score with the least excess area under the risk-coverage curve of 1 - Dice; the usual one where another is not better.
/// None of fewer than five cases.
pub(crate) fn image_score(cases: &[CaseMetrics]) -> Result<Option<ImageScoreKind>, Error> {
    if cases.len() < MIN_CASES {
        return Ok(None);
    }
    let rankings = image_scores(cases)?;
    let scored = ImageScoreKind::ALL.into_iter().filter_map(|kind| {
        let ranking = rankings.get(kind.name())?;
        Some((kind, ranking.eaurc))
    });
    let best = scored.reduce(|best, next| if next.1 < best.1 { next } else { best });
    Ok(best.map(|(kind, _)| kind))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use engine::Manifest;

    use super::calibrate;
    use crate::test_cases::cases;

    fn shipped() -> Manifest {
        let bytes = include_bytes!("../../../web/models/dsb2018_nuclei/model.json");
        Manifest::from_json(bytes).unwrap()
    }

    #[test]
    fn labelled_cases_say_what_a_bundle_needs_and_no_more() {
        let manifest = shipped();
        let found = calibrate(&manifest, &cases(20, 2)).unwrap();
        assert_eq!((found.cases, found.groups), (40, 20));
        assert_eq!(found.weights_sha256, manifest.weights.sha256);
        assert!(found.expected_error.is_some() && found.image_score.is_some());
        let level = found.sure_level.unwrap();
        assert!((0.5..=0.99).contains(&level), "{level}");
        let text = found.to_json().unwrap();
        assert!(!text.contains("patient"), "{text}");
        let read = engine::SiteCalibration::from_json(text.as_bytes()).unwrap();
        assert_eq!(
            (read.cases, read.promises.len()),
            (40, found.promises.len())
        );
    }

    #[test]
    fn too_few_cases_leave_numbers_out() {
        let found = calibrate(&shipped(), &cases(1, 1)).unwrap();
        assert_eq!(found.sure_level, None);
        assert_eq!(found.image_score, None);
        assert_eq!(found.expected_error, None);
        assert!(found.promises.iter().all(|promise| promise.value.is_none()));
        assert_eq!(calibrate(&shipped(), &[]).unwrap().groups, 0);
    }
}
