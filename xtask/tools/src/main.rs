//! The commands of `cargo xtask` that make sound: they play documents through the built plugins, or through the
//! core alone, in this process. `cargo xtask` prepares machine and bundles and starts this program.
//!
//! Results go to standard output, progress and errors to standard error.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod compare;
mod demo;
mod error;
mod oracle;
mod play;
mod progress;
mod render;
mod session;

/// Plays Ksmps without a DAW.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Tools {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Play the factory documents through the built plugins and report what was heard.
    Demo(demo::Args),
    /// Play one document into a WAV file.
    Render(render::Args),
    /// Compare the plugin's sound with the csound command line's, file by file.
    ///
    /// Exits with 0 where nothing differs and nothing failed, else with 1.
    Compare(compare::Args),
    /// Measure time, memory, allocations and locks.
    Bench(bench::Args),
    /// Compare the core with recorded scenarios, step by step and sample by sample.
    ///
    /// Exits with 0 where nothing failed, else with 1.
    Oracle(oracle::Args),
    /// The plugin's side of compare, in a process of its own.
    #[command(hide = true)]
    PlayForCompare(compare::Order),
    /// One render of bench, in a process of its own.
    #[command(hide = true)]
    RenderForBench(bench::Order),
}

fn main() -> ExitCode {
    let done = |()| ExitCode::SUCCESS;
    let outcome = match Tools::parse().command {
        Command::Demo(args) => demo::run(&args).map(done),
        Command::Render(args) => render::run(&args).map(done),
        Command::Compare(args) => compare::run(&args),
        Command::Bench(args) => bench::run(&args).map(done),
        Command::Oracle(args) => oracle::run(&args),
        Command::PlayForCompare(order) => compare::play_for_parent(&order).map(done),
        Command::RenderForBench(order) => bench::render_for_parent(&order).map(done),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}
