//! NRRD, MetaImage and MGH: whatever the bytes, behind a beginning that is right; with samples behind the header and in
//! a file of their own.
#![no_main]

use imaging_fuzz::grid::{Input, run};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: Input| run(input));
