//! `install` and `uninstall`: the built bundles, copied to where DAWs look for them, and taken away again.
//!
//! On Linux a CLAP is a single file, so what belongs to it lies with it in a folder of its own: `~/.clap/Ksmps/`.

use std::path::{Path, PathBuf};

use ksmps_systems::{Copying, ENGINE, System, copying, folders_in};

use crate::bundle;
use crate::error::Error;
use crate::{files, setup};

/// For whom.
#[derive(clap::Args)]
pub struct Args {
    /// For this user; so it is where nothing is said.
    #[arg(long, conflicts_with = "system")]
    user: bool,
    /// For everybody on this machine; needs the right to write there.
    #[arg(long)]
    system: bool,
}

/// Builds, bundles and copies; says where each bundle went.
pub fn run(args: &Args) -> Result<(), Error> {
    setup::for_playing()?;
    let bundled = bundle::build(bundle::Libraries::Carried)?;
    let folders = folders(args)?;
    take_away(&folders)?;
    for Copying { from, to } in copying(System::HERE, &folders) {
        let from = bundled.join(from);
        if from.exists() {
            files::copy(&from, &to).map_err(Error::file(&to))?;
            println!("installed {}", to.display());
        }
    }
    println!("let the DAW scan its plugins again to see them");
    Ok(())
}

/// Takes away what [`run`] has copied; says what was there.
pub fn uninstall(args: &Args) -> Result<(), Error> {
    let taken = take_away(&folders(args)?)?;
    taken.iter().for_each(|path| println!("removed {}", path.display()));
    if taken.is_empty() {
        println!("there was nothing to remove");
    }
    Ok(())
}

/// The folders of CLAP and of VST3.
fn folders(args: &Args) -> Result<[PathBuf; 2], Error> {
    let variable = match (System::HERE, args.system) {
        (System::Windows, false) => "LOCALAPPDATA",
        (System::Windows, true) => "COMMONPROGRAMFILES",
        (_, false) => "HOME",
        (_, true) => return Ok(folders_in(System::HERE, true, Path::new("/"))),
    };
    match std::env::var_os(variable) {
        Some(base) => Ok(folders_in(System::HERE, args.system, Path::new(&base))),
        None => Err(Error::Missing(format!(
            "{variable} is not set: copy target/bundled by hand, README.md says where"
        ))),
    }
}

/// Takes earlier bundles away, so that a DAW which has one open keeps its own file until it closes it; what was there.
fn take_away([clap, vst3]: &[PathBuf; 2]) -> Result<Vec<PathBuf>, Error> {
    // Versions before this one had their file, and the executable of an engine's process, in the folder itself.
    let old_engine = clap.join("Ksmps.clap").is_file().then(|| clap.join(ENGINE));
    let ours = [clap.join("Ksmps"), clap.join("Ksmps.clap"), vst3.join("Ksmps.vst3")];
    let mut taken = Vec::new();
    for path in ours.into_iter().chain(old_engine) {
        if files::remove(&path).map_err(Error::file(&path))? {
            taken.push(path);
        }
    }
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_was_installed_before_is_taken_away_and_nothing_else() {
        let base = tempfile::tempdir().expect("a folder");
        let folders = folders_in(System::Linux, false, base.path());
        assert_eq!(take_away(&folders).expect("nothing is there"), Vec::<PathBuf>::new());
        let file = |path: &Path| {
            fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
            fs::write(path, "x").expect("a file");
        };
        let ours = ["Ksmps/Ksmps.clap", "Ksmps/lib/a.so", "Ksmps.clap", "ksmps-engine"]
            .map(|path| folders[0].join(path));
        ours.iter().for_each(|path| file(path));
        let others = [folders[0].join("Other.clap"), folders[1].join("Other.vst3/Contents/x")];
        others.iter().for_each(|path| file(path));
        file(&folders[1].join("Ksmps.vst3/Contents/x"));
        assert_eq!(take_away(&folders).expect("it is ours").len(), 4);
        assert!(ours.iter().all(|path| !path.exists()) && others.iter().all(|path| path.exists()));
        file(&folders[0].join("ksmps-engine"));
        assert_eq!(take_away(&folders).expect("alone it is not ours"), Vec::<PathBuf>::new());
    }
}
