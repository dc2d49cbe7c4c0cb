//! What an image consists of, and how much of it there is, in counts and in a body's measures.

use protocol::VoxelSize;

use crate::numbers::{count, number, percent};

/// The parts of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// Of a picture.
    Pixel,
    /// Of a volume.
    Voxel,
}

impl Element {
    /// The parts of an image of that many planes, rows and columns.
    #[must_use]
    pub const fn of(shape: [usize; 3]) -> Self {
        if shape[0] > 1 {
            Self::Voxel
        } else {
            Self::Pixel
        }
    }

    /// One of them.
    #[must_use]
    pub const fn one(self) -> &'static str {
        match self {
            Self::Pixel => "pixel",
            Self::Voxel => "voxel",
        }
    }

    /// Several of them.
    #[must_use]
    pub const fn many(self) -> &'static str {
        match self {
            Self::Pixel => "pixels",
            Self::Voxel => "voxels",
        }
    }
}

/// How much of an image a class covers: the count; the volume in millilitres, or the area in square centimetres, where
/// the spacing of planes, rows and columns in millimetres is known; the share.
#[must_use]
pub fn coverage(elements: u64, of: u64, element: Element, spacing: Option<[f64; 3]>) -> String {
    let share = if of == 0 {
        0.0
    } else {
        elements as f64 / of as f64
    };
    let measure = spacing.map_or_else(String::new, |[plane, row, column]| {
        let area = elements as f64 * row * column;
        match element {
            Element::Pixel => format!(", {} cm²", number(area / 100.0, 3)),
            Element::Voxel => format!(", {} ml", number(area * plane / 1000.0, 3)),
        }
    });
    format!(
        "{} {}{measure}, {}",
        count(elements),
        if elements == 1 {
            element.one()
        } else {
            element.many()
        },
        percent(share)
    )
}

/// About how much a number of voxels is, in the unit that the image allows, such as `0.7 ml`, `54 mm³`, `12 mm²` or
/// `4 100 pixels`; two digits, because it is an estimate.
#[must_use]
pub fn amount(voxels: f64, size: VoxelSize, element: Element) -> String {
    match size {
        VoxelSize::Millilitres(each) if voxels * each < 0.1 => {
            format!("{} mm³", rough(1000.0 * voxels * each))
        }
        VoxelSize::Millilitres(each) => format!("{} ml", rough(voxels * each)),
        VoxelSize::SquareMillimetres(each) => format!("{} mm²", rough(voxels * each)),
        VoxelSize::Unknown => {
            let number = rough(voxels);
            let unit = if number == "1" {
                element.one()
            } else {
                element.many()
            };
            format!("{number} {unit}")
        }
    }
}

/// A distance in the image: millimetres where the image says how large its voxels are, else voxels.
#[must_use]
pub fn length(value: f64, element: Element, spaced: bool) -> String {
    let number = rough(value);
    match (spaced, number.as_str()) {
        (true, _) => format!("{number} mm"),
        (false, "1") => format!("1 {}", element.one()),
        (false, _) => format!("{number} {}", element.many()),
    }
}

/// Two digits that count.
fn rough(value: f64) -> String {
    if value >= 100.0 {
        let step = 10_f64.powf(value.log10().floor() - 1.0);
        count(((value / step).round() * step).round() as u64)
    } else {
        number(value, 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_have_two_digits_in_the_unit_of_the_image() {
        let of = |voxels, size| amount(voxels, size, Element::Voxel);
        let size = VoxelSize::Millilitres(0.001);
        assert_eq!(of(702.0, size), "0.7 ml");
        assert_eq!(of(54.4, size), "54 mm³");
        assert_eq!(of(40.0, VoxelSize::SquareMillimetres(0.25)), "10 mm²");
        assert_eq!(of(4093.0, VoxelSize::Unknown), "4\u{202f}100 voxels");
        assert_eq!(of(1.02, VoxelSize::Unknown), "1 voxel");
        assert_eq!(of(9.96, VoxelSize::Unknown), "10 voxels");
        assert_eq!(length(3.24, Element::Pixel, false), "3.2 pixels");
        assert_eq!(length(3.24, Element::Pixel, true), "3.2 mm");
    }

    #[test]
    fn a_class_has_the_measures_that_the_spacing_allows() {
        let spacing = Some([2.0, 0.5, 1.5]);
        assert_eq!(
            coverage(2_000, 40_000, Element::of([8, 50, 100]), spacing),
            "2\u{202f}000 voxels, 3 ml, 5.0 %"
        );
        assert_eq!(
            coverage(2_000, 40_000, Element::of([1, 400, 100]), spacing),
            "2\u{202f}000 pixels, 15 cm², 5.0 %"
        );
        assert_eq!(coverage(1, 4, Element::Pixel, None), "1 pixel, 25.0 %");
        assert_eq!(coverage(0, 0, Element::Voxel, None), "0 voxels, 0.0 %");
    }
}
