//! Attributes that stand in functional groups or in the data set (PS3.3 section C.7.6.16).

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::data_set::DataSet;

/// The attributes of one frame: in its functional groups, in the shared ones, or in the data set itself.
pub(super) struct FrameAttributes<'d, 'a> {
    pub(super) data_set: &'d DataSet<'a>,
    shared: Option<&'d DataSet<'a>>,
    own: Option<&'d DataSet<'a>>,
}

impl<'d, 'a> FrameAttributes<'d, 'a> {
    pub(super) fn of(data_set: &'d DataSet<'a>, frame: usize) -> Self {
        Self {
            data_set,
            shared: data_set.first_item(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE),
            own: data_set
                .items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE)
                .get(frame),
        }
    }

    /// The group that has the attribute.
    pub(super) fn group(&self, group: Tag, attribute: Tag) -> Option<&'d DataSet<'a>> {
        [self.own, self.shared]
            .into_iter()
            .flatten()
            .filter_map(|groups| groups.first_item(group))
            .find(|item| item.get(attribute).is_some())
    }

    /// The group that has the attribute, or the data set, if it has it.
    pub(super) fn holder(&self, group: Tag, attribute: Tag) -> Option<&'d DataSet<'a>> {
        self.group(group, attribute)
            .or_else(|| self.data_set.get(attribute).map(|_| self.data_set))
    }
}
