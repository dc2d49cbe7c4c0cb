//! How long the borders of a mask are.

use crate::Error;
use crate::error::check_length;
use crate::voxel_set::voxels_of;

/// Pairs of voxels that share a face and are marked differently: the length of a mask's borders in pixels of a picture,
/// their area in voxel faces of a volume. `mask` `[planes, rows, columns]`.
///
/// # Errors
/// [`Error::Length`] if the mask does not fit the shape.
pub fn border_faces(mask: &[u8], shape: [usize; 3]) -> Result<u64, Error> {
    check_length("the mask", mask.len(), voxels_of(shape))?;
    let [_, rows, columns] = shape;
    let different = |part: &[u8], step: usize| {
        let ahead = part.iter().skip(step);
        part.iter()
            .zip(ahead)
            .filter(|(here, there)| here != there)
            .count() as u64
    };
    let plane = (rows * columns).max(1);
    let along_columns: u64 = mask
        .chunks(columns.max(1))
        .map(|row| different(row, 1))
        .sum();
    let along_rows: u64 = mask
        .chunks(plane)
        .map(|plane| different(plane, columns))
        .sum();
    Ok(along_columns + along_rows + different(mask, plane))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::border_faces;

    #[test]
    fn a_box_has_its_surface_and_the_image_edge_is_none() {
        let shape = [4, 5, 6];
        let inside = |index: usize| {
            let (plane, row, column) = (index / 30, index / 6 % 5, index % 6);
            (1..3).contains(&plane) && (1..3).contains(&row) && (1..4).contains(&column)
        };
        let mask: Vec<u8> = (0..120).map(|index| u8::from(inside(index))).collect();
        // 2 x 2 x 3 voxels.
        assert_eq!(border_faces(&mask, shape).unwrap(), 2 * (4 + 6 + 6));
        assert_eq!(border_faces(&[1; 120], shape).unwrap(), 0);
        assert_eq!(border_faces(&[0, 1, 2, 2], [1, 2, 2]).unwrap(), 3);
        assert_eq!(border_faces(&[], [0, 0, 0]).unwrap(), 0);
        assert!(border_faces(&[0; 3], [1, 2, 2]).is_err());
    }
}
