//! Which pixels of a large picture are drawn: those that are on screen, and no more of them than the screen has.
//!
//! A picture of 36 million pixels takes seconds to compose, and a screen shows one million. Smaller pictures and the planes of
//! a volume are drawn whole, once, and only moved after that.

use super::picture::Picture;
use super::zoom::{Extent, View};

/// Pixels up to which a picture is drawn whole.
const MANY: usize = 4 << 20;
/// How much more than is on screen is made ready on each side, so that a small move needs nothing new.
pub const MARGIN: f64 = 0.25;
/// Where an image pixel that is drawn is looked at, in quarters of the pixels that it stands for.
const QUARTERS: [usize; 2] = [1, 3];

/// A part of a picture, every `step`-th pixel of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detail {
    /// First row and column.
    first: [usize; 2],
    /// Rows and columns that are drawn.
    size: [usize; 2],
    /// Image pixels along a side of one that is drawn.
    step: usize,
    /// Rows and columns of the whole picture.
    whole: [usize; 2],
}

impl Detail {
    /// All pixels of a plane of these rows and columns.
    #[must_use]
    pub const fn whole(size: [usize; 2]) -> Self {
        Self {
            first: [0, 0],
            size,
            step: 1,
            whole: size,
        }
    }

    /// What a view needs, and `margin` of its width and height beyond.
    #[must_use]
    pub fn of(view: &View, extent: &Extent, margin: f64) -> Self {
        let [rows, columns] = extent.size;
        if rows.saturating_mul(columns) <= MANY {
            return Self::whole(extent.size);
        }
        let [width, height] = view.pixel_size(extent);
        let step = (1.0 / width.max(height)).max(1.0) as usize;
        let range = |start: f64, pixel: f64, canvas: f64, length: usize| {
            let length = length as f64;
            let (from, to) = (-start / pixel, (canvas - start) / pixel);
            let (from, to) = (from.clamp(0.0, length), to.clamp(0.0, length));
            let margin = margin * (to - from);
            let from = (from - margin).max(0.0) as usize / step * step;
            let to = (to + margin).min(length).ceil() as usize;
            (from, to.saturating_sub(from).div_ceil(step).max(1))
        };
        let [across, down] = extent.canvas;
        let (left, columns) = range(view.left, width, across, columns);
        let (top, rows) = range(view.top, height, down, rows);
        Self {
            first: [top, left],
            size: [rows, columns],
            step,
            whole: extent.size,
        }
    }

    /// Whether all pixels are drawn.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        *self == Self::whole(self.whole)
    }

    /// Whether it holds what another one needs, at least as finely.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let within = |axis: usize| {
            let ([start, end], [first, last]) = (self.ends(axis), other.ends(axis));
            start <= first && end >= last
        };
        self.whole == other.whole && self.step <= other.step && within(0) && within(1)
    }

    /// First pixel along an axis, and the one after the last.
    fn ends(&self, axis: usize) -> [usize; 2] {
        let of = |lengths: &[usize; 2]| lengths.get(axis).copied().unwrap_or_default();
        let end = of(&self.first) + of(&self.size) * self.step;
        [of(&self.first), end.min(of(&self.whole))]
    }

    /// Rows and columns that are drawn.
    #[must_use]
    pub const fn size(&self) -> [usize; 2] {
        self.size
    }

    /// Column and row of the picture at which it begins.
    #[must_use]
    pub fn corner(&self) -> [f64; 2] {
        let [row, column] = self.first;
        [column as f64, row as f64]
    }

    /// Image pixels along a side of one that is drawn.
    #[must_use]
    pub const fn step(&self) -> usize {
        self.step
    }

    /// The place in the picture of a point (x, y) of what is drawn.
    #[must_use]
    pub fn placed(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [column, row] = self.corner();
        let step = self.step as f32;
        [column as f32 + step * x, row as f32 + step * y]
    }

    /// The box from one column, row and plane to another, in what is drawn; none where nothing of it is.
    #[must_use]
    pub fn boxed(&self, first: [usize; 3], last: [usize; 3]) -> Option<[[usize; 3]; 2]> {
        let along = |axis: usize, low: usize, high: usize| {
            let [start, end] = self.ends(axis);
            (low < end && high >= start).then(|| {
                let at = |pixel: usize| (pixel.clamp(start, end - 1) - start) / self.step;
                [at(low), at(high)]
            })
        };
        let [left, right] = along(1, first[0], last[0])?;
        let [top, bottom] = along(0, first[1], last[1])?;
        Some([[left, top, first[2]], [right, bottom, last[2]]])
    }

    /// The values of the pixels that are drawn, of an array `[rows, columns]` of the whole picture.
    #[must_use]
    pub fn values<T: Copy>(&self, of: &[T]) -> Vec<T> {
        let [_, columns] = self.whole;
        let places = self.places(self.step / 2, self.step / 2);
        places
            .filter_map(|[row, column]| of.get(row * columns + column).copied())
            .collect()
    }

    /// Rows and columns of the picture that are looked at, `down` and `right` of each first one.
    fn places(&self, down: usize, right: usize) -> impl Iterator<Item = [usize; 2]> + use<> {
        let ([rows, columns], [top, left]) = (self.size, self.first);
        let (step, [last_row, last_column]) = (self.step, self.whole.map(|l| l.saturating_sub(1)));
        (0..rows).flat_map(move |row| {
            let row = (top + row * step + down).min(last_row);
            (0..columns).map(move |column| [row, (left + column * step + right).min(last_column)])
        })
    }

    /// The picture as it is drawn: the mean of four pixels for each that stands for more.
    #[must_use]
    pub fn picture(&self, picture: &Picture) -> Picture {
        let [rows, columns] = self.whole;
        let offsets: Vec<[usize; 2]> = if self.step < 2 {
            vec![[0, 0]]
        } else {
            let quarters = QUARTERS.map(|quarter| quarter * self.step / 4);
            let pairs = quarters.iter();
            pairs
                .flat_map(|down| quarters.iter().map(|right| [*down, *right]))
                .collect()
        };
        let [drawn_rows, drawn_columns] = self.size;
        let share = 1.0 / offsets.len() as f32;
        let mut voxels = Vec::with_capacity(picture.info.channels * drawn_rows * drawn_columns);
        for channel in picture.voxels.chunks_exact((rows * columns).max(1)) {
            let mut means = vec![0.0_f32; drawn_rows * drawn_columns];
            for [down, right] in &offsets {
                for (mean, [row, column]) in means.iter_mut().zip(self.places(*down, *right)) {
                    *mean += share * channel.get(row * columns + column).copied().unwrap_or(0.0);
                }
            }
            voxels.extend(means);
        }
        let mut info = picture.info.clone();
        info.shape = [1, drawn_rows, drawn_columns];
        Picture {
            name: picture.name.clone(),
            info,
            voxels,
            extent: picture.extent,
            usual: picture.usual,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::view::picture::tests::sized;

    const LARGE: Extent = Extent {
        size: [6000, 5000],
        stretch: [1.0, 1.0],
        canvas: [900.0, 700.0],
    };

    #[test]
    fn a_small_picture_is_drawn_whole() {
        let extent = Extent {
            size: [700, 900],
            ..LARGE
        };
        let view = View::fit(&extent).zoomed(3.0, [400.0, 300.0], &extent);
        let detail = Detail::of(&view, &extent, MARGIN);
        assert!(detail.is_whole() && detail.size() == [700, 900]);
    }

    #[test]
    fn of_a_large_one_as_much_as_the_screen_shows() {
        let mut view = View::fit(&LARGE);
        let mut finest = usize::MAX;
        for _ in 0..40 {
            let visible = Detail::of(&view, &LARGE, 0.0);
            let detail = Detail::of(&view, &LARGE, MARGIN);
            assert!(detail.covers(&visible), "{detail:?} {visible:?}");
            // At most two drawn pixels for one of the screen along each side, and the margin.
            let drawn = detail.size()[0] * detail.size()[1];
            assert!(drawn <= 900 * 700 * 9, "{drawn} at {}", view.scale);
            // Never coarser than the screen.
            assert!(detail.step() as f64 * view.scale <= 1.0 || detail.step() == 1);
            finest = finest.min(detail.step());
            view = view.zoomed(1.25, [300.0, 200.0], &LARGE);
        }
        assert_eq!(finest, 1);
    }

    #[test]
    fn a_small_move_needs_nothing_new_and_a_large_one_does() {
        let view = View::fit(&LARGE).zoomed(4.0, [450.0, 350.0], &LARGE);
        let detail = Detail::of(&view, &LARGE, MARGIN);
        let needs = |view: &View| !detail.covers(&Detail::of(view, &LARGE, 0.0));
        assert!(!needs(&view.moved(100.0, 100.0, &LARGE)));
        assert!(needs(&view.moved(400.0, 0.0, &LARGE)));
        assert!(needs(&view.zoomed(2.0, [450.0, 350.0], &LARGE)));
        assert!(!detail.covers(&Detail::whole([10, 10])), "another picture");
    }

    #[test]
    fn values_places_and_boxes_go_together() {
        let detail = Detail {
            first: [2, 3],
            size: [2, 3],
            step: 2,
            whole: [5, 9],
        };
        let field: Vec<usize> = (0..45).collect();
        // Rows 3 and 4 (the last there is), columns 4, 6 and 8.
        assert_eq!(detail.values(&field), [31, 33, 35, 40, 42, 44]);
        assert_eq!(detail.placed([0.0, 0.0]), [3.0, 2.0]);
        assert_eq!(detail.placed([3.0, 1.5]), [9.0, 5.0]);
        assert_eq!(
            detail.boxed([0, 0, 0], [5, 4, 0]),
            Some([[0, 0, 0], [1, 1, 0]])
        );
        assert_eq!(detail.boxed([0, 0, 0], [2, 4, 0]), None);
        assert_eq!(detail.boxed([4, 0, 0], [5, 1, 0]), None);
    }

    #[test]
    fn a_picture_is_averaged_and_an_unreduced_part_is_exact() {
        let picture = sized(2, [1, 8, 8]);
        let detail = |first, size, step| Detail {
            first,
            size,
            step,
            whole: [8, 8],
        };
        let half = detail([0, 0], [4, 4], 2).picture(&picture);
        assert_eq!(half.info.shape, [1, 4, 4]);
        // The mean of 0, 1, 8 and 9.
        assert_eq!((half.voxels[0], half.voxels[16]), (4.5, 68.5));
        let part = detail([2, 3], [2, 2], 1).picture(&picture);
        assert_eq!(part.voxels[..4], [19.0, 20.0, 27.0, 28.0]);
        assert_eq!(Detail::whole([8, 8]).picture(&picture), picture);
    }
}
