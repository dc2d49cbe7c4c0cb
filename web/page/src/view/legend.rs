//! The scale of a legend: where its ticks stand.

/// Round values between the ends of a range, ends left out where they are not round, at most `most` of them.
///
/// Steps are 1, 2 or 5 times a power of ten. A range that is empty or not finite has no ticks.
#[must_use]
pub fn ticks(range: [f32; 2], most: usize) -> Vec<f64> {
    let [low, high] = range.map(f64::from);
    let span = high - low;
    if !span.is_finite() || span <= 0.0 || most == 0 {
        return Vec::new();
    }
    let rough = span / most as f64;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|step| *step >= rough)
        .unwrap_or(10.0 * power);
    let first = (low / step - 1e-9).ceil();
    let last = (high / step + 1e-9).floor();
    let mut values = Vec::new();
    let mut index = first;
    while index <= last && values.len() <= most {
        // Adding zero turns -0 into 0.
        values.push(index * step + 0.0);
        index += 1.0;
    }
    values
}

/// Where a value stands in a range, 0 at its low end and 1 at its high end.
#[must_use]
pub fn position(range: [f32; 2], value: f64) -> f64 {
    let [low, high] = range.map(f64::from);
    if high > low {
        ((value - low) / (high - low)).clamp(0.0, 1.0)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(
            ticks([0.0, 1.0], 5),
            [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]
        );
        assert_eq!(ticks([-0.3, 4.1], 5), [0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(ticks([0.0, 0.000_23], 4).len(), 3);
        assert_eq!(
            ticks([12_000.0, 58_000.0], 5),
            [20_000.0, 30_000.0, 40_000.0, 50_000.0]
        );
    }

    #[test]
    fn a_range_that_is_none_has_no_ticks() {
        assert!(ticks([1.0, 1.0], 5).is_empty());
        assert!(ticks([0.0, f32::NAN], 5).is_empty());
        assert!(ticks([0.0, 1.0], 0).is_empty());
    }

    #[test]
    fn positions_are_clamped() {
        assert!((position([2.0, 4.0], 3.0) - 0.5).abs() < 1e-12);
        assert!(position([2.0, 4.0], 9.0) >= 1.0);
        assert!(position([2.0, 2.0], 2.0) <= 0.0);
    }
}
