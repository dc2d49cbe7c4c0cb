//! DICOM series: slices at any heights, leaning, of differing sizes, signs and bits; both ways of making uneven ones even.
#![no_main]

use imaging_fuzz::dicom_series::{Input, run};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: Input| run(input));
