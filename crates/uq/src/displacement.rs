//! Whether labels lie beside what they label.

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::error::check_length;

/// A move of labels and the Dice that it gives.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Displacement {
    /// Planes, rows and columns that the labels are moved by.
    pub shift: [isize; 3],
    /// Mean Dice over the cases of all objects together against the moved labels, 0 to 1.
    pub dice: f64,
    /// The same against the labels as they are.
    pub unmoved: f64,
}

/// Mean Dice over cases for every move of the labels up to a reach, the same move for all of them: labels that were
/// drawn in another frame than the image's agree with a mask only once they are moved back.
///
/// The classes count as one: a voxel is an object's or background. What is moved out of the image is left out.
#[derive(Debug, Clone)]
pub struct DisplacementSearch {
    reach: [usize; 3],
    cases: usize,
    /// Sums of Dice, one for every move, planes first.
    sums: Vec<f64>,
}

impl DisplacementSearch {
    /// Moves by up to `reach` planes, rows and columns, either way.
    #[must_use]
    pub fn new(reach: [usize; 3]) -> Self {
        let moves = reach.iter().map(|reach| 2 * reach + 1).product();
        Self {
            reach,
            cases: 0,
            sums: vec![0.0; moves],
        }
    }

    /// Adds a case: class ids `[planes, rows, columns]` of the mask and of the labels.
    ///
    /// # Errors
    /// [`Error::Length`] where an array does not have `shape`.
    pub fn add(&mut self, mask: &[u8], labels: &[u8], shape: [usize; 3]) -> Result<(), Error> {
        let voxels = shape.iter().product();
        check_length("the mask", mask.len(), voxels)?;
        check_length("the labels", labels.len(), voxels)?;
        let [planes, rows, columns] = shape;
        let in_mask = mask.iter().filter(|&&class| class != 0).count() as f64;
        // Of every move: voxels of the labels that stay in the image, and those that meet the mask.
        let mut counts = vec![(0_u32, 0_u32); self.sums.len()];
        let objects = labels.iter().enumerate().filter(|&(_, &class)| class != 0);
        for (index, _) in objects {
            let place = [
                index / (rows * columns),
                index / columns % rows,
                index % columns,
            ];
            let mut counts = counts.iter_mut();
            for plane in moved(place[0], self.reach[0], planes) {
                for row in moved(place[1], self.reach[1], rows) {
                    for (column, count) in
                        moved(place[2], self.reach[2], columns).zip(counts.by_ref())
                    {
                        let (Some(plane), Some(row), Some(column)) = (plane, row, column) else {
                            continue;
                        };
                        let met = mask.get((plane * rows + row) * columns + column);
                        count.0 += 1;
                        count.1 += u32::from(met.is_some_and(|&class| class != 0));
                    }
                }
            }
        }
        for (sum, (kept, shared)) in self.sums.iter_mut().zip(counts) {
            let both = in_mask + f64::from(kept);
            *sum += if both > 0.0 {
                2.0 * f64::from(shared) / both
            } else {
                1.0
            };
        }
        self.cases += 1;
        Ok(())
    }

    /// The move with the largest Dice, the shortest of equals; none without cases.
    #[must_use]
    pub fn best(&self) -> Option<Displacement> {
        // No move at all lies in the middle of all moves.
        let unmoved = self.sums.get(self.sums.len() / 2)? / self.cases as f64;
        let all = self.sums.iter().enumerate().map(|(index, sum)| {
            let [_, rows, columns] = self.reach.map(|reach| 2 * reach + 1);
            let places = [
                index / (rows * columns),
                index / columns % rows,
                index % columns,
            ];
            let mut shift = [0; 3];
            for ((shift, place), reach) in shift.iter_mut().zip(places).zip(self.reach) {
                *shift = place as isize - reach as isize;
            }
            Displacement {
                shift,
                dice: sum / self.cases as f64,
                unmoved,
            }
        });
        let length = |found: &Displacement| found.shift.iter().map(|by| by * by).sum::<isize>();
        all.filter(|_| self.cases > 0).reduce(|best, other| {
            let order = other.dice.total_cmp(&best.dice);
            if order
                .then_with(|| length(&best).cmp(&length(&other)))
                .is_gt()
            {
                other
            } else {
                best
            }
        })
    }
}

/// Where a place comes to lie by every move; none outside.
fn moved(place: usize, reach: usize, size: usize) -> impl Iterator<Item = Option<usize>> {
    (0..=2 * reach).map(move |by| {
        (place + by)
            .checked_sub(reach)
            .filter(|&place| place < size)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::DisplacementSearch;
    use crate::Error;
    use crate::dice_per_class;

    /// A box of ones.
    fn block(shape: [usize; 3], from: [usize; 3], size: [usize; 3]) -> Vec<u8> {
        let inside =
            |place: usize, axis: usize| (from[axis]..from[axis] + size[axis]).contains(&place);
        let mut values = Vec::new();
        for plane in 0..shape[0] {
            for row in 0..shape[1] {
                for column in 0..shape[2] {
                    let all = inside(plane, 0) && inside(row, 1) && inside(column, 2);
                    values.push(u8::from(all));
                }
            }
        }
        values
    }

    #[test]
    fn moved_labels_are_found_and_the_move_is_theirs() {
        let shape = [3, 12, 16];
        let mask = block(shape, [1, 4, 9], [1, 3, 4]);
        let labels = block(shape, [0, 6, 4], [1, 3, 4]);
        let mut search = DisplacementSearch::new([1, 3, 6]);
        search.add(&mask, &labels, shape).unwrap();
        let best = search.best().unwrap();
        assert_eq!((best.shift, best.dice), ([1, -2, 5], 1.0));
        assert_eq!(best.unmoved, 0.0);
    }

    #[test]
    fn where_nothing_is_gained_nothing_is_moved() {
        let shape = [1, 9, 9];
        let mask = block(shape, [0, 3, 3], [1, 3, 3]);
        let labels = block(shape, [0, 3, 3], [1, 3, 2]);
        let mut search = DisplacementSearch::new([0, 2, 2]);
        assert_eq!(search.best(), None);
        search.add(&mask, &labels, shape).unwrap();
        let best = search.best().unwrap();
        assert_eq!(best.shift, [0, 0, 0]);
        let dice = dice_per_class(&mask, &labels, 2).unwrap();
        assert!((best.dice - dice[1]).abs() < 1e-12);
        assert!((best.unmoved - best.dice).abs() < 1e-12);
    }

    #[test]
    fn one_move_serves_all_cases() {
        let shape = [1, 1, 12];
        let mut search = DisplacementSearch::new([0, 0, 4]);
        // Two cases ask for a move by 2, one for a move by -1.
        for (mask, labels) in [(5, 3), (6, 4), (4, 5)] {
            let block = |from| block(shape, [0, 0, from], [1, 1, 3]);
            search.add(&block(mask), &block(labels), shape).unwrap();
        }
        let best = search.best().unwrap();
        assert_eq!(best.shift, [0, 0, 2]);
        assert!((best.dice - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn what_leaves_the_image_is_left_out_and_empty_cases_agree() {
        let shape = [1, 1, 4];
        let mut search = DisplacementSearch::new([0, 0, 2]);
        search.add(&[0, 0, 0, 1], &[0, 1, 1, 0], shape).unwrap();
        // Moved by 2, one of the two voxels is left, on the mask.
        assert_eq!(search.best().unwrap().shift, [0, 0, 2]);
        assert!((search.best().unwrap().dice - 1.0).abs() < 1e-12);
        let mut search = DisplacementSearch::new([0, 0, 2]);
        search.add(&[0; 4], &[0; 4], shape).unwrap();
        assert_eq!(search.best().unwrap().shift, [0, 0, 0]);
        let error = search.add(&[0; 3], &[0; 4], shape).unwrap_err();
        assert!(matches!(error, Error::Length { .. }));
    }
}
