//! Folders of files, and what differs between two of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A folder that is gone with its value.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("there is room for a folder"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Another folder with the same files.
    pub fn copy(&self) -> Self {
        let copy = Self::new();
        for name in self.names() {
            std::fs::copy(self.path().join(&name), copy.path().join(&name)).expect("it can be copied");
        }
        copy
    }

    fn names(&self) -> BTreeSet<PathBuf> {
        let entries = std::fs::read_dir(self.path()).expect("it is there");
        entries.map(|entry| PathBuf::from(entry.expect("it can be read").file_name())).collect()
    }
}

/// The files that are not the same in both, in words.
pub fn differences(expected: &Folder, actual: &Folder) -> Vec<String> {
    let names: BTreeSet<PathBuf> = expected.names().union(&actual.names()).cloned().collect();
    let read = |folder: &Folder, name: &Path| std::fs::read(folder.path().join(name)).ok();
    let mut different = Vec::new();
    for name in names {
        match (read(expected, &name), read(actual, &name)) {
            (Some(expected), Some(actual)) => {
                let (expected, actual) = (without_time(expected), without_time(actual));
                if let Some(place) = first_difference(&expected, &actual) {
                    let sizes = (expected.len(), actual.len());
                    different.push(format!("{}: byte {place}, sizes {sizes:?}", name.display()));
                }
            }
            (expected, _) => {
                let who = if expected.is_some() { "csound" } else { "the front end" };
                different.push(format!("{}: only {who} made it", name.display()));
            }
        }
    }
    different
}

/// Whether there is more than a header and silence in a sound file.
pub fn has_sound(file: &Path) -> bool {
    let bytes = std::fs::read(file).unwrap_or_default();
    // No header here is as long.
    let samples = bytes.get(1000..).unwrap_or_default();
    samples.iter().any(|byte| *byte != samples[0])
}

fn first_difference(expected: &[u8], actual: &[u8]) -> Option<usize> {
    if expected == actual {
        return None;
    }
    let same = expected.iter().zip(actual).take_while(|(one, other)| one == other).count();
    Some(same)
}

/// A sound file's bytes without the time of day in its PEAK chunk: the four bytes behind the chunk's version. The chunks
/// are walked, so that the letters elsewhere are not taken for one.
fn without_time(mut file: Vec<u8>) -> Vec<u8> {
    let is_little = match file.get(..4) {
        Some(b"RIFF" | b"RIFX") => true,
        Some(b"FORM") => false,
        _ => return file,
    };
    let mut place = 12;
    while let Some(size) = file.get(place + 4..place + 8) {
        let size: [u8; 4] = size.try_into().expect("four bytes");
        let size = if is_little { u32::from_le_bytes(size) } else { u32::from_be_bytes(size) } as usize;
        if &file[place..place + 4] == b"PEAK"
            && let Some(time) = file.get_mut(place + 12..place + 16)
        {
            time.fill(0);
        }
        place += 8 + size + size % 2;
    }
    file
}

#[test]
fn the_time_of_a_peak_is_left_out_and_nothing_else() {
    let peak = |time: u8, value: u8| {
        let mut file = b"RIFF____WAVEPEAK".to_vec();
        file.extend(16u32.to_le_bytes());
        file.extend([1, 0, 0, 0, time, 0, 0, 0, value, 0, 0, 0, 0, 0, 0, 0]);
        file
    };
    assert_eq!(without_time(peak(1, 5)), without_time(peak(2, 5)));
    assert_ne!(without_time(peak(1, 5)), without_time(peak(1, 6)));
}
