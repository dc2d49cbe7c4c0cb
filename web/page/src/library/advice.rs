//! Which model fits an image, and what to say where the chosen one does not.

use protocol::ImageInfo;

use crate::library::catalogue::Model;
use crate::view::picture::modality;

/// What to tell the visitor about model and image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// One or two sentences: what does not fit, and what fits better.
    pub text: String,
    /// Identifiers and titles of the models that fit better, all equally well; which one is right, the visitor sees.
    pub better: Vec<(String, String)>,
}

/// How a model and an image differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Misfit {
    modality: bool,
    dimensions: bool,
    channels: bool,
}

impl Misfit {
    /// What is not known counts as fitting.
    fn of(model: &Model, image: &ImageInfo) -> Self {
        let differs = |of_model: Option<usize>, of_image: usize| {
            of_model.is_some_and(|of_model| of_model != of_image)
        };
        let kinds = kind_of_model(&model.modality).zip(modality(image).and_then(kind_of_image));
        Self {
            modality: kinds.is_some_and(|(model, image)| model != image),
            dimensions: differs(model.dimensions, dimensions(image)),
            // Grey in all channels is the same picture to a network for colours; grey of colours is not.
            channels: differs(model.channels, image.channels) && image.channels != 1,
        }
    }

    /// Another modality is worse than another number of dimensions, and that is worse than another number of channels.
    fn weight(self) -> u8 {
        4 * u8::from(self.modality) + 2 * u8::from(self.dimensions) + u8::from(self.channels)
    }
}

/// 3 for a volume, 2 for a picture.
fn dimensions(image: &ImageInfo) -> usize {
    if image.shape.iter().all(|length| *length > 1) {
        3
    } else {
        2
    }
}

/// How images come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Physics {
    Magnetic,
    Tomography,
    Sound,
    Light,
    Eye,
    Projection,
    Nuclear,
}

/// By the two letters of DICOM.
fn kind_of_image(code: &str) -> Option<Physics> {
    Some(match code {
        "MR" => Physics::Magnetic,
        "CT" => Physics::Tomography,
        "US" => Physics::Sound,
        "SM" | "GM" => Physics::Light,
        "OP" => Physics::Eye,
        "CR" | "DX" | "MG" | "XA" | "RF" => Physics::Projection,
        "PT" | "NM" => Physics::Nuclear,
        _ => return None,
    })
}

/// By the words of a model's description.
fn kind_of_model(modality: &str) -> Option<Physics> {
    let text = modality.to_ascii_lowercase();
    let words: Vec<&str> = text
        .split(|letter: char| !letter.is_alphanumeric())
        .collect();
    let any = |wanted: &[&str]| {
        wanted
            .iter()
            .any(|word| words.iter().any(|found| found.starts_with(word)))
    };
    let exactly = |wanted: &[&str]| wanted.iter().any(|word| words.contains(word));
    if exactly(&["mri", "mr"]) || any(&["magnetic"]) {
        Some(Physics::Magnetic)
    } else if exactly(&["ct"]) || any(&["tomograph"]) {
        Some(Physics::Tomography)
    } else if any(&["ultraso", "sonograph"]) {
        Some(Physics::Sound)
    } else if any(&["fundus", "retina"]) {
        Some(Physics::Eye)
    } else if any(&["microscop"]) {
        Some(Physics::Light)
    } else if any(&["radiograph"]) || exactly(&["x"]) {
        Some(Physics::Projection)
    } else {
        None
    }
}

/// What to say when `chosen` (an identifier) is to work on an image. None where it fits, and where nothing better is
/// known than a model for another number of channels.
#[must_use]
pub fn advise(models: &[Model], chosen: &str, image: &ImageInfo) -> Option<Advice> {
    let model = models.iter().find(|model| model.id == chosen)?;
    let misfit = Misfit::of(model, image);
    let better = closest(models, image, misfit.weight());
    let complaint = format!(
        "This image is {}; “{}” was made for {}.",
        describe_image(image),
        model.title,
        describe_model(model)
    );
    let described = |better: &&Model| format!("“{}” for {}", better.title, describe_model(better));
    match &better[..] {
        [] if misfit.modality || misfit.dimensions => Some(Advice {
            text: format!(
                "{complaint} No model here fits better, so expect little of the mask and look at the doubt."
            ),
            better: Vec::new(),
        }),
        [] => None,
        [only] => Some(Advice {
            text: format!(
                "{complaint} “{}” was made for {}: try it if that is what the image shows.",
                only.title,
                describe_model(only)
            ),
            better: titles(&better),
        }),
        several => Some(Advice {
            text: format!(
                "{complaint} Choose by what the image shows: {}.",
                several.iter().map(described).collect::<Vec<_>>().join("; ")
            ),
            better: titles(&better),
        }),
    }
}

/// The models that fit an image better than the `chosen` one, by identifier and title.
#[must_use]
pub fn fitting(models: &[Model], chosen: &str, image: &ImageInfo) -> Vec<(String, String)> {
    let chosen = models.iter().find(|model| model.id == chosen);
    let weight = chosen.map_or(u8::MAX, |model| Misfit::of(model, image).weight());
    titles(&closest(models, image, weight))
}

/// The models that fit an image best, in the order of the list, if they fit better than one of this weight.
fn closest<'a>(models: &'a [Model], image: &ImageInfo, weight: u8) -> Vec<&'a Model> {
    let of = |model: &Model| Misfit::of(model, image).weight();
    let least = models.iter().map(of).min();
    let Some(least) = least.filter(|least| *least < weight) else {
        return Vec::new();
    };
    models.iter().filter(|model| of(model) == least).collect()
}

fn titles(models: &[&Model]) -> Vec<(String, String)> {
    let titles = models.iter();
    titles
        .map(|model| (model.id.clone(), model.title.clone()))
        .collect()
}

fn describe_image(image: &ImageInfo) -> String {
    let tone = if image.channels == 1 {
        "grey"
    } else {
        "colour"
    };
    let kind = modality(image).map_or_else(String::new, |code| format!(" ({code})"));
    match (dimensions(image), image.shape) {
        (3, [planes, ..]) => format!("a {tone} volume of {planes} planes{kind}"),
        _ => format!("a single {tone} picture{kind}"),
    }
}

fn describe_model(model: &Model) -> String {
    let tone = match model.channels {
        Some(1) => "grey ",
        Some(_) => "colour ",
        None => "",
    };
    let (number, shape) = match model.dimensions {
        Some(3) => ("", "volumes"),
        Some(_) => ("single ", "pictures"),
        None => ("", "images"),
    };
    // The first words say what it is; the rest is for the model's own description.
    let modality = model.modality.split([',', ';', '(']).next().unwrap_or("");
    match modality.trim() {
        "" => format!("{number}{tone}{shape}"),
        modality => format!("{number}{tone}{shape} ({modality})"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use protocol::SeriesInfo;

    use super::*;
    use crate::view::picture::tests::picture;

    fn model(id: &str, modality: &str, dimensions: usize, channels: usize) -> Model {
        Model {
            id: id.into(),
            title: id.to_uppercase(),
            modality: modality.into(),
            dimensions: Some(dimensions),
            channels: Some(channels),
        }
    }

    fn models() -> Vec<Model> {
        vec![
            model(
                "nuclei",
                "light microscopy of nuclei (fluorescence), 8-bit RGB",
                2,
                3,
            ),
            model("hippocampus", "T1-weighted MRI", 3, 1),
            model("heart", "cardiac cine MRI", 2, 1),
            model("nerve", "ultrasound", 2, 1),
        ]
    }

    fn image(planes: usize, channels: usize, series: &str) -> ImageInfo {
        let mut info = picture(channels, planes).info;
        info.series = vec![SeriesInfo {
            description: series.into(),
            shape: info.shape,
        }];
        info
    }

    fn better(chosen: &str, image: &ImageInfo) -> Option<String> {
        let better = advise(&models(), chosen, image)?.better;
        better.into_iter().next().map(|(id, _)| id)
    }

    #[test]
    fn a_model_that_fits_needs_no_advice() {
        assert_eq!(advise(&models(), "nuclei", &image(1, 3, "")), None);
        assert_eq!(
            advise(&models(), "hippocampus", &image(30, 1, "MR, 30 images")),
            None
        );
        assert_eq!(advise(&models(), "absent", &image(30, 1, "")), None);
    }

    #[test]
    fn a_grey_picture_is_not_sent_from_a_colour_model_to_another_organ() {
        assert_eq!(advise(&models(), "nuclei", &image(1, 1, "")), None);
        assert_eq!(better("heart", &image(1, 3, "")).as_deref(), Some("nuclei"));
    }

    #[test]
    fn a_volume_asks_for_a_model_of_volumes() {
        let advice = advise(&models(), "nuclei", &image(30, 1, "")).unwrap();
        assert_eq!(
            advice.better,
            [("hippocampus".into(), "HIPPOCAMPUS".into())]
        );
        for part in ["grey volume of 30 planes", "NUCLEI", "HIPPOCAMPUS", "MRI"] {
            assert!(advice.text.contains(part), "{}", advice.text);
        }
    }

    #[test]
    fn the_modality_that_the_file_names_decides_first() {
        assert_eq!(
            better("nuclei", &image(1, 1, "US, 1 image")).as_deref(),
            Some("nerve")
        );
        assert_eq!(
            better("hippocampus", &image(1, 1, "MR, 1 image")).as_deref(),
            Some("heart")
        );
        assert_eq!(
            better("hippocampus", &image(1, 3, "")).as_deref(),
            Some("nuclei")
        );
    }

    #[test]
    fn all_models_that_fit_equally_well_are_offered() {
        let mut models = models();
        models.insert(0, model("fundus", "retinal fundus photograph", 2, 3));
        let picture = image(1, 3, "");
        let advice = advise(&models, "heart", &picture).unwrap();
        let ids: Vec<&str> = advice.better.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids, ["fundus", "nuclei"]);
        assert!(
            advice.text.contains("“FUNDUS” for") && advice.text.contains("“NUCLEI” for"),
            "{}",
            advice.text
        );
        assert_eq!(fitting(&models, "heart", &picture), advice.better);
        assert!(fitting(&models, "nuclei", &picture).is_empty());
        // Grey pictures fit colour models, too: all but the one for volumes can be tried.
        let grey = image(1, 1, "");
        let ids: Vec<String> = fitting(&models, "hippocampus", &grey)
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        assert_eq!(ids, ["fundus", "nuclei", "heart", "nerve"]);
    }

    #[test]
    fn where_nothing_fits_that_is_said() {
        let advice = advise(&models(), "hippocampus", &image(20, 1, "CT, 20 images")).unwrap();
        assert!(advice.better.is_empty());
        assert!(advice.text.contains("(CT)"), "{}", advice.text);
        // Grey pictures of nuclei are shown to the colour model as grey in all channels.
        let only = &models()[..1];
        assert_eq!(advise(only, "nuclei", &image(1, 1, "")), None);
        assert!(advise(only, "nuclei", &image(9, 1, "")).is_some());
    }

    #[test]
    fn an_older_list_of_models_gives_no_advice() {
        let mut unknown = model("old", "", 2, 3);
        (unknown.dimensions, unknown.channels) = (None, None);
        assert_eq!(advise(&[unknown], "old", &image(9, 1, "MR")), None);
    }
}
