//! The tools, and what they are set to.

use correction::{Axis, Brush, Plane, StepKind};
use protocol::ImageInfo;

use crate::numbers::number;
use crate::view::slice_plane::{self, SlicePlane};

/// What a drag on the picture does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tool {
    /// Moves picture or crosshair, as without correction.
    #[default]
    Move,
    /// Paints the chosen class.
    Brush,
    /// Paints background.
    Eraser,
    /// Paints the chosen class where the network could take it for that.
    SmartBrush,
    /// Gives a connected area the chosen class.
    Fill,
    /// Gives what a drawn line surrounds the chosen class.
    Lasso,
}

impl Tool {
    /// All tools, in the order of the bar.
    pub const ALL: [Self; 6] = [
        Self::Move,
        Self::Brush,
        Self::Eraser,
        Self::SmartBrush,
        Self::Fill,
        Self::Lasso,
    ];

    /// Name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Move => "Move",
            Self::Brush => "Brush",
            Self::Eraser => "Eraser",
            Self::SmartBrush => "Smart brush",
            Self::Fill => "Fill",
            Self::Lasso => "Lasso",
        }
    }

    /// What it does, in a sentence.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Move => "Move the picture or the crosshair",
            Self::Brush => "Paint the chosen class",
            Self::Eraser => "Paint background",
            Self::SmartBrush => {
                "Paint the chosen class only where the model could take it for that"
            }
            Self::Fill => "Give the connected area under the pointer the chosen class",
            Self::Lasso => "Draw around what is to become the chosen class",
        }
    }

    /// The name in an address of its picture, and in tests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Move => "move",
            Self::Brush => "brush",
            Self::Eraser => "eraser",
            Self::SmartBrush => "smart-brush",
            Self::Fill => "fill",
            Self::Lasso => "lasso",
        }
    }

    /// Whether it changes the mask.
    #[must_use]
    pub const fn draws(self) -> bool {
        !matches!(self, Self::Move)
    }

    /// Whether it has a size.
    #[must_use]
    pub const fn is_round(self) -> bool {
        matches!(self, Self::Brush | Self::Eraser | Self::SmartBrush)
    }

    /// What its steps are in the history.
    #[must_use]
    pub const fn step(self) -> StepKind {
        match self {
            Self::Move | Self::Brush => StepKind::Brush,
            Self::Eraser => StepKind::Eraser,
            Self::SmartBrush => StepKind::SmartBrush,
            Self::Fill => StepKind::Fill,
            Self::Lasso => StepKind::Lasso,
        }
    }
}

/// A step, for the words on a button, such as `brush stroke`.
#[must_use]
pub const fn step_words(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Brush => "brush stroke",
        StepKind::Eraser => "eraser stroke",
        StepKind::SmartBrush => "smart stroke",
        StepKind::Fill => "fill",
        StepKind::Lasso => "lasso",
        StepKind::Reassign => "change of a place",
        StepKind::Threshold => "threshold",
        StepKind::RemoveIslands => "removal of islands",
        StepKind::FillHoles => "filling of holes",
        StepKind::KeepLargest => "removal of all but the largest",
        StepKind::Interpolate => "interpolation",
        StepKind::Restore => "return to the model’s mask",
    }
}

/// Smallest and largest brush, in pixels across.
pub const SIZES: [f64; 2] = [1.0, 200.0];

/// The next larger or smaller brush: steps grow with the brush.
#[must_use]
pub fn resized(size: f64, larger: bool) -> f64 {
    let step = (size / 8.0).floor().max(1.0);
    let next = if larger { size + step } else { size - step };
    next.clamp(SIZES[0], SIZES[1])
}

/// A brush to begin with: a twenty-fifth of the shorter side of the image's rows and columns.
#[must_use]
pub fn first_size([_, rows, columns]: [usize; 3]) -> f64 {
    (rows.min(columns) as f64 / 25.0).round().clamp(3.0, 40.0)
}

/// Distances between planes, rows and columns: millimetres, or pixels where the image does not say.
#[must_use]
pub fn spacing(info: &ImageInfo) -> [f64; 3] {
    let usable = |spacing: &[f64; 3]| spacing.iter().all(|step| step.is_finite() && *step > 0.0);
    info.spacing.filter(usable).unwrap_or([1.0; 3])
}

/// The length of a pixel that sizes are counted in: the shorter edge of a row's and a column's.
#[must_use]
pub fn unit([_, row, column]: [f64; 3]) -> f64 {
    row.min(column)
}

/// A brush of `size` pixels across, a disc on a plane or a ball.
#[must_use]
pub fn brush(size: f64, spacing: [f64; 3], disc: Option<Plane>) -> Brush {
    Brush {
        radius: size * unit(spacing) / 2.0,
        spacing,
        disc,
    }
}

/// The size of a brush in words, such as `12 pixels, 8.4 mm`.
#[must_use]
pub fn size_words(size: f64, info: &ImageInfo) -> String {
    let pixels = if size == 1.0 { "pixel" } else { "pixels" };
    let words = format!("{size:.0} {pixels}");
    if info.spacing.is_none() {
        return words;
    }
    format!("{words}, {} mm", number(size * unit(spacing(info)), 3))
}

/// The plane that a view shows.
#[must_use]
pub const fn plane(view: &SlicePlane, slice: usize) -> Plane {
    Plane {
        across: axis(view.through),
        at: slice,
    }
}

/// An axis of a view as one of a correction.
#[must_use]
pub const fn axis(axis: slice_plane::Axis) -> Axis {
    match axis {
        slice_plane::Axis::Plane => Axis::Plane,
        slice_plane::Axis::Row => Axis::Row,
        slice_plane::Axis::Column => Axis::Column,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::picture::tests::picture;

    #[test]
    fn a_brush_grows_and_shrinks_within_its_ends() {
        assert_eq!(resized(4.0, true), 5.0);
        assert_eq!(resized(64.0, true), 72.0);
        assert_eq!((resized(1.0, false), resized(199.0, true)), (1.0, 200.0));
        assert_eq!(first_size([1, 256, 320]), 10.0);
        assert_eq!(first_size([35, 51, 35]), 3.0);
    }

    #[test]
    fn sizes_are_told_in_pixels_and_millimetres() {
        let mut info = picture(1, 1).info;
        assert_eq!(size_words(12.0, &info), "12 pixels");
        assert_eq!(size_words(1.0, &info), "1 pixel");
        info.spacing = Some([4.0, 0.7, 0.7]);
        assert_eq!(size_words(12.0, &info), "12 pixels, 8.4 mm");
        assert_eq!(brush(12.0, spacing(&info), None).radius, 12.0 * 0.7 / 2.0);
        info.spacing = Some([4.0, 0.0, 0.7]);
        assert_eq!(spacing(&info), [1.0; 3]);
    }
}
