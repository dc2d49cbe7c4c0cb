//! The window: which values are drawn black and which white.

/// The window on which an image opens, as its low and high end.
///
/// `display` is what the sample type can hold, `extent` what the image holds. The full range is kept while the image
/// uses at least half of it, so that a picture looks as it does elsewhere; a darker image, and one without a natural
/// range, is stretched to its own values.
#[must_use]
pub fn initial(display: [f32; 2], extent: [f32; 2]) -> [f32; 2] {
    let [low, high] = display;
    let natural = high > low && low.is_finite() && high.is_finite();
    let used = extent[1] - extent[0];
    if natural && used >= 0.5 * (high - low) {
        return display;
    }
    stretched(extent)
}

/// The window that shows the image's own values from black to white.
#[must_use]
pub fn stretched(extent: [f32; 2]) -> [f32; 2] {
    ordered(extent)
}

/// Ends in order, and never the same value twice.
#[must_use]
pub fn ordered([low, high]: [f32; 2]) -> [f32; 2] {
    let (low, high) = if low <= high {
        (low, high)
    } else {
        (high, low)
    };
    let step = (low.abs() * 1e-4).max(1e-6);
    [low, if high > low { high } else { low + step }]
}

/// The values over which the two sliders run: all that the image holds and all that the window shows.
#[must_use]
pub fn bounds(display: [f32; 2], extent: [f32; 2]) -> [f32; 2] {
    let natural = display[1] > display[0] && display.iter().all(|end| end.is_finite());
    let low = if natural {
        display[0].min(extent[0])
    } else {
        extent[0]
    };
    // A 12-bit camera's image in a 16-bit file would sit in the first sixteenth of the slider.
    let high = if natural && extent[1] > 0.25 * display[1] {
        display[1].max(extent[1])
    } else {
        extent[1]
    };
    ordered([low, high])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_uses_its_range_keeps_it() {
        assert_eq!(initial([0.0, 255.0], [3.0, 250.0]), [0.0, 255.0]);
        assert_eq!(initial([0.0, 255.0], [90.0, 250.0]), [0.0, 255.0]);
    }

    #[test]
    fn a_dark_picture_is_stretched() {
        assert_eq!(initial([0.0, 255.0], [4.0, 60.0]), [4.0, 60.0]);
        assert_eq!(initial([0.0, 65535.0], [100.0, 4000.0]), [100.0, 4000.0]);
        assert_eq!(bounds([0.0, 65535.0], [100.0, 4000.0]), [0.0, 4000.0]);
    }

    #[test]
    fn a_constant_or_rangeless_picture_still_has_a_window() {
        for window in [
            initial([0.0, 0.0], [7.0, 7.0]),
            initial([f32::NAN, 1.0], [-2.0, -2.0]),
            ordered([3.0, 1.0]),
        ] {
            assert!(window[1] > window[0], "{window:?}");
        }
    }
}
