//! Voxels as numbers.

use super::data_type::DataType;
use super::header::NiftiHeader;
use crate::SampleType;
use crate::byte_order::ByteOrder;

/// How the bytes of a file become numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Samples {
    sample_type: SampleType,
    byte_order: ByteOrder,
    scaling: Option<[f64; 2]>,
    is_complex: bool,
}

impl Samples {
    pub(super) fn of(header: &NiftiHeader) -> Self {
        Self {
            sample_type: header.data_type.sample_type(),
            byte_order: header.byte_order(),
            scaling: header.scaling(),
            is_complex: matches!(header.data_type, DataType::Complex(_)),
        }
    }

    /// Calls `each` with every sample in turn, scaled, in 64 bits (exact but for 64-bit integers beyond 2^53).
    pub(super) fn each(self, bytes: &[u8], each: impl FnMut(f64)) {
        match self.scaling {
            None => self.each_stored(bytes, each),
            Some([slope, intercept]) => {
                let mut each = each;
                self.each_stored(bytes, |value| each(value * slope + intercept));
            }
        }
    }

    fn each_stored(self, bytes: &[u8], mut each: impl FnMut(f64)) {
        if self.is_complex {
            let mut real: Option<f64> = None;
            self.each_number(bytes, |value| match real.take() {
                None => real = Some(value),
                Some(real) => each(real.hypot(value)),
            });
        } else {
            self.each_number(bytes, each);
        }
    }

    fn each_number(self, bytes: &[u8], mut each: impl FnMut(f64)) {
        match self.sample_type {
            SampleType::Uint8 => bytes.iter().for_each(|&byte| each(f64::from(byte))),
            SampleType::Int8 => bytes.iter().for_each(|&byte| each(f64::from(byte as i8))),
            SampleType::Uint16 => {
                self.chunks(bytes, |chunk| each(f64::from(u16::from_le_bytes(chunk))));
            }
            // NIfTI has no 16-bit floats.
            SampleType::Int16 | SampleType::Float16 => {
                self.chunks(bytes, |chunk| each(f64::from(i16::from_le_bytes(chunk))));
            }
            SampleType::Uint32 => {
                self.chunks(bytes, |chunk| each(f64::from(u32::from_le_bytes(chunk))));
            }
            SampleType::Int32 => {
                self.chunks(bytes, |chunk| each(f64::from(i32::from_le_bytes(chunk))));
            }
            SampleType::Float32 => {
                self.chunks(bytes, |chunk| each(f64::from(f32::from_le_bytes(chunk))));
            }
            SampleType::Uint64 => {
                self.chunks(bytes, |chunk| each(u64::from_le_bytes(chunk) as f64));
            }
            SampleType::Int64 => {
                self.chunks(bytes, |chunk| each(i64::from_le_bytes(chunk) as f64));
            }
            SampleType::Float64 => self.chunks(bytes, |chunk| each(f64::from_le_bytes(chunk))),
        }
    }

    /// Calls `each` with the little-endian bytes of every sample.
    fn chunks<const N: usize>(self, bytes: &[u8], mut each: impl FnMut([u8; N])) {
        let (chunks, _) = bytes.as_chunks::<N>();
        for &chunk in chunks {
            each(self.byte_order.to_little_endian(chunk));
        }
    }

    /// Whether scaling makes other numbers of the stored ones.
    pub(super) fn is_scaled(self) -> bool {
        self.scaling.is_some()
    }

    /// Appends the samples of one voxel as they are compared across programs: as stored, little-endian, or where they
    /// are scaled as 64-bit floats.
    pub(super) fn append(self, voxel: &[u8], data_type: DataType, target: &mut Vec<u8>) {
        if self.is_scaled() {
            self.each(voxel, |value| target.extend(value.to_le_bytes()));
        } else if self.byte_order == ByteOrder::BigEndian && data_type.channels() == 1 {
            target.extend(voxel.iter().rev());
        } else {
            target.extend(voxel);
        }
    }
}
