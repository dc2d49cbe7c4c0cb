//! One plane of one file, as planes are sorted into volumes.

use super::scan::{Plane, PlaneGeometry, ScannedFile};

/// A plane with its file.
#[derive(Clone, Copy)]
pub(super) struct Image<'s> {
    pub file: &'s ScannedFile,
    pub plane: &'s Plane,
}

impl Image<'_> {
    pub(super) fn geometry(&self) -> &PlaneGeometry {
        &self.plane.geometry
    }

    /// Whether two images may be planes of one volume: the same series, kind, size and direction.
    pub(super) fn matches(&self, other: &Self) -> bool {
        self.file.series_uid == other.file.series_uid && self.resembles(other)
    }

    /// Whether two images are alike in kind, size and direction, whatever their series is said to be. The frame of
    /// reference does not count: careless anonymisation gives each image one of its own.
    pub(super) fn resembles(&self, other: &Self) -> bool {
        let (a, b) = (self.file, other.file);
        let same_direction = match (self.geometry().orientation, other.geometry().orientation) {
            (Some(a), Some(b)) => a
                .iter()
                .flatten()
                .zip(b.iter().flatten())
                .all(|(a, b)| (a - b).abs() < 1e-3),
            (a, b) => a.is_none() && b.is_none(),
        };
        let same_spacing = match (self.geometry().spacing, other.geometry().spacing) {
            (Some(a), Some(b)) => a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-3 * a.abs()),
            (a, b) => a.is_none() && b.is_none(),
        };
        a.is_localiser == b.is_localiser
            && a.modality == b.modality
            && a.pixel.is_like(&b.pixel)
            && same_direction
            && same_spacing
            && self.is_placed() == other.is_placed()
    }

    pub(super) fn is_placed(&self) -> bool {
        let geometry = self.geometry();
        geometry.position.is_some() && geometry.orientation.is_some() && geometry.spacing.is_some()
    }
}
