//! Smooth lines along which a field has a level.

use std::fmt::Write as _;

use crate::Error;
use crate::error::{check_length, check_numbers};

/// A closed line: from the last point it goes back to the first, which is not repeated.
///
/// Points are (x, y) in pixels, x along columns and y along rows, from the image's upper left corner: the pixel of row 0
/// and column 0 covers 0 to 1 on both, and its value stands at its centre (0.5, 0.5).
#[derive(Debug, Clone, PartialEq)]
pub struct Contour {
    /// The points, at least three. On a screen, where y points down, what reaches the level is on the right hand.
    pub points: Vec<[f32; 2]>,
}

/// The lines around all places of a field that reach a level, by marching squares (Lorensen and Cline, SIGGRAPH 1987, in
/// two dimensions): between the centres of pixels the field is linear along rows and columns.
///
/// `field` `[rows, columns]`. Where four pixels leave open which corners belong together, the bilinear surface between
/// them decides at its saddle (Nielson and Hamann, IEEE Visualization 1991). Places that reach the image's edge are closed
/// along the edge. Lines come in the order of their uppermost, then leftmost, grid edge.
///
/// For the core that surely is an object and the band around it, take the class's probability at the level and at one
/// minus the level.
///
/// # Errors
/// [`Error::Length`] unless the field fits the shape, [`Error::NotANumber`] for a value, or a level, that is not a number.
pub fn contours(field: &[f32], shape: [usize; 2], level: f32) -> Result<Vec<Contour>, Error> {
    let [rows, columns] = shape;
    check_length("the field", field.len(), rows.saturating_mul(columns))?;
    check_numbers("the field", field)?;
    check_numbers("the level", &[level])?;
    let grid = Grid {
        field,
        rows,
        columns,
        level,
    };
    let mut steps = Vec::new();
    // The cell (row, column) has the pixel of that place as its lower right corner; cells of the rim have corners outside.
    for row in 0..=rows {
        for column in 0..=columns {
            grid.push_steps(row, column, &mut steps);
        }
    }
    steps.sort_unstable();
    Ok(grid.follow(&steps))
}

struct Grid<'a> {
    field: &'a [f32],
    rows: usize,
    columns: usize,
    level: f32,
}

/// An edge of the grid between two neighbouring pixels, one of which may lie outside: the pixel after it, one row and
/// one column counted more for the rim, and its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    row: u32,
    column: u32,
    /// Whether it joins pixels of one column; of one row otherwise.
    vertical: bool,
}

impl Grid<'_> {
    /// The value of a pixel counted from 1 on; none outside.
    fn value(&self, row: usize, column: usize) -> Option<f32> {
        let (row, column) = (row.checked_sub(1)?, column.checked_sub(1)?);
        if row < self.rows && column < self.columns {
            self.field.get(row * self.columns + column).copied()
        } else {
            None
        }
    }

    fn push_steps(&self, row: usize, column: usize, steps: &mut Vec<(Edge, Edge)>) {
        let corners = [
            self.value(row, column),
            self.value(row, column + 1),
            self.value(row + 1, column + 1),
            self.value(row + 1, column),
        ];
        let inside = corners.map(|value| value.is_some_and(|value| value >= self.level));
        if inside == [true; 4] || inside == [false; 4] {
            return;
        }
        let (row, column) = (row as u32, column as u32);
        let edge = |row, column, vertical| Edge {
            row,
            column,
            vertical,
        };
        // Upper, right, lower, left.
        let edges = [
            edge(row, column, false),
            edge(row, column + 1, true),
            edge(row + 1, column, false),
            edge(row, column, true),
        ];
        // Walking clockwise around the cell, a line enters where the corners leave the inside and ends where they are
        // inside again, so that the inside is on its right.
        let leaves = |side: usize| inside[side] && !inside[(side + 1) % 4];
        let enters = |side: usize| !inside[side] && inside[(side + 1) % 4];
        let joined = !self.splits(corners);
        for from in (0..4).filter(|&side| leaves(side)) {
            // With one line there is one way; with two, the lines cut off the outside corners where the inside is joined.
            let ahead = [1, 2, 3].map(|step| (from + step) % 4);
            let to = if joined {
                ahead.into_iter().find(|&side| enters(side))
            } else {
                ahead.into_iter().rev().find(|&side| enters(side))
            };
            if let Some(to) = to {
                steps.push((edges[from], edges[to]));
            }
        }
    }

    /// Whether the two inside corners that face each other across a cell are apart.
    fn splits(&self, corners: [Option<f32>; 4]) -> bool {
        let [Some(a), Some(b), Some(c), Some(d)] = corners else {
            // Outside there is nothing that could join.
            return true;
        };
        let [a, b, c, d] = [a, b, c, d].map(f64::from);
        let (product, sum) = (a * c - b * d, a + c - b - d);
        let saddle = if sum == 0.0 {
            (a + b) / 2.0
        } else {
            product / sum
        };
        saddle < f64::from(self.level)
    }

    /// Whether one of the pixels that an edge joins lies outside the image.
    fn on_rim(&self, edge: Edge) -> bool {
        let (place, length) = if edge.vertical {
            (edge.row, self.rows)
        } else {
            (edge.column, self.columns)
        };
        place == 0 || place as usize == length
    }

    /// Where the level lies on an edge.
    fn point(&self, edge: Edge) -> [f32; 2] {
        let (row, column) = (edge.row as usize, edge.column as usize);
        let (before, after) = if edge.vertical {
            (self.value(row, column), self.value(row + 1, column))
        } else {
            (self.value(row, column), self.value(row, column + 1))
        };
        let along = match (before, after) {
            (Some(before), Some(after)) => {
                let [before, after, level] = [before, after, self.level].map(f64::from);
                let share = (level - before) / (after - before);
                // Infinite values have no share.
                if share.is_finite() {
                    share.clamp(0.0, 1.0) - 0.5
                } else {
                    0.0
                }
            }
            // The image's own edge lies halfway between the rim and the centres outside.
            _ => 0.0,
        };
        let centre = |place: usize| place as f64 - 0.5;
        let [x, y] = if edge.vertical {
            [centre(column), row as f64 + along]
        } else {
            [column as f64 + along, centre(row)]
        };
        [x as f32, y as f32]
    }

    /// Closed lines through steps in rising order; every edge that begins one ends another.
    fn follow(&self, steps: &[(Edge, Edge)]) -> Vec<Contour> {
        let mut taken = vec![false; steps.len()];
        let mut lines = Vec::new();
        for start in 0..steps.len() {
            let mut points = Vec::new();
            let mut here = start;
            while let Some(seen) = taken.get_mut(here).filter(|seen| !**seen) {
                *seen = true;
                let Some(&(from, to)) = steps.get(here) else {
                    break;
                };
                let point = self.point(from);
                if points.last() != Some(&point) {
                    points.push(point);
                }
                // Around a corner of the image.
                if from.vertical != to.vertical && self.on_rim(from) && self.on_rim(to) {
                    let (along_x, along_y) = if from.vertical {
                        (to, from)
                    } else {
                        (from, to)
                    };
                    points.push([self.point(along_x)[0], self.point(along_y)[1]]);
                }
                here = steps.partition_point(|&(other, _)| other < to);
            }
            if points.len() > 1 && points.first() == points.last() {
                points.pop();
            }
            if points.len() > 2 {
                lines.push(Contour { points });
            }
        }
        lines
    }
}

impl Contour {
    /// The area inside in square pixels: positive around what reaches the level, negative around a hole in it.
    #[must_use]
    pub fn signed_area(&self) -> f64 {
        let next = self.points.iter().cycle().skip(1);
        let doubled: f64 = self
            .points
            .iter()
            .zip(next)
            .map(|(a, b)| f64::from(a[0]) * f64::from(b[1]) - f64::from(b[0]) * f64::from(a[1]))
            .sum();
        doubled / 2.0
    }
}

/// Lines as the data of an SVG path, coordinates rounded to hundredths; fill it by either rule.
#[must_use]
pub fn svg_path(contours: &[Contour]) -> String {
    let mut path = String::new();
    for contour in contours {
        for (number, [x, y]) in contour.points.iter().enumerate() {
            let command = if number == 0 { 'M' } else { 'L' };
            let [x, y] = [x, y].map(|place| (f64::from(*place) * 100.0).round() / 100.0);
            // Writing to a string does not fail.
            let _ = write!(path, "{command}{x} {y}");
        }
        path.push('Z');
    }
    path
}
