//! Files of any format, as an image and as labels.
#![no_main]

use imaging_fuzz::open::run;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| run(bytes));
