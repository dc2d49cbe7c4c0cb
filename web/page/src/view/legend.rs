//! Numbers as people read them: ticks of the legend and values under the pointer.

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

/// A number with `digits` significant digits, without trailing zeros; very large and very small ones as powers of ten.
#[must_use]
pub fn number(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() {
        return "not a number".to_owned();
    }
    let magnitude = value.abs().log10().floor();
    if !(-4.0..6.0).contains(&magnitude) {
        return format!("{value:.*e}", digits.saturating_sub(1)).replace('-', "−");
    }
    let decimals = (digits as f64 - 1.0 - magnitude).max(0.0) as usize;
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    text.replace('-', "−")
}

/// A share as a percentage with one decimal; what is not nothing never reads as nothing.
#[must_use]
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value > 0.0 && value < 0.05 {
        return "under 0.1 %".to_owned();
    }
    format!("{value:.1} %")
}

/// Milliseconds as people say them.
#[must_use]
pub fn duration(milliseconds: f64) -> String {
    let seconds = milliseconds.max(0.0) / 1000.0;
    if seconds < 1.0 {
        format!("{:.0} ms", seconds * 1000.0)
    } else if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!(
            "{:.0} min {:.0} s",
            (seconds / 60.0).floor(),
            (seconds % 60.0).floor()
        )
    }
}

/// A count with a thin space between thousands.
#[must_use]
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
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

    #[test]
    fn numbers_are_short_and_honest() {
        assert_eq!(number(0.0, 3), "0");
        assert_eq!(number(0.123_456, 3), "0.123");
        assert_eq!(number(-2.5, 3), "−2.5");
        assert_eq!(number(65_535.0, 3), "65535");
        assert_eq!(number(200.0, 3), "200");
        assert_eq!(number(0.000_012_3, 3), "1.23e−5");
        assert_eq!(number(f64::NAN, 3), "not a number");
    }

    #[test]
    fn shares_and_times() {
        assert_eq!(percent(0.1234), "12.3 %");
        assert_eq!(percent(0.0), "0.0 %");
        assert_eq!(percent(0.0001), "under 0.1 %");
        assert_eq!(duration(420.4), "420 ms");
        assert_eq!(duration(12_340.0), "12.3 s");
        assert_eq!(duration(125_000.0), "2 min 5 s");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
    }
}
