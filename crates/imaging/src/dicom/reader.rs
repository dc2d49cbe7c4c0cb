//! Data elements from bytes (PS3.5 section 7), without copying values.
//!
//! Lengths are checked against what is there before anything is taken, nesting and the number of elements are bounded,
//! and nothing is allocated that a length merely claims. That is why this is not `dicom-object`'s reader: 0.10 panics on
//! hostile files (dicom-rs issues 543 and 828), and a panic ends the page.

use dicom_core::{DataDictionary as _, Tag, VR, dictionary::DataDictionaryEntry as _};
use dicom_dictionary_std::{StandardDataDictionary, tags};

use crate::byte_order::ByteOrder;
use crate::{Error, Format};

/// Sequences within sequences. Structured reports, the deepest objects there are, stay below 20.
const MAX_DEPTH: usize = 32;
/// Elements and items of one file. An enhanced image of 10 000 frames has about 500 000.
const MAX_ELEMENTS: usize = 1 << 21;
const UNDEFINED: u32 = u32::MAX;

const ITEM: Tag = Tag(0xFFFE, 0xE000);
const ITEM_DELIMITER: Tag = Tag(0xFFFE, 0xE00D);
const SEQUENCE_DELIMITER: Tag = Tag(0xFFFE, 0xE0DD);

/// How elements are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Encoding {
    /// Whether elements name their value representation.
    pub explicit: bool,
    pub byte_order: ByteOrder,
}

impl Encoding {
    pub(super) const EXPLICIT_LITTLE: Self = Self {
        explicit: true,
        byte_order: ByteOrder::LittleEndian,
    };
    pub(super) const IMPLICIT_LITTLE: Self = Self {
        explicit: false,
        byte_order: ByteOrder::LittleEndian,
    };

    pub(super) fn u16(self, bytes: [u8; 2]) -> u16 {
        self.byte_order.u16(bytes)
    }

    pub(super) fn u32(self, bytes: [u8; 4]) -> u32 {
        self.byte_order.u32(bytes)
    }

    pub(super) fn u64(self, bytes: [u8; 8]) -> u64 {
        self.byte_order.u64(bytes)
    }
}

/// What an element holds.
#[derive(Debug)]
pub(super) enum Value<'a> {
    Bytes(&'a [u8]),
    Items(Vec<DataSet<'a>>),
    /// Encapsulated pixel data: the Basic Offset Table, then the fragments (PS3.5 section A.4).
    Fragments(Vec<&'a [u8]>),
}

#[derive(Debug)]
pub(super) struct Element<'a> {
    pub tag: Tag,
    pub vr: VR,
    pub value: Value<'a>,
}

/// A data set, or an item of a sequence: elements by tag, ascending.
#[derive(Debug)]
pub(super) struct DataSet<'a> {
    pub elements: Vec<Element<'a>>,
    pub encoding: Encoding,
    /// What was wrong with the file and did no harm; of the outermost data set only.
    pub irregularities: Vec<Irregularity>,
}

/// A fault in how a file is written that leaves no doubt of what was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Irregularity {
    /// The pixel data has no sequence delimiter.
    OpenPixelData,
    /// An item or a sequence has no delimiter.
    OpenSequence,
    /// An element has a value representation that does not exist.
    UnknownRepresentation,
}

impl Irregularity {
    /// The sentence for the notes.
    pub(super) fn note(self) -> &'static str {
        match self {
            Self::OpenPixelData => {
                "The pixel data is not closed by its delimiter; all frames are there."
            }
            Self::OpenSequence => {
                "A sequence or an item in the file is not closed by its delimiter."
            }
            Self::UnknownRepresentation => {
                "An element in the file has a value representation that does not exist; it was passed over."
            }
        }
    }
}

impl<'a> DataSet<'a> {
    /// Reads elements up to and including the pixel data; what may follow it (padding, signatures) describes no image.
    pub(super) fn read(bytes: &'a [u8], encoding: Encoding) -> Result<Self, Error> {
        let mut reader = Reader {
            bytes,
            position: 0,
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
            bytes,
            position: 0,
            elements_left: MAX_ELEMENTS,
            irregularities: Vec::new(),
        };
        let mut elements = Vec::new();
        while let Some(&[low, high]) = bytes
            .get(reader.position..)
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
        Ok((group, reader.position))
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
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

    /// The tag that comes next.
    fn peek_tag(&self, encoding: Encoding) -> Option<Tag> {
        let rest = self.bytes.get(self.position..)?;
        let &[a, b, c, d] = rest.first_chunk()?;
        Some(Tag(encoding.u16([a, b]), encoding.u16([c, d])))
    }

    fn truncated(&self) -> Error {
        Error::truncated(Format::Dicom, self.bytes)
    }

    /// The next `length` bytes, which must lie before `end`.
    fn take(&mut self, length: usize, end: usize) -> Result<&'a [u8], Error> {
        let stop = self
            .position
            .checked_add(length)
            .filter(|&stop| stop <= end)
            .ok_or_else(|| self.truncated())?;
        let slice = self
            .bytes
            .get(self.position..stop)
            .ok_or_else(|| self.truncated())?;
        self.position = stop;
        Ok(slice)
    }

    fn take_array<const N: usize>(&mut self, end: usize) -> Result<[u8; N], Error> {
        let slice = self.take(N, end)?;
        slice.first_chunk().copied().ok_or_else(|| self.truncated())
    }

    fn tag(&mut self, end: usize, encoding: Encoding) -> Result<Tag, Error> {
        let group = encoding.u16(self.take_array(end)?);
        let element = encoding.u16(self.take_array(end)?);
        Ok(Tag(group, element))
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
        while self.position < end {
            if let Enclosure::OpenItem { is_sequence_open } = enclosure {
                match self.peek_tag(encoding) {
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
        let behind = self.bytes.get(self.position + 8..).unwrap_or_default();
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
        let tag = self.tag(end, encoding)?;
        if tag.0 == ITEM.0 {
            let length = encoding.u32(self.take_array(end)?);
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
        let (vr, length) = self.header(tag, end, encoding)?;
        let value = self.value(tag, vr, length, end, encoding, depth)?;
        Ok(Element { tag, vr, value })
    }

    /// Value representation and length.
    fn header(&mut self, tag: Tag, end: usize, encoding: Encoding) -> Result<(VR, u32), Error> {
        let named: [u8; 2] = self
            .bytes
            .get(self.position..)
            .and_then(|rest| rest.first_chunk())
            .copied()
            .ok_or_else(|| self.truncated())?;
        if !encoding.explicit {
            let length = encoding.u32(self.take_array(end)?);
            return Ok((dictionary_vr(tag), length));
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
        Ok((vr.unwrap_or(VR::UN), length))
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
    ) -> Result<(VR, u32), Error> {
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
                let is_followed = length != UNDEFINED
                    && next <= rest.len()
                    && self.begins_element(self.position + next, end, tag, encoding);
                is_followed.then_some((form, header, length))
            });
        match found {
            Some((form, header, length)) => {
                self.take(header, end)?;
                let vr = if form == 0 {
                    dictionary_vr(tag)
                } else {
                    self.note(Irregularity::UnknownRepresentation);
                    VR::UN
                };
                Ok((vr, length))
            }
            None => {
                let length = encoding.u32(self.take_array(end)?);
                Ok((dictionary_vr(tag), length))
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

    fn value(
        &mut self,
        tag: Tag,
        vr: VR,
        length: u32,
        end: usize,
        encoding: Encoding,
        depth: usize,
    ) -> Result<Value<'a>, Error> {
        if length == UNDEFINED {
            if matches!(vr, VR::OB | VR::OW) && (encoding.explicit || is_pixel_data(tag)) {
                return self.fragments(end, encoding).map(Value::Fragments);
            }
            let encoding = if vr == VR::UN {
                self.encoding_of_unknown(encoding)
            } else {
                encoding
            };
            return self.items(None, end, encoding, depth).map(Value::Items);
        }
        let length = usize::try_from(length).map_err(|_| self.truncated())?;
        let stop = self
            .position
            .checked_add(length)
            .filter(|&stop| stop <= end)
            .ok_or_else(|| self.truncated())?;
        match vr {
            VR::SQ => self
                .items(Some(stop), stop, encoding, depth)
                .map(Value::Items),
            // Archives that did not know an attribute keep it as it came, which is implicit or not.
            VR::UN if tag.0.is_multiple_of(2) && dictionary_vr(tag) == VR::SQ => {
                let start = self.position;
                let encoding = self.encoding_of_unknown(encoding);
                match self.items(Some(stop), stop, encoding, depth) {
                    Ok(items) if self.position <= stop => {
                        self.position = stop;
                        Ok(Value::Items(items))
                    }
                    // Whatever it is, its length is known.
                    _ => {
                        self.position = start;
                        self.take(length, end).map(Value::Bytes)
                    }
                }
            }
            _ => self.take(length, end).map(Value::Bytes),
        }
    }

    /// How the items of a sequence of unknown representation are written: implicit by the standard (PS3.5 section 6.2.2),
    /// explicit by some writers, which the letters after the first element's tag tell.
    fn encoding_of_unknown(&self, outer: Encoding) -> Encoding {
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

    /// Items up to `stop`, or up to the sequence's delimiter where its length is undefined.
    fn items(
        &mut self,
        stop: Option<usize>,
        end: usize,
        encoding: Encoding,
        depth: usize,
    ) -> Result<Vec<DataSet<'a>>, Error> {
        let mut items = Vec::new();
        while stop.is_none_or(|stop| self.position < stop) {
            self.count()?;
            let start = self.position;
            if stop.is_none() && start >= end {
                self.note(Irregularity::OpenSequence);
                break;
            }
            let tag = self.tag(end, encoding)?;
            let length = encoding.u32(self.take_array(end)?);
            match (tag, length) {
                (SEQUENCE_DELIMITER, _) => break,
                (ITEM, UNDEFINED) => {
                    let enclosure = Enclosure::OpenItem {
                        is_sequence_open: stop.is_none(),
                    };
                    items.push(self.data_set(end, encoding, depth + 1, enclosure)?);
                }
                (ITEM, length) => {
                    let item_end = usize::try_from(length)
                        .ok()
                        .and_then(|length| self.position.checked_add(length))
                        .filter(|&item_end| item_end <= end)
                        .ok_or_else(|| self.truncated())?;
                    let item = self.data_set(item_end, encoding, depth + 1, Enclosure::Item)?;
                    // An item may close itself early.
                    self.position = item_end;
                    items.push(item);
                }
                // The element that follows a sequence without a delimiter.
                (tag, _) if stop.is_none() && !items.is_empty() && tag.0 != ITEM.0 => {
                    self.note(Irregularity::OpenSequence);
                    self.position = start;
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
            if has_data && end.saturating_sub(self.position) < 8 {
                self.note(Irregularity::OpenPixelData);
                self.position = end;
                return Ok(fragments);
            }
            let tag = self.tag(end, encoding)?;
            let length = encoding.u32(self.take_array(end)?);
            match tag {
                SEQUENCE_DELIMITER => return Ok(fragments),
                ITEM => {
                    let length = usize::try_from(length).map_err(|_| self.truncated())?;
                    fragments.push(self.take(length, end)?);
                }
                _ if has_data => {
                    self.note(Irregularity::OpenPixelData);
                    self.position = end;
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

/// Pixel Data, Float Pixel Data and Double Float Pixel Data.
pub(super) fn is_pixel_data(tag: Tag) -> bool {
    matches!(
        tag,
        tags::PIXEL_DATA | tags::FLOAT_PIXEL_DATA | tags::DOUBLE_FLOAT_PIXEL_DATA
    )
}

/// The representation that the data dictionary (PS3.6) gives an attribute; UN for private and unknown ones.
pub(super) fn dictionary_vr(tag: Tag) -> VR {
    StandardDataDictionary
        .by_tag(tag)
        .map_or(VR::UN, |entry| entry.vr().relaxed())
}
