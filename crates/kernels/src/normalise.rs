//! Instance normalisation with what follows it, channel by channel, so that a channel is still in the cache when it is
//! written.

use std::ops::Range;

use crate::functions::gelu;
use crate::parallel::for_each;
use crate::planes::{Grid, Planes};
use crate::vector::{Task, Vector, multiply_add, vectorised};

/// Sums that run side by side; the same on every processor, so that all get the same bits.
const LANES: usize = 16;
/// Numbers that are summed in 32 bits before they join a sum in 64.
const RUN: usize = 256;

/// Scale and shift of a normalisation, one of each per channel.
#[derive(Debug, Clone)]
pub struct Normalisation {
    /// Scale.
    pub scale: Vec<f32>,
    /// Shift.
    pub shift: Vec<f32>,
    /// Added to the variance.
    pub epsilon: f64,
}

/// What is applied to normalised numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Activation {
    /// Leaky ReLU with this slope.
    LeakyRelu(f32),
    /// The exact GELU.
    Gelu,
}

impl Normalisation {
    fn of_channel(&self, channel: usize) -> [f32; 2] {
        let get = |values: &[f32]| values.get(channel).copied().unwrap_or(0.0);
        [get(&self.scale), get(&self.shift)]
    }

    /// Normalises some channels in place, activates them and clears their border. Scale and shift 0 belong to the first
    /// of these channels.
    pub(crate) fn run(&self, planes: &mut Planes, channels: Range<usize>, activation: Activation) {
        let grid = planes.grid();
        let tasks = planes
            .channels_mut(channels)
            .into_iter()
            .enumerate()
            .collect();
        for_each(tasks, |(index, values): (usize, &mut [f32])| {
            vectorised(InPlace {
                grid,
                values,
                parameters: self.of_channel(index),
                epsilon: self.epsilon,
                activation,
            });
        });
    }
}

struct InPlace<'a> {
    grid: Grid,
    values: &'a mut [f32],
    parameters: [f32; 2],
    epsilon: f64,
    activation: Activation,
}

impl Task for InPlace<'_> {
    #[inline(always)]
    fn run<V: Vector, const N: usize, const FUSED: bool>(self) {
        let line = line::<FUSED>(self.grid, self.values, self.parameters, self.epsilon);
        let width = self.grid.size()[2];
        match self.activation {
            Activation::LeakyRelu(slope) => {
                for place in self.grid.rows() {
                    for value in &mut self.values[place..place + width] {
                        *value = leaky_relu(line.at::<FUSED>(*value), slope);
                    }
                }
            }
            Activation::Gelu => {
                for place in self.grid.rows() {
                    for value in &mut self.values[place..place + width] {
                        *value = gelu::<FUSED>(line.at::<FUSED>(*value));
                    }
                }
            }
        }
        self.grid.clear_border(self.values);
    }
}

/// The other summand of a residual block.
#[derive(Debug)]
pub(crate) enum Shortcut<'a> {
    /// Channels as they are, from this one on.
    Same(&'a Planes, usize),
    /// Channels that are normalised.
    Normalised(&'a Planes, &'a Normalisation),
}

/// Normalises `hidden`, adds the shortcut and applies leaky ReLU; writes channels of `output` from `start` on, border
/// included.
pub(crate) fn close_residual_block(
    hidden: &Planes,
    normalisation: &Normalisation,
    shortcut: &Shortcut<'_>,
    slope: f32,
    output: &mut Planes,
    start: usize,
) {
    let grid = hidden.grid();
    let channels = start..start + hidden.channels();
    let tasks = output
        .channels_mut(channels)
        .into_iter()
        .enumerate()
        .collect();
    for_each(tasks, |(channel, output): (usize, &mut [f32])| {
        let (other, other_parameters) = match shortcut {
            Shortcut::Same(planes, first) => (planes.channel(first + channel), None),
            Shortcut::Normalised(planes, normalisation) => (
                planes.channel(channel),
                Some((normalisation.of_channel(channel), normalisation.epsilon)),
            ),
        };
        vectorised(Sum {
            grid,
            hidden: hidden.channel(channel),
            parameters: normalisation.of_channel(channel),
            epsilon: normalisation.epsilon,
            other,
            other_parameters,
            slope,
            output,
        });
    });
}

struct Sum<'a> {
    grid: Grid,
    hidden: &'a [f32],
    parameters: [f32; 2],
    epsilon: f64,
    other: &'a [f32],
    other_parameters: Option<([f32; 2], f64)>,
    slope: f32,
    output: &'a mut [f32],
}

impl Task for Sum<'_> {
    #[inline(always)]
    fn run<V: Vector, const N: usize, const FUSED: bool>(self) {
        let Self {
            grid,
            output,
            slope,
            ..
        } = self;
        let line_of_hidden = line::<FUSED>(grid, self.hidden, self.parameters, self.epsilon);
        let line_of_other = match self.other_parameters {
            Some((parameters, epsilon)) => line::<FUSED>(grid, self.other, parameters, epsilon),
            None => Line::SAME,
        };
        let width = grid.size()[2];
        for place in grid.rows() {
            let row = place..place + width;
            let summands = self.hidden[row.clone()]
                .iter()
                .zip(&self.other[row.clone()]);
            for (to, (hidden, other)) in output[row].iter_mut().zip(summands) {
                let sum = line_of_hidden.at::<FUSED>(*hidden) + line_of_other.at::<FUSED>(*other);
                *to = leaky_relu(sum, slope);
            }
        }
        grid.clear_border(output);
    }
}

#[inline(always)]
fn leaky_relu(value: f32, slope: f32) -> f32 {
    if value > 0.0 { value } else { slope * value }
}

/// A normalisation as a straight line, around the mean so that nothing cancels.
#[derive(Clone, Copy)]
struct Line {
    centre: f32,
    factor: f32,
    shift: f32,
}

impl Line {
    const SAME: Self = Self {
        centre: 0.0,
        factor: 1.0,
        shift: 0.0,
    };

    #[inline(always)]
    fn at<const FUSED: bool>(self, value: f32) -> f32 {
        multiply_add::<FUSED>(value - self.centre, self.factor, self.shift)
    }
}

/// Mean and biased variance of a channel, in two passes, and what they make of scale and shift.
#[inline(always)]
fn line<const FUSED: bool>(
    grid: Grid,
    values: &[f32],
    [scale, shift]: [f32; 2],
    epsilon: f64,
) -> Line {
    let count = grid.voxels().max(1) as f64;
    let centre = (sum(grid, values, |value| value) / count) as f32;
    let variance = sum(grid, values, |value| {
        let distance = value - centre;
        distance * distance
    }) / count;
    let factor = (1.0 / (variance + epsilon).sqrt()) as f32;
    Line {
        centre,
        factor: factor * scale,
        shift,
    }
}

/// Sum of a function over the voxels of a channel: short runs in 32 bits, what they give in 64.
#[inline(always)]
fn sum(grid: Grid, values: &[f32], function: impl Fn(f32) -> f32) -> f64 {
    let width = grid.size()[2];
    let mut totals = [0.0_f64; LANES];
    for place in grid.rows() {
        for run in values[place..place + width].chunks(RUN) {
            let (whole, rest) = run.as_chunks::<LANES>();
            let mut lanes = [0.0_f32; LANES];
            for vector in whole {
                for lane in 0..LANES {
                    lanes[lane] += function(vector[lane]);
                }
            }
            for (lane, value) in lanes.iter_mut().zip(rest) {
                *lane += function(*value);
            }
            for lane in 0..LANES {
                totals[lane] += f64::from(lanes[lane]);
            }
        }
    }
    totals.iter().sum()
}
