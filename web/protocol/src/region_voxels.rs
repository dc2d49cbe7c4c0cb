//! The voxels of regions, as an array of bytes.

/// Bytes of a number.
const WORD: usize = size_of::<u32>();

/// Voxels of one row: plane, row, first and last column, ends included, from 0.
pub type RegionRun = [u32; 4];

/// The voxels of regions as bytes: of every region the number of its runs, then the runs, as unsigned 32-bit numbers, the
/// lowest byte first.
#[must_use]
pub fn encode_region_voxels(regions: &[Vec<RegionRun>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for runs in regions {
        // As many runs as voxels at most, which are counted in 32 bits everywhere.
        let count = u32::try_from(runs.len()).unwrap_or(u32::MAX);
        bytes.extend(count.to_le_bytes());
        bytes.extend(
            runs.iter()
                .flatten()
                .flat_map(|number| number.to_le_bytes()),
        );
    }
    bytes
}

/// Reads what [`encode_region_voxels`] has written; none where it is cut off or has something left over.
#[must_use]
pub fn decode_region_voxels(bytes: &[u8]) -> Option<Vec<Vec<RegionRun>>> {
    if !bytes.len().is_multiple_of(WORD) {
        return None;
    }
    let (words, _) = bytes.as_chunks::<WORD>();
    let mut numbers = words.iter().map(|word| u32::from_le_bytes(*word));
    let mut regions = Vec::new();
    while let Some(count) = numbers.next() {
        if numbers.len() / 4 < count as usize {
            return None;
        }
        let mut runs = Vec::with_capacity(count as usize);
        for _ in 0..count {
            let mut next = || numbers.next();
            runs.push([next()?, next()?, next()?, next()?]);
        }
        regions.push(runs);
    }
    Some(regions)
}
