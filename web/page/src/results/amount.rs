//! What an image consists of, and how much of it there is, in counts and in a body's measures.

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
            Element::Voxel => format!(", {} mL", number(area * plane / 1000.0, 3)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_has_the_measures_that_the_spacing_allows() {
        let spacing = Some([2.0, 0.5, 1.5]);
        assert_eq!(
            coverage(2_000, 40_000, Element::of([8, 50, 100]), spacing),
            "2\u{202f}000 voxels, 3 mL, 5.0 %"
        );
        assert_eq!(
            coverage(2_000, 40_000, Element::of([1, 400, 100]), spacing),
            "2\u{202f}000 pixels, 15 cm², 5.0 %"
        );
        assert_eq!(coverage(1, 4, Element::Pixel, None), "1 pixel, 25.0 %");
        assert_eq!(coverage(0, 0, Element::Voxel, None), "0 voxels, 0.0 %");
    }
}
