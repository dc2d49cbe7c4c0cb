//! From values to places along an axis, and its ticks.

/// How values are laid out along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// Equal differences are equally long.
    #[default]
    Linear,
    /// Equal factors are equally long; values that are not positive have no place.
    Logarithmic,
}

/// An axis: what it shows and from where to where.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Axis {
    /// What the values are, with their unit.
    pub label: String,
    /// How they are laid out.
    pub scale: Scale,
    /// First and last value shown; from the data where it is `None`.
    pub range: Option<(f64, f64)>,
}

impl Axis {
    /// A linear axis that fits its data.
    pub fn new(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            ..Self::default()
        }
    }

    /// With a fixed range.
    #[must_use]
    pub const fn between(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    /// With a logarithmic scale.
    #[must_use]
    pub const fn logarithmic(mut self) -> Self {
        self.scale = Scale::Logarithmic;
        self
    }

    /// The axis over the given values: its range is known, its ticks can be asked for.
    pub(crate) fn fit(&self, values: impl Iterator<Item = f64>) -> FittedAxis {
        let place = |value: f64| match self.scale {
            Scale::Linear => value,
            Scale::Logarithmic => value.log10(),
        };
        let (low, high) = self.range.map_or_else(
            || {
                values
                    .map(place)
                    .filter(|value| value.is_finite())
                    .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                        (low.min(value), high.max(value))
                    })
            },
            |(low, high)| (place(low), place(high)),
        );
        let (low, high) = if low.is_finite() && high.is_finite() {
            (low.min(high), low.max(high))
        } else {
            (0.0, 1.0)
        };
        // One value alone still needs an axis around it.
        let spread = if high - low > 1e-9 * high.abs().max(1e-12) {
            0.0
        } else {
            high.abs().max(1.0) * 0.5
        };
        let (low, high) = (low - spread, high + spread);
        let step = nice_step((high - low) / 5.0);
        let (low, high) = match (self.range, self.scale) {
            // A range that the data chose ends on a tick.
            (None, Scale::Linear) => ((low / step).floor() * step, (high / step).ceil() * step),
            (Some(_), Scale::Linear) | (_, Scale::Logarithmic) => (low, high),
        };
        FittedAxis {
            scale: self.scale,
            low,
            high,
            step,
        }
    }
}

/// An axis whose range is known, in the scale's own measure (decades where it is logarithmic).
#[derive(Debug, Clone, Copy)]
pub(crate) struct FittedAxis {
    scale: Scale,
    low: f64,
    high: f64,
    step: f64,
}

impl FittedAxis {
    /// Where a value lies, 0 at the start of the axis and 1 at its end. `None` where it has no place on it.
    pub(crate) fn place(&self, value: f64) -> Option<f64> {
        let value = match self.scale {
            Scale::Linear => value,
            Scale::Logarithmic => value.log10(),
        };
        let share = (value - self.low) / (self.high - self.low);
        (share.is_finite() && (-1e-9..=1.0 + 1e-9).contains(&share)).then(|| share.clamp(0.0, 1.0))
    }

    /// Places and texts of the ticks, ascending.
    pub(crate) fn ticks(&self) -> Vec<(f64, String)> {
        match self.scale {
            Scale::Linear => self.linear_ticks(),
            Scale::Logarithmic => self.logarithmic_ticks(),
        }
    }

    fn linear_ticks(&self) -> Vec<(f64, String)> {
        let decimals = (-self.step.log10().floor()).clamp(0.0, 12.0) as usize;
        let first = (self.low / self.step - 1e-9).ceil();
        (0..16)
            .map(|index| (first + f64::from(index)) * self.step)
            .map_while(|value| self.place(value).map(|place| (place, value)))
            .map(|(place, value)| {
                // Minus zero is no label.
                let value = if value.abs() < self.step * 1e-6 {
                    0.0
                } else {
                    value
                };
                (place, format!("{value:.decimals$}"))
            })
            .collect()
    }

    fn logarithmic_ticks(&self) -> Vec<(f64, String)> {
        let decades = self.high - self.low;
        let factors: &[f64] = if decades <= 2.0 {
            &[1.0, 2.0, 5.0]
        } else {
            &[1.0]
        };
        let every = (decades / 6.0).ceil().max(1.0) as i32;
        let (first, last) = (self.low.floor() as i32, self.high.ceil() as i32);
        (first..=last)
            .filter(|exponent| exponent.rem_euclid(every) == 0)
            .flat_map(|exponent| {
                factors
                    .iter()
                    .map(move |factor| (factor, exponent, factor * 10_f64.powi(exponent)))
            })
            .filter_map(|(factor, exponent, value)| {
                let text = if (-3..=3).contains(&exponent) {
                    format!("{value:.*}", usize::try_from(-exponent).unwrap_or(0))
                } else {
                    format!("{factor}e{exponent}")
                };
                self.place(value).map(|place| (place, text))
            })
            .collect()
    }
}

/// The least of 1, 2 and 5 times a power of ten that is not below `rough`.
fn nice_step(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= rough * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Axis;

    fn texts(axis: &Axis, values: &[f64]) -> Vec<String> {
        let fitted = axis.fit(values.iter().copied());
        fitted.ticks().into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn ticks_are_round_numbers_that_span_the_data() {
        let axis = Axis::new("loss");
        assert_eq!(
            texts(&axis, &[0.013, 0.97]),
            ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
        assert_eq!(texts(&axis, &[-3.0, 11.0]), ["-5", "0", "5", "10", "15"]);
        assert_eq!(texts(&axis, &[0.5001, 0.5003]).first().unwrap(), "0.50010");
        assert_eq!(
            texts(&Axis::new("").between(0.0, 1.0), &[]),
            ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
    }

    #[test]
    fn logarithmic_ticks_are_powers_of_ten() {
        let axis = Axis::new("rate").logarithmic();
        assert_eq!(
            texts(&axis, &[1e-5, 2.0, 0.0, -1.0]),
            ["1e-5", "1e-4", "0.001", "0.01", "0.1", "1"]
        );
        assert_eq!(
            texts(&axis, &[1.0, 60.0]),
            ["1", "2", "5", "10", "20", "50"]
        );
    }

    #[test]
    fn values_find_their_place_or_none() {
        let linear = Axis::new("").between(0.0, 4.0).fit(std::iter::empty());
        assert_eq!(linear.place(1.0), Some(0.25));
        assert_eq!((linear.place(4.5), linear.place(f64::NAN)), (None, None));
        let logarithmic = Axis::new("").logarithmic().fit([1.0, 100.0].into_iter());
        assert_eq!(logarithmic.place(10.0), Some(0.5));
        assert_eq!(
            (logarithmic.place(0.0), logarithmic.place(-1.0)),
            (None, None)
        );
    }

    #[test]
    fn one_value_and_none_still_make_an_axis() {
        assert!(texts(&Axis::new(""), &[3.0]).len() >= 3);
        assert!(texts(&Axis::new(""), &[0.0, 0.0]).len() >= 3);
        assert!(texts(&Axis::new(""), &[]).len() >= 3);
        assert!(texts(&Axis::new("").logarithmic(), &[f64::NAN]).len() >= 2);
    }
}
