//! Lossless JPEG (ITU-T T.81 annex H), processes 14 and 14 with selection value 1.

use super::fault::damaged;
use super::headers::{Frame, Scan};
use super::huffman::BitReader;
use super::tables::Tables;
use crate::{Error, Format};

/// Decodes one scan into `samples`, `[rows, columns, components]`.
pub(super) fn scan(
    bits: &mut BitReader<'_>,
    frame: &Frame,
    scan: &Scan,
    tables: &Tables,
    samples: &mut [i32],
) -> Result<(), Error> {
    let step = frame.components.len();
    if !(1..=7).contains(&scan.selection) || scan.point_transform >= frame.precision {
        return Err(damaged("a lossless scan has no valid predictor"));
    }
    if !tables.restart_interval.is_multiple_of(frame.columns) {
        return Err(Error::unsupported(
            Format::Jpeg,
            "lossless JPEG with restarts within rows",
        ));
    }
    let rows_between_restarts = tables.restart_interval / frame.columns;
    let parts = scan
        .components
        .iter()
        .map(|part| {
            let table = tables.dc.get(part.dc_table).and_then(Option::as_ref);
            Some((part.index, table?))
        })
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| damaged("a Huffman table is missing"))?;
    let first = 1 << (frame.precision - scan.point_transform - 1);
    let stride = frame.columns * step;
    let mut is_first_row = true;
    for row in 0..frame.rows {
        if rows_between_restarts > 0 && row > 0 && row % rows_between_restarts == 0 {
            bits.restart()?;
            is_first_row = true;
        }
        let (above, current) = samples
            .split_at_mut_checked(row * stride)
            .unwrap_or_default();
        let above = above
            .get(above.len().saturating_sub(stride)..)
            .unwrap_or_default();
        for column in 0..frame.columns {
            for &(index, table) in &parts {
                let place = column * step + index;
                let at = |line: &[i32], place: usize| line.get(place).copied().unwrap_or(0);
                let predicted = match (is_first_row, column) {
                    (true, 0) => first,
                    (true, _) => at(current, place - step),
                    (false, 0) => at(above, place),
                    (false, _) => {
                        let (left, up) = (at(current, place - step), at(above, place));
                        let corner = at(above, place - step);
                        match scan.selection {
                            1 => left,
                            2 => up,
                            3 => corner,
                            4 => left + up - corner,
                            5 => left + ((up - corner) >> 1),
                            6 => up + ((left - corner) >> 1),
                            _ => (left + up) >> 1,
                        }
                    }
                };
                let difference = match bits.symbol(table)? {
                    16 => 32768,
                    length @ 0..=15 => bits.signed(length)?,
                    _ => return Err(damaged("a difference is too large")),
                };
                if let Some(sample) = current.get_mut(place) {
                    *sample = (predicted + difference) & 0xFFFF;
                }
            }
        }
        is_first_row = false;
    }
    if scan.point_transform > 0 {
        for &(index, _) in &parts {
            for sample in samples.iter_mut().skip(index).step_by(step) {
                *sample <<= scan.point_transform;
            }
        }
    }
    Ok(())
}
