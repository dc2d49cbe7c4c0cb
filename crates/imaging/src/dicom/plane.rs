//! One frame of a file and where it lies.

use super::discriminators::DISCRIMINATORS;

/// One frame.
#[derive(Debug, Clone)]
pub(super) struct Plane {
    pub frame: usize,
    pub is_multi_frame: bool,
    /// Whether it is a tile of a mosaic, which has no frames to refer to.
    pub is_tile: bool,
    pub geometry: PlaneGeometry,
    pub instance_number: Option<u32>,
    /// What tells images at the same position apart, in the order of [`DISCRIMINATORS`]; 0 where it is absent.
    pub discriminators: [u64; DISCRIMINATORS],
}

/// Image Plane module (PS3.3 section C.7.6.2) or the functional groups that stand for it (C.7.6.16).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct PlaneGeometry {
    /// Centre of the first pixel, millimetres, LPS+.
    pub position: Option<[f64; 3]>,
    /// Directions in which columns and rows count up.
    pub orientation: Option<[[f64; 3]; 2]>,
    /// Between rows, between columns, millimetres.
    pub spacing: Option<[f64; 2]>,
    /// Slice Thickness or else Spacing Between Slices, millimetres.
    pub thickness: Option<f64>,
}

/// The direction out of the image plane.
pub(super) fn normal(&[[a, b, c], [d, e, f]]: &[[f64; 3]; 2]) -> [f64; 3] {
    [b * f - c * e, c * d - a * f, a * e - b * d]
}
