//! Where a run stands, and what its mask is so far.

use segwithu::sliding_window::WindowAggregator;
use uq::argmax;

use crate::Error;
use crate::spatial_transform::SpatialTransform;

/// A step of a run: before the first window, and after every one.
#[derive(Debug)]
pub struct Progress<'a> {
    /// Windows done.
    pub done: usize,
    /// Windows in all.
    pub total: usize,
    stitched: Option<Stitched<'a>>,
}

#[derive(Debug)]
struct Stitched<'a> {
    classes: usize,
    aggregator: &'a WindowAggregator,
    transform: &'a SpatialTransform,
}

impl<'a> Progress<'a> {
    pub(crate) const fn start(total: usize) -> Self {
        Self {
            done: 0,
            total,
            stitched: None,
        }
    }

    pub(crate) const fn new(
        done: usize,
        total: usize,
        classes: usize,
        aggregator: &'a WindowAggregator,
        transform: &'a SpatialTransform,
    ) -> Self {
        Self {
            done,
            total,
            stitched: Some(Stitched {
                classes,
                aggregator,
                transform,
            }),
        }
    }

    /// The mask so far on the image's own grid, `[planes, rows, columns]`: class identifiers, 0 where no window has been
    /// yet. It takes a pass over all voxels, so callers ask about once a second. None before the first window.
    ///
    /// Where the grid was resampled, the mask is brought back by nearest neighbours, unlike the final one.
    ///
    /// # Errors
    /// Those of bringing it back to the image's grid.
    pub fn mask(&self) -> Result<Option<Vec<u8>>, Error> {
        self.stitched
            .as_ref()
            .map(|stitched| {
                let logits = stitched.aggregator.sums(0);
                let voxels = logits.len().checked_div(stitched.classes).unwrap_or(0);
                let labels = argmax(logits, stitched.classes, voxels);
                stitched.transform.restore_labels(labels)
            })
            .transpose()
    }
}
