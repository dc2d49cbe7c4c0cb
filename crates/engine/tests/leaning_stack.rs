//! A stack from a tilted gantry, segmented and saved.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::ops::ControlFlow;

use burn::tensor::Device;
use engine::output::Context;
use engine::{Engine, ExportFormat, Options};
use imaging::{Format, Limits, open};
use pollster::block_on;

#[test]
fn a_mask_saved_as_nifti_is_at_right_angles_and_one_saved_as_nrrd_is_the_images() {
    let shape = [4, 33, 32];
    let mut volume = support::blobs(shape);
    volume.provenance.format = Format::Dicom;
    // Two rows from plane to plane.
    volume.geometry.affine = Some([
        [-1.5, 0.0, 0.0, 7.0],
        [0.0, -1.0, 2.0, 8.0],
        [0.0, 0.0, 3.0, 9.0],
        [0.0, 0.0, 0.0, 1.0],
    ]);
    let bundle = support::bundle(support::manifest(&[32, 32], 3));
    let engine = Engine::new(&bundle, &Device::flex()).unwrap();
    let result = block_on(engine.segment(&volume, &Options::default(), async |_| {
        ControlFlow::Continue(())
    }))
    .unwrap();
    let names = ["series".to_owned()];
    let context = Context {
        corrected: None,
        manifest: engine.manifest(),
        volume: &volume,
        result: &result,
        names: &names,
        moment: "2026-01-01T00:00:00",
    };
    let saved = |format: ExportFormat| {
        let file = context.mask(format).unwrap();
        open(
            &file.bytes,
            &format!("a{}", file.suffix),
            &Limits::default(),
        )
        .unwrap()
    };
    let upright = saved(ExportFormat::Nifti);
    let grid = upright.grid().unwrap().unwrap();
    assert_eq!(grid.shape(), [4, 33 + 6, 32]);
    assert_eq!(grid.affine().map(|row| row[2]), [0.0, 0.0, 3.0, 0.0]);
    // Rows fall on rows, so that every label is where it was.
    let own = volume.grid().unwrap().unwrap();
    for (index, &label) in result.labels.iter().enumerate() {
        let voxel = [index % 32, index / 32 % 33, index / (32 * 33)].map(|place| place as f64);
        let [column, row, plane] = grid
            .to_voxel(own.to_patient(voxel))
            .map(|place| place.round() as usize);
        let found = upright.voxels[(plane * 39 + row) * 32 + column];
        assert_eq!(found, f32::from(label), "{voxel:?}");
    }

    let leaning = saved(ExportFormat::Nrrd);
    assert_eq!(leaning.shape, shape);
    let labels: Vec<f32> = result
        .labels
        .iter()
        .map(|&label| f32::from(label))
        .collect();
    assert_eq!(leaning.voxels, labels);
    assert_eq!(leaning.geometry.affine, volume.geometry.affine);
}
