//! What has to fit into a frame: a stamp of the brush, a smart stamp, and a flood fill, on a picture of 2048 x 2048.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::sync::Arc;

use correction::{Axis, Brush, CorrectedMask, Plane, SmartStroke, StepKind};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

const SHAPE: [usize; 3] = [1, 2048, 2048];
const PLANE: Plane = Plane {
    across: Axis::Plane,
    at: 0,
};

fn mask(shape: [usize; 3]) -> CorrectedMask {
    let voxels = shape.iter().product();
    CorrectedMask::new(Arc::new(vec![0; voxels]), shape).unwrap()
}

fn brush(radius: f64) -> Brush {
    Brush {
        radius,
        spacing: [1.0; 3],
        disc: Some(PLANE),
    }
}

fn strokes(criterion: &mut Criterion) {
    let (from, to) = ([0.0, 1000.0, 1000.0], [0.0, 1012.0, 1030.0]);
    for radius in [8.0, 64.0] {
        criterion.bench_function(&format!("brush of radius {radius}"), |bencher| {
            let mut mask = mask(SHAPE);
            mask.begin(StepKind::Brush);
            let mut class = 0;
            bencher.iter(|| {
                class = 1 - class;
                let runs = brush(radius).stamp(SHAPE, from, to);
                black_box(mask.paint(&runs, class));
                mask.end();
            });
        });
    }
    criterion.bench_function("smart brush of radius 64", |bencher| {
        let probability = |index: usize| (index % 97) as f32 / 97.0;
        bencher.iter(|| {
            let mut stroke = SmartStroke::default();
            black_box(stroke.extend(SHAPE, &brush(64.0), from, to, probability))
        });
    });
    criterion.bench_function("ball of radius 15 in a volume", |bencher| {
        let shape = [160, 256, 256];
        let mut mask = mask(shape);
        let ball = Brush {
            radius: 15.0,
            spacing: [1.0; 3],
            disc: None,
        };
        let mut class = 0;
        bencher.iter(|| {
            class = 1 - class;
            let runs = ball.stamp(shape, [80.0, 100.0, 100.0], [80.0, 108.0, 106.0]);
            black_box(mask.paint(&runs, class))
        });
    });
    criterion.bench_function("flood fill of 2048 x 2048", |bencher| {
        bencher.iter_batched(
            || mask(SHAPE),
            |mut mask| mask.fill([0, 1024, 1024], Some(PLANE), 1),
            BatchSize::LargeInput,
        );
    });
}

criterion_group!(benches, strokes);
criterion_main!(benches);
