//! Fax compression in TIFF: a picture of any width and kind of coding, bits of any kind.
#![no_main]

use imaging_fuzz::ccitt::{Input, run};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: Input| run(input));
