//! Which fragments of encapsulated pixel data make which frame.

use dicom_dictionary_std::tags;

use crate::dicom::data_set::DataSet;
use crate::{Error, Format};

/// Sorts fragments into frames (PS3.5 section A.4): one each, or all of a single frame, or by an offset table, or by the
/// marker that begins a code stream.
pub(super) fn frames_of<'a>(
    file: &[u8],
    data_set: &DataSet<'a>,
    fragments: &[&'a [u8]],
    count: usize,
) -> Result<Vec<Vec<&'a [u8]>>, Error> {
    let (table, fragments) = fragments
        .split_first()
        .ok_or_else(|| Error::truncated(Format::Dicom, file))?;
    if count == 1 {
        return Ok(vec![fragments.to_vec()]);
    }
    if fragments.len() == count {
        return Ok(fragments.iter().map(|&fragment| vec![fragment]).collect());
    }
    if fragments.len() < count {
        return Err(Error::truncated(Format::Dicom, file));
    }
    let offsets: Vec<u64> = match data_set.bytes(tags::EXTENDED_OFFSET_TABLE) {
        Some(extended) => {
            let octets = extended.as_chunks::<8>().0.iter();
            octets.map(|&octet| u64::from_le_bytes(octet)).collect()
        }
        None => {
            let quads = table.as_chunks::<4>().0.iter();
            quads
                .map(|&quad| u64::from(u32::from_le_bytes(quad)))
                .collect()
        }
    };
    let mut frames: Vec<Vec<&[u8]>> = Vec::new();
    let mut position = 0_u64;
    for fragment in fragments {
        let begins = if offsets.len() == count {
            offsets.get(frames.len()) == Some(&position)
        } else {
            fragment.starts_with(&[0xFF, 0xD8]) || fragment.starts_with(&[0xFF, 0x4F, 0xFF, 0x51])
        };
        match frames.last_mut() {
            Some(frame) if !begins => frame.push(fragment),
            _ => frames.push(vec![fragment]),
        }
        // Offsets count the items' headers too.
        position += 8 + fragment.len() as u64;
    }
    if frames.len() != count {
        return Err(Error::damaged(
            Format::Dicom,
            format!("it has {count} frames, but data for {}", frames.len()),
        ));
    }
    Ok(frames)
}
