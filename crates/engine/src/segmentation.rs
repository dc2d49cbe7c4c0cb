//! The result of a run.

use segwithu::head::MapKind;

/// A map on the image's own grid.
#[derive(Debug, Clone, PartialEq)]
pub struct MapResult {
    /// Which map.
    pub kind: MapKind,
    /// `[planes, rows, columns]`.
    pub values: Vec<f32>,
}

/// Mask, probability and maps on the image's own grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Segmentation {
    /// Planes, rows, columns.
    pub shape: [usize; 3],
    /// Raw logits, `[classes, planes, rows, columns]`.
    pub logits: Vec<f32>,
    /// Class identifier of every voxel, `[planes, rows, columns]`.
    pub labels: Vec<u8>,
    /// Tempered probability of that class, 0 to 1, `[planes, rows, columns]`.
    pub probability: Vec<f32>,
    /// Maps in the order of [`MapKind::ALL`]; the aleatoric map only where the head has that branch.
    pub maps: Vec<MapResult>,
    /// Windows that the network ran on.
    pub windows: usize,
}

impl Segmentation {
    /// Mask and tempered probability from stitched logits and maps.
    pub(crate) fn new(
        shape: [usize; 3],
        classes: usize,
        logits: Vec<f32>,
        maps: Vec<MapResult>,
        windows: usize,
    ) -> Self {
        let voxels = shape.iter().product::<usize>();
        let calibration = maps.iter().find(|map| map.kind == MapKind::Calibration);
        let mut labels = Vec::with_capacity(voxels);
        let mut probability = Vec::with_capacity(voxels);
        for voxel in 0..voxels {
            let logit = |class: usize| logits[class * voxels + voxel];
            let best = (1..classes).fold(0, |best, class| {
                if logit(class) > logit(best) {
                    class
                } else {
                    best
                }
            });
            let variance = calibration.map_or(0.0, |map| map.values[voxel]);
            let temperature = (1.0 + variance).sqrt().max(1.0);
            let total = (0..classes)
                .map(|class| ((logit(class) - logit(best)) / temperature).exp())
                .sum::<f32>();
            labels.push(best as u8);
            probability.push(1.0 / total);
        }
        Self {
            shape,
            logits,
            labels,
            probability,
            maps,
            windows,
        }
    }

    /// A map's values, where the model makes it.
    #[must_use]
    pub fn map(&self, kind: MapKind) -> Option<&[f32]> {
        self.maps
            .iter()
            .find(|map| map.kind == kind)
            .map(|map| map.values.as_slice())
    }

    /// Voxels of every class, by identifier.
    #[must_use]
    pub fn class_voxels(&self, classes: usize) -> Vec<u64> {
        let mut counts = vec![0; classes];
        for &label in &self.labels {
            if let Some(count) = counts.get_mut(usize::from(label)) {
                *count += 1;
            }
        }
        counts
    }

    /// Tempered probabilities of all classes, `[classes, planes, rows, columns]`; raw ones where `tempered` is false.
    #[must_use]
    pub fn probabilities(&self, tempered: bool) -> Vec<f32> {
        let voxels = self.labels.len();
        let classes = self.logits.len().checked_div(voxels).unwrap_or(0);
        let calibration = self.map(MapKind::Calibration).filter(|_| tempered);
        let mut output = vec![0.0; self.logits.len()];
        for voxel in 0..voxels {
            let temperature = calibration.map_or(1.0, |map| (1.0 + map[voxel]).sqrt().max(1.0));
            let largest = self.logits[usize::from(self.labels[voxel]) * voxels + voxel];
            let mut total = 0.0;
            for class in 0..classes {
                let value = ((self.logits[class * voxels + voxel] - largest) / temperature).exp();
                output[class * voxels + voxel] = value;
                total += value;
            }
            for class in 0..classes {
                output[class * voxels + voxel] /= total;
            }
        }
        output
    }
}
