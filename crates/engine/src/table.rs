//! A report as a table: one row for the image, one for every class, one for every place to look at.

use serde::Serialize;

use crate::{Error, Report};

/// A row; what it has no value for stays empty.
#[derive(Debug, Default, Serialize)]
struct Row<'a> {
    /// `image`, `class` or `region`.
    item: &'static str,
    /// Place in the list, from 1.
    number: usize,
    class: &'a str,
    instead: &'a str,
    voxels: Option<u64>,
    expected_wrong: Option<f64>,
    false_object: Option<f64>,
    missed: Option<f64>,
    expected_voxels: Option<f64>,
    expected_dice: Option<f64>,
    max_shift: Option<f64>,
    first_column: Option<usize>,
    first_row: Option<usize>,
    first_plane: Option<usize>,
    last_column: Option<usize>,
    last_row: Option<usize>,
    last_plane: Option<usize>,
    image_score: Option<f64>,
    unlike: Option<bool>,
    summary: &'a str,
}

impl Report {
    /// The line, the classes and the places to look at as comma-separated values with a header (RFC 4180), coordinates as
    /// stored, from 0, ends included.
    ///
    /// # Errors
    /// [`Error::Table`] where the text cannot be written.
    pub fn to_csv(&self) -> Result<String, Error> {
        let fault = |error: &dyn std::error::Error| Error::Table(error.to_string());
        let mut table = csv::Writer::from_writer(Vec::new());
        for row in self.rows() {
            table.serialize(row).map_err(|error| fault(&error))?;
        }
        let bytes = table.into_inner().map_err(|error| fault(&error))?;
        String::from_utf8(bytes).map_err(|error| fault(&error))
    }

    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let image = Row {
            item: "image",
            number: 1,
            voxels: Some(self.shape.iter().map(|&length| length as u64).product()),
            expected_wrong: Some(self.expected_wrong.voxels),
            false_object: Some(self.expected_wrong.false_object),
            missed: Some(self.expected_wrong.missed),
            image_score: Some(self.image_score),
            unlike: self.unlike,
            summary: &self.summary,
            ..Row::default()
        };
        let classes = self.classes.iter().enumerate().map(|(place, class)| Row {
            item: "class",
            number: place + 1,
            class: &class.name,
            voxels: Some(class.voxels),
            expected_wrong: self.expected_wrong.per_class.get(&class.name).copied(),
            expected_voxels: class.expected_voxels,
            expected_dice: class.expected_dice,
            ..Row::default()
        });
        let regions = self.regions.iter().enumerate().map(|(place, region)| {
            let [first_column, first_row, first_plane] = region.bounding_box.first.map(Some);
            let [last_column, last_row, last_plane] = region.bounding_box.last.map(Some);
            Row {
                item: "region",
                number: place + 1,
                class: &region.class,
                instead: &region.instead,
                voxels: Some(region.voxels),
                expected_wrong: Some(region.expected_wrong),
                max_shift: Some(region.max_shift),
                first_column,
                first_row,
                first_plane,
                last_column,
                last_row,
                last_plane,
                ..Row::default()
            }
        });
        std::iter::once(image).chain(classes).chain(regions)
    }
}
