//! Sizes in words.

/// `512 x 512 pixels` or `256 x 256 x 160 voxels`.
pub(crate) fn size_text([planes, rows, columns]: [usize; 3]) -> String {
    if planes == 1 {
        format!("{columns} x {rows} pixels")
    } else {
        format!("{columns} x {rows} x {planes} voxels")
    }
}
