//! JPEG-LS: frame and scan of any parameters, entropy-coded bits of any kind.

use imaging::{Limits, open};

const LIMITS: Limits = Limits {
    max_pixels: 1 << 16,
    max_bytes: 1 << 22,
};

/// What is made of the bytes.
pub type Input = (u8, u8, u8, u8, bool, Vec<u8>);

/// Opens it and checks what holds of every result.
pub fn run(input: Input) {
    let (side, precision, near, interleaving, is_colour, body) = input;
    let side = u16::from(side % 32) + 1;
    let components = if is_colour { 3_u8 } else { 1 };
    let precision = precision % 16 + 1;
    let [high, low] = side.to_be_bytes();
    let mut stream = vec![0xFF, 0xD8, 0xFF, 0xF7, 0, 8 + 3 * components, precision];
    stream.extend([high, low, high, low, components]);
    (1..=components).for_each(|id| stream.extend([id, 0x11, 0]));
    stream.extend([0xFF, 0xDA, 0, 6 + 2 * components, components]);
    (1..=components).for_each(|id| stream.extend([id, 0]));
    stream.extend([near, interleaving % 4, 0]);
    stream.extend(body);

    let mut file = vec![0; 128];
    file.extend(b"DICM");
    let mut element = |group: u16, element: u16, vr: &str, value: &[u8]| {
        file.extend(group.to_le_bytes());
        file.extend(element.to_le_bytes());
        file.extend(vr.as_bytes());
        file.extend((value.len() as u16).to_le_bytes());
        file.extend(value);
    };
    element(2, 0x10, "UI", b"1.2.840.10008.1.2.4.81\0");
    let bits = u16::from(precision);
    let allocated = if bits > 8 { 16 } else { 8 };
    element(0x28, 0x02, "US", &u16::from(components).to_le_bytes());
    element(
        0x28,
        0x04,
        "CS",
        if is_colour { b"RGB " } else { b"MONOCHROME2 " },
    );
    for (tag, value) in [
        (0x10, side),
        (0x11, side),
        (0x100, allocated),
        (0x101, bits),
        (0x102, bits - 1),
        (0x103, 0),
    ] {
        element(0x28, tag, "US", &value.to_le_bytes());
    }
    file.extend([
        0xE0, 0x7F, 0x10, 0, b'O', b'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF,
    ]);
    file.extend([0xFE, 0xFF, 0, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0, 0xE0]);
    file.extend((stream.len() as u32).to_le_bytes());
    file.extend(stream);
    file.extend([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
    let _ = open(&file, "", &LIMITS);
}
