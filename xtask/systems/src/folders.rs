//! The folders that hosts scan, and what is copied into them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{DOCUMENTS, ENGINE, LIBRARIES, PRESETS, PROGRAM, PYTHON, System};

/// What is copied where.
#[derive(Debug, PartialEq, Eq)]
pub struct Copying {
    /// Seen from the folder of bundles.
    pub from: &'static str,
    /// A whole path.
    pub to: PathBuf,
}

/// The folders that hosts scan for one format.
#[derive(Debug, PartialEq, Eq)]
pub struct Scanned {
    /// `CLAP` or `VST3`.
    pub format: &'static str,
    /// The folders, in the order in which hosts look; folders in them count too.
    pub folders: Vec<PathBuf>,
}

/// What hosts scan on a system. `variable` gives a variable of the environment: the user's folders, and `CLAP_PATH`, a
/// list of folders more.
pub fn scanned(system: System, variable: impl Fn(&str) -> Option<OsString>) -> [Scanned; 2] {
    let base = |for_all| match (system, for_all) {
        (System::Windows, false) => variable("LOCALAPPDATA").map(PathBuf::from),
        (System::Windows, true) => variable("COMMONPROGRAMFILES").map(PathBuf::from),
        (_, false) => variable("HOME").map(PathBuf::from),
        (_, true) => Some(PathBuf::from("/")),
    };
    let mut all = [("CLAP", 0), ("VST3", 1)].map(|(format, index)| {
        let folders = [false, true].into_iter().filter_map(|for_all| {
            let [clap, vst3] = folders_in(system, for_all, &base(for_all)?);
            Some(if index == 0 { clap } else { vst3 })
        });
        Scanned { format, folders: folders.collect() }
    });
    if let Some(more) = variable("CLAP_PATH") {
        all[0].folders.extend(std::env::split_paths(&more).filter(|folder| folder.is_absolute()));
    }
    if system == System::Linux {
        all[1].folders.push("/usr/local/lib/vst3".into());
    }
    all
}

/// The folders of CLAP and of VST3 under the user's folder, or the system's.
pub fn folders_in(system: System, for_all: bool, base: &Path) -> [PathBuf; 2] {
    let [clap, vst3] = match (system, for_all) {
        (System::Linux, false) => [".clap", ".vst3"],
        (System::Linux, true) => ["usr/lib/clap", "usr/lib/vst3"],
        (System::MacOs, _) => ["Library/Audio/Plug-Ins/CLAP", "Library/Audio/Plug-Ins/VST3"],
        (System::Windows, false) => ["Programs/Common/CLAP", "Programs/Common/VST3"],
        (System::Windows, true) => ["CLAP", "VST3"],
    };
    [base.join(clap), base.join(vst3)]
}

/// What is copied where on a system. A CLAP that is a single file has a folder with what belongs to it.
pub fn copying(system: System, [clap, vst3]: &[PathBuf; 2]) -> Vec<Copying> {
    let mut all = match system {
        System::Linux => {
            let own = clap.join("Ksmps");
            let parts = ["Ksmps.clap", ENGINE, PYTHON, PROGRAM, LIBRARIES, DOCUMENTS, PRESETS];
            parts.map(|part| Copying { from: part, to: own.join(part) }).into()
        }
        System::MacOs | System::Windows => {
            vec![Copying { from: "Ksmps.clap", to: clap.join("Ksmps.clap") }]
        }
    };
    all.push(Copying { from: "Ksmps.vst3", to: vst3.join("Ksmps.vst3") });
    all
}

#[cfg(test)]
mod tests {
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
        assert_eq!(
            folders(System::Windows, false),
            ["/base/Programs/Common/CLAP", "/base/Programs/Common/VST3"]
        );
        assert_eq!(folders(System::Windows, true), ["/base/CLAP", "/base/VST3"]);
    }

    #[test]
    fn what_belongs_to_a_clap_lies_with_it_where_it_is_a_single_file() {
        let folders = [PathBuf::from("/c"), PathBuf::from("/v")];
        let to = |system| {
            copying(system, &folders).into_iter().map(|one| one.to.display().to_string()).collect::<Vec<_>>()
        };
        let linux =
            ["Ksmps.clap", "ksmps-engine", "libksmps_python.so", "ksmps", "lib", "instruments", "presets"]
                .map(|part| format!("/c/Ksmps/{part}"));
        let linux: Vec<String> = linux.into_iter().chain(["/v/Ksmps.vst3".to_owned()]).collect();
        assert_eq!(to(System::Linux), linux);
        assert_eq!(to(System::MacOs), ["/c/Ksmps.clap", "/v/Ksmps.vst3"]);
        assert_eq!(to(System::Windows), ["/c/Ksmps.clap", "/v/Ksmps.vst3"]);
    }

    #[test]
    fn hosts_scan_the_users_folders_before_the_systems() {
        let variable = |name: &str| match name {
            "HOME" => Some("/home/me".into()),
            "CLAP_PATH" => Some("/more:not/absolute".into()),
            _ => None,
        };
        let [clap, vst3] = scanned(System::Linux, variable);
        assert_eq!((clap.format, vst3.format), ("CLAP", "VST3"));
        assert_eq!(clap.folders, ["/home/me/.clap", "/usr/lib/clap", "/more"].map(PathBuf::from));
        assert_eq!(
            vst3.folders,
            ["/home/me/.vst3", "/usr/lib/vst3", "/usr/local/lib/vst3"].map(PathBuf::from)
        );
        assert_eq!(scanned(System::Linux, |_| None)[0].folders, [PathBuf::from("/usr/lib/clap")]);
        assert!(scanned(System::Windows, |_| None)[0].folders.is_empty());
    }
}
