//! Time of the penumbra of a picture of 512 x 512 pixels with 64 objects: its geometry, and the picture that is saved.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use overlay::{ClassField, Plane, penumbra, png, svg};

const SIDE: usize = 512;
/// Distance between the middles of neighbouring objects, in pixels.
const PITCH: f32 = 64.0;

/// Probability of discs whose borders fall off over eight pixels.
fn field() -> Vec<f32> {
    let away = |at: usize| (at as f32).rem_euclid(PITCH) - PITCH / 2.0;
    (0..SIDE * SIDE)
        .map(|pixel| {
            let radius = away(pixel / SIDE).hypot(away(pixel % SIDE));
            (0.5 + (20.0 - radius) / 8.0).clamp(0.0, 1.0)
        })
        .collect()
}

fn view(criterion: &mut Criterion) {
    let probability = field();
    let mask: Vec<u8> = probability.iter().map(|p| u8::from(*p >= 0.5)).collect();
    let classes = [ClassField {
        class: 1,
        colour: [0, 190, 255],
        probability: &probability,
    }];
    let plane = Plane {
        size: [SIDE, SIDE],
        mask: &mask,
        classes: &classes,
        regions: None,
    };
    let image = vec![200_u8; 4 * SIDE * SIDE];
    let drawn = penumbra(&plane, 0.9).unwrap();
    let mut group = criterion.benchmark_group("512 x 512, 64 objects");
    group.sample_size(20);
    group.bench_function("penumbra", |bencher| {
        bencher.iter(|| penumbra(black_box(&plane), 0.9).unwrap());
    });
    group.bench_function("png", |bencher| {
        bencher.iter(|| png(black_box(&image), black_box(&drawn)).unwrap());
    });
    group.bench_function("svg", |bencher| {
        bencher.iter(|| svg(black_box(&image), black_box(&drawn)).unwrap());
    });
    group.finish();
}

criterion_group!(benches, view);
criterion_main!(benches);
