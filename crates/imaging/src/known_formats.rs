//! Formats that are not read, by their first bytes or their names, each with what to convert it with.

/// A format that is known and not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownFormat {
    /// With its article.
    pub what: &'static str,
    /// The second half of a sentence.
    pub remedy: &'static str,
}

const PHOTOGRAPH: &str = "export it as JPEG or PNG";
const PICTURE: &str = "save it as PNG or TIFF";
const VOLUME: &str = "convert it to NIfTI, for example with 3D Slicer or SimpleITK";
const MICROSCOPE: &str = "convert it to OME-TIFF, for example with Bio-Formats or Fiji";
const VIDEO: &str = "export its pictures as PNG, for example with ffmpeg";
const ARCHIVE: &str = "unpack it and choose the files in it";
const NO_IMAGE: &str = "choose an image file";
const SURFACE: &str = "choose the image that it was made from";

/// Signatures: where they stand, the bytes, what it is and what to do.
const SIGNATURES: [(usize, &[u8], &str, &str); 66] = [
    (4, b"ftypavif", "an AVIF picture", PHOTOGRAPH),
    (4, b"ftypavis", "an AVIF picture", PHOTOGRAPH),
    (4, b"ftyphe", "a HEIC photograph", PHOTOGRAPH),
    (4, b"ftypmif1", "a HEIC photograph", PHOTOGRAPH),
    (4, b"ftypmsf1", "a HEIC photograph", PHOTOGRAPH),
    (
        4,
        b"ftypcrx ",
        "a camera's raw photograph (CR3)",
        PHOTOGRAPH,
    ),
    (4, b"ftyp", "a video (MP4 or QuickTime)", VIDEO),
    (4, b"moov", "a video (QuickTime)", VIDEO),
    (
        4,
        b"jP  ",
        "a JPEG 2000 picture",
        "save it as PNG or TIFF, for example with opj_decompress",
    ),
    (
        0,
        b"\xFF\x4F\xFF\x51",
        "a JPEG 2000 picture",
        "save it as PNG or TIFF, for example with opj_decompress",
    ),
    (
        0,
        b"\xFF\x0A",
        "a JPEG XL picture",
        "save it as PNG, for example with djxl",
    ),
    (
        4,
        b"JXL ",
        "a JPEG XL picture",
        "save it as PNG, for example with djxl",
    ),
    (0, b"# vtk DataFile", "a VTK file", VOLUME),
    (0, b"<VTKFile", "a VTK file", VOLUME),
    (
        0,
        b"CDF\x01",
        "a MINC 1 or netCDF file",
        "convert it to NIfTI, for example with mnc2nii",
    ),
    (
        0,
        b"CDF\x02",
        "a MINC 1 or netCDF file",
        "convert it to NIfTI, for example with mnc2nii",
    ),
    (
        0,
        b"\x89HDF\r\n\x1A\n",
        "an HDF5 file (MINC 2, Imaris or MATLAB 7.3)",
        "convert it to NIfTI (mnc2nii) or to OME-TIFF (Bio-Formats)",
    ),
    (
        0,
        b"MATLAB 5.0",
        "a MATLAB file",
        "save the array as NIfTI with niftiwrite",
    ),
    (
        0,
        b"\x93NUMPY",
        "a NumPy array",
        "save it as NIfTI with nibabel or as TIFF with tifffile",
    ),
    (0, b"ZISRAWFILE", "a Zeiss CZI file", MICROSCOPE),
    (0, b"\xDA\xCE\xBE\x0A", "a Nikon ND2 file", MICROSCOPE),
    (0, b"\x70\x00\x00\x00", "a Leica LIF file", MICROSCOPE),
    (0, b"SIS\0", "an Olympus VSI or ETS file", MICROSCOPE),
    (
        0,
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        "an old Office document or a microscope's file in OLE form (OIB, ZVI, IPW)",
        MICROSCOPE,
    ),
    (0, b"8BPS", "a Photoshop picture", PICTURE),
    (0, b"gimp xcf", "a GIMP picture", PICTURE),
    (0, b"\x76\x2F\x31\x01", "an OpenEXR picture", PICTURE),
    (0, b"#?RADIANCE", "a Radiance HDR picture", PICTURE),
    (0, b"#?RGBE", "a Radiance HDR picture", PICTURE),
    (0, b"qoif", "a QOI picture", PICTURE),
    (0, b"DDS ", "a DirectDraw surface", PICTURE),
    (0, b"\0\0\x01\0", "a Windows icon", PICTURE),
    (0, b"AT&TFORM", "a DjVu document", PICTURE),
    (
        0,
        b"SIMPLE  =",
        "a FITS image",
        "save it as TIFF, for example with Fiji",
    ),
    (
        0,
        b"FUJIFILMCCD-RAW",
        "a camera's raw photograph (RAF)",
        PHOTOGRAPH,
    ),
    (
        0,
        b"MATRIX7",
        "an ECAT 7 file",
        "convert it to NIfTI, for example with ecat2nii or 3D Slicer",
    ),
    (
        0,
        b"mrtrix image",
        "an MRtrix image",
        "convert it to NIfTI with mrconvert",
    ),
    (0, b"mrtrix tracks", "a set of MRtrix tracks", SURFACE),
    (0, b"TRACK", "a TrackVis file", SURFACE),
    (0, b"!INTERFILE", "an Interfile header", VOLUME),
    (
        0,
        b"# === DATA DESCRIPTION FILE",
        "a Philips PAR header",
        "convert PAR and REC to NIfTI, for example with dcm2niix",
    ),
    (
        0,
        b"##TITLE=Parameter List",
        "a Bruker ParaVision parameter file",
        "convert the scan to NIfTI, for example with brkraw",
    ),
    (0, b"CTDATA-HEADER_V1", "a Scanco ISQ file", VOLUME),
    (0, b"\xFF\xFF\xFE", "a FreeSurfer surface", SURFACE),
    (0, b"ply\n", "a PLY surface", SURFACE),
    (0, b"solid ", "an STL surface", SURFACE),
    (0, b"%PDF", "a PDF document", "export its pictures as PNG"),
    (
        0,
        b"%!PS",
        "a PostScript document",
        "export its pictures as PNG",
    ),
    (0, b"{\\rtf", "an RTF document", NO_IMAGE),
    (0, b"7z\xBC\xAF\x27\x1C", "a 7z archive", ARCHIVE),
    (0, b"Rar!\x1A\x07", "a RAR archive", ARCHIVE),
    (0, b"LZIP", "an lzip archive", ARCHIVE),
    (0, b"\x04\x22\x4D\x18", "an LZ4 archive", ARCHIVE),
    (0, b"\x1F\x9D", "a file of Unix compress (.Z)", ARCHIVE),
    (0, b"\x5D\0\0\x80\0", "an LZMA archive", ARCHIVE),
    (0, b"MZ", "a Windows program", NO_IMAGE),
    (0, b"\x7FELF", "a program", NO_IMAGE),
    (0, b"SQLite format 3", "a database", NO_IMAGE),
    (0, b"\x1A\x45\xDF\xA3", "a video (Matroska or WebM)", VIDEO),
    (0, b"\0\0\x01\xBA", "a video (MPEG)", VIDEO),
    (0, b"\0\0\x01\xB3", "a video (MPEG)", VIDEO),
    (8, b"AVI ", "a video (AVI)", VIDEO),
    (8, b"WAVE", "a sound file", NO_IMAGE),
    (0, b"OggS", "a sound or video file (Ogg)", VIDEO),
    (
        208,
        b"MAP ",
        "an MRC or CCP4 map",
        "convert it to TIFF, for example with mrc2tif, or to NRRD with Fiji",
    ),
    (252, b"\xEF\xFF\xE9\xB0", "a GIPL volume", VOLUME),
];

/// Endings of names whose files have no signature, or only text.
const ENDINGS: [(&[&str], &str, &str); 13] = [
    (
        &["raw", "zraw", "vol", "bin", "rawb"],
        "a file of samples without a header",
        "choose its header too (.mhd or .nhdr), or convert it to NIfTI",
    ),
    (
        &["brik", "head"],
        "one half of an AFNI volume",
        "convert it to NIfTI with 3dAFNItoNIFTI",
    ),
    (
        &["rec", "par"],
        "one half of a Philips PAR/REC volume",
        "convert it to NIfTI, for example with dcm2niix",
    ),
    (
        &["2dseq"],
        "a Bruker ParaVision image",
        "convert the scan to NIfTI, for example with brkraw",
    ),
    (
        &["vmr", "vtc", "fmr", "msk"],
        "a BrainVoyager file",
        "save it as NIfTI in BrainVoyager",
    ),
    (&["tga"], "a Targa picture", PICTURE),
    (&["pcx"], "a PCX picture", PICTURE),
    (&["svg"], "an SVG drawing", "save it as PNG"),
    (&["gii"], "a GIFTI surface", SURFACE),
    (&["obj", "stl"], "a surface", SURFACE),
    (
        &["mnc"],
        "a MINC file",
        "convert it to NIfTI, for example with mnc2nii",
    ),
    (
        &["v", "i"],
        "an ECAT file",
        "convert it to NIfTI, for example with ecat2nii or 3D Slicer",
    ),
    (&["trk", "tck", "tt", "trx"], "a set of tracks", SURFACE),
];

/// A format that is known and not read, by a file's first bytes, else by its name.
pub(crate) fn known_format(bytes: &[u8], name: &str) -> Option<KnownFormat> {
    let by_signature = SIGNATURES.iter().find(|(at, signature, _, _)| {
        bytes
            .get(*at..)
            .is_some_and(|rest| rest.starts_with(signature))
    });
    if let Some(&(_, _, what, remedy)) = by_signature {
        return Some(KnownFormat { what, remedy });
    }
    if let [b'P', b'1'..=b'7', b' ' | b'\n' | b'\r' | b'\t', ..] | [b'P', b'F' | b'f', b'\n', ..] =
        bytes
    {
        return Some(KnownFormat {
            what: "a portable pixmap (PNM or PFM)",
            remedy: PICTURE,
        });
    }
    if bytes.ends_with(b"TRUEVISION-XFILE.\0") {
        return Some(KnownFormat {
            what: "a Targa picture",
            remedy: PICTURE,
        });
    }
    let head = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    let has = |text: &[u8]| head.windows(text.len()).any(|window| window == text);
    if head.starts_with(b"<") {
        let markup = [
            (&b"<svg"[..], "an SVG drawing", "save it as PNG"),
            (b"<VTKFile", "a VTK file", VOLUME),
            (b"<GIFTI", "a GIFTI surface", SURFACE),
            (b"<html", "a web page", NO_IMAGE),
            (b"<HTML", "a web page", NO_IMAGE),
            (b"<!DOCTYPE html", "a web page", NO_IMAGE),
        ];
        if let Some(&(_, what, remedy)) = markup.iter().find(|(text, _, _)| has(text)) {
            return Some(KnownFormat { what, remedy });
        }
    }
    let lower = name.to_ascii_lowercase();
    let base = lower.rsplit(['/', '\\']).next().unwrap_or_default();
    let ending = base.rsplit('.').next().unwrap_or_default();
    ENDINGS
        .iter()
        .find(|(endings, _, _)| endings.contains(&ending))
        .map(|&(_, what, remedy)| KnownFormat { what, remedy })
}

#[cfg(test)]
mod tests {
    use super::{ENDINGS, SIGNATURES, known_format};

    /// docs/formats.md lists what is refused, and nothing else.
    #[test]
    fn the_documentation_lists_what_is_refused() {
        let text = include_str!("../../../docs/formats.md");
        let (_, table) = text.split_once("## Known and refused").unwrap_or_default();
        let listed: std::collections::BTreeSet<&str> = table
            .lines()
            .filter(|line| line.starts_with("| a") || line.starts_with("| one"))
            .collect();
        let pixmap = known_format(b"P5\n", "").map(|known| (known.what, known.remedy));
        let known: Vec<String> = SIGNATURES
            .iter()
            .map(|(_, _, what, remedy)| (*what, *remedy))
            .chain(ENDINGS.iter().map(|(_, what, remedy)| (*what, *remedy)))
            .chain(pixmap)
            .map(|(what, remedy)| format!("| {what} | {remedy} |"))
            .collect();
        for row in &known {
            assert!(listed.contains(row.as_str()), "docs/formats.md lacks {row}");
        }
        for row in listed {
            assert!(
                known.iter().any(|known| known == row),
                "nothing refuses {row}"
            );
        }
    }

    #[test]
    fn every_signature_is_found_and_every_remedy_says_what_to_do() {
        for (at, signature, what, remedy) in SIGNATURES {
            let mut file = vec![0x20; at];
            file.extend(signature);
            let found = known_format(&file, "");
            assert!(found.is_some_and(|found| found.what == what), "{what}");
            assert!(
                ["a ", "an ", "one "]
                    .iter()
                    .any(|article| what.starts_with(article))
            );
            assert!(!remedy.ends_with('.'));
        }
    }

    #[test]
    fn names_tell_what_has_no_signature() {
        let found = known_format(&[1, 2, 3], "scans/Head.RAW");
        assert!(found.is_some_and(|found| found.what.contains("without a header")));
        assert_eq!(known_format(&[1, 2, 3], "head.nii"), None);
    }
}
