//! Asking a Python program where its library is.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::search::is_home;
use super::{Candidate, minor_version};

/// What the program is to run. A line for each answer.
const QUESTIONS: &str = "\
import sys, sysconfig
get = sysconfig.get_config_var
print(get('LIBDIR'), get('INSTSONAME'), sys.base_prefix, sys.prefix, sysconfig.get_path('purelib'), sep='\\n')";

/// The interpreter of a program. `[control]`
///
/// # Errors
/// Why it cannot be used, as the end of a sentence that begins with the program.
pub(super) fn ask(program: &Path) -> Result<Candidate, String> {
    let mut command = Command::new(program);
    command.args(["-I", "-c", QUESTIONS]).stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().map_err(|error| format!("cannot be started ({error})"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let answers: Vec<&str> = said.lines().collect();
    let [folder, name, base, prefix, packages] = answers[..] else {
        return Err("does not say where its library is".to_owned());
    };
    let library = Path::new(folder).join(name);
    let Some(minor) = minor_version(&library) else {
        return Err(format!(
            "has no shared library that can be used ({name}): Python 3.9 or newer is needed, built with one"
        ));
    };
    let library =
        library.canonicalize().map_err(|_| format!("needs {}, which is not there", library.display()))?;
    let home = PathBuf::from(base);
    if !is_home(&home, minor) {
        return Err(format!("has no standard library in {base}"));
    }
    Ok(Candidate { library, home, packages: (prefix != base).then(|| PathBuf::from(packages)) })
}
