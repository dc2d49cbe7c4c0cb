//! What is read out under the pointer or the crosshair.

use crate::legend::number;
use crate::maps;
use crate::picture::{Outcome, Picture, index};

/// One pixel, in words and numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readout {
    /// Column and row, counted from 0 at the top left corner.
    pub position: String,
    /// Grey value, or red, green and blue, in the file's own units.
    pub value: String,
    /// Name of the class in the mask.
    pub class: Option<String>,
    /// Tempered probability of that class.
    pub probability: Option<String>,
    /// Title and value of every map.
    pub maps: Vec<(String, String)>,
}

/// Reads out a pixel; none outside the image.
#[must_use]
pub fn read(
    picture: &Picture,
    outcome: Option<&Outcome>,
    plane: usize,
    row: usize,
    column: usize,
) -> Option<Readout> {
    let at = index(picture.info.shape, plane, row, column)?;
    let values = picture.values(plane, row, column);
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
        let pairs = outcome.info.maps.iter().zip(&outcome.maps);
        let read = pairs.filter_map(|(map, values)| {
            let title = maps::text(&map.name).map_or(map.name.as_str(), |text| text.title);
            Some((title.to_owned(), number(f64::from(*values.get(at)?), 4)))
        });
        read.collect()
    });
    Some(Readout {
        position: format!("{column}, {row}"),
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
    use crate::picture::tests::{outcome, picture};

    #[test]
    fn an_image_alone_gives_position_and_value() {
        let readout = read(&picture(3, 1), None, 0, 1, 2).unwrap();
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
        let readout = read(&picture(1, 1), Some(&found), 0, 0, 2).unwrap();
        assert_eq!(readout.class.as_deref(), Some("nucleus"));
        assert_eq!(readout.probability.as_deref(), Some("0.750"));
        assert_eq!(readout.maps, [("Ranking".to_owned(), "0.2346".to_owned())]);
        assert_eq!(
            read(&picture(1, 1), Some(&found), 0, 1, 2)
                .unwrap()
                .class
                .as_deref(),
            Some("class 9")
        );
    }

    #[test]
    fn outside_the_image_there_is_nothing() {
        assert_eq!(read(&picture(1, 1), None, 0, 2, 0), None);
        assert_eq!(read(&picture(1, 1), None, 1, 0, 0), None);
    }
}
