//! Sequential DCT coding (ITU-T T.81 annexes A and F), 8 and 12 bits.

use super::fault::damaged;
use super::headers::{Frame, Scan};
use super::huffman::{BitReader, HuffmanTable};
use super::tables::Tables;
use super::units::{self, Next, largest_factors, units};
use super::zigzag::ZIGZAG;
use crate::Error;
use crate::memory::allocate;

/// The samples of one component, padded to whole units.
pub(super) struct Plane {
    /// Blocks across, padding included.
    blocks: usize,
    samples: Vec<u16>,
}

impl Plane {
    /// Transforms a block and puts its samples in place.
    pub(super) fn place(
        &mut self,
        transform: &Transform,
        coefficients: &[f32; 64],
        down: usize,
        across: usize,
    ) {
        let first = (down * self.blocks * 8 + across) * 8;
        let target = self.samples.get_mut(first..).unwrap_or_default();
        transform.place(coefficients, target, self.blocks * 8);
    }
}

pub(super) fn planes(frame: &Frame) -> Result<Vec<Plane>, Error> {
    let (across, down) = units(frame);
    frame
        .components
        .iter()
        .map(|part| {
            let blocks = across * part.horizontal;
            Ok(Plane {
                blocks,
                samples: allocate(64 * blocks * down * part.vertical, 0)?,
            })
        })
        .collect()
}

/// A component of a scan with its tables and its last DC coefficient.
struct Part<'a> {
    quantisation: &'a [u16; 64],
    dc: &'a HuffmanTable,
    ac: &'a HuffmanTable,
    last: i32,
}

/// Decodes one scan.
pub(super) fn scan(
    bits: &mut BitReader<'_>,
    frame: &Frame,
    scan: &Scan,
    tables: &Tables,
    planes: &mut [Plane],
) -> Result<(), Error> {
    let mut parts = scan
        .components
        .iter()
        .map(|part| {
            let component = frame.components.get(part.index)?;
            Some(Part {
                quantisation: tables.quantisation.get(component.quantisation)?.as_ref()?,
                dc: tables.dc.get(part.dc_table)?.as_ref()?,
                ac: tables.ac.get(part.ac_table)?.as_ref()?,
                last: 0,
            })
        })
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| damaged("a table is missing"))?;
    let transform = Transform::new(frame.precision);
    units::for_each(frame, scan, tables.restart_interval, |next| {
        match next {
            Next::Restart => {
                bits.restart()?;
                parts.iter_mut().for_each(|part| part.last = 0);
            }
            Next::Block {
                part,
                component,
                down,
                across,
            } => {
                if let (Some(part), Some(plane)) = (parts.get_mut(part), planes.get_mut(component))
                {
                    plane.place(&transform, &coefficients(bits, part)?, down, across);
                }
            }
        }
        Ok(())
    })
}

/// Decodes and dequantises one block (section F.2.2).
fn coefficients(bits: &mut BitReader<'_>, part: &mut Part<'_>) -> Result<[f32; 64], Error> {
    let mut block = [0.0; 64];
    let mut put = |place: usize, value: i32| {
        if let (Some(&target), Some(&quantum)) = (ZIGZAG.get(place), part.quantisation.get(place))
            && let Some(coefficient) = block.get_mut(usize::from(target))
        {
            *coefficient = value as f32 * f32::from(quantum);
        }
    };
    let length = bits.symbol(part.dc)?;
    if length > 15 {
        return Err(damaged("a coefficient is too large"));
    }
    // Real differences are small; a hostile sum must not overflow.
    part.last = part.last.wrapping_add(bits.signed(length)?);
    put(0, part.last);
    let mut place = 1;
    while place < 64 {
        let symbol = bits.symbol(part.ac)?;
        let (zeros, length) = (usize::from(symbol >> 4), symbol & 15);
        match (zeros, length) {
            (15, 0) => place += 16,
            (_, 0) => break,
            _ => {
                place += zeros;
                let value = bits.signed(length)?;
                if place > 63 {
                    return Err(damaged("a block has more than 64 coefficients"));
                }
                put(place, value);
                place += 1;
            }
        }
    }
    Ok(block)
}

/// The inverse transform (section A.3.3) in 32-bit floats, row after column.
pub(super) struct Transform {
    /// `[sample][frequency]`
    basis: [[f32; 8]; 8],
    shift: f32,
    largest: f32,
}

impl Transform {
    pub(super) fn new(precision: u8) -> Self {
        // cos(k pi / 16). Written out, because the cosine of the platform may differ in its last bit.
        const COSINES: [f64; 9] = [
            1.0,
            0.980_785_280_403_230_4,
            0.923_879_532_511_286_7,
            0.831_469_612_302_545_2,
            std::f64::consts::FRAC_1_SQRT_2,
            0.555_570_233_019_602_2,
            0.382_683_432_365_089_8,
            0.195_090_322_016_128_27,
            0.0,
        ];
        let mut basis = [[0.0; 8]; 8];
        for (sample, row) in basis.iter_mut().enumerate() {
            for (frequency, value) in row.iter_mut().enumerate() {
                let turn = (2 * sample + 1) * frequency % 32;
                let half_turn = turn.min(32 - turn);
                let cosine = if half_turn <= 8 {
                    COSINES.get(half_turn).copied().unwrap_or(0.0)
                } else {
                    -COSINES.get(16 - half_turn).copied().unwrap_or(0.0)
                };
                let scale = if frequency == 0 {
                    std::f64::consts::FRAC_1_SQRT_2
                } else {
                    1.0
                };
                *value = (0.5 * scale * cosine) as f32;
            }
        }
        Self {
            basis,
            shift: 2.0_f32.powi(i32::from(precision) - 1),
            largest: crate::value_range::largest(precision),
        }
    }

    /// Transforms a block and writes its samples, rows `stride` apart.
    fn place(&self, block: &[f32; 64], target: &mut [u16], stride: usize) {
        let (rows, _) = block.as_chunks::<8>();
        let mut columns = [[0.0_f32; 8]; 8];
        for (row, basis) in columns.iter_mut().zip(&self.basis) {
            for (frequencies, &weight) in rows.iter().zip(basis) {
                for (value, &coefficient) in row.iter_mut().zip(frequencies) {
                    *value += weight * coefficient;
                }
            }
        }
        for (line, row) in target.chunks_mut(stride).zip(&columns) {
            for (sample, basis) in line.iter_mut().zip(&self.basis) {
                let value: f32 = row
                    .iter()
                    .zip(basis)
                    .map(|(value, weight)| value * weight)
                    .sum();
                let level = (value + self.shift + 0.5).floor();
                *sample = level.clamp(0.0, self.largest) as u16;
            }
        }
    }
}

/// Puts the components side by side, `[rows, columns, components]`. Those with fewer samples are interpolated linearly
/// between the centres of their samples, as most decoders do.
pub(super) fn assemble(frame: &Frame, planes: &[Plane]) -> Result<Vec<i32>, Error> {
    let step = frame.components.len();
    let (horizontal, vertical) = largest_factors(frame);
    let mut samples = allocate(frame.rows * frame.columns * step, 0_i32)?;
    for (index, (part, plane)) in frame.components.iter().zip(planes).enumerate() {
        let stride = plane.blocks * 8;
        let line = |row: usize| plane.samples.get(row * stride..).unwrap_or_default();
        let is_whole = (part.horizontal, part.vertical) == (horizontal, vertical);
        let across = Neighbours::all(frame.columns, part.horizontal, horizontal);
        let down = Neighbours::all(frame.rows, part.vertical, vertical);
        let lines = samples.chunks_exact_mut(frame.columns * step);
        for ((row, target), vertical) in lines.enumerate().zip(&down) {
            let targets = target.iter_mut().skip(index).step_by(step);
            if is_whole {
                for (sample, &value) in targets.zip(line(row)) {
                    *sample = i32::from(value);
                }
                continue;
            }
            let (upper, lower) = (line(vertical.first), line(vertical.second));
            for (sample, horizontal) in targets.zip(&across) {
                let along = |line: &[u16]| {
                    let at = |place: usize| line.get(place).copied().map_or(0.0, f32::from);
                    horizontal.between(at(horizontal.first), at(horizontal.second))
                };
                *sample = (vertical.between(along(upper), along(lower)) + 0.5) as i32;
            }
        }
    }
    Ok(samples)
}

/// The two samples of a component that a pixel lies between, along one axis.
struct Neighbours {
    first: usize,
    second: usize,
    /// The second's weight.
    weight: f32,
}

impl Neighbours {
    /// For every pixel of `count`, for a component with `factor` samples where the largest has `largest`.
    fn all(count: usize, factor: usize, largest: usize) -> Vec<Self> {
        let last = (count * factor).div_ceil(largest).saturating_sub(1);
        (0..count)
            .map(|pixel| {
                let place = (pixel as f32 + 0.5) * factor as f32 / largest as f32 - 0.5;
                let first = place.max(0.0) as usize;
                Self {
                    first: first.min(last),
                    second: (first + 1).min(last),
                    weight: (place - first as f32).max(0.0),
                }
            })
            .collect()
    }

    fn between(&self, first: f32, second: f32) -> f32 {
        first + (second - first) * self.weight
    }
}
