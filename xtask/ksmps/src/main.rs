//! The program `ksmps`, for those who have the archive and no Rust. All that it does is in the library beside it.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    ksmps_program::run(ksmps_program::Program::parse().command)
}
