//! From values to parts of a range.

/// Where `value` lies between `low` (0) and `high` (1), clamped. Not-a-number, and a range that is empty or turned
/// round, give 0.
#[inline]
pub(super) fn fraction(value: f32, [low, high]: [f32; 2]) -> f32 {
    let fraction = (value - low) / (high - low);
    if low < high && !fraction.is_nan() {
        fraction.clamp(0.0, 1.0)
    } else {
        0.0
    }
}
