//! Which views an image has, and how each lies in the patient.
//!
//! A picture has one view. A volume has three, axial, coronal and sagittal, whatever the order in which its voxels are
//! stored; one whose place in the patient is not known is cut along its own axes, and then no side has a letter.

use imaging::GeometrySource;
use protocol::ImageInfo;

use super::anatomy::{self, Convention};
use super::slice_plane::{Axis, AxisDirection, SlicePlane};

/// What a view shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A picture as it is stored.
    Picture,
    /// Across the body.
    Axial,
    /// As seen from the front.
    Coronal,
    /// As seen from the side.
    Sagittal,
    /// Planes as they are stored, of a volume whose place in the patient is not known.
    Planes,
    /// Through the rows of such a volume.
    Rows,
    /// Through its columns.
    Columns,
}

impl Kind {
    /// Name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Picture => "Picture",
            Self::Axial => "Axial",
            Self::Coronal => "Coronal",
            Self::Sagittal => "Sagittal",
            Self::Planes => "Planes",
            Self::Rows => "Rows",
            Self::Columns => "Columns",
        }
    }
}

/// The patient's sides at the edges of a view, one letter each, more where the volume lies obliquely. A question mark
/// follows where the file itself does not say which side is which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edges {
    /// At the left edge.
    pub left: String,
    /// At the right edge.
    pub right: String,
    /// At the top edge.
    pub top: String,
    /// At the bottom edge.
    pub bottom: String,
}

/// A view.
#[derive(Debug, Clone, PartialEq)]
pub struct Pane {
    /// What it shows.
    pub kind: Kind,
    /// How its planes are cut out of the volume.
    pub slice_plane: SlicePlane,
    /// Width and height of a pixel; the shortest edge of the volume's voxels is 1.
    pub stretch: [f64; 2],
    /// The patient's sides, where they are known.
    pub edges: Option<Edges>,
}

/// The views of an image: the one through its stored planes first, because that is how it was taken.
#[must_use]
pub fn panes(info: &ImageInfo, convention: Convention) -> Vec<Pane> {
    let oriented = info
        .affine
        .as_ref()
        .and_then(|affine| Some((affine, anatomy::orientation(affine)?)));
    let kinds = match &oriented {
        Some((_, directions)) => anatomical(*directions, convention),
        None => stored(),
    };
    let stretch = stretch(info);
    let mark = if sides_assumed(info) { "?" } else { "" };
    let mut panes: Vec<Pane> = kinds
        .into_iter()
        .map(|(kind, slice_plane)| Pane {
            kind,
            slice_plane,
            stretch: [
                slice_plane.across.axis.of(stretch),
                slice_plane.down.axis.of(stretch),
            ],
            edges: oriented
                .as_ref()
                .map(|(affine, _)| edges(affine, slice_plane, mark)),
        })
        .collect();
    panes.sort_by_key(|pane| pane.slice_plane.through != Axis::Plane);
    // What is one voxel thin is a picture: the two other views would be a line each.
    let thin: Vec<bool> = panes
        .iter()
        .map(|pane| pane.slice_plane.slices(info.shape) == 1)
        .collect();
    if let Some(flat) = thin.iter().position(|thin| *thin) {
        panes = panes.into_iter().skip(flat).take(1).collect();
        if oriented.is_none() {
            panes.iter_mut().for_each(|pane| pane.kind = Kind::Picture);
        }
    }
    panes
}

/// Whether the file gives sizes of voxels only, so that its sides are a convention and may be the other way round.
#[must_use]
pub fn sides_assumed(info: &ImageInfo) -> bool {
    let source = info.geometry_source.as_deref();
    info.affine.is_some() && source == Some(GeometrySource::VoxelSizes.description().as_str())
}

/// The views along the patient's axes, from the directions in which right, anterior and superior lie.
fn anatomical(
    [right, anterior, superior]: [AxisDirection; 3],
    convention: Convention,
) -> [(Kind, SlicePlane); 3] {
    let back = |direction: AxisDirection| AxisDirection {
        reversed: !direction.reversed,
        ..direction
    };
    let across = match convention {
        Convention::Radiological => back(right),
        Convention::Neurological => right,
    };
    [
        (
            Kind::Axial,
            SlicePlane {
                through: superior.axis,
                across,
                down: back(anterior),
            },
        ),
        (
            Kind::Coronal,
            SlicePlane {
                through: anterior.axis,
                across,
                down: back(superior),
            },
        ),
        // The face to the left, in both conventions.
        (
            Kind::Sagittal,
            SlicePlane {
                through: right.axis,
                across: back(anterior),
                down: back(superior),
            },
        ),
    ]
}

fn stored() -> [(Kind, SlicePlane); 3] {
    let [column, row, plane] = Axis::ALL.map(AxisDirection::along);
    [
        (Kind::Planes, SlicePlane::STORED),
        (
            Kind::Rows,
            SlicePlane {
                through: Axis::Row,
                across: column,
                down: plane,
            },
        ),
        (
            Kind::Columns,
            SlicePlane {
                through: Axis::Column,
                across: row,
                down: plane,
            },
        ),
    ]
}

/// Edges of a voxel along column, row and plane, the shortest one 1. A spacing that is not a positive number counts as
/// the shortest.
fn stretch(info: &ImageInfo) -> [f64; 3] {
    let spacing = match (&info.affine, info.spacing) {
        (Some(affine), _) => anatomy::spacing(affine),
        (None, Some([plane, row, column])) => [column, row, plane],
        (None, None) => [1.0; 3],
    };
    let usable = |length: &f64| length.is_finite() && *length > 1e-9;
    let shortest = spacing
        .iter()
        .copied()
        .filter(usable)
        .fold(f64::INFINITY, f64::min);
    // A hundredfold is more than any scanner makes, and still something that can be looked at.
    spacing.map(|length| {
        if usable(&length) {
            (length / shortest).min(100.0)
        } else {
            1.0
        }
    })
}

fn edges(affine: &anatomy::Affine, slice_plane: SlicePlane, mark: &str) -> Edges {
    let right = anatomy::letters(affine, slice_plane.across);
    let bottom = anatomy::letters(affine, slice_plane.down);
    let marked = |letters: &str| format!("{letters}{mark}");
    Edges {
        left: marked(&anatomy::opposite(&right)),
        right: marked(&right),
        top: marked(&anatomy::opposite(&bottom)),
        bottom: marked(&bottom),
    }
}

#[cfg(test)]
mod tests;
