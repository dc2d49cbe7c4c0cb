//! The grid that results are written on.

use crate::geometry::Affine;
use crate::{Error, Format, NiftiHeader, SourceHeader, Volume};

/// The grid that results are written on: that of the volume they were made from.
#[derive(Debug, Clone, Copy)]
pub struct Space<'a> {
    /// Planes, rows and columns.
    pub shape: [usize; 3],
    /// From voxel (column, row, plane) to millimetres in RAS+; `None` where nothing is known.
    pub affine: Option<Affine>,
    /// Millimetres between planes, rows and columns, where nothing but sizes is known.
    pub spacing: Option<[f64; 3]>,
    /// The header of the NIfTI file that the volume comes from, to be carried through.
    pub header: Option<&'a NiftiHeader>,
}

impl<'a> Space<'a> {
    /// The grid of a volume.
    pub fn of(volume: &'a Volume) -> Self {
        Self {
            shape: volume.shape,
            affine: volume.geometry.affine,
            spacing: volume.geometry.spacing,
            header: match &volume.source {
                Some(SourceHeader::Nifti(header)) => Some(header),
                Some(SourceHeader::Dicom(_)) | None => None,
            },
        }
    }
}

/// Checks the number of values in `what` against the shape.
pub(crate) fn check(
    found: usize,
    what: &'static str,
    shape: [usize; 3],
    channels: usize,
) -> Result<(), Error> {
    let expected = shape.into_iter().fold(channels, usize::saturating_mul);
    if found == expected {
        Ok(())
    } else {
        Err(Error::WrongLength {
            what,
            found,
            expected,
        })
    }
}

/// A length as file formats store it; 0 is an error.
pub(crate) fn side(length: usize, format: Format) -> Result<u32, Error> {
    let side = u32::try_from(length).ok().filter(|&side| side > 0);
    side.ok_or_else(|| Error::Encode {
        format,
        detail: format!("a side of {length} pixels"),
    })
}
