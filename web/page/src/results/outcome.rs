//! What was found in an image, and how it compares with labels, as the worker hands them over.

use std::sync::Arc;

use protocol::{ModelInfo, ResultInfo, Scores};

use crate::errors::Error;
use crate::view::shape::Voxel;
use crate::view::shape::{check, voxel_count};

/// A finished segmentation.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Number of the job that made it.
    pub job: u32,
    /// What it is.
    pub info: ResultInfo,
    /// The model that made it.
    pub model: ModelInfo,
    /// Class identifiers, `[planes, rows, columns]`.
    pub mask: Arc<Vec<u8>>,
    /// Tempered probability of the mask's class, 0..=1.
    pub probability: Arc<Vec<f32>>,
    /// The values of each of `info.maps`, if they are here.
    maps: Vec<Option<Arc<Vec<f32>>>>,
    /// Tempered probability of every class of the model, background first, if it is here.
    class_probabilities: Vec<Option<Arc<Vec<f32>>>>,
}

/// A comparison with true labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Agreement.
    pub scores: Scores,
    /// 1 where mask and label differ, `[planes, rows, columns]`.
    pub errors: Vec<u8>,
}

impl Outcome {
    /// Takes over a segmentation. `maps` are those of `info.maps` that are marked as sent.
    ///
    /// # Errors
    /// [`Error::Length`] when an array does not fill the shape.
    pub fn new(
        job: u32,
        info: ResultInfo,
        model: ModelInfo,
        mask: Vec<u8>,
        probability: Vec<f32>,
        maps: Vec<Vec<f32>>,
    ) -> Result<Self, Error> {
        let expected = voxel_count(info.shape);
        check("mask", mask.len(), expected)?;
        check("probability", probability.len(), expected)?;
        let sent = info.maps.iter().filter(|map| map.sent);
        check("list of maps", maps.len(), sent.clone().count())?;
        for (map, values) in sent.zip(&maps) {
            check(&map.summary.name, values.len(), expected)?;
        }
        let mut maps = maps.into_iter();
        let maps = info
            .maps
            .iter()
            .map(|map| map.sent.then(|| maps.next()).flatten().map(Arc::new))
            .collect();
        Ok(Self {
            job,
            class_probabilities: vec![None; model.classes.len()],
            info,
            model,
            mask: Arc::new(mask),
            probability: Arc::new(probability),
            maps,
        })
    }

    /// The same segmentation with the tempered probability of one class.
    ///
    /// # Errors
    /// [`Error::Length`] when the values do not fill the shape.
    pub fn with_class_probability(&self, class: u8, values: Vec<f32>) -> Result<Self, Error> {
        check("probability", values.len(), voxel_count(self.info.shape))?;
        let mut with = self.clone();
        if let Some(place) = with.class_probabilities.get_mut(usize::from(class)) {
            *place = Some(Arc::new(values));
        }
        Ok(with)
    }

    /// Tempered probability of a class, 0..=1, if it is here.
    #[must_use]
    pub fn class_probability(&self, class: u8) -> Option<&Arc<Vec<f32>>> {
        self.class_probabilities.get(usize::from(class))?.as_ref()
    }

    /// The same segmentation with the values of one more map. Those that were asked for before are let go: they would
    /// fill the memory that was spared.
    ///
    /// # Errors
    /// [`Error::Length`] when the values do not fill the shape.
    pub fn with_map(&self, name: &str, values: Vec<f32>) -> Result<Self, Error> {
        check(name, values.len(), voxel_count(self.info.shape))?;
        let values = Arc::new(values);
        let maps = self.info.maps.iter().zip(&self.maps);
        let maps = maps.map(|(map, held)| match held {
            _ if map.summary.name == name => Some(Arc::clone(&values)),
            Some(held) if map.sent => Some(Arc::clone(held)),
            _ => None,
        });
        Ok(Self {
            maps: maps.collect(),
            ..self.clone()
        })
    }

    /// Whether it has a map of this name whose values are not here.
    #[must_use]
    pub fn lacks(&self, name: &str) -> bool {
        self.info.maps.iter().any(|map| map.summary.name == name) && self.map(name).is_none()
    }

    /// The maps whose values are here.
    pub fn maps(&self) -> impl Iterator<Item = (&protocol::MapInfo, &Arc<Vec<f32>>)> {
        let maps = self.info.maps.iter().zip(&self.maps);
        maps.filter_map(|(map, values)| Some((map, values.as_ref()?)))
    }

    /// A map, by name, if its values are here.
    #[must_use]
    pub fn map(&self, name: &str) -> Option<(&protocol::MapInfo, &Arc<Vec<f32>>)> {
        self.maps().find(|(map, _)| map.summary.name == name)
    }

    /// The voxel in the middle of everything that is not background; none where there is only background.
    #[must_use]
    pub fn centre(&self) -> Option<Voxel> {
        let [_, rows, columns] = self.info.shape;
        let mut sums = [0_u64; 3];
        let mut count = 0_u64;
        let object = self.mask.iter().enumerate();
        for (index, _) in object.filter(|(_, class)| **class != 0) {
            let line = index / columns.max(1);
            let voxel = [
                index % columns.max(1),
                line % rows.max(1),
                line / rows.max(1),
            ];
            for (sum, at) in sums.iter_mut().zip(voxel) {
                *sum += at as u64;
            }
            count += 1;
        }
        (count > 0).then(|| sums.map(|sum| usize::try_from(sum / count).unwrap_or_default()))
    }
}

impl Comparison {
    /// Takes over a comparison with labels.
    ///
    /// # Errors
    /// [`Error::Length`] when the errors do not fill the shape.
    pub fn new(shape: [usize; 3], scores: Scores, errors: Vec<u8>) -> Result<Self, Error> {
        check("comparison", errors.len(), voxel_count(shape))?;
        Ok(Self { scores, errors })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use protocol::{ClassInfo, CurvePoint, MapInfo, MapSummary};

    use super::*;
    use crate::view::shape::middle;

    pub(crate) fn model() -> ModelInfo {
        let class = |id, name: &str, colour| ClassInfo {
            id,
            name: name.into(),
            colour,
        };
        ModelInfo {
            id: "nuclei".into(),
            title: "Nuclei".into(),
            modality: "light microscopy".into(),
            classes: vec![
                class(0, "background", [0, 0, 0]),
                class(1, "nucleus", [230, 159, 0]),
            ],
            licence: "CC0-1.0".into(),
            source: "source".into(),
            citation: "citation".into(),
            weights_sha256: "00".into(),
            patch: vec![256, 256],
            validation_curve: vec![
                CurvePoint {
                    coverage: 0.5,
                    risk: 0.01,
                },
                CurvePoint {
                    coverage: 0.9,
                    risk: 0.03,
                },
                CurvePoint {
                    coverage: 1.0,
                    risk: 0.08,
                },
            ],
            test_metrics: vec![],
        }
    }

    pub(crate) fn outcome(mask: Vec<u8>, ranking: Vec<f32>) -> Outcome {
        let pixels = mask.len();
        let info = ResultInfo {
            shape: [1, 2, pixels / 2],
            maps: vec![MapInfo {
                summary: MapSummary {
                    name: "ranking".into(),
                    minimum: 0.0,
                    maximum: 1.0,
                    mean: 0.5,
                },
                sent: true,
            }],
            class_pixels: vec![0, 0],
            windows: 1,
            elapsed_ms: 1.0,
            report: "{}".into(),
            ..ResultInfo::default()
        };
        Outcome::new(7, info, model(), mask, vec![0.75; pixels], vec![ranking]).unwrap()
    }

    #[test]
    fn the_middle_of_what_was_found_is_found() {
        assert_eq!(middle([5, 6, 9]), [4, 3, 2]);
        let mut found = outcome(vec![0; 12], vec![0.0; 12]);
        found.info.shape = [2, 2, 3];
        assert_eq!(found.centre(), None);
        // Column 2 of row 1, in both planes.
        let mask = Arc::make_mut(&mut found.mask);
        (mask[5], mask[11]) = (1, 2);
        assert_eq!(found.centre(), Some([2, 1, 0]));
    }

    #[test]
    fn probabilities_are_kept_by_class() {
        let found = outcome(vec![0; 6], vec![0.0; 6]);
        assert_eq!(found.class_probability(1), None);
        let found = found.with_class_probability(1, vec![0.25; 6]).unwrap();
        assert_eq!(found.class_probability(1).map(|p| p[5]), Some(0.25));
        assert!(found.with_class_probability(1, vec![0.25; 5]).is_err());
        assert_eq!(found.class_probability(0), None);
    }

    #[test]
    fn maps_that_were_not_sent_are_here_once_they_were_asked_for() {
        let map = |name: &str, sent| MapInfo {
            summary: MapSummary {
                name: name.into(),
                minimum: 0.0,
                maximum: 1.0,
                mean: 0.5,
            },
            sent,
        };
        let mut info = outcome(vec![0; 6], vec![0.0; 6]).info;
        info.maps = ["entropy", "ranking", "margin"]
            .map(|name| map(name, name == "ranking"))
            .to_vec();
        let made = |maps| Outcome::new(7, info.clone(), model(), vec![0; 6], vec![0.5; 6], maps);
        assert!(made(vec![]).is_err() && made(vec![vec![0.0; 6]; 3]).is_err());
        let found = made(vec![vec![0.25; 6]]).unwrap();
        let here = |found: &Outcome| -> Vec<String> {
            found
                .maps()
                .map(|(map, _)| map.summary.name.clone())
                .collect()
        };
        assert_eq!(here(&found), ["ranking"]);
        assert!(found.lacks("entropy") && !found.lacks("ranking") && !found.lacks("probe"));
        let more = found.with_map("entropy", vec![0.75; 6]).unwrap();
        assert_eq!(here(&more), ["entropy", "ranking"]);
        assert_eq!(**more.map("entropy").unwrap().1, vec![0.75; 6]);
        assert!(Arc::ptr_eq(
            more.map("ranking").unwrap().1,
            found.map("ranking").unwrap().1
        ));
        // One at a time.
        let other = more.with_map("margin", vec![0.5; 6]).unwrap();
        assert_eq!(here(&other), ["ranking", "margin"]);
    }

    #[test]
    fn arrays_that_do_not_fit_are_refused() {
        let found = outcome(vec![0; 6], vec![0.0; 6]);
        let fault = found.with_map("ranking", vec![0.0; 7]).unwrap_err();
        assert!(fault.to_string().contains("ranking"), "{fault}");
        let fault = Outcome::new(
            7,
            found.info,
            model(),
            vec![0; 6],
            vec![0.0; 6],
            vec![vec![0.0; 4]],
        )
        .unwrap_err();
        assert!(fault.to_string().contains("ranking"), "{fault}");
    }
}
