//! How long the worker may be silent before it is given up.
//!
//! While the network computes on the CPU the worker can say nothing, so the limit depends on what is under way, and grows
//! with the time that its steps have taken. A worker that has ended is noticed at once by its lock; this is for one that
//! hangs, and for browsers without locks.

use protocol::Stage;

/// How often time is looked at, in milliseconds.
pub const TICK_MILLISECONDS: u32 = 500;
/// What one look adds at most: a computer that slept, or a page in the background, says nothing of the worker.
const MOST_PER_TICK: f64 = 2000.0;

/// Without a byte of the worker's module, in milliseconds.
const PROGRAM: f64 = 20_000.0;
/// While the module is compiled, a device is started and the known-answer test computes.
const PREPARING: f64 = 90_000.0;
/// While the worker waits, so that it gives a sign of life every second.
const WAITING: f64 = 10_000.0;
/// While a model's files arrive: the worker itself gives up after 20 s without a byte.
const FETCHING: f64 = 30_000.0;
/// A window of the network, at least.
const WINDOW: f64 = 30_000.0;
/// How much longer than the longest window so far one may take.
const WINDOWS: f64 = 8.0;
/// While the worker decodes, puts a result together, compares or makes a file.
const LONG: f64 = 120_000.0;

/// What is under way, as far as the watch must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    /// There is no worker.
    Nothing,
    /// The worker's module is fetched and started.
    Starting,
    /// A model is loaded.
    Loading,
    /// Nothing was asked for.
    Waiting,
    /// A job.
    Working,
}

/// What was last heard of the worker.
#[derive(Debug, Clone, Default)]
pub(super) struct Watch {
    /// The page's clock, in milliseconds.
    now: f64,
    /// When it was looked at last.
    looked: f64,
    /// Milliseconds since anything was heard.
    silence: f64,
    /// Milliseconds since the work went on.
    standstill: f64,
    /// The last progress, and when it came.
    progress: Option<(Stage, u32, u32, f64)>,
    /// When the first window began.
    began: f64,
    /// The longest window so far, or the known-answer test, in milliseconds.
    longest: f64,
}

impl Watch {
    /// The clock shows this, in milliseconds.
    pub(super) fn clock(&mut self, now: f64) {
        self.now = now;
    }

    /// Something else begins.
    pub(super) fn begin(&mut self) {
        self.silence = 0.0;
        self.standstill = 0.0;
        self.progress = None;
    }

    /// Something was heard.
    pub(super) fn heard(&mut self) {
        self.silence = 0.0;
    }

    /// The work went on.
    pub(super) fn went_on(&mut self, stage: Stage, done: u32, total: u32) {
        self.silence = 0.0;
        self.standstill = 0.0;
        if stage == Stage::Segment {
            match self.progress {
                Some((Stage::Segment, before, _, then)) if done > before => {
                    let each = (self.now - then) / f64::from(done - before);
                    self.longest = self.longest.max(each);
                }
                _ => self.began = self.now,
            }
        }
        self.progress = Some((stage, done, total, self.now));
    }

    /// The known-answer test, which is a window too, took this long.
    pub(super) fn tested(&mut self, milliseconds: f64) {
        self.longest = self.longest.max(milliseconds);
    }

    /// The longest window so far, in milliseconds; 0 before there was one.
    pub(super) const fn longest(&self) -> f64 {
        self.longest
    }

    /// Looks at the clock. Seconds without a sign of life, where that is too long for what is under way.
    pub(super) fn overdue(&mut self, doing: Doing) -> Option<f64> {
        let passed = (self.now - self.looked).clamp(0.0, MOST_PER_TICK);
        self.looked = self.now;
        self.silence += passed;
        self.standstill += passed;
        let (since, limit) = self.limit(doing)?;
        (since >= limit).then_some(since / 1000.0)
    }

    /// What counts as silence now, and how much of it is too much.
    fn limit(&self, doing: Doing) -> Option<(f64, f64)> {
        Some(match (doing, self.progress) {
            (Doing::Nothing, _) => return None,
            // Its script is alive while it waits for bytes, so signs of life say nothing of them.
            (Doing::Starting, Some((Stage::FetchProgram, done, total, _))) if done < total => {
                (self.standstill, PROGRAM)
            }
            (Doing::Starting, _) => (self.silence, PREPARING),
            (Doing::Loading, Some((Stage::FetchModel, ..))) => (self.silence, FETCHING),
            (Doing::Loading, _) => (self.silence, PREPARING),
            (Doing::Waiting, _) => (self.silence, WAITING),
            (Doing::Working, Some((Stage::Segment, done, total, _))) if done < total => {
                (self.silence, WINDOW.max(WINDOWS * self.longest))
            }
            (Doing::Working, Some((Stage::Segment, ..))) => {
                (self.silence, LONG.max(self.now - self.began))
            }
            (Doing::Working, _) => (self.silence, LONG),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lets seconds pass with a look every half second; seconds until it is too long.
    fn silent(watch: &mut Watch, doing: Doing, seconds: u32) -> Option<f64> {
        (0..2 * seconds).find_map(|_| {
            watch.clock(watch.now + f64::from(TICK_MILLISECONDS));
            watch.overdue(doing)
        })
    }

    #[test]
    fn what_is_under_way_decides_how_long_is_too_long() {
        for (doing, fits, too_long) in [
            (Doing::Waiting, 9, 10),
            (Doing::Starting, 89, 90),
            (Doing::Loading, 89, 90),
            (Doing::Working, 119, 120),
        ] {
            let mut watch = Watch::default();
            assert_eq!(silent(&mut watch, doing, fits), None, "{doing:?}");
            let seconds = silent(&mut watch, doing, 1);
            assert_eq!(seconds, Some(f64::from(too_long)), "{doing:?}");
        }
        assert_eq!(silent(&mut Watch::default(), Doing::Nothing, 900), None);
    }

    #[test]
    fn signs_of_life_count_but_not_for_bytes() {
        let mut watch = Watch::default();
        for _ in 0..60 {
            assert_eq!(silent(&mut watch, Doing::Waiting, 9), None);
            watch.heard();
        }
        watch.begin();
        watch.went_on(Stage::FetchProgram, 10, 100);
        for _ in 0..19 {
            assert_eq!(silent(&mut watch, Doing::Starting, 1), None);
            watch.heard();
        }
        assert_eq!(silent(&mut watch, Doing::Starting, 1), Some(20.0));
        // Once all of them are there it is the compiler that takes its time.
        watch.went_on(Stage::FetchProgram, 100, 100);
        assert_eq!(silent(&mut watch, Doing::Starting, 80), None);
    }

    #[test]
    fn the_limit_grows_with_the_windows() {
        let mut watch = Watch::default();
        watch.went_on(Stage::Segment, 0, 9);
        assert_eq!(silent(&mut watch, Doing::Working, 20), None);
        watch.went_on(Stage::Segment, 1, 9);
        assert_eq!(watch.longest(), 20_000.0);
        assert_eq!(silent(&mut watch, Doing::Working, 159), None);
        assert_eq!(silent(&mut watch, Doing::Working, 1), Some(160.0));
        // A known-answer test that took long is a warning, too.
        let mut watch = Watch::default();
        watch.tested(10_000.0);
        watch.went_on(Stage::Segment, 0, 9);
        assert_eq!(silent(&mut watch, Doing::Working, 79), None);
        assert_eq!(silent(&mut watch, Doing::Working, 1), Some(80.0));
        // Putting a result together may take as long as all windows together.
        let mut watch = Watch::default();
        for done in 0..=20 {
            watch.went_on(Stage::Segment, done, 20);
            if done < 20 {
                assert_eq!(silent(&mut watch, Doing::Working, 10), None);
            }
        }
        assert_eq!(silent(&mut watch, Doing::Working, 199), None);
    }

    #[test]
    fn a_computer_that_slept_raises_no_alarm() {
        let mut watch = Watch::default();
        for _ in 0..4 {
            watch.clock(watch.now + 3_600_000.0);
            assert_eq!(watch.overdue(Doing::Waiting), None);
        }
    }
}
