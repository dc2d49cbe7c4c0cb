//! Volumes of images that lie unevenly.

use std::fmt;

use serde::Serialize;

/// How images that lie unevenly become a volume, whose planes must lie evenly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnevenSpacing {
    /// All of them, on the finest regular grid: planes between the images are interpolated.
    RegularGrid,
    /// Those of the largest part that is evenly spaced.
    LargestPart,
}

impl fmt::Display for UnevenSpacing {
    /// As the end of a sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RegularGrid => "a regular grid",
            Self::LargestPart => "an evenly spaced part",
        })
    }
}
