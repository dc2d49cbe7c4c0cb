//! NIfTI-1 files made field by field, and gzip.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

/// A single file's header, with plausible fields until others are set. Offsets are those of nifti1.h.
#[derive(Clone)]
pub struct Header {
    big_endian: bool,
    fields: Vec<(usize, Vec<u8>)>,
}

impl Header {
    /// `sizes` along the axes and the `datatype` code.
    pub fn new(sizes: &[i16], code: i16) -> Self {
        let mut header = Self {
            big_endian: false,
            fields: Vec::new(),
        };
        header.put(0, 348_i32.to_le_bytes());
        header.short(40, sizes.len() as i16);
        for (axis, &size) in sizes.iter().enumerate() {
            header.short(42 + 2 * axis, size);
        }
        header.short(70, code);
        for axis in 0..8 {
            header.float(76 + 4 * axis, 1.0);
        }
        header.float(108, 352.0);
        header
    }

    /// The same header, most significant bytes first.
    pub fn big_endian(mut self) -> Self {
        self.big_endian = true;
        self
    }

    fn put<const N: usize>(&mut self, at: usize, little_endian: [u8; N]) {
        self.fields.push((at, little_endian.to_vec()));
    }

    pub fn byte(&mut self, at: usize, value: u8) {
        self.put(at, [value]);
    }

    pub fn short(&mut self, at: usize, value: i16) {
        self.put(at, value.to_le_bytes());
    }

    pub fn float(&mut self, at: usize, value: f32) {
        self.put(at, value.to_le_bytes());
    }

    /// The file: header, no extension, voxels.
    pub fn file(&self, voxels: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 352];
        for (at, field) in &self.fields {
            let mut field = field.clone();
            if self.big_endian {
                field.reverse();
            }
            bytes[*at..at + field.len()].copy_from_slice(&field);
        }
        bytes[344..348].copy_from_slice(b"n+1\0");
        bytes.extend(voxels);
        bytes
    }
}

/// Bytes as one gzip member.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
