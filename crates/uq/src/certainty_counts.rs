//! How sure a mask is, and how often it is wrong then, in a few counts: what an image leaves behind when its labels are
//! known.

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::error::{check_length, check_numbers};

/// Error probabilities between which voxels are counted together: whole per cents up to one half, then falling to a
/// millionth.
const EDGES: [f32; 62] = edges();

const fn edges() -> [f32; 62] {
    let fine = [
        1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3,
    ];
    let mut edges = [0.0; 62];
    let mut place = 0;
    while place < 62 {
        edges[place] = if place < 12 {
            fine[place]
        } else {
            (place - 11) as f32 / 100.0
        };
        place += 1;
    }
    edges
}

/// Voxels whose error probabilities lie between two edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CertaintyBin {
    /// All of them.
    pub voxels: u64,
    /// Those whose mark is not their label.
    pub wrong: u64,
    /// Of these, not marked but an object.
    pub missed: u64,
    /// Of these, marked but no object.
    pub false_object: u64,
}

impl CertaintyBin {
    fn add(&mut self, other: &Self) {
        self.voxels += other.voxels;
        self.wrong += other.wrong;
        self.missed += other.missed;
        self.false_object += other.false_object;
    }
}

/// Voxels, right and wrong ones, by how probably their mark is wrong. Adds up over images.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertaintyCounts {
    /// One for every interval between edges, the least error probability first.
    bins: Vec<CertaintyBin>,
    /// Voxels that the labels call an object.
    object: u64,
}

impl Default for CertaintyCounts {
    fn default() -> Self {
        Self {
            bins: vec![CertaintyBin::default(); EDGES.len() + 1],
            object: 0,
        }
    }
}

impl CertaintyCounts {
    /// Of one image: the probability that each mark is wrong ([`crate::ErrorProbability::wrong`]), the mask, the labels.
    ///
    /// # Errors
    /// [`Error::Length`] unless all have the same voxels, [`Error::NotANumber`] for a probability that is not a number.
    pub fn of(wrong: &[f32], mask: &[u8], labels: &[u8]) -> Result<Self, Error> {
        check_length("the mask", mask.len(), wrong.len())?;
        check_length("the labels", labels.len(), wrong.len())?;
        check_numbers("the error probabilities", wrong)?;
        let mut counts = Self::default();
        for ((&wrong, &mark), &label) in wrong.iter().zip(mask).zip(labels) {
            // A voxel on an edge is surer than it, as a level of certainty counts it.
            let place = EDGES.partition_point(|&edge| edge < wrong);
            if let Some(bin) = counts.bins.get_mut(place) {
                bin.add(&CertaintyBin {
                    voxels: 1,
                    wrong: u64::from(mark != label),
                    missed: u64::from(mark == 0 && label != 0),
                    false_object: u64::from(mark != 0 && label == 0),
                });
            }
            counts.object += u64::from(label != 0);
        }
        Ok(counts)
    }

    /// Adds the voxels of another image.
    pub fn merge(&mut self, other: &Self) {
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            bin.add(more);
        }
        self.object += other.object;
    }

    /// The error probabilities that thresholds can have, rising.
    #[must_use]
    pub const fn edges() -> &'static [f32] {
        &EDGES
    }

    /// Voxels that the labels call an object.
    #[must_use]
    pub const fn object(&self) -> u64 {
        self.object
    }

    /// Everything.
    #[must_use]
    pub fn total(&self) -> CertaintyBin {
        self.kept(EDGES.len() + 1)
    }

    /// The voxels whose error probability is at most the edge with this number, those that are kept where all others go to
    /// a person; all of them for a number beyond the last edge.
    #[must_use]
    pub fn kept(&self, edge: usize) -> CertaintyBin {
        let mut sum = CertaintyBin::default();
        for bin in self.bins.iter().take(edge.saturating_add(1)) {
            sum.add(bin);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{CertaintyBin, CertaintyCounts};
    use crate::Error;

    #[test]
    fn voxels_are_counted_up_to_an_edge() {
        let wrong = [0.5, 0.1, 0.100_1, 0.0, 0.7];
        let counts = CertaintyCounts::of(&wrong, &[0, 1, 1, 0, 1], &[1, 1, 0, 0, 2]).unwrap();
        let edges = CertaintyCounts::edges();
        assert!(edges.windows(2).all(|pair| pair[0] < pair[1]));
        let tenth = edges.iter().position(|&edge| edge == 0.1).unwrap();
        assert_eq!(counts.kept(tenth).voxels, 2);
        assert_eq!(counts.kept(tenth).wrong, 0);
        let half = edges.len() - 1;
        assert_eq!(
            counts.kept(half),
            CertaintyBin {
                voxels: 4,
                wrong: 2,
                missed: 1,
                false_object: 1,
            }
        );
        assert_eq!((counts.total().wrong, counts.object()), (3, 3));
        let mut twice = counts.clone();
        twice.merge(&counts);
        assert_eq!((twice.total().voxels, twice.object()), (10, 6));
        assert!(matches!(
            CertaintyCounts::of(&wrong, &[0; 4], &[0; 5]),
            Err(Error::Length { .. })
        ));
    }
}
