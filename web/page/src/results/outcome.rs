//! What was found in an image, and how it compares with labels, as the worker hands them over.

use std::sync::Arc;

use protocol::{ModelInfo, PlacesInfo, ResultInfo, Scores, decode_region_voxels};
use uq::Run;

use super::maps;
use crate::errors::Error;
use crate::view::detail::Detail;
use crate::view::intensity_window::usual;
use crate::view::shape::{Voxel, check, voxel_count};
use crate::view::slice_plane::SlicePlane;

/// Share of a map's values that may be drawn in its first and last colour alone.
const SHARE_CLIPPED: f64 = 0.01;

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
    maps: Vec<Option<MapValues>>,
    /// The tempered probability of each class but the background, in the model's order, if it is here.
    probabilities: Vec<Option<Arc<Vec<f32>>>>,
    /// The voxels of each of `info.regions`, where they are known.
    regions: Arc<Vec<Vec<Run>>>,
}

/// The values of a map.
#[derive(Debug, Clone, PartialEq)]
struct MapValues {
    values: Arc<Vec<f32>>,
    /// The values between which nearly all lie.
    usual: Option<[f32; 2]>,
}

impl MapValues {
    fn new(values: Vec<f32>) -> Self {
        Self {
            usual: usual(&values, SHARE_CLIPPED),
            values: Arc::new(values),
        }
    }
}

/// A comparison with true labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Agreement.
    pub scores: Scores,
    /// The labels, class identifiers, `[planes, rows, columns]`.
    pub labels: Vec<u8>,
    /// 1 where mask and label differ, same shape.
    pub errors: Vec<u8>,
}

impl Outcome {
    /// Takes over a segmentation. `arrays` are those of `info.maps` that are marked as sent, then, where
    /// `info.probabilities_sent` says so, the probabilities of every class but the background.
    ///
    /// # Errors
    /// [`Error::Length`] when an array does not fill the shape.
    pub fn new(
        job: u32,
        info: ResultInfo,
        model: ModelInfo,
        mask: Vec<u8>,
        probability: Vec<f32>,
        arrays: Vec<Vec<f32>>,
    ) -> Result<Self, Error> {
        let expected = voxel_count(info.shape);
        check("mask", mask.len(), expected)?;
        check("probability", probability.len(), expected)?;
        let objects = model.classes.iter().filter(|class| class.id != 0).count();
        let with_result = if info.probabilities_sent { objects } else { 0 };
        let sent = info.maps.iter().filter(|map| map.sent);
        let due = sent.clone().count() + with_result;
        check("list of maps and probabilities", arrays.len(), due)?;
        let names = sent.map(|map| map.summary.name.as_str());
        let names = names.chain(std::iter::repeat_n("class probability", with_result));
        for (name, values) in names.zip(&arrays) {
            check(name, values.len(), expected)?;
        }
        let mut arrays = arrays.into_iter();
        let maps = info
            .maps
            .iter()
            .map(|map| {
                map.sent
                    .then(|| arrays.next())
                    .flatten()
                    .map(MapValues::new)
            })
            .collect();
        let probabilities = (0..objects).map(|_| arrays.next().map(Arc::new)).collect();
        Ok(Self {
            job,
            info,
            model,
            mask: Arc::new(mask),
            probability: Arc::new(probability),
            maps,
            probabilities,
            regions: Arc::default(),
        })
    }

    /// The same segmentation with the voxels of its regions, as the worker sends them.
    ///
    /// # Errors
    /// [`Error::Protocol`] where they are not those of `info.regions`.
    pub fn with_region_voxels(mut self, bytes: &[u8]) -> Result<Self, Error> {
        let regions = decode_region_voxels(bytes)
            .filter(|regions| regions.len() == self.info.regions.len())
            .ok_or_else(|| Error::Protocol {
                fault: "the voxels of the places cannot be read".to_owned(),
            })?;
        let run = |[plane, row, first, last]: [u32; 4]| Run {
            plane,
            row,
            first,
            last,
        };
        let regions = regions.into_iter();
        let regions = regions.map(|runs| runs.into_iter().map(run).collect());
        self.regions = Arc::new(regions.collect());
        Ok(self)
    }

    /// The voxels of a region; none where they are not known.
    #[must_use]
    pub fn region_voxels(&self, region: usize) -> &[Run] {
        self.regions.get(region).map_or(&[], Vec::as_slice)
    }

    /// Whether the probability of a class is known everywhere.
    #[must_use]
    pub fn knows_probability(&self, class: u8) -> bool {
        if class == 0 {
            self.lacking_probabilities().is_empty()
        } else {
            self.class_probability(class, 0).is_some()
        }
    }

    /// The tempered probability of a class at an index of an array `[planes, rows, columns]`, if it is known: that of the
    /// background is what all others leave.
    #[must_use]
    pub fn class_probability(&self, class: u8, at: usize) -> Option<f32> {
        if class == 0 {
            let all = self
                .objects()
                .map(|object| self.class_probability(object, at));
            return Some(1.0 - all.sum::<Option<f32>>()?);
        }
        let place = self.objects().position(|id| id == class)?;
        if let Some(values) = self.probabilities.get(place)?.as_ref() {
            return values.get(at).copied();
        }
        if self.probabilities.len() > 1 {
            return None;
        }
        let own = *self.probability.get(at)?;
        Some(if *self.mask.get(at)? == class {
            own
        } else {
            1.0 - own
        })
    }

    /// The same segmentation with the values of one more map. Those that were asked for before are let go: they would
    /// fill the memory that was spared.
    ///
    /// # Errors
    /// [`Error::Length`] when the values do not fill the shape.
    pub fn with_map(&self, name: &str, values: Vec<f32>) -> Result<Self, Error> {
        check(name, values.len(), voxel_count(self.info.shape))?;
        let values = MapValues::new(values);
        let maps = self.info.maps.iter().zip(&self.maps);
        let maps = maps.map(|(map, held)| match held {
            _ if map.summary.name == name => Some(values.clone()),
            Some(held) if map.sent => Some(held.clone()),
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
        maps.filter_map(|(map, held)| Some((map, &held.as_ref()?.values)))
    }

    /// A map, by name, if its values are here.
    #[must_use]
    pub fn map(&self, name: &str) -> Option<(&protocol::MapInfo, &Arc<Vec<f32>>)> {
        self.maps().find(|(map, _)| map.summary.name == name)
    }

    /// The values at which a map's colours begin and end: those between which nearly all of it lies, or its own fixed
    /// ones. None for a map that there is not.
    #[must_use]
    pub fn map_range(&self, name: &str) -> Option<[f32; 2]> {
        let mut maps = self.info.maps.iter().zip(&self.maps);
        let (map, held) = maps.find(|(map, _)| map.summary.name == name)?;
        let ends = [map.summary.minimum, map.summary.maximum];
        let ends = held.as_ref().and_then(|held| held.usual).unwrap_or(ends);
        Some(maps::range(name, ends, self.model.classes.len()))
    }

    /// The same segmentation with the tempered probabilities of a class.
    ///
    /// # Errors
    /// [`Error::Length`] when they do not fill the shape.
    pub fn with_probability(&self, class: u8, values: Vec<f32>) -> Result<Self, Error> {
        check(
            "class probability",
            values.len(),
            voxel_count(self.info.shape),
        )?;
        let mut next = self.clone();
        let mut held = next.probabilities.iter_mut().zip(self.objects());
        if let Some((held, _)) = held.find(|(_, id)| *id == class) {
            *held = Some(Arc::new(values));
        }
        Ok(next)
    }

    /// The same segmentation with the places that another tolerance leads to.
    #[must_use]
    pub fn with_places(&self, found: PlacesInfo) -> Self {
        let mut next = self.clone();
        let info = &mut next.info;
        info.tolerance = found.tolerance;
        info.regions = found.regions;
        info.summary = found.summary;
        info.report = found.report;
        next
    }

    /// The classes whose probabilities are neither here nor known from those of the mask.
    #[must_use]
    pub fn lacking_probabilities(&self) -> Vec<u8> {
        if self.probabilities.len() < 2 {
            return Vec::new();
        }
        let held = self.probabilities.iter().zip(self.objects());
        held.filter(|(held, _)| held.is_none())
            .map(|(_, class)| class)
            .collect()
    }

    /// The tempered probability of a class on a plane, if it is known. With one class of object it follows from that of the
    /// mask.
    #[must_use]
    pub fn class_plane(&self, class: u8, plane: &SlicePlane, slice: usize) -> Option<Vec<f32>> {
        let shape = self.info.shape;
        let place = self.objects().position(|id| id == class)?;
        if let Some(values) = self.probabilities.get(place)?.as_ref() {
            return Some(plane.extract(values, shape, slice));
        }
        if self.probabilities.len() > 1 {
            return None;
        }
        let mask = plane.extract(&self.mask, shape, slice).into_iter();
        let own = plane.extract(&self.probability, shape, slice).into_iter();
        let found = mask.zip(own);
        Some(
            found
                .map(|(marked, p)| if marked == class { p } else { 1.0 - p })
                .collect(),
        )
    }

    /// The part of a picture's segmentation that is drawn, with one of its maps.
    #[must_use]
    pub fn drawn(&self, detail: &Detail, map: &str) -> Self {
        let floats = |values: &Arc<Vec<f32>>| Arc::new(detail.values(values));
        let mut info = self.info.clone();
        let [rows, columns] = detail.size();
        info.shape = [1, rows, columns];
        for region in &mut info.regions {
            let ends = region.bounding_box;
            // One that is not drawn stays in the list, whose order counts, and lies nowhere.
            let drawn = detail.boxed(ends.first, ends.last);
            let [first, last] = drawn.unwrap_or([[usize::MAX; 3]; 2]);
            (region.bounding_box.first, region.bounding_box.last) = (first, last);
        }
        let maps = self.info.maps.iter().zip(&self.maps).map(|(info, held)| {
            let held = held.as_ref().filter(|_| info.summary.name == map)?;
            Some(MapValues {
                values: floats(&held.values),
                usual: held.usual,
            })
        });
        Self {
            job: self.job,
            info,
            model: self.model.clone(),
            mask: Arc::new(detail.values(&self.mask)),
            probability: floats(&self.probability),
            maps: maps.collect(),
            probabilities: self
                .probabilities
                .iter()
                .map(|held| held.as_ref().map(floats))
                .collect(),
            // Nothing is drawn by them.
            regions: Arc::default(),
        }
    }

    /// Identifiers of the classes but the background.
    fn objects(&self) -> impl Iterator<Item = u8> + '_ {
        let classes = self.model.classes.iter();
        classes.map(|class| class.id).filter(|id| *id != 0)
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
    /// Takes over the comparison of a mask with labels.
    ///
    /// # Errors
    /// [`Error::Length`] when there are not as many labels as voxels of the mask.
    pub fn new(mask: &[u8], scores: Scores, labels: Vec<u8>) -> Result<Self, Error> {
        check("comparison", labels.len(), mask.len())?;
        let differs = |(mask, label): (&u8, &u8)| u8::from(mask != label);
        Ok(Self {
            scores,
            errors: mask.iter().zip(&labels).map(differs).collect(),
            labels,
        })
    }

    /// The part of it that is drawn.
    #[must_use]
    pub fn drawn(&self, detail: &Detail) -> Self {
        Self {
            scores: self.scores.clone(),
            labels: detail.values(&self.labels),
            errors: detail.values(&self.errors),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use protocol::{
        BoundingBox, ClassInfo, CurvePoint, ExpectedWrong, MapInfo, MapSummary, Region, RegionKind,
        VoxelSize,
    };

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
            sure_level: Some(0.8),
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
            notes: vec![],
            windows: 1,
            elapsed_ms: 1.0,
            report: "{}".into(),
            slices: vec![],
            summary: "About 2 of 3 pixels may be wrong.".into(),
            expected: ExpectedWrong::default(),
            classes: vec![],
            voxel_size: VoxelSize::Unknown,
            tolerance: 2,
            regions: vec![],
            image_score: 0.5,
            in_distribution: None,
            probabilities_sent: false,
        };
        Outcome::new(7, info, model(), mask, vec![0.75; pixels], vec![ranking]).unwrap()
    }

    /// A segmentation with one class of object, of which `field` is the tempered probability.
    pub(crate) fn two_classes(shape: [usize; 3], field: &[f32]) -> Outcome {
        let mut info = outcome(vec![0; 6], vec![0.0; 6]).info;
        info.shape = shape;
        info.maps = vec![];
        let mask = field.iter().map(|p| u8::from(*p >= 0.5)).collect();
        let own = field.iter().map(|p| p.max(1.0 - p)).collect();
        Outcome::new(7, info, model(), mask, own, vec![]).unwrap()
    }

    /// A region of the border of an object, from and to a column, row and plane.
    pub(crate) fn region(first: [usize; 3], last: [usize; 3]) -> Region {
        Region {
            kind: RegionKind::Border,
            class: 1,
            instead: 0,
            voxels: 12,
            expected_wrong: 4.0,
            max_shift: 2.5,
            bounding_box: BoundingBox { first, last },
        }
    }

    #[test]
    fn probabilities_of_one_class_follow_from_those_of_the_mask() {
        let field = [0.1, 0.9, 0.4, 0.6, 0.0, 1.0];
        let found = two_classes([1, 2, 3], &field);
        let plane = found.class_plane(1, &SlicePlane::STORED, 0).unwrap();
        for (found, expected) in plane.iter().zip(field) {
            assert!((found - expected).abs() < 1e-6, "{plane:?}");
        }
        assert!(found.lacking_probabilities().is_empty());
        assert_eq!(found.class_plane(2, &SlicePlane::STORED, 0), None);
    }

    #[test]
    fn probabilities_are_known_voxel_by_voxel_the_backgrounds_too() {
        let found = two_classes([1, 2, 3], &[0.1, 0.9, 0.4, 0.6, 0.0, 1.0]);
        let near = |class, at, p: f32| {
            let found = found.class_probability(class, at).unwrap();
            assert!((found - p).abs() < 1e-6, "{found}");
        };
        near(1, 0, 0.1);
        near(1, 3, 0.6);
        near(0, 3, 0.4);
        assert!(found.knows_probability(0) && found.knows_probability(1));
        assert!(!found.knows_probability(2));
        assert_eq!(found.class_probability(1, 6), None);
    }

    #[test]
    fn voxels_of_regions_belong_to_their_regions() {
        let mut found = two_classes([1, 2, 3], &[0.0; 6]);
        found.info.regions = vec![region([0; 3], [1, 0, 0]), region([2, 1, 0], [2, 1, 0])];
        let bytes = protocol::encode_region_voxels(&[vec![[0, 0, 0, 1]], vec![[0, 1, 2, 2]]]);
        let known = found.clone().with_region_voxels(&bytes).unwrap();
        assert_eq!(known.region_voxels(0).len(), 1);
        assert_eq!(known.region_voxels(1).first().map(|run| run.first), Some(2));
        assert!(known.region_voxels(2).is_empty() && found.region_voxels(0).is_empty());
        assert!(found.clone().with_region_voxels(&bytes[..8]).is_err());
        assert!(found.with_region_voxels(&[]).is_err());
    }

    #[test]
    fn probabilities_of_several_classes_come_with_the_result_or_later() {
        let mut several = model();
        several.classes.push(ClassInfo {
            id: 2,
            name: "debris".into(),
            colour: [1, 2, 3],
        });
        let mut info = two_classes([1, 2, 3], &[0.0; 6]).info;
        let made = |info: &ResultInfo, arrays| {
            Outcome::new(
                7,
                info.clone(),
                several.clone(),
                vec![0; 6],
                vec![0.5; 6],
                arrays,
            )
        };
        let found = made(&info, vec![]).unwrap();
        assert_eq!(found.lacking_probabilities(), [1, 2]);
        assert_eq!(found.class_plane(2, &SlicePlane::STORED, 0), None);
        let found = found.with_probability(2, vec![0.25; 6]).unwrap();
        assert_eq!(found.lacking_probabilities(), [1]);
        assert_eq!(
            found.class_plane(2, &SlicePlane::STORED, 0),
            Some(vec![0.25; 6])
        );
        assert!(found.with_probability(1, vec![0.0; 5]).is_err());
        info.probabilities_sent = true;
        assert!(made(&info, vec![vec![0.0; 6]]).is_err());
        let found = made(&info, vec![vec![0.1; 6], vec![0.2; 6]]).unwrap();
        assert!(found.lacking_probabilities().is_empty());
        assert_eq!(
            found.class_plane(2, &SlicePlane::STORED, 0),
            Some(vec![0.2; 6])
        );
    }

    #[test]
    fn a_few_extreme_values_do_not_take_all_colours() {
        let mut ranking = vec![0.0; 1000];
        for (index, value) in ranking.iter_mut().enumerate() {
            *value = index as f32 / 1000.0;
        }
        ranking[7] = 1e6;
        let found = outcome(vec![0; 1000], ranking);
        let [low, high] = found.map_range("ranking").unwrap();
        assert!(low < 0.02 && (0.9..1.1).contains(&high), "{low} {high}");
        assert_eq!(found.map_range("absent"), None);
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
        assert!(
            fault.details().unwrap_or_default().contains("ranking"),
            "{fault}"
        );
        let fault = Outcome::new(
            7,
            found.info,
            model(),
            vec![0; 6],
            vec![0.0; 6],
            vec![vec![0.0; 4]],
        )
        .unwrap_err();
        assert!(
            fault.details().unwrap_or_default().contains("ranking"),
            "{fault}"
        );
    }
}
