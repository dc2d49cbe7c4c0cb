//! Planes that make one volume.

use super::segmentation::LabelLayout;
use crate::Error;
use crate::geometry::Affine;
use crate::uneven_spacing::UnevenSpacing;

/// Planes that make one volume, in its order.
#[derive(Debug)]
pub(crate) struct Stack {
    pub modality: Option<String>,
    pub series_number: Option<u32>,
    pub is_localiser: bool,
    /// Planes, rows and columns of the volume.
    pub shape: [usize; 3],
    /// How the volume's planes come from the stack's own where these are uneven: between which two each lies, by the
    /// first one's place, and the weight of the second. `None` where each is a plane of the stack.
    pub(super) resampling: Option<Vec<(usize, f64)>>,
    /// How uneven images became this volume; `None` for even ones.
    pub spacing: Option<UnevenSpacing>,
    /// The same images as a volume the other way, where that can be done.
    pub(super) alternative: Option<Box<Stack>>,
    /// How frames become labels, where the stack is a segmentation.
    pub(super) labels: Option<LabelLayout>,
    /// For each plane: its file's place among those given, and its frame.
    pub(super) planes: Vec<StackPlane>,
    pub affine: Option<Affine>,
    /// The direction that planes are seen along, in LPS+.
    pub normal: Option<[f64; 3]>,
    pub notes: Vec<String>,
}

#[derive(Debug, Clone)]
pub(super) struct StackPlane {
    pub file: usize,
    pub frame: usize,
    pub is_multi_frame: bool,
    pub position: Option<[f64; 3]>,
    pub sop_class_uid: std::sync::Arc<str>,
    pub sop_instance_uid: std::sync::Arc<str>,
}

impl Stack {
    /// This volume, or the one that is made the other way of the same images where that is asked for; even images have but
    /// one way.
    pub(crate) fn with_spacing(&self, wanted: Option<UnevenSpacing>) -> Result<&Self, Error> {
        match (wanted, self.spacing) {
            (Some(wanted), Some(own)) if wanted != own => self
                .alternative
                .as_deref()
                .ok_or(Error::NoSuchSpacing { wanted }),
            (Some(_) | None, Some(_) | None) => Ok(self),
        }
    }

    /// The files whose planes it shows, each once, in the order of its planes.
    pub(crate) fn files(&self) -> Vec<usize> {
        let mut files: Vec<usize> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for plane in &self.planes {
            if seen.insert(plane.file) {
                files.push(plane.file);
            }
        }
        files
    }

    /// [`Stack::files`], then those that only the other way needs.
    pub(crate) fn all_files(&self) -> Vec<usize> {
        let mut files = self.files();
        let others = self.alternative.as_ref().map(|other| other.files());
        for file in others.into_iter().flatten() {
            if !files.contains(&file) {
                files.push(file);
            }
        }
        files
    }

    /// Renumbers the files: `places` are the old numbers in their new order.
    pub(crate) fn renumber(&mut self, places: &[usize]) {
        let numbers: std::collections::BTreeMap<usize, usize> = places
            .iter()
            .enumerate()
            .map(|(new, &old)| (old, new))
            .collect();
        for plane in &mut self.planes {
            plane.file = numbers.get(&plane.file).copied().unwrap_or(usize::MAX);
        }
        if let Some(other) = &mut self.alternative {
            other.renumber(places);
        }
    }

    /// What it is, in words that hold no patient data: `"MR series 3, axial, 41 images of 64 x 52 pixels"`.
    pub(crate) fn description(&self) -> String {
        let mut text = self.modality.clone().unwrap_or_else(|| "DICOM".to_owned());
        if let Some(number) = self.series_number {
            text.push_str(&format!(" series {number}"));
        }
        if self.is_localiser {
            text.push_str(", localiser");
        }
        if let Some(direction) = self.normal.and_then(direction) {
            text.push_str(&format!(", {direction}"));
        }
        let [planes, rows, columns] = self.shape;
        if planes == 1 {
            text.push_str(&format!(", one image of {columns} x {rows} pixels"));
        } else {
            text.push_str(&format!(", {planes} images of {columns} x {rows} pixels"));
        }
        text
    }
}

/// The anatomical plane nearest to an image's.
fn direction(normal: [f64; 3]) -> Option<&'static str> {
    let [x, y, z] = normal.map(f64::abs);
    let largest = x.max(y).max(z);
    // Within 30 degrees; anything else has no short name.
    if largest < 0.866 {
        Some("oblique")
    } else if largest == z {
        Some("axial")
    } else if largest == y {
        Some("coronal")
    } else if largest == x {
        Some("sagittal")
    } else {
        None
    }
}
