//! The document follows its file: another program edits it, and what is written there is built and swapped in.
//!
//! A document follows the file that it came from and no other; that it does is part of the project. The project's own text
//! always holds until the file changes: a project that is reopened plays what it has, and where its file says something
//! else by then, or both have changed, the two are a conflict that the user decides.
//!
//! Nothing runs while nothing is followed. A watch of the file's folder has a thread of `notify`, and its changes are looked
//! at by a thread of ours, once the file has been left alone for a moment: programs write in pieces, and some write another
//! file and rename it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use ksmps_core::player::Control;
use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::document_file;

/// For so long a file is to be left alone before it is read.
const QUIET: Duration = Duration::from_millis(100);

/// What an instance's document follows.
pub struct Follow {
    shared: Arc<Shared>,
}

struct Shared {
    control: Arc<Control>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    following: Option<Following>,
    /// The text in the editor differs from the document's.
    has_draft: bool,
}

/// A file that is followed.
struct Following {
    path: PathBuf,
    /// The text that file and document had in common last, as far as it is known.
    agreed: Option<Arc<str>>,
    /// The file's text, where the user is to decide.
    conflict: Option<Arc<str>>,
    /// Why its changes are not seen.
    problem: Option<String>,
    /// `None` where it cannot be watched.
    watched: Option<Watched>,
}

/// A watch under way. In this order: what is heard ends, then who listens.
struct Watched {
    watcher: RecommendedWatcher,
    listener: JoinHandle<()>,
}

/// What is to be told of a file that is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// The file.
    pub path: PathBuf,
    /// Its text, where it and the document have both changed.
    pub conflict: Option<Arc<str>>,
    /// Why changes of the file are not seen, where that is so.
    pub problem: Option<String>,
}

/// What a look at the file comes to.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// Both say the same.
    Agreed,
    /// The file is as it was; the document may have changed.
    Unchanged,
    /// The file alone has changed.
    Take,
    /// Both have.
    Conflict,
}

impl Follow {
    /// Nothing is followed yet. `[any]`
    pub fn new(control: &Arc<Control>) -> Self {
        Self { shared: Arc::new(Shared { control: Arc::clone(control), state: Mutex::default() }) }
    }

    /// Follows the document's file from now on. `agreed` is the text that both have, where that is known; else a file that
    /// says something else is a conflict. What is wrong with the watch is told by [`Self::now`]. `[control]`
    pub fn begin(&self, path: &Path, agreed: Option<Arc<str>>) {
        self.stop();
        let (watched, problem) = match self.watch(path) {
            Ok(watched) => (Some(watched), None),
            Err(why) => (None, Some(format!("changes of the file are not seen: {why}"))),
        };
        let path = path.to_owned();
        self.shared.lock().following = Some(Following { path, agreed, conflict: None, problem, watched });
        self.shared.look();
    }

    /// Follows nothing any more. `[control]`
    pub fn stop(&self) {
        let following = self.shared.lock().following.take();
        if let Some(Watched { watcher, listener }) = following.and_then(|following| following.watched) {
            drop(watcher);
            // It ends when nothing can be heard any more; a panic in it has nothing left to clean up.
            let _ = listener.join();
        }
    }

    /// Whether the document's file is followed. `[control]`
    pub fn is_following(&self) -> bool {
        self.now().is_some()
    }

    /// What is followed. A document that has come from elsewhere since follows nothing. `[control]`
    pub fn now(&self) -> Option<Followed> {
        let project = self.shared.control.project();
        let mut state = self.shared.lock();
        let following = state.following.as_mut()?;
        if project.origin() != Some(following.path.as_path()) {
            // Without waiting: who listens may be the one that asks.
            let gone = state.following.take();
            drop(state);
            drop(gone);
            return None;
        }
        // The document may have come to say the same.
        if following.conflict.as_deref() == Some(project.text()) {
            following.agreed = following.conflict.take();
        }
        Some(Followed {
            path: following.path.clone(),
            conflict: following.conflict.clone(),
            problem: following.problem.clone(),
        })
    }

    /// The text in the editor differs from the document's, or no longer does: then a change of the file is a conflict.
    /// `[control]`
    pub fn set_draft(&self, has_draft: bool) {
        self.shared.lock().has_draft = has_draft;
    }

    /// The user decides a conflict: the file's text takes the document's place, or the document stays. Whether there was
    /// one. `[control]`
    pub fn resolve(&self, take_file: bool) -> bool {
        let mut state = self.shared.lock();
        let Some(following) = &mut state.following else { return false };
        let Some(text) = following.conflict.take() else { return false };
        following.agreed = Some(Arc::clone(&text));
        drop(state);
        if take_file {
            self.shared.control.edit(text.to_string());
        }
        true
    }

    fn watch(&self, path: &Path) -> Result<Watched, String> {
        let places = places(path)?;
        let (changed, changes) = channel();
        let names = places.iter().map(|(_, name)| name.clone()).collect::<Vec<_>>();
        let tell = move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| is_change(&event, &names)) {
                // The listener may have ended.
                let _ = changed.send(());
            }
        };
        let mut watcher = notify::recommended_watcher(tell).map_err(|error| error.to_string())?;
        for (folder, _) in &places {
            watcher.watch(folder, RecursiveMode::NonRecursive).map_err(|error| error.to_string())?;
        }
        let shared = Arc::downgrade(&self.shared);
        let listener = Builder::new().name("ksmps followed file".into());
        let listener =
            listener.spawn(move || listen(&changes, &shared)).map_err(|error| error.to_string())?;
        Ok(Watched { watcher, listener })
    }
}

impl Drop for Follow {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the file, and takes it where it alone has changed.
    fn look(&self) {
        let Some(path) = self.lock().following.as_ref().map(|following| following.path.clone()) else {
            return;
        };
        let read = document_file::text(&path);
        let project = self.control.project();
        let mut state = self.lock();
        let has_draft = state.has_draft;
        let Some(following) = state.following.as_mut().filter(|following| following.path == path) else {
            return;
        };
        if project.origin() != Some(path.as_path()) {
            return;
        }
        let text: Arc<str> = match read {
            // It is being written, or was emptied by mistake: nothing to play.
            Ok(text) if text.trim().is_empty() => return,
            Ok(text) => text.into(),
            Err(why) => {
                following.problem.get_or_insert(why);
                return;
            }
        };
        if following.watched.is_some() {
            following.problem = None;
        }
        match outcome(following.agreed.as_deref(), &text, project.text(), has_draft) {
            Outcome::Unchanged => following.conflict = None,
            Outcome::Conflict => following.conflict = Some(text),
            Outcome::Agreed => (following.agreed, following.conflict) = (Some(text), None),
            Outcome::Take => {
                (following.agreed, following.conflict) = (Some(Arc::clone(&text)), None);
                // Whoever is told of the edit may ask what is followed.
                drop(state);
                self.control.edit(text.to_string());
            }
        }
    }
}

fn outcome(agreed: Option<&str>, file: &str, document: &str, has_draft: bool) -> Outcome {
    match agreed {
        _ if file == document => Outcome::Agreed,
        Some(agreed) if agreed == file => Outcome::Unchanged,
        Some(agreed) if agreed == document && !has_draft => Outcome::Take,
        _ => Outcome::Conflict,
    }
}

/// Looks whenever something has changed and nothing has for a while, until nothing can be heard any more.
fn listen(changes: &Receiver<()>, shared: &Weak<Shared>) {
    while changes.recv().is_ok() {
        loop {
            match changes.recv_timeout(QUIET) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        let Some(shared) = shared.upgrade() else { return };
        shared.look();
    }
}

/// The folders to watch with the name that counts in each: that of the path, and where it is a link also that of the file
/// itself.
fn places(path: &Path) -> Result<Vec<(PathBuf, OsString)>, String> {
    let real = path.canonicalize().map_err(|error| format!("{}: {error}", path.display()))?;
    let place = |path: &Path| Some((path.parent()?.to_owned(), path.file_name()?.to_owned()));
    let mut places: Vec<(PathBuf, OsString)> = [path, &real].into_iter().filter_map(place).collect();
    places.dedup();
    Ok(places)
}

/// Whether an event says that one of these files may have other content. Reading a file is an event, too.
fn is_change(event: &Event, names: &[OsString]) -> bool {
    let is_written = match event.kind {
        EventKind::Create(_) | EventKind::Modify(_) | EventKind::Any => true,
        EventKind::Access(access) => access == AccessKind::Close(AccessMode::Write),
        EventKind::Remove(_) | EventKind::Other => false,
    };
    is_written
        && event
            .paths
            .iter()
            .filter_map(|path| path.file_name())
            .any(|name| names.iter().any(|one| one == name))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::instance::Instance;

    const FIRST: &str = "instr 1\nendin\n";
    const SECOND: &str = "instr 1\n; another\nendin\n";
    const THIRD: &str = "instr 1\n; a third\nendin\n";

    struct Stage {
        instance: Arc<Instance>,
        folder: tempfile::TempDir,
    }

    impl Stage {
        /// A document that came from a file.
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let stage = Self { instance: Instance::alone(""), folder };
            stage.write(FIRST);
            stage.instance.control().load(FIRST.to_owned(), Some(stage.file()));
            stage
        }

        fn file(&self) -> PathBuf {
            self.folder.path().join("a.csd")
        }

        fn write(&self, text: &str) {
            std::fs::write(self.file(), text).unwrap();
        }

        fn follow(&self) -> &Follow {
            self.instance.follow()
        }

        fn text(&self) -> String {
            self.instance.control().text()
        }

        fn conflict(&self) -> Option<String> {
            self.follow().now().and_then(|now| now.conflict).map(|text| text.to_string())
        }

        fn wait(&self, what: &str, holds: impl Fn(&Self) -> bool) {
            let until = Instant::now() + Duration::from_secs(20);
            while !holds(self) {
                assert!(Instant::now() < until, "{what}: {:?}, {:?}", self.text(), self.follow().now());
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    }

    #[test]
    fn what_is_written_into_the_file_is_the_documents_text() {
        let stage = Stage::new();
        stage.follow().begin(&stage.file(), Some(FIRST.into()));
        stage.write(SECOND);
        stage.wait("written", |stage| stage.text() == SECOND);
        // Many programs write another file and rename it.
        std::fs::write(stage.folder.path().join("new"), THIRD).unwrap();
        std::fs::rename(stage.folder.path().join("new"), stage.file()).unwrap();
        stage.wait("renamed", |stage| stage.text() == THIRD);
        assert_eq!(stage.conflict(), None);
        stage.follow().stop();
        assert!(!stage.follow().is_following());
    }

    #[test]
    fn where_both_have_changed_the_user_decides() {
        let stage = Stage::new();
        stage.follow().begin(&stage.file(), Some(FIRST.into()));
        stage.instance.control().edit(THIRD.to_owned());
        stage.write(SECOND);
        stage.wait("conflict", |stage| stage.conflict().as_deref() == Some(SECOND));
        assert_eq!(stage.text(), THIRD, "nothing is replaced");
        assert!(stage.follow().resolve(false));
        assert_eq!((stage.conflict(), stage.text().as_str()), (None, THIRD));
        assert!(!stage.follow().resolve(true), "it is decided");
        // The document stays changed: what the file says next is a conflict again.
        stage.write(FIRST);
        stage.wait("another conflict", |stage| stage.conflict().as_deref() == Some(FIRST));
        assert!(stage.follow().resolve(true));
        assert_eq!((stage.conflict(), stage.text().as_str()), (None, FIRST));
        stage.write(SECOND);
        stage.wait("they agree again", |stage| stage.text() == SECOND);
    }

    #[test]
    fn a_draft_is_a_change_of_the_document() {
        let stage = Stage::new();
        stage.follow().begin(&stage.file(), Some(FIRST.into()));
        stage.follow().set_draft(true);
        stage.write(SECOND);
        stage.wait("conflict", |stage| stage.conflict().as_deref() == Some(SECOND));
        // A build that says the same ends it.
        stage.instance.control().edit(SECOND.to_owned());
        assert_eq!(stage.conflict(), None);
    }

    #[test]
    fn another_document_follows_nothing() {
        let stage = Stage::new();
        stage.follow().begin(&stage.file(), Some(FIRST.into()));
        assert!(stage.follow().is_following());
        stage.instance.control().load(THIRD.to_owned(), None);
        assert!(!stage.follow().is_following());
        stage.instance.control().load(FIRST.to_owned(), Some(stage.file()));
        assert!(!stage.follow().is_following(), "it has ended");
    }

    #[test]
    fn a_file_that_is_not_there_is_a_problem_that_is_told() {
        let stage = Stage::new();
        std::fs::remove_file(stage.file()).unwrap();
        stage.follow().begin(&stage.file(), None);
        let now = stage.follow().now().unwrap();
        assert!(now.problem.is_some_and(|why| why.contains("a.csd")));
        assert_eq!(stage.text(), FIRST);
    }

    #[test]
    fn an_emptied_file_changes_nothing() {
        assert_eq!(outcome(Some(FIRST), SECOND, FIRST, false), Outcome::Take);
        let stage = Stage::new();
        stage.write("\n");
        stage.follow().begin(&stage.file(), Some(FIRST.into()));
        assert_eq!((stage.conflict(), stage.text().as_str()), (None, FIRST));
        stage.write(SECOND);
        stage.wait("written again", |stage| stage.text() == SECOND);
    }
}
