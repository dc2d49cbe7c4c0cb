//! What a result says about its own errors: expected wrong voxels and places to look at.

use serde::{Deserialize, Serialize};

/// How large a voxel is.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoxelSize {
    /// The image does not say.
    #[default]
    Unknown,
    /// Of a volume, in millilitres.
    Millilitres(f64),
    /// Of a single plane, in square millimetres.
    SquareMillimetres(f64),
}

/// An interval of percentiles.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Expected wrong voxels of a mask, from the tempered probabilities of its own image.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ExpectedWrong {
    /// All of them: the sum of the three below.
    pub voxels: f64,
    /// Marked as an object, expected to be none.
    pub false_object: f64,
    /// Not marked, expected to be an object.
    pub missed: f64,
    /// Marked as one class of object, expected to be another one.
    pub other_class: f64,
    /// Where the true number lay in 90 % of the model's validation images, for this expected one; none where the model
    /// does not know.
    pub range: Option<Interval>,
}

/// Size and expected errors of a class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ClassExpectation {
    /// The class, its value in the mask.
    pub class: u8,
    /// Voxels that the mask marks as it.
    pub marked: u64,
    /// Voxels to be expected of it: the sum of its probability over the image.
    pub expected: f64,
    /// Where the true number lay in 90 % of the model's validation images; none where the model does not know.
    pub range: Option<Interval>,
    /// Of the marked voxels, expected not to be of the class.
    pub false_positive: f64,
    /// Expected of the class but not marked so.
    pub missed: f64,
    /// Dice coefficient to be expected, 0 to 1; none where the class is neither marked nor expected.
    pub expected_dice: Option<f64>,
}

/// What may be wrong in a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionKind {
    /// The border of an object could lie elsewhere.
    Border,
    /// A marked object may not exist: nowhere inside is the mask beyond doubt.
    FalseObject,
    /// An object may have been missed: nothing is marked there.
    MissedObject,
}

/// The smallest box around voxels, ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundingBox {
    /// Lowest column, row and plane, from 0.
    pub first: [usize; 3],
    /// Highest column, row and plane.
    pub last: [usize; 3],
}

/// A place to look at, without its voxels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// What may be wrong there.
    pub kind: RegionKind,
    /// The class that most of the expected error is marked as; 0 where something may have been missed.
    pub class: u8,
    /// What that would be instead.
    pub instead: u8,
    /// Number of voxels.
    pub voxels: u64,
    /// Expected wrong voxels: the sum of their error probabilities.
    pub expected_wrong: f64,
    /// How far the border could move inside the region, in millimetres where the image says how large its voxels are, else
    /// in voxels. For a missed object half its thickness.
    pub max_shift: f64,
    /// The box around it.
    pub bounding_box: BoundingBox,
}
