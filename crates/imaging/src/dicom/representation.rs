//! Value representations: named in the file, or to be found out (PS3.5 section 7.1).

use dicom_core::{Tag, VR};

use super::cursor::Cursor;
use super::data_set::{Encoding, ITEM, Irregularity, UNDEFINED_LENGTH, dictionary_vr};
use crate::Error;
use crate::byte_order::ByteOrder;

/// The representation and length of an element, and what was wrong with how they are written.
pub(super) struct Header {
    pub(super) vr: VR,
    pub(super) length: u32,
    pub(super) irregularity: Option<Irregularity>,
}

impl Header {
    fn regular(vr: VR, length: u32) -> Self {
        Self {
            vr,
            length,
            irregularity: None,
        }
    }
}

impl Cursor<'_> {
    /// Value representation and length of the element whose tag has just been taken.
    pub(super) fn header(
        &mut self,
        tag: Tag,
        end: usize,
        encoding: Encoding,
    ) -> Result<Header, Error> {
        let named: [u8; 2] = self
            .bytes
            .get(self.position..)
            .and_then(|rest| rest.first_chunk())
            .copied()
            .ok_or_else(|| self.truncated())?;
        if !encoding.explicit {
            let length = encoding.u32(self.take_array(end)?);
            return Ok(Header::regular(dictionary_vr(tag), length));
        }
        if !named.iter().all(u8::is_ascii_uppercase) {
            return self.without_representation(tag, end, encoding);
        }
        self.take(2, end)?;
        // Representations unknown here have long lengths (PS3.5 section 6.2.2 and 7.1.2).
        let vr = VR::from_binary(named);
        let is_long = match vr {
            None => true,
            Some(vr) => matches!(
                vr,
                VR::OB
                    | VR::OD
                    | VR::OF
                    | VR::OL
                    | VR::OV
                    | VR::OW
                    | VR::SQ
                    | VR::SV
                    | VR::UC
                    | VR::UN
                    | VR::UR
                    | VR::UT
                    | VR::UV
            ),
        };
        let length = if is_long {
            self.take(2, end)?;
            encoding.u32(self.take_array(end)?)
        } else {
            u32::from(encoding.u16(self.take_array(end)?))
        };
        Ok(Header::regular(vr.unwrap_or(VR::UN), length))
    }

    /// Value representation and length of an element that names no representation in an explicit data set. Some writers
    /// put implicit elements there; two letters cannot be the length of one that fits any sane file together with the two
    /// bytes that follow. Others write two zeros or question marks and go on as after a short or a long name: the form
    /// that another element follows is the one that was meant.
    fn without_representation(
        &mut self,
        tag: Tag,
        end: usize,
        encoding: Encoding,
    ) -> Result<Header, Error> {
        let rest = self.bytes.get(self.position..end).unwrap_or_default();
        let long = |at: usize| {
            let &quad = rest.get(at..)?.first_chunk::<4>()?;
            Some(encoding.u32(quad))
        };
        let short = rest
            .get(2..)
            .and_then(|rest| rest.first_chunk::<2>())
            .map(|&pair| u32::from(encoding.u16(pair)));
        let forms = [(4, long(0)), (4, short), (8, long(4))];
        let found = forms
            .into_iter()
            .enumerate()
            .find_map(|(form, (header, length))| {
                let length = length?;
                let next = (length as usize).checked_add(header)?;
                let is_followed = length != UNDEFINED_LENGTH
                    && next <= rest.len()
                    && self.begins_element(self.position + next, end, tag, encoding);
                is_followed.then_some((form, header, length))
            });
        match found {
            Some((form, header, length)) => {
                self.take(header, end)?;
                Ok(if form == 0 {
                    Header::regular(dictionary_vr(tag), length)
                } else {
                    Header {
                        vr: VR::UN,
                        length,
                        irregularity: Some(Irregularity::UnknownRepresentation),
                    }
                })
            }
            None => {
                let length = encoding.u32(self.take_array(end)?);
                Ok(Header::regular(dictionary_vr(tag), length))
            }
        }
    }

    /// Whether an element of a later tag, or nothing, begins at a place.
    fn begins_element(&self, at: usize, end: usize, after: Tag, encoding: Encoding) -> bool {
        let Some(rest) = self.bytes.get(at..end) else {
            return false;
        };
        if rest.is_empty() {
            return true;
        }
        let Some(&[a, b, c, d, first, second, ..]) = rest.first_chunk::<8>() else {
            return false;
        };
        let tag = Tag(encoding.u16([a, b]), encoding.u16([c, d]));
        let has_name = VR::from_binary([first, second]).is_some() || [first, second] == [0, 0];
        tag.0 == ITEM.0 || tag > after && tag.0 < 0x7FFF && has_name
    }

    /// How the items of a sequence of unknown representation are written: implicit by the standard (PS3.5 section 6.2.2),
    /// explicit by some writers, which the letters after the first element's tag tell.
    pub(super) fn encoding_of_unknown(&self, outer: Encoding) -> Encoding {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let is_item = self.peek_tag(Encoding::IMPLICIT_LITTLE) == Some(ITEM);
        let name = rest.get(12..14).and_then(|name| name.first_chunk::<2>());
        let is_explicit = is_item && name.is_some_and(|&name| VR::from_binary(name).is_some());
        if is_explicit && outer.byte_order == ByteOrder::LittleEndian {
            Encoding::EXPLICIT_LITTLE
        } else {
            Encoding::IMPLICIT_LITTLE
        }
    }
}
