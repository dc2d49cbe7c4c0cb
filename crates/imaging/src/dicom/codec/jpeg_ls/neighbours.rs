//! The samples around one.

pub(super) fn at(line: &[i32], place: usize) -> i32 {
    line.get(place).copied().unwrap_or(0)
}

pub(super) fn set(line: &mut [i32], place: usize, value: i32) {
    if let Some(sample) = line.get_mut(place) {
        *sample = value;
    }
}

/// The samples next to one that are known already.
pub(super) struct Neighbours {
    pub(super) left: i32,
    pub(super) upper: i32,
    pub(super) upper_left: i32,
    pub(super) upper_right: i32,
}

impl Neighbours {
    pub(super) fn of(above: &[i32], current: &[i32], place: usize) -> Self {
        Self {
            left: at(current, place - 1),
            upper: at(above, place),
            upper_left: at(above, place - 1),
            upper_right: at(above, place + 1),
        }
    }

    /// The median of left, upper and their plane.
    pub(super) fn predicted(&self) -> i32 {
        let (low, high) = (self.left.min(self.upper), self.left.max(self.upper));
        if self.upper_left >= high {
            low
        } else if self.upper_left <= low {
            high
        } else {
            self.left + self.upper - self.upper_left
        }
    }
}
