//! The class of every voxel.

/// The class with the largest value at every voxel, the first of equals; `values` `[classes, voxels]`.
///
/// ```
/// assert_eq!(evaluation::largest_class(&[0.2, 0.5, 0.8, 0.5], 2), [1, 0]);
/// ```
pub fn largest_class(values: &[f32], classes: usize) -> Vec<u8> {
    let voxels = values.len().checked_div(classes).unwrap_or(0);
    let mut best = vec![(0_u8, f32::NEG_INFINITY); voxels];
    for (class, values) in (0..=u8::MAX).zip(values.chunks(voxels.max(1))) {
        for (best, &value) in best.iter_mut().zip(values) {
            if value > best.1 {
                *best = (class, value);
            }
        }
    }
    best.into_iter().map(|(class, _)| class).collect()
}

#[cfg(test)]
mod tests {
    use super::largest_class;

    #[test]
    fn the_first_of_equal_classes_is_taken() {
        assert_eq!(largest_class(&[0.2, 0.5, 0.4, 0.8, 0.5, 0.4], 2), [1, 0, 0]);
    }
}
