//! What `ksmps` does, and `cargo xtask` with the same commands: [`render`] plays one document or session into a file,
//! [`check`] reads one as a plugin would and says what it found, [`info`] says which Csound plays and where everything is,
//! [`consent`] is what documents may do on this machine.
//!
//! Results go to standard output, progress and errors to standard error. [`pages`] has what stands in `--help` behind the
//! options, and in the manual pages.

pub mod check;
pub mod consent;
pub mod info;
pub mod pages;
pub mod render;

mod alone;
mod error;
mod factory;
pub mod play;
pub mod progress;
mod session;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use error::Error;
pub use render::make_room;

/// Plays Csound documents as the Ksmps plugins do, without a DAW.
///
/// A document is a .csd or a bare orchestra, a file or the name of a factory document. It is played by the Csound that lies
/// in `lib` beside this program, or by the one that is installed, in a process of its own: what it does there cannot harm
/// anything else.
#[derive(Parser)]
#[command(name = "ksmps", version, after_long_help = pages::help(pages::KSMPS))]
pub struct Program {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Subcommand)]
pub enum Command {
    /// Play one document or session into a sound file.
    ///
    /// Warnings and errors go to standard error with their lines.
    #[command(after_long_help = pages::help(pages::RENDER))]
    Render(Box<render::Args>),
    /// Read a document as the plugin would, and say what is wrong with it and what it has.
    ///
    /// Each error has its file, its line and a remedy. Then come the document's name, its notes and parameters, inputs and
    /// outputs, its latency, and what it asks for besides making sound.
    #[command(after_long_help = pages::help(pages::CHECK))]
    Check(check::Args),
    /// Say which version this is, which Csound plays and where, and where hosts look for plugins.
    #[command(after_long_help = pages::help(pages::INFO))]
    Info(info::Args),
    /// List, give or take back what documents may do on this machine besides making sound.
    #[command(after_long_help = pages::help(pages::CONSENT))]
    Consent(consent::Args),
    /// Write the manual pages, for the archive.
    #[command(hide = true)]
    Man {
        /// The folder for them.
        folder: PathBuf,
    },
}

/// Carries a command out; what to exit with: 0 where all is well, 1 where not.
pub fn run(command: Command) -> ExitCode {
    let done = |()| ExitCode::SUCCESS;
    let outcome = match command {
        Command::Render(args) => render::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Info(args) => info::run(&args).map(done),
        Command::Consent(args) => consent::run(&args).map(done),
        Command::Man { folder } => pages::write(&folder).map(done),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}
