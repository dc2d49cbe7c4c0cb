//! Bad data stops at the start with a sentence that names file and value.

use imaging::encode::tiff_f32;

use super::{Folder, case, on_disk};
use crate::RunConfig;
use crate::config::NormalisationChoice;
use crate::files::read_dataset;

/// A data set of pictures on disk and its configuration.
struct Scene {
    folder: Folder,
    config: RunConfig,
}

impl Scene {
    fn new() -> Self {
        let folder = Folder::new();
        let config = on_disk(&folder, 2);
        Self { folder, config }
    }

    fn fault(&self) -> String {
        read_dataset(&self.config).unwrap_err().to_string()
    }
}

#[test]
fn sound_data_are_read_and_normalised() {
    let scene = Scene::new();
    let dataset = read_dataset(&scene.config).unwrap();
    assert_eq!((dataset.training.len(), dataset.validation.len()), (2, 1));
    let case = &dataset.training[0];
    assert_eq!(case.size, [1, 40, 36]);
    assert!(case.labels.contains(&1) && case.labels.contains(&2));
    assert!(case.image.iter().sum::<f32>().abs() < 0.1);
}

#[test]
fn volumes_are_read_with_planes_first() {
    let folder = Folder::new();
    let mut config = on_disk(&folder, 3);
    let dataset = read_dataset(&config).unwrap();
    let expected = case("a", [12, 30, 20], 0);
    assert_eq!(dataset.training[0].size, expected.size);
    assert_eq!(dataset.training[0].labels, expected.labels);
    // Columns to the left, rows to the front: both axes turn round.
    config.preprocessing.orientation = Some("LPS".to_owned());
    config.preprocessing.spacing = Some(vec![2.0, 1.0, 1.0]);
    let turned = read_dataset(&config).unwrap();
    let case = &turned.training[0];
    assert_eq!(case.size, [6, 30, 20]);
    let plane = |labels: &[u8]| labels[..600].to_vec();
    let backwards = plane(&expected.labels)
        .into_iter()
        .rev()
        .collect::<Vec<_>>();
    assert_eq!(plane(&case.labels), backwards);
}

#[test]
fn the_layout_of_nnu_net_itself_is_read_too() {
    let scene = Scene::new();
    let data = scene.folder.path().join("data");
    std::fs::rename(data.join("images"), data.join("imagesTr")).unwrap();
    std::fs::rename(data.join("labels"), data.join("labelsTr")).unwrap();
    for name in ["a", "b", "c", "d"] {
        let images = data.join("imagesTr");
        std::fs::rename(
            images.join(format!("{name}.tif")),
            images.join(format!("{name}_0000.tif")),
        )
        .unwrap();
    }
    assert_eq!(read_dataset(&scene.config).unwrap().training.len(), 2);
}

#[test]
fn intensities_are_measured_where_the_configuration_says_so() {
    let mut scene = Scene::new();
    scene.config.preprocessing.normalisation = NormalisationChoice::TrainingForeground;
    let dataset = read_dataset(&scene.config).unwrap();
    let choice = dataset.normalisation_choice();
    let NormalisationChoice::Dataset { mean, std, .. } = choice else {
        panic!("{choice:?}")
    };
    assert!(mean > 1.0 && mean < 2.5 && std > 0.0);
}

#[test]
fn shapes_that_differ_are_named() {
    let scene = Scene::new();
    let labels = tiff_f32(&[0.0; 40 * 35], 40, 35).unwrap();
    scene.folder.write("data/labels/b.tif", &labels);
    let error = scene.fault();
    assert!(
        error.contains("b.tif has 1 x 40 x 35 voxels and its image has 1 x 40 x 36"),
        "{error}"
    );
}

#[test]
fn labels_of_the_same_size_in_another_place_are_refused() {
    let folder = Folder::new();
    let config = on_disk(&folder, 3);
    let path = folder.path().join("data/labels/b.nii");
    let mut bytes = std::fs::read(&path).unwrap();
    // Five millimetres to the right.
    bytes[292..296].copy_from_slice(&5_f32.to_le_bytes());
    std::fs::write(&path, bytes).unwrap();
    let error = read_dataset(&config).unwrap_err().to_string();
    assert!(
        error.contains("b.nii: the labels lie on another grid"),
        "{error}"
    );
}

#[test]
fn an_unknown_label_is_named() {
    let scene = Scene::new();
    let mut labels = vec![0.0; 40 * 36];
    labels[7] = 5.0;
    scene
        .folder
        .write("data/labels/a.tif", &tiff_f32(&labels, 40, 36).unwrap());
    let error = scene.fault();
    assert!(
        error.contains("a.tif") && error.contains("the value 5"),
        "{error}"
    );
}

#[test]
fn a_value_that_is_no_number_is_named() {
    let scene = Scene::new();
    for (value, text) in [
        (f32::NAN, "the value NaN"),
        (f32::INFINITY, "the value inf"),
    ] {
        let mut image = vec![0.5; 40 * 36];
        image[9] = value;
        scene
            .folder
            .write("data/images/c.tif", &tiff_f32(&image, 40, 36).unwrap());
        let error = scene.fault();
        assert!(error.contains("c.tif") && error.contains(text), "{error}");
    }
}

#[test]
fn an_empty_split_is_named() {
    let scene = Scene::new();
    scene
        .folder
        .write("data/splits.json", br#"{"train": ["a"], "val": []}"#);
    let error = scene.fault();
    assert!(
        error.contains("the split `val`") && error.contains("splits.json"),
        "{error}"
    );
}

#[test]
fn a_missing_label_file_is_named() {
    let scene = Scene::new();
    std::fs::remove_file(scene.folder.path().join("data/labels/b.tif")).unwrap();
    let error = scene.fault();
    assert!(error.contains("labels/b.tif does not exist"), "{error}");
}

#[test]
fn pictures_for_a_network_of_volumes_are_refused() {
    let mut scene = Scene::new();
    scene.config.model.spatial_dims = 3;
    let error = scene.fault();
    assert!(
        error.contains("a.tif has 1 planes") && error.contains("model.spatial_dims is 3"),
        "{error}"
    );
}

#[test]
fn colours_for_another_number_of_classes_are_refused() {
    let mut scene = Scene::new();
    scene.config.bundle.colours.pop();
    let error = scene.fault();
    assert!(error.contains("2 colours for the 3 classes"), "{error}");
}
