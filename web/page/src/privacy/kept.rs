//! What is kept in the browser so that the page works without a network: when, what, and how much.

use serde::Deserialize;

/// Names of everything that this page keeps in the browser begin with this, so that nothing of another page at the same
/// address is taken away.
pub const PREFIX: &str = "penumbra";

/// What decides whether the program is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// The page knows the name of its build: it does not in development.
    pub built: bool,
    /// The browser has service workers and allows them here.
    pub able: bool,
    /// The address says `offline=0`.
    pub refused: bool,
    /// The visitor has switched it off.
    pub off: bool,
    /// The page stands in another one.
    pub embedded: bool,
    /// An image of the visitor's own is open or was.
    pub own_image: bool,
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Keep the program.
    Keep,
    /// Take away what an earlier visit has kept.
    Remove,
    /// Leave everything as it is.
    Nothing,
}

/// Whether the program is kept. Once an image is open nothing is fetched that nobody has asked for, so that its time without a
/// request is real.
#[must_use]
pub const fn plan(now: Situation) -> Plan {
    if !now.able || now.embedded {
        Plan::Nothing
    } else if !now.built || now.refused || now.off {
        Plan::Remove
    } else if now.own_image {
        Plan::Nothing
    } else {
        Plan::Keep
    }
}

/// What the service worker says of a file of its build.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct File {
    /// Below the page's folder.
    pub path: String,
    /// Bytes.
    pub bytes: u64,
    /// Belongs to the program, and is kept on the first visit.
    pub program: bool,
    /// Is kept.
    pub kept: bool,
}

/// Files that are kept together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What they are.
    pub kind: Kind,
    /// Bytes of all.
    pub bytes: u64,
    /// Bytes that are kept.
    pub kept: u64,
}

/// What is kept together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Page and worker.
    Program,
    /// A model, by its identifier.
    Model(String),
    /// The sample images and their labels.
    Samples,
}

/// The files in groups: the program, each model, the samples.
#[must_use]
pub fn groups(files: &[File]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for file in files {
        let kind = match file.path.split_once('/') {
            _ if file.program => Kind::Program,
            Some(("models", rest)) => {
                Kind::Model(rest.split('/').next().unwrap_or_default().to_owned())
            }
            _ => Kind::Samples,
        };
        let kept = if file.kept { file.bytes } else { 0 };
        match groups.iter_mut().find(|group| group.kind == kind) {
            Some(group) => {
                group.bytes += file.bytes;
                group.kept += kept;
            }
            None => groups.push(Group {
                kind,
                bytes: file.bytes,
                kept,
            }),
        }
    }
    groups.sort_by_key(|group| match group.kind {
        Kind::Program => 0,
        Kind::Model(_) => 1,
        Kind::Samples => 2,
    });
    groups
}

/// Bytes of a list of groups: kept, and of all.
#[must_use]
pub fn total(groups: &[Group]) -> [u64; 2] {
    let sum = |of: fn(&Group) -> u64| groups.iter().map(of).sum();
    [sum(|group| group.kept), sum(|group| group.bytes)]
}

/// What is kept of a model and a sample when they are used: a folder and file names below the page's folder.
#[must_use]
pub fn used(model: Option<&str>, sample: Option<(&str, Option<&str>)>) -> Vec<String> {
    let model = model.map(|id| format!("models/{id}/"));
    let (image, labels) = sample.unzip();
    let files = image.into_iter().chain(labels.flatten());
    let files = files.map(|file| format!("samples/{file}"));
    model.into_iter().chain(files).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Situation = Situation {
        built: true,
        able: true,
        refused: false,
        off: false,
        embedded: false,
        own_image: false,
    };

    #[test]
    fn the_program_is_kept_unless_somebody_minds() {
        assert_eq!(plan(USUAL), Plan::Keep);
        let off = Situation { off: true, ..USUAL };
        let refused = Situation {
            refused: true,
            ..USUAL
        };
        let development = Situation {
            built: false,
            ..USUAL
        };
        for now in [off, refused, development] {
            assert_eq!(plan(now), Plan::Remove);
            // What is kept goes away also while an image is open: that asks for nothing.
            let own_image = true;
            assert_eq!(plan(Situation { own_image, ..now }), Plan::Remove);
        }
    }

    #[test]
    fn nothing_is_fetched_once_an_image_is_open_and_in_frames_nothing_is_kept() {
        let open = Situation {
            own_image: true,
            ..USUAL
        };
        let embedded = Situation {
            embedded: true,
            off: true,
            ..USUAL
        };
        let unable = Situation {
            able: false,
            ..USUAL
        };
        for now in [open, embedded, unable] {
            assert_eq!(plan(now), Plan::Nothing);
        }
    }

    #[test]
    fn files_are_summed_by_what_they_are() {
        let file = |path: &str, bytes, program, kept| File {
            path: path.to_owned(),
            bytes,
            program,
            kept,
        };
        let files = [
            file("samples/a.png", 5, false, true),
            file("models/b/model.json", 10, false, false),
            file("models/b/weights.safetensors", 100, false, true),
            file("index.html", 1, true, true),
            file("models/index.json", 2, true, true),
        ];
        let groups = groups(&files);
        let group = |kind, bytes, kept| Group { kind, bytes, kept };
        assert_eq!(
            groups,
            [
                group(Kind::Program, 3, 3),
                group(Kind::Model("b".to_owned()), 110, 100),
                group(Kind::Samples, 5, 5)
            ]
        );
        assert_eq!(total(&groups), [108, 118]);
    }

    #[test]
    fn what_is_used_is_a_folder_and_its_files() {
        assert_eq!(
            used(Some("m"), Some(("a.png", Some("a_labels.png")))),
            ["models/m/", "samples/a.png", "samples/a_labels.png"]
        );
        assert_eq!(used(None, Some(("a.png", None))), ["samples/a.png"]);
        assert!(used(None, None).is_empty());
    }
}
