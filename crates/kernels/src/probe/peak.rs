//! What the processor could do at best: a loop without memory, to compare kernels with.

use crate::vector::{Task, Vector, vectorised};

/// Runs `rounds` rounds of products and sums on one thread, all in registers. Returns how many floating-point operations these
/// were (a product and a sum are two) and a number that depends on all of them.
#[must_use]
pub fn multiply_adds(rounds: usize) -> (usize, f32) {
    let mut result = (0, 0.0);
    vectorised(Probe {
        rounds,
        result: &mut result,
    });
    result
}

struct Probe<'a> {
    rounds: usize,
    result: &'a mut (usize, f32),
}

/// Sums side by side: enough to hide the latency of one.
const SUMS: usize = 10;

impl Task for Probe<'_> {
    #[expect(
        unsafe_code,
        reason = "vectors of the processor; `vectorised` has asked for the instructions"
    )]
    #[inline(always)]
    fn run<V: Vector, const N: usize, const FUSED: bool>(self) {
        // SAFETY: within `vectorised`; the array holds the longest vector.
        unsafe {
            let factor = V::splat(std::hint::black_box(0.999_9));
            let summand = V::splat(std::hint::black_box(1e-4));
            let mut sums = [V::splat(1.0); SUMS];
            for _ in 0..self.rounds {
                for sum in &mut sums {
                    *sum = sum.multiply_add(factor, summand);
                }
            }
            let mut total = 0.0;
            for sum in sums {
                let mut lanes = [0.0_f32; 16];
                sum.store(lanes.as_mut_ptr());
                total += lanes.iter().sum::<f32>();
            }
            *self.result = (self.rounds * SUMS * V::LANES * 2, total);
        }
    }
}
