//! Where files come from: the visitor, or the page's own folders.

use std::rc::Rc;

use gloo::utils::document;
use js_sys::ArrayBuffer;
use leptos::prelude::*;
use page::errors::Error;
use page::library::catalogue::{self, Models, Samples};
use page::library::selection::{self, Group};

use crate::web::dom;
use crate::web::files::{self, Chosen};
use crate::web::state::State;

/// What is opened as one image: files that the visitor chose, or a sample.
#[derive(Debug, Clone)]
pub enum Source {
    /// Handed over by the browser.
    Files {
        /// The files, in the order of the group.
        files: Vec<web_sys::File>,
        /// How they belong together.
        group: Group,
    },
    /// One of the page's own files, relative to the page, and its name.
    Own { path: String, name: String },
    /// Made by the page itself, as a file in memory.
    Made { name: String, bytes: ArrayBuffer },
}

impl Source {
    /// Its name.
    pub fn name(&self) -> String {
        match self {
            Self::Files { group, .. } => group.name.clone(),
            Self::Own { name, .. } | Self::Made { name, .. } => name.clone(),
        }
    }

    /// Its name in a list.
    pub fn title(&self) -> String {
        match self {
            Self::Files { group, .. } => selection::title(group),
            Self::Own { name, .. } | Self::Made { name, .. } => name.clone(),
        }
    }

    /// The names of its files.
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::Files { files, .. } => files.iter().map(web_sys::File::name).collect(),
            Self::Own { name, .. } | Self::Made { name, .. } => vec![name.clone()],
        }
    }

    /// The bytes of its files.
    ///
    /// # Errors
    /// [`Error::Read`] or [`Error::Fetch`].
    pub async fn bytes(&self) -> Result<Vec<ArrayBuffer>, Error> {
        match self {
            Self::Files { files, .. } => files::bytes(files).await,
            Self::Own { path, .. } => Ok(vec![dom::fetch_bytes(path).await?]),
            Self::Made { bytes, .. } => Ok(vec![bytes.clone()]),
        }
    }
}

/// Where an image comes from, as the page shows it beside the image.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The sample, by its identifier.
    pub sample: Option<String>,
    /// The images that were opened together.
    pub sources: Rc<Vec<Source>>,
    /// Which of them it is.
    pub file: usize,
}

/// The address of the models' folder, in full, because the worker's own folder is another one.
pub fn models_url() -> String {
    let base = document().base_uri().ok().flatten();
    let url = base.and_then(|base| web_sys::Url::new_with_base("models/", &base).ok());
    url.map_or_else(|| "../models/".to_owned(), |url| url.href())
}

/// The lists of models and samples, which are shown as well. Without samples one's own images still work, so that their
/// fault is only told beside.
///
/// # Errors
/// [`Error::Fetch`] or [`Error::Catalogue`], of the models.
pub async fn lists(state: &State) -> Result<(Models, Samples, Option<Error>), Error> {
    let models: Models = list("models/index.json").await?;
    let (samples, fault) = match list::<Samples>("samples/index.json").await {
        Ok(samples) => (samples, None),
        Err(fault) => (
            Samples {
                samples: Vec::new(),
            },
            Some(fault),
        ),
    };
    state.models.set(models.models.clone());
    state.samples.set(samples.samples.clone());
    Ok((models, samples, fault))
}

async fn list<T: for<'de> serde::Deserialize<'de>>(file: &str) -> Result<T, Error> {
    catalogue::parse(file, &dom::fetch_text(file).await?)
}

/// The images among files, in the order of the files' paths.
pub fn grouped(mut files: Vec<Chosen>) -> Vec<Source> {
    files.sort_by(|one, other| one.path.cmp(&other.path));
    let paths: Vec<String> = files.iter().map(|chosen| chosen.path.clone()).collect();
    let groups = selection::groups(&paths).into_iter();
    groups
        .map(|group| {
            let members = group.members.iter();
            let members = members.filter_map(|index| files.get(*index));
            Source::Files {
                files: members.map(|chosen| chosen.file.clone()).collect(),
                group,
            }
        })
        .collect()
}
