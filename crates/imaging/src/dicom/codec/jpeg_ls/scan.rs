//! The samples of a scan: contexts, prediction, errors and runs.

use super::bits::Bits;
use super::fault::damaged;
use super::headers::Presets;
use super::neighbours::Neighbours;
use crate::Error;

/// Contexts of regular samples; two more are for samples that end a run.
const REGULAR_CONTEXTS: usize = 365;
/// Order of the run length codes (table A.1, "J").
const RUN_ORDERS: [u32; 32] = [
    0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13,
    14, 15,
];

/// Variables of a context.
#[derive(Clone, Copy)]
struct Context {
    a: i32,
    b: i32,
    c: i32,
    n: i32,
}

/// The parameters of a scan and what has been learnt in it.
pub(super) struct Scan<'a> {
    pub(super) bits: Bits<'a>,
    pub(super) near: i32,
    largest: i32,
    thresholds: [i32; 3],
    reset: i32,
    range: i32,
    /// Bits of a mapped error that is not coded by its size.
    escape_bits: u32,
    limit: u32,
    contexts: Vec<Context>,
    /// Of samples that end a run: C is not used, B counts negative errors.
    run_contexts: [Context; 2],
}

impl<'a> Scan<'a> {
    pub(super) fn new(
        stream: &'a [u8],
        position: usize,
        precision: u8,
        near: i32,
        presets: Presets,
    ) -> Result<Self, Error> {
        let most = (1 << precision) - 1;
        let largest = if presets.largest == 0 {
            most
        } else {
            presets.largest
        };
        if largest > most || near > (largest / 2).min(255) {
            return Err(damaged("its parameters contradict each other"));
        }
        let defaults = default_thresholds(largest, near);
        let mut thresholds = presets.thresholds;
        for (own, default) in thresholds.iter_mut().zip(defaults) {
            if *own == 0 {
                *own = default;
            }
        }
        let reset = if presets.reset == 0 {
            64
        } else {
            presets.reset
        };
        if reset < 3 {
            return Err(damaged("its parameters contradict each other"));
        }
        let range = (largest + 2 * near) / (2 * near + 1) + 1;
        let bits_of = |count: i32| 32 - (count - 1).leading_zeros();
        let sample_bits = bits_of(largest + 1).max(2);
        let start = Context {
            a: ((range + 32) / 64).max(2),
            b: 0,
            c: 0,
            n: 1,
        };
        Ok(Self {
            bits: Bits::new(stream, position),
            near,
            largest,
            thresholds,
            reset,
            range,
            escape_bits: bits_of(range),
            limit: 2 * (sample_bits + sample_bits.max(8)),
            contexts: vec![start; REGULAR_CONTEXTS],
            run_contexts: [start; 2],
        })
    }

    /// The context of a sample by its gradients, and its sign; `None` where there are none, so that a run begins.
    pub(super) fn context(&self, near: &Neighbours) -> Option<(usize, i32)> {
        let gradients = [
            near.upper_right - near.upper,
            near.upper - near.upper_left,
            near.upper_left - near.left,
        ];
        let [q1, q2, q3] = gradients.map(|gradient| self.quantised(gradient));
        let context = 81 * q1 + 9 * q2 + q3;
        (context != 0).then(|| (context.unsigned_abs() as usize, context.signum()))
    }

    fn quantised(&self, gradient: i32) -> i32 {
        let [t1, t2, t3] = self.thresholds;
        let size = match gradient.abs() {
            size if size <= self.near => 0,
            size if size < t1 => 1,
            size if size < t2 => 2,
            size if size < t3 => 3,
            _ => 4,
        };
        size * gradient.signum()
    }

    /// A sample of regular mode (section A.4 to A.6).
    pub(super) fn regular(
        &mut self,
        near: &Neighbours,
        index: usize,
        sign: i32,
    ) -> Result<i32, Error> {
        let mut context = self
            .contexts
            .get(index)
            .copied()
            .ok_or_else(|| damaged("a context is unknown"))?;
        let predicted = (near.predicted() + sign * context.c).clamp(0, self.largest);
        let order = order(context.n, context.a);
        let mapped = self.golomb(order, self.limit)?;
        let is_shifted = self.near == 0 && order == 0 && 2 * context.b <= -context.n;
        let error = match (mapped % 2 == 0, is_shifted) {
            (true, false) => mapped / 2,
            (false, false) => -(mapped / 2) - 1,
            (false, true) => mapped / 2,
            (true, true) => -(mapped / 2) - 1,
        };
        context.b = context
            .b
            .saturating_add(error.saturating_mul(2 * self.near + 1));
        context.a = context.a.saturating_add(error.saturating_abs());
        if context.n == self.reset {
            context.a >>= 1;
            context.b >>= 1;
            context.n >>= 1;
        }
        context.n += 1;
        if context.b <= -context.n {
            context.b = (context.b + context.n).max(1 - context.n);
            context.c = (context.c - 1).max(-128);
        } else if context.b > 0 {
            context.b = (context.b - context.n).min(0);
            context.c = (context.c + 1).min(127);
        }
        if let Some(target) = self.contexts.get_mut(index) {
            *target = context;
        }
        Ok(self.reconstructed(predicted, error.saturating_mul(sign)))
    }

    /// The length of a run, at most `left` (section A.7.1).
    pub(super) fn run(&mut self, left: usize, run_index: &mut usize) -> Result<usize, Error> {
        let mut run = 0;
        let order = |index: usize| RUN_ORDERS.get(index).copied().unwrap_or(15);
        while self.bits.take(1)? == 1 {
            let whole = 1_usize << order(*run_index);
            let part = whole.min(left - run);
            run += part;
            if part == whole {
                *run_index = (*run_index + 1).min(RUN_ORDERS.len() - 1);
            }
            if run == left {
                return Ok(run);
            }
        }
        let rest = self.bits.take(order(*run_index))? as usize;
        run += rest;
        if run >= left {
            return Err(damaged("a run is longer than its line"));
        }
        Ok(run)
    }

    /// The sample that ends a run (section A.7.2); `kind` is RItype.
    pub(super) fn interruption(
        &mut self,
        left: i32,
        upper: i32,
        kind: usize,
        run_index: usize,
    ) -> Result<i32, Error> {
        let mut context = self
            .run_contexts
            .get(kind)
            .copied()
            .ok_or_else(|| damaged("a context is unknown"))?;
        let flag = kind as i32;
        let order = order(context.n, context.a + flag * (context.n >> 1));
        let used = RUN_ORDERS.get(run_index).copied().unwrap_or(15) + 1;
        let coded = self.golomb(order, self.limit.saturating_sub(used))?;
        let mapped = coded.saturating_add(flag);
        let is_odd = mapped % 2 == 1;
        let size = mapped / 2 + i32::from(is_odd);
        let is_negative = (order != 0 || 2 * context.b >= context.n) == is_odd;
        let error = if is_negative { -size } else { size };
        context.b += i32::from(error < 0);
        context.a = context
            .a
            .saturating_add(coded.saturating_add(1 - flag) >> 1);
        if context.n == self.reset {
            context.a >>= 1;
            context.b >>= 1;
            context.n >>= 1;
        }
        context.n += 1;
        if let Some(target) = self.run_contexts.get_mut(kind) {
            *target = context;
        }
        let (predicted, sign) = match (kind, left > upper) {
            (1, _) => (left, 1),
            (_, true) => (upper, -1),
            (_, false) => (upper, 1),
        };
        Ok(self.reconstructed(predicted, error.saturating_mul(sign)))
    }

    /// A mapped error: a Golomb code of limited length (section A.5.3).
    fn golomb(&mut self, order: u32, limit: u32) -> Result<i32, Error> {
        let most = limit.saturating_sub(self.escape_bits + 1);
        let zeros = self.bits.zeros(most)?;
        if zeros < most {
            let low = self.bits.take(order.min(24))?;
            Ok(((zeros as i32) << order.min(24)).saturating_add(low))
        } else {
            Ok(self.bits.take(self.escape_bits)? + 1)
        }
    }

    /// The sample of a prediction and its error, brought back into the range.
    fn reconstructed(&self, predicted: i32, error: i32) -> i32 {
        let step = 2 * self.near + 1;
        let span = self.range * step;
        let value = predicted.saturating_add(error.saturating_mul(step));
        let value = if value < -self.near {
            value.saturating_add(span)
        } else if value > self.largest + self.near {
            value.saturating_sub(span)
        } else {
            value
        };
        value.clamp(0, self.largest)
    }
}

/// The smallest k for which n 2^k is at least `a`.
fn order(n: i32, a: i32) -> u32 {
    (0..24)
        .find(|&k| i64::from(n) << k >= i64::from(a))
        .unwrap_or(24)
}

/// Section C.2.4.1.1.1.
fn default_thresholds(largest: i32, near: i32) -> [i32; 3] {
    let clamp = |value: i32, least: i32| {
        if value > largest || value < least {
            least
        } else {
            value
        }
    };
    let (first, second, third) = if largest >= 128 {
        let factor = (largest.min(4095) + 128) / 256;
        (
            factor + 2 + 3 * near,
            factor * 4 + 3 + 5 * near,
            factor * 17 + 4 + 7 * near,
        )
    } else {
        let factor = 256 / (largest + 1);
        (
            (3 / factor + 3 * near).max(2),
            (7 / factor + 5 * near).max(3),
            (21 / factor + 7 * near).max(4),
        )
    };
    let t1 = clamp(first, near + 1);
    let t2 = clamp(second, t1);
    [t1, t2, clamp(third, t2)]
}

#[cfg(test)]
mod tests {
    use super::default_thresholds;

    #[test]
    fn thresholds_are_those_of_the_recommendation() {
        assert_eq!(default_thresholds(255, 0), [3, 7, 21]);
        assert_eq!(default_thresholds(4095, 0), [18, 67, 276]);
        assert_eq!(default_thresholds(255, 3), [12, 22, 42]);
    }
}
