//! Time of what a visit waits for: decoding a file, resampling a volume, drawing an overlay.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use imaging::encode::{Space, nifti_map, png_rgba, tiff_f32};
use imaging::geometry::{resample_linear, resample_nearest};
use imaging::render::{ColourMap, MapLayer, OverlayStyle, overlay, windowed};
use imaging::{Limits, open};

/// Planes, rows and columns of a usual volume.
const SHAPE: [usize; 3] = [64, 128, 128];
/// Rows and columns of a usual picture.
const SIDE: usize = 1024;

/// Values as in an image: smooth, with noise, 0 to 255.
fn values(count: usize) -> Vec<f32> {
    let mut state = 1_u64;
    (0..count)
        .map(|index| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let noise = (state >> 40) as f32 / (1 << 24) as f32;
            120.0 + 100.0 * (index as f32 / 300.0).sin() + 30.0 * noise
        })
        .collect()
}

fn decode(criterion: &mut Criterion) {
    let voxels = values(SHAPE.iter().product());
    let space = Space {
        shape: SHAPE,
        affine: None,
        spacing: None,
        header: None,
    };
    let pixels = values(SIDE * SIDE);
    let picture = windowed(&pixels, 1, [0.0, 255.0]).unwrap();
    let files = [
        ("NIfTI, compressed", nifti_map(&voxels, &space).unwrap()),
        ("PNG, RGBA", png_rgba(&picture, SIDE, SIDE).unwrap()),
        ("TIFF, 32-bit", tiff_f32(&pixels, SIDE, SIDE).unwrap()),
    ];
    let mut group = criterion.benchmark_group("decode 1 Mi samples");
    group
        .throughput(Throughput::Elements(1 << 20))
        .sample_size(20);
    for (name, file) in &files {
        group.bench_function(*name, |bencher| {
            bencher.iter(|| open(black_box(file), "file", &Limits::default()).unwrap());
        });
    }
    group.finish();
}

fn resample(criterion: &mut Criterion) {
    let voxels = values(SHAPE.iter().product());
    let to = [96, 160, 160];
    let mut group = criterion.benchmark_group("resample 1 Mi voxels to 2.3 Mi");
    group.sample_size(20);
    group.bench_function("linear", |bencher| {
        bencher.iter(|| resample_linear(black_box(&voxels), SHAPE, to).unwrap());
    });
    group.bench_function("nearest", |bencher| {
        bencher.iter(|| resample_nearest(black_box(&voxels), SHAPE, to).unwrap());
    });
    group.finish();
}

fn draw(criterion: &mut Criterion) {
    let pixels = values(SIDE * SIDE);
    let base = windowed(&pixels, 1, [0.0, 255.0]).unwrap();
    let labels: Vec<u8> = pixels
        .iter()
        .map(|&value| u8::from(value > 150.0))
        .collect();
    let style = OverlayStyle {
        class_colours: &[[0; 3], [230, 80, 40]],
        map: Some(MapLayer {
            values: &pixels,
            range: [0.0, 255.0],
            colour_map: ColourMap::Viridis,
            opacity: 0.6,
            proportional: true,
        }),
        ..OverlayStyle::default()
    };
    let mut group = criterion.benchmark_group("draw 1 Mi pixels");
    group
        .throughput(Throughput::Elements(1 << 20))
        .sample_size(20);
    group.bench_function("window", |bencher| {
        bencher.iter(|| windowed(black_box(&pixels), 1, [20.0, 200.0]).unwrap());
    });
    group.bench_function("overlay", |bencher| {
        bencher.iter(|| overlay(black_box(&base), &labels, SIDE, SIDE, &style).unwrap());
    });
    group.finish();
}

criterion_group!(benches, decode, resample, draw);
criterion_main!(benches);
