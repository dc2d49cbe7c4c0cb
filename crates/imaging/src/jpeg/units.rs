//! The order of blocks in a scan (ITU-T T.81 section A.2).

use super::headers::{Frame, Scan};
use crate::Error;

/// Units (minimum coded units of interleaved scans) across and down.
pub(super) fn units(frame: &Frame) -> (usize, usize) {
    let (horizontal, vertical) = largest_factors(frame);
    (
        frame.columns.div_ceil(8 * horizontal),
        frame.rows.div_ceil(8 * vertical),
    )
}

pub(super) fn largest_factors(frame: &Frame) -> (usize, usize) {
    let parts = || frame.components.iter();
    (
        parts().map(|part| part.horizontal).max().unwrap_or(1),
        parts().map(|part| part.vertical).max().unwrap_or(1),
    )
}

/// What comes next in a scan.
pub(super) enum Next {
    /// A restart marker.
    Restart,
    /// A block of a component.
    Block {
        /// The component's place in the scan.
        part: usize,
        /// The component's place in the frame.
        component: usize,
        /// The block's row and column in the component.
        down: usize,
        across: usize,
    },
}

/// Visits the blocks and restart markers of a scan in their order; `restart_interval` is 0 without markers.
pub(super) fn for_each(
    frame: &Frame,
    scan: &Scan,
    restart_interval: usize,
    mut visit: impl FnMut(Next) -> Result<(), Error>,
) -> Result<(), Error> {
    let factors = |index: usize| {
        let component = frame.components.get(index);
        component.map_or((1, 1), |component| {
            (component.horizontal, component.vertical)
        })
    };
    let (mut units_across, mut units_down) = units(frame);
    let is_single = scan.components.len() == 1;
    if let [only] = scan.components.as_slice() {
        // A scan of one component has no padding blocks (section A.2.2).
        let (most_across, most_down) = largest_factors(frame);
        let (horizontal, vertical) = factors(only.index);
        units_across = (frame.columns * horizontal).div_ceil(8 * most_across);
        units_down = (frame.rows * vertical).div_ceil(8 * most_down);
    }
    for unit in 0..units_across * units_down {
        if restart_interval > 0 && unit > 0 && unit % restart_interval == 0 {
            visit(Next::Restart)?;
        }
        let (row, column) = (unit / units_across, unit % units_across);
        for (part, of_scan) in scan.components.iter().enumerate() {
            let component = of_scan.index;
            let (horizontal, vertical) = if is_single {
                (1, 1)
            } else {
                factors(component)
            };
            for inner in 0..horizontal * vertical {
                visit(Next::Block {
                    part,
                    component,
                    down: row * vertical + inner / horizontal,
                    across: column * horizontal + inner % horizontal,
                })?;
            }
        }
    }
    Ok(())
}
