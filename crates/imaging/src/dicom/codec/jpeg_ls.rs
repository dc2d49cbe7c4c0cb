//! JPEG-LS (ITU-T T.87), lossless and near-lossless, components one by one, by lines or by samples.
//!
//! Names of variables follow the recommendation's: A, B, C and N of a context, the gradients' thresholds T1 to T3, RUNindex.

use super::native::sign_extend;
use crate::dicom::image_pixel::ImagePixel;
use crate::memory::allocate;
use crate::{Error, Format};

/// Contexts of regular samples; two more are for samples that end a run.
const REGULAR_CONTEXTS: usize = 365;
/// Order of the run length codes (table A.1, "J").
const RUN_ORDERS: [u32; 32] = [
    0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13,
    14, 15,
];

fn damaged(detail: &str) -> Error {
    Error::damaged(Format::Dicom, format!("its JPEG-LS data: {detail}"))
}

fn cut_short() -> Error {
    damaged("it ends before the image is complete")
}

/// How components are put together (ILV).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Interleaving {
    None,
    Line,
    Sample,
}

/// Preset parameters (section C.2.4.1.1), 0 where the default holds.
#[derive(Debug, Clone, Copy, Default)]
struct Presets {
    largest: i32,
    thresholds: [i32; 3],
    reset: i32,
}

pub(super) fn decode(stream: &[u8], pixel: &ImagePixel) -> Result<Vec<i32>, Error> {
    let mut position = 0;
    let mut precision: Option<u8> = None;
    let mut identities: Vec<u8> = Vec::new();
    let mut presets = Presets::default();
    let components = pixel.samples_per_pixel;
    let mut samples = allocate(pixel.samples(), 0_i32)?;
    let mut scanned = 0_u32;
    loop {
        let rest = stream.get(position..).unwrap_or_default();
        let Some(start) = rest.iter().position(|&byte| byte == 0xFF) else {
            break;
        };
        let code = *rest.get(start + 1).ok_or_else(cut_short)?;
        position += start + 1;
        // Fill bytes may stand before a marker.
        if code == 0xFF {
            continue;
        }
        position += 1;
        match code {
            0xD8 | 0x01 | 0x00 => continue,
            0xD9 => break,
            _ => {}
        }
        let behind = stream.get(position..).unwrap_or_default();
        let length = behind
            .first_chunk()
            .map(|&pair| usize::from(u16::from_be_bytes(pair)))
            .ok_or_else(cut_short)?;
        let segment = behind.get(2..length).ok_or_else(cut_short)?;
        position += length;
        match code {
            0xF7 => {
                let &[bits, r1, r0, c1, c0, count, ref parts @ ..] = segment else {
                    return Err(damaged("its frame header is cut short"));
                };
                let size = [[r1, r0], [c1, c0]].map(|pair| usize::from(u16::from_be_bytes(pair)));
                if size != [pixel.rows, pixel.columns] || usize::from(count) != components {
                    return Err(damaged("its size differs from that of the image"));
                }
                if !(2..=16).contains(&bits) || bits > pixel.bits_allocated {
                    return Err(damaged("its samples have a depth that the image has not"));
                }
                identities = parts
                    .as_chunks::<3>()
                    .0
                    .iter()
                    .map(|&[id, _, _]| id)
                    .collect();
                precision = Some(bits);
            }
            0xF8 => presets = read_presets(segment)?,
            0xDA => {
                let precision =
                    precision.ok_or_else(|| damaged("a scan comes before the frame's header"))?;
                let (parts, near, interleaving) = read_scan(segment, &identities)?;
                let mut scan = Scan::new(stream, position, precision, near, presets)?;
                scan.decode(&parts, interleaving, pixel, &mut samples)?;
                position = scan.bits.position;
                parts.iter().for_each(|part| scanned |= 1 << part);
            }
            0xDD if segment.iter().any(|&byte| byte != 0) => {
                return Err(Error::unsupported(Format::Dicom, "JPEG-LS with restarts"));
            }
            0xE8 if segment.starts_with(b"mrfx") && segment.get(4) != Some(&0) => {
                return Err(Error::unsupported(
                    Format::Dicom,
                    "JPEG-LS with HP's transformation of colours",
                ));
            }
            _ => {}
        }
    }
    if scanned.count_ones() as usize != components {
        return Err(cut_short());
    }
    // Bits above the stored ones are no part of the image (PS3.5 section 8.1.1).
    let has_spare_bits = precision.is_some_and(|precision| precision > pixel.bits_stored);
    if has_spare_bits || pixel.signed {
        for sample in &mut samples {
            *sample = sign_extend(sample.cast_unsigned(), pixel.bits_stored, pixel.signed);
        }
    }
    Ok(samples)
}

fn read_presets(segment: &[u8]) -> Result<Presets, Error> {
    match segment {
        [1, numbers @ ..] => {
            let mut numbers = numbers
                .as_chunks::<2>()
                .0
                .iter()
                .map(|&pair| i32::from(u16::from_be_bytes(pair)));
            let mut next = || numbers.next().ok_or_else(cut_short);
            Ok(Presets {
                largest: next()?,
                thresholds: [next()?, next()?, next()?],
                reset: next()?,
            })
        }
        _ => Err(Error::unsupported(
            Format::Dicom,
            "JPEG-LS with a table of colours or sizes beyond 65535",
        )),
    }
}

/// Places of the components in a pixel, the largest error, and how components are put together.
fn read_scan(segment: &[u8], identities: &[u8]) -> Result<(Vec<usize>, i32, Interleaving), Error> {
    let wrong = || damaged("a scan header is wrong");
    let (&count, rest) = segment.split_first().ok_or_else(wrong)?;
    let (selectors, rest) = rest
        .split_at_checked(2 * usize::from(count))
        .ok_or_else(wrong)?;
    let &[near, interleaving, transform] = rest else {
        return Err(wrong());
    };
    let parts: Vec<usize> = selectors
        .as_chunks::<2>()
        .0
        .iter()
        .map(|&[id, _]| identities.iter().position(|&other| other == id))
        .collect::<Option<_>>()
        .ok_or_else(wrong)?;
    let mut distinct = parts.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let interleaving = match interleaving {
        0 if parts.len() == 1 => Interleaving::None,
        1 => Interleaving::Line,
        2 => Interleaving::Sample,
        _ => return Err(wrong()),
    };
    if parts.is_empty() || distinct.len() != parts.len() {
        return Err(wrong());
    }
    if transform & 15 != 0 {
        return Err(Error::unsupported(
            Format::Dicom,
            "JPEG-LS with low bits left out",
        ));
    }
    Ok((parts, i32::from(near), interleaving))
}

/// Bits, most significant first; after a byte of ones the next one has seven.
struct Bits<'a> {
    stream: &'a [u8],
    position: usize,
    window: u64,
    available: u32,
    follows_ones: bool,
}

impl Bits<'_> {
    fn fill(&mut self) {
        while self.available <= 48 {
            let Some(&byte) = self.stream.get(self.position) else {
                return;
            };
            let count = if self.follows_ones {
                // A marker.
                if byte >= 0x80 {
                    return;
                }
                7
            } else {
                // A marker that stands by itself: its first byte is no data.
                if byte == 0xFF
                    && self
                        .stream
                        .get(self.position + 1)
                        .is_none_or(|&next| next >= 0x80)
                {
                    return;
                }
                8
            };
            self.window = self.window << count | u64::from(byte);
            self.available += count;
            self.follows_ones = byte == 0xFF;
            self.position += 1;
        }
    }

    /// The next `count` (at most 32) bits.
    fn take(&mut self, count: u32) -> Result<i32, Error> {
        if count == 0 {
            return Ok(0);
        }
        if self.available < count {
            self.fill();
        }
        self.available = self.available.checked_sub(count).ok_or_else(cut_short)?;
        let bits = self.window >> self.available & ((1 << count) - 1);
        Ok(bits as i32)
    }

    /// Zeros before the next one, at most `limit`; the one is passed unless the limit is reached.
    fn zeros(&mut self, limit: u32) -> Result<u32, Error> {
        let mut zeros = 0;
        while zeros < limit {
            if self.take(1)? == 1 {
                return Ok(zeros);
            }
            zeros += 1;
        }
        // The code that escapes ends with a one as well.
        self.take(1).map(|_| zeros)
    }
}

/// Variables of a context.
#[derive(Clone, Copy)]
struct Context {
    a: i32,
    b: i32,
    c: i32,
    n: i32,
}

/// Variables of a context of samples that end a run: C is not used, B counts negative errors.
struct Scan<'a> {
    bits: Bits<'a>,
    near: i32,
    largest: i32,
    thresholds: [i32; 3],
    reset: i32,
    range: i32,
    /// Bits of a mapped error that is not coded by its size.
    escape_bits: u32,
    limit: u32,
    contexts: Vec<Context>,
    run_contexts: [Context; 2],
}

impl<'a> Scan<'a> {
    fn new(
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
            bits: Bits {
                stream,
                position,
                window: 0,
                available: 0,
                follows_ones: false,
            },
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

    fn decode(
        &mut self,
        parts: &[usize],
        interleaving: Interleaving,
        pixel: &ImagePixel,
        samples: &mut [i32],
    ) -> Result<(), Error> {
        let columns = pixel.columns;
        let step = pixel.samples_per_pixel;
        // Two lines of each component, with a sample before and one behind.
        let empty = || vec![vec![0_i32; columns + 2]; parts.len()];
        let (mut above, mut current) = (empty(), empty());
        let mut run_indices = vec![0_usize; parts.len()];
        for line in samples.chunks_exact_mut(columns * step) {
            for (above, current) in above.iter_mut().zip(&mut current) {
                // The sample before a line is the one above the first; that behind it is like the last.
                set(current, 0, at(above, 1));
                let last = at(above, columns);
                set(above, columns + 1, last);
            }
            if interleaving == Interleaving::Sample {
                let run_index = run_indices.first_mut().ok_or_else(cut_short)?;
                self.line_of_pixels(&above, &mut current, columns, run_index)?;
            } else {
                let lines = above.iter().zip(&mut current).zip(&mut run_indices);
                for ((above, current), run_index) in lines {
                    self.line(above, current, columns, run_index)?;
                }
            }
            for (part, current) in parts.iter().zip(&current) {
                let target = line.iter_mut().skip(*part).step_by(step);
                for (sample, value) in target.zip(current.iter().skip(1)) {
                    *sample = *value;
                }
            }
            std::mem::swap(&mut above, &mut current);
        }
        Ok(())
    }

    /// One line of one component.
    fn line(
        &mut self,
        above: &[i32],
        current: &mut [i32],
        columns: usize,
        run_index: &mut usize,
    ) -> Result<(), Error> {
        let mut place = 1;
        while place <= columns {
            let near = Neighbours::of(above, current, place);
            match self.context(&near) {
                Some((context, sign)) => {
                    let value = self.regular(&near, context, sign)?;
                    set(current, place, value);
                    place += 1;
                }
                None => {
                    let run = self.run(columns + 1 - place, run_index)?;
                    for index in place..place + run {
                        set(current, index, near.left);
                    }
                    place += run;
                    if place <= columns {
                        let upper = at(above, place);
                        let kind = usize::from((near.left - upper).abs() <= self.near);
                        let value = self.interruption(near.left, upper, kind, *run_index)?;
                        set(current, place, value);
                        *run_index = run_index.saturating_sub(1);
                        place += 1;
                    }
                }
            }
        }
        Ok(())
    }

    /// One line of all components, sample by sample: runs are common to all.
    fn line_of_pixels(
        &mut self,
        above: &[Vec<i32>],
        current: &mut [Vec<i32>],
        columns: usize,
        run_index: &mut usize,
    ) -> Result<(), Error> {
        let mut place = 1;
        while place <= columns {
            let near: Vec<Neighbours> = above
                .iter()
                .zip(current.iter())
                .map(|(above, current)| Neighbours::of(above, current, place))
                .collect();
            let contexts: Vec<Option<(usize, i32)>> =
                near.iter().map(|near| self.context(near)).collect();
            if contexts.iter().any(Option::is_some) {
                for ((current, near), context) in current.iter_mut().zip(&near).zip(contexts) {
                    // A component without gradients has the context of none.
                    let (context, sign) = context.unwrap_or((0, 1));
                    let value = self.regular(near, context, sign)?;
                    set(current, place, value);
                }
                place += 1;
                continue;
            }
            let run = self.run(columns + 1 - place, run_index)?;
            for (current, near) in current.iter_mut().zip(&near) {
                for index in place..place + run {
                    set(current, index, near.left);
                }
            }
            place += run;
            if place <= columns {
                for ((current, above), near) in current.iter_mut().zip(above).zip(&near) {
                    let value = self.interruption(near.left, at(above, place), 0, *run_index)?;
                    set(current, place, value);
                }
                *run_index = run_index.saturating_sub(1);
                place += 1;
            }
        }
        Ok(())
    }

    /// The context of a sample by its gradients, and its sign; `None` where there are none, so that a run begins.
    fn context(&self, near: &Neighbours) -> Option<(usize, i32)> {
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
    fn regular(&mut self, near: &Neighbours, index: usize, sign: i32) -> Result<i32, Error> {
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
    fn run(&mut self, left: usize, run_index: &mut usize) -> Result<usize, Error> {
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
    fn interruption(
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

fn at(line: &[i32], place: usize) -> i32 {
    line.get(place).copied().unwrap_or(0)
}

fn set(line: &mut [i32], place: usize, value: i32) {
    if let Some(sample) = line.get_mut(place) {
        *sample = value;
    }
}

/// The samples next to one that are known already.
struct Neighbours {
    left: i32,
    upper: i32,
    upper_left: i32,
    upper_right: i32,
}

impl Neighbours {
    fn of(above: &[i32], current: &[i32], place: usize) -> Self {
        Self {
            left: at(current, place - 1),
            upper: at(above, place),
            upper_left: at(above, place - 1),
            upper_right: at(above, place + 1),
        }
    }

    /// The median of left, upper and their plane.
    fn predicted(&self) -> i32 {
        let (low, high) = (self.left.min(self.upper), self.left.max(self.upper));
        if self.upper_left >= high {
            low
        } else if self.upper_left <= low {
            high
        } else {
            self.left + self.upper - self.upper_left
        }
    }
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
