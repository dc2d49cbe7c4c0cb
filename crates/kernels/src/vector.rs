//! Vectors of the processor, and the choice between them at run time.
//!
//! Inner loops are written once over [`Vector`] and compiled for every kind. On x86 AVX-512 or AVX2 with FMA is chosen when the
//! program runs; WebAssembly has its 128-bit vectors from the compiler's target; everything else gets arrays of four
//! numbers, which the compiler turns into the target's vectors (NEON on 64-bit ARM).
//!
//! Every output voxel is summed in the same order whatever the length of the vectors, so two processors with fused
//! products give the same bits.
#![expect(
    unsafe_code,
    reason = "the processor's vectors are reached through intrinsics, which are unsafe without their instructions"
)]

/// A vector of 32-bit floats.
///
/// # Safety
/// Every function may be called only where the processor has the instructions of the kind: within [`vectorised`], which asks
/// the processor.
pub(crate) unsafe trait Vector: Copy {
    /// Numbers in a vector.
    const LANES: usize;

    /// `LANES` numbers from any address.
    ///
    /// # Safety
    /// As for the trait, and `from` must point to `LANES` readable numbers.
    unsafe fn load(from: *const f32) -> Self;

    /// `LANES` numbers to any address.
    ///
    /// # Safety
    /// As for the trait, and `to` must point to `LANES` writable numbers.
    unsafe fn store(self, to: *mut f32);

    /// One number in all lanes.
    ///
    /// # Safety
    /// As for the trait.
    unsafe fn splat(value: f32) -> Self;

    /// `self * factor + sum`, rounded once where the kind fuses both.
    ///
    /// # Safety
    /// As for the trait.
    unsafe fn multiply_add(self, factor: Self, sum: Self) -> Self;
}

/// Work that is compiled for several kinds of vectors.
pub(crate) trait Task {
    /// `V` is the vector, `N` how many of them a kernel should hold per output channel; `FUSED` says that a product and a
    /// sum are one instruction, so that `f32::mul_add` is quick.
    fn run<V: Vector, const N: usize, const FUSED: bool>(self);
}

/// A product and a sum, fused where that is quick.
#[inline(always)]
pub(crate) fn multiply_add<const FUSED: bool>(left: f32, right: f32, sum: f32) -> f32 {
    if FUSED {
        left.mul_add(right, sum)
    } else {
        left * right + sum
    }
}

#[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
mod x86 {
    #[cfg(target_arch = "x86")]
    use std::arch::x86::*;
    #[cfg(target_arch = "x86_64")]
    use std::arch::x86_64::*;

    use super::{Task, Vector};

    // SAFETY: reached through `avx2` only, which enables the instructions.
    unsafe impl Vector for __m256 {
        const LANES: usize = 8;

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller's promise; the unaligned load takes any address.
            unsafe { _mm256_loadu_ps(from) }
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            // SAFETY: the caller's promise; the unaligned store takes any address.
            unsafe { _mm256_storeu_ps(to, self) }
        }

        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm256_set1_ps(value) }
        }

        #[inline(always)]
        unsafe fn multiply_add(self, factor: Self, sum: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm256_fmadd_ps(self, factor, sum) }
        }
    }

    // SAFETY: reached through `avx512` only, which enables the instructions.
    unsafe impl Vector for __m512 {
        const LANES: usize = 16;

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller's promise; the unaligned load takes any address.
            unsafe { _mm512_loadu_ps(from) }
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            // SAFETY: the caller's promise; the unaligned store takes any address.
            unsafe { _mm512_storeu_ps(to, self) }
        }

        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm512_set1_ps(value) }
        }

        #[inline(always)]
        unsafe fn multiply_add(self, factor: Self, sum: Self) -> Self {
            // SAFETY: the caller's promise.
            unsafe { _mm512_fmadd_ps(self, factor, sum) }
        }
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn avx2(task: impl Task) {
        // 4 x 3 sums, 3 inputs and a weight: the 16 registers.
        task.run::<__m256, 3, true>();
    }

    #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
    pub(super) fn avx512(task: impl Task) {
        task.run::<__m512, 4, true>();
    }
}

#[cfg(target_arch = "wasm32")]
mod wasm {
    use std::arch::wasm32::*;

    use super::Vector;

    // SAFETY: the module as a whole is compiled for SIMD128 (`.cargo/config.toml`), so it does not load elsewhere.
    unsafe impl Vector for v128 {
        const LANES: usize = 4;

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller's promise; WebAssembly loads from any address.
            unsafe { v128_load(from.cast()) }
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            // SAFETY: the caller's promise; WebAssembly stores to any address.
            unsafe { v128_store(to.cast(), self) }
        }

        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            f32x4_splat(value)
        }

        #[inline(always)]
        unsafe fn multiply_add(self, factor: Self, sum: Self) -> Self {
            f32x4_add(f32x4_mul(self, factor), sum)
        }
    }
}

/// What every processor has, through the compiler: four numbers fit the shortest vectors there are.
#[cfg(not(target_arch = "wasm32"))]
mod portable {
    use super::{Vector, multiply_add};

    const LANES: usize = 4;
    /// 64-bit ARM always has fused instructions, and x86 without AVX2 never.
    pub(super) const FUSED: bool = cfg!(target_arch = "aarch64");

    // SAFETY: plain arithmetic that needs no particular instructions.
    unsafe impl Vector for [f32; LANES] {
        const LANES: usize = LANES;

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller's promise; an array of floats may be read unaligned like this.
            unsafe { from.cast::<Self>().read_unaligned() }
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            // SAFETY: the caller's promise.
            unsafe { to.cast::<Self>().write_unaligned(self) }
        }

        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            [value; LANES]
        }

        #[inline(always)]
        unsafe fn multiply_add(self, factor: Self, sum: Self) -> Self {
            std::array::from_fn(|lane| multiply_add::<FUSED>(self[lane], factor[lane], sum[lane]))
        }
    }
}

/// The vectors that work runs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// 512 bits, on x86.
    Avx512,
    /// 256 bits with fused products, on x86.
    Avx2,
    /// 128 bits of WebAssembly.
    Simd128,
    /// Whatever the compiler makes of plain arithmetic.
    Portable,
}

/// The longest vectors of this processor.
#[must_use]
pub fn level() -> Level {
    #[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
    {
        // The standard library asks the processor once.
        if is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("fma")
        {
            return Level::Avx512;
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return Level::Avx2;
        }
    }
    if cfg!(target_arch = "wasm32") {
        Level::Simd128
    } else {
        Level::Portable
    }
}

/// Runs work with the longest vectors of this processor.
#[cfg(not(target_arch = "wasm32"))]
#[inline]
pub(crate) fn vectorised(task: impl Task) {
    vectorised_at(level(), task);
}

/// Runs work with the vectors of WebAssembly.
#[cfg(target_arch = "wasm32")]
#[inline]
pub(crate) fn vectorised(task: impl Task) {
    task.run::<std::arch::wasm32::v128, 2, false>();
}

/// Runs work with vectors of at most a level; tests compare the levels.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn vectorised_at(wanted: Level, task: impl Task) {
    #[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
    {
        let found = level();
        if wanted == Level::Avx512 && found == Level::Avx512 {
            // SAFETY: `level` found all the instructions that the function enables.
            return unsafe { x86::avx512(task) };
        }
        if matches!(wanted, Level::Avx512 | Level::Avx2)
            && matches!(found, Level::Avx512 | Level::Avx2)
        {
            // SAFETY: `level` found AVX2 and FMA, which AVX-512 implies.
            return unsafe { x86::avx2(task) };
        }
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "x86")))]
    let _ = wanted;
    // 4 x 2 sums, and room for inputs and products in 16 registers.
    task.run::<[f32; 4], 2, { portable::FUSED }>();
}
