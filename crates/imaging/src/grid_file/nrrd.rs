//! NRRD (Nearly Raw Raster Data, teem.sourceforge.net/nrrd/format.html), attached and detached.

use super::header::{GridHeader, Packing, affine, assumed, fields, signs_of_space};
use crate::{Error, Format, SampleType};

const FORMAT: Format = Format::Nrrd;
/// A header of text is not longer.
const MAX_HEADER: usize = 1 << 20;

/// What one axis is.
#[derive(Debug, Clone, Copy)]
struct Axis {
    size: u64,
    is_space: bool,
    is_colour: bool,
    direction: Option<[f64; 3]>,
}

/// Whether a file begins as NRRD does.
pub(super) fn is_nrrd(bytes: &[u8]) -> bool {
    bytes.starts_with(b"NRRD000")
}

pub(super) fn header(bytes: &[u8]) -> Result<GridHeader, Error> {
    let head = bytes.get(..bytes.len().min(MAX_HEADER)).unwrap_or_default();
    // An empty line ends the header; a detached one may end with its file.
    let ends = [&b"\n\n"[..], b"\n\r\n"];
    let end = ends
        .iter()
        .filter_map(|end| {
            let at = head.windows(end.len()).position(|window| window == *end)?;
            Some((at, at + end.len()))
        })
        .min();
    let (text_end, data_at) = end.unwrap_or((head.len(), bytes.len()));
    let text = String::from_utf8_lossy(head.get(..text_end).unwrap_or_default());
    let mut fields: Vec<(String, &str)> = fields(&text, ':').collect();
    // The first statement of a field counts.
    fields.reverse();
    let field = |names: &[&str]| {
        names.iter().find_map(|name| {
            fields
                .iter()
                .rev()
                .find(|(key, _)| key == name)
                .map(|(_, value)| *value)
        })
    };
    let missing =
        |name: &str| Error::damaged(FORMAT, format!("its field {name} is missing or wrong"));
    let sizes: Vec<u64> = field(&["sizes"])
        .and_then(|text| {
            text.split_whitespace()
                .map(|size| size.parse().ok())
                .collect()
        })
        .ok_or_else(|| missing("sizes"))?;
    let sample_type = field(&["type"])
        .and_then(sample_type)
        .ok_or_else(|| Error::unsupported(FORMAT, "an unknown type of samples"))?;
    let packing = match field(&["encoding"])
        .unwrap_or("raw")
        .to_ascii_lowercase()
        .as_str()
    {
        "raw" => Packing::None,
        "gzip" | "gz" => Packing::Deflate,
        "bzip2" | "bz2" => Packing::Bzip2,
        "txt" | "text" | "ascii" => Packing::Text,
        other => {
            let what = format!(
                "the encoding {}",
                other.chars().take(12).collect::<String>()
            );
            return Err(Error::unsupported(FORMAT, what));
        }
    };
    let mut notes = Vec::new();
    let axes = axes(&sizes, &field)?;
    let space: Vec<&Axis> = axes.iter().filter(|axis| axis.is_space).collect();
    let first_space = axes.iter().position(|axis| axis.is_space).unwrap_or(0);
    let is_together = axes
        .iter()
        .skip(first_space)
        .take(space.len())
        .all(|axis| axis.is_space);
    if space.is_empty() || space.len() > 3 || !is_together {
        return Err(Error::unsupported(FORMAT, "axes in an unusual order"));
    }
    let product = |axes: &[Axis]| {
        axes.iter()
            .fold(1_u64, |product, axis| product.saturating_mul(axis.size))
    };
    let size = |axis: usize| space.get(axis).map_or(1, |axis| axis.size);
    let affine = affine_of(&space, &field, &mut notes);
    let data_file = field(&["datafile"]).map(str::to_owned);
    if data_file.as_deref().is_some_and(|name| {
        name.starts_with("LIST") || name.contains('%') || name.split_whitespace().count() > 3
    }) {
        return Err(Error::unsupported(FORMAT, "its samples in several files"));
    }
    let skip = |name: &str| field(&[name]).map_or(Some(0), |text| text.parse::<i64>().ok());
    let byte_skip = skip("byteskip").ok_or_else(|| missing("byte skip"))?;
    if skip("lineskip") != Some(0) {
        return Err(Error::unsupported(
            FORMAT,
            "lines to skip before its samples",
        ));
    }
    let start = if data_file.is_some() {
        0
    } else {
        data_at as u64
    };
    let is_colour = axes.iter().take(first_space).any(|axis| axis.is_colour)
        && sample_type == SampleType::Uint8;
    Ok(GridHeader {
        format: FORMAT,
        sample_type,
        big_endian: field(&["endian"]).is_some_and(|endian| endian.eq_ignore_ascii_case("big")),
        sizes: [size(0), size(1), size(2)],
        components: product(axes.get(..first_space).unwrap_or_default()),
        times: product(axes.get(first_space + space.len()..).unwrap_or_default()),
        is_colour,
        packing,
        affine,
        notes,
        start: u64::try_from(byte_skip)
            .ok()
            .map(|skip| start.saturating_add(skip)),
        data_file,
    })
}

fn sample_type(name: &str) -> Option<SampleType> {
    Some(match name.to_ascii_lowercase().as_str() {
        "signed char" | "int8" | "int8_t" => SampleType::Int8,
        "uchar" | "unsigned char" | "uint8" | "uint8_t" => SampleType::Uint8,
        "short" | "short int" | "signed short" | "signed short int" | "int16" | "int16_t" => {
            SampleType::Int16
        }
        "ushort" | "unsigned short" | "unsigned short int" | "uint16" | "uint16_t" => {
            SampleType::Uint16
        }
        "int" | "signed int" | "int32" | "int32_t" => SampleType::Int32,
        "uint" | "unsigned int" | "uint32" | "uint32_t" => SampleType::Uint32,
        "longlong"
        | "long long"
        | "long long int"
        | "signed long long"
        | "signed long long int"
        | "int64"
        | "int64_t" => SampleType::Int64,
        "ulonglong" | "unsigned long long" | "unsigned long long int" | "uint64" | "uint64_t" => {
            SampleType::Uint64
        }
        "float" => SampleType::Float32,
        "double" => SampleType::Float64,
        _ => return None,
    })
}

fn axes<'f>(
    sizes: &[u64],
    field: &impl Fn(&[&str]) -> Option<&'f str>,
) -> Result<Vec<Axis>, Error> {
    let kinds: Vec<String> = field(&["kinds"])
        .unwrap_or_default()
        .split_whitespace()
        .map(str::to_ascii_lowercase)
        .collect();
    let directions: Option<Vec<Option<[f64; 3]>>> = field(&["spacedirections"]).map(vectors);
    let axes: Vec<Axis> = sizes
        .iter()
        .enumerate()
        .map(|(index, &size)| {
            let kind = kinds.get(index).map(String::as_str);
            let direction = directions
                .as_ref()
                .and_then(|all| all.get(index).copied().flatten());
            let is_space = match (&directions, kind) {
                (Some(all), _) => all.get(index).is_some_and(Option::is_some),
                (None, Some(kind)) => matches!(kind, "domain" | "space" | "none" | "???"),
                // Without a word on axes, the first three are space.
                (None, None) => index < 3,
            };
            Axis {
                size,
                is_space,
                is_colour: kind.is_some_and(|kind| kind.contains("color")),
                direction,
            }
        })
        .collect();
    if sizes.is_empty() || sizes.len() > 16 || sizes.contains(&0) {
        return Err(Error::damaged(
            FORMAT,
            "a size is 0 or there are too many axes",
        ));
    }
    Ok(axes)
}

/// Vectors in brackets with commas, or `none`.
fn vectors(text: &str) -> Vec<Option<[f64; 3]>> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('(') {
            let (inside, behind) = after.split_once(')').unwrap_or((after, ""));
            let numbers: Vec<f64> = inside
                .split(',')
                .filter_map(|number| number.trim().parse().ok())
                .collect();
            // Pictures have two coordinates.
            found.push(match *numbers.as_slice() {
                [x, y, z] => Some([x, y, z]),
                [x, y] => Some([x, y, 0.0]),
                _ => None,
            });
            rest = behind.trim_start();
        } else {
            let (_, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            found.push(None);
            rest = behind.trim_start();
        }
    }
    found
}

fn affine_of<'f>(
    space: &[&Axis],
    field: &impl Fn(&[&str]) -> Option<&'f str>,
    notes: &mut Vec<String>,
) -> Option<crate::geometry::Affine> {
    let directions: Vec<[f64; 3]> = space.iter().filter_map(|axis| axis.direction).collect();
    let origin = field(&["spaceorigin"])
        .and_then(|text| vectors(text).first().copied().flatten())
        .unwrap_or_default();
    let named = field(&["space"]).and_then(signs_of_space);
    let along = match *directions.as_slice() {
        [i, j, k] => [i, j, k],
        // A picture in a plane: the third axis is at right angles.
        [i @ [a, b, c], j @ [d, e, f]] => {
            let normal = [b * f - c * e, c * d - a * f, a * e - b * d];
            let length = normal.iter().map(|part| part * part).sum::<f64>().sqrt();
            [i, j, normal.map(|part| part / length)]
        }
        _ => {
            let spacing: Vec<f64> = field(&["spacings"])?
                .split_whitespace()
                .map(|size| size.parse().unwrap_or(f64::NAN))
                .filter(|size: &f64| size.is_finite())
                .collect();
            let size = |axis: usize| spacing.get(axis).copied().unwrap_or(1.0).abs();
            let (affine, note) = assumed([size(0), size(1), size(2)]);
            notes.push(note);
            return Some(affine);
        }
    };
    match named {
        Some(signs) => Some(affine(along, origin, signs)),
        None => {
            let (_, note) = assumed([1.0; 3]);
            notes.push(note);
            Some(affine(along, origin, [-1.0, -1.0, 1.0]))
        }
    }
}
