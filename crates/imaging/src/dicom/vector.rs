//! Arithmetic of places and directions in the patient, in millimetres.

pub(super) type Vector = [f64; 3];

pub(super) fn dot(a: Vector, b: Vector) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub(super) fn length(vector: Vector) -> f64 {
    dot(vector, vector).sqrt()
}

/// Applies a function to two vectors' components.
pub(super) fn zip(a: Vector, b: Vector, mut with: impl FnMut(f64, f64) -> f64) -> Vector {
    let ([a0, a1, a2], [b0, b1, b2]) = (a, b);
    [with(a0, b0), with(a1, b1), with(a2, b2)]
}
