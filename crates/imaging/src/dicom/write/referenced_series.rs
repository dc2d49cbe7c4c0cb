//! What an object takes over from the series that it refers to.

use std::collections::BTreeSet;

use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

use super::data_set::Write as _;
use crate::Error;
use crate::dicom::{SourcePlane, SourceSeries};

/// Attributes of Type 2: without a value where the source has none.
const WITH_OR_WITHOUT_VALUE: [(Tag, VR); 9] = [
    // Module Patient (PS3.3 section C.7.1.1).
    (tags::PATIENT_NAME, VR::PN),
    (tags::PATIENT_ID, VR::LO),
    (tags::PATIENT_BIRTH_DATE, VR::DA),
    (tags::PATIENT_SEX, VR::CS),
    // Module General Study (PS3.3 section C.7.2.1).
    (tags::STUDY_DATE, VR::DA),
    (tags::STUDY_TIME, VR::TM),
    (tags::REFERRING_PHYSICIAN_NAME, VR::PN),
    (tags::STUDY_ID, VR::SH),
    (tags::ACCESSION_NUMBER, VR::SH),
];

/// Attributes that are taken over where the source has them.
const WHERE_PRESENT: [Tag; 17] = [
    tags::ISSUER_OF_PATIENT_ID,
    tags::PATIENT_SPECIES_DESCRIPTION,
    tags::PATIENT_SPECIES_CODE_SEQUENCE,
    tags::PATIENT_BREED_DESCRIPTION,
    tags::PATIENT_BREED_CODE_SEQUENCE,
    tags::BREED_REGISTRATION_SEQUENCE,
    tags::RESPONSIBLE_PERSON,
    tags::RESPONSIBLE_PERSON_ROLE,
    tags::RESPONSIBLE_ORGANIZATION,
    tags::PATIENT_IDENTITY_REMOVED,
    tags::DEIDENTIFICATION_METHOD,
    tags::DEIDENTIFICATION_METHOD_CODE_SEQUENCE,
    tags::STUDY_DESCRIPTION,
    // Module Patient Study (PS3.3 section C.7.2.2).
    tags::PATIENT_AGE,
    tags::PATIENT_SIZE,
    tags::PATIENT_WEIGHT,
    tags::PREGNANCY_STATUS,
];

/// The last attribute of the modules Clinical Trial Subject and Clinical Trial Study in their group.
const LAST_OF_CLINICAL_TRIAL: Tag = Tag(0x0012, 0x0055);

/// A series that has everything that an object needs to refer to it.
#[derive(Clone, Copy)]
pub(super) struct ReferencedSeries<'a> {
    series: &'a SourceSeries,
    study: &'a str,
    uid: &'a str,
}

impl<'a> ReferencedSeries<'a> {
    /// Checks a series of as many planes as the result has.
    pub(super) fn new(series: &'a SourceSeries, planes: usize) -> Result<Self, Error> {
        if series.planes.len() != planes {
            return Err(Error::WrongLength {
                what: "the source series",
                found: series.planes.len(),
                expected: planes,
            });
        }
        for plane in &series.planes {
            if !is_uid(&plane.sop_instance_uid) {
                return Err(missing("SOP Instance UID (0008,0018)"));
            }
            if !is_uid(&plane.sop_class_uid) {
                return Err(missing("SOP Class UID (0008,0016)"));
            }
        }
        Ok(Self {
            study: uid(series, tags::STUDY_INSTANCE_UID)
                .ok_or_else(|| missing("Study Instance UID (0020,000D)"))?,
            uid: uid(series, tags::SERIES_INSTANCE_UID)
                .ok_or_else(|| missing("Series Instance UID (0020,000E)"))?,
            series,
        })
    }

    /// The planes, in the volume's order.
    pub(super) fn planes(&self) -> &'a [SourcePlane] {
        &self.series.planes
    }

    /// Series Instance UID.
    pub(super) fn uid(&self) -> &'a str {
        self.uid
    }

    /// Frame of Reference UID.
    pub(super) fn frame_of_reference(&self) -> Option<&'a str> {
        uid(self.series, tags::FRAME_OF_REFERENCE_UID)
    }

    /// The first number of an attribute.
    pub(super) fn number(&self, tag: Tag) -> Option<f64> {
        self.series.attributes.get(tag)?.to_float64().ok()
    }

    /// All numbers of an attribute.
    pub(super) fn numbers(&self, tag: Tag) -> Option<Vec<f64>> {
        self.series.attributes.get(tag)?.to_multi_float64().ok()
    }

    /// Writes patient, study, clinical trial and the references to the source's images.
    pub(super) fn write(&self, object: &mut InMemDicomObject) {
        let attributes = &self.series.attributes;
        for (tag, vr) in WITH_OR_WITHOUT_VALUE {
            self.copy(object, tag, vr);
        }
        for element in attributes {
            let tag = element.header().tag;
            let clinical_trial = tag.group() == 0x0012 && tag <= LAST_OF_CLINICAL_TRIAL;
            if clinical_trial || WHERE_PRESENT.contains(&tag) {
                object.put(element.clone());
            }
        }
        object.text(tags::STUDY_INSTANCE_UID, VR::UI, self.study);
        self.write_lossy_compression(object);

        // Module Common Instance Reference (PS3.3 section C.12.2).
        let mut written = BTreeSet::new();
        let instances = self
            .planes()
            .iter()
            .filter(|plane| written.insert(&plane.sop_instance_uid));
        let instances = instances
            .map(|plane| {
                let mut item = InMemDicomObject::new_empty();
                reference(&mut item, plane);
                item
            })
            .collect();
        object.item(tags::REFERENCED_SERIES_SEQUENCE, |series| {
            series.text(tags::SERIES_INSTANCE_UID, VR::UI, self.uid);
            series.items(tags::REFERENCED_INSTANCE_SEQUENCE, instances);
        });
    }

    /// Module Frame of Reference (PS3.3 section C.7.4.1).
    pub(super) fn write_frame_of_reference(&self, object: &mut InMemDicomObject, uid: &str) {
        object.text(tags::FRAME_OF_REFERENCE_UID, VR::UI, uid);
        self.copy(object, tags::POSITION_REFERENCE_INDICATOR, VR::LO);
    }

    /// Writes an attribute of Type 2: with the source's value, or without one.
    pub(super) fn copy(&self, object: &mut InMemDicomObject, tag: Tag, vr: VR) {
        match self.series.attributes.get(tag) {
            Some(element) => drop(object.put(element.clone())),
            None => object.empty(tag, vr),
        }
    }

    /// What was computed from lossy images is lossy itself (PS3.3 section C.7.6.1.1.5).
    fn write_lossy_compression(&self, object: &mut InMemDicomObject) {
        let attributes = &self.series.attributes;
        let lossy = attributes
            .get(tags::LOSSY_IMAGE_COMPRESSION)
            .and_then(|element| element.to_str().ok())
            .is_some_and(|flag| flag.trim() == "01");
        object.text(
            tags::LOSSY_IMAGE_COMPRESSION,
            VR::CS,
            if lossy { "01" } else { "00" },
        );
        if lossy {
            for tag in [
                tags::LOSSY_IMAGE_COMPRESSION_RATIO,
                tags::LOSSY_IMAGE_COMPRESSION_METHOD,
            ] {
                if let Some(element) = attributes.get(tag) {
                    object.put(element.clone());
                }
            }
        }
    }
}

/// Writes the reference to a source image.
pub(super) fn reference(item: &mut InMemDicomObject, plane: &SourcePlane) {
    item.text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, &plane.sop_class_uid);
    item.text(
        tags::REFERENCED_SOP_INSTANCE_UID,
        VR::UI,
        &plane.sop_instance_uid,
    );
}

fn uid(series: &SourceSeries, tag: Tag) -> Option<&str> {
    // The value is borrowed as it stands: UIDs have no other form than text.
    let text = series
        .attributes
        .get(tag)?
        .value()
        .primitive()?
        .string()
        .ok()?;
    Some(trim(text)).filter(|text| is_uid(text))
}

/// UIDs are padded with a zero byte.
fn trim(text: &str) -> &str {
    text.trim_matches(['\0', ' '])
}

fn is_uid(text: &str) -> bool {
    let text = trim(text);
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn missing(attribute: &'static str) -> Error {
    Error::MissingAttribute { attribute }
}

/// The series that a volume was read from.
///
/// # Errors
/// [`Error::NotDicom`] if the volume is not from DICOM: nothing would say whose result it is.
pub fn source_series(volume: &crate::Volume) -> Result<&SourceSeries, Error> {
    match &volume.source {
        Some(crate::SourceHeader::Dicom(series)) => Ok(series),
        Some(crate::SourceHeader::Nifti(_)) | None => Err(Error::NotDicom),
    }
}
