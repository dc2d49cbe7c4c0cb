//! DICOM series: slices at any heights, leaning, of differing sizes, signs and bits; both ways of making uneven ones even.

use imaging::{Choice, Limits, NamedBytes, UnevenSpacing, open_files};

const LIMITS: Limits = Limits {
    max_pixels: 1 << 12,
    max_bytes: 1 << 18,
};

/// Height, lean and kind of a slice, and elements that come last.
pub type Slice = (i8, i8, u8, Vec<u8>);

/// What is made of the bytes.
pub type Input = Vec<Slice>;

/// Opens it and checks what holds of every result.
pub fn run(slices: Input) {
    let files: Vec<NamedBytes> = slices
        .iter()
        .take(24)
        .enumerate()
        .map(|(index, slice)| NamedBytes {
            name: format!("{index}.dcm"),
            bytes: file(slice, index),
        })
        .collect();
    let Ok(opened) = open_files(files, &LIMITS) else {
        return;
    };
    for series in &opened.series {
        let choices = [
            None,
            Some(UnevenSpacing::RegularGrid),
            Some(UnevenSpacing::LargestPart),
        ];
        for spacing in choices {
            let choice = Choice {
                spacing,
                ..Choice::default()
            };
            if let Ok(volume) = series.decode_part(&LIMITS, &choice) {
                assert_eq!(
                    volume.voxels.len(),
                    volume.voxels_per_channel() * volume.channels
                );
                volume.grid().expect("a decoder's matrix makes a grid");
                if spacing.is_none() {
                    assert!(series.shape.is_none_or(|shape| shape == volume.shape));
                }
            }
        }
    }
}

fn file((height, lean, kind, rest): &Slice, index: usize) -> Vec<u8> {
    let mut file = vec![0; 128];
    file.extend(b"DICM");
    let mut element = |group: u16, element: u16, vr: &str, value: &[u8]| {
        file.extend(group.to_le_bytes());
        file.extend(element.to_le_bytes());
        file.extend(vr.as_bytes());
        file.extend((value.len() as u16).to_le_bytes());
        file.extend(value);
    };
    let text = |text: String| format!("{text:<width$}", width = text.len().next_multiple_of(2));
    element(2, 0x10, "UI", b"1.2.840.10008.1.2.1\0");
    element(8, 0x18, "UI", text(format!("1.2.{index}")).as_bytes());
    element(8, 0x60, "CS", b"CT");
    // Some in a series of their own.
    element(
        0x20,
        0x0E,
        "UI",
        if kind & 1 == 0 { b"1.2\0" } else { b"1.3\0" },
    );
    let position = text(format!(
        "0\\{}\\{}",
        f64::from(*lean) / 64.0,
        f64::from(*height) / 8.0
    ));
    element(0x20, 0x32, "DS", position.as_bytes());
    let orientation = match kind >> 1 & 3 {
        0 | 1 => "1\\0\\0\\0\\1\\0 ",
        2 => "0\\1\\0\\0\\0\\1 ",
        _ => "1\\0.001\\0\\0\\1\\0",
    };
    element(0x20, 0x37, "DS", text(orientation.to_owned()).as_bytes());
    element(0x28, 0x02, "US", &[1, 0]);
    element(0x28, 0x04, "CS", b"MONOCHROME2 ");
    let side = if kind & 8 == 0 { 2_u16 } else { 3 };
    let bits = 8 + u16::from(kind >> 4 & 7);
    for (tag, value) in [(0x10, 2), (0x11, side)] {
        element(0x28, tag, "US", &value.to_le_bytes());
    }
    element(0x28, 0x30, "DS", b"1\\0.5 ");
    for (tag, value) in [
        (0x100, 16),
        (0x101, bits),
        (0x102, bits - 1),
        (0x103, u16::from(kind >> 7)),
    ] {
        element(0x28, tag, "US", &u16::to_le_bytes(value));
    }
    element(0x28, 0x1052, "DS", text(format!("{height}")).as_bytes());
    if !rest.is_empty() {
        file.extend(rest);
        return file;
    }
    file.extend([0xE0, 0x7F, 0x10, 0, b'O', b'W', 0, 0]);
    file.extend((u32::from(side) * 4).to_le_bytes());
    file.extend((0..side * 2).flat_map(|value| value.to_le_bytes()));
    file
}
