//! Which jobs are waiting or under way, and which of them were given up.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// The jobs that have not been answered yet, shared by the listener, which hears of cancellations while something runs,
/// and by what runs.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    /// Whether a job was given up, by its number.
    open: RefCell<BTreeMap<u32, bool>>,
    /// Wishes for a model that have arrived, and those that have been begun.
    loads: Cell<[u32; 2]>,
}

impl Jobs {
    /// A job has arrived.
    pub fn begin(&self, job: u32) {
        self.open.borrow_mut().insert(job, false);
    }

    /// A job is to be given up. One that is not open has been answered already, and its answer stands.
    pub fn cancel(&self, job: u32) {
        if let Some(cancelled) = self.open.borrow_mut().get_mut(&job) {
            *cancelled = true;
        }
    }

    /// Whether a job was given up.
    pub fn is_cancelled(&self, job: u32) -> bool {
        self.open.borrow().get(&job) == Some(&true)
    }

    /// A wish for a model has arrived.
    pub fn load_arrived(&self) {
        let [arrived, begun] = self.loads.get();
        self.loads.set([arrived.wrapping_add(1), begun]);
    }

    /// A wish for a model is looked at, in the order of their arrival.
    pub fn load_begins(&self) {
        let [arrived, begun] = self.loads.get();
        self.loads.set([arrived, begun.wrapping_add(1)]);
    }

    /// Whether another model was wished for after the one that is being loaded.
    pub fn load_is_superseded(&self) -> bool {
        let [arrived, begun] = self.loads.get();
        arrived != begun
    }

    /// A job has been answered.
    pub fn end(&self, job: u32) {
        self.open.borrow_mut().remove(&job);
    }
}

#[cfg(test)]
mod tests {
    use super::Jobs;

    #[test]
    fn several_jobs_can_be_given_up_at_once() {
        let jobs = Jobs::default();
        for job in 1..=3 {
            jobs.begin(job);
        }
        jobs.cancel(1);
        jobs.cancel(3);
        assert_eq!(
            [1, 2, 3].map(|job| jobs.is_cancelled(job)),
            [true, false, true]
        );
        jobs.end(1);
        assert!(!jobs.is_cancelled(1));
    }

    #[test]
    fn the_latest_wish_for_a_model_counts() {
        let jobs = Jobs::default();
        jobs.load_arrived();
        jobs.load_begins();
        assert!(!jobs.load_is_superseded());
        jobs.load_arrived();
        assert!(jobs.load_is_superseded());
        jobs.load_begins();
        assert!(!jobs.load_is_superseded());
    }

    #[test]
    fn what_was_answered_cannot_be_given_up_any_more() {
        let jobs = Jobs::default();
        jobs.cancel(4);
        jobs.begin(4);
        assert!(!jobs.is_cancelled(4));
    }
}
