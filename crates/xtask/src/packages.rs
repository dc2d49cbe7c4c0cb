//! Packages of a Debian-like distribution, for what neither rustup nor a language's registry gives.

use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use crate::error::{Error, Result};
use crate::process::{exists, run, step};

/// The package manager works for one caller at a time.
static TURN: Mutex<()> = Mutex::new(());

/// Installs packages with `apt-get`, through `sudo` where one is not the administrator.
///
/// # Errors
/// [`Error::Install`] without `apt-get`, without the permission, or when the packages cannot be had.
pub fn install(what: &str, packages: &[&str]) -> Result<()> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let list = packages.join(" ");
    let refused = |reason: &str, advice: String| Error::Install {
        what: what.to_owned(),
        reason: reason.to_owned(),
        advice,
    };
    if !exists("apt-get") {
        return Err(refused(
            "this system has no apt-get",
            format!("install it with the system's own packages (on Debian: {list})"),
        ));
    }
    let administrator = is_administrator();
    if !administrator && !may_sudo() {
        return Err(refused(
            "this account may not install packages",
            format!("have the administrator run `apt-get install --no-install-recommends {list}`"),
        ));
    }
    step(
        &format!("installing {what} from the distribution's packages: {list}"),
        || {
            // A fresh image has no package lists, so a first failure only means that they are to be fetched.
            if run(&mut apt(
                administrator,
                &["install", "-q", "-y", "--no-install-recommends"],
                packages,
            ))
            .is_ok()
            {
                return Ok(());
            }
            run(&mut apt(administrator, &["update", "-q"], &[]))
                .and_then(|()| {
                    run(&mut apt(
                        administrator,
                        &["install", "-q", "-y", "--no-install-recommends"],
                        packages,
                    ))
                })
                .map_err(|error| {
                    refused(
                        &error.to_string(),
                        format!("check that the package archive can be reached and knows {list}"),
                    )
                })
        },
    )
}

fn apt(administrator: bool, arguments: &[&str], packages: &[&str]) -> Command {
    let mut command = if administrator {
        Command::new("env")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "env"]);
        sudo
    };
    command
        .arg("DEBIAN_FRONTEND=noninteractive")
        .arg("apt-get")
        .args(arguments)
        .args(packages);
    // apt's long account is of interest only when it fails; its errors go to standard error.
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

fn is_administrator() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn may_sudo() -> bool {
    Command::new("sudo")
        .args(["-n", "true"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
