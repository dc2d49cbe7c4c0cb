//! Colour models (PS3.3 section C.7.6.3.1.2), in place and interleaved.

/// YBR_FULL, which is JPEG's YCbCr (ITU-R Rec. 601 luma, full range), to RGB.
pub(super) fn ybr_full_to_rgb(samples: &mut [i32], bits: u8) {
    let middle = f64::from(1_u32 << (bits.clamp(1, 31) - 1));
    let largest = 2.0 * middle - 1.0;
    for pixel in samples.as_chunks_mut::<3>().0 {
        let [y, b, r] = pixel.map(f64::from);
        let (b, r) = (b - middle, r - middle);
        *pixel = [
            y + 1.402 * r,
            y - (0.114 * 1.772 / 0.587) * b - (0.299 * 1.402 / 0.587) * r,
            y + 1.772 * b,
        ]
        .map(|value| (value + 0.5).floor().clamp(0.0, largest) as i32);
    }
}

/// YBR_PARTIAL_422 (luma 16 to 235, chroma 16 to 240, 8 bits) to RGB.
pub(super) fn ybr_partial_to_rgb(samples: &mut [i32]) {
    for pixel in samples.as_chunks_mut::<3>().0 {
        let [y, b, r] = pixel.map(f64::from);
        let (y, b, r) = (1.1644 * (y - 16.0), b - 128.0, r - 128.0);
        *pixel = [y + 1.5960 * r, y - 0.3917 * b - 0.8130 * r, y + 2.0173 * b]
            .map(|value| (value + 0.5).floor().clamp(0.0, 255.0) as i32);
    }
}

#[cfg(test)]
mod tests {
    use super::{ybr_full_to_rgb, ybr_partial_to_rgb};

    #[test]
    fn greys_stay_and_primaries_come_out() {
        let mut samples = [0, 128, 128, 255, 128, 128, 76, 85, 255];
        ybr_full_to_rgb(&mut samples, 8);
        assert_eq!(samples, [0, 0, 0, 255, 255, 255, 254, 0, 0]);
        let mut deep = [4095, 2048, 2048];
        ybr_full_to_rgb(&mut deep, 12);
        assert_eq!(deep, [4095, 4095, 4095]);
    }

    #[test]
    fn the_range_of_video_is_stretched() {
        let mut samples = [16, 128, 128, 235, 128, 128];
        ybr_partial_to_rgb(&mut samples);
        assert_eq!(samples, [0, 0, 0, 255, 255, 255]);
    }
}
