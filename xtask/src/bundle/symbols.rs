//! Symbols and line tables of the binaries, in files of their own: nobody needs them to play, and they are most of the bytes.
//!
//! The binary names its file (`.gnu_debuglink`) and both have the same build id, so a debugger finds it beside the binary,
//! in `.debug/` there or in /usr/lib/debug.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, run as run_program};

/// Makes a binary without symbols in the target folder's `stripped`, and its symbols in `symbols`; the path of the binary.
/// Quick where both are there already.
///
/// # Errors
/// Where objcopy, which comes with every C compiler, is not there or not satisfied.
pub fn take_out(binary: &Path, target: &Path) -> Result<PathBuf, Error> {
    let name = binary.file_name().unwrap_or_default();
    let folders = ["stripped", "symbols"].map(|folder| target.join(folder));
    for folder in &folders {
        fs::create_dir_all(folder).map_err(Error::file(folder))?;
    }
    let stripped = folders[0].join(name);
    let symbols = folders[1].join(format!("{}.debug", name.to_string_lossy()));
    let time = |path: &Path| fs::metadata(path).and_then(|about| about.modified());
    let built = time(binary).map_err(Error::file(binary))?;
    let is_there = [&stripped, &symbols].iter().all(|path| time(path).is_ok_and(|made| made == built));
    if !is_there {
        objcopy(&["--only-keep-debug"], binary, &symbols)?;
        let link = format!("--add-gnu-debuglink={}", symbols.display());
        objcopy(&["--strip-unneeded", &link], binary, &stripped)?;
        // So that the next run sees of which build they are.
        for path in [&symbols, &stripped] {
            let file = File::options().append(true).open(path).map_err(Error::file(path))?;
            file.set_modified(built).map_err(Error::file(path))?;
        }
    }
    Ok(stripped)
}

fn objcopy(options: &[&str], from: &Path, to: &Path) -> Result<(), Error> {
    let what = format!("taking the symbols out of {}", from.display());
    run_program(Command::new("objcopy").args(options).arg(from).arg(to), &what)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// What readelf says of a section of notes or of the link.
    fn said(options: &[&str], file: &Path) -> String {
        let output = Command::new("readelf").args(options).arg(file).output().expect("readelf");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    #[test]
    fn a_binary_plays_on_without_its_symbols_and_names_the_file_that_has_them() {
        let target = tempfile::tempdir().expect("a folder");
        let own = std::env::current_exe().expect("this test");
        let stripped = take_out(&own, target.path()).expect("objcopy is there");
        let name = format!("{}.debug", own.file_name().expect("a name").to_string_lossy());
        let symbols = target.path().join("symbols").join(&name);
        let size = |path: &Path| fs::metadata(path).expect("it is there").len();
        assert!(size(&stripped) < size(&own));
        assert!(said(&["--sections", "--wide"], &symbols).contains(".symtab"));
        assert!(!said(&["--sections", "--wide"], &stripped).contains(".symtab"));
        assert!(said(&["--string-dump=.gnu_debuglink"], &stripped).contains(&name));
        let id = |file: &Path| {
            said(&["--notes"], file).lines().find(|line| line.contains("Build ID")).map(str::to_owned)
        };
        assert!(id(&own).is_some() && id(&own) == id(&stripped) && id(&own) == id(&symbols));
        let list = Command::new(&stripped).arg("--list").output().expect("it starts");
        assert!(list.status.success());
        // A second time nothing is made anew.
        let written = |path: &Path| fs::metadata(path).expect("it is there").modified().expect("a time");
        assert_eq!((written(&stripped), written(&symbols)), (written(&own), written(&own)));
    }
}
