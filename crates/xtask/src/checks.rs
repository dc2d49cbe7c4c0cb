//! Format, lints and documentation.

use crate::error::Result;
use crate::paths::Paths;
use crate::process::{cargo, run_step};
use crate::summary::Count;
use crate::wasm_target::{self, TARGET};

/// Every file as rustfmt writes it.
///
/// # Errors
/// [`crate::error::Error::Ended`] where one is not.
pub fn format(paths: &Paths) -> Result<Count> {
    run_step(cargo(paths).args(["fmt", "--all", "--", "--check"]))?;
    Ok(Count::PASSED)
}

/// clippy without a warning in every crate and target of the workspace, and in the page's code for WebAssembly.
///
/// The worker's code for WebAssembly is left to the compiler: burn would have to be checked for this target too, which
/// takes minutes.
///
/// # Errors
/// [`crate::error::Error::Ended`] where it has something to say.
pub fn lint(paths: &Paths) -> Result<Count> {
    let mut native = cargo(paths);
    native.args(["clippy", "--workspace", "--all-targets", "--locked"]);
    run_step(native.args(["--", "-D", "warnings"]))?;
    let mut count = Count::PASSED;
    if wasm_target::is_in_active_toolchain() {
        let mut web = cargo(paths);
        web.args(["clippy", "--package", "penumbra-page", "--locked"])
            .args(["--target", TARGET, "--", "-D", "warnings"]);
        run_step(&mut web)?;
        count += Count::PASSED;
    } else {
        count += Count::skipped(&format!(
            "clippy for the page's WebAssembly code: the active toolchain lacks {TARGET}; run `rustup target add {TARGET}`"
        ));
    }
    Ok(count)
}

/// The documentation of every library without a warning, into `target/doc`.
///
/// It needs dependencies in the form that clippy has left them, so it comes cheap after clippy.
///
/// # Errors
/// [`crate::error::Error::Ended`] where rustdoc has something to say.
pub fn document(paths: &Paths) -> Result<Count> {
    let mut command = cargo(paths);
    command
        .args(["doc", "--workspace", "--no-deps", "--locked"])
        .env("RUSTDOCFLAGS", "-D warnings");
    run_step(&mut command)?;
    Ok(Count::PASSED)
}
