//! The eight orientations of Exif and TIFF (tag 274).

use crate::byte_order::ByteOrder;

/// How stored rows and columns lie in the upright picture. The numbers are those of TIFF 6.0, tag 274 "Orientation",
/// and of Exif 2.3, section 4.6.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Orientation {
    #[default]
    Upright,
    MirroredHorizontally,
    Rotated180,
    MirroredVertically,
    Transposed,
    /// To be turned by 90 degrees clockwise.
    Rotated90,
    Transversed,
    /// To be turned by 90 degrees anticlockwise.
    Rotated270,
}

impl Orientation {
    /// By the tag's number; an unknown number is upright, as viewers take it.
    pub(crate) fn from_tag(value: u64) -> Self {
        match value {
            2 => Self::MirroredHorizontally,
            3 => Self::Rotated180,
            4 => Self::MirroredVertically,
            5 => Self::Transposed,
            6 => Self::Rotated90,
            7 => Self::Transversed,
            8 => Self::Rotated270,
            _ => Self::Upright,
        }
    }

    /// Reads the tag from an Exif block, with or without its `Exif\0\0` prefix.
    pub(crate) fn from_exif(block: &[u8]) -> Self {
        Self::tag_of(block).map(Self::from_tag).unwrap_or_default()
    }

    fn tag_of(block: &[u8]) -> Option<u64> {
        let tiff = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
        let order = match tiff.get(..4)? {
            b"II*\0" => ByteOrder::LittleEndian,
            b"MM\0*" => ByteOrder::BigEndian,
            _ => return None,
        };
        let u16_at = |offset: usize| order.u16_at(tiff, offset);
        let directory = usize::try_from(order.u32_at(tiff, 4)?).ok()?;
        let entries = usize::from(u16_at(directory)?);
        (0..entries)
            .map_while(|index| {
                directory
                    .checked_add(2)?
                    .checked_add(index.checked_mul(12)?)
            })
            .find(|&entry| u16_at(entry) == Some(274))
            .and_then(|entry| u16_at(entry.checked_add(8)?))
            .map(u64::from)
    }

    /// Distances between planes, rows and columns once upright.
    pub(crate) fn upright_spacing(self, [plane, row, column]: [f64; 3]) -> [f64; 3] {
        match self {
            Self::Upright
            | Self::MirroredHorizontally
            | Self::Rotated180
            | Self::MirroredVertically => [plane, row, column],
            Self::Transposed | Self::Rotated90 | Self::Transversed | Self::Rotated270 => {
                [plane, column, row]
            }
        }
    }

    /// Rows and columns of the upright picture.
    pub(crate) fn upright_size(self, rows: usize, columns: usize) -> (usize, usize) {
        match self {
            Self::Upright
            | Self::MirroredHorizontally
            | Self::Rotated180
            | Self::MirroredVertically => (rows, columns),
            Self::Transposed | Self::Rotated90 | Self::Transversed | Self::Rotated270 => {
                (columns, rows)
            }
        }
    }

    /// The place, in the upright picture's row-major order, of the stored pixel (`row`, `column`) of a picture stored
    /// as `rows` x `columns`.
    #[inline]
    pub(crate) fn destination(
        self,
        row: usize,
        column: usize,
        rows: usize,
        columns: usize,
    ) -> usize {
        let (row_back, column_back) = (rows - 1 - row, columns - 1 - column);
        match self {
            Self::Upright => row * columns + column,
            Self::MirroredHorizontally => row * columns + column_back,
            Self::Rotated180 => row_back * columns + column_back,
            Self::MirroredVertically => row_back * columns + column,
            Self::Transposed => column * rows + row,
            Self::Rotated90 => column * rows + row_back,
            Self::Transversed => column_back * rows + row_back,
            Self::Rotated270 => column_back * rows + row,
        }
    }

    /// The sentence for [`Provenance::notes`](crate::Provenance::notes), if there is something to say.
    pub(crate) fn note(self) -> Option<&'static str> {
        match self {
            Self::Upright => None,
            Self::MirroredHorizontally => {
                Some("Mirrored left to right, as the file's orientation tag asks.")
            }
            Self::Rotated180 => Some("Turned by 180 degrees, as the file's orientation tag asks."),
            Self::MirroredVertically => {
                Some("Mirrored top to bottom, as the file's orientation tag asks.")
            }
            Self::Transposed => {
                Some("Rows and columns exchanged, as the file's orientation tag asks.")
            }
            Self::Rotated90 => {
                Some("Turned by 90 degrees clockwise, as the file's orientation tag asks.")
            }
            Self::Transversed => {
                Some("Mirrored along the other diagonal, as the file's orientation tag asks.")
            }
            Self::Rotated270 => {
                Some("Turned by 90 degrees anticlockwise, as the file's orientation tag asks.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Orientation;

    /// Stored picture: rows "ab", "cd", "ef". The upright pictures follow from Exif's definition: the tag names the
    /// side of the upright picture on which the stored row 0 and column 0 lie.
    #[test]
    fn every_orientation_puts_each_pixel_where_exif_says() {
        let stored = [b"ab", b"cd", b"ef"];
        let expected: [(u64, &[u8]); 8] = [
            (1, b"abcdef"),
            (2, b"badcfe"),
            (3, b"fedcba"),
            (4, b"efcdab"),
            (5, b"acebdf"),
            (6, b"ecafdb"),
            (7, b"fdbeca"),
            (8, b"bdface"),
        ];
        for (tag, upright) in expected {
            let orientation = Orientation::from_tag(tag);
            let mut found = vec![0; 6];
            for (row, pixels) in stored.iter().enumerate() {
                for (column, &pixel) in pixels.iter().enumerate() {
                    found[orientation.destination(row, column, 3, 2)] = pixel;
                }
            }
            assert_eq!(found, upright, "orientation {tag}");
            let size = if tag < 5 { (3, 2) } else { (2, 3) };
            assert_eq!(orientation.upright_size(3, 2), size, "orientation {tag}");
        }
    }

    #[test]
    fn broken_exif_is_upright() {
        for block in [
            &b""[..],
            b"II*\0",
            b"MM\0*\xff\xff\xff\xff",
            b"II*\0\x08\0\0\0\xff\xff\x12\x01",
        ] {
            assert_eq!(Orientation::from_exif(block), Orientation::Upright);
        }
    }
}
