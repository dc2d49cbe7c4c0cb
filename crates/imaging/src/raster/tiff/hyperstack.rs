//! Pages of several channels and time points, as ImageJ and OME-TIFF describe them in ImageDescription.

use super::description::{Element, attribute, elements, field};

/// Most channels, planes and time points of one axis; far beyond any microscope's.
const MAX_AXIS: usize = 1 << 16;

/// Which page shows which channel, plane and time point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hyperstack {
    pub channels: usize,
    pub planes: usize,
    pub times: usize,
    /// Channel, plane and time point of each page; `None` for pages of other images.
    places: Vec<Option<[usize; 3]>>,
    /// Images that the file describes.
    pub images: usize,
}

impl Hyperstack {
    /// Reads the description of a file of `pages` pages; `None` where it says nothing of axes, or nothing that fits.
    pub(super) fn read(description: &str, pages: usize) -> Option<Self> {
        if description.starts_with("ImageJ=") {
            image_j(description, pages)
        } else if description.contains("<OME") || description.contains(":OME") {
            ome(description, pages)
        } else {
            None
        }
    }

    /// The pages of one channel and time point in the order of planes.
    pub(super) fn pages(&self, channel: usize, time: usize) -> Vec<usize> {
        let mut found: Vec<(usize, usize)> = self
            .places
            .iter()
            .enumerate()
            .filter_map(|(page, place)| match *place {
                Some([c, z, t]) if (c, t) == (channel, time) => Some((z, page)),
                _ => None,
            })
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, page)| page).collect()
    }

    fn new(sizes: [usize; 3], places: Vec<Option<[usize; 3]>>, images: usize) -> Option<Self> {
        let [channels, planes, times] = sizes;
        let stack = Self {
            channels,
            planes,
            times,
            places,
            images,
        };
        // Every plane of every channel and time point must be there once.
        let mut seen = std::collections::BTreeSet::new();
        let known = stack.places.iter().flatten();
        let all_differ = known.clone().all(|place| seen.insert(*place));
        let all_fit = known
            .clone()
            .all(|&[c, z, t]| c < channels && z < planes && t < times);
        let count = channels.checked_mul(planes)?.checked_mul(times)?;
        (all_differ && all_fit && known.count() == count).then_some(stack)
    }
}

/// Pages that ImageJ says there are: it writes one directory only where a stack is larger than 4 GiB.
pub(super) fn declared_pages(description: &str) -> Option<usize> {
    if description.starts_with("ImageJ=") {
        return field(description, "images")?.parse().ok();
    }
    // tifffile does so too where it is asked to.
    let shape = description.strip_prefix("{\"shape\": [")?;
    let (shape, rest) = shape.split_once(']')?;
    if !rest.contains("\"truncated\": true") {
        return None;
    }
    let sizes: Vec<usize> = shape
        .split(',')
        .map(|size| size.trim().parse().ok())
        .collect::<Option<_>>()?;
    let outer = sizes.len().checked_sub(2)?;
    sizes
        .iter()
        .take(outer)
        .try_fold(1_usize, |product, &size| product.checked_mul(size))
}

/// ImageJ counts channels fastest, then planes, then time.
fn image_j(description: &str, pages: usize) -> Option<Hyperstack> {
    let size = |key: &str| -> Option<usize> {
        match field(description, key) {
            Some(text) => text
                .parse()
                .ok()
                .filter(|size| (1..=MAX_AXIS).contains(size)),
            None => Some(1),
        }
    };
    let (channels, planes, times) = (size("channels")?, size("slices")?, size("frames")?);
    if channels.checked_mul(planes)?.checked_mul(times)? != pages || pages == 1 {
        return None;
    }
    let places = (0..pages)
        .map(|page| {
            let rest = page / channels;
            Some([page % channels, rest % planes, rest / planes])
        })
        .collect();
    Hyperstack::new([channels, planes, times], places, 1)
}

/// The first image of OME-XML (Open Microscopy Environment, schema 2016-06, element Pixels).
fn ome(description: &str, pages: usize) -> Option<Hyperstack> {
    let images = elements(description, "Image").count();
    let pixels = elements(description, "Pixels").next()?;
    let size = |key: &str| -> Option<usize> {
        let size = attribute(pixels.start, key)?.parse().ok()?;
        (1..=MAX_AXIS).contains(&size).then_some(size)
    };
    // Colours that share a page count as one channel.
    let body = pixels.body();
    let samples = elements(body, "Channel")
        .next()
        .and_then(|channel| {
            attribute(channel.start, "SamplesPerPixel")?
                .parse::<usize>()
                .ok()
        })
        .unwrap_or(1)
        .max(1);
    let channels = (size("SizeC")? / samples).max(1);
    let (planes, times) = (size("SizeZ")?, size("SizeT")?);
    let order = attribute(pixels.start, "DimensionOrder")?;
    let step = |place: [usize; 3], count: usize| {
        let [c, z, t] = place;
        // The place as a number in the file's own order, and back.
        let axes: Vec<(usize, usize)> = order
            .chars()
            .skip(2)
            .filter_map(|axis| match axis {
                'C' => Some((c, channels)),
                'Z' => Some((z, planes)),
                'T' => Some((t, times)),
                _ => None,
            })
            .collect();
        let index = axes.iter().rev().fold(0_usize, |index, &(place, size)| {
            index.saturating_mul(size).saturating_add(place)
        });
        let mut rest = index.saturating_add(count);
        let mut next = [0; 3];
        for axis in order.chars().skip(2) {
            let (slot, size) = match axis {
                'C' => (0, channels),
                'Z' => (1, planes),
                'T' => (2, times),
                _ => continue,
            };
            if let Some(value) = next.get_mut(slot) {
                *value = rest % size;
            }
            rest /= size;
        }
        next
    };
    let count = channels.checked_mul(planes)?.checked_mul(times)?;
    if count > pages {
        return None;
    }
    let mut places = vec![None; pages];
    let mut put = |page: usize, place: [usize; 3]| {
        if let Some(slot) = places.get_mut(page) {
            *slot = Some(place);
        }
    };
    let listed: Vec<Element<'_>> = elements(body, "TiffData").collect();
    let number = |element: &Element<'_>, key: &str| -> Option<usize> {
        attribute(element.start, key)?.parse().ok()
    };
    let is_whole = match listed.as_slice() {
        [] => true,
        [only] => number(only, "IFD").is_none() && number(only, "PlaneCount").is_none(),
        _ => false,
    };
    if is_whole {
        (0..count).for_each(|page| put(page, step([0; 3], page)));
    } else {
        for element in &listed {
            let first = number(element, "IFD").unwrap_or(0);
            let of = |key: &str| number(element, key).unwrap_or(0);
            let start = [of("FirstC") / samples, of("FirstZ"), of("FirstT")];
            let planes = number(element, "PlaneCount").unwrap_or(1).min(count);
            (0..planes).for_each(|plane| put(first.saturating_add(plane), step(start, plane)));
        }
    }
    Hyperstack::new([channels, planes, times], places, images)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Hyperstack, declared_pages};

    #[test]
    fn image_j_counts_channels_fastest() {
        let text =
            "ImageJ=1.54f\nimages=12\nchannels=2\nslices=3\nframes=2\nunit=micron\nspacing=0.5\n";
        let stack = Hyperstack::read(text, 12).unwrap();
        assert_eq!((stack.channels, stack.planes, stack.times), (2, 3, 2));
        assert_eq!(stack.pages(1, 0), [1, 3, 5]);
        assert_eq!(stack.pages(0, 1), [6, 8, 10]);
        assert!(Hyperstack::read(text, 11).is_none());
        assert_eq!(declared_pages(text), Some(12));
    }

    #[test]
    fn ome_orders_and_lists() {
        let text = |order: &str, body: &str| {
            format!(
                r#"<?xml version="1.0"?><OME><Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="{order}" SizeX="9" SizeY="9" SizeC="2" SizeZ="2" SizeT="1" PhysicalSizeX="0.5" PhysicalSizeY="0.5" PhysicalSizeZ="2">{body}</Pixels></Image></OME>"#
            )
        };
        let z_first = Hyperstack::read(&text("XYZCT", "<TiffData/>"), 4).unwrap();
        assert_eq!(z_first.pages(1, 0), [2, 3]);
        let c_first = Hyperstack::read(&text("XYCZT", ""), 4).unwrap();
        assert_eq!(c_first.pages(1, 0), [1, 3]);
        let listed = r#"<TiffData IFD="4" FirstC="1" PlaneCount="2"></TiffData><TiffData IFD="1" FirstC="0" PlaneCount="2"/>"#;
        let listed = Hyperstack::read(&text("XYZCT", listed), 6).unwrap();
        assert_eq!(listed.pages(0, 0), [1, 2]);
        assert_eq!(listed.pages(1, 0), [4, 5]);
        assert!(Hyperstack::read(&text("XYZCT", ""), 3).is_none());
    }
}
