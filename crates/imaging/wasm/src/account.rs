//! What the library says of files, as text.

use std::fmt::Write as _;

use imaging::{Choice, Limits, NamedBytes, OpenedFiles, Series, Volume, open_files};

/// Opens files and writes down what they hold, a line for each thing: every series with its description, shape, matrix,
/// display range, notes, parts, and a hash of its voxels; what was left out; or the error.
pub fn account(files: Vec<NamedBytes>) -> String {
    let limits = Limits::default();
    let mut text = String::new();
    match open_files(files, &limits) {
        Ok(opened) => write_opened(&mut text, &opened, &limits),
        Err(error) => line(&mut text, "error", &format!("{:?}: {error}", error.kind())),
    }
    text
}

fn write_opened(text: &mut String, opened: &OpenedFiles, limits: &Limits) {
    for series in &opened.series {
        line(text, "series", &series.description);
        line(text, "files", &series.files);
        line(text, "expected shape", &format!("{:?}", series.shape));
        for note in &series.notes {
            line(text, "known beforehand", note);
        }
        match series.decode(limits) {
            Ok(volume) => {
                write_volume(text, &volume);
                write_last_part(text, series, &volume, limits);
            }
            Err(error) => line(text, "error", &format!("{:?}: {error}", error.kind())),
        }
        // Labels take a way of their own through most decoders.
        match series.decode_labels(limits, u8::MAX) {
            Ok(labels) => line(text, "labels", &hex(hash(labels.ids.iter().copied()))),
            Err(error) => line(text, "labels", &error),
        }
    }
    for sentence in &opened.skipped {
        line(text, "left out", sentence);
    }
}

fn write_volume(text: &mut String, volume: &Volume) {
    let provenance = &volume.provenance;
    line(text, "is", &provenance.description());
    line(
        text,
        "shape",
        &format!("{} x {:?}", volume.channels, volume.shape),
    );
    line(text, "voxels", &voxels(volume));
    // Shortest decimals that give the very number back.
    line(text, "affine", &format!("{:?}", volume.geometry));
    line(
        text,
        "display",
        &format!("{:?}", provenance.display_range()),
    );
    line(text, "inverted", &format!("{:?}", provenance.inverted_from));
    line(text, "parts", &format!("{:?}", provenance.parts));
    line(text, "segments", &format!("{:?}", provenance.segments));
    for note in &provenance.notes {
        line(text, "note", note);
    }
}

/// The last time point and channel, where there are several.
fn write_last_part(text: &mut String, series: &Series, first: &Volume, limits: &Limits) {
    let parts = first.provenance.parts;
    if parts.times < 2 && parts.channels < 2 {
        return;
    }
    let last = Choice {
        time: Some(parts.times.saturating_sub(1)),
        channel: Some(parts.channels.saturating_sub(1)),
        ..Choice::default()
    };
    match series.decode_part(limits, &last) {
        Ok(volume) => line(text, "last part", &voxels(&volume)),
        Err(error) => line(text, "last part", &error),
    }
}

fn line(text: &mut String, name: &str, value: &dyn std::fmt::Display) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{name}: {value}");
}

/// A hash of the voxels' bits; every not-a-number counts as the same, because WebAssembly leaves its sign open.
fn voxels(volume: &Volume) -> String {
    let bits = volume.voxels.iter().flat_map(|voxel| {
        let bits = if voxel.is_nan() {
            f32::NAN.to_bits() & 0x7FFF_FFFF
        } else {
            voxel.to_bits()
        };
        bits.to_le_bytes()
    });
    hex(hash(bits))
}

/// FNV-1a.
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

fn hex(hash: u64) -> String {
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use imaging::NamedBytes;

    use super::account;

    #[test]
    fn a_picture_and_an_error_have_their_account() {
        let picture = imaging::encode::png_mask(&[0, 1, 2, 3], 2, 2).unwrap_or_default();
        let file = |bytes: &[u8]| {
            vec![NamedBytes {
                name: "mask.png".to_owned(),
                bytes: bytes.to_vec(),
            }]
        };
        let text = account(file(&picture));
        assert!(text.contains("shape: 1 x [1, 2, 2]\n"), "{text}");
        assert!(text.contains("is: PNG, 8-bit grey\n"), "{text}");
        assert_ne!(
            text,
            account(file(
                &imaging::encode::png_mask(&[0, 1, 2, 2], 2, 2).unwrap_or_default()
            ))
        );
        assert!(account(file(b"")).starts_with("error: "));
    }
}
