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
    /// The one value of a mask in black and white that is not as bright as could be.
    brightest: Option<f64>,
    is_black_and_white: bool,
    has_ones: bool,
    has_fractions: bool,
    unknown: Option<f64>,
}

impl ClassIds {
    /// For ids below `classes`; `white`, if given, is another name of class 1, and so is any one whole number in a file that
    /// holds no other but 0: black and white need not be as far apart as can be.
    pub(crate) fn new(classes: u8, white: Option<f64>) -> Self {
        Self {
            classes,
            white,
            brightest: None,
            is_black_and_white: white.is_some(),
            has_ones: false,
            has_fractions: false,
            unknown: None,
        }
    }

    /// The class that a value stands for, if any.
    pub(crate) fn id(&mut self, value: f64) -> Option<u8> {
        if value >= 0.0 && value < f64::from(self.classes) {
            self.has_fractions |= value.fract() != 0.0;
            self.has_ones |= value > 0.0;
            return Some(value as u8);
        }
        if self.white == Some(value) {
            self.has_ones = true;
            return Some(1);
        }
        let whole = value > 0.0 && value.fract() == 0.0;
        if self.is_black_and_white && whole && self.brightest.is_none_or(|known| known == value) {
            self.brightest = Some(value);
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
        // Beside a one, or another value still, it is no white.
        let no_white = self
            .brightest
            .filter(|_| self.has_ones || self.unknown.is_some());
        let smallest = |one: f64, other: f64| one.min(other);
        match self.unknown.into_iter().chain(no_white).reduce(smallest) {
            Some(value) => Err(Error::UnknownLabel {
                id: value.to_string(),
                classes: self.classes,
            }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ClassIds;

    fn read(values: &[f64], white: Option<f64>) -> Result<Vec<Option<u8>>, String> {
        let mut known = ClassIds::new(2, white);
        let ids = values.iter().map(|value| known.id(*value)).collect();
        known
            .finish()
            .map(|()| ids)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn any_two_values_are_black_and_white() {
        for white in [255.0, 200.0, 2.0] {
            assert_eq!(
                read(&[0.0, white, 0.0, white], Some(255.0)),
                Ok(vec![Some(0), Some(1), Some(0), Some(1)])
            );
        }
        // The index of a palette, or a number in a volume, is what it says.
        assert!(read(&[0.0, 200.0], None).is_err());
    }

    #[test]
    fn three_values_are_not() {
        for values in [[0.0, 200.0, 100.0], [0.0, 1.0, 200.0], [0.0, 200.0, 255.0]] {
            let said = read(&values, Some(255.0)).err().unwrap_or_default();
            assert!(said.contains("100") || said.contains("200"), "{said}");
        }
        for bad in [-1.0, 0.5, 200.5, f64::NAN] {
            assert!(read(&[0.0, bad], Some(255.0)).is_err(), "{bad}");
        }
    }
}
