//! Files that an engine finds on the disk while it lives: those inside its document, and those its project carries.

use std::path::{Path, PathBuf};

use ksmps_data::diagnostic::Diagnostic;
use ksmps_document::{Document, Unpacked};

use super::BuildError;

/// Files in a folder of their own, which goes with this value.
#[derive(Debug)]
pub(super) struct UnpackedFiles {
    _folder: tempfile::TempDir,
    inside: Option<PathBuf>,
    carried: Option<Unpacked>,
}

impl UnpackedFiles {
    /// Those of a document; `None` where it has none. `[control]`
    ///
    /// # Errors
    /// Where one cannot be written.
    pub fn of(document: &Document) -> Result<Option<Self>, BuildError> {
        if document.files.is_empty() && !document.assets.has_files() {
            return Ok(None);
        }
        let cannot = |error: std::io::Error, line: Option<u32>| {
            let text = format!("a file of the document could not be unpacked: {error}");
            BuildError(vec![document.located(Diagnostic::error(line, text))])
        };
        let folder = tempfile::tempdir().map_err(|error| cannot(error, None))?;
        let inside = folder.path().join("inside");
        for file in &document.files {
            let path = inside.join(&file.name);
            let written = path
                .parent()
                .map_or(Ok(()), std::fs::create_dir_all)
                .and_then(|()| std::fs::write(&path, &file.bytes));
            written.map_err(|error| cannot(error, Some(file.line)))?;
        }
        let carried = document.assets.has_files().then(|| document.assets.unpack(folder.path())).transpose();
        let carried = carried.map_err(|error| cannot(error, None))?;
        let inside = (!document.files.is_empty()).then_some(inside);
        Ok(Some(Self { _folder: folder, inside, carried }))
    }

    /// The folder of the files inside the document. `[any]`
    pub fn inside(&self) -> Option<&Path> {
        self.inside.as_deref()
    }

    /// The folder of the files that the project carries. `[any]`
    pub fn carried(&self) -> Option<&Path> {
        self.carried.as_ref().map(|unpacked| unpacked.folder.as_path())
    }

    /// A text in which the carried files with absolute names are named where they are now. Lines stay as they are.
    /// `[control]`
    pub fn moved_in(&self, text: &str) -> String {
        let moved = self.carried.iter().flat_map(|unpacked| &unpacked.moved);
        moved.fold(text.to_owned(), |text, (name, path)| {
            text.replace(&format!("\"{name}\""), &format!("\"{}\"", path.display()))
        })
    }
}
