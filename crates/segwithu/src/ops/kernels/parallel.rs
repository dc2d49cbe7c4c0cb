//! Work on all processors natively, on one where there are no threads.

/// Runs `work` on every task.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn for_each<T: Send>(tasks: Vec<T>, work: impl Fn(T) + Send + Sync) {
    use rayon::prelude::*;
    tasks.into_par_iter().for_each(work);
}

/// Runs `work` on every task.
#[cfg(target_arch = "wasm32")]
pub(crate) fn for_each<T>(tasks: Vec<T>, work: impl Fn(T)) {
    tasks.into_iter().for_each(work);
}

/// Work that is compiled for several vector lengths.
pub(crate) trait Vectorised {
    /// `LANES` numbers at once, two vectors, which hides the latency of sums; `FUSED` where a product and a sum are one
    /// instruction.
    fn run<const LANES: usize, const FUSED: bool>(self);
}

/// Runs work with the longest vectors that this processor has.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn vectorised(work: impl Vectorised) {
    struct Dispatched<W>(W);
    impl<W: Vectorised> pulp::WithSimd for Dispatched<W> {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: pulp::Simd>(self, _: S) {
            match S::F32_LANES {
                // Without 256-bit vectors there is no fused instruction either, on x86.
                8.. => self.0.run::<16, true>(),
                _ => self.0.run::<8, false>(),
            }
        }
    }
    pulp::Arch::new().dispatch(Dispatched(work));
}

/// Runs work with the vectors of WebAssembly.
#[cfg(target_arch = "wasm32")]
pub(crate) fn vectorised(work: impl Vectorised) {
    work.run::<8, false>();
}
