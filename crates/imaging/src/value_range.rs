//! The range of a volume's values: what to show as black and as white, and what there is to say about values that were lost.

use crate::{Colour, SampleType};

/// What there is to say about values that are not what the file holds.
pub(crate) fn value_notes(sample_type: SampleType, not_finite: usize) -> Vec<String> {
    let mut notes = Vec::new();
    if not_finite > 0 {
        notes.push(format!(
            "{not_finite} values are not finite numbers; they count as the mean."
        ));
    }
    if sample_type.exceeds_f32() {
        notes.push(format!(
            "Values of type {sample_type} are kept to 7 significant digits."
        ));
    }
    notes
}

/// The largest value of an unsigned sample.
pub(crate) fn largest(bits: u8) -> f32 {
    (2.0_f64.powi(i32::from(bits)) - 1.0) as f32
}

/// The smallest and largest finite value and the number of values that are not finite.
pub(crate) fn finite_range(values: &[f32]) -> (Option<[f32; 2]>, usize) {
    let mut range: Option<[f32; 2]> = None;
    let mut not_finite = 0;
    for &value in values {
        if value.is_finite() {
            let [low, high] = range.unwrap_or([value, value]);
            range = Some([low.min(value), high.max(value)]);
        } else {
            not_finite += 1;
        }
    }
    (range, not_finite)
}

pub(crate) fn display_range(
    sample_type: SampleType,
    bits: u8,
    colour: Colour,
    range: Option<[f32; 2]>,
) -> [f32; 2] {
    match (sample_type, colour) {
        (_, Colour::Palette) => [0.0, 255.0],
        (SampleType::Uint8, _) | (SampleType::Uint16, Colour::Rgb) => [0.0, largest(bits)],
        (SampleType::Uint16, Colour::Grey) => grey_range(range),
        (
            SampleType::Int8
            | SampleType::Int16
            | SampleType::Uint32
            | SampleType::Int32
            | SampleType::Uint64
            | SampleType::Int64
            | SampleType::Float16
            | SampleType::Float32
            | SampleType::Float64,
            Colour::Grey | Colour::Rgb,
        ) => grey_range(range),
    }
}

/// From the smallest to the largest finite value, not empty.
pub(crate) fn grey_range(range: Option<[f32; 2]>) -> [f32; 2] {
    match range {
        Some([low, high]) if low < high => [low, high],
        // A constant picture still needs a range that is not empty.
        Some([value, _]) => [value, value + value.abs().max(1.0)],
        None => [0.0, 1.0],
    }
}

/// How far beyond the range of nearly all values, in widths of it, a value must lie to be an outlier.
const FAR: f64 = 50.0;
/// One value in so many may be an outlier; more are part of the picture.
const RARE: usize = 10_000;
/// Steps of the histogram by which the range is found.
const STEPS: usize = 4096;

/// Values so far from all others that they are faults of the file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Outliers {
    pub count: usize,
    /// The range of the others, about from percentile 0.1 to 99.9.
    pub range: [f32; 2],
}

/// Finds values that lie far outside the range of nearly all. Few values never have any.
pub(crate) fn outliers(values: &[f32], range: Option<[f32; 2]>) -> Option<Outliers> {
    let [low, high] = range?;
    let (mut low, mut high) = (f64::from(low), f64::from(high));
    let finite = || {
        values
            .iter()
            .filter(|value| value.is_finite())
            .map(|&value| f64::from(value))
    };
    let total = finite().count();
    let tail = total / 1000;
    if tail == 0 {
        return None;
    }
    let mut is_narrowed = false;
    let mut is_settled = false;
    // Each turn narrows the range to where the percentiles lie.
    for _ in 0..32 {
        let width = high - low;
        if !(width > 0.0 && width.is_finite()) {
            return None;
        }
        let mut histogram = vec![0_usize; STEPS];
        let mut below = 0;
        for value in finite() {
            if value < low {
                below += 1;
            } else if value <= high {
                let step = ((value - low) / width * STEPS as f64) as usize;
                if let Some(count) = histogram.get_mut(step.min(STEPS - 1)) {
                    *count += 1;
                }
            }
        }
        let step_of = |rank: usize| {
            let mut seen = below;
            histogram.iter().position(|&count| {
                seen += count;
                seen > rank
            })
        };
        let (first, last) = (step_of(tail)?, step_of(total - 1 - tail)?);
        let share = (last + 1 - first) as f64 / STEPS as f64;
        let is_found = share > 1.0 / FAR;
        if is_found && !is_narrowed {
            return None;
        }
        let step = width / STEPS as f64;
        (low, high) = (low + first as f64 * step, low + (last + 1) as f64 * step);
        if is_found {
            is_settled = true;
            break;
        }
        is_narrowed = true;
    }
    // Where nearly all values are the same, nothing is far from them.
    if !is_settled {
        return None;
    }
    let margin = FAR * (high - low);
    let count = finite()
        .filter(|&value| value < low - margin || value > high + margin)
        .count();
    let is_rare = count > 0 && count <= (total / RARE).max(1);
    is_rare.then_some(Outliers {
        count,
        range: [low as f32, high as f32],
    })
}

/// The range to show: that of all values, or where a few lie far outside all others, that of the others, with a note.
pub(crate) fn without_outliers(
    values: &[f32],
    range: Option<[f32; 2]>,
    notes: &mut Vec<String>,
) -> Option<[f32; 2]> {
    match outliers(values, range) {
        Some(outliers) => {
            let (subject, verb) = if outliers.count == 1 {
                ("One value".to_owned(), "lies")
            } else {
                (format!("{} values", outliers.count), "lie")
            };
            notes.push(format!(
                "{subject} {verb} far outside all others; the grey scale and the normalisation leave them out."
            ));
            Some(outliers.range)
        }
        None => range,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{finite_range, outliers};

    #[test]
    fn one_wild_value_is_an_outlier_and_a_bright_spot_is_none() {
        let mut values: Vec<f32> = (0..20_000).map(|value| (value % 250) as f32).collect();
        assert_eq!(outliers(&values, finite_range(&values).0), None);
        values[77] = 1e30;
        let found = outliers(&values, finite_range(&values).0).unwrap();
        assert_eq!(found.count, 1);
        let [low, high] = found.range;
        assert!(
            low >= -1.0 && (248.0..260.0).contains(&high),
            "{low} {high}"
        );
        // A spot of a hundred pixels is part of the picture.
        values[..100].fill(1e5);
        values[77] = 1e5;
        assert_eq!(outliers(&values, finite_range(&values).0), None);
        // And so is a mask with few foreground pixels.
        let mut mask = vec![0.0; 20_000];
        mask[5] = 1.0;
        assert_eq!(outliers(&mask, finite_range(&mask).0), None);
    }
}
