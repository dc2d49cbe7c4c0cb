//! All wording of the page, in one place.

pub mod privacy;
use correction::Standing;
use protocol::{Backend, BackendChoice, ImageScore, Interval, Stage, VoxelSize};

use crate::correct::standing::ReviewFigures;
use crate::numbers::{count, duration, number, percent};
use crate::results::amount::{Element, amount};
use crate::results::referral::Referral;

/// Name of the page.
pub const NAME: &str = "Penumbra";
/// What it does, under the name.
pub const TAGLINE: &str = "See the segmentation, and where not to trust it.";
/// Where the image goes.
pub const PRIVACY: &str = "Your image stays in this browser.";
/// Where that is shown.
pub const PRIVACY_HOW: &str = "The line under the page’s name leads to all its requests, to what is kept, and to attempts to break this.";
/// How a visitor can check it without trusting the page, one step each.
pub const PRIVACY_STEPS: [&str; 3] = [
    "Open your browser's developer tools (F12), choose “Network”, and open an image: no request follows, because the image is worked on by this page itself.",
    "Look at the page's source: its Content-Security-Policy allows connections to the page's own address only, and the browser enforces it.",
    "Disconnect from the network after the page has loaded, and open an image: it works all the same.",
];
/// What the page is not for.
pub const NOT_FOR_DIAGNOSIS: &str = "For research and teaching only, not for diagnosis.";
/// The way into the lessons.
pub const LEARN: &str = "One-hour lesson";
/// Over the whole page while a file is dragged.
pub const DROP_HERE: &str = "Drop an image, a folder or a zip here";
/// Under [`DROP_HERE`].
pub const DROP_LABELS: &str = "True labels: drop them on “Compare with true labels”.";
/// What can be opened, and how.
pub const OPEN_HINT: &str =
    "Open, drop or paste: PNG, JPEG, TIFF, BMP, WebP, DICOM, NIfTI, a folder or a zip of them.";
/// In the canvas before there is an image.
pub const NO_IMAGE: &str = "No image yet";
/// For those who cannot see the canvas, and for the keyboard.
pub const CANVAS_KEYS: &str = "Arrow keys move the crosshair, with Shift ten pixels at a time. Plus and minus zoom, 0 shows the whole image. Square brackets change brightness, braces contrast, backslash resets both.";
/// What is added to [`CANVAS_KEYS`] in a volume.
pub const SLICE_KEYS: &str =
    "Page up and page down step through the slices, M shows this view alone.";
/// How the views of a volume are used with the pointer.
pub const VOLUME_POINTER: &str = "Drag to move the crosshair, turn the wheel to step through slices, hold Ctrl to zoom. Drag with the right button for contrast and brightness, with the middle one to move the picture.";
/// Of a view whose sides are not known.
pub const NO_SIDES: &str =
    "The file does not say how the volume lies in the patient, so no side has a letter.";
/// In place of the readout.
pub const READOUT_HINT: &str =
    "Point at the image, or focus it and use the arrow keys, to read its values.";
/// Why a large image has no values for some maps.
pub const UNSENT_MAPS: &str = "Of an image this large, the ranking and the chosen map are at hand; choose another to read it.";
/// When a map is asked for and the worker has moved on.
pub const MAP_IS_GONE: &str = "This map is not in memory any more. Open the image again to see it.";
/// Of a view whose sides are a convention.
pub const ASSUMED_SIDES: &str = "The file gives voxel sizes only: left and right, front and back, head and feet are an assumption and may be the other way round.";
/// Where the model has no statistics of its own images.
pub const UNKNOWN_KIND: &str = "This model cannot tell whether the image is like its training images: too few were set aside to compare with.";
/// In place of the list of places.
pub const NO_REGIONS: &str =
    "No place stands out: what doubt there is runs thinly along the borders.";
/// What the maps of the penumbra view mean, beside their signs in the legend: core, band, missed, unsure, labels, referred.
pub const LEGEND: [&str; 6] = [
    "surely inside",
    "doubt: the border may lie anywhere in this band",
    "something may have been missed here",
    "may not exist at all",
    "border of the true labels",
    "place that goes to a human",
];
/// What the slider of the penumbra view does.
pub const SURE_HINT: &str =
    "How probable a pixel must be to count as sure. A higher value makes a wider band.";
/// While the probabilities of a large volume are on their way.
pub const NO_PENUMBRA_YET: &str =
    "Fetching the probabilities; until then the line is the mask’s border.";
/// What minutes of a referral are.
pub const REFERRAL_HINT: &str =
    "Hand the worst places to a human, in the order of the list. They are outlined in white.";
/// What the comparison needs.
pub const LABELS_HINT: &str = "An image or a volume of class numbers (0 background, 1 object) or black and white, of the same size as the image.";
/// What the error colours mean.
pub const ERRORS_KEY: [&str; 2] = [
    "marked, but not so in the labels (solid)",
    "in the labels, but missed (chequered)",
];
/// What the filled colour of a class is once there are corrections.
pub const CORRECTED_MASK: &str = "as corrected";
/// What the white dashed line is then.
pub const MODELS_MASK: &str = "border of the model’s own mask";
/// What correcting is.
pub const CORRECT_HINT: &str = "Draw on the picture with the tools above it. The model’s own mask is kept: everything can be undone, and both can be saved. With a finger or a pen: one draws, two fingers move and magnify.";
/// What the acceptable error does.
pub const REQUIREMENT_HINT: &str = "The review is finished when less error than this is expected to be left, or when every place was looked at.";
/// What filling in slices does.
pub const INTERPOLATE_HINT: &str = "Correct the class on two slices that lie apart, then fill in those between them (along the large view).";
/// What the threshold does.
pub const THRESHOLD_HINT: &str =
    "Marks the class wherever its tempered probability reaches this, and nowhere else.";
/// Before corrections are lost.
pub const LEAVE_CORRECTIONS: &str =
    "The corrections of this image have not been saved. Leave them?";
/// When a key is pressed that acts on a place, and none is open.
pub const NO_PLACE_OPEN: &str = "No place is open. Press N for the first one.";

/// How far a review is: places looked at, what is expected to be left, what is acceptable, and whether that is enough.
#[must_use]
pub fn review(figures: &ReviewFigures, size: VoxelSize, element: Element) -> String {
    let seen = format!("{} of {} looked at.", figures.decided, figures.places);
    let goal = figures
        .requirement
        .map(|share| format!(" (acceptable: {})", percent(share)));
    let left = format!(
        "About {} may still be wrong, {} of the objects{}.",
        amount(figures.left, size, element),
        percent(figures.share),
        goal.unwrap_or_default()
    );
    match figures.standing {
        Standing::Open => format!("{seen} {left}"),
        Standing::Met => format!("Finished: the requirement is met. {left} {seen}"),
        Standing::Complete => format!("Finished: every place was looked at. {left}"),
    }
}

/// What AUROC and AURC are.
#[must_use]
pub fn judges(element: Element) -> String {
    format!(
        "AUROC: chance that a wrong {one} looks more doubtful than a right one; 1 is perfect, 0.5 is guessing. AURC: mean share of wrong {many} over all amounts of referral; lower is better.",
        one = element.one(),
        many = element.many()
    )
}

/// What the worker is doing.
#[must_use]
pub const fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::FetchProgram => "Loading the program",
        Stage::FetchModel => "Loading the model",
        Stage::StartDevice => "Starting the device",
        Stage::SelfTest => "Testing the network against a known answer",
        Stage::Decode => "Opening the image",
        Stage::Segment => "Segmenting",
        Stage::Check => "Comparing with the labels",
    }
}

/// How far a step is, such as `3 of 12` or `1.2 of 15.6 MB (8 %)`; nothing where that is unknown.
#[must_use]
pub fn steps(stage: Stage, done: u32, total: u32) -> String {
    match (stage, total) {
        (_, 0) => String::new(),
        (Stage::FetchProgram | Stage::FetchModel, _) => {
            let mega = |bytes: u32| f64::from(bytes) / 1e6;
            let share = 100.0 * f64::from(done) / f64::from(total);
            format!(
                "{:.1} of {:.1} MB ({:.0} %)",
                mega(done),
                mega(total),
                share.floor()
            )
        }
        (Stage::Segment, _) => format!("part {done} of {total}"),
        _ => format!("{done} of {total}"),
    }
}

/// What the network runs on.
#[must_use]
pub fn device(backend: Backend, adapter: Option<&str>) -> String {
    match (backend, adapter.filter(|name| !name.trim().is_empty())) {
        (Backend::Webgpu, Some(adapter)) => format!("WebGPU ({adapter})"),
        (Backend::Webgpu, None) => "WebGPU".to_owned(),
        (Backend::Cpu, _) => "the CPU (WebAssembly)".to_owned(),
    }
}

/// The known-answer test, passed.
#[must_use]
pub fn self_test(largest_difference: f64, tolerance: f64) -> String {
    format!(
        "The device gave the known answer of the self-test, to within {} ({} is allowed).",
        number(largest_difference, 2),
        number(tolerance, 2)
    )
}

/// The device or the worker on it failed.
pub const MOVED_TO_CPU: &str = "The graphics card stopped working, so the work goes on on the CPU.";
/// The worker's script never ran.
pub const WORKER_WOULD_NOT_START: &str =
    "The part of this page that computes could not be started; check the connection and try again.";
/// The worker's module does not arrive.
pub const PROGRAM_HANGS: &str =
    "The part of this page that computes does not arrive; check the connection and try again.";
/// The worker ended in the middle of its work.
pub const WORKER_STOPPED: &str =
    "The work stopped unexpectedly; try again, or open a smaller image.";
/// The worker does not exist any more.
pub const WORKER_GONE: &str = "The browser has ended the part of this page that computes, perhaps for want of memory; try again.";
/// Page and worker are of different builds.
pub const STALE: &str = "Two parts of this page are of different versions; load the page again without the cache (Ctrl+Shift+R).";

/// The list of samples is not there.
pub const NO_SAMPLES: &str =
    "The list of sample images could not be fetched; your own images work all the same.";

/// A button that chooses a model.
#[must_use]
pub fn use_model(title: &str) -> String {
    format!("Use “{title}”")
}

/// The worker says nothing any more.
#[must_use]
pub fn worker_silent(seconds: f64) -> String {
    format!(
        "The part of this page that computes has said nothing for {seconds:.0} s; try again, or open a smaller image."
    )
}

/// What the two versions are.
#[must_use]
pub fn versions(page: u32, worker: u32) -> String {
    format!("Messages of the page: version {page}; of the worker: version {worker}.")
}

/// WebGPU was asked for by the address and cannot be had. `why` is the worker's sentence.
#[must_use]
pub fn no_webgpu(why: &str) -> String {
    let why = within(why);
    if why.is_empty() {
        "The address asks for WebGPU, which cannot be had here, so the CPU is used.".to_owned()
    } else {
        format!("The address asks for WebGPU, but {why}, so the CPU is used.")
    }
}

/// After Cancel.
#[must_use]
pub const fn cancelled(shown: bool) -> &'static str {
    if shown {
        "Cancelled; the former result is shown."
    } else {
        "Cancelled."
    }
}

/// A model that could not be replaced.
#[must_use]
pub fn still_in_use(title: &str) -> String {
    format!("“{title}” is still in use.")
}

/// A file that was not opened, and why.
#[must_use]
pub fn not_opened(names: &[String], why: &str) -> String {
    match names {
        [name] => format!("“{name}” was not opened: {}.", within(why)),
        _ => format!(
            "These {} files were not opened: {}.",
            names.len(),
            within(why)
        ),
    }
}

/// A sentence that is put into another one: without its full stop, and begun small where it begins with a plain word.
fn within(sentence: &str) -> String {
    const PLAIN: [&str; 9] = [
        "A", "An", "The", "This", "These", "There", "It", "Its", "No",
    ];
    let sentence = sentence.trim().trim_end_matches('.');
    let first = sentence.split(' ').next().unwrap_or_default();
    match sentence.strip_prefix(first) {
        Some(rest) if PLAIN.contains(&first) => {
            format!("{}{rest}", first.to_lowercase())
        }
        _ => sentence.to_owned(),
    }
}

/// What the page runs on, before that is known.
#[must_use]
pub const fn device_awaited(choice: BackendChoice, has_webgpu: bool) -> &'static str {
    match (choice, has_webgpu) {
        (BackendChoice::Cpu, _) => "Will run on the CPU, as the address asks.",
        (_, true) => {
            "Will run on the graphics card (WebGPU) if it passes its test, else on the CPU."
        }
        (_, false) => "Will run on the CPU: this browser has no WebGPU.",
    }
}

/// After a segmentation.
#[must_use]
pub fn finished(elapsed_ms: f64, backend: Backend) -> String {
    let device = match backend {
        Backend::Webgpu => "the graphics card (WebGPU)",
        Backend::Cpu => "the CPU",
    };
    format!("Segmented in {} on {device}.", duration(elapsed_ms))
}

/// Why the work is not done on the graphics card, in the worker's words, unless the visitor wanted it so.
#[must_use]
pub fn reason(reason: &str) -> Option<&str> {
    (reason != "The CPU was asked for.").then_some(reason)
}

/// Size of an image, such as `360 × 360 pixels`, or `35 × 51 × 35 voxels of 1 × 1 × 1 mm`. The spacing is that between
/// planes, rows and columns.
#[must_use]
pub fn size(shape: [usize; 3], spacing: Option<[f64; 3]>) -> String {
    let [planes, rows, columns] = shape;
    let unit = Element::of(shape).many();
    let counts = if planes > 1 {
        format!("{columns} × {rows} × {planes}")
    } else {
        format!("{columns} × {rows}")
    };
    match spacing {
        Some([plane, row, column]) => {
            let [plane, row, column] = [plane, row, column].map(|length| number(length, 3));
            let edges = if planes > 1 {
                format!("{column} × {row} × {plane}")
            } else {
                format!("{column} × {row}")
            };
            format!("{counts} {unit} of {edges} mm")
        }
        None => format!("{counts} {unit}"),
    }
}

/// How long the work will go on, from how long it has taken so far. None before there is something to tell it by.
#[must_use]
pub fn remaining(elapsed_ms: f64, done: u32, total: u32) -> Option<String> {
    const FIRST: f64 = 1000.0;
    if done == 0 || done >= total || elapsed_ms < FIRST {
        return None;
    }
    let left = elapsed_ms / f64::from(done) * f64::from(total - done);
    let seconds = (left / 1000.0).ceil();
    Some(if seconds < 60.0 {
        format!("about {seconds} s left")
    } else {
        format!("about {} min left", (seconds / 60.0).ceil())
    })
}

/// Which slice of how many a view shows, counted from 0 as everywhere on the page.
#[must_use]
pub fn slice(slice: usize, of: usize) -> String {
    format!("{slice} (0 to {})", of.saturating_sub(1))
}

/// What is referred, and what is left: of `expected` wrong voxels in all.
#[must_use]
pub fn referral(found: &Referral, places: usize, size: VoxelSize, element: Element) -> String {
    let left = amount(found.left, size, element);
    if found.places == 0 {
        return format!("Nothing is handed over: about {left} may be wrong.");
    }
    let which = match found.places {
        1 => "The worst place is".to_owned(),
        count if count == places => format!("All {count} places are"),
        count => format!("The {count} worst places are"),
    };
    let referred = amount(found.referred, size, element);
    format!(
        "{which} handed over, with about {referred} that may be wrong. About {left} that may be wrong is left."
    )
}

/// How long a person takes, roughly.
#[must_use]
pub fn minutes(minutes: f64) -> String {
    if minutes <= 0.0 {
        String::new()
    } else if minutes < 1.0 {
        "Less than a minute for a person.".to_owned()
    } else {
        format!("Roughly {} min for a person.", minutes.ceil())
    }
}

/// How far such numbers strayed on the model's validation images.
#[must_use]
pub fn experience(range: Interval, size: VoxelSize, element: Element) -> String {
    format!(
        "By the model’s validation images the true number lies between {} and {} in nine of ten images.",
        amount(range.low, size, element),
        amount(range.high, size, element)
    )
}

/// What labels say of the places that are handed over.
#[must_use]
pub fn measured(found: u64, all: u64, element: Element) -> String {
    format!(
        "With the labels: {} of {} wrong {} lie in these places.",
        count(found),
        count(all),
        element.many()
    )
}

/// Why an image is called like or unlike the training images: its doubt beside that of the images that were set aside.
#[must_use]
pub fn why(score: &ImageScore) -> Vec<String> {
    let compared = |what: &str, z: f64| {
        let side = if z < 0.0 { "lower" } else { "higher" };
        format!("{what}: {:.1} times the usual spread {side}", z.abs())
    };
    let mut lines = vec![
        compared("Doubt of the method", score.ranking_z),
        compared("Doubt of the network (entropy)", score.entropy_z),
    ];
    if let Some(z) = score.log_entropy_z {
        lines.push(compared("Doubt where the network is surest", z));
    }
    lines.push(if score.unusual {
        "More than about 3 is unlike nearly all of them.".to_owned()
    } else {
        "Up to about 3 is usual.".to_owned()
    });
    lines
}

/// A figure of a model's test, in words: `AUROC near, segwithu` becomes `Doubt finds errors near objects (AUROC)`.
#[must_use]
pub fn figure(name: &str) -> String {
    let (measure, method) = name.split_once(", ").unwrap_or((name, ""));
    let (measure, near) = measure
        .strip_suffix(" near")
        .map_or((measure, ""), |measure| (measure, " near objects"));
    let by = match method {
        "segwithu" => ", this method",
        "entropy" => ", plain entropy",
        _ => "",
    };
    let words = match measure {
        "AUROC" => "Doubt tells wrong from right (AUROC)",
        "AURC" => "Errors left over all referrals (AURC)",
        "ECE" => "Confidence off by (ECE)",
        _ => return name.to_owned(),
    };
    format!("{words}{near}{by}")
}

/// Name of a colour map.
#[must_use]
pub fn colours(name: &str) -> &str {
    match name {
        "viridis" => "Viridis",
        "cividis" => "Cividis",
        "magma" => "Magma",
        "inferno" => "Inferno",
        "grey" => "Grey",
        other => other,
    }
}

/// The method's name in a table.
#[must_use]
pub fn method(name: &str) -> &str {
    match name {
        "segwithu" => "SegWithU ranking",
        "entropy" => "Entropy",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_hold_their_values() {
        assert_eq!(size([1, 256, 320], None), "320 × 256 pixels");
        assert_eq!(
            size([25, 41, 33], Some([4.0, 2.5, 2.0])),
            "33 × 41 × 25 voxels of 2 × 2.5 × 4 mm"
        );
        assert_eq!(steps(Stage::Segment, 2, 9), "part 2 of 9");
        assert_eq!(steps(Stage::Decode, 0, 0), "");
        assert_eq!(
            device(Backend::Webgpu, Some("lavapipe")),
            "WebGPU (lavapipe)"
        );
        let found = Referral {
            places: 2,
            referred: 30.0,
            left: 12.0,
            minutes: 0.5,
        };
        let of = |found: &Referral| referral(found, 5, VoxelSize::Unknown, Element::Pixel);
        assert_eq!(
            of(&found),
            "The 2 worst places are handed over, with about 30 pixels that may be wrong. About 12 pixels that may be wrong is left."
        );
        assert!(of(&Referral { places: 5, ..found }).starts_with("All 5 places are"));
        assert!(of(&Referral { places: 0, ..found }).starts_with("Nothing is handed over"));
        let figures = ReviewFigures {
            decided: 1,
            places: 3,
            left: 30.0,
            share: 0.015,
            requirement: Some(0.02),
            done: 0.5,
            standing: Standing::Met,
        };
        let of = |figures: &ReviewFigures| review(figures, VoxelSize::Unknown, Element::Pixel);
        assert_eq!(
            of(&figures),
            "Finished: the requirement is met. About 30 pixels may still be wrong, 1.5 % of the objects (acceptable: 2.0 %). 1 of 3 looked at."
        );
        let open = ReviewFigures {
            requirement: None,
            standing: Standing::Open,
            ..figures
        };
        assert!(of(&open).starts_with("1 of 3 looked at. About 30 pixels may"));
        assert_eq!(minutes(0.5), "Less than a minute for a person.");
        assert_eq!(minutes(2.2), "Roughly 3 min for a person.");
        let range = Interval {
            low: 10.0,
            high: 90.0,
        };
        assert!(
            experience(range, VoxelSize::Unknown, Element::Voxel)
                .contains("between 10 voxels and 90 voxels")
        );
        assert!(measured(3, 9, Element::Voxel).contains("3 of 9 wrong voxels"));
        assert_eq!(figure("Dice nucleus"), "Dice nucleus");
        assert_eq!(
            figure("AUROC near, segwithu"),
            "Doubt tells wrong from right (AUROC) near objects, this method"
        );
        assert_eq!(reason("The CPU was asked for."), None);
        assert_eq!(reason("No adapter."), Some("No adapter."));
        assert!(versions(1, 2).contains("worker: version 2"));
        assert_eq!(
            steps(Stage::FetchProgram, 1_250_000, 15_550_000),
            "1.2 of 15.6 MB (8 %)"
        );
        assert_eq!(
            no_webgpu("This browser has no WebGPU."),
            "The address asks for WebGPU, but this browser has no WebGPU, so the CPU is used."
        );
        assert!(no_webgpu("").contains("cannot be had"));
        let why = "The file is empty.";
        assert_eq!(
            not_opened(&["a.png".to_owned()], why),
            "“a.png” was not opened: the file is empty."
        );
        let names = ["a.dcm", "b.dcm"].map(str::to_owned);
        assert_eq!(
            not_opened(&names, "DICOM is damaged."),
            "These 2 files were not opened: DICOM is damaged."
        );
        assert_eq!(
            finished(1500.0, Backend::Cpu),
            "Segmented in 1.5 s on the CPU."
        );
    }

    #[test]
    fn an_unusual_image_is_explained() {
        let mut score = ImageScore {
            ranking_z: 4.2,
            entropy_z: -0.5,
            log_entropy_z: None,
            expected_dice: None,
            unusual: true,
        };
        let said = why(&score).join("; ");
        assert!(said.contains("4.2 times the usual spread higher") && said.contains("0.5 times"));
        assert!(said.contains("unlike nearly all") && !said.contains("surest"));
        (score.log_entropy_z, score.unusual) = (Some(2.0), false);
        let said = why(&score).join("; ");
        assert!(said.contains("surest: 2.0") && said.contains("is usual"));
    }

    #[test]
    fn remaining_time_needs_something_to_go_by() {
        assert_eq!(remaining(5000.0, 0, 10), None);
        assert_eq!(remaining(200.0, 1, 10), None);
        assert_eq!(remaining(5000.0, 10, 10), None);
        assert_eq!(remaining(5000.0, 2, 10).as_deref(), Some("about 20 s left"));
        assert_eq!(
            remaining(60_000.0, 1, 4).as_deref(),
            Some("about 3 min left")
        );
    }
}
