//! Filling an area, and what is done to a class as a whole: pieces, holes, a level of its probability.

use uq::{BoundingBox, Run, VoxelSet, connected_pieces};

use crate::Error;
use crate::corrected_mask::CorrectedMask;
use crate::flood::flood;
use crate::history::StepKind;
use crate::plane::Plane;

/// The background, which what is removed becomes.
const BACKGROUND: u8 = 0;

impl CorrectedMask {
    /// Fills the area of one class that a voxel (plane, row, column) belongs to, connected across faces: on a plane, or in
    /// all directions without one.
    pub fn fill(
        &mut self,
        from: [usize; 3],
        plane: Option<Plane>,
        class: u8,
    ) -> Option<BoundingBox> {
        let shape = self.shape();
        let [planes, rows, columns] = shape;
        if from[0] >= planes || from[1] >= rows || from[2] >= columns {
            return None;
        }
        let index = (from[0] * rows + from[1]) * columns + from[2];
        let own = self.classes().get(index).copied()?;
        if own == class {
            return None;
        }
        let axes = plane.map_or([true; 3], |plane| plane.directions());
        let found = flood(shape, &[from], axes, |index| {
            self.classes().get(index) == Some(&own)
        });
        self.as_step(StepKind::Fill, &found.runs(), class)
    }

    /// Removes the pieces of a class that have fewer than `least` voxels. Pieces are connected across faces, edges and
    /// corners.
    pub fn remove_islands(&mut self, class: u8, least: u64) -> Option<BoundingBox> {
        let islands = self.pieces(class).into_iter();
        let islands = islands.filter(|piece| voxels(piece) < least).flatten();
        let islands: Vec<Run> = islands.collect();
        self.as_step(StepKind::RemoveIslands, &islands, BACKGROUND)
    }

    /// Removes all pieces of a class but the one with the most voxels; of equal ones the first stays.
    pub fn keep_largest(&mut self, class: u8) -> Option<BoundingBox> {
        let pieces = self.pieces(class);
        let sizes = pieces.iter().map(|piece| voxels(piece)).enumerate();
        let largest = sizes.max_by_key(|(number, size)| (*size, std::cmp::Reverse(*number)));
        let largest = largest.map(|(number, _)| number);
        let others = pieces.into_iter().enumerate();
        let others = others.filter(|(number, _)| Some(*number) != largest);
        let others: Vec<Run> = others.flat_map(|(_, piece)| piece).collect();
        self.as_step(StepKind::KeepLargest, &others, BACKGROUND)
    }

    /// Fills the holes of a class: background from which one cannot get out of the image across faces without going
    /// through the class. Other classes inside of a hole stay.
    pub fn fill_holes(&mut self, class: u8) -> Option<BoundingBox> {
        let shape = self.shape();
        let axes = shape.map(|length| length > 1);
        let classes = self.classes();
        let outside = flood(shape, &rim(shape, axes), axes, |index| {
            classes.get(index).is_some_and(|now| *now != class)
        });
        let [_, rows, columns] = shape;
        let holes = VoxelSet::from_fn(shape, |index| {
            let (line, column) = (index / columns, index % columns);
            classes.get(index) == Some(&BACKGROUND)
                && !outside.contains([line / rows, line % rows, column])
        });
        self.as_step(StepKind::FillHoles, &holes.runs(), class)
    }

    /// Cuts the probability of a class at a level: of background and class, what reaches the level is of the class and the
    /// rest is background. Other classes stay. One that follows another takes its place in the history, so that a slider
    /// makes a single step.
    ///
    /// # Errors
    /// [`Error::Length`] unless there is a probability for every voxel, [`Error::Setting`] for the background or for a
    /// level that is no number.
    pub fn threshold(
        &mut self,
        class: u8,
        probability: &[f32],
        level: f32,
    ) -> Result<Option<BoundingBox>, Error> {
        self.check("probabilities", probability.len())?;
        if class == BACKGROUND {
            return Err(Error::Setting {
                what: "the class of a threshold",
                value: "the background".to_owned(),
                requirement: "a class of objects",
            });
        }
        if level.is_nan() {
            return Err(Error::Setting {
                what: "the level of a threshold",
                value: level.to_string(),
                requirement: "a number from 0 to 1",
            });
        }
        let before = self.withdraw(StepKind::Threshold);
        self.begin(StepKind::Threshold);
        let area = self.change(self.all_rows(), |index, now| {
            let reached = probability.get(index).is_some_and(|p| *p >= level);
            match (now, reached) {
                (BACKGROUND, true) => Some(class),
                (now, false) if now == class => Some(BACKGROUND),
                _ => None,
            }
        });
        self.end();
        Ok(crate::joined(before, area))
    }

    /// Paints as a step of its own.
    pub fn as_step(&mut self, kind: StepKind, runs: &[Run], class: u8) -> Option<BoundingBox> {
        self.begin(kind);
        let area = self.paint(runs, class);
        self.end();
        area
    }

    /// The pieces of a class.
    fn pieces(&self, class: u8) -> Vec<Vec<Run>> {
        let of_class = VoxelSet::from_fn(self.shape(), |index| {
            self.classes().get(index) == Some(&class)
        });
        let runs = of_class.runs();
        if runs.is_empty() {
            Vec::new()
        } else {
            connected_pieces(runs)
        }
    }
}

fn voxels(piece: &[Run]) -> u64 {
    piece.iter().map(Run::voxels).sum()
}

/// The voxels at the image's edge, where it has more than one voxel along an axis.
fn rim(shape: [usize; 3], axes: [bool; 3]) -> Vec<[usize; 3]> {
    let [planes, rows, columns] = shape;
    let at_end = |axis: usize, at: usize| axes[axis] && (at == 0 || at + 1 == shape[axis]);
    let mut rim = Vec::new();
    for plane in 0..planes {
        for row in 0..rows {
            if at_end(0, plane) || at_end(1, row) {
                rim.extend((0..columns).map(|column| [plane, row, column]));
            } else if axes[2] {
                rim.extend([[plane, row, 0], [plane, row, columns - 1]]);
            }
        }
    }
    rim
}
