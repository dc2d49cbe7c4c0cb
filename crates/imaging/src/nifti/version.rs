//! The two standards, told apart by a file's first bytes.

/// Bytes of the longer of the two headers.
pub(crate) const MAX_HEADER_BYTES: usize = 540;
/// Bytes after the header of a single file that say whether extensions follow.
pub(crate) const FLAG_BYTES: usize = 4;

/// Which of the two standards a header follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NiftiVersion {
    /// NIfTI-1: 348 bytes, sizes up to 32767, 32-bit floats.
    One,
    /// NIfTI-2: 540 bytes, 64-bit sizes and floats.
    Two,
}

impl NiftiVersion {
    /// Length of the header in bytes.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::One => 348,
            Self::Two => MAX_HEADER_BYTES,
        }
    }
}

/// What the first bytes of a file say that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A NIfTI header.
    Nifti(NiftiVersion),
    /// A header of 348 bytes without NIfTI's signature.
    Analyze,
}

/// Tells NIfTI and Analyze headers by their first 348 bytes.
pub(crate) fn kind(head: &[u8]) -> Option<Kind> {
    let size = head.get(..4)?;
    let says = |length: i32| size == length.to_le_bytes() || size == length.to_be_bytes();
    match (head.get(4..8), head.get(344..348)) {
        (Some(b"n+2\0" | b"ni2\0"), _) if says(540) => Some(Kind::Nifti(NiftiVersion::Two)),
        (_, Some(b"n+1\0" | b"ni1\0")) => Some(Kind::Nifti(NiftiVersion::One)),
        (_, Some([0, 0, 0, 0])) if says(348) => Some(Kind::Analyze),
        // A NIfTI-1 header but for its signature, or one that ends too early; parsing says so.
        (_, _) if says(348) => Some(Kind::Nifti(NiftiVersion::One)),
        _ => None,
    }
}
