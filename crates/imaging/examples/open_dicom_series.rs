//! Opens a folder of DICOM files, or any selection of files or ZIP archives, and says what is in it.
//!
//! ```text
//! cargo run -p penumbra-imaging --example open_dicom_series -- scans/patient-1
//! ```
//!
//! Names, dates and numbers of patients are read and kept for objects that refer to the series, and never printed.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use imaging::geometry::{Axis, Orientation};
use imaging::{Limits, NamedBytes, Volume, open_files};

fn main() -> ExitCode {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if paths.is_empty() {
        eprintln!("usage: open_dicom_series FOLDER | FILES..");
        return ExitCode::from(2);
    }
    match describe(&paths) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn describe(paths: &[PathBuf]) -> Result<(), Box<dyn Error>> {
    let mut files = Vec::new();
    for path in paths {
        read(path, &mut files)?;
    }
    let limits = Limits::default();
    // Nothing but headers is read here: which images belong together, in which order, is known before a pixel is.
    let opened = open_files(files, &limits)?;
    for sentence in &opened.skipped {
        println!("{sentence}");
    }
    for series in &opened.series {
        println!("{}", series.description);
        let volume = series.decode(&limits)?;
        print_geometry(&volume);
        for note in &volume.provenance.notes {
            println!("  {note}");
        }
    }
    Ok(())
}

fn print_geometry(volume: &Volume) {
    let [low, high] = volume.provenance.display_range();
    println!("  shown from {low} to {high}");
    let Ok(Some(grid)) = volume.grid() else {
        println!("  no geometry");
        return;
    };
    let [planes, rows, columns] = grid.spacing();
    println!("  voxels of {columns:.3} x {rows:.3} x {planes:.3} mm");
    let orientation = Orientation::of_grid(&grid);
    for (name, axis) in [
        ("columns", Axis::Column),
        ("rows", Axis::Row),
        ("planes", Axis::Plane),
    ] {
        let [first, last] = orientation.end_letters(axis);
        println!("  {name} run from {first} to {last}");
    }
    let [x, y, z] = grid.to_patient([0.0; 3]);
    println!("  the first voxel lies at ({x:.2}, {y:.2}, {z:.2}) mm, RAS+");
}

/// Reads a file, or all files below a folder.
fn read(path: &Path, files: &mut Vec<NamedBytes>) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            read(&entry?.path(), files)?;
        }
    } else {
        files.push(NamedBytes {
            name: path.to_string_lossy().into_owned(),
            bytes: fs::read(path)?,
        });
    }
    Ok(())
}
