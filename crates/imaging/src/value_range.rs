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
        (SampleType::Uint8, _) => [0.0, largest(bits)],
        (SampleType::Uint16, Colour::Rgb) => [0.0, 65535.0],
        _ => grey_range(range),
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
