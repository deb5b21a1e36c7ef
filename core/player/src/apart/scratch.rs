//! The one folder that an engine's process may write: it goes with the process, and where the host was killed, a later host
//! removes it. Who has a folder holds a lock on it, which ends with whoever holds it.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Once;

use tempfile::TempDir;

/// How such folders' names begin.
const PREFIX: &str = "ksmps-engine-";
/// How often a folder is made that somebody else takes for one that was left.
const ATTEMPTS_MAX: u32 = 8;

/// A folder that is there and locked as long as this value.
#[derive(Debug)]
pub(super) struct Scratch {
    // The lock goes last.
    folder: TempDir,
    _lock: File,
}

impl Scratch {
    /// A new one, empty. The first one in a host removes what killed hosts have left. `[control]`
    ///
    /// # Errors
    /// Where there is no place for it.
    pub fn new() -> io::Result<Self> {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| remove_left(&std::env::temp_dir()));
        Self::new_in(&std::env::temp_dir())
    }

    fn new_in(place: &Path) -> io::Result<Self> {
        for _ in 0..ATTEMPTS_MAX {
            let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(place)?;
            // Until it is locked somebody may take it for one that was left.
            let Ok(lock) = File::open(folder.path()) else { continue };
            if lock.try_lock().is_ok() && folder.path().exists() {
                return Ok(Self { folder, _lock: lock });
            }
        }
        Err(io::Error::other("somebody removes each folder that is made"))
    }

    /// Where it is. `[control]`
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes the folders that nobody holds. Those of other users stay: they cannot be opened.
fn remove_left(place: &Path) {
    let Ok(entries) = std::fs::read_dir(place) else { return };
    for entry in entries.flatten() {
        // A link of this name is none of ours.
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX)
            && entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_ours
            && let Ok(folder) = File::open(entry.path())
            && folder.try_lock().is_ok()
        {
            // What cannot be removed stays for the next time.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_holds_is_removed_and_what_is_in_use_stays() {
        let place = tempfile::tempdir().unwrap();
        let held = Scratch::new_in(place.path()).unwrap();
        std::fs::write(held.path().join("file"), "text").unwrap();
        let left = place.path().join(format!("{PREFIX}left"));
        std::fs::create_dir(&left).unwrap();
        std::fs::write(left.join("file"), "text").unwrap();
        let other = place.path().join("other");
        std::fs::create_dir(&other).unwrap();
        std::os::unix::fs::symlink(&other, place.path().join(format!("{PREFIX}link"))).unwrap();
        remove_left(place.path());
        assert!(held.path().join("file").exists() && other.exists() && !left.exists());
        let path = held.path().to_owned();
        drop(held);
        assert!(!path.exists());
    }
}
