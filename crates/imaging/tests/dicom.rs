//! Real DICOM files, against what pydicom found in them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use imaging::{Error, Limits, Summary, Volume, open, summary};

fn open_sample(path: &str) -> Option<Result<Volume, Error>> {
    Some(open(&common::file(path)?, path, &Limits::default()))
}

/// Shape as NumPy has it: no axis for a single plane or a single channel.
fn shape(found: &Summary) -> Vec<usize> {
    let mut shape = found.shape.to_vec();
    if found.shape[0] == 1 {
        shape.remove(0);
    }
    if found.channels == 3 {
        shape.push(3);
    }
    shape
}

/// JPEG, whose inverse transform the standard leaves free within bounds, and lossy JPEG 2000: how far the mean and the
/// ends of the range may differ from another decoder's. Where 0, the hash must be equal all the same.
const LOSSY: [(&str, f64); 6] = [
    ("JPGExtended.dcm", 1.0),
    ("JPEG2000.dcm", 2.0),
    ("693_J2KI.dcm", 60.0),
    ("RG3_J2KI.dcm", 4.0),
    ("SC_rgb_jpeg_dcmtk.dcm", 2.0),
    ("SC_rgb_dcmtk_+eb+cy+np.dcm", 2.0),
];

#[test]
fn stored_samples_agree_with_another_reader() {
    let Some(expectations) = common::expectations() else {
        return;
    };
    let mut tested = 0;
    let mut wrong = Vec::new();
    for (path, expected) in &expectations {
        let Some(name) = path.strip_prefix("dicom/") else {
            continue;
        };
        if matches!(
            name,
            "MR_small_jpeg_ls_lossless.dcm" | "HTJ2KLossless_08_RGB.dcm"
        ) {
            continue;
        }
        let volume = match open_sample(path).unwrap() {
            Ok(volume) => volume,
            Err(error) => {
                wrong.push(format!("{path}: {error}"));
                continue;
            }
        };
        let found = summary(&volume);
        eprintln!(
            "{path}: {} {:?} {:?} {:?}",
            found.description,
            found.shape,
            volume.provenance.display_range(),
            found.notes
        );
        let dtype = expected.dtype.as_deref().map(|name| match name {
            ">i2" => "int16",
            name => name,
        });
        if (Some(shape(&found)), Some(found.dtype.as_str())) != (expected.shape.clone(), dtype) {
            wrong.push(format!("{path}: {:?} {}", shape(&found), found.dtype));
        }
        let tolerance = LOSSY
            .iter()
            .find(|(lossy, _)| *lossy == name)
            .map_or(0.0, |(_, tolerance)| *tolerance);
        let differences = [(found.min, expected.min), (found.max, expected.max)]
            .map(|(found, expected)| (found.unwrap() - expected.unwrap()).abs());
        let mean = (found.mean.unwrap() - expected.mean.unwrap()).abs();
        let is_equal = Some(&found.sha1) == expected.sha1_le.as_ref();
        if differences.iter().any(|&difference| difference > tolerance)
            || mean > 1e-5 + 0.1 * tolerance
        {
            wrong.push(format!("{path}: {differences:?} {mean}"));
        }
        if !is_equal && tolerance == 0.0 {
            wrong.push(format!("{path}: hash"));
        }
        eprintln!("    equal {is_equal} {differences:?} {mean}");
        tested += 1;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(tested >= 37, "only {tested} files were compared");
}

#[test]
fn bad_files_give_one_clear_sentence() {
    for (name, bytes) in common::files("dicom_bad") {
        match open(&bytes, &name, &Limits::default()) {
            Ok(volume) => eprintln!("{name}: {:?}", volume.shape),
            Err(error) => eprintln!("{name}: {error}"),
        }
    }
}
