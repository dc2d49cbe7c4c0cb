//! Coefficients of all blocks, for codings that come back to a block in later scans.

use super::fault::damaged;
use super::headers::{Frame, Scan};
use super::sequential::{Plane, Transform, planes};
use super::tables::Tables;
use super::units::{self, Next, units};
use super::zigzag::ZIGZAG;
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
        units::for_each(frame, scan, restart_interval, |next| match next {
            Next::Restart => coder.restart(),
            Next::Block {
                part,
                component,
                down,
                across,
            } => {
                let block = self.components.get_mut(component).and_then(|component| {
                    let index = down * component.across + across;
                    component.blocks.get_mut(index)
                });
                match block {
                    Some(block) => coder.block(part, block),
                    None => Ok(()),
                }
            }
        })
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
                for (quantum, &place) in table.iter().zip(&ZIGZAG) {
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
