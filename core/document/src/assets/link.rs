//! A file that is not in the project: what is known of it, and where it is now.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Folders that are looked through, those below them included.
const FOLDERS_MAX: usize = 1000;
/// Files that are looked at.
const FILES_MAX: usize = 20_000;
/// Folders below a folder, and below those, that are looked through.
const DEPTH_MAX: usize = 6;
/// Files of which the number for their content is remembered.
const KNOWN_MAX: usize = 1000;
/// Where Csound looks for sounds and other files besides: the user's own folders.
const USER_FOLDERS: [&str; 3] = ["SSDIR", "SFDIR", "SADIR"];

/// What is known of a file that is not in the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// How long it was.
    pub bytes: u64,
    /// SHA-256 of what was in it, in hexadecimal digits.
    pub sha256: String,
    /// When it was changed last, in nanoseconds since 1970, where it was found last: a file of that time and length is taken
    /// for the same.
    #[serde(default)]
    pub modified: u64,
    /// Where it was found last, where that is not where its name says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<PathBuf>,
}

/// A linked file that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub path: PathBuf,
    /// Whether it holds what the project knows it by.
    pub is_same: bool,
}

impl Link {
    /// Of a file as it is now. `[control]`
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn of(path: &Path) -> io::Result<Self> {
        let (bytes, modified) = about(path)?;
        Ok(Self { bytes, sha256: number_of(path)?, modified, at: None })
    }

    /// Where it is now: at the place that its name says, where it was found last, or anywhere in the document's folder and in
    /// the folders in which Csound looks for sounds, under its own name or another one. `[control]`
    pub(super) fn find(&self, name: &str, named: Option<&Path>, origin: Option<&Path>) -> Option<Found> {
        let expected = named.into_iter().chain(self.at.as_deref());
        if let Some(path) = expected.clone().find(|path| self.is_untouched(path) || self.is(path)) {
            return Some(Found { path: path.to_owned(), is_same: true });
        }
        let beside = origin.and_then(Path::parent).map(Path::to_owned);
        let of_user = USER_FOLDERS.iter().filter_map(std::env::var_os);
        let of_user = of_user.flat_map(|value| std::env::split_paths(&value).collect::<Vec<_>>());
        let folders = beside.into_iter().chain(of_user).filter(|folder| folder.is_absolute());
        let own_name = Path::new(name).file_name();
        let mut candidates = files_below(folders, self.bytes);
        candidates.sort_by_key(|path| path.file_name() != own_name);
        if let Some(path) = candidates.into_iter().find(|path| self.is(path)) {
            return Some(Found { path, is_same: true });
        }
        named.map(|path| Found { path: path.to_owned(), is_same: false })
    }

    /// Whether a file is as long as it was, and was changed last when it was.
    fn is_untouched(&self, path: &Path) -> bool {
        about(path).is_ok_and(|(bytes, modified)| (bytes, modified) == (self.bytes, self.modified))
    }

    /// Whether a file holds this.
    fn is(&self, path: &Path) -> bool {
        let is_as_long = about(path).is_ok_and(|(bytes, _)| bytes == self.bytes);
        is_as_long && number_of(path).is_ok_and(|number| number == self.sha256)
    }

    /// The same, found at another place. `[control]`
    pub(super) fn found_at(&self, path: &Path, is_where_it_should_be: bool) -> Self {
        let modified = about(path).map_or(self.modified, |(_, modified)| modified);
        Self { modified, at: (!is_where_it_should_be).then(|| path.to_owned()), ..self.clone() }
    }
}

/// Length and time of a file.
fn about(path: &Path) -> io::Result<(u64, u64)> {
    let about = std::fs::metadata(path)?;
    if !about.is_file() {
        return Err(io::Error::from(io::ErrorKind::NotFound));
    }
    let modified =
        about.modified()?.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64);
    Ok((about.len(), modified))
}

/// The files of this length in these folders and below them.
fn files_below(folders: impl Iterator<Item = PathBuf>, bytes: u64) -> Vec<PathBuf> {
    let mut waiting: Vec<(PathBuf, usize)> = folders.map(|folder| (folder, 0)).collect();
    let (mut seen, mut files, mut found) = (0, 0, Vec::new());
    while let Some((folder, depth)) = waiting.pop() {
        seen += 1;
        if seen > FOLDERS_MAX {
            break;
        }
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            files += 1;
            if files > FILES_MAX {
                return found;
            }
            // A link is not followed: it may lead in a circle.
            let Ok(about) = entry.metadata() else { continue };
            if about.is_dir() && depth < DEPTH_MAX {
                waiting.push((entry.path(), depth + 1));
            } else if about.is_file() && about.len() == bytes {
                found.push(entry.path());
            }
        }
    }
    found
}

/// A number that was found already, for a file of this length and time.
#[derive(Clone)]
struct Known {
    about: (u64, u64),
    number: String,
}

/// What is known, by the paths of the files.
static KNOWN: Mutex<Option<HashMap<PathBuf, Known>>> = Mutex::new(None);

/// SHA-256 of what is in a file, in hexadecimal digits.
fn number_of(path: &Path) -> io::Result<String> {
    let now = about(path)?;
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let is_known = known().as_ref().and_then(|known| known.get(path)).cloned();
    if let Some(known) = is_known.filter(|known| known.about == now) {
        return Ok(known.number);
    }
    let (mut file, mut hasher) = (File::open(path)?, Sha256::new());
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            count => hasher.update(&buffer[..count]),
        }
    }
    let number = hasher.finalize().iter().fold(String::new(), |mut text, byte| {
        // A string takes everything.
        let _ = write!(text, "{byte:02x}");
        text
    });
    let mut known = known();
    let known = known.get_or_insert_default();
    if known.len() >= KNOWN_MAX {
        known.clear();
    }
    known.insert(path.to_owned(), Known { about: now, number: number.clone() });
    Ok(number)
}
