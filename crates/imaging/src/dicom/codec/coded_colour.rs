//! The colours that a code stream says it has.

/// What JPEG's own markers say of its colours; DICOM's Photometric Interpretation is often wrong about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CodedColour {
    /// As Photometric Interpretation says.
    AsDescribed,
    Rgb,
    Ybr,
}
