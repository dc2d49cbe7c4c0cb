//! MetaImage (itk.org/Wiki/MetaIO): `.mha` with its samples, `.mhd` with a file beside it.

use super::header::{GridHeader, Packing, affine, assumed, fields};
use crate::{Error, Format, SampleType};

const FORMAT: Format = Format::MetaImage;
/// A header of text is not longer.
const MAX_HEADER: usize = 1 << 16;

/// Whether a file begins with fields of a MetaImage header.
pub(super) fn is_meta_image(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(MAX_HEADER)).unwrap_or_default();
    let text = String::from_utf8_lossy(head);
    let first = text.lines().next().unwrap_or_default();
    let key = first.split('=').next().unwrap_or_default().trim();
    matches!(key, "ObjectType" | "NDims" | "Comment" | "ObjectSubType")
        && first.contains('=')
        && text.contains("NDims")
        && text.contains("ElementDataFile")
}

pub(super) fn header(bytes: &[u8]) -> Result<GridHeader, Error> {
    let head = bytes.get(..bytes.len().min(MAX_HEADER)).unwrap_or_default();
    // The name of the data ends the header.
    let key = b"ElementDataFile";
    let at = head
        .windows(key.len())
        .position(|window| window == key)
        .ok_or_else(|| missing("ElementDataFile"))?;
    let end = head
        .get(at..)
        .and_then(|rest| rest.iter().position(|&byte| byte == b'\n'))
        .map_or(head.len(), |length| at + length + 1);
    let text = String::from_utf8_lossy(head.get(..end).unwrap_or_default());
    let fields: Vec<(String, &str)> = fields(&text, '=').collect();
    let field = |names: &[&str]| {
        names.iter().find_map(|name| {
            fields
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| *value)
        })
    };
    let numbers = |names: &[&str]| -> Option<Vec<f64>> {
        field(names)?
            .split_whitespace()
            .map(|number| {
                number
                    .parse()
                    .ok()
                    .filter(|number: &f64| number.is_finite())
            })
            .collect()
    };
    let is_true = |names: &[&str]| {
        field(names).is_some_and(|text| text.eq_ignore_ascii_case("true") || text == "1")
    };
    let sizes: Vec<u64> = field(&["dimsize"])
        .and_then(|text| {
            text.split_whitespace()
                .map(|size| size.parse().ok())
                .collect()
        })
        .ok_or_else(|| missing("DimSize"))?;
    if sizes.is_empty() || sizes.contains(&0) || sizes.len() > 8 {
        return Err(missing("DimSize"));
    }
    let sample_type = field(&["elementtype"])
        .and_then(sample_type)
        .ok_or_else(|| Error::unsupported(FORMAT, "an unknown type of samples"))?;
    let components = field(&["elementnumberofchannels"])
        .map_or(Some(1), |text| text.parse().ok())
        .filter(|&components: &u64| components > 0)
        .ok_or_else(|| missing("ElementNumberOfChannels"))?;
    let data_file = field(&["elementdatafile"]).unwrap_or_default();
    if data_file.starts_with("LIST") || data_file.contains('%') {
        return Err(Error::unsupported(FORMAT, "its samples in several files"));
    }
    let is_local = data_file.eq_ignore_ascii_case("local");
    let mut notes = Vec::new();
    let dimensions = sizes.len();
    let spacing = numbers(&["elementspacing", "elementsize"]).unwrap_or_default();
    let size = |axis: usize| match spacing.get(axis) {
        Some(&size) if size != 0.0 => size.abs(),
        _ => 1.0,
    };
    let matrix = numbers(&["transformmatrix", "rotation", "orientation"])
        .filter(|matrix| matrix.len() == dimensions * dimensions);
    let origin = numbers(&["offset", "position", "origin"]).unwrap_or_default();
    let affine = match matrix {
        Some(matrix) => {
            let direction = |axis: usize| -> [f64; 3] {
                std::array::from_fn(|part| {
                    let is_missing = axis >= dimensions || part >= dimensions;
                    let cosine = if is_missing {
                        f64::from(u8::from(axis == part))
                    } else {
                        matrix.get(axis * dimensions + part).copied().unwrap_or(0.0)
                    };
                    cosine * size(axis)
                })
            };
            let origin = std::array::from_fn(|axis| origin.get(axis).copied().unwrap_or(0.0));
            affine(
                [direction(0), direction(1), direction(2)],
                origin,
                [-1.0, -1.0, 1.0],
            )
        }
        None => {
            let (affine, note) = assumed([size(0), size(1), size(2)]);
            notes.push(note);
            affine
        }
    };
    let packing = if !is_true(&["binarydata"]) && field(&["binarydata"]).is_some() {
        Packing::Text
    } else if is_true(&["compresseddata"]) {
        Packing::Deflate
    } else {
        Packing::None
    };
    let header_size = field(&["headersize"]).map_or(Some(0), |text| text.parse::<i64>().ok());
    let start = match (is_local, header_size) {
        (true, _) => Some(end as u64),
        // -1: the samples end with the file.
        (false, Some(-1)) => None,
        (false, size) => Some(size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0)),
    };
    let at = |axis: usize| sizes.get(axis).copied().unwrap_or(1);
    Ok(GridHeader {
        format: FORMAT,
        sample_type,
        big_endian: is_true(&["binarydatabyteordermsb", "elementbyteordermsb"]),
        sizes: [at(0), at(1), at(2)],
        components,
        times: sizes
            .iter()
            .skip(3)
            .fold(1, |product: u64, &size| product.saturating_mul(size)),
        is_colour: matches!(components, 3 | 4) && sample_type == SampleType::Uint8,
        packing,
        affine: Some(affine),
        notes,
        start,
        data_file: (!is_local).then(|| data_file.to_owned()),
    })
}

fn missing(name: &str) -> Error {
    Error::damaged(FORMAT, format!("its field {name} is missing or wrong"))
}

fn sample_type(name: &str) -> Option<SampleType> {
    // Arrays are several channels of the type.
    Some(match name.trim_end_matches("_ARRAY") {
        "MET_CHAR" => SampleType::Int8,
        "MET_UCHAR" => SampleType::Uint8,
        "MET_SHORT" => SampleType::Int16,
        "MET_USHORT" => SampleType::Uint16,
        "MET_INT" | "MET_LONG" => SampleType::Int32,
        "MET_UINT" | "MET_ULONG" => SampleType::Uint32,
        "MET_LONG_LONG" => SampleType::Int64,
        "MET_ULONG_LONG" => SampleType::Uint64,
        "MET_FLOAT" => SampleType::Float32,
        "MET_DOUBLE" => SampleType::Float64,
        _ => return None,
    })
}
