//! Which views an image has, and how each lies in the patient.
//!
//! A picture has one view. A volume has three, axial, coronal and sagittal, whatever the order in which its voxels are
//! stored; one whose place in the patient is not known is cut along its own axes, and then no side has a letter.

use imaging::GeometrySource;
use protocol::ImageInfo;

use crate::cut::{Axis, Cut, Way};
use crate::patient::{self, Convention};

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
    pub cut: Cut,
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
        .and_then(|affine| Some((affine, patient::orientation(affine)?)));
    let kinds = match &oriented {
        Some((_, ways)) => anatomical(*ways, convention),
        None => stored(),
    };
    let stretch = stretch(info);
    let mark = if sides_assumed(info) { "?" } else { "" };
    let mut panes: Vec<Pane> = kinds
        .into_iter()
        .map(|(kind, cut)| Pane {
            kind,
            cut,
            stretch: [cut.across.axis.of(stretch), cut.down.axis.of(stretch)],
            edges: oriented
                .as_ref()
                .map(|(affine, _)| edges(affine, cut, mark)),
        })
        .collect();
    panes.sort_by_key(|pane| pane.cut.through != Axis::Plane);
    // What is one voxel thin is a picture: the two other views would be a line each.
    let thin: Vec<bool> = panes
        .iter()
        .map(|pane| pane.cut.slices(info.shape) == 1)
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

/// Patient's right, anterior and superior as voxel axes; the way against one of them is the way back.
fn anatomical([right, anterior, superior]: [Way; 3], convention: Convention) -> [(Kind, Cut); 3] {
    let back = |way: Way| Way {
        reversed: !way.reversed,
        ..way
    };
    let across = match convention {
        Convention::Radiological => back(right),
        Convention::Neurological => right,
    };
    [
        (
            Kind::Axial,
            Cut {
                through: superior.axis,
                across,
                down: back(anterior),
            },
        ),
        (
            Kind::Coronal,
            Cut {
                through: anterior.axis,
                across,
                down: back(superior),
            },
        ),
        // The face to the left, in both conventions.
        (
            Kind::Sagittal,
            Cut {
                through: right.axis,
                across: back(anterior),
                down: back(superior),
            },
        ),
    ]
}

fn stored() -> [(Kind, Cut); 3] {
    let [column, row, plane] = Axis::ALL.map(Way::along);
    [
        (Kind::Planes, Cut::STORED),
        (
            Kind::Rows,
            Cut {
                through: Axis::Row,
                across: column,
                down: plane,
            },
        ),
        (
            Kind::Columns,
            Cut {
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
        (Some(affine), _) => patient::spacing(affine),
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

fn edges(affine: &patient::Affine, cut: Cut, mark: &str) -> Edges {
    let right = patient::letters(affine, cut.across);
    let bottom = patient::letters(affine, cut.down);
    let marked = |letters: &str| format!("{letters}{mark}");
    Edges {
        left: marked(&patient::opposite(&right)),
        right: marked(&right),
        top: marked(&patient::opposite(&bottom)),
        bottom: marked(&bottom),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::patient::tests::orientations;
    use crate::picture::tests::picture;

    fn info(affine: Option<patient::Affine>, shape: [usize; 3]) -> ImageInfo {
        ImageInfo {
            shape,
            affine,
            ..picture(1, 1).info
        }
    }

    const SHAPE: [usize; 3] = [5, 6, 7];

    /// Where one pixel to the right, and one pixel down, leads in the patient.
    fn steps(affine: &patient::Affine, pane: &Pane) -> [[f64; 3]; 2] {
        let at = |pixel| patient::position(affine, pane.cut.voxel(SHAPE, 2, pixel));
        let (from, right, down) = (at([2, 2]), at([2, 3]), at([3, 2]));
        [right, down].map(|to| [0, 1, 2].map(|part| to[part] - from[part]))
    }

    fn letter(step: [f64; 3]) -> &'static str {
        let sides = [["L", "R"], ["P", "A"], ["I", "S"]];
        let found: Vec<&str> = (0..3)
            .filter(|part| step[*part] != 0.0)
            .map(|part| sides[part][usize::from(step[part] > 0.0)])
            .collect();
        assert_eq!(found.len(), 1, "{step:?}");
        found[0]
    }

    #[test]
    fn left_is_never_right_by_accident() {
        for affine in orientations() {
            for convention in [Convention::Radiological, Convention::Neurological] {
                let panes = panes(&info(Some(affine), SHAPE), convention);
                let kinds: Vec<Kind> = panes.iter().map(|pane| pane.kind).collect();
                for kind in [Kind::Axial, Kind::Coronal, Kind::Sagittal] {
                    assert!(kinds.contains(&kind), "{kinds:?}");
                }
                for pane in &panes {
                    let [right, down] = steps(&affine, pane).map(letter);
                    let edges = pane.edges.as_ref().unwrap();
                    assert_eq!((edges.right.as_str(), edges.bottom.as_str()), (right, down));
                    assert_eq!(edges.left, patient::opposite(right));
                    assert_eq!(edges.top, patient::opposite(down));
                    let side = if convention == Convention::Radiological {
                        "L"
                    } else {
                        "R"
                    };
                    let expected = match pane.kind {
                        Kind::Axial => (side, "P"),
                        Kind::Coronal => (side, "I"),
                        _ => ("P", "I"),
                    };
                    assert_eq!((right, down), expected, "{:?} of {affine:?}", pane.kind);
                }
            }
        }
    }

    #[test]
    fn one_patient_looks_the_same_in_all_48_orientations() {
        // The value of a voxel tells where it lies: 1 for each step to the right, 10 anterior, 100 superior.
        let side = 4_usize;
        let shape = [side; 3];
        let mut seen: Option<Vec<Vec<u32>>> = None;
        for affine in orientations() {
            let ways = patient::orientation(&affine).unwrap();
            let mut values = vec![0_u32; side.pow(3)];
            for plane in 0..side {
                for row in 0..side {
                    for column in 0..side {
                        let value: usize = ways
                            .iter()
                            .zip([1, 10, 100])
                            .map(|(way, weight)| {
                                let at = way.axis.of([column, row, plane]);
                                weight * if way.reversed { side - 1 - at } else { at }
                            })
                            .sum();
                        values[(plane * side + row) * side + column] =
                            u32::try_from(value).unwrap();
                    }
                }
            }
            let mut views = panes(&info(Some(affine), shape), Convention::Radiological);
            views.sort_by_key(|pane| pane.kind.title());
            let planes: Vec<Vec<u32>> = views
                .iter()
                .map(|pane| {
                    // The third plane from the patient's left, back or feet.
                    let way = ways
                        .iter()
                        .find(|way| way.axis == pane.cut.through)
                        .unwrap();
                    let slice = if way.reversed { side - 1 - 2 } else { 2 };
                    pane.cut.extract(&values, shape, slice)
                })
                .collect();
            assert_eq!(&planes, seen.get_or_insert_with(|| planes.clone()));
        }
        let axial = &seen.unwrap()[0];
        // Top left of an axial view is the right anterior corner, top right the left anterior one.
        assert_eq!((axial[0], axial[3], axial[12]), (233, 230, 203));
    }

    #[test]
    fn pixels_have_the_shape_of_their_voxels() {
        for affine in orientations() {
            for pane in panes(&info(Some(affine), SHAPE), Convention::Radiological) {
                let edge = |axis: Axis| axis.of([1.0, 1.5, 2.0]);
                assert_eq!(
                    pane.stretch,
                    [edge(pane.cut.across.axis), edge(pane.cut.down.axis)]
                );
            }
        }
        let stack = ImageInfo {
            spacing: Some([3.0, 0.5, 1.0]),
            ..info(None, SHAPE)
        };
        let panes = panes(&stack, Convention::Radiological);
        assert_eq!(panes[0].stretch, [2.0, 1.0]);
        assert_eq!(panes[1].stretch, [2.0, 6.0]);
        assert!(panes.iter().all(|pane| pane.edges.is_none()));
    }

    #[test]
    fn the_view_through_the_stored_planes_comes_first() {
        for affine in orientations() {
            let panes = panes(&info(Some(affine), SHAPE), Convention::Radiological);
            assert_eq!(panes[0].cut.through, Axis::Plane);
        }
        let kinds = panes(&info(None, SHAPE), Convention::Radiological);
        assert_eq!(
            kinds.iter().map(|pane| pane.kind).collect::<Vec<_>>(),
            [Kind::Planes, Kind::Rows, Kind::Columns]
        );
    }

    #[test]
    fn a_picture_has_one_view_as_it_is_stored() {
        let panes = panes(&info(None, [1, 2, 3]), Convention::Radiological);
        assert_eq!(panes.len(), 1);
        assert_eq!((panes[0].kind, panes[0].cut), (Kind::Picture, Cut::STORED));
    }

    #[test]
    fn a_single_slice_of_a_patient_still_lies_as_the_patient_does() {
        // Rows run from left to right and from posterior to anterior: stored upside down and the other way round.
        let affine = [
            [1.0, 0.0, 0.0, 0.0],
            [0.0, 1.0, 0.0, 0.0],
            [0.0, 0.0, 1.0, 0.0],
            [0.0, 0.0, 0.0, 1.0],
        ];
        let single = panes(&info(Some(affine), [1, 6, 7]), Convention::Radiological);
        assert_eq!(single.len(), 1);
        assert_eq!(single[0].kind, Kind::Axial);
        assert_eq!(single[0].edges.as_ref().unwrap().left, "R");
        assert!(single[0].cut.across.reversed && single[0].cut.down.reversed);
        let column = panes(&info(Some(affine), [5, 6, 1]), Convention::Radiological);
        assert_eq!(
            column.iter().map(|pane| pane.kind).collect::<Vec<_>>(),
            [Kind::Sagittal]
        );
    }

    #[test]
    fn sides_that_the_file_does_not_tell_are_questioned() {
        let affine = orientations()[0];
        let mut scan = info(Some(affine), SHAPE);
        scan.geometry_source = Some(GeometrySource::VoxelSizes.description());
        let axial = &panes(&scan, Convention::Radiological)[0];
        assert_eq!(axial.edges.as_ref().unwrap().left, "R?");
        scan.geometry_source = Some(GeometrySource::Dicom.description());
        let axial = &panes(&scan, Convention::Radiological)[0];
        assert_eq!(axial.edges.as_ref().unwrap().left, "R");
    }

    #[test]
    fn an_affine_that_says_nothing_is_not_believed() {
        let panes = panes(&info(Some([[0.0; 4]; 4]), SHAPE), Convention::Radiological);
        assert_eq!(panes[0].kind, Kind::Planes);
        assert_eq!(panes[0].stretch, [1.0; 2]);
        assert_eq!(panes[0].edges, None);
    }
}
