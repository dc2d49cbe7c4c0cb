//! Every picture of the data sets that models are trained on opens, and its label fits it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use imaging::{Limits, open, open_labels};

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test_data::test("data")]
fn images_and_labels_fit_each_other() {
    let data = test_data::path!("data");
    let limits = Limits::default();
    for set in names(&data) {
        let folder = data.join(&set);
        let Ok(text) = std::fs::read_to_string(folder.join("dataset.json")) else {
            continue;
        };
        let description: serde_json::Value = serde_json::from_str(&text).unwrap();
        if description["file_ending"] != ".png" {
            continue;
        }
        let classes = u8::try_from(description["labels"].as_object().unwrap().len()).unwrap();
        let mut seen = vec![false; usize::from(classes)];
        for name in names(&folder.join("images")) {
            let read = |part: &str| std::fs::read(folder.join(part).join(&name)).unwrap();
            let image = open(&read("images"), &name, &limits)
                .unwrap_or_else(|error| panic!("{set}, image {name}: {error}"));
            let labels = open_labels(&read("labels"), &name, &limits, classes)
                .unwrap_or_else(|error| panic!("{set}, label {name}: {error}"));
            assert_eq!(image.shape, labels.shape, "{set}, {name}");
            labels
                .ids
                .iter()
                .for_each(|&id| seen[usize::from(id)] = true);
        }
        assert!(
            seen.iter().all(|&seen| seen),
            "{set}: a class never occurs: {seen:?}"
        );
    }
}
