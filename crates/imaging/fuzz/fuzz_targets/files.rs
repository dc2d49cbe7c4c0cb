//! Several files at once, or an archive of them.
#![no_main]

use imaging_fuzz::files::run;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| run(bytes));
