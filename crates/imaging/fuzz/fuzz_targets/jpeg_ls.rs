//! JPEG-LS: frame and scan of any parameters, entropy-coded bits of any kind.
#![no_main]

use imaging_fuzz::jpeg_ls::{Input, run};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: Input| run(input));
