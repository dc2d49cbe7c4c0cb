//! `penumbra predict`: the files that the page saves.

use std::path::{Path, PathBuf};

use engine::{Doubt, Report, output};
use segwithu::head::MapKind;

use crate::Error;
use crate::arguments::DeviceChoice;
use crate::model::{device_name, engine, open, segment, stem, write};

/// Segments every file; a bad one is reported at the end, the others are done.
pub fn run(
    model: &str,
    out: &Path,
    device: DeviceChoice,
    maps: Option<&[String]>,
    files: &[PathBuf],
) -> Result<(), Error> {
    let wanted = maps
        .map(|names| {
            names
                .iter()
                .map(|name| map_kind(name))
                .collect::<Result<Vec<_>, _>>()
        })
        .transpose()?;
    let engine = engine(model, device)?;
    let mut first_fault = None;
    for file in files {
        if let Err(error) = predict(&engine, out, device, wanted.as_deref(), file) {
            // The last fault becomes the command's own message.
            if let Some(earlier) = first_fault.replace(error) {
                eprintln!("penumbra: {earlier}");
            }
        }
    }
    first_fault.map_or(Ok(()), Err)
}

fn map_kind(name: &str) -> Result<MapKind, Error> {
    MapKind::from_name(name).ok_or_else(|| {
        let known = MapKind::ALL.map(MapKind::name).join(", ");
        Error::Usage(format!("there is no map `{name}`; choose among {known}"))
    })
}

fn predict(
    engine: &engine::Engine,
    out: &Path,
    device: DeviceChoice,
    wanted: Option<&[MapKind]>,
    file: &Path,
) -> Result<(), Error> {
    let volume = open(file)?;
    let (result, elapsed) = segment(engine, &volume)?;
    let stem = stem(file);
    write(
        &out.join(format!("{stem}_seg.png")),
        &output::mask_png(&result)?,
    )?;
    for map in &result.maps {
        if wanted.is_none_or(|wanted| wanted.contains(&map.kind)) {
            write(
                &out.join(format!("{stem}_{}.tif", map.kind.name())),
                &output::map_tiff(&result, map)?,
            )?;
        }
    }
    let doubt = Doubt::new(engine.manifest(), &result)?;
    let overlay = output::overlay_png(engine.manifest(), &volume, &result, doubt.worst_plane())?;
    write(&out.join(format!("{stem}_overlay.png")), &overlay)?;
    let report = Report::new(
        engine.manifest(),
        &volume,
        &result,
        &doubt,
        device_name(device),
        elapsed,
    )?;
    write(
        &out.join(format!("{stem}_report.json")),
        report.to_json()?.as_bytes(),
    )?;
    println!(
        "{}: {} windows, {elapsed:.0} ms",
        file.display(),
        result.windows
    );
    Ok(())
}
