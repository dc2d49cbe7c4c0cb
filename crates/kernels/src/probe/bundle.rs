//! The network of a model's folder.

use safetensors::SafeTensors;
use safetensors::tensor::Dtype;
use serde_json::Value;

use crate::network::{Backbone, Fusion, Head, ResidualBlock, UpBlock};
use crate::{Convolution, Grid, Normalisation, ProbeHead, TransposedConvolution};

/// Slope of every leaky ReLU.
const SLOPE: f32 = 0.01;
/// Added to the variance in every normalisation.
const NORM_EPSILON: f64 = 1e-5;
/// Added to every probe's scale.
const SCALE_FLOOR: f32 = 1e-6;
/// Steepness of the weight map in the margin.
const STEEPNESS: f32 = 4.0;

/// A network with the window that it was trained for.
#[derive(Debug, Clone)]
pub struct Model {
    /// The model's name.
    pub name: String,
    /// Channels of the image.
    pub channels: usize,
    /// The window.
    pub window: Grid,
    /// The segmentation network.
    pub backbone: Backbone,
    /// The uncertainty head.
    pub head: Head,
    shapes: Shapes,
}

#[derive(Debug, Clone)]
struct Shapes {
    filters: Vec<usize>,
    classes: usize,
    probes: usize,
}

/// What is wrong with a folder.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The description lacks something.
    #[error("model.json has no {0}: give the folder of a packed model")]
    Description(&'static str),
    /// The weights cannot be read.
    #[error("the weights cannot be read ({0}): pack the model again")]
    Weights(String),
}

struct Weights<'a>(SafeTensors<'a>);

impl Weights<'_> {
    /// Shape and values.
    fn get(&self, name: &str) -> Result<(Vec<usize>, Vec<f32>), Error> {
        let tensor = self
            .0
            .tensor(name)
            .map_err(|error| Error::Weights(format!("{name}: {error}")))?;
        let values = if tensor.dtype() == Dtype::F32 {
            let (numbers, _) = tensor.data().as_chunks::<4>();
            numbers
                .iter()
                .map(|bytes| f32::from_le_bytes(*bytes))
                .collect()
        } else if tensor.dtype() == Dtype::F16 {
            let (numbers, _) = tensor.data().as_chunks::<2>();
            let numbers = numbers.iter().map(|bytes| half::f16::from_le_bytes(*bytes));
            numbers.map(f32::from).collect()
        } else {
            return Err(Error::Weights(format!("{name} is neither F32 nor F16")));
        };
        Ok((tensor.shape().to_vec(), values))
    }

    fn has(&self, name: &str) -> bool {
        self.0.tensor(name).is_ok()
    }

    fn number(&self, name: &str) -> Result<f32, Error> {
        Ok(self.get(name)?.1.first().copied().unwrap_or(0.0))
    }

    /// A convolution by the name before `.weight`.
    fn convolution(&self, name: &str) -> Result<Convolution, Error> {
        let (shape, values) = self.get(&format!("{name}.weight"))?;
        let bias = format!("{name}.bias");
        let bias = self.has(&bias).then(|| self.get(&bias)).transpose()?;
        let [channels_out, channels_in, ..] = shape[..] else {
            return Err(Error::Weights(format!("{name} is no kernel")));
        };
        let taps = shape[2..].iter().product();
        let bias = bias.map(|(_, bias)| bias);
        Ok(Convolution::new(
            &values,
            channels_out,
            channels_in,
            taps,
            bias,
        ))
    }

    fn normalisation(&self, name: &str) -> Result<Normalisation, Error> {
        Ok(Normalisation {
            scale: self.get(&format!("{name}.weight"))?.1,
            shift: self.get(&format!("{name}.bias"))?.1,
            epsilon: NORM_EPSILON,
        })
    }

    fn residual_block(&self, name: &str, stride: usize) -> Result<ResidualBlock, Error> {
        let shortcut = self.has(&format!("{name}.conv3.conv.weight"));
        let shortcut = shortcut.then(|| {
            let convolution = self.convolution(&format!("{name}.conv3.conv"))?;
            Ok((convolution, self.normalisation(&format!("{name}.norm3"))?))
        });
        Ok(ResidualBlock {
            conv1: self.convolution(&format!("{name}.conv1.conv"))?,
            norm1: self.normalisation(&format!("{name}.norm1"))?,
            conv2: self.convolution(&format!("{name}.conv2.conv"))?,
            norm2: self.normalisation(&format!("{name}.norm2"))?,
            shortcut: shortcut.transpose()?,
            stride,
        })
    }

    fn up_block(&self, index: usize) -> Result<UpBlock, Error> {
        let name = format!("backbone.upsamples.{index}");
        let (shape, values) = self.get(&format!("{name}.transp_conv.conv.weight"))?;
        let [channels_in, channels_out, ..] = shape[..] else {
            return Err(Error::Weights(format!("{name} has no kernel")));
        };
        let taps = shape[2..].iter().product();
        let pair = format!("{name}.conv_block");
        Ok(UpBlock {
            transposed: TransposedConvolution::new(&values, channels_in, channels_out, taps),
            conv1: self.convolution(&format!("{pair}.conv1.conv"))?,
            norm1: self.normalisation(&format!("{pair}.norm1"))?,
            conv2: self.convolution(&format!("{pair}.conv2.conv"))?,
            norm2: self.normalisation(&format!("{pair}.norm2"))?,
        })
    }

    fn probes(&self, classes: usize) -> Result<ProbeHead, Error> {
        let (shape, probes) = self.get("unc_head.probe_conv.weight")?;
        let count = shape.first().copied().unwrap_or(0);
        let softplus = |x: f32| x.max(0.0) + (-x.abs()).exp().ln_1p();
        let (_, alpha) = self.get("unc_head.alpha")?;
        let (_, mut loading) = self.get("unc_head.probe_to_class.weight")?;
        for (index, value) in loading.iter_mut().enumerate() {
            *value *= softplus(alpha[index % count]) + SCALE_FLOOR;
        }
        let aleatoric = self.has("unc_head.ale_head.weight").then(|| {
            let (_, weight) = self.get("unc_head.ale_head.weight")?;
            Ok::<_, Error>((weight, self.number("unc_head.ale_head.bias")?))
        });
        // The signs of `cos(pi (i + 1) (r + 1/2) / R)`, the argument rounded in 32 bits as in the reference.
        let patterns = (0..count * count).map(|index| {
            let (row, probe) = (index / count + 1, index % count);
            let turns = (std::f32::consts::PI * row as f32) * (probe as f32 + 0.5) / count as f32;
            if f64::from(turns).cos() >= 0.0 {
                1.0
            } else {
                -1.0
            }
        });
        Ok(ProbeHead {
            classes,
            features: shape.get(1).copied().unwrap_or(0),
            probes,
            loading,
            patterns: patterns.collect(),
            aleatoric: aleatoric.transpose()?,
            calibration: (
                self.get("unc_head.calibration_head.weight")?.1,
                self.number("unc_head.calibration_head.bias")?,
            ),
            steepness: STEEPNESS,
            ranking: [
                1.0 + 0.1 * self.number("unc_head.err_a")?.tanh(),
                self.number("unc_head.err_b")?,
                softplus(self.number("unc_head.err_c")?),
            ],
        })
    }
}

impl Model {
    /// From the contents of `model.json` and `weights.safetensors`.
    ///
    /// # Errors
    /// [`Error`] where they do not describe a network.
    pub fn read(description: &[u8], weights: &[u8]) -> Result<Self, Error> {
        let json: Value =
            serde_json::from_slice(description).map_err(|_| Error::Description("JSON in it"))?;
        let list = |value: &Value| -> Vec<usize> {
            let numbers = value.as_array().into_iter().flatten();
            numbers
                .filter_map(Value::as_u64)
                .map(|number| number as usize)
                .collect()
        };
        let weights =
            SafeTensors::deserialize(weights).map_err(|error| Error::Weights(error.to_string()))?;
        let weights = Weights(weights);
        let architecture = &json["architecture"];
        let filters = list(&architecture["filters"]);
        let window = match list(&json["preprocessing"]["patch"])[..] {
            [height, width] => Grid::new([1, height, width], true),
            [depth, height, width] => Grid::new([depth, height, width], false),
            _ => return Err(Error::Description("patch of two or three sizes")),
        };
        let classes = json["classes"].as_array().map_or(0, Vec::len);
        let mut encoder = vec![weights.residual_block("backbone.input_block", 1)?];
        for level in 0..3 {
            let name = format!("backbone.downsamples.{level}");
            encoder.push(weights.residual_block(&name, 2)?);
        }
        encoder.push(weights.residual_block("backbone.bottleneck", 2)?);
        let mixing = [(0, 1), (3, 4)].map(|(convolution, normalisation)| {
            let block = "fusion.fusion_block";
            Ok::<_, Error>((
                weights.convolution(&format!("{block}.{convolution}"))?,
                weights.normalisation(&format!("{block}.{normalisation}"))?,
            ))
        });
        let probes = weights.probes(classes)?;
        Ok(Self {
            name: json["id"].as_str().unwrap_or_default().to_owned(),
            channels: architecture["in_channels"].as_u64().unwrap_or(1) as usize,
            window,
            backbone: Backbone {
                encoder,
                decoder: (0..4)
                    .map(|index| weights.up_block(index))
                    .collect::<Result<_, _>>()?,
                output: weights.convolution("backbone.output_block.conv.conv")?,
                slope: SLOPE,
            },
            shapes: Shapes {
                filters,
                classes,
                probes: probes.probes.len() / probes.features.max(1),
            },
            head: Head {
                fusion: Some(Fusion {
                    projections: (0..3)
                        .map(|tap| weights.convolution(&format!("fusion.projections.{tap}")))
                        .collect::<Result<_, _>>()?,
                    mixing: mixing.into_iter().collect::<Result<_, _>>()?,
                }),
                probes,
            },
        })
    }

    /// Floating-point operations of the convolutions of backbone and head over a window; a product and a sum are two.
    #[must_use]
    pub fn operations(&self) -> [f64; 2] {
        let axes = if self.window.planar() { 2 } else { 3 };
        let (three, parts) = (3_usize.pow(axes), 1_usize << axes);
        let voxels = |level: u32| self.window.voxels() / parts.pow(level);
        let (f, probes) = (&self.shapes.filters, self.shapes.probes);
        let filters = |level: u32| f.get(level as usize).copied().unwrap_or(0);
        let mut backbone = voxels(0) * filters(0) * self.shapes.classes;
        for level in 0..5_u32 {
            let before = level.checked_sub(1).map_or(self.channels, filters);
            let encoder = before * (three + 1) + filters(level) * three;
            let decoder = filters(level + 1) + 3 * filters(level) * three;
            let decoder = if level < 4 { decoder } else { 0 };
            backbone += voxels(level) * filters(level) * (encoder + decoder);
        }
        let full = filters(0);
        let taps = voxels(2) * 2 * filters(2) + voxels(1) * 2 * filters(1) + voxels(0) * full;
        let mixing = voxels(0) * 4 * full * three;
        let maps = voxels(0) * (full * (probes + 1) + probes * self.shapes.classes * (probes + 1));
        let head = (taps + mixing) * full + maps;
        [2.0 * backbone as f64, 2.0 * head as f64]
    }

    /// Logits and all maps of a window, `[channels, spatial..]`, in the order of the maps in the crate's [`crate::MapValues`] from the
    /// ranking score on.
    #[must_use]
    pub fn run(&self, image: &[f32]) -> Option<Vec<f32>> {
        let pass = self.backbone.run(image, self.window);
        let maps = self.head.run(&pass)?;
        let mut output = pass.logits.to_image(0..self.shapes.classes);
        let none = Vec::new();
        for map in [
            &maps.ranking,
            &maps.calibration,
            &maps.epistemic,
            maps.aleatoric.as_ref().unwrap_or(&none),
            &maps.residual,
            &maps.entropy,
            &maps.margin,
            &maps.weight,
            &maps.anchor,
            &maps.probe,
        ] {
            output.extend_from_slice(map);
        }
        Some(output)
    }
}
