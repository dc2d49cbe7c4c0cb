//! Learning rates over the course of training.

/// Cosine from `highest` to `lowest` over `steps`, stepped every batch, without warm-up.
#[must_use]
pub fn cosine_rate(step: usize, steps: usize, highest: f64, lowest: f64) -> f64 {
    let share = step as f64 / steps.max(1) as f64;
    lowest + (highest - lowest) * (1.0 + (std::f64::consts::PI * share).cos()) / 2.0
}

/// `initial (1 - step / steps)^0.9`, the polynomial schedule of nnU-Net.
#[must_use]
pub fn polynomial_rate(step: usize, steps: usize, initial: f64) -> f64 {
    let share = step as f64 / steps.max(1) as f64;
    initial * (1.0 - share.min(1.0)).powf(0.9)
}
