//! Random patches of training cases.

use rand::RngExt as _;
use rand::rngs::ChaCha8Rng;

use super::config::Augmentation;
use super::dataset::Case;

/// Patches of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// `[batch, channels, rows, columns]`.
    pub images: Vec<f32>,
    /// `[batch, rows, columns]`.
    pub labels: Vec<u8>,
    /// Batch, channels, rows, columns.
    pub shape: [usize; 4],
}

/// Draws patches at random places of random cases, in shuffled rounds over all cases.
#[derive(Debug)]
pub struct PatchSampler<'a> {
    cases: &'a [Case],
    channels: usize,
    patch: [usize; 2],
    foreground_share: f64,
    augmentation: Augmentation,
    random: ChaCha8Rng,
    order: Vec<usize>,
    next: usize,
}

impl<'a> PatchSampler<'a> {
    /// A sampler over `cases`, whose images have `channels` channels.
    pub fn new(
        cases: &'a [Case],
        channels: usize,
        patch: [usize; 2],
        foreground_share: f64,
        augmentation: Augmentation,
        random: ChaCha8Rng,
    ) -> Self {
        Self {
            cases,
            channels,
            patch,
            foreground_share,
            augmentation,
            random,
            order: Vec::new(),
            next: 0,
        }
    }

    /// The next patches.
    pub fn draw(&mut self, batch: usize) -> Batch {
        let [rows, columns] = self.patch;
        let mut images = Vec::with_capacity(batch * self.channels * rows * columns);
        let mut labels = Vec::with_capacity(batch * rows * columns);
        for _ in 0..batch {
            let case = self.next_case();
            self.add_patch(case, &mut images, &mut labels);
        }
        Batch {
            images,
            labels,
            shape: [batch, self.channels, rows, columns],
        }
    }

    fn next_case(&mut self) -> &'a Case {
        if self.next >= self.order.len() {
            self.order = (0..self.cases.len()).collect();
            for last in (1..self.order.len()).rev() {
                let other = self.random.random_range(0..=last);
                self.order.swap(last, other);
            }
            self.next = 0;
        }
        let case = &self.cases[self.order[self.next]];
        self.next += 1;
        case
    }

    /// Centre of a patch: on a foreground voxel, or such that the patch lies anywhere over the image.
    fn centre(&mut self, case: &Case) -> [f64; 2] {
        let [rows, columns] = case.size;
        if self.random.random_bool(self.foreground_share) {
            let foreground = case.labels.iter().filter(|&&label| label != 0).count();
            if foreground > 0 {
                let wanted = self.random.random_range(0..foreground);
                let position = case
                    .labels
                    .iter()
                    .enumerate()
                    .filter(|(_, label)| **label != 0)
                    .nth(wanted);
                let position = position.map_or(0, |(position, _)| position);
                return [(position / columns) as f64, (position % columns) as f64];
            }
        }
        let mut along = |size: usize, patch: usize| {
            let margin = (patch as f64 / 2.0).min(size as f64 / 2.0);
            margin + self.random.random::<f64>() * (size as f64 - 2.0 * margin)
        };
        [along(rows, self.patch[0]), along(columns, self.patch[1])]
    }

    fn add_patch(&mut self, case: &Case, images: &mut Vec<f32>, labels: &mut Vec<u8>) {
        let [rows, columns] = self.patch;
        let centre = self.centre(case);
        let settings = self.augmentation;
        let (flip_rows, flip_columns, exchange) = if settings.flips {
            (
                self.random.random(),
                self.random.random(),
                self.random.random(),
            )
        } else {
            (false, false, false)
        };
        let mut symmetric = |most: f64| most * (2.0 * self.random.random::<f64>() - 1.0);
        let scale = symmetric(settings.log_scale).exp();
        let contrast = symmetric(settings.log_contrast).exp() as f32;
        let brightness = symmetric(settings.brightness) as f32;
        let noise = symmetric(settings.noise).abs() as f32;

        // Where on the image each voxel of the patch comes from.
        let mut sources = Vec::with_capacity(rows * columns);
        for row in 0..rows {
            for column in 0..columns {
                let mut down = (row as f64 + 0.5 - rows as f64 / 2.0) * scale;
                let mut right = (column as f64 + 0.5 - columns as f64 / 2.0) * scale;
                if flip_rows {
                    down = -down;
                }
                if flip_columns {
                    right = -right;
                }
                if exchange {
                    std::mem::swap(&mut down, &mut right);
                }
                sources.push([centre[0] + down - 0.5, centre[1] + right - 0.5]);
            }
        }
        let plane = case.size[0] * case.size[1];
        for channel in case.image.chunks_exact(plane).take(self.channels) {
            for &source in &sources {
                let mut value = bilinear(channel, case.size, source) * contrast + brightness;
                if noise > 0.0 {
                    value += noise * gaussian(&mut self.random);
                }
                images.push(value);
            }
        }
        labels.extend(
            sources
                .iter()
                .map(|&source| nearest(&case.labels, case.size, source)),
        );
    }
}

/// A standard normal number (Box and Muller).
fn gaussian(random: &mut ChaCha8Rng) -> f32 {
    let radius = (-2.0 * (1.0 - random.random::<f64>()).ln()).sqrt();
    (radius * (std::f64::consts::TAU * random.random::<f64>()).cos()) as f32
}

/// Linear interpolation between voxel centres; 0, the mean of a normalised image, outside.
fn bilinear(values: &[f32], size: [usize; 2], at: [f64; 2]) -> f32 {
    let (row, column) = (at[0].floor(), at[1].floor());
    let (down, right) = ((at[0] - row) as f32, (at[1] - column) as f32);
    let value = |row: f64, column: f64| voxel(values, size, row, column).unwrap_or(0.0);
    let top = value(row, column) * (1.0 - right) + value(row, column + 1.0) * right;
    if down == 0.0 {
        return top;
    }
    let bottom = value(row + 1.0, column) * (1.0 - right) + value(row + 1.0, column + 1.0) * right;
    top * (1.0 - down) + bottom * down
}

fn nearest(labels: &[u8], size: [usize; 2], at: [f64; 2]) -> u8 {
    voxel(labels, size, at[0].round(), at[1].round()).unwrap_or(0)
}

fn voxel<T: Copy>(values: &[T], size: [usize; 2], row: f64, column: f64) -> Option<T> {
    let inside = row >= 0.0 && column >= 0.0 && row < size[0] as f64 && column < size[1] as f64;
    if inside {
        values
            .get(row as usize * size[1] + column as usize)
            .copied()
    } else {
        None
    }
}
