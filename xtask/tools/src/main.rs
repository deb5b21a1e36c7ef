//! The commands of `cargo xtask` that make sound: they play documents through the built plugins, or through the
//! core alone, in this process. `cargo xtask` prepares machine and bundles and starts this program.
//!
//! Results go to standard output, progress and errors to standard error.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use ksmps_harness::host::vst3;

mod bench;
mod conformance;
mod error;
mod hosts;
mod user;

use conformance::{compare, oracle, sweep, validate};
use user::{demo, preset_files, screenshot};

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
    ///
    /// Exits with 0 where all is well, else with 1: a document has errors, also such that come while it plays, or what
    /// was heard is not what should be.
    Demo(demo::Args),
    /// What the program `ksmps` does.
    #[command(flatten)]
    Program(ksmps_program::Command),
    /// Save a picture of a built plugin's editor, on a screen without a monitor, while it plays a chord.
    Screenshot(screenshot::Args),
    /// Compare the plugin's sound with the csound command line's, file by file.
    ///
    /// A row that differs or failed has the first error of the document behind it, with its line. Numbers below the
    /// smallest normal float (1.2e-38) may be flushed to zero: they count as equal, and the row says how many there are.
    /// Exits with 0 where nothing differs and nothing failed, else with 1.
    Compare(compare::Args),
    /// Measure time, memory, allocations and locks.
    Bench(bench::Args),
    /// Compare the core with recorded scenarios, step by step and sample by sample.
    ///
    /// Exits with 0 where nothing failed, else with 1.
    Oracle(oracle::Args),
    /// Try half-typed states of documents, each in a process that may end with it, and say which end or hang it.
    ///
    /// Takes minutes. Exits with 0 where every state was played or refused, else with 1. With --apart a state may end its
    /// engine; then the host has to live, say so soon, and play on.
    Sweep(sweep::Args),
    /// Run the plugin validators that are on PATH on the built bundles: clap-validator, pluginval, Steinberg's validator.
    ///
    /// Says which are absent. Exits with 0 where none finds a fault, else with 1, and so where all are absent.
    Validate(validate::Args),
    /// Play the built plugins in other programs' hosts and in our own, and print a measured figure for each check.
    ///
    /// Takes minutes. Exits with 0 where every check is good, else with 1.
    Hosts(hosts::Args),
    /// The plugin's side of compare, in a process of its own.
    #[command(hide = true)]
    PlayForCompare(compare::ChildArgs),
    /// One render of bench, in a process of its own.
    #[command(hide = true)]
    RenderForBench(bench::ChildArgs),
    /// A process of hosts that loads a library.
    #[command(hide = true)]
    LoadForHosts(hosts::LoadArgs),
    /// A process of hosts that scans a library.
    #[command(hide = true)]
    ScanForHosts(hosts::ScanArgs),
    /// The process in which sweep tries states.
    #[command(hide = true)]
    WorkForSweep,
    /// What a VST3's moduleinfo.json has, for bundle.
    #[command(hide = true)]
    ModuleInfo {
        /// The binary in the bundle.
        library: std::path::PathBuf,
    },
    /// The presets of the factory documents, each a file, for bundle.
    #[command(hide = true)]
    PresetFiles {
        /// The folder of the documents.
        documents: std::path::PathBuf,
        /// The folder to write them to.
        folder: std::path::PathBuf,
    },
    /// The host in which sweep tries states with engines apart.
    #[command(hide = true)]
    HostForSweep(sweep::HostArgs),
}

fn main() -> ExitCode {
    let done = |()| ExitCode::SUCCESS;
    let outcome = match Tools::parse().command {
        Command::Demo(args) => demo::run(&args).map(done),
        Command::Program(command) => Ok(ksmps_program::run(command)),
        Command::Screenshot(args) => screenshot::run(&args).map(done),
        Command::Compare(args) => compare::run(&args),
        Command::Bench(args) => bench::run(&args).map(done),
        Command::Oracle(args) => oracle::run(&args),
        Command::Sweep(args) => sweep::run(&args),
        Command::Validate(args) => validate::run(&args).map(done),
        Command::Hosts(args) => hosts::run(&args).map(done),
        Command::LoadForHosts(args) => hosts::load_for_parent(&args).map(done),
        Command::ScanForHosts(args) => hosts::scan_for_parent(&args).map(done),
        Command::WorkForSweep => {
            sweep::work_for_parent();
            Ok(ExitCode::SUCCESS)
        }
        Command::ModuleInfo { library } => vst3::module_info(&library).map_err(Into::into).map(|info| {
            println!("{info:#}");
            ExitCode::SUCCESS
        }),
        Command::PresetFiles { documents, folder } => preset_files::write(&documents, &folder).map(done),
        Command::HostForSweep(args) => {
            sweep::host_for_parent(&args);
            Ok(ExitCode::SUCCESS)
        }
        Command::PlayForCompare(args) => compare::play_for_parent(&args).map(done),
        Command::RenderForBench(args) => bench::render_for_parent(&args).map(done),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}
