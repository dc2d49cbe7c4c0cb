//! From a header's numbers to its bytes.

use super::header::NiftiHeader;
use super::version::{FLAG_BYTES, NiftiVersion};

impl NiftiHeader {
    /// The header as it starts a little-endian single file: with the four bytes that say that no extension follows.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.version.bytes() + FLAG_BYTES];
        let mut put = |at: usize, field: &[u8]| {
            if let Some(target) = bytes.get_mut(at..at + field.len()) {
                target.copy_from_slice(field);
            }
        };
        let mut dims = [1_i64; 8];
        dims[0] = self.dimensions.len() as i64;
        for (target, &size) in dims.iter_mut().skip(1).zip(&self.dimensions) {
            *target = size as i64;
        }
        let start = self.version.bytes() + FLAG_BYTES;
        let bits = 8 * self.data_type.bytes() as i16;
        let code = self.data_type.code() as i16;
        match self.version {
            NiftiVersion::One => {
                let mut floats = |at: usize, values: &[f64]| {
                    for (index, &value) in values.iter().enumerate() {
                        put(at + 4 * index, &(value as f32).to_le_bytes());
                    }
                };
                floats(76, &self.voxel_sizes);
                floats(108, &[start as f64, self.slope, self.intercept]);
                floats(256, &self.quaternion);
                floats(268, &self.offset);
                floats(280, self.sform.as_flattened());
                put(0, &348_i32.to_le_bytes());
                // "regular", an Analyze field that some readers look for.
                put(38, b"r");
                put(39, &[self.acquisition_axes]);
                for (axis, &size) in dims.iter().enumerate() {
                    put(40 + 2 * axis, &(size as i16).to_le_bytes());
                }
                put(68, &short(self.intent).to_le_bytes());
                put(70, &code.to_le_bytes());
                put(72, &bits.to_le_bytes());
                put(123, &[self.units as u8]);
                put(148, &self.description);
                put(252, &short(self.qform_code).to_le_bytes());
                put(254, &short(self.sform_code).to_le_bytes());
                put(344, b"n+1\0");
            }
            NiftiVersion::Two => {
                let mut floats = |at: usize, values: &[f64]| {
                    for (index, &value) in values.iter().enumerate() {
                        put(at + 8 * index, &value.to_le_bytes());
                    }
                };
                floats(104, &self.voxel_sizes);
                floats(176, &[self.slope, self.intercept]);
                floats(352, &self.quaternion);
                floats(376, &self.offset);
                floats(400, self.sform.as_flattened());
                put(0, &540_i32.to_le_bytes());
                put(4, b"n+2\0\r\n\x1a\n");
                put(12, &code.to_le_bytes());
                put(14, &bits.to_le_bytes());
                for (axis, &size) in dims.iter().enumerate() {
                    put(16 + 8 * axis, &size.to_le_bytes());
                }
                put(168, &(start as i64).to_le_bytes());
                put(240, &self.description);
                put(344, &self.qform_code.to_le_bytes());
                put(348, &self.sform_code.to_le_bytes());
                put(500, &self.units.to_le_bytes());
                put(504, &self.intent.to_le_bytes());
                put(524, &[self.acquisition_axes]);
            }
        }
        bytes
    }
}

/// A number of NIfTI-2 in a field of NIfTI-1: what is too large stays as large as can be, so that a code does not become
/// another one.
fn short(value: i32) -> i16 {
    value.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}
