//! Models and images for the engine's tests.
#![allow(
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    reason = "not every test needs everything, and a test may stop"
)]

use burn::tensor::Device;
use engine::{
    Architecture, Bundle, ClassInfo, InDistribution, KnownAnswer, Manifest, Preprocessing,
    TestFigures, TrainingRecord, Validation, WeightsFile,
};
use imaging::normalise::Normalisation;
use imaging::{Limits, Volume};
use segwithu::weights::{Precision, save};

/// Leaves intensities as they are.
pub const AS_IS: Normalisation = Normalisation::Dataset {
    percentile_00_5: -1e30,
    percentile_99_5: 1e30,
    mean: 0.0,
    std: 1.0,
};

/// The description of a small network; 2D or 3D by the number of axes of `patch`.
pub fn manifest(patch: &[usize], classes: u8) -> Manifest {
    Manifest {
        format_version: Manifest::FORMAT_VERSION,
        id: "test".to_owned(),
        title: "Test".to_owned(),
        modality: "numbers".to_owned(),
        architecture: Architecture {
            spatial_dims: patch.len(),
            in_channels: 1,
            filters: [4, 4, 6, 6, 8],
            strides: [1, 2, 2, 2, 2],
            taps: Architecture::taps(),
            num_probes: 4,
            use_aleatoric: true,
        },
        classes: (0..classes)
            .map(|id| ClassInfo {
                id,
                name: format!("class {id}"),
                colour: [id, 0, 0],
            })
            .collect(),
        preprocessing: Preprocessing {
            orientation: None,
            spacing: None,
            longest_side: None,
            normalisation: Normalisation::ZScore,
            patch: patch.to_vec(),
            overlap: 0.5,
        },
        weights: WeightsFile {
            file: "weights.safetensors".to_owned(),
            sha256: String::new(),
            bytes: 0,
        },
        validation: Validation::default(),
        in_distribution: InDistribution::default(),
        test: TestFigures::default(),
        known_answer: KnownAnswer::default(),
        licence: "none".to_owned(),
        source: "none".to_owned(),
        citation: "none".to_owned(),
        training: TrainingRecord::default(),
    }
}

/// A bundle with random weights for a description.
pub fn bundle(manifest: Manifest) -> Bundle {
    let device = Device::flex();
    let config = manifest
        .architecture
        .config_with_classes(manifest.classes.len());
    let weights = if manifest.architecture.spatial_dims == 3 {
        save(&config.init::<5>(&device).unwrap(), "", Precision::Full)
    } else {
        save(&config.init::<4>(&device).unwrap(), "", Precision::Full)
    };
    Bundle::new(manifest, weights.unwrap())
}

/// A grey volume without geometry whose values are a function of plane, row and column.
pub fn volume(shape: [usize; 3], value: impl Fn([usize; 3]) -> f32) -> Volume {
    let [planes, rows, columns] = shape;
    let one = imaging::encode::tiff_f32(&[0.0], 1, 1).unwrap();
    let mut volume = imaging::open(&one, "", &Limits::default()).unwrap();
    volume.shape = shape;
    volume.voxels = (0..planes * rows * columns)
        .map(|voxel| {
            value([
                voxel / (rows * columns),
                voxel / columns % rows,
                voxel % columns,
            ])
        })
        .collect();
    volume
}

/// A volume in which something is to be seen: smooth blobs, no symmetry.
pub fn blobs(shape: [usize; 3]) -> Volume {
    volume(shape, |[plane, row, column]| {
        let [z, y, x] = [plane, row, column].map(|index| index as f32);
        10.0 * ((0.31 * x + 0.2).sin() + (0.23 * y).cos() + (0.41 * z + 0.1 * x).sin()) + 0.3 * z
    })
}
