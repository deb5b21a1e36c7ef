//! Files and folders, as a browser in the window needs them.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use ksmps_core::document::decode;
use ksmps_editor::model::FolderEntry;

use super::user_folder;

/// Bytes of a file that are looked at before it is opened.
const PREVIEW_BYTES: u64 = 64 << 10;
/// Entries of a folder that are told at most.
const ENTRIES_MAX: usize = 10_000;
/// Files that are sound, by their endings.
const SOUNDS: [&str; 8] = ["wav", "aif", "aiff", "flac", "ogg", "mp3", "w64", "caf"];

/// What a folder holds: folders first, each kind in the order of the names; hidden files left out. `[control]`
pub(super) fn entries(folder: &Path) -> Result<Vec<FolderEntry>, String> {
    let inside = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut entries: Vec<FolderEntry> =
        inside.flatten().filter_map(|entry| self::entry(&entry)).take(ENTRIES_MAX).collect();
    entries.sort_by_key(|entry| (!entry.is_folder, entry.name.to_lowercase()));
    Ok(entries)
}

fn entry(entry: &fs::DirEntry) -> Option<FolderEntry> {
    let name = entry.file_name().to_str()?.to_owned();
    if name.starts_with('.') {
        return None;
    }
    // Of what a link leads to.
    let about = fs::metadata(entry.path()).ok()?;
    let is_folder = about.is_dir();
    let changed = about.modified().ok().and_then(|time| jiff::Timestamp::try_from(time).ok());
    let changed =
        changed.map(|time| time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string());
    Some(FolderEntry {
        name,
        is_folder,
        bytes: if is_folder { 0 } else { about.len() },
        changed: changed.unwrap_or_default(),
    })
}

/// The beginning of a text file. `[control]`
pub(super) fn preview(path: &Path) -> Result<String, String> {
    let wrong = |error: std::io::Error| format!("{}: {error}", path.display());
    if is_sound(path) {
        let about = ksmps_core::library::sound_file::about(path).map_err(|error| error.to_string())?;
        let seconds = about.frames as f64 / f64::from(about.rate.max(1));
        return Ok(format!("{seconds:.2} s, {} channels at {} Hz", about.channels, about.rate));
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(PREVIEW_BYTES).read_to_end(&mut bytes)).map_err(wrong)?;
    if bytes.contains(&0) {
        return Err(format!("{}: this is no text", path.display()));
    }
    Ok(decode(&bytes).0)
}

/// Whether a file is a sound, by its name. `[any]`
pub(super) fn is_sound(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
    ending.is_some_and(|ending| SOUNDS.contains(&ending.as_str()))
}

/// Places to begin in a browser: those of the usual ones that exist. `[control]`
pub(super) fn places() -> Vec<(String, PathBuf)> {
    let Some(home) = user_folder::home() else { return Vec::new() };
    let usual = ["Desktop", "Documents", "Music", "csound", "Csound"];
    let named = usual.into_iter().map(|name| (name.to_owned(), home.join(name)));
    std::iter::once(("Home".to_owned(), home.clone()))
        .chain(named)
        .filter(|(_, path)| path.is_dir())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_listed_folders_first_and_without_hidden_files() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.csd", "A.csd", ".hidden"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        fs::create_dir(folder.path().join("zoo")).unwrap();
        let entries = entries(folder.path()).unwrap();
        let names: Vec<_> =
            entries.iter().map(|entry| (entry.name.as_str(), entry.is_folder, entry.bytes)).collect();
        assert_eq!(names, [("zoo", true, 0), ("A.csd", false, 1), ("b.csd", false, 1)]);
        assert_eq!(entries[1].changed.len(), "2026-03-01 14:02".len());
        assert!(self::entries(&folder.path().join("none")).unwrap_err().contains("none"));
    }

    #[test]
    fn a_file_that_is_no_text_is_not_looked_into() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csd");
        fs::write(&path, b"; caf\xe9").unwrap();
        assert_eq!(preview(&path).unwrap(), "; caf\u{e9}");
        fs::write(&path, b"\x7fELF\0\0").unwrap();
        assert!(preview(&path).unwrap_err().contains("no text"));
        assert!(is_sound(Path::new("/x/Tone.WAV")) && !is_sound(&path));
    }
}
