//! TIFF of either byte order: whatever the bytes, behind a header that is right.
#![no_main]

use imaging_fuzz::tiff::{Input, run};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: Input| run(input));
