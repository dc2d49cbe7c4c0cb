//! Fusion of the taps, and the maps.

use super::backbone::BackboneValues;
use crate::convolution::Convolution;
use crate::maps::{MapValues, ProbeHead};
use crate::normalise::{Activation, Normalisation};
use crate::planes::Planes;
use crate::resize::resize_linear;

/// Projects every tap to the same channels, brings them to the largest tap's size and mixes them.
#[derive(Debug, Clone)]
pub struct Fusion {
    /// A convolution with kernel 1 per tap.
    pub projections: Vec<Convolution>,
    /// The mixing convolutions, kernel 3, each with what follows it.
    pub mixing: Vec<(Convolution, Normalisation)>,
}

/// Fusion and probes.
#[derive(Debug, Clone)]
pub struct Head {
    /// None where the last tap serves as features.
    pub fusion: Option<Fusion>,
    /// What is read off the features.
    pub probes: ProbeHead,
}

impl Fusion {
    /// Taps to features on the largest tap's grid; none without taps.
    fn run(&self, taps: &[Planes]) -> Option<Planes> {
        // The first of the largest, as in the reference.
        let grid = taps.iter().map(Planes::grid).reduce(|most, grid| {
            if grid.voxels() > most.voxels() {
                grid
            } else {
                most
            }
        })?;
        let total = self.projections.iter().map(Convolution::channels_out).sum();
        let mut joined = Planes::new(grid, total);
        let mut start = 0;
        for (tap, projection) in taps.iter().zip(&self.projections) {
            // Projecting first is equal to resizing first (both are linear, the projection acts on channels only) and far
            // cheaper.
            if tap.grid() == grid {
                projection.run(tap, 0, &mut joined, start);
                let end = start + projection.channels_out();
                for channel in joined.channels_mut(start..end) {
                    grid.clear_border(channel);
                }
            } else {
                let mut small = Planes::new(tap.grid(), projection.channels_out());
                projection.run(tap, 0, &mut small, 0);
                resize_linear(&small, &mut joined, start);
            }
            start += projection.channels_out();
        }
        for (convolution, normalisation) in &self.mixing {
            let mut output = Planes::new(grid, convolution.channels_out());
            convolution.run(&joined, 0, &mut output, 0);
            normalisation.run(&mut output, 0..convolution.channels_out(), Activation::Gelu);
            joined = output;
        }
        Some(joined)
    }
}

impl Head {
    /// All maps of a pass; none where it left no taps.
    #[must_use]
    pub fn run(&self, pass: &BackboneValues) -> Option<MapValues> {
        match &self.fusion {
            Some(fusion) => {
                let features = fusion.run(&pass.taps)?;
                Some(self.probes.run(&features, &pass.logits))
            }
            None => Some(self.probes.run(pass.taps.last()?, &pass.logits)),
        }
    }
}
