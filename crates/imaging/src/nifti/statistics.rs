//! Figures over all volumes of a file, in full precision, as other programs give them.

use super::read::NiftiFile;
use super::samples::Samples;
use crate::memory::allocate;
use crate::statistics::{Statistics, Tally};
use crate::{Error, Limits};

impl NiftiFile<'_> {
    /// Figures over every sample of every volume.
    ///
    /// The hash is of the array that nibabel gives: columns slowest and the last axis fastest, samples as stored, or as
    /// 64-bit floats where they are scaled.
    pub(crate) fn statistics(&self, limits: &Limits) -> Result<Statistics, Error> {
        let bytes = self.declared_bytes();
        if bytes > limits.max_bytes {
            return Err(Error::TooManyBytes {
                bytes,
                limit: limits.max_bytes,
            });
        }
        self.check_length()?;
        let mut stream = self.stream()?;
        let length = usize::try_from(bytes).map_err(|_| Error::OutOfMemory { bytes })?;
        let mut stored = allocate(length, 0_u8)?;
        stream.fill(&mut stored)?;
        stream.finish()?;

        let data_type = self.header.data_type;
        let samples = Samples::of(&self.header);
        let mut tally = Tally::default();
        let mut bytes = Vec::new();
        // Which voxel it is along each axis; sizes are at least 1 and their product is below `length`.
        let sizes: Vec<usize> = self
            .header
            .dimensions
            .iter()
            .map(|&size| size as usize)
            .collect();
        let mut place = vec![0; sizes.len()];
        for _ in 0..sizes.iter().product() {
            let index = place
                .iter()
                .zip(&sizes)
                .rev()
                .fold(0, |index, (&place, &size)| index * size + place);
            let start = index * data_type.bytes();
            let voxel = stored
                .get(start..start + data_type.bytes())
                .unwrap_or_default();
            samples.each(voxel, |value| tally.count(value));
            samples.append(voxel, data_type, &mut bytes);
            tally.hash(&mut bytes);
            for (place, &size) in place.iter_mut().zip(&sizes).rev() {
                *place += 1;
                if *place < size {
                    break;
                }
                *place = 0;
            }
        }
        Ok(tally.finish(&bytes))
    }
}
