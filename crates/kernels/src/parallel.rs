//! Work on all processors natively, on one where there are no threads.

/// Runs `work` on every task.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn for_each<T: Send>(tasks: Vec<T>, work: impl Fn(T) + Send + Sync) {
    use rayon::prelude::*;
    if tasks.len() == 1 {
        tasks.into_iter().for_each(work);
    } else {
        tasks.into_par_iter().with_max_len(1).for_each(work);
    }
}

/// Runs `work` on every task.
#[cfg(target_arch = "wasm32")]
pub(crate) fn for_each<T>(tasks: Vec<T>, work: impl Fn(T)) {
    tasks.into_iter().for_each(work);
}
