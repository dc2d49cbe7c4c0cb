//! Time of ranking a volume of 128 x 128 x 64 voxels: exactly, and counted in bins.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use uq::{Ranking, ScoreHistogram};

const VOXELS: usize = 128 * 128 * 64;

/// Scores as a network gives them: most near 0, few large; one voxel in 50 is wrong.
fn volume() -> (Vec<f32>, Vec<bool>) {
    let mut state = 1_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 24) as f32
    };
    (0..VOXELS)
        .map(|_| {
            let score = next().powi(8);
            (score, next() < 0.01 + 0.1 * score)
        })
        .unzip()
}

fn ranking(criterion: &mut Criterion) {
    let (scores, errors) = volume();
    let mut group = criterion.benchmark_group("1 Mi voxels");
    group.sample_size(20);
    group.bench_function("rank", |bencher| {
        bencher.iter(|| Ranking::new(black_box(&scores), black_box(&errors)).unwrap());
    });
    let exact = Ranking::new(&scores, &errors).unwrap();
    group.bench_function("all metrics of the ranking", |bencher| {
        bencher.iter(|| black_box(&exact).metrics());
    });
    group.bench_function("count in bins", |bencher| {
        bencher.iter(|| {
            let mut histogram = ScoreHistogram::default();
            histogram
                .add(black_box(&scores), black_box(&errors), None)
                .unwrap();
            histogram
        });
    });
    group.finish();
}

criterion_group!(benches, ranking);
criterion_main!(benches);
