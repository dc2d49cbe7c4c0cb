//! Colours as DICOM recommends them for display.

/// Red, green and blue to CIE XYZ relative to the white point D50: the linear part of the sRGB profile of the
/// International Color Consortium, with Bradford's adaptation from D65.
const TO_XYZ: [[f64; 3]; 3] = [
    [0.436_074_7, 0.385_064_9, 0.143_080_4],
    [0.222_504_5, 0.716_878_6, 0.060_616_9],
    [0.013_932_2, 0.097_104_5, 0.714_173_3],
];
/// The inverse of `TO_XYZ`.
const FROM_XYZ: [[f64; 3]; 3] = [
    [3.133_856_1, -1.616_866_7, -0.490_614_6],
    [-0.978_768_4, 1.916_141_5, 0.033_454_0],
    [0.071_945_3, -0.228_991_4, 1.405_242_7],
];
/// The white point D50 (ISO 15076-1).
const WHITE: [f64; 3] = [0.964_22, 1.0, 0.825_21];

/// An sRGB colour as PCS-Values, three unsigned numbers of 16 bits (PS3.3 section C.10.7.1.1): L* from 0 to 100, then
/// a* and b* from -128 to 127, each spread over 0 to 65535.
pub(super) fn cielab(rgb: [u8; 3]) -> [u16; 3] {
    let linear = rgb.map(|component| {
        let value = f64::from(component) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    });
    let dot = |row: [f64; 3]| -> f64 { row.iter().zip(linear).map(|(a, b)| a * b).sum() };
    let [x, y, z] = TO_XYZ.map(dot);
    let [white_x, white_y, white_z] = WHITE;
    let (x, y, z) = (
        cube_root(x / white_x),
        cube_root(y / white_y),
        cube_root(z / white_z),
    );
    let (lightness, a, b) = (116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z));
    [
        encode(lightness / 100.0),
        encode((a + 128.0) / 255.0),
        encode((b + 128.0) / 255.0),
    ]
}

/// The sRGB colour of PCS-Values, as near as 8 bits come.
pub(in crate::dicom) fn rgb_of_cielab([lightness, a, b]: [u16; 3]) -> [u8; 3] {
    let share = |value: u16| f64::from(value) / f64::from(u16::MAX);
    let y = (share(lightness) * 100.0 + 16.0) / 116.0;
    let (x, z) = (
        y + (share(a) * 255.0 - 128.0) / 500.0,
        y - (share(b) * 255.0 - 128.0) / 200.0,
    );
    let [white_x, white_y, white_z] = WHITE;
    let xyz = [cube(x) * white_x, cube(y) * white_y, cube(z) * white_z];
    FROM_XYZ.map(|row| {
        let linear: f64 = row.iter().zip(xyz).map(|(a, b)| a * b).sum();
        let value = if linear <= 0.003_130_8 {
            linear * 12.92
        } else {
            1.055 * linear.powf(1.0 / 2.4) - 0.055
        };
        // `as` saturates.
        (value * 255.0).round() as u8
    })
}

/// The inverse of `cube_root`.
fn cube(root: f64) -> f64 {
    if root > 6.0 / 29.0 {
        root * root * root
    } else {
        (116.0 * root - 16.0) * 27.0 / 24389.0
    }
}

/// CIE's cube root, straight near black.
fn cube_root(ratio: f64) -> f64 {
    if ratio > 216.0 / 24389.0 {
        ratio.cbrt()
    } else {
        (ratio * 24389.0 / 27.0 + 16.0) / 116.0
    }
}

fn encode(share: f64) -> u16 {
    (share.clamp(0.0, 1.0) * f64::from(u16::MAX)).round() as u16
}

#[cfg(test)]
mod tests {
    use super::{cielab, rgb_of_cielab};

    #[test]
    fn colours_come_back() {
        for rgb in [
            [0, 0, 0],
            [255, 255, 255],
            [255, 0, 0],
            [0, 128, 255],
            [17, 200, 3],
        ] {
            assert_eq!(rgb_of_cielab(cielab(rgb)), rgb);
        }
    }

    /// L*, a* and b* of the sRGB primaries at D50, as colour management systems give them.
    #[test]
    fn primaries_and_greys_are_where_colour_science_puts_them() {
        for (rgb, lab) in [
            ([255, 255, 255], [100.0, 0.0, 0.0]),
            ([0, 0, 0], [0.0, 0.0, 0.0]),
            ([255, 0, 0], [54.29, 80.81, 69.89]),
            ([0, 255, 0], [87.82, -79.29, 80.99]),
            ([0, 0, 255], [29.57, 68.30, -112.03]),
            ([119, 119, 119], [50.03, 0.0, 0.0]),
        ] {
            let [lightness, a, b] = cielab(rgb).map(f64::from);
            let found = [
                lightness / 65535.0 * 100.0,
                a / 257.0 - 128.0,
                b / 257.0 - 128.0,
            ];
            for (found, expected) in found.into_iter().zip(lab) {
                assert!(
                    (found - expected).abs() < 0.05,
                    "{rgb:?}: {found} in place of {expected}"
                );
            }
        }
    }
}
