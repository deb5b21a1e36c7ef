//! `cargo xtask …`: every action that is repeated in this repository, under one name.
//!
//! This program prepares: it installs what is missing, builds, bundles and runs the tests. It links no Csound,
//! because on a fresh machine it is what installs Csound. The commands that make sound (`demo`, `render`,
//! `compare`, `bench`) live in `tools/`, a program of its own that [`sound`] builds and runs once the machine
//! is ready.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod arrows;
mod bundle;
mod cargo;
mod deny;
mod dist;
mod error;
mod files;
mod gallery;
mod hosts;
mod install;
mod setup;
mod sound;
mod test;

/// Builds, tests and plays Ksmps.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing on this machine (Debian, Ubuntu), or say what to install.
    Setup,
    /// Build the plugins and put them into target/bundled, with Csound and all that it needs.
    Bundle(bundle::Args),
    /// Build the plugins and copy them to where DAWs look for them.
    Install(install::Args),
    /// Take away what install has copied.
    Uninstall(install::Args),
    /// Make the archive of a release: bundles, the program ksmps, documents, licences, checksums.
    Dist(dist::Args),
    /// Hold the sources to the table of allowed arrows in docs/architecture.md. Part of test.
    Arrows,
    /// Run every check and every test, on built bundles. Sets the machine up first.
    Test,
    /// Draw the editor's views and controls with sample data into pictures.
    Gallery(gallery::Args),
    /// Play the factory documents through the built plugins and report what was heard.
    Demo(sound::Forwarded),
    /// Play one document into a WAV file.
    Render(sound::Forwarded),
    /// Read a document as the plugin would, and say what is wrong with it and what it has.
    Check(sound::Forwarded),
    /// Say which Csound plays and where, and where hosts look for plugins.
    Info(sound::Forwarded),
    /// List, give or take back what documents may do on this machine besides making sound.
    Consent(sound::Forwarded),
    /// Save a picture of a built plugin's editor, on a screen without a monitor, while it plays a chord.
    Screenshot(sound::Forwarded),
    /// Compare the plugin's sound with the csound command line's, file by file.
    Compare(sound::Forwarded),
    /// Compare the core with recorded scenarios, step by step and sample by sample.
    Oracle(sound::Forwarded),
    /// Try half-typed states of documents, and say which end or hang their process.
    Sweep(sound::Forwarded),
    /// Run the plugin validators that are on PATH on the built bundles.
    Validate(sound::Forwarded),
    /// Play the built plugins in other programs' hosts, which are installed where they are missing, and in our own.
    Hosts(sound::Forwarded),
    /// Measure time, memory, allocations and locks.
    Bench(sound::Forwarded),
}

fn main() -> ExitCode {
    let outcome = match Xtask::parse().command {
        Command::Setup => setup::run().map(|()| {
            println!("this machine has what it needs");
            ExitCode::SUCCESS
        }),
        Command::Bundle(args) => bundle::run(&args).map(|()| ExitCode::SUCCESS),
        Command::Install(args) => install::run(&args).map(|()| ExitCode::SUCCESS),
        Command::Uninstall(args) => install::uninstall(&args).map(|()| ExitCode::SUCCESS),
        Command::Dist(args) => dist::run(&args).map(|()| ExitCode::SUCCESS),
        Command::Arrows => test::arrows().map(|()| ExitCode::SUCCESS),
        Command::Test => test::run().map(|()| ExitCode::SUCCESS),
        Command::Gallery(args) => gallery::run(&args).map(|()| ExitCode::SUCCESS),
        Command::Demo(forwarded) => sound::run("demo", &forwarded),
        Command::Render(forwarded) => sound::run("render", &forwarded),
        Command::Check(forwarded) => sound::run("check", &forwarded),
        Command::Info(forwarded) => sound::run("info", &forwarded),
        Command::Consent(forwarded) => sound::run("consent", &forwarded),
        Command::Screenshot(forwarded) => sound::run("screenshot", &forwarded),
        Command::Compare(forwarded) => sound::run("compare", &forwarded),
        Command::Oracle(forwarded) => sound::run("oracle", &forwarded),
        Command::Sweep(forwarded) => sound::run("sweep", &forwarded),
        Command::Validate(forwarded) => sound::run("validate", &forwarded),
        Command::Hosts(forwarded) => hosts::run(&forwarded),
        Command::Bench(forwarded) => sound::run("bench", &forwarded),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}
