//! Figure *one pass*: the way from the network's features to the ranking, and the ranking with some of its terms left out.
//!
//! The maps are those of the worker, so the sum can be made again here: `A = ln(1 + e) + 0.5 ln(1 + rho) + 0.25 ln(1 + kappa) +
//! 0.25 H + w` of epistemic, residual, calibration, entropy and margin weight (SegWithU's anchor). The eight perturbed masks
//! themselves need the probes' responses, which the worker does not send; the page shows their variance, the epistemic map.

use std::f32::consts::LN_2;

use uq::Ranking;

use crate::results::outcome::Outcome;

/// A box of the figure: what comes out of it, as a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// The map.
    pub map: &'static str,
    /// How it is made from the ones before it.
    pub formula: &'static str,
}

/// The boxes, from the network's own output to the ranking.
pub const STAGES: [Stage; 9] = [
    Stage {
        map: "margin",
        formula: "m = p₁ − p₂",
    },
    Stage {
        map: "entropy",
        formula: "H = −Σ p ln p",
    },
    Stage {
        map: "weight",
        formula: "w = exp(−4m)",
    },
    Stage {
        map: "probe",
        formula: "mean of v²",
    },
    Stage {
        map: "residual",
        formula: "ρ = mean of δ²",
    },
    Stage {
        map: "epistemic",
        formula: "e = Σ Var(q¹ … q⁸)",
    },
    Stage {
        map: "aleatoric",
        formula: "a = softplus(A f)",
    },
    Stage {
        map: "calibration",
        formula: "κ(e + ρ, a, m)",
    },
    Stage {
        map: "ranking",
        formula: "u(A, w)",
    },
];

/// The terms of the sum, by the maps that they come from.
pub const TERMS: [&str; 5] = ["epistemic", "residual", "calibration", "entropy", "weight"];

/// The signs with which the eight probes are added in each of the eight patterns.
pub const SIGNS: [[bool; 8]; 8] = [
    [true, true, true, true, false, false, false, false],
    [true, true, false, false, false, false, true, true],
    [true, false, false, false, true, true, true, false],
    [true, false, false, true, true, false, false, true],
    [true, false, true, true, false, false, true, false],
    [true, false, true, false, false, true, false, true],
    [true, false, true, false, true, false, true, false],
    [false, true, false, true, false, true, false, true],
];

/// The share of a term at a voxel.
fn term(map: &str, value: f32, classes: usize) -> f32 {
    match map {
        "epistemic" => value.max(0.0).ln_1p(),
        "residual" => 0.5 * value.max(0.0).ln_1p(),
        "calibration" => 0.25 * value.max(0.0).ln_1p(),
        "entropy" => 0.25 * value / (classes.max(2) as f32).ln().max(1.0),
        "weight" => value,
        _ => 0.0,
    }
}

/// The sum of the terms that are kept, voxel by voxel; none where a map is not here.
#[must_use]
pub fn sum(outcome: &Outcome, kept: [bool; 5]) -> Option<Vec<f32>> {
    let mut sum = vec![0.0_f32; outcome.mask.len()];
    let classes = outcome.model.classes.len();
    for (map, _) in TERMS.into_iter().zip(kept).filter(|(_, kept)| *kept) {
        let (_, values) = outcome.map(map)?;
        for (sum, value) in sum.iter_mut().zip(values.iter()) {
            *sum += term(map, *value, classes);
        }
    }
    Some(sum)
}

/// How alike two orders of the voxels are: Spearman's correlation, on at most some thousand voxels evenly spread.
#[must_use]
pub fn likeness(one: &[f32], other: &[f32]) -> Option<f64> {
    const MOST: usize = 20_000;
    let step = one.len().div_ceil(MOST).max(1);
    let some = |values: &[f32]| -> Vec<f64> {
        values
            .iter()
            .step_by(step)
            .map(|value| f64::from(*value))
            .collect()
    };
    uq::spearman(&some(one), &some(other))
}

/// AUROC and AURC of an order, against errors.
#[must_use]
pub fn score(doubt: &[f32], errors: &[bool]) -> Option<(f64, f64)> {
    let ranking = Ranking::new(doubt, errors).ok()?;
    ranking.auroc().zip(ranking.aurc())
}

/// The largest values that the terms of two classes can have, for telling which of them can matter: entropy and weight are
/// bounded, the others are not.
#[must_use]
pub fn bound(map: &str) -> Option<f32> {
    match map {
        "entropy" => Some(0.25 * LN_2),
        "weight" => Some(1.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn each_stage_is_a_map_that_the_page_knows() {
        for stage in STAGES {
            assert!(crate::results::maps::text(stage.map).is_some(), "{stage:?}");
        }
        for map in TERMS {
            assert!(STAGES.iter().any(|stage| stage.map == map));
        }
    }

    #[test]
    fn the_signs_are_those_of_the_cosines() {
        for (row, signs) in SIGNS.iter().enumerate() {
            for (probe, sign) in signs.iter().enumerate() {
                let angle = std::f64::consts::PI * (row + 1) as f64 * (probe as f64 + 0.5) / 8.0;
                // Where the cosine is 0, the sign is a convention of the reference implementation.
                if angle.cos().abs() > 1e-6 {
                    assert_eq!(
                        *sign,
                        angle.cos() > 0.0,
                        "pattern {}, probe {}",
                        row + 1,
                        probe + 1
                    );
                }
            }
        }
        // The last two patterns are each other's opposite.
        assert!(
            SIGNS[6]
                .iter()
                .zip(SIGNS[7])
                .all(|(one, other)| *one != other)
        );
    }

    #[test]
    fn terms_have_the_weights_of_the_anchor() {
        let e = std::f32::consts::E - 1.0;
        assert!((term("epistemic", e, 2) - 1.0).abs() < 1e-6);
        assert!((term("residual", e, 2) - 0.5).abs() < 1e-6);
        assert!((term("calibration", e, 2) - 0.25).abs() < 1e-6);
        // For two classes entropy is divided by 1, not by ln 2.
        assert!((term("entropy", LN_2, 2) - bound("entropy").unwrap()).abs() < 1e-6);
        assert!((term("entropy", 4.0_f32.ln(), 4) - 0.25).abs() < 1e-6);
        assert_eq!(term("weight", 1.0, 2), bound("weight").unwrap());
        assert_eq!(bound("epistemic"), None);
    }

    #[test]
    fn an_order_is_like_itself() {
        let one = [0.1, 0.5, 0.3, 0.9];
        assert!((likeness(&one, &one).unwrap() - 1.0).abs() < 1e-12);
        let turned = one.map(|value| -value);
        assert!((likeness(&one, &turned).unwrap() + 1.0).abs() < 1e-12);
        assert_eq!(score(&one, &[false, false, false, true]).unwrap().0, 1.0);
    }
}
