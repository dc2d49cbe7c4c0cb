//! True labels on the grid of an image.

use imaging::geometry::labels_to_grid;
use imaging::{Grid, Labels, Volume};

use crate::Error;
use crate::text::size_text;

/// Stands for "outside of the labels": no model has so many classes.
const OUTSIDE: u8 = u8::MAX;

/// Labels on an image's own grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchedLabels {
    /// Class identifiers, `[planes, rows, columns]` of the image.
    pub ids: Vec<u8>,
    /// What was done to bring them there, one sentence; none where they lay there already.
    pub note: Option<String>,
}

/// Brings labels to an image's grid.
///
/// Where both say where they lie and lie differently, every voxel of the image takes the nearest label through the
/// patient's coordinates, background outside of the labels. Where one of them says nothing, equal sizes are taken for
/// equal grids. The image's voxels are not looked at.
///
/// # Errors
/// [`Error::LabelShape`] where the sizes differ and nothing says where the voxels lie, [`Error::LabelPlace`] where the two
/// have nothing in common.
pub fn match_labels(volume: &Volume, labels: Labels) -> Result<MatchedLabels, Error> {
    let Labels {
        shape,
        ids,
        geometry,
    } = labels;
    let of_labels = match geometry.affine {
        Some(affine) => Some(Grid::new(shape, affine)?),
        None => None,
    };
    let (Some(from), Some(to)) = (of_labels, volume.grid()?) else {
        if shape != volume.shape {
            return Err(Error::LabelShape {
                found: size_text(shape),
                expected: size_text(volume.shape),
            });
        }
        return Ok(MatchedLabels { ids, note: None });
    };
    if from.is_close_to(&to) {
        return Ok(MatchedLabels { ids, note: None });
    }
    let mut brought = labels_to_grid(&ids, &from, &to, OUTSIDE)?;
    let mut inside = 0;
    for id in &mut brought {
        if *id == OUTSIDE {
            *id = 0;
        } else {
            inside += 1;
        }
    }
    if inside == 0 {
        return Err(Error::LabelPlace);
    }
    let covered = 100.0 * f64::from(inside) / brought.len().max(1) as f64;
    Ok(MatchedLabels {
        ids: brought,
        note: Some(format!(
            "The labels lie on another grid ({}), so every voxel was given the nearest label; {covered:.0} % of the image is covered by it.",
            size_text(shape)
        )),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use imaging::geometry::{AxisCodes, Reorientation};
    use imaging::{Geometry, Grid, Labels, Volume};

    use super::match_labels;
    use crate::Error;
    use crate::test_support::volume;

    fn image(shape: [usize; 3], grid: Option<Grid>) -> Volume {
        let mut image = volume(shape, |_| 0.0);
        image.geometry.affine = grid.map(|grid| grid.affine());
        image
    }

    fn labels(shape: [usize; 3], grid: Option<&Grid>) -> Labels {
        Labels {
            shape,
            ids: (0..shape.iter().product())
                .map(|voxel: usize| (voxel % 3) as u8)
                .collect(),
            geometry: Geometry {
                affine: grid.map(Grid::affine),
                ..Geometry::default()
            },
        }
    }

    #[test]
    fn labels_of_the_same_grid_are_taken_as_they_are() {
        let shape = [3, 4, 5];
        let grid = Grid::axis_aligned(shape, [2.0, 1.0, 1.0]).unwrap();
        for (of_image, of_labels) in [(Some(grid), Some(&grid)), (None, Some(&grid)), (None, None)]
        {
            let given = labels(shape, of_labels);
            let matched = match_labels(&image(shape, of_image), given.clone()).unwrap();
            assert_eq!((matched.ids, matched.note), (given.ids, None));
        }
    }

    #[test]
    fn labels_that_lie_otherwise_are_brought_over_and_that_is_said() {
        let shape = [3, 4, 5];
        let grid = Grid::axis_aligned(shape, [2.0, 1.0, 1.0]).unwrap();
        let turn = Reorientation::to(&grid, AxisCodes::LPS);
        let given = labels(shape, Some(&grid));
        let turned = Labels {
            shape: turn.to_grid().shape(),
            ids: turn.apply(&given.ids).unwrap(),
            geometry: Geometry {
                affine: Some(turn.to_grid().affine()),
                ..Geometry::default()
            },
        };
        let matched = match_labels(&image(shape, Some(grid)), turned).unwrap();
        assert_eq!(matched.ids, given.ids);
        assert!(matched.note.unwrap().contains("100 %"));
    }

    #[test]
    fn labels_that_cannot_belong_to_the_image_are_refused() {
        let grid = Grid::axis_aligned([3, 4, 5], [1.0; 3]).unwrap();
        let other = image([3, 4, 6], None);
        let text = match_labels(&other, labels([3, 4, 5], Some(&grid)))
            .unwrap_err()
            .to_string();
        assert!(
            text.contains("5 x 4 x 3 voxels") && text.contains("6 x 4 x 3 voxels"),
            "{text}"
        );

        let mut affine = grid.affine();
        affine[0][3] = 500.0;
        let far = Grid::new([3, 4, 5], affine).unwrap();
        let error = match_labels(&image([3, 4, 5], Some(far)), labels([3, 4, 5], Some(&grid)));
        assert!(matches!(error, Err(Error::LabelPlace)));
    }
}
