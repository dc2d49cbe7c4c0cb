//! What is read out under the pointer or the crosshair.

use crate::numbers::number;
use crate::results::outcome::Outcome;
use crate::view::anatomy;
use crate::view::panes::Kind;
use crate::view::picture::Picture;
use crate::view::shape::{Voxel, index};

/// One pixel, in words and numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readout {
    /// Column, row and, in a volume, plane, counted from 0 as they are stored.
    pub position: String,
    /// Millimetres to the patient's right or left, front or back, head or feet, from the scanner's origin.
    pub place: Option<String>,
    /// Grey value, or red, green and blue, in the file's own units.
    pub value: String,
    /// Name of the class in the mask.
    pub class: Option<String>,
    /// Tempered probability of that class.
    pub probability: Option<String>,
    /// Name and value of every map whose values are here.
    pub maps: Vec<(String, String)>,
}

/// A position in RAS+ millimetres with the letters of the sides, such as `L 12.0, A 3.5, S 40.2`.
#[must_use]
pub fn millimetres(position: [f64; 3]) -> String {
    let parts = position
        .into_iter()
        .zip([["R", "L"], ["A", "P"], ["S", "I"]]);
    let parts = parts.map(|(value, [positive, negative])| {
        // What is rounded to zero lies on neither side, and is given the first.
        let negative_side = value <= -0.05;
        let side = if negative_side { negative } else { positive };
        format!("{side}\u{a0}{:.1}", value.abs())
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// Where a view's plane lies: the one of the three millimetres along which the view is stepped through. None for views
/// that do not lie in a patient.
#[must_use]
pub fn along(kind: Kind, position: [f64; 3]) -> Option<String> {
    let place = match kind {
        Kind::Sagittal => 0,
        Kind::Coronal => 1,
        Kind::Axial => 2,
        Kind::Picture | Kind::Planes | Kind::Rows | Kind::Columns => return None,
    };
    let all = millimetres(position);
    let part = all.split(", ").nth(place)?;
    Some(format!("{part}\u{a0}mm"))
}

/// Reads out a voxel; none outside the image.
#[must_use]
pub fn read(picture: &Picture, outcome: Option<&Outcome>, voxel: Voxel) -> Option<Readout> {
    let at = index(picture.info.shape, voxel)?;
    let [column, row, plane] = voxel;
    let position = if picture.info.shape[0] > 1 {
        format!("{column}, {row}, {plane}")
    } else {
        format!("{column}, {row}")
    };
    let affine = picture.info.affine.as_ref();
    let place = affine.map(|affine| millimetres(anatomy::position(affine, voxel)));
    let values = picture.values(voxel);
    let value = values
        .iter()
        .map(|value| number(f64::from(*value), 6))
        .collect::<Vec<_>>()
        .join(", ");
    let outcome = outcome.filter(|outcome| outcome.info.shape == picture.info.shape);
    let class = outcome.and_then(|outcome| {
        let id = *outcome.mask.get(at)?;
        let known = outcome.model.classes.iter().find(|class| class.id == id);
        Some(known.map_or_else(|| format!("class {id}"), |class| class.name.clone()))
    });
    let probability = outcome
        .and_then(|outcome| outcome.probability.get(at))
        .map(|value| format!("{value:.3}"));
    let maps = outcome.map(|outcome| {
        let read = outcome.maps().filter_map(|(map, values)| {
            Some((
                map.summary.name.clone(),
                number(f64::from(*values.get(at)?), 4),
            ))
        });
        read.collect()
    });
    Some(Readout {
        position,
        place,
        value,
        class,
        probability,
        maps: maps.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::results::outcome::tests::outcome;
    use crate::view::picture::tests::picture;

    #[test]
    fn an_image_alone_gives_position_and_value() {
        let readout = read(&picture(3, 1), None, [2, 1, 0]).unwrap();
        assert_eq!(
            (readout.position.as_str(), readout.value.as_str()),
            ("2, 1", "5, 11, 17")
        );
        assert_eq!((readout.class, readout.maps), (None, vec![]));
    }

    #[test]
    fn a_result_adds_class_probability_and_maps() {
        let found = outcome(
            vec![0, 0, 1, 0, 0, 9],
            vec![0.0, 0.1, 0.234_56, 0.3, 0.4, 0.5],
        );
        let readout = read(&picture(1, 1), Some(&found), [2, 0, 0]).unwrap();
        assert_eq!(readout.class.as_deref(), Some("nucleus"));
        assert_eq!(readout.probability.as_deref(), Some("0.750"));
        assert_eq!(readout.maps, [("ranking".to_owned(), "0.2346".to_owned())]);
        assert_eq!(
            read(&picture(1, 1), Some(&found), [2, 1, 0])
                .unwrap()
                .class
                .as_deref(),
            Some("class 9")
        );
    }

    #[test]
    fn outside_the_image_there_is_nothing() {
        assert_eq!(read(&picture(1, 1), None, [0, 2, 0]), None);
        assert_eq!(read(&picture(1, 1), None, [0, 0, 1]), None);
    }

    #[test]
    fn a_volume_is_read_out_in_the_patient_as_well() {
        let mut scan = picture(1, 2);
        scan.info.affine = Some([
            [-1.0, 0.0, 0.0, 10.0],
            [0.0, 2.0, 0.0, -20.0],
            [0.0, 0.0, 3.0, -3.0],
            [0.0, 0.0, 0.0, 1.0],
        ]);
        let readout = read(&scan, None, [2, 1, 1]).unwrap();
        assert_eq!(readout.position, "2, 1, 1");
        let place = readout.place.unwrap().replace('\u{a0}', " ");
        assert_eq!(place, "R 8.0, P 18.0, S 0.0");
        let coronal = along(Kind::Coronal, [8.0, -18.0, 0.0]).unwrap();
        assert_eq!(coronal, "P\u{a0}18.0\u{a0}mm");
        assert_eq!(along(Kind::Planes, [0.0; 3]), None);
    }
}
