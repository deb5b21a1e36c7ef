//! One small JSON file: read whole, changed under a lock, replaced whole.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Longer files are not of this program's making.
const BYTES_MAX: u64 = 1 << 20;
/// How often a lock is tried, and how long somebody waits in between: a change takes a few milliseconds.
const LOCK_TRIES: u32 = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// What is in a file; the default where there is none, or none that can be read.
pub(crate) fn read<T: DeserializeOwned + Default>(path: Option<&Path>) -> T {
    path.and_then(|path| parse(path).ok().flatten()).unwrap_or_default()
}

/// What is in a file, `None` where it does not exist.
fn parse<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut text = String::new();
    file.take(BYTES_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the file is too long"));
    }
    Ok(Some(serde_json::from_str(&text)?))
}

/// Changes what is in a file, as it is now.
///
/// # Errors
/// What the system said; then the file is as it was.
pub(crate) fn change<T, R>(path: Option<PathBuf>, change: impl FnOnce(&mut T) -> R) -> io::Result<R>
where
    T: DeserializeOwned + Serialize + Default,
{
    let path = path.ok_or_else(|| io::Error::other("this user has no folder for settings"))?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(folder)?;
    let _lock = lock(&path.with_extension("lock"))?;
    let mut value = match parse(&path) {
        Ok(value) => value.unwrap_or_default(),
        Err(_) => {
            fs::rename(&path, path.with_extension("damaged"))?;
            T::default()
        }
    };
    let result = change(&mut value);
    let mut file = tempfile::Builder::new().prefix(".ksmps-").tempfile_in(folder)?;
    serde_json::to_writer_pretty(&mut file, &value)?;
    file.write_all(b"\n")?;
    file.as_file().sync_data()?;
    file.persist(&path)?;
    Ok(result)
}

/// The lock that everybody takes who changes a file; it is given back when the file is closed.
fn lock(path: &Path) -> io::Result<File> {
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            // A file system without locks: the file is replaced whole all the same.
            Err(TryLockError::Error(_)) => return Ok(file),
        }
    }
    Err(io::Error::new(io::ErrorKind::TimedOut, format!("{} is locked by another program", path.display())))
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_many_at_once_are_all_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/list.json");
        std::thread::scope(|scope| {
            for number in 0..8 {
                let path = path.clone();
                scope.spawn(move || {
                    for more in 0..10 {
                        change(Some(path.clone()), |list: &mut Vec<u32>| list.push(number * 10 + more))
                            .unwrap();
                    }
                });
            }
        });
        let mut list: Vec<u32> = read(Some(&path));
        list.sort_unstable();
        assert_eq!(list, (0..80).collect::<Vec<_>>());
    }

    #[test]
    fn a_damaged_file_is_empty_and_is_kept_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.json");
        for damage in ["", "[1, 2", "{\"a\": 1}", "\u{0}\u{0}"] {
            fs::write(&path, damage).unwrap();
            assert!(read::<Vec<u32>>(Some(&path)).is_empty());
            change(Some(path.clone()), |list: &mut Vec<u32>| list.push(7)).unwrap();
            assert_eq!(read::<Vec<u32>>(Some(&path)), vec![7]);
            assert_eq!(fs::read_to_string(path.with_extension("damaged")).unwrap(), damage);
        }
        fs::write(&path, vec![b' '; BYTES_MAX as usize + 10]).unwrap();
        assert!(read::<Vec<u32>>(Some(&path)).is_empty(), "a file that is too long is not read");
    }

    #[test]
    fn where_there_is_no_folder_nothing_is_kept() {
        assert!(read::<Vec<u32>>(None).is_empty());
        assert!(change(None, |list: &mut Vec<u32>| list.push(7)).is_err());
        assert!(change(Some("/proc/ksmps/list.json".into()), |list: &mut Vec<u32>| list.push(7)).is_err());
    }
}
