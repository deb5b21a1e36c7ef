//! Documents: new, open, save, the factory library, recent ones, the file browser, missing files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ksmps_core::csound::opcode_list;
use ksmps_core::player::{Control, Status};
use ksmps_core::settings::{self, UserFiles};
use ksmps_editor::model::{MissingFile, News};

use super::jobs::Jobs;
use super::system_dialog::{Purpose, Turn};
use super::{done, failed, files, library, user_folder};
use crate::document_file;
use crate::instance::Instance;
use crate::presets::document_name;

/// What a document without any text begins with.
const EMPTY: &str = "<CsoundSynthesizer>\n<CsInstruments>\nksmps = 32\nnchnls = 2\n0dbfs = 1\n\n</CsInstruments>\n</CsoundSynthesizer>\n";

/// What the editor knows of documents.
#[derive(Default)]
pub(super) struct Documents {
    /// The revision whose missing files were told.
    told: Option<u64>,
}

/// Tells once what there is on this machine. `[control]`
pub(super) fn tell_what_there_is(jobs: &Jobs) {
    jobs.begin(|| {
        let recent = settings::recent(&UserFiles::of_this_user());
        vec![News::Places(files::places()), News::Recent(recent), News::Library(library::entries())]
    });
    // Where there is no Csound the instance says so itself.
    jobs.begin(|| opcode_list().map(|list| News::Opcodes(list.into())).into_iter().collect());
}

impl Documents {
    /// Tells which files are missing, where that is otherwise. `[control]`
    pub fn tell(&mut self, control: &Control, status: &Status, news: &mut Vec<News>) {
        let revision = control.revision();
        // An engine that was built has looked for them.
        if status.building || self.told == Some(revision) {
            return;
        }
        self.told = Some(revision);
        let project = control.project();
        let origin = project.origin();
        let missing = project.missing_files().into_iter().map(|name| MissingFile {
            looked: origin.and_then(Path::parent).map(|folder| folder.join(&name)).into_iter().collect(),
            name,
            line: None,
        });
        news.push(News::Missing(missing.collect()));
    }
}

/// Begins an empty document. `[control]`
pub(super) fn begin_empty(control: &Control) {
    control.load(EMPTY.to_owned(), None);
}

/// Opens a document of the library. `[control]`
pub(super) fn open_library(control: &Control, entry: usize) -> Option<News> {
    let Some(text) = library::text(entry) else { return Some(failed("that document is not in the library")) };
    control.load(text.to_owned(), None);
    None
}

/// Opens a file. `[control]`
pub(super) fn open_file(instance: &Arc<Instance>, path: PathBuf, jobs: &Jobs) {
    let instance = Arc::clone(instance);
    jobs.begin(move || open(&instance, &path));
}

/// Writes the document to the file that it came from. `[control]`
pub(super) fn save_own(instance: &Instance, text: String) -> Vec<News> {
    match instance.control().project().origin().map(Path::to_owned) {
        Some(path) => save(instance, text, &path),
        None => vec![failed("this document has no file yet: save it as a file")],
    }
}

/// Has the user choose a file in the system's dialog, and opens it. `[control]`
pub(super) fn open_chosen(instance: &Arc<Instance>, turn: Turn, jobs: &Jobs) {
    let instance = Arc::clone(instance);
    jobs.begin(move || match turn.ask(folder(&instance).as_deref(), &Purpose::Open) {
        Ok(path) => path.map(|path| open(&instance, &path)).unwrap_or_default(),
        Err(why) => vec![failed(why)],
    });
}

/// Has the user choose a file in the system's dialog, and writes the document to it. `[control]`
pub(super) fn save_chosen(instance: &Arc<Instance>, text: String, turn: Turn, jobs: &Jobs) {
    let instance = Arc::clone(instance);
    let project = instance.control().project();
    let own = project.origin().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let name = own.unwrap_or_else(|| format!("{}.csd", document_name(&project).replace('/', "_")));
    jobs.begin(move || match turn.ask(folder(&instance).as_deref(), &Purpose::Save(name)) {
        Ok(path) => path.map(|path| save(&instance, text, &path)).unwrap_or_default(),
        Err(why) => vec![failed(why)],
    });
}

/// The document's folder.
fn folder(instance: &Instance) -> Option<PathBuf> {
    instance.control().project().origin().and_then(Path::parent).map(Path::to_owned)
}

/// Tells what a folder holds. `[control]`
pub(super) fn browse(path: PathBuf, jobs: &Jobs) {
    jobs.begin(move || vec![News::Folder { entries: files::entries(&path), path }]);
}

/// Tells what a file says. `[control]`
pub(super) fn preview(path: PathBuf, jobs: &Jobs) {
    jobs.begin(move || vec![News::Preview { text: files::preview(&path), path }]);
}

/// Takes another file where one is missing. `[control]`
pub(super) fn locate(control: &Control, name: &str, path: &Path) -> News {
    match control.locate(name, path) {
        Ok(_) => done(format!("{name} is taken from {}", path.display())),
        Err(error) => failed(error.to_string()),
    }
}

/// Shows a page in the user's browser. `[control]`
pub(super) fn show_page(url: String, jobs: &Jobs) {
    jobs.begin(move || open_page(&url).err().into_iter().collect());
}

/// Opens a document, or a sound in a document that plays it.
fn open(instance: &Instance, path: &Path) -> Vec<News> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if files::is_sound(&path) {
        instance.control().load(sampler(&path), path.parent().map(|folder| folder.join("sampler.csd")));
        return vec![done(format!("{} is played by a new document", path.display()))];
    }
    match document_file::text(&path) {
        Ok(text) => {
            instance.control().load(text, Some(path.clone()));
            vec![remember(&path)]
        }
        Err(error) => vec![failed(error)],
    }
}

/// A document whose notes play a sound, each at the speed of its key.
fn sampler(sound: &Path) -> String {
    let name = sound.file_name().unwrap_or_default().to_string_lossy();
    let name = name.replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "<CsoundSynthesizer>\n<CsInstruments>\n;@about name=\"Sampler\" text=\"Plays one sound; key 60 is its own speed.\"\n\
         ksmps = 32\nnchnls = 2\n0dbfs = 1\n\n;@param level -48..6=-6 unit=dB label=\"Level\"\n\n\
         gisound ftgen 0, 0, 0, 1, \"{name}\", 0, 0, 0\n\ninstr sampler ;@notes\n  ikey = p4\n  iamp = p5\n\
         \x20 ispeed = semitone(ikey - 60)\n  kgain = ampdb(chnget:k(\"level\"))\n\
         \x20 if ftchnls(gisound) > 1 then\n    aL, aR loscil iamp, ispeed, gisound, 1\n  else\n\
         \x20   aL loscil iamp, ispeed, gisound, 1\n    aR = aL\n  endif\n\
         \x20 aenv = linsegr:a(1, 0.1, 0)\n  outs aL * aenv * kgain, aR * aenv * kgain\nendin\n\
         </CsInstruments>\n</CsoundSynthesizer>\n"
    )
}

/// Writes the document to a file, which is its own from now on.
pub(super) fn save(instance: &Instance, text: String, path: &Path) -> Vec<News> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if let Err(error) = user_folder::write(&path, text.as_bytes()) {
        return vec![failed(format!(
            "{}: {error}; the document is still here, and in the project",
            path.display()
        ))];
    }
    instance.control().edit_as(text, path.clone());
    let saved = done(format!("saved to {}", path.display()));
    vec![saved, remember(&path)]
}

/// Remembers a document among the recent ones.
pub(super) fn remember(path: &Path) -> News {
    News::Recent(settings::remember(&UserFiles::of_this_user(), path))
}

/// Shows a page in the user's browser.
fn open_page(url: &str) -> Result<(), News> {
    if !url.starts_with("https://") {
        return Err(failed("only pages of the web can be shown"));
    }
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let shown = std::process::Command::new(program).arg(url).status();
    if shown.is_ok_and(|status| status.success()) {
        Ok(())
    } else {
        Err(failed(format!("no browser was found; the page is {url}")))
    }
}

#[cfg(test)]
mod tests {
    use ksmps_core::document::Document;

    use super::*;

    #[test]
    fn what_documents_begin_with_can_be_built() {
        for text in [EMPTY.to_owned(), sampler(Path::new("/music/a \"b\".wav"))] {
            let document = Document::parse(&text, None).unwrap();
            assert_eq!(document.syntax, None, "{text}");
        }
    }
}
