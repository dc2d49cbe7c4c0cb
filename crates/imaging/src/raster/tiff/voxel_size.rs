//! How large voxels are, as ImageJ and OME-TIFF say it.

use super::description::{attribute, elements, field};

/// Sizes along columns, rows and planes, each where it is known, and what is said of them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct VoxelSize {
    millimetres: [Option<f64>; 3],
    /// As the end of a sentence, where the file gives it a unit or a number at all.
    pub(super) said: Option<String>,
}

impl VoxelSize {
    /// Reads a description; `resolution` is how many columns and rows ImageJ counts to its unit (XResolution and
    /// YResolution).
    pub(super) fn read(description: &str, resolution: [Option<f64>; 2]) -> Option<Self> {
        if description.starts_with("ImageJ=") {
            Some(image_j(description, resolution))
        } else {
            let pixels = elements(description, "Pixels").next()?;
            ome(pixels.start)
        }
    }

    /// Millimetres between planes, rows and columns; `None` where one of them is not known. A single plane without a
    /// thickness is as thick as its pixels are wide.
    pub(super) fn spacing(&self, planes: usize) -> Option<[f64; 3]> {
        let [column, row, plane] = self.millimetres;
        let (column, row) = (column?, row?);
        let plane = match plane {
            None if planes == 1 => (column * row).sqrt(),
            plane => plane?,
        };
        // What a grid of voxels may have.
        let spacing = [plane, row, column];
        crate::geometry::Grid::axis_aligned([1, 1, 1], spacing)
            .ok()
            .map(|_| spacing)
    }
}

fn image_j(description: &str, [columns, rows]: [Option<f64>; 2]) -> VoxelSize {
    let unit = field(description, "unit").unwrap_or("pixel");
    let unit = if is_plain(unit) || unit == ESCAPED_MICROMETRE {
        unit_name(unit)
    } else {
        "pixel"
    };
    let spacing = field(description, "spacing")
        .and_then(|text| text.parse::<f64>().ok())
        .filter(|spacing| spacing.is_finite() && *spacing > 0.0);
    let said = spacing
        .filter(|_| field(description, "unit").is_none_or(is_plain))
        .map(|spacing| format!("planes are {spacing} {unit} apart"));
    let factor = millimetres_in(unit);
    let millimetres =
        [columns.map(f64::recip), rows.map(f64::recip), spacing].map(|size| Some(size? * factor?));
    VoxelSize { millimetres, said }
}

/// The element Pixels of OME-XML (schema 2016-06); a size without a unit is in micrometres.
fn ome(pixels: &str) -> Option<VoxelSize> {
    let size = |axis: &str| -> Option<(f64, String)> {
        let size: f64 = attribute(pixels, &format!("PhysicalSize{axis}"))?
            .parse()
            .ok()?;
        let unit = attribute(pixels, &format!("PhysicalSize{axis}Unit")).unwrap_or("µm");
        let unit = match unit {
            "&#181;m" | "&#xB5;m" | "&#xb5;m" => "µm",
            unit => unit,
        };
        (size.is_finite() && size > 0.0 && is_plain(unit)).then(|| (size, unit.to_owned()))
    };
    let (x, y, z) = (size("X"), size("Y"), size("Z"));
    let said = match (&x, &y, &z) {
        (Some((x, unit)), Some((y, _)), Some((z, _))) => {
            Some(format!("voxels are {x} x {y} x {z} {unit} large"))
        }
        (Some((x, unit)), Some((y, _)), None) => Some(format!("pixels are {x} x {y} {unit} large")),
        (None, _, _) | (_, None, _) => None,
    };
    let millimetres =
        [x, y, z].map(|size| size.and_then(|(size, unit)| Some(size * millimetres_in(&unit)?)));
    Some(VoxelSize { millimetres, said })
}

/// How ImageJ writes its sign for micro in ASCII.
const ESCAPED_MICROMETRE: &str = "\\u00B5m";

fn is_plain(unit: &str) -> bool {
    unit.len() <= 16 && unit.chars().all(char::is_alphanumeric)
}

/// How a unit is written here, of those that are written in several ways.
fn unit_name(unit: &str) -> &str {
    match unit {
        "um" | "micron" | "microns" | "µm" | "μm" | "u00B5m" | ESCAPED_MICROMETRE => "µm",
        other => other,
    }
}

/// Millimetres in a unit of length; `None` for pixels and other units that are no length.
fn millimetres_in(unit: &str) -> Option<f64> {
    Some(match unit_name(unit) {
        "nm" => 1e-6,
        "µm" => 1e-3,
        "mm" => 1.0,
        "cm" => 10.0,
        "dm" => 100.0,
        "m" => 1000.0,
        "\u{C5}" | "\u{212B}" => 1e-7,
        "inch" | "in" => 25.4,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::VoxelSize;

    #[test]
    fn image_j_has_planes_in_the_description_and_pixels_in_the_resolution() {
        let read = |unit: &str| {
            let text = format!("ImageJ=1.54f\nimages=3\nslices=3\nunit={unit}\nspacing=2.5\n");
            VoxelSize::read(&text, [Some(2.0), Some(4.0)]).unwrap()
        };
        for unit in ["micron", "um", "\\u00B5m"] {
            let [plane, row, column] = read(unit).spacing(3).unwrap();
            assert!((plane - 0.0025).abs() < 1e-12, "{unit}: {plane}");
            assert!((row - 0.00025).abs() < 1e-12 && (column - 0.0005).abs() < 1e-12);
        }
        assert_eq!(read("mm").spacing(3), Some([2.5, 0.25, 0.5]));
        assert_eq!(read("pixel").spacing(3), None);
        assert_eq!(read("micron").said.unwrap(), "planes are 2.5 µm apart");
        let plain = VoxelSize::read("ImageJ=1.54f\nunit=cm\n", [Some(10.0), None]).unwrap();
        assert_eq!(plain.spacing(1), None);
    }

    #[test]
    fn ome_has_a_unit_for_each_axis_and_micrometres_without() {
        let read = |attributes: &str| {
            VoxelSize::read(&format!("<OME><Pixels {attributes}/></OME>"), [None; 2]).unwrap()
        };
        let sized = read(
            r#"PhysicalSizeX="500" PhysicalSizeXUnit="nm" PhysicalSizeY="0.5" PhysicalSizeZ="0.002" PhysicalSizeZUnit="mm""#,
        );
        let [plane, row, column] = sized.spacing(7).unwrap();
        assert!((plane - 0.002).abs() < 1e-12);
        assert!((row - 0.0005).abs() < 1e-12 && (column - 0.0005).abs() < 1e-12);
        let flat = read(r#"PhysicalSizeX="2" PhysicalSizeY="8""#);
        assert_eq!(flat.said.as_deref(), Some("pixels are 2 x 8 µm large"));
        assert_eq!(
            flat.spacing(2),
            None,
            "how far planes are apart is not said"
        );
        let [plane, ..] = flat.spacing(1).unwrap();
        assert!((plane - 0.004).abs() < 1e-12);
        let other = read(r#"PhysicalSizeX="2" PhysicalSizeXUnit="pixel" PhysicalSizeY="8""#);
        assert_eq!(other.spacing(1), None);
        assert_eq!(read("").spacing(1), None);
    }
}
