//! Sets of voxels, one bit each, and their morphology.

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::error::check_length;

const BITS: usize = u64::BITS as usize;

/// A set of voxels of a grid `[planes, rows, columns]`, one bit each: 10 MB for 512 x 512 x 300.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoxelSet {
    shape: [usize; 3],
    /// Words of a row; the bits beyond its last column are 0.
    width: usize,
    words: Vec<u64>,
}

/// Voxels of one row that follow each other, ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Run {
    /// The plane, from 0.
    pub plane: u32,
    /// The row, from 0.
    pub row: u32,
    /// First column.
    pub first: u32,
    /// Last column.
    pub last: u32,
}

impl Run {
    /// Number of voxels.
    #[must_use]
    pub const fn voxels(&self) -> u64 {
        (self.last - self.first) as u64 + 1
    }

    /// Indices of its voxels in an array of `shape`.
    pub fn indices(&self, [_, rows, columns]: [usize; 3]) -> std::ops::RangeInclusive<usize> {
        let start = (self.plane as usize * rows + self.row as usize) * columns;
        start + self.first as usize..=start + self.last as usize
    }
}

/// What an opening lets stand: places into which this shape fits. A sum of crosses, so an octahedron of voxels: that of
/// radius 1 is the cross of a voxel and its neighbours across faces, that of radius 2 the cross grown by a cross.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StructuringElement {
    /// Along which axes (planes, rows, columns) the cross of every step reaches.
    steps: Vec<[bool; 3]>,
}

impl StructuringElement {
    /// With a radius in voxels along planes, rows and columns. An axis of radius 0 does not matter.
    #[must_use]
    pub fn new(radii: [usize; 3]) -> Self {
        let most = radii.into_iter().max().unwrap_or(0);
        // Short axes take their steps evenly among those of the longest.
        let takes = |radius: usize, step: usize| (step + 1) * radius / most > step * radius / most;
        Self {
            steps: (0..most)
                .map(|step| radii.map(|radius| takes(radius, step)))
                .collect(),
        }
    }

    /// With a radius of `tolerance` in the unit of `spacing`, the distances between planes, rows and columns, rounded
    /// down to whole voxels: along an axis whose voxels are longer than the tolerance it does not reach.
    ///
    /// # Errors
    /// [`Error::Setting`] for a tolerance that is not 0 or more, or a spacing that is not a positive number.
    pub fn within(tolerance: f64, spacing: [f64; 3]) -> Result<Self, Error> {
        if !(tolerance.is_finite() && tolerance >= 0.0) {
            return Err(Error::Setting {
                what: "the tolerance",
                value: tolerance.to_string(),
                requirement: "0 or a positive number",
            });
        }
        check_spacing(spacing)?;
        // Spacings are rounded when they are stored: 2 mm are two voxels of 1.0000001 mm. `as` saturates.
        Ok(Self::new(spacing.map(|step| {
            ((tolerance / step * (1.0 + 1e-6)).floor() as usize).min(MAX_RADIUS)
        })))
    }

    /// Its radius in voxels along planes, rows and columns.
    #[must_use]
    pub fn radii(&self) -> [usize; 3] {
        [0, 1, 2].map(|axis| self.steps.iter().filter(|step| step[axis]).count())
    }

    /// Number of its voxels in an image of `shape`, which cuts off axes that are shorter.
    #[must_use]
    pub fn voxels(&self, shape: [usize; 3]) -> u64 {
        let radii = self.radii();
        let around = [0, 1, 2].map(|axis| shape[axis].clamp(1, 2 * radii[axis] + 1));
        let mut point = VoxelSet::empty(around);
        point.insert(around.map(|length| length / 2));
        point.dilated(self).count()
    }
}

/// Largest radius that a tolerance is taken for: far more than any border can be unsure, and cheap enough.
const MAX_RADIUS: usize = 64;

/// Checks that distances between voxels are positive numbers.
pub(crate) fn check_spacing(spacing: [f64; 3]) -> Result<(), Error> {
    match spacing
        .iter()
        .find(|step| !(step.is_finite() && **step > 0.0))
    {
        Some(step) => Err(Error::Setting {
            what: "the spacing",
            value: step.to_string(),
            requirement: "a positive number",
        }),
        None => Ok(()),
    }
}

impl VoxelSet {
    /// No voxel of a grid of this shape.
    #[must_use]
    pub fn empty(shape: [usize; 3]) -> Self {
        let width = shape[2].div_ceil(BITS);
        Self {
            shape,
            width,
            words: vec![0; shape[0] * shape[1] * width],
        }
    }

    /// The voxels for which `belongs` says so, given their index in an array `[planes, rows, columns]`.
    pub fn from_fn(shape: [usize; 3], mut belongs: impl FnMut(usize) -> bool) -> Self {
        let mut set = Self::empty(shape);
        let columns = shape[2];
        if set.width == 0 {
            return set;
        }
        for (row, words) in set.words.chunks_exact_mut(set.width).enumerate() {
            let mut index = row * columns;
            for (number, word) in words.iter_mut().enumerate() {
                let bits = BITS.min(columns - number * BITS);
                for bit in 0..bits {
                    *word |= u64::from(belongs(index + bit)) << bit;
                }
                index += bits;
            }
        }
        set
    }

    /// From one flag for every voxel.
    ///
    /// # Errors
    /// [`Error::Length`] unless the flags fit the shape.
    pub fn from_flags(flags: &[bool], shape: [usize; 3]) -> Result<Self, Error> {
        check_length("the set of voxels", flags.len(), voxels_of(shape))?;
        Ok(Self::from_fn(shape, |index| {
            flags.get(index).copied().unwrap_or(false)
        }))
    }

    /// Planes, rows and columns.
    #[must_use]
    pub const fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// Number of voxels in the set.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.words
            .iter()
            .map(|word| u64::from(word.count_ones()))
            .sum()
    }

    /// Whether it has no voxel.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// Whether the voxel at plane, row and column belongs to it. Nothing outside the grid does.
    #[must_use]
    pub fn contains(&self, place: [usize; 3]) -> bool {
        self.word_of(place)
            .and_then(|(index, bit)| Some(self.words.get(index)? >> bit & 1 == 1))
            .unwrap_or(false)
    }

    /// Adds the voxel at plane, row and column, unless it is outside the grid.
    pub fn insert(&mut self, place: [usize; 3]) {
        if let Some((index, bit)) = self.word_of(place)
            && let Some(word) = self.words.get_mut(index)
        {
            *word |= 1 << bit;
        }
    }

    /// Adds the voxels of runs; what lies outside the grid is left out.
    pub fn insert_runs(&mut self, runs: &[Run]) {
        self.change(runs, |word, bit| *word |= bit);
    }

    /// Removes the voxels of runs.
    pub fn remove_runs(&mut self, runs: &[Run]) {
        self.change(runs, |word, bit| *word &= !bit);
    }

    fn change(&mut self, runs: &[Run], change: impl Fn(&mut u64, u64)) {
        for run in runs {
            for column in run.first..=run.last {
                let place = [run.plane, run.row, column].map(|place| place as usize);
                if let Some((index, bit)) = self.word_of(place)
                    && let Some(word) = self.words.get_mut(index)
                {
                    change(word, 1 << bit);
                }
            }
        }
    }

    fn word_of(&self, place: [usize; 3]) -> Option<(usize, usize)> {
        let [planes, rows, columns] = self.shape;
        let [plane, row, column] = place;
        (plane < planes && row < rows && column < columns).then(|| {
            (
                (plane * rows + row) * self.width + column / BITS,
                column % BITS,
            )
        })
    }

    /// Every voxel that the structuring element, centred on a voxel of the set, covers.
    #[must_use]
    pub fn dilated(&self, element: &StructuringElement) -> Self {
        element
            .steps
            .iter()
            .fold(self.clone(), |set, &axes| set.grown(axes))
    }

    /// Every voxel on which the structuring element can be centred without covering a voxel of the grid outside the set.
    #[must_use]
    pub fn eroded(&self, element: &StructuringElement) -> Self {
        // What is outside the grid counts as part of the set: an image's edge is no border of an object.
        let mut set = self.complement();
        for &axes in &element.steps {
            set = set.grown(axes);
        }
        set.complement()
    }

    /// What of the set the structuring element covers where it fits in: thinner places vanish (the opening of
    /// mathematical morphology; Serra, Image Analysis and Mathematical Morphology, 1982).
    #[must_use]
    pub fn opened(&self, element: &StructuringElement) -> Self {
        self.eroded(element).dilated(element)
    }

    /// Every voxel of the set and all that touch one across a face, an edge or a corner.
    #[must_use]
    pub fn with_neighbours(&self) -> Self {
        (0..3).fold(self.clone(), |set, axis| {
            set.grown([0, 1, 2].map(|other| other == axis))
        })
    }

    fn complement(&self) -> Self {
        let mut set = self.clone();
        let tail = self.tail();
        for row in set.words.chunks_exact_mut(self.width.max(1)) {
            for word in row.iter_mut() {
                *word = !*word;
            }
            if let Some(last) = row.last_mut() {
                *last &= tail;
            }
        }
        set
    }

    /// The bits of a row's last word that are voxels.
    const fn tail(&self) -> u64 {
        match self.shape[2] % BITS {
            0 => u64::MAX,
            bits => (1 << bits) - 1,
        }
    }

    /// The set with the neighbours of its voxels along some axes.
    fn grown(&self, [planes, rows, columns]: [bool; 3]) -> Self {
        let mut grown = self.clone();
        if columns {
            grown.grow_along_columns(self);
        }
        let plane = self.shape[1] * self.width;
        if rows && self.width > 0 && plane > 0 {
            let pairs = grown.words.chunks_mut(plane).zip(self.words.chunks(plane));
            for (to, from) in pairs {
                join_shifted(to, from, self.width);
            }
        }
        if planes && plane > 0 {
            join_shifted(&mut grown.words, &self.words, plane);
        }
        grown
    }

    fn grow_along_columns(&mut self, from: &Self) {
        let tail = self.tail();
        let width = self.width.max(1);
        let rows = self
            .words
            .chunks_exact_mut(width)
            .zip(from.words.chunks_exact(width));
        for (to, from) in rows {
            let mut before = 0;
            for (number, word) in to.iter_mut().enumerate() {
                let here = from.get(number).copied().unwrap_or(0);
                let after = from.get(number + 1).copied().unwrap_or(0);
                *word |= here << 1 | before >> (BITS - 1) | here >> 1 | after << (BITS - 1);
                before = here;
            }
            if let Some(last) = to.last_mut() {
                *last &= tail;
            }
        }
    }

    /// The set as runs, in the order of planes, rows and columns.
    #[must_use]
    pub fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        let rows = self.shape[1].max(1);
        for (number, words) in self.words.chunks_exact(self.width.max(1)).enumerate() {
            // Columns fit 32 bits, as they do in every file that can be read.
            let place = ((number / rows) as u32, (number % rows) as u32);
            push_runs(words, place, &mut runs);
        }
        runs
    }
}

fn push_runs(words: &[u64], (plane, row): (u32, u32), runs: &mut Vec<Run>) {
    let mut open: Option<u32> = None;
    for (number, &word) in words.iter().enumerate() {
        let start = (number * BITS) as u32;
        if word == 0 || word == u64::MAX {
            // Most words: nothing changes inside.
            match (open, word) {
                (Some(first), 0) => {
                    runs.push(Run {
                        plane,
                        row,
                        first,
                        last: start - 1,
                    });
                    open = None;
                }
                (None, u64::MAX) => open = Some(start),
                _ => {}
            }
            continue;
        }
        for bit in 0..BITS as u32 {
            match (open, word >> bit & 1 == 1) {
                (None, true) => open = Some(start + bit),
                (Some(first), false) => {
                    runs.push(Run {
                        plane,
                        row,
                        first,
                        last: start + bit - 1,
                    });
                    open = None;
                }
                _ => {}
            }
        }
    }
    if let Some(first) = open {
        let last = (words.len() * BITS) as u32 - 1;
        runs.push(Run {
            plane,
            row,
            first,
            last,
        });
    }
}

/// Joins what lies `distance` words before and after.
fn join_shifted(to: &mut [u64], from: &[u64], distance: usize) {
    for (word, before) in to.iter_mut().skip(distance).zip(from) {
        *word |= before;
    }
    for (word, after) in to.iter_mut().zip(from.iter().skip(distance)) {
        *word |= after;
    }
}

/// Number of voxels of a shape.
pub(crate) fn voxels_of(shape: [usize; 3]) -> usize {
    shape
        .iter()
        .fold(1_usize, |product, &length| product.saturating_mul(length))
}

/// A value of an array that is known to fit.
pub(crate) fn at<T: Copy + Default>(values: &[T], index: usize) -> T {
    values.get(index).copied().unwrap_or_default()
}
