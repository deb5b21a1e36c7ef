//! Starting an engine's process: where its executable is, what environment it gets, and the spare one.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ksmps_process::exchange::Limits;
use ksmps_process::life::{Launch, LaunchError, Process};

use ksmps_engine::ProvenFile;
use ksmps_library::own_folders;

use super::BUILD;
use super::scratch::Scratch;

/// The executable's name.
const EXECUTABLE: &str = "ksmps-engine";
/// Names the executable, for development.
const EXECUTABLE_VARIABLE: &str = "KSMPS_ENGINE";
/// What of the host's environment means something to Csound: where its files are.
const KEPT_VARIABLES: [&str; 9] = [
    "KSMPS_CSOUND",
    "OPCODE6DIR64",
    "OPCODE6DIR",
    "SSDIR",
    "SADIR",
    "INCDIR",
    "MFDIR",
    "RAWWAVE_PATH",
    "HOME",
];
/// Folders of the system in which libraries and Csound's files are.
const SYSTEM_FOLDERS: [&str; 6] =
    ["/usr/lib", "/usr/lib64", "/usr/share", "/usr/local/lib", "/usr/local/share", "/lib"];

/// numpy makes no threads of its own, which would take processors that the sound needs and more memory than an engine has.
const FOR_PYTHON: [(&str, &str); 1] = [("OPENBLAS_NUM_THREADS", "1")];

/// A process that is started and has not been given a project, with the folder that it may write.
#[derive(Debug)]
pub(super) struct Waiting {
    /// The process.
    pub process: Process,
    /// Its working folder.
    pub scratch: Scratch,
}

/// In a process's environment: the file of Csound, as JSON, whose layout another one has proven.
pub(super) const PROVEN_VARIABLE: &str = "KSMPS_PROVEN";

/// What the host's first process has proven: the others need not.
static PROVEN: Mutex<Option<ProvenFile>> = Mutex::new(None);

/// A process has proven the layout of this file. `[control]`
pub(super) fn note_proven(file: ProvenFile) {
    *PROVEN.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
}

/// The spare process of everybody in the host.
static SPARE: Mutex<Option<Waiting>> = Mutex::new(None);

/// A process that waits for a project: the spare one, or a new one. `[control]`
///
/// # Errors
/// What was missing, in words.
pub(super) fn take() -> Result<Waiting, String> {
    let spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner).take();
    match spare.filter(|spare| spare.process.end().is_none()) {
        Some(spare) => Ok(spare),
        None => start(),
    }
}

/// Makes sure that there is a spare process; takes some milliseconds. `[control]`
///
/// # Errors
/// Why there can be none, in words.
pub(crate) fn prepare_spare() -> Result<(), String> {
    let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
    if spare.as_ref().is_none_or(|spare| spare.process.end().is_some()) {
        *spare = None;
        *spare = Some(start()?);
    }
    Ok(())
}

/// Ends the spare process: nobody is there any more who could want it. `[control]`
pub(super) fn drop_spare() {
    *SPARE.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

fn start() -> Result<Waiting, String> {
    let scratch =
        Scratch::new().map_err(|error| format!("there is no folder for what a document writes: {error}"))?;
    let executable = find_executable()?;
    let folder = scratch.path().to_string_lossy().into_owned();
    let kept: Vec<(&str, String)> =
        KEPT_VARIABLES.iter().filter_map(|name| Some((*name, std::env::var(name).ok()?))).collect();
    // What a document writes without saying where goes to its scratch folder.
    let files = [("TMPDIR", folder.as_str()), ("SFDIR", folder.as_str())];
    let own = [("LC_ALL", "C")].into_iter().chain(FOR_PYTHON).chain(files);
    let proven = PROVEN.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let proven = proven.and_then(|file| Some((PROVEN_VARIABLE, serde_json::to_string(&file).ok()?)));
    let given = kept.iter().chain(&proven).map(|(name, value)| (*name, value.as_str()));
    let environment: Vec<(&str, &str)> = own.chain(given).collect();
    let launch = Launch {
        executable: &executable,
        folder: scratch.path(),
        environment: &environment,
        limits: Limits::USUAL,
        build: BUILD,
    };
    let process = Process::launch(&launch).map_err(|error: LaunchError| error.to_string())?;
    Ok(Waiting { process, scratch })
}

/// The executable of an engine's process: what `KSMPS_ENGINE` names, or the one beside our own file or in the folder above.
/// `[control]`
///
/// # Errors
/// Where it is not there: the places that were looked at, in words.
pub fn find_executable() -> Result<PathBuf, String> {
    let named = std::env::var_os(EXECUTABLE_VARIABLE).map(PathBuf::from);
    let folders = own_folders();
    let around = folders.iter().flat_map(|folder| folder.ancestors().take(2));
    let places: Vec<PathBuf> =
        named.into_iter().chain(around.map(|folder| folder.join(EXECUTABLE))).collect();
    places.iter().find(|place| place.is_file()).cloned().ok_or_else(|| {
        let places: Vec<String> = places.iter().map(|place| place.display().to_string()).collect();
        format!("{EXECUTABLE} was not found ({}): install the plugin again, as a whole", places.join(", "))
    })
}

/// What a document's engine may read: the document's folder, and files of the system, of Csound and of ours. `[control]`
pub(super) fn readable(origin: Option<&Path>) -> Vec<PathBuf> {
    let document = origin.and_then(Path::parent).map(Path::to_owned);
    let named = KEPT_VARIABLES.iter().filter(|name| **name != "HOME").filter_map(std::env::var_os);
    let named = named.flat_map(|value| std::env::split_paths(&value).collect::<Vec<_>>());
    let system = SYSTEM_FOLDERS.iter().map(PathBuf::from);
    let all = document.into_iter().chain(named).chain(system).chain(own_folders());
    // A folder's parent is not meant by an empty name.
    all.filter(|folder| folder.is_absolute()).collect()
}
