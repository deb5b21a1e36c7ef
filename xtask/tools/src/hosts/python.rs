//! Hosts in Python: a script beside this file runs in the environment that `cargo xtask hosts` has made, and writes a row
//! of JSON for each check.

use std::path::Path;

use ksmps_harness::bundle;
use ksmps_harness::host::Format;
use serde_json::Value;

use super::material::Material;
use super::program;
use super::rows::Rows;
use crate::error::Error;

/// Runs a script and says its rows.
///
/// # Errors
/// Where it cannot be started or ends badly, or says something else than rows.
pub fn run(script: &str, material: &Material, rows: &mut Rows) -> Result<(), Error> {
    let library = bundle::library(Format::Vst3)?;
    let bundle = library.ancestors().nth(3).unwrap_or(&library);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/hosts/python").join(script);
    let mut command = program::command(material.folder().join("python/bin/python"), material.home());
    command.arg("-B").arg(script).args([bundle, material.folder()]);
    for line in program::output(&mut command)?.lines().filter(|line| line.starts_with('{')) {
        let row: Value =
            serde_json::from_str(line).map_err(|error| Error::Hosts(format!("`{line}`: {error}")))?;
        let text = |field: &str| row[field].as_str().unwrap_or_default().to_owned();
        rows.say(&text("check"), row["good"] == true, text("figure"));
    }
    Ok(())
}
