//! `install` and `uninstall`: the built bundles, copied to where DAWs look for them, and taken away again.
//!
//! On Linux a CLAP is a single file, so what belongs to it lies with it in a folder of its own: `~/.clap/Ksmps/`.

use std::path::{Path, PathBuf};

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

/// A system's kind of folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    Linux,
    MacOs,
    Windows,
}

impl System {
    const HERE: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::MacOs
    } else {
        Self::Linux
    };
}

/// What is copied where.
#[derive(Debug, PartialEq, Eq)]
struct Copying {
    /// Seen from the folder of bundles.
    from: &'static str,
    to: PathBuf,
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

/// The folders of CLAP and of VST3 under the user's folder, or the system's.
fn folders_in(system: System, for_all: bool, base: &Path) -> [PathBuf; 2] {
    let [clap, vst3] = match (system, for_all) {
        (System::Linux, false) => [".clap", ".vst3"],
        (System::Linux, true) => ["usr/lib/clap", "usr/lib/vst3"],
        (System::MacOs, _) => ["Library/Audio/Plug-Ins/CLAP", "Library/Audio/Plug-Ins/VST3"],
        (System::Windows, false) => ["Programs/Common/CLAP", "Programs/Common/VST3"],
        (System::Windows, true) => ["CLAP", "VST3"],
    };
    [base.join(clap), base.join(vst3)]
}

/// What is copied where on a system.
fn copying(system: System, [clap, vst3]: &[PathBuf; 2]) -> Vec<Copying> {
    let mut all = match system {
        System::Linux => {
            let own = clap.join("Ksmps");
            let parts = ["Ksmps.clap", bundle::ENGINE, bundle::LIBRARIES];
            parts.map(|part| Copying { from: part, to: own.join(part) }).into()
        }
        System::MacOs | System::Windows => {
            vec![Copying { from: "Ksmps.clap", to: clap.join("Ksmps.clap") }]
        }
    };
    all.push(Copying { from: "Ksmps.vst3", to: vst3.join("Ksmps.vst3") });
    all
}

/// Takes earlier bundles away, so that a DAW which has one open keeps its own file until it closes it; what was there.
fn take_away([clap, vst3]: &[PathBuf; 2]) -> Result<Vec<PathBuf>, Error> {
    // Versions before this one had their file, and the executable of an engine's process, in the folder itself.
    let old_engine = clap.join("Ksmps.clap").is_file().then(|| clap.join(bundle::ENGINE));
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
    fn each_system_has_its_folders() {
        let base = Path::new("/base");
        let folders =
            |system, for_all| folders_in(system, for_all, base).map(|path| path.display().to_string());
        assert_eq!(folders(System::Linux, false), ["/base/.clap", "/base/.vst3"]);
        assert_eq!(folders(System::Linux, true), ["/base/usr/lib/clap", "/base/usr/lib/vst3"]);
        let plugins = "/base/Library/Audio/Plug-Ins";
        for for_all in [false, true] {
            assert_eq!(
                folders(System::MacOs, for_all),
                [format!("{plugins}/CLAP"), format!("{plugins}/VST3")]
            );
        }
        assert_eq!(folders(System::Windows, true), ["/base/CLAP", "/base/VST3"]);
    }

    #[test]
    fn what_belongs_to_a_clap_lies_with_it_where_it_is_a_single_file() {
        let folders = [PathBuf::from("/c"), PathBuf::from("/v")];
        let to = |system| {
            copying(system, &folders).into_iter().map(|one| one.to.display().to_string()).collect::<Vec<_>>()
        };
        let linux = ["/c/Ksmps/Ksmps.clap", "/c/Ksmps/ksmps-engine", "/c/Ksmps/lib", "/v/Ksmps.vst3"];
        assert_eq!(to(System::Linux), linux);
        assert_eq!(to(System::MacOs), ["/c/Ksmps.clap", "/v/Ksmps.vst3"]);
    }

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
