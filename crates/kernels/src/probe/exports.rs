//! Functions for `examples/pass.mjs`, which holds the clock.
#![expect(
    unsafe_code,
    reason = "a WebAssembly runtime finds functions by their plain names only"
)]

use std::cell::RefCell;

use super::{Model, multiply_adds};
use crate::network::BackboneValues;

struct State {
    model: Model,
    image: Vec<f32>,
    pass: Option<BackboneValues>,
}

thread_local! {
    /// `model.json` and the weights, as the runtime writes them.
    static FILES: RefCell<[Vec<u8>; 2]> = const { RefCell::new([Vec::new(), Vec::new()]) };
    static STATE: RefCell<Option<State>> = const { RefCell::new(None) };
}

/// Room for file 0 (`model.json`) or 1 (the weights): where its bytes are to be written.
// SAFETY: no other function of the module has this name.
#[unsafe(no_mangle)]
pub extern "C" fn file(which: usize, length: usize) -> *mut u8 {
    FILES.with_borrow_mut(|files| {
        let file = &mut files[which.min(1)];
        *file = vec![0; length];
        file.as_mut_ptr()
    })
}

/// Reads the model from the files; 1 where that went well.
// SAFETY: no other function of the module has this name.
#[unsafe(no_mangle)]
pub extern "C" fn prepare() -> u32 {
    let model = FILES.with_borrow(|[description, weights]| Model::read(description, weights));
    STATE.set(model.ok().map(|model| {
        let image = (0..model.channels * model.window.voxels())
            .map(|index| (index as f32 * 0.37).sin())
            .collect();
        State {
            model,
            image,
            pass: None,
        }
    }));
    STATE.with_borrow(|state| u32::from(state.is_some()))
}

/// Operations of the backbone (0) or of the head (1).
// SAFETY: no other function of the module has this name.
#[unsafe(no_mangle)]
pub extern "C" fn operations(part: usize) -> f64 {
    STATE.with_borrow(|state| {
        let all = state.as_ref().map(|state| state.model.operations());
        all.map_or(0.0, |all| all[part.min(1)])
    })
}

/// Runs the backbone; the sum of its logits keeps the compiler from leaving anything out.
// SAFETY: no other function of the module has this name.
#[unsafe(no_mangle)]
pub extern "C" fn backbone() -> f32 {
    STATE.with_borrow_mut(|state| {
        let Some(state) = state else { return f32::NAN };
        let pass = state.model.backbone.run(&state.image, state.model.window);
        let sum = pass.logits.to_image(0..1).iter().sum();
        state.pass = Some(pass);
        sum
    })
}

/// Runs the head on what the last backbone left.
// SAFETY: no other function of the module has this name.
#[unsafe(no_mangle)]
pub extern "C" fn head() -> f32 {
    STATE.with_borrow(|state| {
        let maps = state
            .as_ref()
            .and_then(|state| state.model.head.run(state.pass.as_ref()?));
        maps.map_or(f32::NAN, |maps| maps.ranking.iter().sum())
    })
}

/// Rounds of the probe; returns its operations.
// SAFETY: no other function of the module has this name.
#[unsafe(no_mangle)]
pub extern "C" fn peak(rounds: u32) -> f64 {
    let (operations, sum) = multiply_adds(rounds as usize);
    std::hint::black_box(sum);
    operations as f64
}
