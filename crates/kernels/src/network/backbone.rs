//! The segmentation network.

use crate::convolution::{Convolution, TransposedConvolution};
use crate::normalise::{Activation, Normalisation, Shortcut, close_residual_block};
use crate::planes::{Grid, Phases, Planes};

/// Residual block of the encoder.
#[derive(Debug, Clone)]
pub struct ResidualBlock {
    /// First convolution, kernel 3, carries the block's stride.
    pub conv1: Convolution,
    /// After `conv1`.
    pub norm1: Normalisation,
    /// Second convolution, kernel 3.
    pub conv2: Convolution,
    /// After `conv2`.
    pub norm2: Normalisation,
    /// Shortcut, kernel 1, where channels or size change.
    pub shortcut: Option<(Convolution, Normalisation)>,
    /// 1 or 2.
    pub stride: usize,
}

/// One level of the decoder.
#[derive(Debug, Clone)]
pub struct UpBlock {
    /// Kernel 2, stride 2.
    pub transposed: TransposedConvolution,
    /// First convolution, kernel 3.
    pub conv1: Convolution,
    /// After `conv1`.
    pub norm1: Normalisation,
    /// Second convolution, kernel 3.
    pub conv2: Convolution,
    /// After `conv2`.
    pub norm2: Normalisation,
}

/// The network.
#[derive(Debug, Clone)]
pub struct Backbone {
    /// Encoder, full size first; the last one is the bottleneck.
    pub encoder: Vec<ResidualBlock>,
    /// Decoder, deepest first; one block less.
    pub decoder: Vec<UpBlock>,
    /// Features to logits, kernel 1.
    pub output: Convolution,
    /// Slope of every leaky ReLU.
    pub slope: f32,
}

/// What a pass leaves.
#[derive(Debug)]
pub struct BackboneValues {
    /// Logits.
    pub logits: Planes,
    /// Inputs of the decoder's third and second last levels and of the output: what the head reads.
    pub taps: Vec<Planes>,
}

impl ResidualBlock {
    /// Reads all channels of `input` from `first` on; writes those of `output` from `start` on.
    fn run(&self, input: (&Planes, usize), slope: f32, output: &mut Planes, start: usize) {
        let (planes, first) = input;
        let grid = output.grid();
        let channels = self.conv1.channels_out();
        let mut hidden = Planes::new(grid, channels);
        let mut shortcut = self.shortcut.as_ref().map(|(convolution, normalisation)| {
            let shortcut = Planes::new(grid, convolution.channels_out());
            (convolution, normalisation, shortcut)
        });
        if self.stride == 1 {
            self.conv1.run(planes, first, &mut hidden, 0);
            if let Some((convolution, _, shortcut)) = &mut shortcut {
                convolution.run(planes, first, shortcut, 0);
            }
        } else {
            let phases = Phases::new(planes, first..planes.channels());
            self.conv1.run_halving(&phases, &mut hidden);
            if let Some((convolution, _, shortcut)) = &mut shortcut {
                convolution.run_halving(&phases, shortcut);
            }
        }
        let activation = Activation::LeakyRelu(slope);
        self.norm1.run(&mut hidden, 0..channels, activation);
        let mut second = Planes::new(grid, self.conv2.channels_out());
        self.conv2.run(&hidden, 0, &mut second, 0);
        let shortcut = match &shortcut {
            Some((_, normalisation, shortcut)) => Shortcut::Normalised(shortcut, normalisation),
            None => Shortcut::Same(planes, first),
        };
        close_residual_block(&second, &self.norm2, &shortcut, slope, output, start);
    }
}

impl UpBlock {
    /// `joined` holds the skip in its upper channels; the enlarged input is written into the lower ones.
    fn run(&self, input: &Planes, joined: &mut Planes, slope: f32) -> Planes {
        self.transposed.run(input, joined, 0);
        let activation = Activation::LeakyRelu(slope);
        let mut hidden = Planes::new(joined.grid(), self.conv1.channels_out());
        self.conv1.run(joined, 0, &mut hidden, 0);
        self.norm1
            .run(&mut hidden, 0..self.conv1.channels_out(), activation);
        let mut output = Planes::new(joined.grid(), self.conv2.channels_out());
        self.conv2.run(&hidden, 0, &mut output, 0);
        self.norm2
            .run(&mut output, 0..self.conv2.channels_out(), activation);
        output
    }
}

impl Backbone {
    /// One pass. `image` `[channels, spatial..]` on `grid`, whose sizes can be halved as often as the network does.
    #[must_use]
    pub fn run(&self, image: &[f32], grid: Grid) -> BackboneValues {
        let image = Planes::from_image(grid, image);
        let mut grid = grid;
        // Per level the decoder's input: the lower half of its channels is still to come, the upper one is the skip.
        let mut joined: Vec<Planes> = Vec::new();
        let mut deepest = None;
        for (level, block) in self.encoder.iter().enumerate() {
            if block.stride == 2 {
                grid = grid.halved();
            }
            let channels = block.conv1.channels_out();
            let last = level + 1 == self.encoder.len();
            let start = if last { 0 } else { channels };
            let mut output = Planes::new(grid, start + channels);
            let input = match joined.last() {
                Some(planes) => (planes, planes.channels() / 2),
                None => (&image, 0),
            };
            block.run(input, self.slope, &mut output, start);
            if last {
                deepest = Some(output);
            } else {
                joined.push(output);
            }
        }
        let mut hidden = deepest.unwrap_or(image);
        let mut taps = Vec::new();
        for (step, block) in self.decoder.iter().enumerate() {
            let Some(mut level) = joined.pop() else { break };
            hidden = block.run(&hidden, &mut level, self.slope);
            if step == 1 || step == 2 {
                taps.push(level);
            }
        }
        let mut logits = Planes::new(hidden.grid(), self.output.channels_out());
        self.output.run(&hidden, 0, &mut logits, 0);
        taps.push(hidden);
        BackboneValues { logits, taps }
    }
}
