//! JPEG of every process of coding, 8 and 12 bits, one to four components, as our own decoder reads it; tables and scans
//! are left to the bytes behind the frame's header, or given so that the entropy-coded bits are reached at once.
#![no_main]

use imaging_fuzz::jpeg::{Input, run};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: Input| run(input));
