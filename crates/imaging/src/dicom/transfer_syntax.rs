//! Transfer syntaxes (PS3.5 section 10, PS3.6 table A-1): how a data set and its pixels are coded.

use super::data_set::Encoding;
use crate::byte_order::ByteOrder;

/// How the pixels are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// Not compressed.
    Native,
    /// Run lengths (PS3.5 annex G).
    RunLength,
    /// JPEG, sequential, progressive or lossless (ITU-T T.81).
    Jpeg,
    /// JPEG-LS (ITU-T T.87), lossless and near-lossless.
    JpegLs,
    /// JPEG 2000 (ITU-T T.800).
    Jpeg2000,
    /// Something that no decoder here knows.
    Unsupported {
        name: &'static str,
        /// What to do: the second half of a sentence.
        remedy: &'static str,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TransferSyntax {
    pub encoding: Encoding,
    pub deflated: bool,
    pub coding: Coding,
}

const DECOMPRESS: &str = "decompress it first, for example with gdcmconv --raw";
const VIDEO: &str = "export its pictures first, for example with ffmpeg";

impl TransferSyntax {
    pub(super) const EXPLICIT_LITTLE: Self = Self::coded(Coding::Native);
    pub(super) const IMPLICIT_LITTLE: Self = Self {
        encoding: Encoding::IMPLICIT_LITTLE,
        ..Self::EXPLICIT_LITTLE
    };

    const fn coded(coding: Coding) -> Self {
        Self {
            encoding: Encoding::EXPLICIT_LITTLE,
            deflated: false,
            coding,
        }
    }

    const fn unsupported(name: &'static str, remedy: &'static str) -> Self {
        Self::coded(Coding::Unsupported { name, remedy })
    }

    /// By UID. Compressed pixels always stand in explicit little-endian data sets.
    pub(super) fn from_uid(uid: &str) -> Self {
        // "1.2.840.10008.1.2" is the root of them all, and itself implicit little endian.
        let Some(suffix) = uid.strip_prefix("1.2.840.10008.1.2") else {
            return Self::unsupported("a transfer syntax of one manufacturer", DECOMPRESS);
        };
        match suffix {
            "" => Self::IMPLICIT_LITTLE,
            ".1" => Self::EXPLICIT_LITTLE,
            ".1.99" => Self {
                deflated: true,
                ..Self::EXPLICIT_LITTLE
            },
            ".2" => Self {
                encoding: Encoding {
                    explicit: true,
                    byte_order: ByteOrder::BigEndian,
                },
                ..Self::EXPLICIT_LITTLE
            },
            ".5" => Self::coded(Coding::RunLength),
            ".4.50" | ".4.51" | ".4.52" | ".4.53" | ".4.54" | ".4.55" | ".4.56" | ".4.57"
            | ".4.70" => Self::coded(Coding::Jpeg),
            ".4.90" | ".4.91" => Self::coded(Coding::Jpeg2000),
            ".4.80" | ".4.81" => Self::coded(Coding::JpegLs),
            ".4.92" | ".4.93" => Self::unsupported("JPEG 2000 multi-component", DECOMPRESS),
            ".4.94" | ".4.95" | ".4.204" | ".4.205" => Self::unsupported(
                "JPIP, which leaves the pixels on a server",
                "export the image with its pixels",
            ),
            ".4.100" | ".4.100.1" | ".4.101" | ".4.101.1" => {
                Self::unsupported("MPEG-2 video", VIDEO)
            }
            ".4.102" | ".4.102.1" | ".4.103" | ".4.103.1" | ".4.104" | ".4.104.1" | ".4.105"
            | ".4.105.1" | ".4.106" | ".4.106.1" => Self::unsupported("MPEG-4 video", VIDEO),
            ".4.107" | ".4.108" => Self::unsupported("HEVC video", VIDEO),
            ".4.110" | ".4.111" | ".4.112" => Self::unsupported("JPEG XL", DECOMPRESS),
            ".4.201" | ".4.202" | ".4.203" => {
                Self::unsupported("High-Throughput JPEG 2000", DECOMPRESS)
            }
            ".1.98" => Self::unsupported("encapsulated uncompressed pixels", DECOMPRESS),
            ".8.1" => Self::unsupported("deflated frames", DECOMPRESS),
            other if other.starts_with(".4.") => {
                Self::unsupported("a retired form of JPEG", DECOMPRESS)
            }
            _ => Self::unsupported("an unknown compression", DECOMPRESS),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Coding, TransferSyntax};

    /// The table of docs/formats.md says what is read.
    #[test]
    fn the_documentation_says_what_is_read() {
        let text = include_str!("../../../../docs/formats.md");
        let rows: Vec<[&str; 3]> = text
            .lines()
            .filter(|line| line.starts_with("| 1.2.840"))
            .map(|line| {
                let cells: Vec<&str> = line.split('|').map(str::trim).collect();
                [cells[1], cells[2], cells[3]]
            })
            .collect();
        assert!(rows.len() > 20, "{}", rows.len());
        for [uid, name, says] in rows {
            let coding = TransferSyntax::from_uid(uid).coding;
            let is_read = !matches!(coding, Coding::Unsupported { .. });
            assert_eq!(is_read, says == "read", "{uid} {name}");
        }
    }
}
