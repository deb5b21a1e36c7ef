//! `info`: which version this is, which Csound plays and where, which Python documents run, whose files count, and where hosts look.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ksmps_core::csound;
use ksmps_core::library::python::candidates;
use ksmps_core::player::engine_executable;
use ksmps_core::python::PythonSearch;
use ksmps_core::settings::{Settings, UserFiles};
use ksmps_systems::{Scanned, System, scanned};

use crate::{Error, factory};

/// Nothing has to be said.
#[derive(clap::Args)]
pub struct Args {}

/// The widest word at the beginning of a line.
const WIDTH: usize = 18;

/// Says it.
///
/// # Errors
/// Where there is no Csound that can play; the rest is said all the same.
pub fn run(_: &Args) -> Result<(), Error> {
    println!("ksmps {}", env!("CARGO_PKG_VERSION"));
    let used = csound::used();
    if let Ok(used) = &used {
        let (major, minor) = (used.version / 1000, used.version % 1000 / 10);
        say("Csound", &format!("{major}.{minor:02}.{}, {}", used.version % 10, used.file.display()));
        let folder = used.opcode_folder.as_ref();
        say(
            "opcode folder",
            &folder.map_or_else(|| "as Csound was built".to_owned(), |folder| folder.display().to_string()),
        );
        if let Some(more) = std::env::var_os("CS_USER_PLUGINDIR") {
            say("more opcodes", &format!("{} (CS_USER_PLUGINDIR)", more.display()));
        }
        if let Ok(opcodes) = csound::opcode_list() {
            let names: BTreeSet<&str> = opcodes.iter().map(|opcode| opcode.name.as_str()).collect();
            say("opcodes", &names.len().to_string());
        }
    }
    match engine_executable() {
        Ok(file) => say("engine's process", &file.display().to_string()),
        Err(missing) => say("engine's process", &missing),
    }
    let user = UserFiles::of_this_user();
    let search = PythonSearch::of_environment().or_choice(Settings::read(&user).python);
    match candidates(&search).0.first() {
        Some(python) => say("Python", &python.library.display().to_string()),
        None => say("Python", "none that documents could run"),
    }
    if let Some(folder) = factory::folder() {
        say("factory documents", &format!("{}: {}", folder.display(), factory::names(&folder).join(", ")));
    }
    let name = |folder: Option<&Path>| {
        folder.map_or_else(|| "nowhere: nobody is at home".to_owned(), |folder| folder.display().to_string())
    };
    say("user's settings", &name(user.config_folder()));
    say("user's data", &name(user.data_folder()));
    for place in scanned(System::HERE, |variable| std::env::var_os(variable)) {
        say_scanned(&place);
    }
    used.map(drop).map_err(|failure| Error::Usage(failure.to_string()))
}

/// Says where hosts look for one format, and whether Ksmps is there.
fn say_scanned(Scanned { format, folders }: &Scanned) {
    for (index, folder) in folders.iter().enumerate() {
        let found = installed(folder).map_or_else(String::new, |found| format!(": {}", found.display()));
        let word = if index == 0 { format!("hosts scan {format}") } else { String::new() };
        say(&word, &format!("{}{found}", folder.display()));
    }
}

/// The bundle in a folder, in it or in a folder of its own there.
fn installed(folder: &Path) -> Option<PathBuf> {
    let places = ["Ksmps/Ksmps.clap", "Ksmps.clap", "Ksmps.vst3"];
    places.iter().map(|place| folder.join(place)).find(|place| place.exists())
}

fn say(word: &str, text: &str) {
    println!("{word:WIDTH$} {text}");
}
