//! How much memory one pass of the network takes, known before it runs.

use crate::head::GROUP_VALUES;
use crate::model::SegWithUConfig;

/// Copies of the full-size features that are alive at once where the taps are fused: three projected taps, their
/// concatenation, its channels-last copy on the CPU, the convolution's output and what a normalisation holds.
const FUSION_COPIES: u64 = 9;
/// Arrays as large as one group of perturbed probabilities that are alive at once.
const GROUP_COPIES: u64 = 7;
/// Single-channel maps that are alive at once, those that the maps are made of included.
const MAPS: u64 = 16;

/// Memory of one pass in inference, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Footprint {
    /// Most that all tensors together take at any time, weights left out.
    pub peak: u64,
    /// The largest single tensor.
    pub largest_tensor: u64,
}

impl SegWithUConfig {
    /// What a pass over a window of `window` voxels (one number per spatial axis) takes, with `batch` size 1.
    ///
    /// The peak is an upper estimate, meant to be right within a factor of two; sizes beyond 64 bits saturate.
    #[must_use]
    pub fn footprint(&self, window: &[usize]) -> Footprint {
        let bytes = |values: u64| values.saturating_mul(size_of::<f32>() as u64);
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let voxels = window
            .iter()
            .fold(1_u64, |product, &size| product.saturating_mul(count(size)));
        let backbone = &self.backbone;
        let [full, half, quarter] = [0, 1, 2].map(|level| count(backbone.filters[level]));
        let classes = count(backbone.num_classes);
        let probes = count(self.num_probes);
        // Halving every axis once leaves one voxel of so many.
        let shrink = 1_u64 << backbone.spatial_dims.min(3);

        let tap_half = half.saturating_mul(2).saturating_mul(voxels / shrink);
        let tap_quarter = quarter
            .saturating_mul(2)
            .saturating_mul(voxels / shrink.pow(2));
        let taps = (full.saturating_mul(voxels))
            .saturating_add(tap_half)
            .saturating_add(tap_quarter);
        let fusion = full.saturating_mul(FUSION_COPIES).saturating_mul(voxels);
        let group = count(GROUP_VALUES).clamp(
            classes.saturating_mul(voxels),
            classes.saturating_mul(probes.max(1)).saturating_mul(voxels),
        );
        let head = full
            .saturating_add(probes)
            .saturating_add(classes.saturating_mul(3))
            .saturating_add(MAPS)
            .saturating_mul(voxels)
            .saturating_add(group.saturating_mul(GROUP_COPIES));
        let peak = taps
            .saturating_add(classes.saturating_mul(voxels))
            .saturating_add(fusion.max(head));

        let outputs = classes.saturating_add(count(crate::head::MapKind::ALL.len()));
        let largest = [
            full.saturating_mul(3).saturating_mul(voxels),
            tap_half,
            tap_quarter,
            group,
            outputs.saturating_mul(voxels),
            count(backbone.in_channels).saturating_mul(voxels),
        ];
        Footprint {
            peak: bytes(peak),
            largest_tensor: bytes(largest.into_iter().max().unwrap_or(0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::backbone::DynUNetConfig;
    use crate::model::SegWithUConfig;

    fn network(filters: [usize; 5]) -> SegWithUConfig {
        SegWithUConfig::new(DynUNetConfig::new(3, 1, 3, filters))
    }

    #[test]
    fn the_largest_tensor_is_the_fused_taps_of_a_wide_network() {
        let wide = network(DynUNetConfig::default_filters(3));
        let footprint = wide.footprint(&[96, 96, 96]);
        assert_eq!(footprint.largest_tensor, 4 * 3 * 32 * 96 * 96 * 96);
        assert!(footprint.peak > 3 * footprint.largest_tensor);
    }

    #[test]
    fn a_window_of_half_the_size_takes_about_an_eighth() {
        let narrow = network([8, 16, 16, 32, 32]);
        let (whole, half) = (
            narrow.footprint(&[64, 64, 64]),
            narrow.footprint(&[32, 32, 32]),
        );
        assert_eq!(whole.peak, 8 * half.peak);
    }

    #[test]
    fn absurd_windows_and_networks_saturate() {
        let footprint = network([4096; 5]).footprint(&[usize::MAX; 3]);
        assert_eq!(footprint.peak, u64::MAX);
        let absurd = network([usize::MAX; 5]).with_num_probes(usize::MAX);
        assert_eq!(absurd.footprint(&[16, 16, 16]).peak, u64::MAX);
    }
}
