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
        let planes = class_planes(&logits, voxels);
        let calibration = maps.iter().find(|map| map.kind == MapKind::Calibration);
        let calibration = calibration.map(|map| map.values.as_slice());
        let probability = labels
            .iter()
            .enumerate()
            .map(|(voxel, &label)| {
                let temperature = temperature(calibration, voxel);
                1.0 / exponentials(&planes, voxel, label, temperature).sum::<f32>()
            })
            .collect();
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

    /// Probabilities of all classes, `[classes, planes, rows, columns]`, summing to 1 over classes: softmax of the logits
    /// divided by `sqrt(1 + calibration variance)` (at least 1) where `tempered`, of the logits themselves otherwise.
    #[must_use]
    pub fn probabilities(&self, tempered: bool) -> Vec<f32> {
        let voxels = self.labels.len();
        let planes = class_planes(&self.logits, voxels);
        let calibration = self.map(MapKind::Calibration).filter(|_| tempered);
        let mut output = vec![0.0; self.logits.len()];
        for (voxel, &label) in self.labels.iter().enumerate() {
            let temperature = temperature(calibration, voxel);
            let total = exponentials(&planes, voxel, label, temperature).sum::<f32>();
            let places = output.iter_mut().skip(voxel).step_by(voxels);
            for (place, value) in places.zip(exponentials(&planes, voxel, label, temperature)) {
                *place = value / total;
            }
        }
        output
    }

    /// Tempered probability of one class, `[planes, rows, columns]`; none of a class that the model does not have.
    #[must_use]
    pub fn class_probability(&self, class: u8) -> Option<Vec<f32>> {
        let planes = class_planes(&self.logits, self.labels.len());
        planes.get(usize::from(class))?;
        let calibration = self.map(MapKind::Calibration);
        let of_voxel = |(voxel, &label): (usize, &u8)| {
            let temperature = temperature(calibration, voxel);
            let exponentials = exponentials(&planes, voxel, label, temperature).enumerate();
            let (wanted, total) = exponentials.fold((0.0, 0.0), |(wanted, total), (at, value)| {
                let wanted = if at == usize::from(class) {
                    value
                } else {
                    wanted
                };
                (wanted, total + value)
            });
            wanted / total
        };
        Some(self.labels.iter().enumerate().map(of_voxel).collect())
    }
}

/// The logits of every class.
fn class_planes(logits: &[f32], voxels: usize) -> Vec<&[f32]> {
    logits.chunks_exact(voxels.max(1)).collect()
}

/// What the logits of a voxel are divided by, given the calibration variance where there is one; at least 1.
fn temperature(calibration: Option<&[f32]>, voxel: usize) -> f32 {
    let variance = calibration.and_then(|map| map.get(voxel));
    variance.map_or(1.0, |variance| (1.0 + variance).sqrt().max(1.0))
}

/// `exp((logit - logit of the label) / temperature)` of every class at a voxel: 1 for the label, less for all others.
fn exponentials(
    planes: &[&[f32]],
    voxel: usize,
    label: u8,
    temperature: f32,
) -> impl Iterator<Item = f32> {
    let logit = move |plane: &&[f32]| plane.get(voxel).copied().unwrap_or(f32::NEG_INFINITY);
    let largest = planes.get(usize::from(label)).map_or(0.0, logit);
    planes
        .iter()
        .map(move |plane| ((logit(plane) - largest) / temperature).exp())
}
