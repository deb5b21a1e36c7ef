//! Where a C library can be: which names it has on which system, and in which order the places are looked at.
//!
//! Where the user says; beside this program or plugin, so that a bundle can bring its own; then where the system keeps
//! it. All of this is plain data: nothing is opened here.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The environment variable with the user's choice: Csound's library, or the folder that it is in.
pub const CSOUND_VARIABLE: &str = "KSMPS_CSOUND";

/// A kind of operating system, as far as libraries are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Linux and other systems with ELF files.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl System {
    /// The one that this program runs on.
    pub const HERE: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_vendor = "apple") {
        Self::MacOs
    } else {
        Self::Linux
    };
}

/// A library that is opened at run time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Csound 6 with 64-bit numbers.
    Csound,
    /// libsndfile.
    Sndfile,
}

impl Wanted {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csound => "Csound",
            Self::Sndfile => "libsndfile",
        }
    }

    /// The files that it can be, the best first.
    pub fn files(self, system: System) -> &'static [&'static str] {
        match (self, system) {
            (Self::Csound, System::Linux) => &["libcsound64.so.6.0", "libcsound64.so"],
            (Self::Csound, System::MacOs) => {
                &["CsoundLib64.framework/CsoundLib64", "libcsound64.6.0.dylib", "libcsound64.dylib"]
            }
            (Self::Csound, System::Windows) => &["csound64.dll"],
            (Self::Sndfile, System::Linux) => &["libsndfile.so.1", "libsndfile.so"],
            (Self::Sndfile, System::MacOs) => &["libsndfile.1.dylib", "libsndfile.dylib"],
            (Self::Sndfile, System::Windows) => &["sndfile.dll", "libsndfile-1.dll"],
        }
    }

    /// The file that a bundle of ours brings it as: its own name is private, so that it is not taken for another plugin's
    /// in the same process, nor that one's for ours.
    pub fn bundled_file(self, system: System) -> Option<&'static str> {
        match (self, system) {
            (Self::Csound, System::Linux) => Some("ksmcsound64.so.6.0"),
            (Self::Sndfile, System::Linux) => Some("ksmsndfile.so.1"),
            (_, System::MacOs | System::Windows) => None,
        }
    }

    /// What to do where it is missing.
    pub fn remedy(self, system: System) -> String {
        let install = match (self, system) {
            (Self::Csound, System::Linux) => {
                "Install Csound 6.18: on Debian and Ubuntu with `sudo apt-get install libcsound64-6.0`, on other \
                 systems from https://csound.com/download."
            }
            (Self::Csound, System::MacOs | System::Windows) => {
                "Install Csound 6.18 from https://csound.com/download."
            }
            (Self::Sndfile, System::Linux) => {
                "Install libsndfile: on Debian and Ubuntu with `sudo apt-get install libsndfile1`."
            }
            (Self::Sndfile, System::MacOs) => "Install libsndfile: `brew install libsndfile`.",
            (Self::Sndfile, System::Windows) => {
                "Install libsndfile from https://libsndfile.github.io/libsndfile."
            }
        };
        match self {
            Self::Csound => format!(
                "{install} Where it is in another place, set {CSOUND_VARIABLE} to its library, or to the folder of it."
            ),
            Self::Sndfile => install.to_owned(),
        }
    }
}

/// Where the systems keep libraries that their linkers do not find by name alone.
fn system_folders(wanted: Wanted, system: System) -> &'static [&'static str] {
    match (wanted, system) {
        (_, System::Linux) => &[],
        (Wanted::Csound, System::MacOs) => {
            &["/Library/Frameworks", "/Applications/Csound", "/opt/homebrew/lib", "/usr/local/lib"]
        }
        (Wanted::Sndfile, System::MacOs) => &["/opt/homebrew/lib", "/usr/local/lib"],
        (_, System::Windows) => &[r"C:\Program Files\Csound6_x64\bin"],
    }
}

/// The places where a library is looked for, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// What the user says, and the files that this can mean. The first that exists is the one, and it is an error if
    /// there is none.
    pub choice: Option<(PathBuf, Vec<PathBuf>)>,
    /// Files beside this program or plugin. The first that exists is the one.
    pub beside: Vec<PathBuf>,
    /// Full paths, and names that the system's linker looks for. The first that can be opened is the one.
    pub system: Vec<PathBuf>,
}

impl Places {
    /// The places on a system, for a program or plugin that lies in these folders.
    pub fn of(wanted: Wanted, system: System, own_folders: &[PathBuf], choice: Option<&OsStr>) -> Self {
        let files = wanted.files(system);
        let inside = |folder: &Path| files.iter().map(|file| folder.join(file)).collect::<Vec<_>>();
        let own: Vec<PathBuf> = own_folders.iter().flat_map(|own| beside(own, system)).collect();
        let choice = choice.filter(|choice| !choice.is_empty()).map(PathBuf::from);
        let chosen_files = choice.as_deref().map(|choice| {
            let mut files = vec![choice.to_owned()];
            files.extend(inside(choice));
            files.extend(inside(&choice.join("lib")));
            files
        });
        let bundled = wanted.bundled_file(system);
        let in_bundle =
            |folder: &PathBuf| bundled.map(|file| folder.join(file)).into_iter().chain(inside(folder));
        let mut beside: Vec<PathBuf> = own.iter().flat_map(in_bundle).collect();
        let choice = match wanted {
            Wanted::Csound => choice.zip(chosen_files),
            // The choice is Csound's; where the folder has a libsndfile too, it is the one that belongs to it.
            Wanted::Sndfile => {
                let folder =
                    choice.as_deref().map(|choice| if choice.is_dir() { choice } else { parent(choice) });
                beside.splice(0..0, folder.into_iter().flat_map(inside));
                None
            }
        };
        let in_folders = system_folders(wanted, system).iter().flat_map(|folder| inside(Path::new(folder)));
        let named = files.iter().map(PathBuf::from);
        Self { choice, beside, system: named.chain(in_folders).collect() }
    }
}

/// The folders of a bundle that can hold libraries, seen from the one that its own binary is in.
fn beside(own: &Path, system: System) -> Vec<PathBuf> {
    let mut folders = vec![own.join("lib"), own.to_owned()];
    if system == System::MacOs {
        folders.insert(0, parent(own).join("Frameworks"));
    }
    folders
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(places: &[PathBuf]) -> Vec<&str> {
        places.iter().map(|path| path.to_str().unwrap()).collect()
    }

    #[test]
    fn a_bundle_on_linux_looks_at_the_choice_then_beside_itself_then_at_the_system() {
        let own = [PathBuf::from("/home/me/.clap")];
        let choice = Some(OsStr::new("/opt/csound"));
        let places = Places::of(Wanted::Csound, System::Linux, &own, choice);
        assert_eq!(
            paths(&places.beside),
            [
                "/home/me/.clap/lib/ksmcsound64.so.6.0",
                "/home/me/.clap/lib/libcsound64.so.6.0",
                "/home/me/.clap/lib/libcsound64.so",
                "/home/me/.clap/ksmcsound64.so.6.0",
                "/home/me/.clap/libcsound64.so.6.0",
                "/home/me/.clap/libcsound64.so",
            ]
        );
        let (chosen, files) = places.choice.unwrap();
        assert_eq!(chosen, Path::new("/opt/csound"));
        assert_eq!(
            paths(&files),
            [
                "/opt/csound",
                "/opt/csound/libcsound64.so.6.0",
                "/opt/csound/libcsound64.so",
                "/opt/csound/lib/libcsound64.so.6.0",
                "/opt/csound/lib/libcsound64.so",
            ]
        );
        assert_eq!(paths(&places.system), ["libcsound64.so.6.0", "libcsound64.so"]);
    }

    #[test]
    fn without_a_choice_there_is_none_and_an_empty_one_is_none() {
        for choice in [None, Some(OsStr::new(""))] {
            assert_eq!(Places::of(Wanted::Csound, System::Linux, &[], choice).choice, None);
        }
    }

    #[test]
    fn on_the_mac_the_bundles_frameworks_come_first_and_the_system_has_folders() {
        let own = [PathBuf::from("/Library/Audio/Plug-Ins/CLAP/Ksmps.clap/Contents/MacOS")];
        let places = Places::of(Wanted::Csound, System::MacOs, &own, None);
        assert_eq!(
            places.beside[0],
            Path::new("/Library/Audio/Plug-Ins/CLAP/Ksmps.clap/Contents/Frameworks")
                .join("CsoundLib64.framework/CsoundLib64")
        );
        let system = paths(&places.system);
        assert_eq!(system[0], "CsoundLib64.framework/CsoundLib64");
        assert!(system.contains(&"/Library/Frameworks/CsoundLib64.framework/CsoundLib64"));
        assert!(system.contains(&"/opt/homebrew/lib/libcsound64.6.0.dylib"));
    }

    #[test]
    fn on_windows_the_name_alone_comes_before_the_installers_folder() {
        let system = Places::of(Wanted::Csound, System::Windows, &[], None).system;
        assert_eq!(system[0], Path::new("csound64.dll"));
        assert_eq!(system[1], Path::new(r"C:\Program Files\Csound6_x64\bin").join("csound64.dll"));
    }

    #[test]
    fn libsndfile_is_looked_for_beside_the_chosen_csound_and_the_choice_does_not_bind_it() {
        let choice = Some(OsStr::new("/opt/csound/libcsound64.so"));
        let places = Places::of(Wanted::Sndfile, System::Linux, &[], choice);
        assert_eq!(paths(&places.beside), ["/opt/csound/libsndfile.so.1", "/opt/csound/libsndfile.so"]);
        assert_eq!(places.choice, None);
        assert_eq!(paths(&places.system), ["libsndfile.so.1", "libsndfile.so"]);
    }

    #[test]
    fn the_remedy_names_the_package_where_there_is_one() {
        assert!(Wanted::Csound.remedy(System::Linux).contains("apt-get install libcsound64-6.0"));
        for system in [System::MacOs, System::Windows] {
            let remedy = Wanted::Csound.remedy(system);
            assert!(
                remedy.contains("https://csound.com/download") && !remedy.contains("apt-get"),
                "{remedy}"
            );
        }
        for system in [System::Linux, System::MacOs, System::Windows] {
            assert!(Wanted::Csound.remedy(system).contains(CSOUND_VARIABLE));
        }
    }
}
