//! The result of a run.

use segwithu::head::MapKind;
use uq::argmax;

use crate::Error;

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
    /// What a reader of the result should know, one sentence each.
    pub notes: Vec<String>,
}

/// A wrong answer is worse than none: a device that fails often leaves values that are not numbers.
pub(crate) fn check_finite(values: &[f32]) -> Result<(), Error> {
    if values.iter().all(|value| value.is_finite()) {
        Ok(())
    } else {
        Err(Error::NotFinite)
    }
}

impl Segmentation {
    /// Mask and tempered probability from logits and maps on the image's own grid.
    pub(crate) fn new(
        shape: [usize; 3],
        classes: usize,
        logits: Vec<f32>,
        maps: Vec<MapResult>,
        windows: usize,
        notes: Vec<String>,
    ) -> Self {
        let voxels = shape.iter().product();
        let labels = argmax(&logits, classes, voxels);
        let calibration = maps.iter().find(|map| map.kind == MapKind::Calibration);
        let mut probability = Vec::with_capacity(voxels);
        for (voxel, &label) in labels.iter().enumerate() {
            let logit = |class: usize| logits[class * voxels + voxel];
            let largest = logit(usize::from(label));
            let variance = calibration.map_or(0.0, |map| map.values[voxel]);
            let temperature = (1.0 + variance).sqrt().max(1.0);
            let total = (0..classes)
                .map(|class| ((logit(class) - largest) / temperature).exp())
                .sum::<f32>();
            probability.push(1.0 / total);
        }
        Self {
            shape,
            logits,
            labels,
            probability,
            maps,
            windows,
            notes,
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

    /// Bytes that the arrays take.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let maps = self.maps.iter().map(|map| map.values.len());
        let floats = self.logits.len() + self.probability.len() + maps.sum::<usize>();
        (floats * size_of::<f32>() + self.labels.len()) as u64
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
