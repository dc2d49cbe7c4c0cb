//! Random patches of training cases.

use burn::tensor::{Device, Tensor, TensorData};
use rand::RngExt as _;
use rand::rngs::ChaCha8Rng;
use segwithu::train::one_hot;

use crate::augment::{augment_intensities, draw_transform, resample_labels, resample_values};
use crate::case::Case;
use crate::config::{Augmentation, Sampling};
use crate::random::{Purpose, generator, shuffled};

/// Patches of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// `[batch, channels, planes, rows, columns]`.
    pub images: Vec<f32>,
    /// `[batch, planes, rows, columns]`.
    pub labels: Vec<u8>,
    /// Index of each patch's case in the sampler's list.
    pub cases: Vec<usize>,
    /// Channels of the images.
    pub channels: usize,
    /// Planes, rows, columns.
    pub patch: [usize; 3],
}

impl Batch {
    /// Voxels of a patch.
    pub fn voxels(&self) -> usize {
        self.patch.iter().product()
    }

    /// The images as a tensor.
    pub fn images<const D: usize>(&self, device: &Device) -> Tensor<D> {
        let shape = dims::<D>(self.cases.len(), self.channels, self.patch);
        Tensor::from_data(TensorData::new(self.images.clone(), shape), device)
    }

    /// The image of one patch as a tensor.
    pub fn image<const D: usize>(&self, slot: usize, device: &Device) -> Tensor<D> {
        let length = self.channels * self.voxels();
        let values = self.images.chunks_exact(length).nth(slot);
        let values = values.map_or_else(|| vec![0.0; length], <[f32]>::to_vec);
        let shape = dims::<D>(1, self.channels, self.patch);
        Tensor::from_data(TensorData::new(values, shape), device)
    }

    /// The labels as a one-hot tensor.
    pub fn one_hot<const D: usize>(&self, classes: usize, device: &Device) -> Tensor<D> {
        let shape = dims::<D>(self.cases.len(), classes, self.patch);
        one_hot(&self.labels, shape, device)
    }
}

/// Shape of a tensor of rank `D`: two leading sizes, then the last `D - 2` of planes, rows, columns.
pub fn dims<const D: usize>(first: usize, second: usize, size: [usize; 3]) -> [usize; D] {
    let mut dims = [first; D];
    for (axis, dim) in dims.iter_mut().enumerate().skip(1) {
        *dim = if axis == 1 {
            second
        } else {
            size.get(axis + 3 - D).copied().unwrap_or(1)
        };
    }
    dims
}

/// How a sampler draws.
#[derive(Debug, Clone, Copy)]
pub struct PatchSettings {
    /// Channels of the cases' images.
    pub channels: usize,
    /// Planes, rows, columns.
    pub patch: [usize; 3],
    /// Patches of a step.
    pub batch: usize,
    /// Where patches lie.
    pub sampling: Sampling,
    /// How they are changed.
    pub augmentation: Augmentation,
    /// Seed of the run.
    pub seed: u64,
    /// Number of the part, so that backbone and head draw differently.
    pub part: u64,
    /// For the held-out patches of validation, not for training.
    pub validation: bool,
}

/// Draws patches of cases in shuffled rounds over all cases. What it draws at a step depends on nothing but its settings
/// and the step.
#[derive(Debug)]
pub struct PatchSampler<'a> {
    cases: Vec<&'a Case>,
    settings: PatchSettings,
}

impl<'a> PatchSampler<'a> {
    /// A sampler over `cases`, at least one.
    pub fn new(cases: Vec<&'a Case>, settings: PatchSettings) -> Self {
        Self { cases, settings }
    }

    /// The cases that patches are drawn of.
    #[cfg(test)]
    pub fn cases(&self) -> &[&'a Case] {
        &self.cases
    }

    /// The patches of a step.
    pub fn draw(&self, step: usize) -> Batch {
        let PatchSettings {
            channels,
            patch,
            batch: count,
            ..
        } = self.settings;
        let voxels = patch.iter().product::<usize>();
        let mut batch = Batch {
            images: Vec::with_capacity(count * channels * voxels),
            labels: Vec::with_capacity(count * voxels),
            cases: Vec::with_capacity(count),
            channels,
            patch,
        };
        for slot in 0..count {
            let draw = step * count + slot;
            let index = self.case_of(draw);
            if let Some(case) = self.cases.get(index) {
                batch.cases.push(index);
                self.add_patch(case, index, draw, &mut batch);
            }
        }
        batch
    }

    /// The case of a draw: every round visits all cases in an order of its own.
    fn case_of(&self, draw: usize) -> usize {
        let count = self.cases.len().max(1);
        let purpose = if self.settings.validation {
            Purpose::ValidationOrder
        } else {
            Purpose::Order
        };
        let mut random = self.generator(purpose, draw / count);
        let order = shuffled(count, &mut random);
        order.get(draw % count).copied().unwrap_or(0)
    }

    fn generator(&self, purpose: Purpose, counter: usize) -> ChaCha8Rng {
        generator(
            self.settings.seed,
            self.settings.part,
            purpose,
            counter as u64,
        )
    }

    fn add_patch(&self, case: &Case, index: usize, draw: usize, batch: &mut Batch) {
        let purpose = if self.settings.validation {
            Purpose::ValidationPatch
        } else {
            Purpose::Patch
        };
        let mut random = self.generator(purpose, draw);
        let start = self.start(case, index, &mut random);
        let settings = &self.settings.augmentation;
        let transform = draw_transform(start, batch.patch, settings, &mut random);
        let voxels = case.size.iter().product::<usize>();
        let first = batch.images.len();
        for channel in case.image.chunks_exact(voxels.max(1)).take(batch.channels) {
            resample_values(channel, case.size, &transform, &mut batch.images);
        }
        resample_labels(&case.labels, case.size, &transform, &mut batch.labels);
        if let Some(values) = batch.images.get_mut(first..) {
            augment_intensities(values, batch.patch, settings, &mut random);
        }
    }

    /// First voxel of a patch on the image; it may lie outside.
    fn start(&self, case: &Case, index: usize, random: &mut ChaCha8Rng) -> [isize; 3] {
        let patch = self.settings.patch;
        let (centred, reference) = match self.settings.sampling {
            Sampling::Reference => {
                let batch = self.settings.batch;
                let first = (0.67 * batch as f64).round_ties_even() as usize;
                (index % batch >= first, true)
            }
            Sampling::ForegroundShare(share) => (random.random_bool(share.clamp(0.0, 1.0)), false),
        };
        let centre = if centred {
            foreground_voxel(case, random)
        } else {
            None
        };
        let mut start = [0; 3];
        for (axis, start) in start.iter_mut().enumerate() {
            let spare = case.size[axis] as isize - patch[axis] as isize;
            // Where an image is shorter than the patch, the reference puts it in the middle; we let it lie anywhere within.
            let (low, high) = match (spare < 0, reference) {
                (true, true) => (spare / 2, spare / 2),
                (true, false) => (spare, 0),
                (false, _) => (0, spare),
            };
            *start = match centre {
                Some(centre) if reference => (centre[axis] - patch[axis] as isize / 2).max(low),
                Some(centre) => (centre[axis] - patch[axis] as isize / 2).clamp(low, high),
                None => random.random_range(low as i64..=high as i64) as isize,
            };
        }
        start
    }
}

/// A random voxel of a random foreground class of the case; none where there is no foreground.
fn foreground_voxel(case: &Case, random: &mut ChaCha8Rng) -> Option<[isize; 3]> {
    let mut counts = [0_usize; 256];
    for &label in &case.labels {
        counts[usize::from(label)] += 1;
    }
    let present = (1..256)
        .filter(|&class| counts[class] > 0)
        .collect::<Vec<_>>();
    if present.is_empty() {
        return None;
    }
    let class = *present.get(random.random_range(0..present.len()))?;
    let wanted = random.random_range(0..counts[class]);
    let mut of_class = case
        .labels
        .iter()
        .enumerate()
        .filter(|(_, label)| usize::from(**label) == class);
    let (voxel, _) = of_class.nth(wanted)?;
    let [_, rows, columns] = case.size;
    let place = [
        voxel / (rows * columns),
        voxel / columns % rows,
        voxel % columns,
    ];
    Some(place.map(|index| index as isize))
}

#[cfg(test)]
mod tests {
    use super::{Batch, PatchSampler, PatchSettings, dims};
    use crate::case::Case;
    use crate::config::{Augmentation, Sampling};

    /// A case whose values are its voxels' numbers, one channel, with one voxel of class 2.
    fn case(size: [usize; 3], marked: usize) -> Case {
        let voxels = size.iter().product::<usize>();
        let mut labels = vec![0; voxels];
        labels[marked] = 2;
        Case {
            name: marked.to_string(),
            size,
            image: (1..=voxels).map(|voxel| voxel as f32).collect(),
            labels,
        }
    }

    fn settings(sampling: Sampling, patch: [usize; 3]) -> PatchSettings {
        PatchSettings {
            channels: 1,
            patch,
            batch: 3,
            sampling,
            augmentation: Augmentation::default(),
            seed: 4,
            part: 0,
            validation: false,
        }
    }

    fn has_marked(batch: &Batch) -> Vec<bool> {
        let voxels = batch.voxels();
        batch
            .labels
            .chunks_exact(voxels)
            .map(|labels| labels.contains(&2))
            .collect()
    }

    #[test]
    fn shapes_of_both_ranks() {
        assert_eq!(dims::<4>(2, 3, [1, 32, 48]), [2, 3, 32, 48]);
        assert_eq!(dims::<5>(2, 3, [16, 32, 48]), [2, 3, 16, 32, 48]);
    }

    #[test]
    fn every_round_visits_every_case_in_an_order_of_its_own() {
        let cases = (0..7)
            .map(|index| case([1, 8, 8], index))
            .collect::<Vec<_>>();
        let sampler = PatchSampler::new(
            cases.iter().collect(),
            settings(Sampling::ForegroundShare(0.0), [1, 4, 4]),
        );
        let drawn = (0..7)
            .flat_map(|step| sampler.draw(step).cases)
            .collect::<Vec<_>>();
        let rounds = drawn.chunks(7).collect::<Vec<_>>();
        for round in &rounds {
            let mut sorted = round.to_vec();
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2, 3, 4, 5, 6]);
        }
        assert_ne!(rounds[0], rounds[1]);
        assert_eq!(sampler.draw(5), sampler.draw(5));
        assert_ne!(sampler.draw(5), sampler.draw(6));
    }

    /// Of a batch of 3 the cases with index 2, 5, 8 are centred on foreground, always; the others only by chance.
    #[test]
    fn the_reference_centres_by_the_index_of_the_case() {
        let cases = (0..9)
            .map(|_| case([1, 256, 256], 40_000))
            .collect::<Vec<_>>();
        let sampler = PatchSampler::new(
            cases.iter().collect(),
            settings(Sampling::Reference, [1, 16, 16]),
        );
        for step in 0..30 {
            let batch = sampler.draw(step);
            for (index, marked) in batch.cases.iter().zip(has_marked(&batch)) {
                assert!(marked || index % 3 != 2);
            }
        }
        let by_chance = (0..30).flat_map(|step| has_marked(&sampler.draw(step)));
        assert!(by_chance.filter(|&marked| marked).count() < 45);
    }

    /// The reference clamps at the lower bound only: a voxel in the last corner leaves zeros behind it.
    #[test]
    fn the_reference_pads_with_zeros_beyond_the_end_and_ours_does_not() {
        let (size, patch) = ([8, 8, 8], [4, 4, 4]);
        let cases = (0..3).map(|_| case(size, 511)).collect::<Vec<_>>();
        let zeros = |sampling| {
            let sampler = PatchSampler::new(cases.iter().collect(), settings(sampling, patch));
            let batch = sampler.draw(0);
            let slot = batch
                .cases
                .iter()
                .position(|&index| index == 2)
                .unwrap_or(0);
            let values = batch.images.chunks_exact(64).nth(slot);
            values.map(|values| values.iter().filter(|&&value| value == 0.0).count())
        };
        assert_eq!(zeros(Sampling::Reference), Some(64 - 27));
        assert_eq!(zeros(Sampling::ForegroundShare(1.0)), Some(0));
    }

    #[test]
    fn small_images_lie_whole_within_the_patch() {
        let cases = [case([2, 3, 3], 4)];
        for sampling in [Sampling::Reference, Sampling::ForegroundShare(0.5)] {
            let sampler = PatchSampler::new(
                cases.iter().collect(),
                PatchSettings {
                    batch: 1,
                    ..settings(sampling, [4, 8, 8])
                },
            );
            for step in 0..20 {
                let batch = sampler.draw(step);
                let sum = batch.images.iter().sum::<f32>();
                // The reference may centre on the voxel and lose what is beyond the upper bound, never here.
                assert_eq!(sum, (1..=18).sum::<i32>() as f32);
                assert_eq!(has_marked(&batch), [true]);
            }
        }
    }
}
