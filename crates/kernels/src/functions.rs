//! Functions of one number that compile to vectors: no branches, no calls.

use crate::vector::multiply_add;

/// `e^x` to about one unit in the last place between -87 and 88, its values at these bounds beyond them (Cephes' `expf`).
#[inline(always)]
pub(crate) fn exp<const FUSED: bool>(x: f32) -> f32 {
    const LOG2_E: f32 = std::f32::consts::LOG2_E;
    // Adding this leaves the nearest integer in the lowest bits.
    const MAGIC: f32 = 12_582_912.0;
    // Written so that a NaN stays one.
    let x = if x < -87.0 { -87.0 } else { x };
    let x = if x > 88.0 { 88.0 } else { x };
    let shifted = multiply_add::<FUSED>(x, LOG2_E, MAGIC);
    let whole = shifted - MAGIC;
    let rest = multiply_add::<FUSED>(whole, -0.693_359_4, x);
    let rest = multiply_add::<FUSED>(whole, 2.121_944_4e-4, rest);
    let mut sum = 1.987_569_1e-4;
    for factor in [
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        0.166_666_66,
        0.5,
    ] {
        sum = multiply_add::<FUSED>(sum, rest, factor);
    }
    let sum = multiply_add::<FUSED>(sum, rest * rest, rest) + 1.0;
    let power = shifted
        .to_bits()
        .wrapping_sub(MAGIC.to_bits())
        .wrapping_add(127)
        .wrapping_shl(23);
    sum * f32::from_bits(power)
}

/// Natural logarithm of a normal positive number to about one unit in the last place (Cephes' `logf`).
#[inline(always)]
pub(crate) fn ln<const FUSED: bool>(x: f32) -> f32 {
    const ROOT_OF_HALF: u32 = 0x3f35_04f3;
    let exponent = x.to_bits().wrapping_sub(ROOT_OF_HALF) as i32 >> 23;
    // Between the root of 1/2 and that of 2.
    let mantissa = f32::from_bits(x.to_bits().wrapping_sub((exponent << 23) as u32));
    let (exponent, m) = (exponent as f32, mantissa - 1.0);
    let square = m * m;
    let mut sum = 7.037_683_6e-2;
    for factor in [
        -0.115_146_1,
        0.116_769_99,
        -0.124_201_41,
        0.142_493_23,
        -0.166_680_58,
        0.200_007_15,
        -0.249_999_94,
        0.333_333_3,
    ] {
        sum = multiply_add::<FUSED>(sum, m, factor);
    }
    let sum = multiply_add::<FUSED>(exponent, -2.121_944_4e-4, sum * m * square);
    let sum = multiply_add::<FUSED>(square, -0.5, sum);
    let result = multiply_add::<FUSED>(exponent, 0.693_359_4, m + sum);
    // Infinity and NaN stay what they are.
    if x < f32::INFINITY { result } else { x }
}

/// `ln(1 + x)` for `x >= 0`, exact for small numbers too.
#[inline(always)]
pub(crate) fn ln_1p<const FUSED: bool>(x: f32) -> f32 {
    let sum = 1.0 + x;
    // What the sum lost to rounding, at the slope of the logarithm.
    let result = ln::<FUSED>(sum) + (x - (sum - 1.0)) / sum;
    if x < f32::INFINITY { result } else { x }
}

/// `ln(1 + e^x)`, by `(x + |x|) / 2 + ln(1 + e^-|x|)`.
#[inline(always)]
pub(crate) fn softplus<const FUSED: bool>(x: f32) -> f32 {
    let magnitude = x.abs();
    (x + magnitude) * 0.5 + ln_1p::<FUSED>(exp::<FUSED>(-magnitude))
}

/// Error function to 5e-7, by the rational minimax approximation on -4 to 4 that Eigen uses.
#[inline(always)]
pub(crate) fn erf<const FUSED: bool>(x: f32) -> f32 {
    let x = if x < -4.0 { -4.0 } else { x };
    let x = if x > 4.0 { 4.0 } else { x };
    let square = x * x;
    let mut above = -2.726_142_3e-10;
    for factor in [
        2.770_681_4e-8,
        -2.101_024e-6,
        -5.692_506_4e-5,
        -7.349_906_3e-4,
        -2.954_6e-3,
        -1.609_603_3e-2,
    ] {
        above = multiply_add::<FUSED>(above, square, factor);
    }
    let mut below = -1.456_607_2e-5;
    for factor in [
        -2.133_740_6e-4,
        -1.682_827e-3,
        -7.373_329_4e-3,
        -1.426_473_9e-2,
    ] {
        below = multiply_add::<FUSED>(below, square, factor);
    }
    x * above / below
}

/// The exact GELU, `x / 2 (1 + erf(x / sqrt 2))`.
#[inline(always)]
pub(crate) fn gelu<const FUSED: bool>(x: f32) -> f32 {
    0.5 * x * (1.0 + erf::<FUSED>(x * std::f32::consts::FRAC_1_SQRT_2))
}

#[cfg(test)]
mod tests {
    use super::{erf, exp, gelu, ln, ln_1p, softplus};

    fn points(from: f32, to: f32) -> impl Iterator<Item = f32> {
        (0..=20_000).map(move |step| from + (to - from) * step as f32 / 20_000.0)
    }

    fn both(
        [fused, plain]: [fn(f32) -> f32; 2],
        reference: fn(f64) -> f64,
        [from, to]: [f32; 2],
        bound: impl Fn(f64) -> f64,
    ) {
        for x in points(from, to) {
            let expected = reference(f64::from(x));
            for found in [fused(x), plain(x)] {
                let error = (f64::from(found) - expected).abs();
                assert!(error <= bound(expected), "at {x}: {found}, not {expected}");
            }
        }
    }

    #[test]
    fn exponential_and_logarithm_agree_with_64_bits() {
        let relative = |expected: f64| 2.5e-7 * expected.abs();
        both(
            [exp::<true>, exp::<false>],
            f64::exp,
            [-87.0, 88.0],
            relative,
        );
        both([ln::<true>, ln::<false>], f64::ln, [1e-12, 1e-3], relative);
        both(
            [ln::<true>, ln::<false>],
            f64::ln,
            [1e-3, 300.0],
            |expected| 1e-7 + relative(expected),
        );
        let small = |expected: f64| 3e-7 * expected.abs();
        both(
            [ln_1p::<true>, ln_1p::<false>],
            f64::ln_1p,
            [0.0, 1e-3],
            small,
        );
        both(
            [ln_1p::<true>, ln_1p::<false>],
            f64::ln_1p,
            [0.0, 1e4],
            small,
        );
        both(
            [softplus::<true>, softplus::<false>],
            |x| x.max(0.0) + (-x.abs()).exp().ln_1p(),
            [-60.0, 60.0],
            |expected| 4e-7 * expected.abs(),
        );
    }

    /// By the Taylor series, which converges everywhere, in 64 bits; good enough up to 4.
    fn erf_by_series(x: f64) -> f64 {
        let (mut term, mut sum) = (x, x);
        for n in 1..200 {
            let n = f64::from(n);
            term *= -x * x / n;
            sum += term / (2.0 * n + 1.0);
        }
        sum * std::f64::consts::FRAC_2_SQRT_PI
    }

    #[test]
    fn error_function_and_gelu_agree_with_the_series() {
        both(
            [erf::<true>, erf::<false>],
            erf_by_series,
            [-4.0, 4.0],
            |_| 5e-7,
        );
        assert!((erf::<true>(30.0) - 1.0).abs() < 5e-7);
        both(
            [gelu::<true>, gelu::<false>],
            |x| 0.5 * x * (1.0 + erf_by_series(x * std::f64::consts::FRAC_1_SQRT_2)),
            [-5.6, 5.6],
            |expected| 1.5e-6 + 4e-7 * expected.abs(),
        );
    }

    #[test]
    fn what_is_no_number_stays_none() {
        let functions = [
            exp::<true>,
            ln::<true>,
            ln_1p::<true>,
            softplus::<true>,
            gelu::<true>,
        ];
        for function in functions {
            assert!(function(f32::NAN).is_nan());
        }
        assert_eq!(ln_1p::<false>(f32::INFINITY), f32::INFINITY);
    }
}
