//! Time of listing the places to look at in a volume of 512 x 512 x 300 voxels; the goal is under two seconds.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use uq::{MaskUncertainty, RegionSettings, StructuringElement, error_regions};

const SHAPE: [usize; 3] = [300, 512, 512];

/// Signed distance to the nearest surface, in voxels: a large organ with an uneven border, a bent tube, and forty lesions.
fn depth(plane: f32, row: f32, column: f32, lesions: &[[f32; 4]]) -> f32 {
    let ball = |[z, y, x, radius]: [f32; 4]| {
        radius - ((plane - z).powi(2) + (row - y).powi(2) + (column - x).powi(2)).sqrt()
    };
    let uneven = 4.0 * (plane * 0.11).sin() + 4.0 * (row * 0.07).sin() * (column * 0.09).cos();
    let organ = ball([150.0, 240.0, 220.0, 115.0]) + uneven;
    let [y, x] = [380.0 + 30.0 * (plane * 0.02).sin(), 400.0];
    let tube = 9.0 - ((row - y).powi(2) + (column - x).powi(2)).sqrt();
    lesions
        .iter()
        .map(|&lesion| ball(lesion))
        .fold(organ.max(tube), f32::max)
}

struct Scene {
    mask: Vec<u8>,
    wrong: Vec<f32>,
    instead: Vec<u8>,
}

/// Borders that are in doubt as far as `width` voxels on either side, twice as far in some places.
fn scene(width: f32) -> Scene {
    let lesions: Vec<[f32; 4]> = (0..40_u16)
        .map(|number| {
            let place = |step: u16, length: u16| f32::from(number * step % length + 20);
            [
                place(37, 260),
                place(101, 470),
                place(211, 470),
                3.0 + f32::from(number % 9),
            ]
        })
        .collect();
    let voxels = SHAPE.iter().product();
    let mut scene = Scene {
        mask: Vec::with_capacity(voxels),
        wrong: Vec::with_capacity(voxels),
        instead: Vec::with_capacity(voxels),
    };
    for plane in 0..SHAPE[0] {
        for row in 0..SHAPE[1] {
            for column in 0..SHAPE[2] {
                let [z, y, x] = [plane, row, column].map(|place| place as f32);
                let depth = depth(z, y, x, &lesions);
                let wide = 1.0 + (z * 0.05).sin().max(0.0) * (y * 0.04).cos().max(0.0);
                let wrong = 0.5 * (-depth.abs() / (width * wide) * 1.61).exp();
                scene.mask.push(u8::from(depth > 0.0));
                scene.instead.push(u8::from(depth <= 0.0));
                scene.wrong.push(wrong);
            }
        }
    }
    scene
}

fn regions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("512 x 512 x 300 voxels");
    group.sample_size(10);
    for width in [2.0, 8.0_f32] {
        let scene = scene(width);
        let uncertainty = MaskUncertainty {
            mask: &scene.mask,
            wrong: &scene.wrong,
            instead: &scene.instead,
            shape: SHAPE,
            spacing: [1.5, 0.8, 0.8],
        };
        let settings = RegionSettings {
            level: 0.9,
            tolerance: StructuringElement::new([1; 3]),
            neck: 0.4,
        };
        let limit = (1.0 - settings.level) as f32;
        let doubtful = scene.wrong.iter().filter(|&&wrong| wrong > limit).count();
        let name = format!("places to look at, {doubtful} voxels in doubt");
        group.bench_function(name, |bencher| {
            bencher.iter(|| error_regions(black_box(&uncertainty), &settings).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, regions);
criterion_main!(benches);
