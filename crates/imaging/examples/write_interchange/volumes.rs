//! Masks and maps as NIfTI, NRRD and TIFF, on the grids of real images and of made ones.

use std::fs;
use std::path::Path;

use imaging::encode::{
    Segment, Space, nifti_map, nifti_mask, nrrd_segmentation, tiff_f32_pages, tiff_mask_pages,
};
use imaging::geometry::{Affine, RightAngles};
use imaging::{Grid, Limits, open};
use serde_json::json;

use super::{Outcome, save};

const SEGMENTS: [Segment<'static>; 2] = [
    Segment {
        label: 1,
        name: "Anterior hippocampus",
        colour: [255, 51, 0],
    },
    Segment {
        label: 2,
        name: "Lésion; \"quoted\" = 5",
        colour: [0, 102, 255],
    },
];

/// Writes every case into a folder of its own.
pub fn write(samples: &Path, folder: &Path) -> Outcome {
    let mut files: Vec<_> = fs::read_dir(samples.join("nifti"))?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with("anat_pair"))
        .collect();
    files.sort();
    for name in files {
        let source = format!("nifti/{name}");
        let image = open(&fs::read(samples.join(&source))?, &name, &Limits::default())?;
        write_case(&folder.join(&name), Some(&source), &Space::of(&image))?;
    }
    let source = "dicom/MR_small.dcm";
    let image = open(&fs::read(samples.join(source))?, "", &Limits::default())?;
    write_case(&folder.join("dicom"), None, &Space::of(&image))?;

    let [cosine, sine] = [0.8, 0.6];
    let oblique = [
        [1.2 * cosine, -0.9 * sine, 0.0, -101.25],
        [1.2 * sine, 0.9 * cosine, 0.0, 57.5],
        [0.0, 0.0, 3.3, 412.0],
        [0.0, 0.0, 0.0, 1.0],
    ];
    let [x, y, z, last] = oblique;
    let mirrored = [x.map(|value| -value), y, z, last];
    let sheared = [[x[0], x[1], 0.7, x[3]], y, z, last];
    for (name, affine) in [
        ("oblique", Some(oblique)),
        ("mirrored", Some(mirrored)),
        ("sheared", Some(sheared)),
        ("nowhere", None),
    ] {
        write_case(&folder.join(name), None, &made([5, 7, 6], affine))?;
    }
    // What becomes of the sheared grid where a program is to open it that knows right angles only.
    let grid = Grid::new([5, 7, 6], sheared)?;
    let way = RightAngles::plan(&grid, &Limits::default())?.ok_or("the grid is not sheared")?;
    let upright = made(way.to_grid().shape(), Some(way.to_grid().affine()));
    write_case(&folder.join("sheared_upright"), None, &upright)?;
    // Beyond the 16-bit sizes of NIfTI-1.
    let long = made([2, 1, 40_000], Some(oblique));
    write_case(&folder.join("long"), None, &long)
}

fn made(shape: [usize; 3], affine: Option<Affine>) -> Space<'static> {
    Space {
        shape,
        affine,
        spacing: None,
        header: None,
    }
}

/// The arrays are formulas of the voxel's number, which the scripts repeat.
fn write_case(folder: &Path, source: Option<&str>, space: &Space<'_>) -> Outcome {
    let count: usize = space.shape.iter().product();
    let mask: Vec<u8> = (0..count).map(|index| (index * 7 % 3) as u8).collect();
    let map: Vec<f32> = (0..count)
        .map(|index| (index % 4099) as f32 / 16.0 - 100.0)
        .collect();
    save(&folder.join("mask.nii.gz"), nifti_mask(&mask, space)?)?;
    save(&folder.join("map.nii.gz"), nifti_map(&map, space)?)?;
    let segmentation = nrrd_segmentation(&mask, space, &SEGMENTS)?;
    save(&folder.join("mask.seg.nrrd"), segmentation)?;
    save(
        &folder.join("mask.tif"),
        tiff_mask_pages(&mask, space.shape)?,
    )?;
    save(&folder.join("map.tif"), tiff_f32_pages(&map, space.shape)?)?;
    let segments: Vec<_> = SEGMENTS
        .iter()
        .map(|segment| json!({"label": segment.label, "name": segment.name, "colour": segment.colour}))
        .collect();
    let description = json!({
        "source": source,
        "shape": space.shape,
        "affine": space.affine,
        "segments": segments,
    });
    save(&folder.join("case.json"), description.to_string())
}
