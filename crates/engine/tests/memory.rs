//! The plan of memory against what is really allocated.
#![allow(clippy::unwrap_used, unsafe_code, reason = "an allocator that counts")]

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};

use burn::tensor::Device;
use engine::{Engine, MemoryLimits, Options, WindowSize};
use pollster::block_on;

/// The system's allocator with a count of the bytes in use and of the most that ever were.
struct Counting;

static IN_USE: AtomicU64 = AtomicU64::new(0);
static MOST: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call is handed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = IN_USE.fetch_add(layout.size() as u64, Ordering::Relaxed) + layout.size() as u64;
        MOST.fetch_max(now, Ordering::Relaxed);
        // SAFETY: the caller's promise for this very call.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size() as u64, Ordering::Relaxed);
        // SAFETY: the caller's promise for this very call.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Most bytes in use while `work` runs, beyond those in use before.
fn most_during(work: impl FnOnce()) -> u64 {
    let before = IN_USE.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    work();
    MOST.load(Ordering::Relaxed) - before
}

/// One test, because the count is one for the whole process.
#[test]
fn a_run_takes_no_more_than_planned_and_not_much_less() {
    let cases = [
        // Stitching dominates.
        (vec![32, 32, 32], [4, 4, 6, 6, 8], [60, 90, 100], None),
        // The network dominates.
        (vec![48, 48, 48], [16, 16, 16, 16, 16], [48, 48, 48], None),
        (vec![128, 128], [16, 16, 16, 16, 16], [1, 128, 128], None),
        // A model for pictures over a volume.
        (vec![64, 64], [4, 4, 6, 6, 8], [40, 150, 150], None),
        // Turned and resampled on the way.
        (
            vec![32, 32, 32],
            [4, 4, 6, 6, 8],
            [60, 90, 100],
            Some([1.5, 1.0, 1.0]),
        ),
    ];
    for (patch, filters, shape, spacing) in cases {
        let mut manifest = support::manifest(&patch, 3);
        manifest.architecture.filters = filters;
        let mut volume = support::blobs(shape);
        if let Some(spacing) = spacing {
            manifest.preprocessing.orientation = Some("RAS".parse().unwrap());
            manifest.preprocessing.spacing = Some(spacing.to_vec());
            volume.geometry.affine = Some([
                [0.0, -1.0, 0.0, 0.0],
                [1.0, 0.0, 0.0, 0.0],
                [0.0, 0.0, 1.0, 0.0],
                [0.0, 0.0, 0.0, 1.0],
            ]);
        }
        let engine = Engine::new(&support::bundle(manifest), &Device::flex()).unwrap();
        let options = Options {
            window: WindowSize::Model,
            memory: MemoryLimits::UNLIMITED,
        };
        let plan = engine.memory(&volume, &options).unwrap();
        let image = (volume.voxels.len() * size_of::<f32>()) as u64;
        // The image is there before the run starts.
        let planned = plan.peak() - image;
        let found = most_during(|| {
            block_on(engine.segment(&volume, &options, async |_| ControlFlow::Continue(())))
                .unwrap();
        });
        let ratio = found as f64 / planned as f64;
        eprintln!("{patch:?} {filters:?} {shape:?}: planned {planned}, found {found}, {ratio:.2}");
        assert!(ratio <= 1.0, "{patch:?} {shape:?}: {ratio}");
        assert!(ratio >= 0.6, "{patch:?} {shape:?}: {ratio}");
    }
}
