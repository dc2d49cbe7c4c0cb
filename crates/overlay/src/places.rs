//! The connected places of a plane that could be of a class, and what is in each.

use uq::Contour;
use vocabulary::RegionKind;

use crate::Existence;

/// Where a region of a volume lies on one of its planes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaneRegion {
    /// What may be wrong there.
    pub kind: RegionKind,
    /// First and last row.
    pub rows: [usize; 2],
    /// First and last column.
    pub columns: [usize; 2],
}

/// The places, connected across edges of pixels.
pub(crate) struct Places {
    size: [usize; 2],
    /// Number of the place of every pixel, from 1; 0 for pixels of none.
    numbers: Vec<u32>,
    contents: Vec<Contents>,
}

/// What is in a place.
#[derive(Debug, Clone, Copy, Default)]
struct Contents {
    /// A pixel that surely is of the class.
    sure: bool,
    /// A pixel that is marked as it.
    marked: bool,
}

impl Places {
    /// Where `field` reaches `outer`; sure is what reaches `inner`, marked what has the class in the mask.
    pub fn new(
        field: &[f32],
        mask: &[u8],
        size: [usize; 2],
        class: u8,
        [inner, outer]: [f32; 2],
    ) -> Self {
        let mut found = Self {
            size,
            numbers: vec![0; field.len()],
            contents: vec![Contents::default()],
        };
        let reaches = |at: usize, level: f32| field.get(at).is_some_and(|p| *p >= level);
        let mut open = Vec::new();
        for start in 0..field.len() {
            let number = u32::try_from(found.contents.len()).unwrap_or(u32::MAX);
            let mut contents = Contents::default();
            found.take(start, number, reaches(start, outer), &mut open);
            if open.is_empty() {
                continue;
            }
            while let Some(at) = open.pop() {
                contents.sure |= reaches(at, inner);
                contents.marked |= mask.get(at) == Some(&class);
                for next in found.neighbours(at).into_iter().flatten() {
                    found.take(next, number, reaches(next, outer), &mut open);
                }
            }
            found.contents.push(contents);
        }
        found
    }

    /// Gives a pixel to a place, if it belongs to one and has none yet.
    fn take(&mut self, at: usize, number: u32, belongs: bool, open: &mut Vec<usize>) {
        if let Some(free) = self
            .numbers
            .get_mut(at)
            .filter(|free| belongs && **free == 0)
        {
            *free = number;
            open.push(at);
        }
    }

    fn neighbours(&self, at: usize) -> [Option<usize>; 4] {
        let [rows, columns] = self.size;
        let (row, column) = (at / columns.max(1), at % columns.max(1));
        [
            (row > 0).then(|| at - columns),
            (row + 1 < rows).then(|| at + columns),
            (column > 0).then(|| at - 1),
            (column + 1 < columns).then(|| at + 1),
        ]
    }

    /// What a line surrounds. On a plane of a volume a place is only called unsure or missed where a region says so: on
    /// another plane there may be more of it.
    pub fn existence(&self, line: &Contour, regions: Option<&[PlaneRegion]>) -> Existence {
        let mut all = Contents::default();
        for point in &line.points {
            for contents in self.around(*point) {
                all.sure |= contents.sure;
                all.marked |= contents.marked;
            }
        }
        let meets = |kind| regions.is_none_or(|regions| touches(line, regions, kind));
        match all {
            Contents {
                sure: false,
                marked: true,
            } if meets(RegionKind::FalseObject) => Existence::Unsure,
            Contents { marked: false, .. } if meets(RegionKind::MissedObject) => Existence::Missed,
            _ => Existence::Sure,
        }
    }

    /// What is in the places of the pixels whose centres are nearest to a point.
    fn around(&self, [x, y]: [f32; 2]) -> impl Iterator<Item = Contents> + '_ {
        let [rows, columns] = self.size;
        let near = |place: f32, length: usize| {
            let last = length.saturating_sub(1);
            let at = (place - 0.5).max(0.0);
            [at.floor(), at.ceil()].map(|at| (at as usize).min(last))
        };
        let (near_rows, near_columns) = (near(y, rows), near(x, columns));
        near_rows.into_iter().flat_map(move |row| {
            near_columns.into_iter().filter_map(move |column| {
                let number = *self.numbers.get(row * columns + column)?;
                let number = usize::try_from(number).ok().filter(|number| *number > 0)?;
                self.contents.get(number).copied()
            })
        })
    }
}

/// Whether a line has a point in a region of a kind.
fn touches(line: &Contour, regions: &[PlaneRegion], kind: RegionKind) -> bool {
    let within = |place: f32, [first, last]: [usize; 2]| {
        (first as f32 - 0.5..=last as f32 + 1.5).contains(&place)
    };
    regions
        .iter()
        .filter(|region| region.kind == kind)
        .any(|region| {
            line.points
                .iter()
                .any(|[x, y]| within(*y, region.rows) && within(*x, region.columns))
        })
}
