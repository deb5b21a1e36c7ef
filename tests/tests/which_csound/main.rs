//! The built plugins and the library they open: none, and one that both formats share in one process. Each case is a
//! process of its own, because a library that is open stays open.

mod carried;
mod missing;
mod shared;

use std::path::Path;
use std::process::Command;

use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::host::Format;
use ksmps_harness::instance::Instance;

const RATE: f64 = 48_000.0;
/// The environment variable that names the user's Csound.
const CHOICE: &str = "KSMPS_CSOUND";

/// A process that runs an ignored test of this program with this Csound.
fn child(test: &str, csound: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("it runs"));
    command.args(["--ignored", "--exact", test]).env(CHOICE, csound);
    command
}

/// Waits for the child's end, and for its one test to have passed.
#[track_caller]
fn passes(mut child: Command) {
    let output = child.output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{}\n{said}{errors}", output.status);
}

fn open(format: Format, kind: Kind) -> Instance {
    let library = bundle::library(format).unwrap_or_else(|error| panic!("{error}"));
    Instance::open(format, &library, kind.name())
        .unwrap_or_else(|error| panic!("{format:?} {kind:?}: {error}"))
}
