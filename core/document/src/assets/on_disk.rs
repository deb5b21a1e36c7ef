//! Which file a name means, and which files may travel with a project.

use std::path::{Path, PathBuf};

/// The file that a name means, where it may travel with the project: absolute, beside the document, or in one of these
/// folders, which may be relative to the document's.
pub(super) fn on_disk(name: &str, origin: Option<&Path>, folders: &[String]) -> Option<PathBuf> {
    let beside = origin.and_then(Path::parent);
    let named = Path::new(name);
    let found = if named.is_absolute() {
        named.is_file().then(|| named.to_owned())
    } else {
        let of_options =
            folders.iter().map(|folder| beside.map_or_else(|| folder.into(), |beside| beside.join(folder)));
        let folders =
            beside.map(Path::to_owned).into_iter().chain(of_options.filter(|folder| folder.is_absolute()));
        // A document that has no folder of its own, or that was named without one, is looked for where the program
        // runs.
        folders.map(|folder| folder.join(named)).find(|path| path.is_file())
    };
    found.filter(|path| may_travel(path, beside))
}

/// Kinds of files that travel from any folder: orchestra, sounds, spectra, MIDI, soundfonts.
pub(super) const KINDS: [&str; 34] = [
    "orc", "udo", "inc", "include", "csd", "sco", "h", "lib", "wav", "wave", "aif", "aiff", "aifc", "flac",
    "ogg", "oga", "mp3", "w64", "caf", "au", "snd", "mid", "midi", "sf2", "sf3", "sdif", "mtx", "pvx", "pv",
    "lpc", "het", "cv", "con", "ats",
];

/// Whether a file may be carried in a project, which people give to others: one in the document's folder or below it,
/// or one of a kind that documents play. A text could name any other file of the user's, a key for instance.
fn may_travel(path: &Path, folder: Option<&Path>) -> bool {
    let is_inside = || {
        let (path, folder) = (path.canonicalize().ok()?, folder?.canonicalize().ok()?);
        Some(path.starts_with(folder))
    };
    let kind = path.extension().map(|kind| kind.to_string_lossy().to_ascii_lowercase());
    kind.is_some_and(|kind| KINDS.contains(&kind.as_str())) || is_inside().unwrap_or(false)
}

pub(super) fn same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
