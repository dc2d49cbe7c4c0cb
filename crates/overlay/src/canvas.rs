//! What both ways of drawing rest on: the image underneath, and how much of it shows.

use crate::Error;

/// Opacity of a class' colour inside its core.
pub(crate) const CORE_OPACITY: f32 = 0.3;

/// Whether an image is RGBA of a size.
pub(crate) fn check_image(image: &[u8], [rows, columns]: [usize; 2]) -> Result<(), Error> {
    let expected = rows.saturating_mul(columns).saturating_mul(4);
    if image.len() == expected {
        return Ok(());
    }
    Err(Error::Image {
        found: image.len(),
        expected,
        rows,
        columns,
    })
}
