//! Images with their true labels, decoded one after the other.

use imaging::{Grid, Labels, Limits, NamedBytes, Volume, open, open_labels};

use crate::Error;

/// An image with its true labels, in memory; both on the image's own grid.
#[derive(Debug, Clone)]
pub struct LabelledImage {
    /// The image.
    pub volume: Volume,
    /// Class identifiers, `[planes, rows, columns]`, below the number of classes.
    pub labels: Labels,
}

impl LabelledImage {
    /// Decodes and checks a case for a model with `classes` classes, background included.
    ///
    /// Names tell formats apart where the bytes do not, and stand in messages; they may be whole paths.
    ///
    /// # Errors
    /// [`Error::Image`] for a file that cannot be decoded or holds an identifier of no class, [`Error::Size`] for labels
    /// of another size than the image.
    pub fn decode(image: &NamedBytes, labels: &NamedBytes, classes: usize) -> Result<Self, Error> {
        let limits = Limits::default();
        let classes = u8::try_from(classes).unwrap_or(u8::MAX);
        let volume = open(&image.bytes, file_name(&image.name), &limits)
            .map_err(|source| fault(image, source))?;
        let ids = open_labels(&labels.bytes, file_name(&labels.name), &limits, classes)
            .map_err(|source| fault(labels, source))?;
        if ids.shape != volume.shape {
            return Err(Error::Size {
                labels: labels.name.clone(),
                found: ids.shape,
                expected: volume.shape,
            });
        }
        Ok(Self {
            volume,
            labels: ids,
        })
    }

    /// Millimetres between planes, rows and columns, where the image says it.
    pub fn spacing(&self) -> Option<[f64; 3]> {
        let grid = Grid::new(self.volume.shape, self.volume.geometry.affine?);
        grid.ok().map(|grid| grid.spacing())
    }
}

/// Labelled images that are decoded one by one, so that memory does not grow with their number: files, or bytes.
pub trait Cases: std::fmt::Debug {
    /// How many there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Name of a case; empty beyond the last.
    fn name(&self, index: usize) -> &str;

    /// Decodes a case for a model with `classes` classes.
    ///
    /// # Errors
    /// Those of [`LabelledImage::decode`], [`Error::File`] for one that cannot be read, and [`Error::NoCase`] beyond the
    /// last.
    fn read(&self, index: usize, classes: usize) -> Result<LabelledImage, Error>;
}

/// A case whose files are in memory, as a page has them.
#[derive(Debug, Clone)]
pub struct CaseBytes {
    /// Name of the case, see [`case_name`](crate::case_name).
    pub name: String,
    /// The image's file.
    pub image: NamedBytes,
    /// The label file.
    pub labels: NamedBytes,
}

impl Cases for Vec<CaseBytes> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn name(&self, index: usize) -> &str {
        self.get(index).map_or("", |case| &case.name)
    }

    fn read(&self, index: usize, classes: usize) -> Result<LabelledImage, Error> {
        let case = self.get(index).ok_or(Error::NoCase {
            index,
            count: self.as_slice().len(),
        })?;
        LabelledImage::decode(&case.image, &case.labels, classes)
    }
}

/// Decodes every case once, so that a bad one is found before hours of work and not after.
///
/// # Errors
/// That of the first bad case.
pub fn check_cases(cases: &dyn Cases, classes: usize) -> Result<(), Error> {
    (0..cases.len()).try_for_each(|index| cases.read(index, classes).map(|_| ()))
}

fn fault(file: &NamedBytes, source: imaging::Error) -> Error {
    Error::Image {
        file: file.name.clone(),
        source,
    }
}

/// What stands after the last separator of folders.
fn file_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use imaging::NamedBytes;

    use super::{CaseBytes, Cases, LabelledImage, check_cases};

    fn file(name: &str, rows: usize, columns: usize) -> NamedBytes {
        NamedBytes {
            name: name.to_owned(),
            bytes: imaging::encode::png_mask(&vec![0; rows * columns], rows, columns).unwrap(),
        }
    }

    #[test]
    fn labels_of_another_size_are_refused() {
        let (image, labels) = (file("a/image.png", 2, 3), file("a/labels.png", 2, 3));
        let read = LabelledImage::decode(&image, &labels, 2).unwrap();
        assert_eq!(read.spacing(), None);
        let error = LabelledImage::decode(&image, &file("a/labels.png", 3, 2), 2).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a/labels.png has 1 x 3 x 2 voxels and its image has 1 x 2 x 3 voxels (planes x rows x columns); labels must have the image's size"
        );
    }

    #[test]
    fn cases_in_memory_are_checked_one_by_one() {
        let case = |name: &str, columns| CaseBytes {
            name: name.to_owned(),
            image: file("image.png", 2, 3),
            labels: file(name, 2, columns),
        };
        let mut cases = vec![case("a", 3), case("b", 3)];
        assert!(check_cases(&cases, 2).is_ok());
        assert_eq!((Cases::len(&cases), Cases::name(&cases, 1)), (2, "b"));
        cases.push(case("c", 4));
        let error = check_cases(&cases, 2).unwrap_err().to_string();
        assert!(error.starts_with("c has 1 x 2 x 4 voxels"), "{error}");
        let error = Cases::read(&cases, 3, 2).unwrap_err().to_string();
        assert!(error.starts_with("there is no case number 3"), "{error}");
    }
}
