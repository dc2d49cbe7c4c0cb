//! From class scores to class identifiers.

/// The class with the largest score at every voxel, the first of equal ones.
///
/// `scores` `[batch, classes, voxels]`, logits or probabilities alike, to identifiers `[batch, voxels]`; an image alone
/// is a batch of one. A sample that is not complete is left out. A score that is not a number is never the largest,
/// unless it is that of class 0. Identifiers are bytes, so classes from the 257th on are not looked at.
#[must_use]
pub fn argmax(scores: &[f32], classes: usize, voxels: usize) -> Vec<u8> {
    if classes == 0 || voxels == 0 {
        return Vec::new();
    }
    let mut labels = Vec::with_capacity(scores.len() / classes);
    for sample in scores.chunks_exact(classes.saturating_mul(voxels)) {
        let mut of_classes = sample.chunks_exact(voxels);
        let Some(first) = of_classes.next() else {
            continue;
        };
        let mut best: Vec<(u8, f32)> = first.iter().map(|&score| (0, score)).collect();
        for (class, scores) in (1..=u8::MAX).zip(of_classes) {
            for (best, &score) in best.iter_mut().zip(scores) {
                if score > best.1 {
                    *best = (class, score);
                }
            }
        }
        labels.extend(best.into_iter().map(|(class, _)| class));
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::argmax;

    #[test]
    fn the_largest_class_of_every_voxel_and_sample() {
        let logits = [
            0.0, 5.0, 1.0, 2.0, 3.0, 0.0, -1.0, 4.0, /* */ 9.0, 1.0, 8.0, 2.0, 7.0, 3.0, 6.0,
            4.0,
        ];
        assert_eq!(argmax(&logits, 4, 2), [2, 0, 0, 3]);
    }

    #[test]
    fn the_first_of_equal_classes_is_taken() {
        assert_eq!(argmax(&[0.2, 0.5, 0.4, 0.8, 0.5, 0.4], 2, 3), [1, 0, 0]);
        assert_eq!(argmax(&[f32::NEG_INFINITY; 4], 2, 2), [0, 0]);
    }

    #[test]
    fn what_is_not_a_number_does_not_win() {
        let nan = f32::NAN;
        assert_eq!(argmax(&[0.0, nan, nan, 1.0], 2, 2), [0, 0]);
    }

    #[test]
    fn nothing_has_no_class() {
        assert!(argmax(&[], 3, 4).is_empty());
        assert!(argmax(&[1.0], 0, 4).is_empty());
        assert!(argmax(&[1.0], 4, 0).is_empty());
        assert!(argmax(&[1.0; 7], 2, 4).is_empty());
    }

    #[test]
    fn every_identifier_of_a_byte_is_reached() {
        let mut scores = [0.0; 300];
        scores[255] = 1.0;
        assert_eq!(argmax(&scores, 300, 1), [255]);
        scores[256] = 2.0;
        assert_eq!(argmax(&scores, 300, 1), [255]);
    }
}
