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

/// A window that has a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Preset {
    /// Title in the select.
    pub title: &'static str,
    /// Its ends.
    pub window: [f32; 2],
}

/// Level and width, in Hounsfield units, at which the tissues of a CT image are usually read.
const CT: [(&str, f32, f32); 5] = [
    ("CT soft tissue", 40.0, 400.0),
    ("CT lung", -600.0, 1500.0),
    ("CT bone", 400.0, 1800.0),
    ("CT brain", 40.0, 80.0),
    ("CT liver", 60.0, 160.0),
];

/// The windows to choose from: those of the image itself, and the usual ones of CT where it looks like one.
///
/// `opened` is the window on which the image opens, `usual` holds all but the few darkest and brightest values, `extent`
/// all of them; `modality` is what the file says, such as `CT`.
#[must_use]
pub fn presets(
    opened: [f32; 2],
    display: [f32; 2],
    usual: [f32; 2],
    extent: [f32; 2],
    modality: Option<&str>,
) -> Vec<Preset> {
    let preset = |title, window| Preset { title, window };
    let mut presets = vec![
        preset("As opened", opened),
        preset("All but 1 % of the values", ordered(usual)),
        preset("All values of the image", stretched(extent)),
    ];
    if display[1] > display[0] && display.iter().all(|end| end.is_finite()) {
        presets.push(preset("Full range", display));
    }
    // A file without a modality is taken for CT when it holds air in Hounsfield units.
    let hounsfield = (-4096.0..=-500.0).contains(&extent[0]) && extent[1] <= 32_767.0;
    if modality.map_or(hounsfield, |modality| modality == "CT") {
        presets.extend(CT.map(|(title, level, width)| preset(title, from_level([level, width]))));
    }
    presets
}

/// The window on which an image with a place in the patient opens: a scanner's values have no natural range, and a few
/// bright vessels must not make the rest dark.
#[must_use]
pub fn opened(display: [f32; 2], usual: [f32; 2], extent: [f32; 2]) -> [f32; 2] {
    let natural = display[1] > display[0] && display.iter().all(|end| end.is_finite());
    let within = natural && display[0] >= extent[0] && display[1] <= extent[1];
    // A window within the values is one that the file itself names.
    if within || initial(display, extent) == display {
        display
    } else {
        ordered(usual)
    }
}

/// Level (middle) and width of a window.
#[must_use]
pub fn level([low, high]: [f32; 2]) -> [f32; 2] {
    [(low + high) / 2.0, high - low]
}

/// The window of a level and a width.
#[must_use]
pub fn from_level([level, width]: [f32; 2]) -> [f32; 2] {
    let half = width.max(0.0) / 2.0;
    ordered([level - half, level + half])
}

/// A window dragged by parts of the canvas: to the right makes it wider, downwards darker, as on other stations.
///
/// `right` and `down` are shares of the canvas, `bounds` the values over which windows run.
#[must_use]
pub fn dragged(window: [f32; 2], right: f32, down: f32, bounds: [f32; 2]) -> [f32; 2] {
    let span = bounds[1] - bounds[0];
    let [middle, width] = level(window);
    let middle = (middle + down * span).clamp(bounds[0], bounds[1]);
    // A narrow window takes finer steps, so that it can be set at all.
    let width = (width * (2.0 * right).exp()).clamp(span * 1e-3, span * 2.0);
    from_level([middle, width])
}

/// The values between which all but `share` of the finite values lie, half of the rest at each end.
///
/// At most about 100,000 values are looked at, evenly spread.
#[must_use]
pub fn usual(values: &[f32], share: f64) -> Option<[f32; 2]> {
    const MAX_SAMPLES: usize = 100_000;
    let step = values.len().div_ceil(MAX_SAMPLES).max(1);
    let sample = values.iter().step_by(step).copied();
    let mut sample: Vec<f32> = sample.filter(|value| value.is_finite()).collect();
    sample.sort_unstable_by(f32::total_cmp);
    let last = sample.len().checked_sub(1)?;
    let cut = (share.clamp(0.0, 1.0) / 2.0 * last as f64).round() as usize;
    let low = sample.get(cut)?;
    let high = sample.get(last.saturating_sub(cut))?;
    Some(ordered([*low, *high]))
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

    #[test]
    fn a_few_bright_voxels_do_not_darken_a_scan() {
        let mut values: Vec<f32> = (0..1000).map(|value| value as f32).collect();
        values.push(90_000.0);
        values.push(f32::NAN);
        let usual = usual(&values, 0.01).unwrap_or_default();
        assert_eq!(usual, [5.0, 995.0]);
        assert_eq!(opened([0.0, 0.0], usual, [0.0, 90_000.0]), usual);
        assert_eq!(super::usual(&[f32::NAN], 0.01), None);
    }

    #[test]
    fn a_window_that_the_file_names_is_kept() {
        assert_eq!(
            opened([-160.0, 240.0], [-1000.0, 1200.0], [-1024.0, 3071.0]),
            [-160.0, 240.0]
        );
        assert_eq!(
            opened([0.0, 255.0], [3.0, 240.0], [0.0, 250.0]),
            [0.0, 255.0]
        );
    }

    #[test]
    fn only_ct_has_the_windows_of_ct() {
        let named = |modality, extent| {
            presets(extent, [0.0, 0.0], extent, extent, modality)
                .iter()
                .any(|preset| preset.title == "CT lung" && preset.window == [-1350.0, 150.0])
        };
        assert!(named(Some("CT"), [0.0, 100.0]) && named(None, [-1024.0, 2000.0]));
        assert!(!named(Some("MR"), [-1024.0, 2000.0]) && !named(None, [0.0, 800.0]));
    }

    #[test]
    fn dragging_changes_level_and_width_within_bounds() {
        let bounds = [0.0, 1000.0];
        let wider = dragged([400.0, 600.0], 0.1, 0.0, bounds);
        assert!(wider[0] < 400.0 && wider[1] > 600.0);
        let darker = dragged([400.0, 600.0], 0.0, 0.1, bounds);
        assert_eq!(level(darker), [600.0, 200.0]);
        for (right, down) in [(50.0, 0.0), (-50.0, 0.0), (0.0, 9.0), (0.0, -9.0)] {
            let [low, high] = dragged([400.0, 600.0], right, down, bounds);
            assert!(low < high && low.is_finite() && high.is_finite());
        }
        assert_eq!(from_level(level([3.0, 9.0])), [3.0, 9.0]);
    }
}
