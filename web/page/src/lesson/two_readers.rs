//! Figure *readers*: where two people who marked the same image disagree.

/// What two readers marked, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Agreement {
    /// Marked by both.
    pub both: u64,
    /// Marked by the first alone.
    pub first: u64,
    /// Marked by the second alone.
    pub second: u64,
}

impl Agreement {
    /// Counts; none where the marks are not of one size.
    #[must_use]
    pub fn of(first: &[u8], second: &[u8]) -> Option<Self> {
        if first.len() != second.len() {
            return None;
        }
        let mut found = Self::default();
        for pair in first.iter().zip(second) {
            match (*pair.0 != 0, *pair.1 != 0) {
                (true, true) => found.both += 1,
                (true, false) => found.first += 1,
                (false, true) => found.second += 1,
                (false, false) => {}
            }
        }
        Some(found)
    }

    /// Dice of the two, 0..=1; 1 where neither marked anything.
    #[must_use]
    pub fn dice(&self) -> f64 {
        let all = 2 * self.both + self.first + self.second;
        if all == 0 {
            1.0
        } else {
            2.0 * self.both as f64 / all as f64
        }
    }
}

/// A picture of both, `[pixels, 4]`: grey where they agree, a colour each where one marks alone.
#[must_use]
pub fn picture(first: &[u8], second: &[u8], colours: [[u8; 3]; 3]) -> Vec<u8> {
    let [both, one, other] = colours;
    let pairs = first.iter().zip(second);
    let pixels = pairs.flat_map(|pair| {
        let [red, green, blue] = match (*pair.0 != 0, *pair.1 != 0) {
            (true, true) => both,
            (true, false) => one,
            (false, true) => other,
            (false, false) => [0, 0, 0],
        };
        [red, green, blue, 255]
    });
    pixels.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn dice_is_that_of_the_two_marks() {
        let found = Agreement::of(&[1, 1, 1, 0, 0], &[0, 1, 1, 1, 0]).unwrap();
        assert_eq!(
            found,
            Agreement {
                both: 2,
                first: 1,
                second: 1
            }
        );
        assert!((found.dice() - 4.0 / 6.0).abs() < 1e-12);
        assert_eq!(Agreement::of(&[], &[]).unwrap().dice(), 1.0);
        assert_eq!(Agreement::of(&[1], &[]), None);
    }

    #[test]
    fn each_kind_of_pixel_has_its_colour() {
        let colours = [[1, 1, 1], [2, 2, 2], [3, 3, 3]];
        let drawn = picture(&[1, 1, 0, 0], &[1, 0, 1, 0], colours);
        assert_eq!(
            drawn,
            [1, 1, 1, 255, 2, 2, 2, 255, 3, 3, 3, 255, 0, 0, 0, 255]
        );
    }

    #[test]
    fn the_readers_of_the_sample_agree_as_two_people_do() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let read = |file: &str| {
            let bytes = std::fs::read(folder.join(file)).unwrap();
            imaging::open_labels(&bytes, file, &imaging::Limits::default(), 2).unwrap()
        };
        let first = read("samples/fundus-vessels_labels.png");
        let second = read("lessons/uncertainty/fundus-vessels_reader-2.png");
        assert_eq!(first.shape, second.shape);
        let found = Agreement::of(&first.ids, &second.ids).unwrap();
        assert!((0.7..0.9).contains(&found.dice()), "{}", found.dice());
        println!("{found:?} {}", found.dice());
    }
}
