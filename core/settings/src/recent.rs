//! The documents that this user has opened or saved lately.

use std::path::{Path, PathBuf};

use super::places::UserFiles;
use super::store;

/// So many are remembered; the oldest go first.
pub const RECENT_MAX: usize = 20;

/// Those that are still there, the newest first. `[control]`
pub fn recent(files: &UserFiles) -> Vec<PathBuf> {
    there(store::read(files.recent().as_deref()))
}

/// Remembers a document as the newest one; the list with it, also where it cannot be kept. `[control]`
pub fn remember(files: &UserFiles, document: &Path) -> Vec<PathBuf> {
    let kept = store::change(files.recent(), |list: &mut Vec<PathBuf>| {
        *list = headed(document, std::mem::take(list));
        list.clone()
    });
    kept.unwrap_or_else(|_| headed(document, recent(files)))
}

/// The list with a document as its newest one.
fn headed(document: &Path, list: Vec<PathBuf>) -> Vec<PathBuf> {
    let others = there(list).into_iter().filter(|other| other != document);
    std::iter::once(document.to_owned()).chain(others).take(RECENT_MAX).collect()
}

fn there(list: Vec<PathBuf>) -> Vec<PathBuf> {
    list.into_iter().filter(|path| path.is_file()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_comes_first_and_those_that_are_gone_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let files = UserFiles::in_folder(folder.path());
        let document = |number: usize| folder.path().join(format!("{number}.csd"));
        for number in 0..=RECENT_MAX {
            std::fs::write(document(number), "").unwrap();
            remember(&files, &document(number));
        }
        assert_eq!(remember(&files, &document(7))[..2], [document(7), document(RECENT_MAX)]);
        std::fs::remove_file(document(RECENT_MAX)).unwrap();
        let list = recent(&files);
        assert_eq!((list.len(), &list[1]), (RECENT_MAX - 1, &document(RECENT_MAX - 1)));
        assert!(!list.contains(&document(0)), "the oldest has gone");
    }
}
