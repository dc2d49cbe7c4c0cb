//! Small DICOM files, made to measure: explicit little endian unless said otherwise.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

pub type Tag = (u16, u16);

pub const EXPLICIT: &str = "1.2.840.10008.1.2.1";
pub const RUN_LENGTH: &str = "1.2.840.10008.1.2.5";
pub const JPEG_BASELINE: &str = "1.2.840.10008.1.2.4.50";
pub const JPEG_LOSSLESS: &str = "1.2.840.10008.1.2.4.57";

pub const IMAGE_TYPE: Tag = (0x0008, 0x0008);
pub const SOP_CLASS: Tag = (0x0008, 0x0016);
pub const SOP_INSTANCE: Tag = (0x0008, 0x0018);
pub const MODALITY: Tag = (0x0008, 0x0060);
pub const PATIENT_NAME: Tag = (0x0010, 0x0010);
pub const THICKNESS: Tag = (0x0018, 0x0050);
pub const ECHO_TIME: Tag = (0x0018, 0x0081);
pub const STUDY: Tag = (0x0020, 0x000D);
pub const SERIES: Tag = (0x0020, 0x000E);
pub const INSTANCE_NUMBER: Tag = (0x0020, 0x0013);
pub const POSITION: Tag = (0x0020, 0x0032);
pub const ORIENTATION: Tag = (0x0020, 0x0037);
pub const SAMPLES_PER_PIXEL: Tag = (0x0028, 0x0002);
pub const PHOTOMETRIC: Tag = (0x0028, 0x0004);
pub const PLANAR: Tag = (0x0028, 0x0006);
pub const FRAMES: Tag = (0x0028, 0x0008);
pub const ROWS: Tag = (0x0028, 0x0010);
pub const COLUMNS: Tag = (0x0028, 0x0011);
pub const SPACING: Tag = (0x0028, 0x0030);
pub const BITS_ALLOCATED: Tag = (0x0028, 0x0100);
pub const BITS_STORED: Tag = (0x0028, 0x0101);
pub const HIGH_BIT: Tag = (0x0028, 0x0102);
pub const SIGNED: Tag = (0x0028, 0x0103);
pub const WINDOW_CENTRE: Tag = (0x0028, 0x1050);
pub const WINDOW_WIDTH: Tag = (0x0028, 0x1051);
pub const INTERCEPT: Tag = (0x0028, 0x1052);
pub const SLOPE: Tag = (0x0028, 0x1053);
pub const RESCALE_TYPE: Tag = (0x0028, 0x1054);
pub const PIXEL_DATA: Tag = (0x7FE0, 0x0010);

#[derive(Clone, Default)]
pub struct DataSet(BTreeMap<Tag, (String, Vec<u8>, bool)>);

impl DataSet {
    pub fn new() -> Self {
        Self::default()
    }

    /// An image of 16-bit numbers, not signed.
    pub fn image(rows: u16, columns: u16, samples: &[u16]) -> Self {
        Self::new()
            .text(SOP_CLASS, "UI", "1.2.840.10008.5.1.4.1.1.4")
            .text(SOP_INSTANCE, "UI", "1.2.3.4.5")
            .text(MODALITY, "CS", "MR")
            .text(PATIENT_NAME, "PN", "Doe^Jane")
            .text(STUDY, "UI", "1.2.3")
            .text(SERIES, "UI", "1.2.3.4")
            .numbers(SAMPLES_PER_PIXEL, &[1])
            .text(PHOTOMETRIC, "CS", "MONOCHROME2")
            .numbers(ROWS, &[rows])
            .numbers(COLUMNS, &[columns])
            .depth(16, 16, 15, false)
            .words(PIXEL_DATA, samples)
    }

    /// A plane of a volume, its first voxel at `position` (LPS+), seen along the z axis.
    pub fn plane(position: [f64; 3], samples: &[u16]) -> Self {
        let side = samples.len().isqrt() as u16;
        Self::image(side, side, samples)
            .decimals(POSITION, &position)
            .decimals(ORIENTATION, &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0])
            .decimals(SPACING, &[0.5, 0.25])
            .text(
                SOP_INSTANCE,
                "UI",
                &format!(
                    "1.2.3.4.{}",
                    samples
                        .iter()
                        .fold(7_u64, |hash, &sample| hash * 31 % 1_000_003
                            + u64::from(sample))
                ),
            )
    }

    pub fn depth(self, allocated: u16, stored: u16, high: u16, signed: bool) -> Self {
        self.numbers(BITS_ALLOCATED, &[allocated])
            .numbers(BITS_STORED, &[stored])
            .numbers(HIGH_BIT, &[high])
            .numbers(SIGNED, &[u16::from(signed)])
    }

    pub fn bytes(mut self, tag: Tag, vr: &str, mut value: Vec<u8>) -> Self {
        if value.len() % 2 == 1 {
            value.push(if matches!(vr, "OB" | "UI" | "UN") {
                0
            } else {
                b' '
            });
        }
        self.0.insert(tag, (vr.to_owned(), value, false));
        self
    }

    pub fn text(self, tag: Tag, vr: &str, value: &str) -> Self {
        self.bytes(tag, vr, value.as_bytes().to_vec())
    }

    pub fn decimals(self, tag: Tag, values: &[f64]) -> Self {
        let values: Vec<String> = values.iter().map(|value| format!("{value}")).collect();
        self.text(tag, "DS", &values.join("\\"))
    }

    pub fn numbers(self, tag: Tag, values: &[u16]) -> Self {
        self.bytes(
            tag,
            "US",
            values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect(),
        )
    }

    pub fn words(self, tag: Tag, values: &[u16]) -> Self {
        self.bytes(
            tag,
            "OW",
            values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect(),
        )
    }

    /// A sequence of items of undefined length.
    pub fn sequence(mut self, tag: Tag, items: &[Self]) -> Self {
        let mut value = Vec::new();
        for item in items {
            value.extend([0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]);
            value.extend(item.elements());
            value.extend([0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0]);
        }
        self.0.insert(tag, ("SQ".to_owned(), value, false));
        self
    }

    /// Encapsulated pixel data with an empty offset table.
    pub fn fragments(mut self, fragments: &[Vec<u8>]) -> Self {
        let mut value = vec![0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0];
        for fragment in fragments {
            let padded = fragment.len().next_multiple_of(2);
            value.extend([0xFE, 0xFF, 0x00, 0xE0]);
            value.extend((padded as u32).to_le_bytes());
            value.extend(fragment);
            value.resize(value.len() + padded - fragment.len(), 0);
        }
        value.extend([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
        self.0.insert(PIXEL_DATA, ("OB".to_owned(), value, true));
        self
    }

    pub fn without(mut self, tag: Tag) -> Self {
        self.0.remove(&tag);
        self
    }

    pub fn elements(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for ((group, element), (vr, value, is_undefined)) in &self.0 {
            bytes.extend(group.to_le_bytes());
            bytes.extend(element.to_le_bytes());
            bytes.extend(vr.bytes());
            let length = if *is_undefined {
                u32::MAX
            } else {
                value.len() as u32
            };
            if matches!(vr.as_str(), "OB" | "OW" | "OF" | "OD" | "SQ" | "UN" | "UT") {
                bytes.extend([0, 0]);
                bytes.extend(length.to_le_bytes());
            } else {
                bytes.extend((length as u16).to_le_bytes());
            }
            bytes.extend(value);
        }
        bytes
    }

    pub fn file(&self) -> Vec<u8> {
        self.file_as(EXPLICIT)
    }

    pub fn file_as(&self, transfer_syntax: &str) -> Vec<u8> {
        let mut bytes = vec![0; 128];
        bytes.extend(b"DICM");
        let meta = Self::new().text((0x0002, 0x0010), "UI", transfer_syntax);
        bytes.extend(meta.elements());
        bytes.extend(self.elements());
        bytes
    }
}
