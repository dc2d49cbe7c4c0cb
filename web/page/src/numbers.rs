//! Numbers as people read them.

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
