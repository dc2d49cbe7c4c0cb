//! How far long work has come.

/// Is told after every step of long work; `()` does not listen.
pub trait Progress: std::fmt::Debug {
    /// `done` of `total` steps of `work` are done; `last` names the one that was done last, such as a case.
    fn step(&self, work: &str, done: usize, total: usize, last: &str);
}

impl Progress for () {
    fn step(&self, _work: &str, _done: usize, _total: usize, _last: &str) {}
}
