//! qtractor's plugin scanner: a program that it starts for each file.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Instant;

use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::host::Format;

use super::material::Material;
use super::program;
use super::rows::Rows;
use crate::error::Error;

/// Lets it list the plugins of the CLAP.
///
/// # Errors
/// Where the scanner is not there, or the CLAP is not built.
pub fn run(material: &Material, rows: &mut Rows) -> Result<(), Error> {
    let library = bundle::library(Format::Clap)?;
    let lib = PathBuf::from(format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH));
    let scanner = [lib.as_path(), "/usr/lib".as_ref(), "/usr/libexec".as_ref()]
        .map(|folder| folder.join("qtractor/qtractor_plugin_scan"))
        .into_iter()
        .find(|path| path.is_file())
        .ok_or_else(|| Error::Hosts("there is no qtractor_plugin_scan: install qtractor".to_owned()))?;
    let started = Instant::now();
    let mut child = program::command(&scanner, material.home())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(Error::file(&scanner))?;
    if let Some(mut input) = child.stdin.take() {
        writeln!(input, "CLAP:{}", library.display()).map_err(Error::file(&scanner))?;
    }
    let output = child.wait_with_output().map_err(Error::file(&scanner))?;
    let took = started.elapsed();
    let told = String::from_utf8_lossy(&output.stdout);
    let names: Vec<&str> = told.lines().filter_map(|line| line.split('|').nth(1)).collect();
    let is_good = output.status.success() && names == Kind::ALL.map(Kind::name);
    rows.say("its scanner lists the CLAP", is_good, format!("{} in {took:.2?}", names.join(", ")));
    Ok(())
}
