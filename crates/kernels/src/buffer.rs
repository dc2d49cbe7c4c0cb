//! Memory for planes that is used again.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

/// Bytes that a thread keeps for its next pass. Without them every pass of a network asks the system for some ten
/// megabytes anew, which it hands out page by page, emptied: a fifth of the time of a pass over 256 x 256 pixels.
const KEPT: usize = 64 << 20;

thread_local! {
    static FREE: RefCell<Vec<Vec<f32>>> = const { RefCell::new(Vec::new()) };
}

/// Numbers of some kind: whoever takes a buffer writes all that is read later.
#[derive(Debug, Clone)]
pub(crate) struct Buffer(Vec<f32>);

impl Buffer {
    pub fn new(length: usize) -> Self {
        let used = FREE.with_borrow_mut(|free| {
            let fitting = free
                .iter()
                .enumerate()
                .filter(|(_, buffer)| buffer.len() >= length && buffer.len() <= 2 * length);
            let (index, _) = fitting.min_by_key(|(_, buffer)| buffer.len())?;
            Some(free.swap_remove(index))
        });
        match used {
            Some(mut buffer) => {
                buffer.truncate(length);
                Self(buffer)
            }
            None => Self(vec![0.0; length]),
        }
    }
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.0
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.0
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let buffer = std::mem::take(&mut self.0);
        // At the end of a thread there is nowhere to keep it.
        let _ = FREE.try_with(|free| {
            let mut free = free.borrow_mut();
            let kept = free
                .iter()
                .map(|buffer| size_of_val(buffer.as_slice()))
                .sum::<usize>();
            if kept + size_of_val(buffer.as_slice()) <= KEPT {
                free.push(buffer);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{Buffer, FREE, KEPT};

    #[test]
    fn memory_is_used_again_and_bounded() {
        let first = Buffer::new(1000);
        let place = first.as_ptr();
        drop(first);
        // Far too large for so few numbers.
        assert_ne!(Buffer::new(10).as_ptr(), place);
        let again = Buffer::new(900);
        assert_eq!((again.as_ptr(), again.len()), (place, 900));
        drop(Buffer::new(KEPT / 4 + 1));
        let kept = FREE.with_borrow(|free| free.iter().map(Vec::len).sum::<usize>());
        assert!(kept < 2000, "{kept}");
    }
}
