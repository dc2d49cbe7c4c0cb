//! One DICOM file, as an image, as labels, as a series and in summary.
#![no_main]

use imaging_fuzz::dicom::run;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| run(bytes));
