//! The one line about an image: whether to rely on its mask, how much may be wrong, and where.
//!
//! The page shows it and reports hold it, so it is worded here, below both: two builders would soon say different things
//! of one image.

use uq::ImageSummary;
use vocabulary::VoxelSize;

use crate::UncertaintySummary;

/// Fewest expected wrong voxels that are worth a word.
const MIN_WRONG: f64 = 0.5;

/// The one line about an image.
#[must_use]
pub fn sentence(summary: &UncertaintySummary) -> String {
    let noun = if summary.slices.is_empty() {
        "pixel"
    } else {
        "voxel"
    };
    let extent = extent(&summary.facts, summary.voxel_size, noun);
    match summary.unlike() {
        Some(true) => "Unlike the training images: do not rely on this mask.".to_owned(),
        Some(false) => format!("Looks like the training images. {extent}"),
        None => extent,
    }
}

/// How much may be wrong, and where.
fn extent(facts: &ImageSummary, size: VoxelSize, noun: &str) -> String {
    let places = match facts.places {
        Some(1) => ", most of it in 1 place".to_owned(),
        Some(places) => format!(", most of it in {places} places"),
        None => String::new(),
    };
    if facts.object == 0 {
        // Traces of probability add up over a large image; what would be an object is a place.
        return if places.is_empty() || facts.missed < MIN_WRONG {
            "Nothing is marked, and nothing seems to be missed.".to_owned()
        } else {
            let missed = amount(facts.missed, size, noun);
            format!("Nothing is marked, but about {missed} may have been missed{places}.")
        };
    }
    if facts.expected_wrong < MIN_WRONG {
        return "Hardly anything of it seems to be wrong.".to_owned();
    }
    let places = if places.is_empty() {
        ", spread along the borders"
    } else {
        &places
    };
    let object = amount(facts.object as f64, size, noun);
    let wrong = match size {
        // Of 35,000 pixels, 4,100.
        VoxelSize::Unknown => two_digits(facts.expected_wrong),
        VoxelSize::Millilitres(_) | VoxelSize::SquareMillimetres(_) => {
            amount(facts.expected_wrong, size, noun)
        }
    };
    format!("About {wrong} of {object} may be wrong{places}.")
}

/// A number of voxels in the unit that the image allows, with two digits; `noun` is what they are called without one.
fn amount(voxels: f64, size: VoxelSize, noun: &str) -> String {
    match size {
        VoxelSize::Millilitres(each) if voxels * each < 0.1 => {
            format!("{} mm³", two_digits(1000.0 * voxels * each))
        }
        VoxelSize::Millilitres(each) => format!("{} ml", two_digits(voxels * each)),
        VoxelSize::SquareMillimetres(each) => format!("{} mm²", two_digits(voxels * each)),
        VoxelSize::Unknown => {
            let voxels = two_digits(voxels);
            let plural = if voxels == "1" { "" } else { "s" };
            format!("{voxels} {noun}{plural}")
        }
    }
}

/// A number that is only known roughly: two digits that count, thousands apart.
fn two_digits(value: f64) -> String {
    if value <= 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    let exponent = value.log10().floor() as i32;
    // 9.96 becomes 10, which has one digit fewer behind the point.
    let step = 10_f64.powi(exponent - 1);
    let rounded = (value / step).round() * step;
    let exponent = (rounded * (1.0 + 1e-12)).log10().floor() as i32;
    let behind = usize::try_from(1 - exponent).unwrap_or(0);
    let text = format!("{rounded:.behind$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if !fraction.is_empty() {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(object: u64, expected_wrong: f64, places: Option<usize>) -> ImageSummary {
        ImageSummary {
            object,
            expected_wrong,
            missed: expected_wrong,
            places,
            share_in_regions: 0.0,
            expected_dice: None,
            score: 0.0,
        }
    }

    #[test]
    fn what_may_be_wrong_is_said_in_the_images_own_unit() {
        let ml = VoxelSize::Millilitres(0.001);
        assert_eq!(
            extent(&facts(3541, 702.0, Some(3)), ml, "voxel"),
            "About 0.7 ml of 3.5 ml may be wrong, most of it in 3 places."
        );
        assert_eq!(
            extent(&facts(3541, 54.4, Some(1)), ml, "voxel"),
            "About 54 mm³ of 3.5 ml may be wrong, most of it in 1 place."
        );
        assert_eq!(
            extent(&facts(35_210, 4093.0, None), VoxelSize::Unknown, "pixel"),
            "About 4,100 of 35,000 pixels may be wrong, spread along the borders."
        );
        assert_eq!(
            extent(
                &facts(100, 40.0, None),
                VoxelSize::SquareMillimetres(0.25),
                "pixel"
            ),
            "About 10 mm² of 25 mm² may be wrong, spread along the borders."
        );
        let hardly = extent(&facts(100, 0.2, None), VoxelSize::Unknown, "pixel");
        assert!(hardly.starts_with("Hardly"));
    }

    #[test]
    fn an_empty_mask_is_a_case_of_its_own() {
        let unknown = VoxelSize::Unknown;
        assert_eq!(
            extent(&facts(0, 120.0, Some(2)), unknown, "pixel"),
            "Nothing is marked, but about 120 pixels may have been missed, most of it in 2 places."
        );
        // Traces all over, but no place where an object could be.
        assert_eq!(
            extent(&facts(0, 30.0, None), unknown, "pixel"),
            "Nothing is marked, and nothing seems to be missed."
        );
        assert_eq!(
            extent(&facts(0, 0.1, Some(1)), unknown, "pixel"),
            "Nothing is marked, and nothing seems to be missed."
        );
    }

    #[test]
    fn rough_numbers_have_two_digits() {
        for (value, text) in [
            (0.0, "0"),
            (f64::NAN, "0"),
            (0.012_34, "0.012"),
            (0.996, "1"),
            (9.96, "10"),
            (99.6, "100"),
            (123.4, "120"),
            (4093.0, "4,100"),
            (11_693.0, "12,000"),
            (1_234_567.0, "1,200,000"),
        ] {
            assert_eq!(two_digits(value), text, "{value}");
        }
    }
}
