//! The window that the network runs on.

use segwithu::backbone::DynUNetConfig;
use vocabulary::WindowSize;

use crate::Manifest;

/// Fewest voxels along an axis of a smaller window: fewer leave the network's deepest level next to nothing to normalise
/// over.
const LEAST_SMALL: usize = 32;

/// Size of the window along every spatial axis of the model.
pub(crate) fn patch(manifest: &Manifest, window: WindowSize) -> Vec<usize> {
    let whole = manifest.preprocessing.patch.iter();
    match window {
        WindowSize::Model => whole.copied().collect(),
        WindowSize::Small => whole.map(|&size| small(size)).collect(),
    }
}

const fn small(size: usize) -> usize {
    let multiple = DynUNetConfig::SIZE_MULTIPLE;
    let half = size / 2 / multiple * multiple;
    let least = if size < LEAST_SMALL {
        size
    } else {
        LEAST_SMALL
    };
    if half < least { least } else { half }
}

#[cfg(test)]
mod tests {
    use super::small;

    #[test]
    fn a_small_window_is_half_in_steps_of_the_network() {
        for (size, expected) in [
            (16, 16),
            (32, 32),
            (48, 32),
            (64, 32),
            (80, 32),
            (96, 48),
            (256, 128),
        ] {
            assert_eq!(small(size), expected, "{size}");
        }
    }
}
