//! A case on the network's grid.

/// An image with its true labels as the network sees them.
#[derive(Debug, Clone)]
pub struct Case {
    /// Name without ending.
    pub name: String,
    /// Planes, rows and columns; one plane for a picture.
    pub size: [usize; 3],
    /// Normalised values, `[channels, planes, rows, columns]`.
    pub image: Vec<f32>,
    /// Class identifiers, `[planes, rows, columns]`.
    pub labels: Vec<u8>,
}
