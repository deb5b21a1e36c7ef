//! The executable of an engine's process. All of it is in the core, so that both sides are of one build.

use std::process::ExitCode;

fn main() -> ExitCode {
    ksmps_core::player::run_engine_process()
}
