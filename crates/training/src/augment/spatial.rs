//! Where the voxels of a patch come from on the image: shift, flip, rotation, scale.
//!
//! Axes are planes, rows, columns; a picture has one plane. Positions are voxel indices, so that voxel centres are whole
//! numbers.

/// An affine map from the voxels of a patch to places on the image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PatchTransform {
    patch: [usize; 3],
    /// Where the patch's centre lies on the image.
    centre: [f64; 3],
    /// From offsets on the patch to offsets on the image, row by row.
    matrix: [[f64; 3]; 3],
}

impl PatchTransform {
    /// A patch whose first voxel is the image's voxel `start`, which may lie outside.
    pub fn new(start: [isize; 3], patch: [usize; 3]) -> Self {
        let mut centre = [0.0; 3];
        for axis in 0..3 {
            centre[axis] = start[axis] as f64 + (patch[axis] as f64 - 1.0) / 2.0;
        }
        Self {
            patch,
            centre,
            matrix: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        }
    }

    /// Reverses an axis of the patch.
    pub fn flip(&mut self, axis: usize) {
        for row in &mut self.matrix {
            row[axis] = -row[axis];
        }
    }

    /// Turns the patch about an axis: 0 within the plane.
    pub fn rotate(&mut self, axis: usize, angle: f64) {
        let (sine, cosine) = angle.sin_cos();
        let (first, second) = ((axis + 1) % 3, (axis + 2) % 3);
        for row in &mut self.matrix {
            let (one, two) = (row[first], row[second]);
            row[first] = one * cosine + two * sine;
            row[second] = two * cosine - one * sine;
        }
    }

    /// Shows things `factor` times as large. A picture's one plane stays.
    pub fn enlarge(&mut self, factor: f64) {
        for row in &mut self.matrix {
            for value in row {
                *value /= factor;
            }
        }
    }

    /// Calls `visit` with the place on the image of every voxel of the patch, last axis fastest.
    fn for_each(&self, mut visit: impl FnMut([f64; 3])) {
        let [planes, rows, columns] = self.patch;
        let half = self.patch.map(|length| (length as f64 - 1.0) / 2.0);
        for plane in 0..planes {
            for row in 0..rows {
                let (down, along) = (plane as f64 - half[0], row as f64 - half[1]);
                let mut begin = self.centre;
                for (place, matrix) in begin.iter_mut().zip(&self.matrix) {
                    *place += matrix[0] * down + matrix[1] * along;
                }
                for column in 0..columns {
                    let right = column as f64 - half[2];
                    let mut place = begin;
                    for (place, matrix) in place.iter_mut().zip(&self.matrix) {
                        *place += matrix[2] * right;
                    }
                    visit(place);
                }
            }
        }
    }
}

/// Adds the patch's values of one channel, linear between voxels; 0, the mean of a normalised image, outside.
pub fn resample_values(
    values: &[f32],
    size: [usize; 3],
    transform: &PatchTransform,
    output: &mut Vec<f32>,
) {
    transform.for_each(|place| output.push(linear(values, size, place)));
}

/// Adds the patch's labels, nearest voxel; background outside.
pub fn resample_labels(
    labels: &[u8],
    size: [usize; 3],
    transform: &PatchTransform,
    output: &mut Vec<u8>,
) {
    transform.for_each(|place| {
        let nearest = place.map(|position| position.round() as isize);
        output.push(
            index(size, nearest)
                .and_then(|at| labels.get(at).copied())
                .unwrap_or(0),
        );
    });
}

/// Index of a voxel that lies in the image.
fn index(size: [usize; 3], place: [isize; 3]) -> Option<usize> {
    let mut index = 0;
    for (position, length) in place.into_iter().zip(size) {
        let position = usize::try_from(position)
            .ok()
            .filter(|&position| position < length)?;
        index = index * length + position;
    }
    Some(index)
}

fn linear(values: &[f32], size: [usize; 3], place: [f64; 3]) -> f32 {
    let low = place.map(f64::floor);
    let mut share = [0.0_f32; 3];
    for axis in 0..3 {
        share[axis] = (place[axis] - low[axis]) as f32;
    }
    let low = low.map(|position| position as isize);
    let mut sum = 0.0;
    for corner in 0..8_usize {
        let (mut weight, mut at) = (1.0, low);
        for axis in 0..3 {
            let upper = corner >> axis & 1 == 1;
            weight *= if upper {
                share[axis]
            } else {
                1.0 - share[axis]
            };
            at[axis] += isize::from(upper);
        }
        if weight != 0.0
            && let Some(&value) = index(size, at).and_then(|at| values.get(at))
        {
            sum += weight * value;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::{PatchTransform, resample_labels, resample_values};

    const SIZE: [usize; 3] = [2, 3, 4];

    fn image() -> Vec<f32> {
        (0..24).map(|voxel| voxel as f32 * 1.25 - 3.0).collect()
    }

    fn patch(transform: &PatchTransform) -> Vec<f32> {
        let mut values = Vec::new();
        resample_values(&image(), SIZE, transform, &mut values);
        values
    }

    #[test]
    fn a_shifted_patch_is_a_copy_with_zeros_outside() {
        let values = patch(&PatchTransform::new([0, -1, 2], [1, 2, 4]));
        assert_eq!(
            values,
            [0.0, 0.0, 0.0, 0.0, image()[2], image()[3], 0.0, 0.0]
        );
    }

    #[test]
    fn a_flip_reverses_its_axis_and_two_flips_change_nothing() {
        for axis in 0..3 {
            let mut transform = PatchTransform::new([0; 3], SIZE);
            transform.flip(axis);
            let flipped = patch(&transform);
            assert_ne!(flipped, image());
            for (voxel, value) in image().into_iter().enumerate() {
                let mut at = [voxel / 12, voxel / 4 % 3, voxel % 4];
                at[axis] = SIZE[axis] - 1 - at[axis];
                assert_eq!(flipped[(at[0] * 3 + at[1]) * 4 + at[2]], value);
            }
            transform.flip(axis);
            assert_eq!(patch(&transform), image());
        }
    }

    #[test]
    fn a_quarter_turn_moves_rows_to_columns() {
        let size = [1, 3, 3];
        let labels = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        let mut transform = PatchTransform::new([0; 3], size);
        transform.rotate(0, std::f64::consts::FRAC_PI_2);
        let mut turned = Vec::new();
        resample_labels(&labels, size, &transform, &mut turned);
        assert!(turned == [3, 6, 9, 2, 5, 8, 1, 4, 7] || turned == [7, 4, 1, 8, 5, 2, 9, 6, 3]);
        // Three further quarters lead back.
        for _ in 0..3 {
            transform.rotate(0, std::f64::consts::FRAC_PI_2);
        }
        let mut whole = Vec::new();
        resample_labels(&labels, size, &transform, &mut whole);
        assert_eq!(whole, labels);
    }

    #[test]
    fn an_enlargement_spreads_a_linear_ramp() {
        let ramp = (0..16).map(|voxel| (voxel % 4) as f32).collect::<Vec<_>>();
        let mut transform = PatchTransform::new([0; 3], [1, 4, 4]);
        transform.enlarge(2.0);
        let mut values = Vec::new();
        resample_values(&ramp, [1, 4, 4], &transform, &mut values);
        assert_eq!(values[..4], [0.75, 1.25, 1.75, 2.25]);
    }
}
