//! NIfTI headers and voxels; then everything that is done with a volume.

use imaging::encode::{Space, nifti_map, nifti_mask, nrrd_segmentation};
use imaging::geometry::{AxisCodes, Reorientation, Resampling, resample_to_grid};
use imaging::{Format, Limits, open, open_labels, open_nifti_pair, summarise};

const LIMITS: Limits = Limits {
    max_pixels: 1 << 12,
    max_bytes: 1 << 16,
};

/// Opens it and checks what holds of every result.
pub fn run(bytes: &[u8]) {
    // A pair is cut where its header ends.
    for end in [348, 540] {
        if let Some((header, image)) = bytes.split_at_checked(end) {
            let _ = open_nifti_pair(header, image, &LIMITS);
        }
    }
    let volume = match open(bytes, "a.nii.gz", &LIMITS) {
        Ok(volume) => volume,
        Err(error) => {
            let text = error.to_string();
            assert!(!text.contains('\n') && !text.contains(". "), "{text}");
            return;
        }
    };
    let _ = open_labels(bytes, "a.nii.gz", &LIMITS, 3);
    let _ = summarise(bytes, "a.nii.gz", &LIMITS);
    let count = volume.voxels_per_channel();
    assert!(count > 0 && count as u64 <= LIMITS.max_pixels);
    assert_eq!(volume.voxels.len(), count * volume.channels);

    let grid = volume.grid().expect("a decoder's matrix makes a grid");
    if let Some(grid) = grid {
        let way = Reorientation::to(&grid, AxisCodes::LPS);
        let turned = way.apply(&volume.voxels).expect("it fits");
        let back = way.undo(&turned).expect("it fits");
        assert!(
            back.iter()
                .zip(&volume.voxels)
                .all(|(a, b)| a.to_bits() == b.to_bits())
        );
        if let Ok(plan) = Resampling::plan(way.to_grid(), [1.0; 3], &LIMITS) {
            let there = plan.forward(&turned).expect("it fits");
            assert_eq!(there.len(), plan.to_grid().voxels() * volume.channels);
            assert_eq!(plan.backward(&there).expect("it fits").len(), turned.len());
            let onto = resample_to_grid(&turned, way.to_grid(), plan.to_grid(), 0.0);
            assert_eq!(onto.expect("it fits").len(), there.len());
        }
    }
    let space = Space::of(&volume);
    let again = nifti_mask(&vec![1; count], &space).expect("it can be written");
    let again = open(&again, "a.nii.gz", &LIMITS).expect("it can be read");
    assert_eq!(again.shape, volume.shape);
    // A picture that says nothing of its place gets NIfTI's voxel sizes of 1, which a reader takes for a place.
    let kept = again.geometry.affine.is_some() == grid.is_some();
    assert!(kept || grid.is_none() && volume.provenance.format != Format::Nifti);
    nifti_map(&vec![0.5; count], &space).expect("it can be written");
    nrrd_segmentation(&vec![1; count], &space, &[]).expect("it can be written");
}
