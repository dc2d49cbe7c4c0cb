//! ZIP archives of images, and archives that are not what they seem.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "common/zip.rs"]
mod zip;

use imaging::{Error, Format, Limits, NamedBytes, OpenedFiles, encode, open_files};
use proptest::prelude::*;
use zip::{Entry, archive, archive_of};

fn opened(bytes: Vec<u8>) -> Result<OpenedFiles, Error> {
    open_files(
        vec![NamedBytes {
            name: "a.zip".to_owned(),
            bytes,
        }],
        &Limits::default(),
    )
}

fn picture() -> Vec<u8> {
    encode::png_mask(&[0, 1, 1, 0, 0, 1], 2, 3).unwrap()
}

fn refusal(bytes: Vec<u8>) -> String {
    match opened(bytes) {
        Err(Error::Archive { detail }) => detail,
        other => panic!("{other:?}"),
    }
}

#[test_data::test("samples")]
fn a_zipped_series_is_the_series() {
    let files = common::files("dicom_series_hippo");
    let named: Vec<(String, &[u8])> = files
        .iter()
        .map(|(name, bytes)| (format!("scan/{name}"), bytes.as_slice()))
        .collect();
    let entries: Vec<(&str, &[u8])> = named
        .iter()
        .map(|(name, bytes)| (name.as_str(), *bytes))
        .collect();
    let zipped = opened(archive(&entries)).unwrap();
    let plain = open_files(
        common::named_files("dicom_series_hippo"),
        &Limits::default(),
    )
    .unwrap();
    assert_eq!(zipped.series.len(), 1);
    let limits = Limits::default();
    assert_eq!(
        zipped.series[0].decode(&limits).unwrap(),
        plain.series[0].decode(&limits).unwrap()
    );
}

#[test]
fn stored_and_deflated_files_folders_and_clutter() {
    let entries = [
        Entry::stored("pictures/", b""),
        Entry::stored("pictures/b.png", &picture()),
        Entry::deflated("pictures/a.png", &picture()),
        Entry::deflated("__MACOSX/pictures/._a.png", b"resource"),
        Entry::deflated("pictures/.DS_Store", b"folder"),
    ];
    let opened = opened(archive_of(&entries)).unwrap();
    assert_eq!(opened.series.len(), 2);
    assert!(opened.skipped.is_empty(), "{:?}", opened.skipped);
    assert_eq!(opened.series[0].first_file_name(), "pictures/a.png");
    assert_eq!(
        (
            opened.series[0].format,
            opened.series[0].description.as_str()
        ),
        (Format::Png, "PNG")
    );
    assert_eq!(
        opened.series[1].decode(&Limits::default()).unwrap().voxels,
        [0.0, 1.0, 1.0, 0.0, 0.0, 1.0]
    );
}

#[test]
fn damaged_archives_are_named() {
    let whole = archive(&[("a.png", &picture())]);
    assert_eq!(
        refusal(whole[..whole.len() - 30].to_vec()),
        "it is cut short"
    );
    let entry = Entry::deflated("a.png", &picture());
    let changed = |change: &dyn Fn(&mut Entry)| {
        let mut entry = entry.clone();
        change(&mut entry);
        refusal(archive_of(&[entry]))
    };
    assert_eq!(
        changed(&|entry| entry.checksum ^= 1),
        "a file in it has not the checksum that it should have"
    );
    assert_eq!(
        changed(&|entry| entry.unpacked += 1),
        "a file in it has not the checksum that it should have"
    );
    assert_eq!(
        changed(&|entry| entry.unpacked -= 1),
        "a file in it has not the checksum that it should have"
    );
    assert_eq!(
        changed(&|entry| entry.method = 96),
        "a file in it is packed in a way that is unknown here"
    );
    assert_eq!(
        changed(&|entry| entry.flags = 1),
        "it is protected by a password"
    );
    assert_eq!(
        changed(&|entry| entry.packed = vec![0xFF; 9]),
        "a file in it does not unpack"
    );
    let mut nowhere = whole;
    let start = nowhere.len() - 6;
    nowhere[start..start + 4].copy_from_slice(&[0xF0, 0xFF, 0xFF, 0x0F]);
    assert_eq!(refusal(nowhere), "its directory is cut short");
}

#[test]
fn archives_in_archives_are_opened_three_deep() {
    let mut nested = archive(&[("a.png", &picture())]);
    for _ in 0..2 {
        nested = archive(&[("inner.zip", &nested)]);
        assert_eq!(opened(nested.clone()).unwrap().series.len(), 1);
    }
    nested = archive(&[("inner.zip", &nested)]);
    assert_eq!(refusal(nested), "it lies more than 3 archives deep");
}

#[test]
fn documents_and_damaged_archives_do_not_spoil_the_others() {
    let document = archive(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("word/a.xml", b"<a/>"),
    ]);
    let whole = archive(&[
        ("a.png", &picture()),
        ("report.docx", &document),
        ("letter", &document),
        ("cut.zip", &document[..document.len() - 9]),
    ]);
    let opened = opened(whole).unwrap();
    assert_eq!(opened.series.len(), 1);
    let skipped = opened.skipped.join(" ");
    for words in ["a Word document", "an Office document", "cut short"] {
        assert!(skipped.contains(words), "{skipped}");
    }
}

#[test]
fn bombs_are_refused() {
    // 100 MiB of zeros in 100 KiB, which the directory admits.
    let zeros = vec![0; 100 << 20];
    let bomb = archive(&[("zeros.png", &zeros)]);
    assert!(bomb.len() < 200_000);
    assert_eq!(refusal(bomb), "its files are too large for what it holds");
    // And hides.
    let mut hidden = Entry::deflated("zeros.png", &zeros);
    hidden.unpacked = 1000;
    assert_eq!(
        refusal(archive_of(&[hidden])),
        "a file in it has not the checksum that it should have"
    );
    // More than the memory allowed, by many entries of one size.
    let mut large = Entry::stored("large", b"");
    large.unpacked = 600 << 20;
    let mut other = large.clone();
    other.name = "other".to_owned();
    let error = opened(archive_of(&[large, other])).unwrap_err();
    assert!(matches!(error, Error::TooManyBytes { .. }), "{error}");
}

#[test]
fn two_files_of_one_name_are_refused() {
    assert_eq!(
        refusal(archive(&[("a.png", &picture()), ("a.png", &picture())])),
        "it holds two files of the same name"
    );
}

/// A ZIP64 archive, as written for more than 65 534 files or 4 GiB: every size, offset and count stands in the 64-bit
/// records, and the others hold the marks that say so.
#[test]
fn archives_in_64_bits_are_read() {
    let opened = opened(zip::archive_64("a.png", &picture())).unwrap();
    assert_eq!(opened.series.len(), 1);
    assert_eq!(opened.series[0].first_file_name(), "a.png");
    assert_eq!(
        opened.series[0].decode(&Limits::default()).unwrap().shape,
        [1, 2, 3]
    );
}

#[test]
fn an_archive_behind_a_program_is_read_and_one_behind_an_image_is_not() {
    let zipped = archive(&[("a.png", &picture()), ("b.png", &picture())]);
    let behind = |before: &[u8]| opened([before, &zipped].concat()).unwrap().series.len();
    assert_eq!(behind(b"MZ this program cannot be run"), 2);
    assert_eq!(behind(&picture()), 1, "the PNG alone");
    let text = [b"PK\x05\x06 is how ", &zipped[..zipped.len() - 22]].concat();
    let error = opened(text).unwrap_err();
    assert!(matches!(error, Error::UnknownFormat { .. }), "{error}");
}

#[test]
fn names_without_the_mark_of_utf_8_are_read_as_such_and_others_as_code_page_437() {
    let names = |name: &[u8]| {
        let mut archive = archive(&[("a?.png", &picture())]);
        let places: Vec<usize> = archive
            .windows(6)
            .enumerate()
            .filter(|(_, window)| *window == b"a?.png")
            .map(|(place, _)| place)
            .collect();
        for place in places {
            archive[place..place + 6].copy_from_slice(name);
        }
        opened(archive).unwrap().series[0]
            .first_file_name()
            .to_owned()
    };
    assert_eq!(names("ä.png".as_bytes()), "ä.png");
    assert_eq!(names(b"a\x84.png"), "aä.png");
}

#[test]
fn an_archive_without_images_says_what_it_holds() {
    let error = opened(archive(&[("a.txt", b"Hello"), ("b.txt", b"again")])).unwrap_err();
    assert!(
        error.to_string().starts_with("this is a text file"),
        "{error}"
    );
    let error = opened(archive(&[("a.txt", b"Hello"), ("b.pdf", b"%PDF-1.7")])).unwrap_err();
    assert!(
        error.to_string().starts_with(
            "none of the 2 files is an image that can be read: of the first, this is a text file"
        ),
        "{error}"
    );
    assert_eq!(opened(archive(&[("a/", b"")])).unwrap_err(), Error::Empty);
    assert_eq!(
        open_files(Vec::new(), &Limits::default()).unwrap_err(),
        Error::Empty
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn a_changed_byte_is_read_or_refused(place in any::<prop::sample::Index>(), value: u8, in_64_bits: bool) {
        let mut bytes = if in_64_bits {
            zip::archive_64("a.png", &picture())
        } else {
            archive(&[("a.png", &picture()), ("b/c.png", &picture())])
        };
        let place = place.index(bytes.len());
        bytes[place] = value;
        // A name may change, and its own bytes make a picture of it all the same.
        if let Ok(opened) = opened(bytes) {
            prop_assert!(opened.series.iter().all(|series| series.format == Format::Png));
        }
    }
}
