#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::view::anatomy::tests::orientations;
use crate::view::picture::tests::picture;

fn info(affine: Option<anatomy::Affine>, shape: [usize; 3]) -> ImageInfo {
    ImageInfo {
        shape,
        affine,
        ..picture(1, 1).info
    }
}

const SHAPE: [usize; 3] = [5, 6, 7];

/// Where one pixel to the right, and one pixel down, leads in the patient.
fn steps(affine: &anatomy::Affine, pane: &Pane) -> [[f64; 3]; 2] {
    let at = |pixel| anatomy::position(affine, pane.slice_plane.voxel(SHAPE, 2, pixel));
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
                assert_eq!(edges.left, anatomy::opposite(right));
                assert_eq!(edges.top, anatomy::opposite(down));
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
        let directions = anatomy::orientation(&affine).unwrap();
        let mut values = vec![0_u32; side.pow(3)];
        for plane in 0..side {
            for row in 0..side {
                for column in 0..side {
                    let value: usize = directions
                        .iter()
                        .zip([1, 10, 100])
                        .map(|(direction, weight)| {
                            let at = direction.axis.of([column, row, plane]);
                            weight
                                * if direction.reversed {
                                    side - 1 - at
                                } else {
                                    at
                                }
                        })
                        .sum();
                    values[(plane * side + row) * side + column] = u32::try_from(value).unwrap();
                }
            }
        }
        let mut views = panes(&info(Some(affine), shape), Convention::Radiological);
        views.sort_by_key(|pane| pane.kind.title());
        let planes: Vec<Vec<u32>> = views
            .iter()
            .map(|pane| {
                // The third plane from the patient's left, back or feet.
                let direction = directions
                    .iter()
                    .find(|direction| direction.axis == pane.slice_plane.through)
                    .unwrap();
                let slice = if direction.reversed { side - 1 - 2 } else { 2 };
                pane.slice_plane.extract(&values, shape, slice)
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
                [
                    edge(pane.slice_plane.across.axis),
                    edge(pane.slice_plane.down.axis)
                ]
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
        assert_eq!(panes[0].slice_plane.through, Axis::Plane);
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
    assert_eq!(
        (panes[0].kind, panes[0].slice_plane),
        (Kind::Picture, SlicePlane::STORED)
    );
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
    assert!(single[0].slice_plane.across.reversed && single[0].slice_plane.down.reversed);
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
