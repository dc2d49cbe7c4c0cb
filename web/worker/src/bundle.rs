//! A model's files, from the page's own origin.

use std::ops::ControlFlow;

use engine::{Bundle, Manifest};
use protocol::Stage;

use crate::error::Error;
use crate::host::{FetchFault, Host, STEP_MILLISECONDS};
use crate::messages::progress;

/// Seconds without a byte after which a file is given up.
const PATIENCE_SECONDS: u32 = 20;

/// Fetches and checks a bundle. `models_url` ends in `/`; `superseded` says whether another model is wanted meanwhile.
pub(crate) async fn bundle(
    host: &impl Host,
    models_url: &str,
    model: &str,
    superseded: &dyn Fn() -> bool,
) -> Result<Bundle, Error> {
    let plain =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    if model.is_empty() || !model.chars().all(plain) {
        return Err(Error::Fetch {
            file: "model.json".to_owned(),
            reason: format!("`{model}` is not the name of a model"),
        });
    }
    let folder = format!("{models_url}{model}/");
    let manifest = bytes(host, &folder, "model.json", 0, superseded).await?;
    let description = Manifest::from_json(&manifest).map_err(Error::Bundle)?;
    let (file, length) = (&description.weights.file, description.weights.bytes);
    let weights = bytes(host, &folder, file, length, superseded).await?;
    Bundle::from_bytes(&manifest, weights).map_err(Error::Bundle)
}

/// A file; `length` is what it should have, 0 where that is not known.
async fn bytes(
    host: &impl Host,
    folder: &str,
    file: &str,
    length: u64,
    superseded: &dyn Fn() -> bool,
) -> Result<Vec<u8>, Error> {
    let (mut arrived, mut idle) = (0_u64, 0_u32);
    let mut stalled = false;
    let mut step = |done: u64| {
        if superseded() {
            return ControlFlow::Break(());
        }
        if done > arrived {
            (arrived, idle) = (done, 0);
            if length > 0 {
                let bytes = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
                let total = length.max(done);
                progress(host, None, Stage::FetchModel, bytes(done), bytes(total));
            }
        } else {
            idle += STEP_MILLISECONDS;
        }
        stalled = idle >= 1000 * PATIENCE_SECONDS;
        if stalled {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let outcome = host.fetch(&format!("{folder}{file}"), &mut step).await;
    let file = file.to_owned();
    outcome.map_err(|fault| match fault {
        FetchFault::GivenUp if stalled => Error::Stalled {
            file,
            seconds: PATIENCE_SECONDS,
        },
        FetchFault::GivenUp => Error::Superseded,
        FetchFault::Failed(reason) => Error::Fetch { file, reason },
    })
}
