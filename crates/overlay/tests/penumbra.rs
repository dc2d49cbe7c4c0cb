//! The view of discs whose probability falls off along their border.
#![allow(missing_docs, clippy::unwrap_used)]

use imaging::Limits;
use overlay::{ClassField, Error, Existence, Penumbra, Plane, PlaneRegion, penumbra, png, svg};
use vocabulary::RegionKind;

const SIZE: [usize; 2] = [24, 40];
const COLOUR: [u8; 3] = [0, 160, 255];

/// Probability of a disc that falls off over four pixels.
fn disc(field: &mut [f32], [row, column]: [f32; 2], radius: f32, peak: f32) {
    for (index, p) in field.iter_mut().enumerate() {
        let (y, x) = ((index / SIZE[1]) as f32, (index % SIZE[1]) as f32);
        let inside = radius - (y - row).hypot(x - column);
        *p = p.max(peak * (0.5 + inside / 4.0).clamp(0.0, 1.0));
    }
}

fn view(field: &[f32], sure: f32, regions: Option<&[PlaneRegion]>) -> Penumbra {
    let mask: Vec<u8> = field.iter().map(|p| u8::from(*p >= 0.5)).collect();
    let classes = [ClassField {
        class: 1,
        colour: COLOUR,
        probability: field,
    }];
    let plane = Plane {
        size: SIZE,
        mask: &mask,
        classes: &classes,
        regions,
    };
    penumbra(&plane, sure).unwrap()
}

fn empty() -> Vec<f32> {
    vec![0.01; SIZE[0] * SIZE[1]]
}

#[test]
fn a_sure_object_has_a_core_inside_its_band() {
    let mut field = empty();
    disc(&mut field, [12.0, 12.0], 7.0, 1.0);
    let drawn = view(&field, 0.9, None);
    let class = &drawn.classes[0];
    assert_eq!((class.inner.len(), class.outer.len()), (1, 1));
    assert_eq!(class.outer[0].1, Existence::Sure);
    let areas = |drawn: &Penumbra| {
        let class = &drawn.classes[0];
        [class.inner[0].signed_area(), class.outer[0].0.signed_area()]
    };
    let [inner, outer] = areas(&drawn);
    // Radii of about 7 minus and plus 1.6 pixels.
    assert!((70.0..110.0).contains(&inner), "{inner}");
    assert!((205.0..265.0).contains(&outer), "{outer}");
    // A wider claim of certainty makes a wider band.
    let [narrower, wider] = areas(&view(&field, 0.97, None));
    assert!(narrower < inner && wider > outer);
    let opacity = |row: usize, column: usize| drawn.band[4 * (row * SIZE[1] + column) + 3];
    assert!(opacity(12, 12) > opacity(12, 19) && opacity(12, 19) > opacity(12, 21));
}

#[test]
fn what_may_not_exist_and_what_may_be_missed_are_told_apart() {
    let mut field = empty();
    disc(&mut field, [12.0, 8.0], 5.0, 0.7);
    disc(&mut field, [12.0, 28.0], 5.0, 0.35);
    // A speck that is too small to speak of.
    field[0] = 0.3;
    let kinds = |regions: Option<&[PlaneRegion]>| {
        let drawn = view(&field, 0.9, regions);
        let mut kinds: Vec<(bool, Existence)> = drawn.classes[0]
            .outer
            .iter()
            .filter(|(line, _)| line.signed_area() > 4.0)
            .map(|(line, existence)| (line.points[0][0] > 20.0, *existence))
            .collect();
        kinds.sort_by_key(|(right, _)| *right);
        kinds
    };
    let [unsure, missed, sure] = [Existence::Unsure, Existence::Missed, Existence::Sure];
    assert_eq!(kinds(None), [(false, unsure), (true, missed)]);
    // On a plane of a volume it is the regions that know: there may be a core on another plane.
    assert_eq!(kinds(Some(&[])), [(false, sure), (true, sure)]);
    let region = |kind, columns| PlaneRegion {
        kind,
        rows: [8, 16],
        columns,
    };
    let regions = [
        region(RegionKind::FalseObject, [4, 12]),
        region(RegionKind::MissedObject, [24, 32]),
    ];
    assert_eq!(kinds(Some(&regions)), [(false, unsure), (true, missed)]);
}

#[test]
fn a_pattern_of_two_pixels_frays_no_line_of_a_picture() {
    let mut field = empty();
    disc(&mut field, [12.0, 18.0], 9.0, 0.99);
    let mut patterned = field.clone();
    for (index, p) in patterned.iter_mut().enumerate() {
        let odd = (index / SIZE[1] + index % SIZE[1]) % 2 == 1;
        *p += if odd { 0.12 } else { -0.12 };
    }
    let lines = |field: &[f32]| {
        let class = view(field, 0.9, None).classes.remove(0);
        (class.inner.len(), class.outer.len())
    };
    assert_eq!(lines(&field), (1, 1));
    assert_eq!(lines(&patterned), (1, 1));
    // Without the filter the pattern stands everywhere as dots.
    assert!(view(&patterned, 0.9, Some(&[])).classes[0].outer.len() > 5);
}

#[test]
fn the_saved_pictures_show_band_core_and_dashes() {
    let mut field = empty();
    disc(&mut field, [12.0, 8.0], 7.0, 1.0);
    disc(&mut field, [12.0, 31.0], 5.0, 0.35);
    let drawn = view(&field, 0.9, None);
    let grey = [90, 90, 90, 255].repeat(SIZE[0] * SIZE[1]);
    let file = png(&grey, &drawn).unwrap();
    let picture = imaging::open(&file, "overlay.png", &Limits::default()).unwrap();
    let scale = picture.shape[2] / SIZE[1];
    assert_eq!(picture.shape, [1, scale * SIZE[0], scale * SIZE[1]]);
    assert_eq!(scale, 16);
    let pixels = picture.shape[1] * picture.shape[2];
    let at = |row: f32, column: f32| {
        let place =
            (row * scale as f32) as usize * picture.shape[2] + (column * scale as f32) as usize;
        [0, 1, 2].map(|channel| picture.voxels[channel * pixels + place])
    };
    let plain = [90.0; 3];
    let [red, green, blue] = at(12.5, 8.5);
    assert!(
        blue > 120.0 && red < 90.0 && green > 90.0,
        "core in the colour of its class"
    );
    // Between the lines, on the right of the disc.
    let [red, green, _] = at(12.5, 8.5 + 7.0);
    assert!(red > 140.0 && green < 90.0, "band in the colour of doubt");
    assert_eq!(at(1.0, 20.0), plain);
    // Nothing is filled where something may have been missed.
    assert_eq!(at(12.5, 31.5), plain);

    let text = svg(&grey, &drawn).unwrap();
    assert!(text.starts_with("<svg ") && text.ends_with("</svg>\n"));
    assert!(text.contains("viewBox=\"0 0 40 24\"") && text.contains("stroke-dasharray"));
    assert!(text.contains("#00a0ff") && text.contains("#ff2fd0"));
    assert_eq!(text, svg(&grey, &drawn).unwrap());
}

#[test]
fn what_does_not_fit_is_refused() {
    let drawn = view(&empty(), 0.9, None);
    assert!(matches!(png(&[0; 4], &drawn), Err(Error::Image { .. })));
    assert!(matches!(svg(&[], &drawn), Err(Error::Image { .. })));
    let plane = Plane {
        size: SIZE,
        mask: &[],
        classes: &[ClassField {
            class: 1,
            colour: COLOUR,
            probability: &[f32::NAN; 3],
        }],
        regions: None,
    };
    assert!(matches!(penumbra(&plane, 0.9), Err(Error::Contours(_))));
}
