//! The file around the data set (PS3.10 section 7): preamble, prefix, meta information, deflation.

use std::borrow::Cow;
use std::io::Read as _;

use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;

use super::data_set::{DataSet, Encoding, dictionary_vr};
use super::transfer_syntax::TransferSyntax;
use crate::byte_order::ByteOrder;
use crate::{Error, Format, Limits};

const PREAMBLE: usize = 128;
const PREFIX: &[u8] = b"DICM";

/// Whether a file is DICOM: by its prefix, or, without one, by a first element that can be nothing else. The first 4096
/// bytes are enough.
pub fn is_dicom(bytes: &[u8]) -> bool {
    bytes.get(PREAMBLE..PREAMBLE + PREFIX.len()) == Some(PREFIX)
        || bytes.starts_with(PREFIX)
        || is_bare_data_set(bytes)
}

/// A data set without preamble and prefix, as toolkits and archives of old wrote them: the first element is one of the
/// groups 0002 or 0008, known to the dictionary and short. Data sets that lost their first groups begin with the patient
/// or with an even later group; of those the second element must fit too.
fn is_bare_data_set(bytes: &[u8]) -> bool {
    match first_tag(bytes) {
        Some(tag) if matches!(tag.0, 0x0002 | 0x0008) => begins_with_element(bytes),
        Some(tag) if matches!(tag.0, 0x0010 | 0x0018 | 0x0020 | 0x0028) => {
            let next = first_length(bytes).and_then(|length| bytes.get(length..));
            begins_with_element(bytes)
                && next.is_some_and(|next| {
                    begins_with_element(next)
                        && first_tag(next).is_some_and(|second| second > tag && second.0 <= 0x0028)
                })
        }
        _ => false,
    }
}

fn first_tag(bytes: &[u8]) -> Option<Tag> {
    let &[g0, g1, e0, e1] = bytes.first_chunk::<4>()?;
    Some(Tag(
        u16::from_le_bytes([g0, g1]),
        u16::from_le_bytes([e0, e1]),
    ))
}

/// Bytes of the first element, if it is a short one.
fn first_length(bytes: &[u8]) -> Option<usize> {
    let &[_, _, _, _, a, b, c, d] = bytes.first_chunk::<8>()?;
    Some(match VR::from_binary([a, b]) {
        Some(VR::OB | VR::OW | VR::SQ | VR::UN | VR::UT) => return None,
        Some(_) => 8 + usize::from(u16::from_le_bytes([c, d])),
        None => 8_usize.checked_add(u32::from_le_bytes([a, b, c, d]) as usize)?,
    })
}

/// Whether bytes begin with an element that the dictionary knows and that is short.
fn begins_with_element(bytes: &[u8]) -> bool {
    let Some(&[_, _, _, _, a, b, c, d]) = bytes.first_chunk::<8>() else {
        return false;
    };
    let Some(tag) = first_tag(bytes) else {
        return false;
    };
    if dictionary_vr(tag) == VR::UN && tag.1 != 0 {
        return false;
    }
    match VR::from_binary([a, b]) {
        Some(VR::OB | VR::OW | VR::SQ | VR::UN | VR::UT) => (c, d) == (0, 0),
        Some(_) => u16::from_le_bytes([c, d]) <= 1024,
        None => u32::from_le_bytes([a, b, c, d]) <= 1024,
    }
}

/// A file taken apart.
pub(super) struct Part10<'a> {
    pub transfer_syntax: TransferSyntax,
    pub encoding: Encoding,
    /// The data set's bytes, inflated.
    pub body: Cow<'a, [u8]>,
}

impl<'a> Part10<'a> {
    pub(super) fn read(bytes: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        let mut rest = if bytes.get(PREAMBLE..PREAMBLE + PREFIX.len()) == Some(PREFIX) {
            bytes.get(PREAMBLE + PREFIX.len()..).unwrap_or_default()
        } else {
            bytes.strip_prefix(PREFIX).unwrap_or(bytes)
        };
        let (meta, end) = DataSet::read_group(rest, Encoding::EXPLICIT_LITTLE, 0x0002)
            .map_err(|error| whole_length(error, bytes))?;
        rest = rest.get(end..).unwrap_or_default();
        let transfer_syntax = match meta.text(tags::TRANSFER_SYNTAX_UID) {
            Some(uid) => TransferSyntax::from_uid(uid),
            None if looks_explicit(rest) => TransferSyntax::EXPLICIT_LITTLE,
            None => TransferSyntax::IMPLICIT_LITTLE,
        };
        let body = if transfer_syntax.deflated {
            Cow::Owned(inflate(rest, bytes, limits)?)
        } else {
            Cow::Borrowed(rest)
        };
        let mut encoding = transfer_syntax.encoding;
        // Meta information that contradicts the data set is a known fault of writers; the data set is right.
        if encoding.byte_order == ByteOrder::LittleEndian && body.len() >= 8 {
            encoding.explicit = looks_explicit(&body);
        }
        Ok(Self {
            transfer_syntax,
            encoding,
            body,
        })
    }

    /// The data set; `bytes` is the whole file, for the error that says how long it is.
    pub(super) fn data_set(&self, bytes: &[u8]) -> Result<DataSet<'_>, Error> {
        DataSet::read(&self.body, self.encoding).map_err(|error| whole_length(error, bytes))
    }
}

/// The reader knows a part of the file only; the user knows the file.
fn whole_length(error: Error, bytes: &[u8]) -> Error {
    match error {
        Error::Truncated { format, .. } => Error::truncated(format, bytes),
        error => error,
    }
}

/// Whether the first element names a value representation.
fn looks_explicit(body: &[u8]) -> bool {
    body.get(4..6)
        .and_then(|named| named.first_chunk())
        .is_some_and(|&named| VR::from_binary(named).is_some())
}

/// Raw deflate (RFC 1951), no further than the limit.
pub(super) fn inflate(packed: &[u8], file: &[u8], limits: &Limits) -> Result<Vec<u8>, Error> {
    let mut inflated = Vec::new();
    flate2::read::DeflateDecoder::new(packed)
        .take(limits.max_bytes.saturating_add(1))
        .read_to_end(&mut inflated)
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Error::truncated(Format::Dicom, file),
            _ => Error::damaged(Format::Dicom, "its deflated data set does not inflate"),
        })?;
    let bytes = inflated.len() as u64;
    if bytes > limits.max_bytes {
        return Err(Error::TooManyBytes {
            bytes,
            limit: limits.max_bytes,
        });
    }
    Ok(inflated)
}
