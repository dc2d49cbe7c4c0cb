//! NIfTI headers and voxels; then everything that is done with a volume.
#![no_main]

use imaging_fuzz::nifti::run;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| run(bytes));
