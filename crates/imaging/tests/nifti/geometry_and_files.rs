//! Geometry, compression and limits, in files made here.
use crate::common::nifti::{Header, gzip};
use imaging::{Error, Format, GeometrySource, Limits, open, summarise};

use crate::LIMITS;

#[test]
fn forms_are_chosen_by_their_codes_and_passed_over_where_they_are_useless() {
    let mut header = Header::new(&[2, 2, 2], 2);
    let data = [0; 8];
    let source = |header: &Header| {
        let found = open(&header.file(&data), "g.nii", &LIMITS).unwrap();
        (found.geometry.source.unwrap(), found.provenance.notes)
    };
    for (axis, size) in [(80, 2.0), (84, 3.0), (88, 4.0)] {
        header.float(axis, size);
    }
    assert_eq!(source(&header).0, GeometrySource::VoxelSizes);
    header.short(252, 1);
    assert_eq!(source(&header), (GeometrySource::Qform { code: 1 }, vec![]));
    // An sform of zeros is none.
    header.short(254, 2);
    let (found, notes) = source(&header);
    assert_eq!(found, GeometrySource::Qform { code: 1 });
    assert_eq!(
        notes,
        [
            "The sform (code 2, aligned to another image) of the NIfTI header cannot be used and was passed over."
        ]
    );
    for (place, value) in [(280, 2.0), (300, 3.0), (320, 4.0)] {
        header.float(place, value);
    }
    assert_eq!(source(&header), (GeometrySource::Sform { code: 2 }, vec![]));
    // They disagree by a centimetre.
    header.float(268, 10.0);
    let (found, notes) = source(&header);
    assert_eq!(found, GeometrySource::Sform { code: 2 });
    assert_eq!(
        notes,
        ["The header's sform and qform disagree; the sform was taken."]
    );
    header.float(268, 0.0);
    // Micrometres.
    header.byte(123, 3);
    let found = open(&header.file(&data), "g.nii", &LIMITS).unwrap();
    assert_eq!(
        found.grid().unwrap().unwrap().spacing(),
        [0.004, 0.003, 0.002]
    );
    assert_eq!(
        found.provenance.notes,
        ["The header counts in micrometres; positions were converted to millimetres."]
    );
}

/// `h = nibabel.Nifti1Header(); h["pixdim"][:4] = [-1, 2, 3, 4]; h["quatern_b"] = .1; h["quatern_c"] = -.7;`
/// `h["quatern_d"] = .5; h["qform_code"] = 1; h["qoffset_x"] = 7; print(h.get_qform())`
#[test]
fn quaternions_give_the_matrix_that_nibabel_gives() {
    let mut header = Header::new(&[2, 2, 2], 2);
    for (place, value) in [
        (76, -1.0),
        (80, 2.0),
        (84, 3.0),
        (88, 4.0),
        (256, 0.1),
        (260, -0.7),
        (264, 0.5),
        (268, 7.0),
    ] {
        header.float(place, value);
    }
    header.short(252, 1);
    let found = open(&header.file(&[0; 8]), "q.nii", &LIMITS).unwrap();
    let expected: [[f64; 4]; 4] = [
        [-0.9599999, -1.92, 2.4, 7.0],
        [0.72, 1.44, 3.2, 0.0],
        [1.6, -1.7999999, -1e-7, 0.0],
        [0.0, 0.0, 0.0, 1.0],
    ];
    for (a, b) in found
        .geometry
        .affine
        .unwrap()
        .iter()
        .flatten()
        .zip(expected.as_flattened())
    {
        assert!((a - b).abs() < 2e-6, "{:?}", found.geometry.affine);
    }
}

#[test]
fn compressed_data_are_checked_to_their_end() {
    let file = Header::new(&[40, 50, 2], 2).file(&[7; 4000]);
    let zipped = gzip(&file);
    assert_eq!(open(&zipped, "z", &LIMITS).unwrap().voxels, [7.0; 4000]);
    // Several members, even empty ones, are one file; what follows them is not.
    let (head, tail) = file.split_at(1000);
    let mut members = [gzip(head), gzip(&[]), gzip(tail)].concat();
    members.extend([0; 100]);
    assert_eq!(open(&members, "z", &LIMITS).unwrap().voxels, [7.0; 4000]);
    // The checksum is the last but four of a member's bytes.
    let mut damaged = zipped.clone();
    let place = damaged.len() - 8;
    damaged[place] ^= 1;
    assert_eq!(
        open(&damaged, "z", &LIMITS).unwrap_err().to_string(),
        "the NIfTI file is damaged (its compressed data do not match their checksum); copy or download it again"
    );
    for cut in [zipped.len() - 1, zipped.len() - 9, zipped.len() / 2] {
        let error = open(&zipped[..cut], "z", &LIMITS).unwrap_err();
        assert_eq!(
            error,
            Error::Truncated {
                format: Format::Nifti,
                bytes: cut as u64
            }
        );
    }
    assert_eq!(
        open(&gzip(b"plain words"), "words.gz", &LIMITS)
            .unwrap_err()
            .to_string(),
        "this is a text file, not an image that can be read; choose a PNG, JPEG, TIFF, BMP, GIF, WebP, DICOM, NIfTI, NRRD, MetaImage or MGH file"
    );
}

#[test]
fn a_bomb_stops_at_the_size_that_its_header_gives() {
    // 64 MiB of zeros behind a header that asks for 4000.
    let mut file = Header::new(&[40, 50, 2], 2).file(&[7; 4000]);
    file.resize(64 << 20, 0);
    let bomb = gzip(&file);
    assert!(bomb.len() < 1 << 20);
    let found = open(&bomb, "b.nii.gz", &LIMITS).unwrap();
    assert_eq!(found.voxels, [7.0; 4000]);
    // A header that asks for more than so few bytes can hold is refused before memory is asked for.
    let promises = gzip(&Header::new(&[32767, 2000, 1], 16).file(&[0; 4000]));
    assert!(matches!(
        open(&promises, "b", &LIMITS),
        Err(Error::Truncated { .. })
    ));
}

#[test]
fn limits_hold_before_decoding() {
    let file = Header::new(&[40, 50, 2], 2).file(&[7; 4000]);
    let limits = |max_pixels, max_bytes| Limits {
        max_pixels,
        max_bytes,
    };
    for result in [
        open(&file, "l", &limits(3999, 1 << 30)),
        open(&gzip(&file), "l", &limits(3999, 1 << 30)),
    ] {
        assert!(matches!(result, Err(Error::TooLarge { planes: 2, .. })));
    }
    assert_eq!(
        open(&file, "l", &limits(4000, 15_999)),
        Err(Error::TooManyBytes {
            bytes: 16_000,
            limit: 15_999
        })
    );
    assert!(open(&file, "l", &limits(4000, 16_000)).is_ok());
    // A long series opens at its first volume; to sum it up it must fit.
    let series = Header::new(&[4, 5, 2, 100], 2).file(&[7; 4000]);
    assert_eq!(
        open(&series, "l", &limits(40, 160)).unwrap().voxels,
        [7.0; 40]
    );
    assert!(matches!(
        summarise(&series, "l", &limits(40, 160)),
        Err(Error::TooManyBytes {
            bytes: 4000,
            limit: 160
        })
    ));
}

#[test]
fn files_of_few_dimensions_are_flat_volumes() {
    for (sizes, shape) in [
        (&[6][..], [1, 1, 6]),
        (&[3, 2], [1, 2, 3]),
        (&[3, 2, 1, 1], [1, 2, 3]),
        (&[3, 1, 2, 1, 1, 1, 1], [2, 1, 3]),
    ] {
        let file = Header::new(sizes, 2).file(&[1, 2, 3, 4, 5, 6]);
        let found = open(&file, "f.nii", &LIMITS).unwrap();
        assert_eq!(
            (found.shape, found.voxels.as_slice()),
            (shape, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0][..])
        );
        assert!(found.grid().unwrap().is_some());
    }
}
