//! What tells images at the same position apart.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::data_set::DataSet;
use super::frame_attributes::FrameAttributes;

/// How many attributes are looked at.
pub(super) const DISCRIMINATORS: usize = 14;

/// What tells images at the same position apart: file, segment, stack, time, acquisition, echo, diffusion, kind.
pub(super) fn discriminators(
    data_set: &DataSet<'_>,
    attributes: &FrameAttributes<'_, '_>,
    is_multi_frame: bool,
) -> [u64; DISCRIMINATORS] {
    let of = |group: Tag, attribute: Tag| {
        attributes
            .holder(group, attribute)
            .and_then(|holder| holder.bytes(attribute))
    };
    let top = |attribute: Tag| data_set.bytes(attribute);
    let values = [
        if is_multi_frame {
            top(tags::SOP_INSTANCE_UID)
        } else {
            None
        },
        of(
            tags::SEGMENT_IDENTIFICATION_SEQUENCE,
            tags::REFERENCED_SEGMENT_NUMBER,
        ),
        of(tags::FRAME_CONTENT_SEQUENCE, tags::STACK_ID),
        of(tags::FRAME_CONTENT_SEQUENCE, tags::TEMPORAL_POSITION_INDEX)
            .or_else(|| top(tags::TEMPORAL_POSITION_IDENTIFIER)),
        of(tags::FRAME_CONTENT_SEQUENCE, tags::FRAME_ACQUISITION_NUMBER)
            .or_else(|| top(tags::ACQUISITION_NUMBER)),
        of(tags::MR_ECHO_SEQUENCE, tags::EFFECTIVE_ECHO_TIME).or_else(|| top(tags::ECHO_TIME)),
        top(tags::ECHO_NUMBERS),
        of(tags::MR_DIFFUSION_SEQUENCE, tags::DIFFUSION_B_VALUE),
        of(
            tags::MR_DIFFUSION_SEQUENCE,
            tags::DIFFUSION_GRADIENT_ORIENTATION,
        ),
        top(tags::IMAGE_TYPE),
        of(
            tags::CARDIAC_SYNCHRONIZATION_SEQUENCE,
            tags::NOMINAL_CARDIAC_TRIGGER_DELAY_TIME,
        )
        .or_else(|| top(tags::TRIGGER_TIME)),
        top(tags::FRAME_OF_REFERENCE_UID),
        top(tags::ACQUISITION_TIME),
        top(tags::CONTENT_TIME),
    ];
    values.map(|value| value.map_or(0, fingerprint))
}

/// FNV-1a of the first bytes: enough to tell values apart without keeping them.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .take(256)
        .fold(0xCBF2_9CE4_8422_2325, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
        })
}
