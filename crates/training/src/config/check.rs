//! Values of a configuration that cannot be.

use engine::Preprocessing;
use imaging::geometry::AxisCodes;
use segwithu::backbone::DynUNetConfig;

use crate::Error;
use crate::config::augmentation::Augmentation;
use crate::config::sections::{HeadCases, RunConfig, Sampling, ValidationView};

impl RunConfig {
    /// Checks every value.
    ///
    /// # Errors
    /// [`Error::Value`] for the first impossible value, [`Error::Method`] for an impossible network, and
    /// [`Error::NothingToRefit`].
    pub fn check(&self) -> Result<(), Error> {
        let model = &self.model;
        if !matches!(model.spatial_dims, 2 | 3) {
            return Err(impossible(
                "model.spatial_dims",
                model.spatial_dims,
                "2 for pictures or 3 for volumes",
            ));
        }
        if !matches!(model.in_channels, 1 | 3) {
            return Err(impossible("model.in_channels", model.in_channels, "1 or 3"));
        }
        DynUNetConfig::new(model.spatial_dims, model.in_channels, 2, model.filters)
            .check(self.rank())?;
        self.check_sizes()?;
        self.check_counts()?;
        self.check_shares()?;
        self.check_rates()?;
        for (section, augmentation) in [
            ("backbone", &self.backbone.augmentation),
            ("head", &self.head.augmentation),
        ] {
            check_augmentation(section, augmentation, model.spatial_dims)?;
        }
        if self.head.cases == HeadCases::HeldOut && self.backbone.held_out == 0.0 {
            return Err(impossible(
                "backbone.held_out",
                0,
                "above 0, as head.cases is \"held_out\"",
            ));
        }
        let id = &self.bundle.id;
        let plain =
            |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
        if id.is_empty() || !id.chars().all(plain) {
            return Err(impossible(
                "bundle.id",
                format!("{id:?}"),
                "letters, digits, `_` and `-`",
            ));
        }
        Ok(())
    }

    fn check_sizes(&self) -> Result<(), Error> {
        let axes = self.model.spatial_dims;
        let multiple = DynUNetConfig::SIZE_MULTIPLE;
        let sizes = [
            ("preprocessing.window", &self.preprocessing.window),
            ("backbone.patch", &self.backbone.patch),
            ("head.patch", &self.head.patch),
        ];
        for (name, size) in sizes {
            let sound = size.len() == axes
                && size
                    .iter()
                    .all(|&length| length != 0 && length % multiple == 0 && length <= 4096)
                && size.iter().any(|&length| length != multiple);
            if !sound {
                return Err(impossible(
                    name,
                    format!("{size:?}"),
                    format!("{axes} multiples of {multiple}, not all {multiple}, at most 4096"),
                ));
            }
        }
        if let Some(spacing) = &self.preprocessing.spacing {
            let sound =
                spacing.len() == axes && spacing.iter().all(|&step| step > 0.0 && step <= 1000.0);
            if !sound {
                return Err(impossible(
                    "preprocessing.spacing",
                    format!("{spacing:?}"),
                    format!("{axes} sizes in millimetres"),
                ));
            }
        }
        if let Some(side) = self.preprocessing.longest_side {
            let sides = Preprocessing::LONGEST_SIDES;
            if !sides.contains(&side) || axes != 2 || self.preprocessing.spacing.is_some() {
                return Err(impossible(
                    "preprocessing.longest_side",
                    side,
                    format!(
                        "{} to {} pixels, for pictures only, and without a spacing",
                        sides.start(),
                        sides.end()
                    ),
                ));
            }
        }
        if let Some(orientation) = &self.preprocessing.orientation
            && orientation.parse::<AxisCodes>().is_err()
        {
            return Err(impossible(
                "preprocessing.orientation",
                format!("{orientation:?}"),
                "three axis codes such as \"RAS\"",
            ));
        }
        Ok(())
    }

    fn check_counts(&self) -> Result<(), Error> {
        let (backbone, head) = (&self.backbone, &self.head);
        let mut counts = vec![
            ("backbone.steps", backbone.steps),
            ("backbone.batch", backbone.batch),
            ("backbone.validate_every", backbone.validate_every),
            ("head.steps", head.steps),
            ("head.batch", head.batch),
            ("head.validate_every", head.validate_every),
            ("head.num_probes", head.num_probes),
        ];
        if let ValidationView::Patches(count) = backbone.validation {
            counts.push(("backbone.validation.patches", count));
        }
        if let ValidationView::Patches(count) = head.validation {
            counts.push(("head.validation.patches", count));
        }
        counts.extend(
            backbone
                .tolerance
                .map(|count| ("backbone.tolerance", count)),
        );
        counts.extend(head.tolerance.map(|count| ("head.tolerance", count)));
        for (name, count) in counts {
            if count == 0 {
                return Err(impossible(name, 0, "at least 1"));
            }
        }
        if let HeadCases::Folds(folds) = head.cases
            && !(2..=20).contains(&folds)
        {
            return Err(impossible("head.cases.folds", folds, "2 to 20"));
        }
        if head.num_probes > 64 {
            return Err(impossible("head.num_probes", head.num_probes, "at most 64"));
        }
        Ok(())
    }

    fn check_shares(&self) -> Result<(), Error> {
        let band = self.head.band;
        let mut shares = vec![
            ("backbone.held_out", self.backbone.held_out),
            ("backbone.fold_start", self.backbone.fold_start),
            ("head.band.pairs", band.pairs),
            ("head.band.tail", band.tail),
            ("head.band.nll", band.nll),
            ("head.band.error", band.error),
        ];
        for (name, sampling) in [
            ("backbone.sampling.foreground_share", self.backbone.sampling),
            ("head.sampling.foreground_share", self.head.sampling),
        ] {
            if let Sampling::ForegroundShare(share) = sampling {
                shares.push((name, share));
            }
        }
        if let Some(refit) = self.head.refit {
            if refit.near.is_none() && !refit.ranking {
                return Err(Error::NothingToRefit);
            }
            shares.extend(refit.near.map(|near| ("head.refit.near", near)));
        }
        for (name, share) in shares {
            if !(0.0..=1.0).contains(&share) {
                return Err(impossible(name, share, "between 0 and 1"));
            }
        }
        let average = self.backbone.average;
        if !(0.0..1.0).contains(&average) {
            return Err(impossible(
                "backbone.average",
                average,
                "at least 0 and under 1",
            ));
        }
        let below_one = [
            ("preprocessing.overlap", self.preprocessing.overlap),
            ("backbone.dropout", self.backbone.dropout),
            ("backbone.held_out", self.backbone.held_out),
            ("backbone.fold_start", self.backbone.fold_start),
        ];
        for (name, share) in below_one {
            if !(0.0..0.99).contains(&share) {
                return Err(impossible(name, share, "at least 0 and under 0.99"));
            }
        }
        Ok(())
    }

    fn check_rates(&self) -> Result<(), Error> {
        let [first, last] = self.head.rates;
        for (name, rate) in [
            ("backbone.rate", self.backbone.first_rate()),
            ("head.rates[0]", first),
            ("head.rates[1]", last),
        ] {
            if !(rate > 0.0 && rate <= 1.0) {
                return Err(impossible(name, rate, "above 0 and at most 1"));
            }
        }
        let loss = &self.head.loss;
        for (name, weight) in [
            ("nll", loss.nll),
            ("error", loss.error),
            ("pairwise", loss.pairwise),
            ("tail", loss.tail),
            ("trust", loss.trust),
            ("anchor", loss.anchor),
            ("residual", loss.residual),
        ] {
            if !(0.0..=100.0).contains(&weight) {
                return Err(impossible(
                    format!("head.loss.{name}"),
                    weight,
                    "between 0 and 100",
                ));
            }
        }
        Ok(())
    }
}

fn check_augmentation(
    section: &str,
    augmentation: &Augmentation,
    axes: usize,
) -> Result<(), Error> {
    let flip = augmentation.flip.unwrap_or_default();
    let rotation = augmentation.rotation;
    let mut probabilities = vec![
        ("flip.planes", flip.planes),
        ("flip.rows", flip.rows),
        ("flip.columns", flip.columns),
    ];
    probabilities.extend(rotation.map(|rotation| ("rotation.probability", rotation.probability)));
    for (name, chance, _) in augmentation.chances() {
        probabilities.extend(chance.map(|chance| (name, chance.probability)));
    }
    for (name, probability) in probabilities {
        if !(0.0..=1.0).contains(&probability) {
            return Err(impossible(
                format!("the probability of {section}.augmentation.{name}"),
                probability,
                "between 0 and 1",
            ));
        }
    }
    if axes == 2 && flip.planes > 0.0 {
        return Err(impossible(
            format!("{section}.augmentation.flip.planes"),
            flip.planes,
            "left out, as pictures have one plane",
        ));
    }
    if let Some(rotation) = rotation
        && !(0.0..=180.0).contains(&rotation.degrees)
    {
        return Err(impossible(
            format!("{section}.augmentation.rotation.degrees"),
            rotation.degrees,
            "between 0 and 180",
        ));
    }
    for (name, chance, [least, most]) in augmentation.chances() {
        if let Some(chance) = chance {
            let [low, high] = chance.range;
            if !(low >= least && low <= high && high <= most) {
                return Err(impossible(
                    format!("{section}.augmentation.{name}.range"),
                    format!("[{low}, {high}]"),
                    format!("ascending, within {least} to {most}"),
                ));
            }
        }
    }
    Ok(())
}

/// A value that cannot be; `expected` goes on from "it must be".
fn impossible(key: impl Into<String>, value: impl ToString, expected: impl Into<String>) -> Error {
    Error::Value {
        key: key.into(),
        value: value.to_string(),
        expected: expected.into(),
    }
}
