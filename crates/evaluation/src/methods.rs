//! The method and its rivals by name.

use engine::Segmentation;
use segwithu::head::MapKind;
use uq::LogitScore;

use crate::error::{Error, Need};

/// Where a method's scores and probabilities come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// The ranking map, and probabilities tempered by the calibration map.
    SegWithU,
    /// A map of the head as the score. Probabilities: tempered for the calibration map, those of the logits for others,
    /// which stand for none of their own.
    Map(MapKind),
    /// A score of the logits, with their probabilities.
    Logits(LogitScore),
    /// One minus the largest probability at a temperature that was fitted on other cases, and these probabilities.
    Temperature,
    /// Entropy of the mean probabilities over all flips of the image.
    Flips,
    /// Entropy of the mean probabilities over passes with dropout.
    Dropout,
    /// Entropy of the mean probabilities over several models.
    Ensemble,
}

impl Method {
    /// All methods, in the order of tables.
    pub const ALL: [Self; 13] = [
        Self::SegWithU,
        Self::Logits(LogitScore::Softmax),
        Self::Logits(LogitScore::Entropy),
        Self::Logits(LogitScore::Margin),
        Self::Logits(LogitScore::Energy),
        Self::Temperature,
        Self::Map(MapKind::Calibration),
        Self::Map(MapKind::Epistemic),
        Self::Map(MapKind::Aleatoric),
        Self::Map(MapKind::Residual),
        Self::Flips,
        Self::Dropout,
        Self::Ensemble,
    ];

    /// Name on the command line and in the JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SegWithU => "segwithu",
            Self::Map(kind) => kind.name(),
            Self::Logits(LogitScore::Softmax) => "softmax",
            Self::Logits(LogitScore::Entropy) => "entropy",
            Self::Logits(LogitScore::Margin) => "margin",
            Self::Logits(LogitScore::Energy) => "energy",
            Self::Temperature => "temperature",
            Self::Flips => "tta",
            Self::Dropout => "mc_dropout",
            Self::Ensemble => "ensemble",
        }
    }

    /// Whether one pass of one network gives it.
    pub const fn is_single_pass(self) -> bool {
        match self {
            Self::SegWithU | Self::Map(_) | Self::Logits(_) | Self::Temperature => true,
            Self::Flips | Self::Dropout | Self::Ensemble => false,
        }
    }

    /// What the method needs beside the model, if it needs anything.
    pub const fn need(self) -> Option<Need> {
        match self {
            Self::Temperature => Some(Need::FittingCases),
            Self::Ensemble => Some(Need::Members),
            Self::Dropout => Some(Need::DropoutRate),
            Self::SegWithU | Self::Map(_) | Self::Logits(_) | Self::Flips => None,
        }
    }

    /// What to say where the method lacks what it needs.
    pub const fn lacks(self, need: Need) -> Error {
        Error::MethodNeeds {
            method: self.name(),
            need,
        }
    }

    /// The method with that name.
    ///
    /// # Errors
    /// [`Error::UnknownMethod`].
    pub fn from_name(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|method| method.name() == name);
        found.ok_or_else(|| Error::UnknownMethod {
            name: name.to_owned(),
            known: Self::ALL.map(Self::name).join(", "),
        })
    }
}

/// What a method says about a case.
#[derive(Debug)]
pub struct MethodOutput {
    /// Larger means less certain, `[voxels]`.
    pub scores: Vec<f32>,
    /// `[classes, voxels]`.
    pub probabilities: Vec<f32>,
    /// The method's own mask, where it is not the model's.
    pub own_mask: Option<Vec<u8>>,
    /// Time of the passes and of the method's own arithmetic.
    pub milliseconds: f64,
}

/// A map that a method needs, `[voxels]`.
///
/// # Errors
/// [`Error::NoMap`] where the model does not give it.
pub fn map_of(result: &Segmentation, kind: MapKind) -> Result<&[f32], Error> {
    result.map(kind).ok_or(Error::NoMap(kind.name()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Method;

    #[test]
    fn names_lead_back_and_are_all_different() {
        for method in Method::ALL {
            assert_eq!(Method::from_name(method.name()).unwrap(), method);
        }
        let error = Method::from_name("guess").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("there is no method `guess`; choose among segwithu, ")
        );
    }
}
