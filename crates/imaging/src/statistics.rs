//! Figures over samples as they come.

use sha1::{Digest, Sha1};

/// Figures over samples.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Statistics {
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub mean: Option<f64>,
    pub non_finite: usize,
    pub sha1: String,
}

/// Gathers [`Statistics`].
#[derive(Debug, Default)]
pub(crate) struct Tally {
    range: Option<[f64; 2]>,
    sum: f64,
    finite: u64,
    non_finite: usize,
    hasher: Sha1,
}

impl Tally {
    /// Counts a sample.
    pub(crate) fn count(&mut self, value: f64) {
        if value.is_finite() {
            let [low, high] = self.range.unwrap_or([value, value]);
            self.range = Some([low.min(value), high.max(value)]);
            self.sum += value;
            self.finite += 1;
        } else {
            self.non_finite += 1;
        }
    }

    /// Hashes the bytes of samples and empties them, once there are enough.
    pub(crate) fn hash(&mut self, bytes: &mut Vec<u8>) {
        if bytes.len() >= 1 << 16 {
            self.hasher.update(&bytes);
            bytes.clear();
        }
    }

    /// Hashes the last bytes.
    pub(crate) fn finish(mut self, bytes: &[u8]) -> Statistics {
        self.hasher.update(bytes);
        let sha1 = self.hasher.finalize();
        Statistics {
            min: self.range.map(|[low, _]| low),
            max: self.range.map(|[_, high]| high),
            mean: (self.finite > 0).then(|| self.sum / self.finite as f64),
            non_finite: self.non_finite,
            sha1: sha1.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }
}
