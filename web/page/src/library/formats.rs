//! In which formats results are saved: one choice for mask and maps together.

use protocol::ExportFormat;

/// A choice of the select “Format”.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// Value in the select.
    pub name: &'static str,
    /// Title in the select.
    pub title: &'static str,
    /// Format of the mask.
    pub mask: ExportFormat,
    /// Format of a map; none where the format holds masks only.
    pub map: Option<ExportFormat>,
}

/// All choices, in the order in which they are offered.
pub const FORMATS: [Format; 6] = [
    Format {
        name: "png",
        title: "PNG mask, 32-bit TIFF map",
        mask: ExportFormat::Png,
        map: Some(ExportFormat::Tiff),
    },
    Format {
        name: "nifti",
        title: "NIfTI",
        mask: ExportFormat::Nifti,
        map: Some(ExportFormat::Nifti),
    },
    Format {
        name: "nrrd",
        title: "NRRD for 3D Slicer (mask only)",
        mask: ExportFormat::Nrrd,
        map: None,
    },
    Format {
        name: "dicom",
        title: "DICOM SEG, DICOM Parametric Map",
        mask: ExportFormat::DicomSegmentation,
        map: Some(ExportFormat::DicomParametricMap),
    },
    Format {
        name: "tiff",
        title: "TIFF",
        mask: ExportFormat::Tiff,
        map: Some(ExportFormat::Tiff),
    },
    Format {
        name: "bids",
        title: "BIDS derivatives (zip)",
        mask: ExportFormat::Bids,
        map: Some(ExportFormat::Bids),
    },
];

/// The choices for an image whose mask can be saved in `exports`.
#[must_use]
pub fn offered(exports: &[ExportFormat]) -> Vec<Format> {
    FORMATS
        .into_iter()
        .filter(|format| exports.contains(&format.mask))
        .collect()
}

/// The choice that is made: the one named, where the image allows it, else the first.
#[must_use]
pub fn chosen(exports: &[ExportFormat], name: Option<&str>) -> Option<Format> {
    let offered = offered(exports);
    let named = offered
        .iter()
        .find(|format| Some(format.name) == name)
        .copied();
    named.or_else(|| offered.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOLUME: [ExportFormat; 4] = [
        ExportFormat::Bids,
        ExportFormat::Nrrd,
        ExportFormat::Tiff,
        ExportFormat::Nifti,
    ];

    #[test]
    fn a_volume_is_saved_as_nifti_unless_something_else_is_chosen() {
        let names: Vec<&str> = offered(&VOLUME).iter().map(|format| format.name).collect();
        assert_eq!(names, ["nifti", "nrrd", "tiff", "bids"]);
        assert_eq!(
            chosen(&VOLUME, None).map(|format| format.name),
            Some("nifti")
        );
        assert_eq!(
            chosen(&VOLUME, Some("nrrd")).map(|format| format.name),
            Some("nrrd")
        );
    }

    #[test]
    fn a_choice_that_the_next_image_does_not_allow_is_dropped() {
        let picture = [ExportFormat::Png, ExportFormat::Tiff];
        let format = chosen(&picture, Some("nrrd"));
        assert_eq!(format.map(|format| format.name), Some("png"));
        assert_eq!(
            format.and_then(|format| format.map),
            Some(ExportFormat::Tiff)
        );
        assert_eq!(chosen(&[], None), None);
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FORMATS.len());
    }
}
