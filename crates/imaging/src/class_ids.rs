//! Class ids, and how values are told to be such.

use crate::{Error, Geometry};

/// True classes, one for each voxel.
#[derive(Debug, Clone, PartialEq)]
pub struct Labels {
    /// Planes, rows and columns.
    pub shape: [usize; 3],
    /// Class ids, `[planes, rows, columns]`, each below the number of classes asked for.
    pub ids: Vec<u8>,
    /// Where the voxels lie, for bringing the labels onto the grid of an image.
    pub geometry: Geometry,
}

/// Tells values that are class ids, and remembers what to say of the others.
#[derive(Debug)]
pub(crate) struct ClassIds {
    classes: u8,
    white: Option<f64>,
    has_fractions: bool,
    unknown: Option<f64>,
}

impl ClassIds {
    /// For ids below `classes`; `white`, if given, is another name of class 1.
    pub(crate) fn new(classes: u8, white: Option<f64>) -> Self {
        Self {
            classes,
            white,
            has_fractions: false,
            unknown: None,
        }
    }

    /// The class that a value stands for, if any.
    pub(crate) fn id(&mut self, value: f64) -> Option<u8> {
        if value >= 0.0 && value < f64::from(self.classes) {
            self.has_fractions |= value.fract() != 0.0;
            return Some(value as u8);
        }
        if self.white == Some(value) {
            return Some(1);
        }
        if !self.unknown.is_some_and(|smallest| smallest <= value) {
            self.unknown = Some(value);
        }
        None
    }

    /// Whether all values so far were ids.
    pub(crate) fn finish(self) -> Result<(), Error> {
        if self.has_fractions {
            return Err(Error::InexactLabels {
                what: "numbers with a fraction".to_owned(),
            });
        }
        match self.unknown {
            Some(value) => Err(Error::UnknownLabel {
                id: value.to_string(),
                classes: self.classes,
            }),
            None => Ok(()),
        }
    }
}
