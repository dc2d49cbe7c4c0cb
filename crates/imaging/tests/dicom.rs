//! Real DICOM files, against what pydicom found in them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use imaging::{Error, Limits, Summary, Volume, open, summary};

fn open_sample(path: &str) -> Result<Volume, Error> {
    open(&common::file(path), path, &Limits::default())
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

/// Lossy coding, whose inverse transforms the standards leave free within bounds: how far any end of the range may be
/// from another decoder's. Against pydicom with libjpeg and OpenJPEG, ours differ in 1 % of the samples by 1 (JPEG) and
/// not at all in range (JPEG 2000); pictures with halved chroma differ more, because decoders interpolate it in their
/// own ways.
const LOSSY: [(&str, f64); 5] = [
    ("JPGExtended.dcm", 1.0),
    ("JPEG2000.dcm", 1.0),
    ("RG3_J2KI.dcm", 1.0),
    ("SC_rgb_jpeg_dcmtk.dcm", 1.0),
    ("SC_rgb_dcmtk_+eb+cy+np.dcm", 4.0),
];

/// High-Throughput JPEG 2000, which pydicom's helpers read and this crate does not.
const REFUSED: [&str; 1] = ["HTJ2KLossless_08_RGB.dcm"];

#[test_data::test("samples")]
fn stored_samples_agree_with_another_reader() {
    let expectations = common::expectations();
    let mut tested = 0;
    for (path, expected) in &expectations {
        let series = path.starts_with("dicom_series_ct/");
        let Some(name) = path.strip_prefix("dicom/").or(series.then_some(path)) else {
            continue;
        };
        if REFUSED.contains(&name) {
            continue;
        }
        let volume = open_sample(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let found = summary(&volume);
        let dtype = expected.dtype.as_deref().map(|name| match name {
            ">i2" => "int16",
            name => name,
        });
        assert_eq!(Some(shape(&found)), expected.shape, "{path}");
        assert_eq!(Some(found.dtype.as_str()), dtype, "{path}");
        let ends = [(found.min, expected.min), (found.max, expected.max)]
            .map(|(found, expected)| (found.unwrap() - expected.unwrap()).abs());
        let mean = (found.mean.unwrap() - expected.mean.unwrap()).abs();
        match LOSSY.iter().find(|(lossy, _)| *lossy == name) {
            Some(&(_, tolerance)) => {
                assert!(
                    ends.iter().all(|&end| end <= tolerance) && mean <= 0.05 * tolerance,
                    "{path}: {ends:?} {mean}"
                );
            }
            None => {
                assert_eq!(ends, [0.0, 0.0], "{path}");
                assert!(mean < 1e-5, "{path}: {mean}");
                assert_eq!(Some(&found.sha1), expected.sha1_le.as_ref(), "{path}");
            }
        }
        tested += 1;
    }
    assert!(tested >= 57, "only {tested} files were compared");
}

#[test_data::test("samples")]
fn bad_files_give_one_clear_sentence() {
    for (name, sentence) in [
        (
            "MR_truncated.dcm",
            "the DICOM file ends after 9630 bytes, before the image is complete; copy or download it again",
        ),
        (
            "badVR.dcm",
            "the DICOM file is damaged (Number of Frames is no whole number); copy or download it again",
        ),
        (
            "half_ct.dcm",
            "the DICOM file ends after 19603 bytes, before the image is complete; copy or download it again",
        ),
        (
            "huge_dims.dcm",
            "the image has 65535 x 65535 pixels (4294836225 in all), more than the 67108864 that can be opened; crop it or reduce its size",
        ),
        // One stray byte stands before the data set, so that nothing in it is where it should be.
        (
            "no_meta.dcm",
            "this is a file of unknown kind (first bytes 20 08 00 05), not an image that can be read; choose a PNG, JPEG, TIFF, BMP, GIF, WebP, DICOM, NIfTI, NRRD, MetaImage or MGH file",
        ),
        (
            "reportsi.dcm",
            "this DICOM file is a structured report, which holds no image; choose the images it belongs to",
        ),
        (
            "rtplan_truncated.dcm",
            "the DICOM file ends after 2129 bytes, before the image is complete; copy or download it again",
        ),
        (
            "rtstruct.dcm",
            "this DICOM file is a set of radiotherapy structures, which holds no image; choose the images it belongs to",
        ),
    ] {
        let found = open_sample(&format!("dicom_bad/{name}"));
        assert_eq!(found.unwrap_err().to_string(), sentence, "{name}");
    }
    let error = open_sample(&format!("dicom/{}", REFUSED[0])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "this DICOM image is compressed with High-Throughput JPEG 2000, which cannot be read; decompress it first, for example with gdcmconv --raw"
    );
}

/// Odd, but whole: a data set with an odd sequence, and a stream whose marker segments other decoders find misplaced.
#[test_data::test("samples")]
fn odd_files_that_hold_all_their_samples_open() {
    let odd = open_sample("dicom_bad/bad_sequence.dcm");
    let found = summary(&odd.unwrap());
    let expectations = common::expectations();
    let expected = &expectations["dicom_bad/bad_sequence.dcm"];
    assert_eq!(Some(&found.sha1), expected.sha1_le.as_ref());
    let odd = open_sample("dicom_bad/JPEG-lossy.dcm").unwrap();
    let same = open_sample("dicom/JPGExtended.dcm").unwrap();
    assert_eq!(odd.voxels, same.voxels);
}

#[test_data::test("samples")]
fn descriptions_ranges_and_places() {
    for (name, description, range, affine) in [
        (
            "CT_small.dcm",
            "DICOM, 16-bit signed grey",
            [-896.0, 1167.0],
            Some([
                [-0.661468, 0.0, 0.0, 158.135803],
                [0.0, -0.661468, 0.0, 179.035797],
                [0.0, 0.0, 5.0, -75.699997],
            ]),
        ),
        (
            "MR_small.dcm",
            "DICOM, 16-bit signed grey",
            [-200.0, 1399.0],
            Some([
                [-0.3125, 0.0, 0.0, 83.9063],
                [0.0, -0.3125, 0.0, 91.2],
                [0.0, 0.0, 0.8, 6.6406],
            ]),
        ),
        (
            "examples_palette.dcm",
            "DICOM, 8-bit palette",
            [0.0, 255.0],
            None,
        ),
        (
            "rtdose.dcm",
            "DICOM, 32-bit grey",
            [0.795, 1.254],
            Some([
                [-10.0, 0.0, 0.0, -189.43125],
                [0.0, -10.0, 0.0, -199.43125],
                [0.0, 0.0, 5.0, -761.87],
            ]),
        ),
        ("color-pl.dcm", "DICOM, 8-bit RGB", [0.0, 255.0], None),
        (
            "parametric_map_float.dcm",
            "DICOM, 32-bit float grey",
            [0.0, 0.94157916],
            Some([
                [-0.661468, 0.0, 0.0, 158.135803],
                [0.0, -0.661468, 0.0, 179.035797],
                [0.0, 0.0, 5.0, -75.699997],
            ]),
        ),
    ] {
        let found = open_sample(&format!("dicom/{name}"));
        let found = found.unwrap();
        assert_eq!(found.provenance.description(), description);
        assert_eq!(found.provenance.display_range(), range, "{name}");
        let rows = found.geometry.affine.map(|[x, y, z, _]| [x, y, z]);
        match (rows, affine) {
            (Some(found), Some(expected)) => {
                for (found, expected) in found.iter().flatten().zip(expected.iter().flatten()) {
                    assert!(
                        (found - expected).abs() < 1e-6,
                        "{name}: {found} {expected}"
                    );
                }
            }
            (found, expected) => assert_eq!(found, expected, "{name}"),
        }
    }
}

/// The same picture in seven codings.
#[test_data::test("samples")]
fn codings_of_one_picture_give_the_same_voxels() {
    let plain = open_sample("dicom/MR_small.dcm");
    let plain = plain.unwrap();
    for name in ["RLE", "implicit", "bigendian", "jp2klossless", "padded"] {
        let other = open_sample(&format!("dicom/MR_small_{name}.dcm")).unwrap();
        assert_eq!(other.voxels, plain.voxels, "{name}");
        assert_eq!(other.geometry, plain.geometry, "{name}");
    }
}
