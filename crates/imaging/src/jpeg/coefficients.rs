//! Coefficients of all blocks, for codings that come back to a block in later scans.

use super::fault::damaged;
use super::headers::{Frame, Scan};
use super::sequential::{Plane, Transform, largest_factors, planes, units};
use super::tables::Tables;
use crate::Error;
use crate::memory::allocate;

/// The coefficients of one block, in its natural order.
pub(super) type Block = [i16; 64];

/// The blocks of every component, padded to whole units.
pub(super) struct Coefficients {
    components: Vec<Component>,
}

struct Component {
    /// Blocks across, padding included.
    across: usize,
    blocks: Vec<Block>,
}

/// What a coding does with the blocks of a scan in their order.
pub(super) trait Coder {
    /// Passes a restart marker and begins anew.
    fn restart(&mut self) -> Result<(), Error>;

    /// Decodes a block of a component, which is given by its place in the scan.
    fn block(&mut self, part: usize, block: &mut Block) -> Result<(), Error>;
}

impl Coefficients {
    pub(super) fn new(frame: &Frame) -> Result<Self, Error> {
        let (across, down) = units(frame);
        let components = frame
            .components
            .iter()
            .map(|part| {
                let across = across * part.horizontal;
                Ok(Component {
                    across,
                    blocks: allocate(across * down * part.vertical, [0; 64])?,
                })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Self { components })
    }

    /// Takes a coder through the blocks of a scan (section A.2).
    pub(super) fn scan(
        &mut self,
        frame: &Frame,
        scan: &Scan,
        restart_interval: usize,
        coder: &mut impl Coder,
    ) -> Result<(), Error> {
        let sizes = |index: usize| {
            let part = frame.components.get(index);
            part.map_or((1, 1), |part| (part.horizontal, part.vertical))
        };
        let (mut across, mut down) = units(frame);
        let is_single = scan.components.len() == 1;
        if let [only] = scan.components.as_slice() {
            // A scan of one component has no padding blocks (section A.2.2).
            let (most_across, most_down) = largest_factors(frame);
            let (horizontal, vertical) = sizes(only.index);
            across = (frame.columns * horizontal).div_ceil(8 * most_across);
            down = (frame.rows * vertical).div_ceil(8 * most_down);
        }
        for unit in 0..across * down {
            if restart_interval > 0 && unit > 0 && unit % restart_interval == 0 {
                coder.restart()?;
            }
            let (row, column) = (unit / across, unit % across);
            for (place, part) in scan.components.iter().enumerate() {
                let (horizontal, vertical) = if is_single { (1, 1) } else { sizes(part.index) };
                let Some(component) = self.components.get_mut(part.index) else {
                    continue;
                };
                for inner in 0..horizontal * vertical {
                    let down = row * vertical + inner / horizontal;
                    let across = column * horizontal + inner % horizontal;
                    let index = down * component.across + across;
                    if let Some(block) = component.blocks.get_mut(index) {
                        coder.block(place, block)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Dequantises and transforms all blocks.
    pub(super) fn planes(&self, frame: &Frame, tables: &Tables) -> Result<Vec<Plane>, Error> {
        let mut planes = planes(frame)?;
        let transform = Transform::new(frame.precision);
        let components = self.components.iter().zip(&frame.components);
        for (plane, (component, header)) in planes.iter_mut().zip(components) {
            let table = tables
                .quantisation
                .get(header.quantisation)
                .and_then(Option::as_ref)
                .ok_or_else(|| damaged("a table is missing"))?;
            for (index, block) in component.blocks.iter().enumerate() {
                let (down, across) = (index / component.across, index % component.across);
                let mut values = [0.0_f32; 64];
                for (quantum, &place) in table.iter().zip(&super::sequential::ZIGZAG) {
                    let place = usize::from(place);
                    if let (Some(value), Some(&coefficient)) =
                        (values.get_mut(place), block.get(place))
                    {
                        *value = f32::from(coefficient) * f32::from(*quantum);
                    }
                }
                plane.place(&transform, &values, down, across);
            }
        }
        Ok(planes)
    }
}
