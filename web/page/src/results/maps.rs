//! What the method's maps are: title, unit, and what a high value means.

/// The scale on which a map is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scale {
    /// From the smallest to the largest value in this image.
    Image,
    /// From 0 to the largest value in this image.
    FromZero,
    /// From 0 to 1.
    Unit,
    /// From 0 to the logarithm of the number of classes, the largest entropy that is possible.
    Entropy,
    /// From exp(-4) to 1, the values that the weight can take.
    Weight,
}

/// A map as people should read it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapText {
    /// Name in the messages and in file names.
    pub name: &'static str,
    /// Title in the select.
    pub title: &'static str,
    /// Unit; none for plain numbers.
    pub unit: Option<&'static str>,
    /// What the low end means, two or three words.
    pub low: &'static str,
    /// What the high end means, two or three words.
    pub high: &'static str,
    /// One sentence: what it measures.
    pub meaning: &'static str,
    /// The scale on which it is drawn.
    pub scale: Scale,
}

/// All maps of the method, in the order in which people should meet them. The formulas are those of the SegWithU head.
pub const MAPS: [MapText; 10] = [
    MapText {
        name: "ranking",
        title: "Ranking",
        unit: None,
        low: "trust",
        high: "doubt",
        meaning: "The method's answer to “where is the mask wrong?”: only the order of the pixels counts, not the value.",
        scale: Scale::Image,
    },
    MapText {
        name: "calibration",
        title: "Calibration",
        unit: None,
        low: "as confident as said",
        high: "less confident than said",
        meaning: "By how much the network's confidence is lowered: its scores are divided by the root of one plus this value.",
        scale: Scale::FromZero,
    },
    MapText {
        name: "epistemic",
        title: "Epistemic",
        unit: Some("variance of a probability"),
        low: "probes agree",
        high: "probes disagree",
        meaning: "How far small probes of the network move the class probabilities: doubt that more training data could remove.",
        scale: Scale::FromZero,
    },
    MapText {
        name: "aleatoric",
        title: "Aleatoric",
        unit: None,
        low: "clear image",
        high: "ambiguous image",
        meaning: "Doubt that lies in the image itself, such as blur or noise, as the method has learnt to see it.",
        scale: Scale::FromZero,
    },
    MapText {
        name: "residual",
        title: "Residual energy",
        unit: Some("squared score (logit)"),
        low: "little moved",
        high: "much moved",
        meaning: "Energy of the disturbance that the probes cause in the network's scores.",
        scale: Scale::FromZero,
    },
    MapText {
        name: "entropy",
        title: "Entropy",
        unit: Some("nats"),
        low: "one class",
        high: "all classes alike",
        meaning: "Entropy of the class probabilities before tempering: the usual measure of doubt, here for comparison.",
        scale: Scale::Entropy,
    },
    MapText {
        name: "margin",
        title: "Margin",
        unit: Some("difference of two probabilities"),
        low: "doubt",
        high: "trust",
        meaning: "Probability of the likeliest class less that of the second. It is high where the model is sure.",
        scale: Scale::Unit,
    },
    MapText {
        name: "weight",
        title: "Margin weight",
        unit: None,
        low: "clear margin",
        high: "no margin",
        meaning: "exp(−4 × margin), the share that a small margin adds to the ranking.",
        scale: Scale::Weight,
    },
    MapText {
        name: "anchor",
        title: "Anchor",
        unit: None,
        low: "trust",
        high: "doubt",
        meaning: "The fixed sum of epistemic, residual, calibration, entropy and margin terms from which the ranking is made.",
        scale: Scale::Image,
    },
    MapText {
        name: "probe",
        title: "Probe energy",
        unit: None,
        low: "probes silent",
        high: "probes respond",
        meaning: "Mean square of the probes' responses to the features under this pixel.",
        scale: Scale::FromZero,
    },
];

/// The text for a map; a map that the page does not know yet is shown under its own name.
#[must_use]
pub fn text(name: &str) -> Option<&'static MapText> {
    MAPS.iter().find(|map| map.name == name)
}

/// Whether a map runs the other way: its high values mean trust. It is drawn turned round, so that bright is doubt in every
/// map.
#[must_use]
pub fn is_reversed(name: &str) -> bool {
    name == "margin"
}

/// The values at which a map's colours begin and end.
///
/// `minimum` and `maximum` are those between which the map lies in this image, `classes` the number of classes of the
/// model. The second value is always larger than the first.
#[must_use]
pub fn range(name: &str, [minimum, maximum]: [f32; 2], classes: usize) -> [f32; 2] {
    let (low, high) = match text(name).map_or(Scale::Image, |map| map.scale) {
        Scale::Image => (minimum, maximum),
        Scale::FromZero => (0.0, maximum),
        Scale::Unit => (0.0, 1.0),
        Scale::Entropy => (0.0, (classes.max(2) as f32).ln()),
        Scale::Weight => ((-4.0_f32).exp(), 1.0),
    };
    let (low, high) = (
        if low.is_finite() { low } else { 0.0 },
        if high.is_finite() { high } else { 1.0 },
    );
    // A constant map still needs two different ends, also where 1 is lost in rounding.
    let step = (low.abs() * 1e-3).max(1e-6);
    [low, if high > low { high } else { low + step }]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn names_are_unique_and_all_ten_maps_are_there() {
        let mut names: Vec<_> = MAPS.iter().map(|map| map.name).collect();
        names.sort_unstable();
        let all = [
            "aleatoric",
            "anchor",
            "calibration",
            "entropy",
            "epistemic",
            "margin",
            "probe",
            "ranking",
            "residual",
            "weight",
        ];
        assert_eq!(names, all);
    }

    #[test]
    fn fixed_scales_do_not_follow_the_image() {
        assert_eq!(range("margin", [0.2, 0.7], 2), [0.0, 1.0]);
        let [low, high] = range("entropy", [0.1, 0.3], 3);
        assert!(low == 0.0 && (high - 3.0_f32.ln()).abs() < 1e-6);
        assert_eq!(range("epistemic", [0.1, 0.3], 2), [0.0, 0.3]);
        assert_eq!(range("ranking", [-1.5, 0.3], 2), [-1.5, 0.3]);
    }

    #[test]
    fn a_constant_or_broken_map_still_has_a_range() {
        for (low, high) in [(0.0, 0.0), (2.5e7, 2.5e7), (f32::NAN, f32::INFINITY)] {
            let range = range("ranking", [low, high], 2);
            assert!(range[1] > range[0], "{range:?}");
        }
    }
}
