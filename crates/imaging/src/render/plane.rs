//! One plane alone: an image through a window, a map in colours.

use super::colour_map::ColourMap;
use super::fraction::fraction;
use crate::Error;

/// Shows voxels through a window: `window[0]` and below is black, `window[1]` and above is white, linear between.
///
/// `voxels` is one plane, channel first, `[channels, rows, columns]`; with 3 channels all share the window. Gives opaque
/// RGBA. Values that are not a number are black.
///
/// # Errors
/// [`Error::Channels`] unless `channels` is 1 or 3, [`Error::WrongLength`] if the voxels do not divide into them.
pub fn windowed(voxels: &[f32], channels: usize, window: [f32; 2]) -> Result<Vec<u8>, Error> {
    let byte = |voxel: f32| (fraction(voxel, window) * 255.0).round() as u8;
    match channels {
        1 => Ok(voxels
            .iter()
            .flat_map(|&voxel| {
                let grey = byte(voxel);
                [grey, grey, grey, 255]
            })
            .collect()),
        3 => {
            let pixels = voxels.len() / 3;
            if pixels * 3 != voxels.len() {
                let expected = pixels * 3;
                return Err(Error::WrongLength {
                    what: "the RGB plane",
                    found: voxels.len(),
                    expected,
                });
            }
            let (red, rest) = voxels.split_at(pixels);
            let (green, blue) = rest.split_at(pixels);
            let colours = red.iter().zip(green).zip(blue);
            Ok(colours
                .flat_map(|((&r, &g), &b)| [byte(r), byte(g), byte(b), 255])
                .collect())
        }
        found => Err(Error::Channels { wanted: 3, found }),
    }
}

/// Shows a map alone, in the colours of `colour_map` over `range`. Gives opaque RGBA; values that are not a number are
/// transparent.
pub fn mapped(values: &[f32], range: [f32; 2], colour_map: ColourMap) -> Vec<u8> {
    values
        .iter()
        .flat_map(|&value| {
            let [red, green, blue] = colour_map.colour(value, range);
            [red, green, blue, if value.is_nan() { 0 } else { 255 }]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{mapped, windowed};
    use crate::Error;
    use crate::render::ColourMap;

    #[test]
    fn the_window_maps_its_ends_to_black_and_white() {
        let grey = windowed(&[-5.0, 10.0, 15.0, 20.0, 99.0, f32::NAN], 1, [10.0, 20.0]).unwrap();
        let values: Vec<u8> = grey.chunks_exact(4).map(|pixel| pixel[0]).collect();
        assert_eq!(values, [0, 0, 128, 255, 255, 0]);
        assert!(
            grey.chunks_exact(4)
                .all(|pixel| pixel[3] == 255 && pixel[0] == pixel[1] && pixel[1] == pixel[2])
        );
    }

    #[test]
    fn colour_channels_share_the_window() {
        let rgb = windowed(&[0.0, 51.0, 102.0, 153.0, 204.0, 255.0], 3, [0.0, 255.0]).unwrap();
        assert_eq!(rgb, [0, 102, 204, 255, 51, 153, 255, 255]);
    }

    #[test]
    fn an_empty_window_is_black_and_wrong_lengths_are_errors() {
        assert_eq!(windowed(&[3.0], 1, [5.0, 5.0]).unwrap(), [0, 0, 0, 255]);
        assert!(matches!(
            windowed(&[0.0; 4], 3, [0.0, 1.0]),
            Err(Error::WrongLength { .. })
        ));
        assert!(matches!(
            windowed(&[0.0; 4], 2, [0.0, 1.0]),
            Err(Error::Channels { .. })
        ));
    }

    #[test]
    fn maps_show_their_ends_and_leave_gaps_for_what_is_no_number() {
        let shown = mapped(&[0.0, 2.0, f32::NAN], [0.0, 2.0], ColourMap::Viridis);
        assert_eq!(shown[..8], [0x44, 0x01, 0x54, 255, 0xfd, 0xe7, 0x25, 255]);
        assert_eq!(shown[11], 0);
    }
}
