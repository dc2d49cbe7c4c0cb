//! Data elements from bytes (PS3.5 section 7).
//!
//! Lengths are checked against what is there before anything is taken, nesting and the number of elements are bounded,
//! and nothing is allocated that a length merely claims. That is why this is not `dicom-object`'s reader: 0.10 panics on
//! hostile files (dicom-rs issues 543 and 828), and a panic ends the page.

use dicom_core::{Tag, VR};

use super::cursor::Cursor;
use super::data_set::{
    DataSet, Element, Encoding, ITEM, Irregularity, UNDEFINED_LENGTH, Value, dictionary_vr,
    is_pixel_data,
};
use super::representation::Header;
use crate::{Error, Format};

/// Sequences within sequences. Structured reports, the deepest objects there are, stay below 20.
const MAX_DEPTH: usize = 32;
/// Elements and items of one file. An enhanced image of 10 000 frames has about 500 000.
const MAX_ELEMENTS: usize = 1 << 21;

const ITEM_DELIMITER: Tag = Tag(0xFFFE, 0xE00D);
const SEQUENCE_DELIMITER: Tag = Tag(0xFFFE, 0xE0DD);

impl<'a> DataSet<'a> {
    /// Reads elements up to and including the pixel data; what may follow it (padding, signatures) describes no image.
    pub(super) fn read(bytes: &'a [u8], encoding: Encoding) -> Result<Self, Error> {
        let mut reader = Reader {
            cursor: Cursor { bytes, position: 0 },
            elements_left: MAX_ELEMENTS,
            irregularities: Vec::new(),
        };
        let mut data_set = reader.data_set(bytes.len(), encoding, 0, Enclosure::None)?;
        data_set.irregularities = reader.irregularities;
        Ok(data_set)
    }

    /// Reads the elements of one group at the start of `bytes` and says where they end.
    pub(super) fn read_group(
        bytes: &'a [u8],
        encoding: Encoding,
        group: u16,
    ) -> Result<(Self, usize), Error> {
        let mut reader = Reader {
            cursor: Cursor { bytes, position: 0 },
            elements_left: MAX_ELEMENTS,
            irregularities: Vec::new(),
        };
        let mut elements = Vec::new();
        while let Some(&[low, high]) = bytes
            .get(reader.cursor.position..)
            .and_then(<[u8]>::first_chunk::<2>)
        {
            if encoding.u16([low, high]) != group {
                break;
            }
            elements.push(reader.element(bytes.len(), encoding, 0)?);
        }
        let group = Self {
            elements,
            encoding,
            irregularities: Vec::new(),
        };
        Ok((group, reader.cursor.position))
    }
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    elements_left: usize,
    irregularities: Vec<Irregularity>,
}

/// What a data set is in, which decides what may end it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Enclosure {
    None,
    /// An item whose end is known.
    Item,
    /// An item that its delimiter ends, in a sequence that its own delimiter ends or not.
    OpenItem {
        is_sequence_open: bool,
    },
}

impl<'a> Reader<'a> {
    fn note(&mut self, irregularity: Irregularity) {
        if !self.irregularities.contains(&irregularity) {
            self.irregularities.push(irregularity);
        }
    }

    fn count(&mut self) -> Result<(), Error> {
        self.elements_left = self.elements_left.checked_sub(1).ok_or_else(|| {
            Error::damaged(
                Format::Dicom,
                format!("it has more than {MAX_ELEMENTS} elements"),
            )
        })?;
        Ok(())
    }

    /// Elements up to `end`, or up to an item's delimiter.
    fn data_set(
        &mut self,
        end: usize,
        encoding: Encoding,
        depth: usize,
        enclosure: Enclosure,
    ) -> Result<DataSet<'a>, Error> {
        if depth > MAX_DEPTH {
            let detail = format!("its sequences are nested more than {MAX_DEPTH} deep");
            return Err(Error::damaged(Format::Dicom, detail));
        }
        let mut elements = Vec::new();
        while self.cursor.position < end {
            if let Enclosure::OpenItem { is_sequence_open } = enclosure {
                match self.cursor.peek_tag(encoding) {
                    // The next item begins before this one is closed.
                    Some(ITEM) => {
                        self.note(Irregularity::OpenSequence);
                        break;
                    }
                    Some(SEQUENCE_DELIMITER)
                        if is_sequence_open && self.closes_sequence(encoding) =>
                    {
                        self.note(Irregularity::OpenSequence);
                        break;
                    }
                    _ => {}
                }
            }
            let element = self.element(end, encoding, depth)?;
            match element.tag {
                ITEM_DELIMITER => break,
                // Left over from a sequence that was turned into another encoding by halves.
                SEQUENCE_DELIMITER => {}
                tag => {
                    elements.push(element);
                    if depth == 0 && is_pixel_data(tag) {
                        break;
                    }
                }
            }
        }
        // As it should be anyway; finding an element relies on it.
        elements.sort_by_key(|element: &Element<'_>| element.tag);
        Ok(DataSet {
            elements,
            encoding,
            irregularities: Vec::new(),
        })
    }

    /// Whether the sequence delimiter that comes next ends the sequence that an open item is in; one that is left over
    /// from a sequence within the item is followed by more of the item, or by its end.
    fn closes_sequence(&self, encoding: Encoding) -> bool {
        let behind = self
            .cursor
            .bytes
            .get(self.cursor.position + 8..)
            .unwrap_or_default();
        match behind.first_chunk() {
            Some(&[a, b, c, d]) => {
                let tag = Tag(encoding.u16([a, b]), encoding.u16([c, d]));
                !matches!(tag, ITEM | ITEM_DELIMITER)
            }
            None => true,
        }
    }

    fn element(
        &mut self,
        end: usize,
        encoding: Encoding,
        depth: usize,
    ) -> Result<Element<'a>, Error> {
        self.count()?;
        let tag = self.cursor.tag(end, encoding)?;
        if tag.0 == ITEM.0 {
            let length = encoding.u32(self.cursor.take_array(end)?);
            if tag == ITEM || length != 0 {
                return Err(Error::damaged(
                    Format::Dicom,
                    "an item stands outside a sequence",
                ));
            }
            let value = Value::Bytes(&[]);
            return Ok(Element {
                tag,
                vr: VR::UN,
                value,
            });
        }
        let Header {
            vr,
            length,
            irregularity,
        } = self.cursor.header(tag, end, encoding)?;
        irregularity.into_iter().for_each(|fault| self.note(fault));
        let value = self.value(tag, vr, length, end, encoding, depth)?;
        Ok(Element { tag, vr, value })
    }

    fn value(
        &mut self,
        tag: Tag,
        vr: VR,
        length: u32,
        end: usize,
        encoding: Encoding,
        depth: usize,
    ) -> Result<Value<'a>, Error> {
        if length == UNDEFINED_LENGTH {
            if matches!(vr, VR::OB | VR::OW) && (encoding.explicit || is_pixel_data(tag)) {
                return self.fragments(end, encoding).map(Value::Fragments);
            }
            let encoding = if vr == VR::UN {
                self.cursor.encoding_of_unknown(encoding)
            } else {
                encoding
            };
            return self.items(None, end, encoding, depth).map(Value::Items);
        }
        let length = usize::try_from(length).map_err(|_| self.cursor.truncated())?;
        let stop = self
            .cursor
            .position
            .checked_add(length)
            .filter(|&stop| stop <= end)
            .ok_or_else(|| self.cursor.truncated())?;
        match vr {
            VR::SQ => self
                .items(Some(stop), stop, encoding, depth)
                .map(Value::Items),
            // Archives that did not know an attribute keep it as it came, which is implicit or not.
            VR::UN if tag.0.is_multiple_of(2) && dictionary_vr(tag) == VR::SQ => {
                let start = self.cursor.position;
                let encoding = self.cursor.encoding_of_unknown(encoding);
                match self.items(Some(stop), stop, encoding, depth) {
                    Ok(items) if self.cursor.position <= stop => {
                        self.cursor.position = stop;
                        Ok(Value::Items(items))
                    }
                    // Whatever it is, its length is known.
                    _ => {
                        self.cursor.position = start;
                        self.cursor.take(length, end).map(Value::Bytes)
                    }
                }
            }
            _ => self.cursor.take(length, end).map(Value::Bytes),
        }
    }

    /// Items up to `stop`, or up to the sequence's delimiter where its length is undefined.
    fn items(
        &mut self,
        stop: Option<usize>,
        end: usize,
        encoding: Encoding,
        depth: usize,
    ) -> Result<Vec<DataSet<'a>>, Error> {
        let mut items = Vec::new();
        while stop.is_none_or(|stop| self.cursor.position < stop) {
            self.count()?;
            let start = self.cursor.position;
            if stop.is_none() && start >= end {
                self.note(Irregularity::OpenSequence);
                break;
            }
            let tag = self.cursor.tag(end, encoding)?;
            let length = encoding.u32(self.cursor.take_array(end)?);
            match (tag, length) {
                (SEQUENCE_DELIMITER, _) => break,
                (ITEM, UNDEFINED_LENGTH) => {
                    let enclosure = Enclosure::OpenItem {
                        is_sequence_open: stop.is_none(),
                    };
                    items.push(self.data_set(end, encoding, depth + 1, enclosure)?);
                }
                (ITEM, length) => {
                    let item_end = usize::try_from(length)
                        .ok()
                        .and_then(|length| self.cursor.position.checked_add(length))
                        .filter(|&item_end| item_end <= end)
                        .ok_or_else(|| self.cursor.truncated())?;
                    let item = self.data_set(item_end, encoding, depth + 1, Enclosure::Item)?;
                    // An item may close itself early.
                    self.cursor.position = item_end;
                    items.push(item);
                }
                // The element that follows a sequence without a delimiter.
                (tag, _) if stop.is_none() && !items.is_empty() && tag.0 != ITEM.0 => {
                    self.note(Irregularity::OpenSequence);
                    self.cursor.position = start;
                    break;
                }
                _ => {
                    return Err(Error::damaged(
                        Format::Dicom,
                        "a sequence holds something that is no item",
                    ));
                }
            }
        }
        Ok(items)
    }

    fn fragments(&mut self, end: usize, encoding: Encoding) -> Result<Vec<&'a [u8]>, Error> {
        let mut fragments = Vec::new();
        loop {
            self.count()?;
            // Beyond the offset table and a fragment, what is no further fragment ends the pixel data; whether all
            // frames are there is found out when they are sorted.
            let has_data = fragments.len() > 1;
            if has_data && end.saturating_sub(self.cursor.position) < 8 {
                self.note(Irregularity::OpenPixelData);
                self.cursor.position = end;
                return Ok(fragments);
            }
            let tag = self.cursor.tag(end, encoding)?;
            let length = encoding.u32(self.cursor.take_array(end)?);
            match tag {
                SEQUENCE_DELIMITER => return Ok(fragments),
                ITEM => {
                    let length = usize::try_from(length).map_err(|_| self.cursor.truncated())?;
                    fragments.push(self.cursor.take(length, end)?);
                }
                _ if has_data => {
                    self.note(Irregularity::OpenPixelData);
                    self.cursor.position = end;
                    return Ok(fragments);
                }
                _ => {
                    return Err(Error::damaged(
                        Format::Dicom,
                        "its pixel data holds something that is no fragment",
                    ));
                }
            }
        }
    }
}
