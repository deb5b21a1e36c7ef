//! What lies where in the bundles of a system, seen from the folder of bundles.

use std::path::PathBuf;

use super::{LIBRARIES, System};

/// A plugin's binary and the place for what it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binary {
    /// The file that a host loads.
    pub file: PathBuf,
    /// The folder of the engine's executable.
    pub programs: PathBuf,
    /// The folder of libraries, in which the binary looks first (`core/library/src/places.rs`).
    pub libraries: PathBuf,
}

/// The bundles of a system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The CLAP.
    pub clap: Binary,
    /// The VST3.
    pub vst3: Binary,
    /// What the VST3 says of itself without being loaded.
    pub module_info: PathBuf,
}

impl Layout {
    /// The bundles of a system on a processor, by Rust's word for it.
    pub fn of(system: System, processor: &str) -> Self {
        let vst3 = "Ksmps.vst3/Contents";
        let (clap, vst3) = match system {
            System::Linux => {
                let folder = format!("{vst3}/{processor}-linux");
                (beside("", "Ksmps.clap"), beside(&folder, "Ksmps.so"))
            }
            System::MacOs => (in_contents("Ksmps.clap/Contents"), in_contents(vst3)),
            System::Windows => {
                let machine = if processor == "aarch64" { "arm64" } else { processor };
                let folder = format!("{vst3}/{machine}-win");
                (beside("", "Ksmps.clap"), beside(&folder, "Ksmps.vst3"))
            }
        };
        Self { clap, vst3, module_info: "Ksmps.vst3/Contents/Resources/moduleinfo.json".into() }
    }

    /// Both binaries.
    pub fn binaries(&self) -> [&Binary; 2] {
        [&self.clap, &self.vst3]
    }
}

/// A binary that has everything beside itself.
fn beside(folder: &str, file: &str) -> Binary {
    let folder = PathBuf::from(folder);
    Binary { file: folder.join(file), libraries: folder.join(LIBRARIES), programs: folder }
}

/// A binary in a bundle of macOS.
fn in_contents(contents: &str) -> Binary {
    let contents = PathBuf::from(contents);
    let programs = contents.join("MacOS");
    Binary { file: programs.join("Ksmps"), libraries: contents.join("Frameworks"), programs }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(system: System, processor: &str) -> Vec<String> {
        let layout = Layout::of(system, processor);
        let binaries = layout.binaries().into_iter().flat_map(|binary| [&binary.file, &binary.libraries]);
        binaries.map(|path| path.display().to_string()).collect()
    }

    #[test]
    fn each_system_has_its_layout() {
        let linux = "Ksmps.vst3/Contents/x86_64-linux";
        assert_eq!(
            paths(System::Linux, "x86_64"),
            ["Ksmps.clap", "lib", &format!("{linux}/Ksmps.so"), &format!("{linux}/lib")]
        );
        assert_eq!(
            paths(System::MacOs, "aarch64"),
            [
                "Ksmps.clap/Contents/MacOS/Ksmps",
                "Ksmps.clap/Contents/Frameworks",
                "Ksmps.vst3/Contents/MacOS/Ksmps",
                "Ksmps.vst3/Contents/Frameworks",
            ]
        );
        for (processor, folder) in [("x86_64", "x86_64-win"), ("aarch64", "arm64-win")] {
            let folder = format!("Ksmps.vst3/Contents/{folder}");
            assert_eq!(
                paths(System::Windows, processor),
                ["Ksmps.clap", "lib", &format!("{folder}/Ksmps.vst3"), &format!("{folder}/lib")]
            );
        }
    }
}
