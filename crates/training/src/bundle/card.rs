//! The model card of a bundle: what the model is, for whom, and how good.

use std::fmt::Write as _;

use engine::Manifest;

use crate::config::Refit;

/// What a card says beside the manifest.
#[derive(Debug, Clone)]
pub(crate) struct CardTexts<'a> {
    /// Cases of the training split.
    pub(crate) train_cases: usize,
    /// The recipe that the head was trained by, where it is not the configuration's own.
    pub(crate) recipe: Option<&'a str>,
    /// What was fitted on the validation split.
    pub(crate) refit: Option<Refit>,
    /// What limits the model, one sentence each.
    pub(crate) limits: &'a [String],
}

/// The card as Markdown, with the figures of the manifest.
pub(crate) fn model_card(manifest: &Manifest, texts: &CardTexts<'_>) -> String {
    let mut text = String::new();
    let classes = manifest
        .classes
        .iter()
        .skip(1)
        .map(|class| class.name.as_str());
    let classes = classes.collect::<Vec<_>>().join(", ");
    let shape = &manifest.architecture;
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "\
# {title}

`{id}`: segments {classes} in {modality}.

## Intended use

Research and teaching: to see what a small segmentation network finds in such images, and where its answer should be
doubted. Not for diagnosis, not for treatment, not validated on patients.

## Network

DynUNet with a residual encoder, {dims}D, filters {filters:?}, {channels} input channels, window {patch:?}, and a SegWithU head
with {probes} probes. Weights: {bytes} bytes, f16, SHA-256 `{sha}`.

## Data

{dataset}: {source}

Licence: {licence}. Citation: {citation}

Fixed splits by image groups: {train_cases} training, {val_cases} validation and {test_cases} test cases. Trained on the training split
only; the checkpoint is chosen on the validation split{refit}; the test split is reported once.

## Training

```sh
cargo run --release -p penumbra-cli -- train all --config {configuration} --out runs/{id}{recipe}
cargo run --release -p penumbra-cli -- pack --run runs/{id} --out web/models/{id}{recipe}
```

Seed {seed}. The last command wrote this card; `docs/training.md` explains the configuration.

## Figures

Validation: mean Dice {dice:.4}.

Test, {test_cases} cases:

| figure | value |
|---|---|
",
        title = manifest.title,
        id = manifest.id,
        modality = manifest.modality,
        dims = shape.spatial_dims,
        filters = shape.filters,
        channels = shape.in_channels,
        patch = manifest.preprocessing.patch,
        probes = shape.num_probes,
        bytes = manifest.weights.bytes,
        sha = manifest.weights.sha256,
        dataset = manifest.training.dataset,
        source = manifest.source,
        licence = manifest.licence,
        citation = manifest.citation,
        train_cases = texts.train_cases,
        recipe = texts
            .recipe
            .map_or_else(String::new, |recipe| format!(" --recipe {recipe}")),
        refit = refitted(texts.refit),
        val_cases = manifest.validation.cases,
        test_cases = manifest.test.cases,
        configuration = manifest.training.configuration,
        seed = manifest.training.seed,
        dice = manifest.validation.dice,
    );
    for (name, value) in &manifest.test.figures {
        let _ = writeln!(text, "| {name} | {value:.5} |");
    }
    text.push_str(
        "\
\nDice is the mean over cases. AUROC, AURC and ECE are pooled over all voxels of the split, `near` over those at most 2
voxels from an object of label or mask: `segwithu` is the ranking map with the tempered probabilities, `entropy` the plain
network's entropy with its raw softmax.

## Limits

Small and quickly trained. Images of another kind than the training data get a mask all the same; the maps can show that
something is wrong, and do not guarantee it.
",
    );
    if !texts.limits.is_empty() {
        text.push('\n');
    }
    for limit in texts.limits {
        let _ = writeln!(text, "- {limit}");
    }
    text
}

/// What was fitted on the validation cases beside the choice of the checkpoint.
fn refitted(refit: Option<Refit>) -> String {
    let parts = refit.map_or([None, None], |refit| {
        [
            refit
                .near
                .map(|_| "the four numbers of the calibration layer"),
            refit
                .ranking
                .then_some("the share of the margin in the ranking map"),
        ]
    });
    match parts
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" and ")
    {
        parts if parts.is_empty() => parts,
        parts => format!(", and\n{parts} fitted there, as a temperature is"),
    }
}
