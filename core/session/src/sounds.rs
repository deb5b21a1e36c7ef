//! Files inside a session's file: a project plays where they are not.
//!
//! What a session carries is what it plays, whatever lies at the file's old place by now.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::SessionError;
use ksmps_data::file::FileError;
use ksmps_library::sound_file;

use super::file::{SessionFile, SoundItem};

/// Longer sound files are not carried unless a project asks for it, in bytes.
pub const SOUND_BYTES_MAX: u64 = 16 << 20;

/// A session's file with its sound files in a folder.
pub struct Unpacked {
    pub file: SessionFile,
    /// Files that are neither carried in good order nor there; their tables are silent.
    pub missing: Vec<PathBuf>,
    /// Where the carried ones are; they go with it.
    pub folder: Option<tempfile::TempDir>,
}

impl SessionFile {
    /// Takes the files it names into itself: orchestra always, sound files up to `limit` bytes each. Returns those
    /// that it does not carry: larger ones, and those that cannot be read. `[control]`
    pub fn carry_files(&mut self, limit: u64) -> Vec<PathBuf> {
        let named = self.sound_paths();
        self.sounds.retain(|sound| named.contains(&sound.path));
        let mut left = self.carry_orchestra();
        for path in named {
            if self.sounds.iter().any(|sound| sound.path == path) {
                continue;
            }
            let fits = std::fs::metadata(&path).is_ok_and(|about| about.len() <= limit);
            match fits.then(|| std::fs::read(&path)) {
                Some(Ok(bytes)) => self.sounds.push(SoundItem { path, data: STANDARD.encode(bytes) }),
                _ => left.push(path),
            }
        }
        left
    }

    /// Its carried sound files, written into a folder of their own and named there. `[control]`
    ///
    /// # Errors
    /// [`SessionError::File`] where a file cannot be written.
    pub fn unpacked(&self) -> Result<Unpacked, SessionError> {
        let mut file = self.clone();
        let sounds = std::mem::take(&mut file.sounds);
        let unusable = |error| FileError::new(std::env::temp_dir(), error);
        let folder = if sounds.is_empty() { None } else { Some(tempfile::tempdir().map_err(unusable)?) };
        if let Some(folder) = &folder {
            for (index, sound) in sounds.iter().enumerate() {
                let path = folder.path().join(file_name(index, &sound.path));
                let Ok(bytes) = STANDARD.decode(&sound.data) else { continue };
                std::fs::write(&path, bytes).map_err(|error| FileError::new(&path, error))?;
                // One that came damaged is looked for at its old place, and said to be missing where it is not there.
                if sound_file::about(&path).is_err() {
                    continue;
                }
                file.rename_sound(&sound.path, &path);
            }
        }
        let mut missing = file.sound_paths();
        missing.retain(|path| !path.is_file());
        missing.iter().for_each(|path| file.silence(path));
        Ok(Unpacked { file, missing, folder })
    }

    /// Every sound file it names, each once.
    fn sound_paths(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = Vec::new();
        let tables = self.tables.iter().filter_map(|table| table.file.as_ref());
        for path in tables.chain(&self.disk_sounds) {
            if !paths.contains(path) {
                paths.push(path.clone());
            }
        }
        paths
    }

    fn rename_sound(&mut self, from: &Path, to: &Path) {
        let tables = self.tables.iter_mut().filter_map(|table| table.file.as_mut());
        for path in tables.chain(&mut self.disk_sounds).filter(|path| **path == from) {
            to.clone_into(path);
        }
        let (Some(from), Some(to)) = (from.to_str(), to.to_str()) else { return };
        for value in self.events.iter_mut().flat_map(|event| event.args.values_mut()) {
            if value.as_str() == Some(from) {
                *value = to.into();
            }
        }
    }

    /// Tables of a file that is not there: one silent frame.
    fn silence(&mut self, path: &Path) {
        for table in self.tables.iter_mut().filter(|table| table.file.as_deref() == Some(path)) {
            (table.file, table.zeros) = (None, Some(table.channels.max(1)));
            (table.channel, table.skip, table.frames) = (0, 0.0, 0);
        }
    }
}

fn file_name(index: usize, path: &Path) -> String {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("sound");
    format!("{index}.{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PlaySample, SampleSource, Session, Sound, TableSource};

    fn sound(folder: &Path) -> PathBuf {
        use ksmps_library::sound_file::{Encoding, Format, Writer};
        let path = folder.join("click.wav");
        let mut writer = Writer::create(&path, Format::Wav, Encoding::Float32, 8_000, 1).unwrap();
        writer.write(&[0.5; 80]).unwrap();
        writer.flush().unwrap();
        path
    }

    #[test]
    fn a_session_carries_its_sound_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = sound(folder.path());
        let mut session = Session::default();
        let table = session
            .make_table(
                TableSource::File(Sound { path: path.clone(), channel: 0, skip: 0.0 }),
                0,
                1,
                0.0,
                true,
            )
            .unwrap();
        session.play_sample(SampleSource::Table(table), PlaySample::default()).unwrap();
        session.play_sample(SampleSource::File(path.clone()), PlaySample::default()).unwrap();
        let mut file = session.to_file();
        assert_eq!(file.carry_files(10), std::slice::from_ref(&path));
        assert!(file.carry_files(SOUND_BYTES_MAX).is_empty());
        let json = file.to_json().unwrap();
        std::fs::remove_file(&path).unwrap();

        let unpacked = SessionFile::from_json(&json).unwrap().unpacked().unwrap();
        assert!(unpacked.missing.is_empty());
        let again = Session::from_file(&unpacked.file).unwrap();
        let (found, _) = again.sound_files().next().unwrap();
        assert!(found.starts_with(unpacked.folder.as_ref().unwrap().path()));
        assert_eq!(again.table(table).unwrap().frames, 80);
        // The file that is played from disk is named in the event, too.
        let played = unpacked.file.events.last().unwrap().args["Spath"].as_str().unwrap();
        assert!(Path::new(played).starts_with(unpacked.folder.as_ref().unwrap().path()));
    }

    #[test]
    fn a_sound_file_that_is_nowhere_leaves_a_silent_table() {
        let folder = tempfile::tempdir().unwrap();
        let path = sound(folder.path());
        let mut session = Session::default();
        session.read_sound(Sound { path: path.clone(), channel: 0, skip: 0.0 }, 0.0, true).unwrap();
        let file = session.to_file();
        std::fs::remove_file(&path).unwrap();
        // One that is carried, but came damaged, is as good as none.
        for data in [None, Some("AAAA"), Some("no base64")] {
            let mut file = file.clone();
            let sound = |data: &str| SoundItem { path: path.clone(), data: data.to_owned() };
            file.sounds.extend(data.map(sound));
            assert_eq!(file.unpacked().unwrap().missing, std::slice::from_ref(&path));
        }
        let unpacked = file.unpacked().unwrap();
        let again = Session::from_file(&unpacked.file).unwrap();
        assert_eq!(again.sound_files().count(), 0);
    }
}
