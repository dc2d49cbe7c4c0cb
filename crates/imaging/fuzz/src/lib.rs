//! What the fuzz targets do, for libFuzzer and for the program `mutate`, which needs no instrumentation.

pub mod ccitt;
pub mod dicom;
pub mod dicom_series;
pub mod files;
pub mod grid;
pub mod jpeg;
pub mod jpeg_ls;
pub mod nifti;
pub mod open;
pub mod tiff;
