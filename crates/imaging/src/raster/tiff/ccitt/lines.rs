//! Lines as the places where their colour changes.

use super::bits::Bits;
use super::codes::Codes;

impl Codes {
    /// The places where a line's colour changes, from white on.
    pub(super) fn one_dimensional(
        &self,
        bits: &mut Bits<'_>,
        columns: usize,
    ) -> Option<Vec<usize>> {
        let mut changes = Vec::new();
        let mut place = 0;
        let mut is_black = false;
        while place < columns {
            // A line of nothing but empty runs would not end.
            if bits.is_at_end() || changes.len() > 2 * columns + 2 {
                return None;
            }
            place = self.run(bits, is_black)?.saturating_add(place).min(columns);
            changes.push(place);
            is_black = !is_black;
        }
        Some(changes)
    }

    /// The same of a line that is coded by its differences from the one above, whose changes are the `reference`.
    pub(super) fn two_dimensional(
        &self,
        bits: &mut Bits<'_>,
        reference: &[usize],
        columns: usize,
    ) -> Option<Vec<usize>> {
        let mut changes = Vec::new();
        // Before the first pixel at first.
        let mut place: Option<usize> = None;
        let mut is_black = false;
        while place.is_none_or(|place| place < columns) {
            if bits.is_at_end() || changes.len() > 2 * columns + 2 {
                return None;
            }
            let next = reference.partition_point(|&change| place.is_some_and(|at| change <= at));
            let next = next + usize::from((next % 2 == 1) != is_black);
            let change = |index: usize| reference.get(index).copied().unwrap_or(columns);
            let (first, second) = (change(next), change(next + 1));
            let (length, vertical) = match bits.peek(7) {
                0b100_0000.. => (1, 0),
                0b011_0000.. => (3, 1),
                0b010_0000.. => (3, -1),
                0b001_0000.. => {
                    bits.position += 3;
                    let start = place.unwrap_or(0);
                    let middle = start.saturating_add(self.run(bits, is_black)?).min(columns);
                    let end = middle
                        .saturating_add(self.run(bits, !is_black)?)
                        .min(columns);
                    changes.extend([middle, end]);
                    place = Some(end);
                    continue;
                }
                0b000_1000.. => {
                    bits.position += 4;
                    place = Some(second);
                    continue;
                }
                0b000_0110.. => (6, 2),
                0b000_0100.. => (6, -2),
                0b000_0011 => (7, 3),
                0b000_0010 => (7, -3),
                _ => return None,
            };
            bits.position += length;
            let found = first.checked_add_signed(vertical)?.min(columns);
            if place.is_some_and(|place| found < place) {
                return None;
            }
            changes.push(found);
            place = Some(found);
            is_black = !is_black;
        }
        Some(changes)
    }
}
