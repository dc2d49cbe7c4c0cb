//! Where a figure's points lie on its drawing.

/// A rectangle of a drawing, in its own units, that shows a range of values: x to the right, y upwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axes {
    /// Left, top, width and height of the rectangle.
    pub area: [f64; 4],
    /// First and last value from left to right.
    pub x: [f64; 2],
    /// First and last value from bottom to top.
    pub y: [f64; 2],
}

impl Axes {
    /// Where a point lies; values beyond the range lie on its edge.
    #[must_use]
    pub fn at(&self, x: f64, y: f64) -> [f64; 2] {
        let [left, top, width, height] = self.area;
        [
            left + width * share(x, self.x),
            top + height * (1.0 - share(y, self.y)),
        ]
    }

    /// The path of a line through points, as SVG writes it; empty for fewer than two points.
    #[must_use]
    pub fn path(&self, points: impl IntoIterator<Item = (f64, f64)>) -> String {
        let mut text = String::new();
        let mut count = 0;
        for (x, y) in points {
            let [across, down] = self.at(x, y);
            text.push_str(&format!(
                "{}{across:.1},{down:.1}",
                if count == 0 { "M" } else { "L" }
            ));
            count += 1;
        }
        if count < 2 { String::new() } else { text }
    }
}

fn share(value: f64, [first, last]: [f64; 2]) -> f64 {
    let share = (value - first) / (last - first);
    if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.0
    }
}

/// A round number of at least `value`, as the end of an axis: 1, 2 or 5 times a power of ten.
#[must_use]
pub fn round_up(value: f64) -> f64 {
    if !(value > 0.0 && value.is_finite()) {
        return 1.0;
    }
    let power = 10.0_f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0];
    let step = steps
        .into_iter()
        .find(|step| step * power >= value * (1.0 - 1e-12));
    step.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn corners_of_the_range_are_corners_of_the_area() {
        let axes = Axes {
            area: [10.0, 20.0, 100.0, 50.0],
            x: [0.5, 1.0],
            y: [0.0, 1.0],
        };
        assert_eq!(axes.at(0.5, 0.0), [10.0, 70.0]);
        assert_eq!(axes.at(1.0, 1.0), [110.0, 20.0]);
        assert_eq!(axes.at(7.0, f64::NAN), [110.0, 70.0]);
        assert_eq!(axes.path([(0.5, 0.0), (1.0, 1.0)]), "M10.0,70.0L110.0,20.0");
        assert_eq!(axes.path([(0.5, 0.0)]), "");
    }

    #[test]
    fn axes_end_on_round_numbers() {
        for (value, end) in [
            (0.013, 0.02),
            (0.2, 0.2),
            (3.1, 5.0),
            (7.0, 10.0),
            (0.0, 1.0),
        ] {
            assert!(
                (round_up(value) - end).abs() < 1e-12,
                "{value}: {}",
                round_up(value)
            );
        }
    }
}
