//! Expected against true numbers of wrong voxels.

use uq::{ErrorAgreement, ErrorCalibration};

use crate::metrics::{CaseMetrics, ExpectedWrongFigures};

/// Expected against true wrong voxels, as a calibration has them; none of no cases.
pub(crate) fn agreement(
    cases: &[CaseMetrics],
    calibration: Option<&ErrorCalibration>,
) -> Option<ExpectedWrongFigures> {
    let pairs: Option<Vec<(f64, f64)>> = cases
        .iter()
        .map(|case| {
            let error = case.expected_error.as_ref()?;
            let factor = calibration.map_or(1.0, |calibration| {
                calibration.factor(&error.expected, error.border, case.statistics.near_entropy)
            });
            Some((error.expected.scaled(factor).wrong(), error.wrong as f64))
        })
        .collect();
    let found = ErrorAgreement::of(&pairs.filter(|pairs| !pairs.is_empty())?);
    Some(ExpectedWrongFigures {
        ratio: found.ratio,
        within_1_5: found.within_factor,
        spearman: found.spearman,
    })
}
