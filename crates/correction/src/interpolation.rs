//! Shapes between drawn slices.

use uq::{BoundingBox, distance_to};

use crate::Error;
use crate::corrected_mask::CorrectedMask;
use crate::difference::joined;
use crate::history::StepKind;
use crate::plane::{Axis, Plane};

/// How deep every pixel of a slice lies in a shape: its distance to the border, half-way between pixels, positive inside and
/// negative outside. `shape` `[rows, columns]` of `size`, `spacing` between rows and columns. Infinite where the shape is
/// empty or fills the slice.
fn depth(shape: &[bool], size: [usize; 2], spacing: [f64; 2]) -> Result<Vec<f64>, Error> {
    let (size, spacing) = ([1, size[0], size[1]], [1.0, spacing[0], spacing[1]]);
    let outside: Vec<bool> = shape.iter().map(|inside| !inside).collect();
    let to_inside = distance_to(shape, size, spacing)?;
    let to_outside = distance_to(&outside, size, spacing)?;
    let half = spacing[1].min(spacing[2]) / 2.0;
    let pairs = to_inside.into_iter().zip(to_outside);
    let depth = pairs.zip(shape).map(|((inside, outside), is_inside)| {
        if *is_inside {
            outside - half
        } else {
            half - inside
        }
    });
    Ok(depth.collect())
}

/// The shapes on `count` slices between two, by linear interpolation of the signed distance to the border (shape-based
/// interpolation; Raya and Udupa, IEEE Transactions on Medical Imaging 9, 1990).
///
/// `first` and `last` `[rows, columns]` of `size`, `spacing` between rows and columns. Two equal shapes have that shape
/// between them; of one inside the other, so are all between.
///
/// # Errors
/// [`Error::Measure`] for a shape that does not fill the size, or a spacing that is no positive number.
pub fn shapes_between(
    first: &[bool],
    last: &[bool],
    size: [usize; 2],
    spacing: [f64; 2],
    count: usize,
) -> Result<Vec<Vec<bool>>, Error> {
    let (first, last) = (depth(first, size, spacing)?, depth(last, size, spacing)?);
    let shape = |number: usize| {
        let along = number as f64 / (count + 1) as f64;
        let pairs = first.iter().zip(&last);
        pairs
            .map(|(first, last)| (1.0 - along) * first + along * last > 0.0)
            .collect()
    };
    Ok((1..=count).map(shape).collect())
}

impl CorrectedMask {
    /// The slices along an axis on which voxels were made a class or taken from it, and which have the class now.
    #[must_use]
    pub fn drawn_slices(&self, class: u8, axis: Axis) -> Vec<usize> {
        let shape = self.shape();
        let [_, rows, columns] = shape;
        let slices = axis.of(shape);
        let (mut drawn, mut has) = (vec![false; slices], vec![false; slices]);
        let pairs = self.original().iter().zip(self.classes()).enumerate();
        for (index, (&was, &now)) in
            pairs.filter(|(_, (was, now))| **was == class || **now == class)
        {
            let line = index / columns.max(1);
            let slice = axis.of([
                line / rows.max(1),
                line % rows.max(1),
                index % columns.max(1),
            ]);
            if let (Some(drawn), Some(has)) = (drawn.get_mut(slice), has.get_mut(slice)) {
                *drawn |= was != now;
                *has |= now == class;
            }
        }
        let both = drawn.into_iter().zip(has).enumerate();
        both.filter(|(_, (drawn, has))| *drawn && *has)
            .map(|(slice, _)| slice)
            .collect()
    }

    /// Fills in the slices between those on which a class was drawn ([`CorrectedMask::drawn_slices`]), as one step: what
    /// lies in the shape between them is of the class, what was of it and does not is background. Other classes stay.
    ///
    /// `spacing` between planes, rows and columns.
    ///
    /// # Errors
    /// [`Error::NothingBetween`] where no slice lies between two drawn ones, [`Error::Measure`] for a spacing that is no
    /// positive number.
    pub fn interpolate(
        &mut self,
        class: u8,
        axis: Axis,
        spacing: [f64; 3],
    ) -> Result<Option<BoundingBox>, Error> {
        let drawn = self.drawn_slices(class, axis);
        let gaps: Vec<(usize, usize)> = drawn
            .windows(2)
            .filter_map(|pair| match pair {
                [first, last] if last - first > 1 => Some((*first, *last)),
                _ => None,
            })
            .collect();
        if gaps.is_empty() {
            return Err(Error::NothingBetween {
                class,
                slices: drawn.len(),
            });
        }
        let size = axis.others(self.shape());
        let spacing = axis.others(spacing);
        let mut found = Vec::new();
        for (first, last) in gaps {
            let (one, other) = (
                self.shape_on(class, axis, first),
                self.shape_on(class, axis, last),
            );
            let between = shapes_between(&one, &other, size, spacing, last - first - 1)?;
            found.extend((first + 1..last).zip(between));
        }
        self.begin(StepKind::Interpolate);
        let mut area = None;
        for (at, shape) in found {
            let plane = Plane { across: axis, at };
            for wanted in [true, false] {
                let mut runs = Vec::new();
                for (place, _) in shape
                    .iter()
                    .enumerate()
                    .filter(|(_, inside)| **inside == wanted)
                {
                    let (slow, fast) = (place / size[1].max(1), place % size[1].max(1));
                    plane.push(slow, fast, fast, &mut runs);
                }
                let changed = self.reassign(&runs, |now| match (now, wanted) {
                    (0, true) => Some(class),
                    (now, false) if now == class => Some(0),
                    _ => None,
                });
                area = joined(area, changed);
            }
        }
        self.end();
        Ok(area)
    }

    /// Where a slice is of a class.
    fn shape_on(&self, class: u8, axis: Axis, at: usize) -> Vec<bool> {
        let [_, rows, columns] = self.shape();
        let plane = Plane { across: axis, at };
        let [lines, length] = plane.size(self.shape());
        let places = (0..lines).flat_map(|slow| (0..length).map(move |fast| [slow, fast]));
        let of_class = places.map(|place| {
            let [plane, row, column] = plane.voxel(place);
            self.classes().get((plane * rows + row) * columns + column) == Some(&class)
        });
        of_class.collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::shapes_between;

    const SIZE: [usize; 2] = [9, 10];

    fn disc([row, column]: [f64; 2], radius: f64) -> Vec<bool> {
        (0..90)
            .map(|at| ((at / 10) as f64 - row).hypot((at % 10) as f64 - column) <= radius)
            .collect()
    }

    proptest! {
        #[test]
        fn between_equal_shapes_is_that_shape(shape in prop::collection::vec(any::<bool>(), 90), count in 1..4_usize) {
            let all = shape.contains(&true) && shape.contains(&false);
            prop_assume!(all);
            for between in shapes_between(&shape, &shape, SIZE, [1.0, 0.7], count).unwrap() {
                prop_assert_eq!(&between, &shape);
            }
        }

        #[test]
        fn between_one_inside_the_other_shapes_grow(radius in 1.0..2.5_f64, more in 0.0..2.5_f64, count in 1..5_usize) {
            let (small, large) = (disc([4.0, 5.0], radius), disc([4.0, 5.0], radius + more));
            let mut before = small.clone();
            for between in shapes_between(&small, &large, SIZE, [1.0, 1.0], count).unwrap() {
                prop_assert!(before.iter().zip(&between).all(|(one, other)| !one || *other));
                before = between;
            }
            prop_assert!(before.iter().zip(&large).all(|(one, other)| !one || *other));
        }
    }

    #[test]
    fn a_disc_half_way_has_the_mean_radius() {
        let between = shapes_between(
            &disc([4.0, 5.0], 1.2),
            &disc([4.0, 5.0], 3.2),
            SIZE,
            [1.0; 2],
            1,
        );
        let area = between.unwrap()[0].iter().filter(|inside| **inside).count();
        // Radius 2.2: 13 to 21 pixels.
        assert!((13..=21).contains(&area), "{area}");
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused() {
        assert!(shapes_between(&[true], &[true], SIZE, [1.0; 2], 1).is_err());
        assert!(shapes_between(&[true; 90], &[true; 90], SIZE, [0.0, 1.0], 1).is_err());
    }
}
