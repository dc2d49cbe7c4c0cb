//! The part of an image where errors matter: near an object.

use crate::Error;
use crate::error::check_length;

/// How far the near region reaches beyond the objects, in voxels.
pub const NEAR_RADIUS: usize = 2;

/// The near region: voxels whose Euclidean distance, in voxels, to an object of the label or of the prediction is at
/// most [`NEAR_RADIUS`]; the objects themselves belong to it. An object is every class but 0.
///
/// Most voxels of a medical image are background that every model gets right, and metrics over all of them say little;
/// this region holds the borders, the missed and the invented objects. Distances are counted in voxels, not
/// millimetres, also where voxels are not cubes. Both arrays have `shape` planes, rows, columns (one plane in 2D).
///
/// # Errors
/// [`Error::Length`] if an array does not fit the shape.
pub fn near_mask(label: &[u8], prediction: &[u8], shape: [usize; 3]) -> Result<Vec<bool>, Error> {
    let voxels = shape
        .iter()
        .fold(1_usize, |product, &length| product.saturating_mul(length));
    check_length("the label", label.len(), voxels)?;
    check_length("the prediction", prediction.len(), voxels)?;
    let object: Vec<bool> = label
        .iter()
        .zip(prediction)
        .map(|(&truth, &predicted)| truth != 0 || predicted != 0)
        .collect();
    let mut near = object.clone();
    let ball = ball(NEAR_RADIUS);
    let [_, rows, columns] = shape;
    for index in 0..voxels {
        let place = [
            index / (rows * columns),
            index / columns % rows,
            index % columns,
        ];
        // The object voxel nearest to any voxel outside has a neighbour outside, so the border is enough.
        if object.get(index) == Some(&true) && on_border(&object, place, shape) {
            for neighbour in ball
                .iter()
                .filter_map(|&offset| shifted(place, offset, shape))
            {
                if let Some(voxel) = near.get_mut(neighbour) {
                    *voxel = true;
                }
            }
        }
    }
    Ok(near)
}

/// Offsets at most `radius` away.
fn ball(radius: usize) -> Vec<[isize; 3]> {
    let radius = radius as isize;
    let range = || -radius..=radius;
    range()
        .flat_map(|z| range().flat_map(move |y| range().map(move |x| [z, y, x])))
        .filter(|[z, y, x]| z * z + y * y + x * x <= radius * radius)
        .collect()
}

/// The index of the voxel at an offset, if it lies in the image.
fn shifted(place: [usize; 3], offset: [isize; 3], shape: [usize; 3]) -> Option<usize> {
    let mut index = 0;
    for ((place, offset), length) in place.into_iter().zip(offset).zip(shape) {
        let moved = place
            .checked_add_signed(offset)
            .filter(|&moved| moved < length)?;
        index = index * length + moved;
    }
    Some(index)
}

fn on_border(object: &[bool], place: [usize; 3], shape: [usize; 3]) -> bool {
    [
        [-1, 0, 0],
        [1, 0, 0],
        [0, -1, 0],
        [0, 1, 0],
        [0, 0, -1],
        [0, 0, 1],
    ]
    .into_iter()
    .filter_map(|offset| shifted(place, offset, shape))
    .any(|neighbour| object.get(neighbour) == Some(&false))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::near_mask;
    use crate::Error;

    #[test]
    fn one_voxel_grows_to_a_disc() {
        let mut label = [0_u8; 49];
        label[24] = 3;
        let near = near_mask(&label, &[0; 49], [1, 7, 7]).unwrap();
        let drawn: Vec<String> = near
            .chunks(7)
            .map(|row| {
                row.iter()
                    .map(|&voxel| if voxel { '#' } else { '.' })
                    .collect()
            })
            .collect();
        assert_eq!(
            drawn,
            [
                ".......", "...#...", "..###..", ".#####.", "..###..", "...#...", "......."
            ]
        );
    }

    #[test]
    fn it_grows_in_three_dimensions_and_stops_at_the_edge() {
        let mut prediction = [0_u8; 27];
        prediction[0] = 1;
        let near = near_mask(&[0; 27], &prediction, [3, 3, 3]).unwrap();
        let expected: Vec<bool> = (0..27)
            .map(|index: i32| (index / 9).pow(2) + (index / 3 % 3).pow(2) + (index % 3).pow(2) <= 4)
            .collect();
        assert_eq!(near, expected);
    }

    /// Against the definition, voxel by voxel.
    #[test]
    fn equals_the_definition_on_scattered_objects() {
        let (rows, columns) = (23, 31);
        let label: Vec<u8> = (0..rows * columns)
            .map(|index| u8::from(index * index % 37 == 1))
            .collect();
        let prediction: Vec<u8> = (0..rows * columns)
            .map(|index| u8::from((index / 5) % 29 == 7) * 2)
            .collect();
        let near = near_mask(&label, &prediction, [1, rows, columns]).unwrap();
        for (index, &found) in near.iter().enumerate() {
            let expected = (0..rows * columns).any(|other| {
                let down = (index / columns).abs_diff(other / columns);
                let along = (index % columns).abs_diff(other % columns);
                (label[other] != 0 || prediction[other] != 0) && down * down + along * along <= 4
            });
            assert_eq!(found, expected, "voxel {index}");
        }
    }

    #[test]
    fn nothing_is_near_nothing() {
        assert_eq!(near_mask(&[0; 6], &[0; 6], [1, 2, 3]).unwrap(), [false; 6]);
        assert_eq!(near_mask(&[], &[], [0, 2, 3]).unwrap(), [false; 0]);
        assert!(matches!(
            near_mask(&[0; 5], &[0; 6], [1, 2, 3]),
            Err(Error::Length { .. })
        ));
    }
}
