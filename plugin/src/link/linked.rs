//! The file that the document follows, as the editor sees it ([`crate::follow`]).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ksmps_editor::model::{LinkedFile, News};

use super::jobs::Jobs;
use super::{documents, done, failed};
use crate::document_file;
use crate::follow::Followed;
use crate::instance::Instance;

/// What the editor knows of it.
#[derive(Default)]
pub(super) struct Linked {
    told: Option<Followed>,
}

impl Linked {
    /// Tells what is otherwise. `[control]`
    pub fn tell(&mut self, instance: &Instance, news: &mut Vec<News>) {
        let now = instance.follow().now();
        if now != self.told {
            self.told.clone_from(&now);
            let file = |Followed { path, conflict, problem }| LinkedFile { path, conflict, problem };
            news.push(News::Linked(now.map(file)));
        }
    }
}

/// Follows a file from now on, or none. `[control]`
pub(super) fn link(instance: &Arc<Instance>, path: Option<PathBuf>, jobs: &Jobs) {
    let instance = Arc::clone(instance);
    // It may be on a slow disk, and a watch that ends is waited for.
    jobs.begin(move || {
        let news = match path {
            Some(path) => follow(&instance, &path),
            None => {
                instance.follow().stop();
                vec![done("the document follows no file any more")]
            }
        };
        instance.host().mark_dirty();
        news
    });
}

fn follow(instance: &Instance, path: &Path) -> Vec<News> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let control = instance.control();
    if control.project().origin() == Some(path.as_path()) {
        instance.follow().begin(&path, None);
        return vec![done(format!("the document follows {}", path.display()))];
    }
    match document_file::text(&path) {
        Ok(text) => {
            control.load(text.clone(), Some(path.clone()));
            instance.follow().begin(&path, Some(text.into()));
            vec![documents::remember(&path), done(format!("opened {}, which is followed", path.display()))]
        }
        Err(why) => vec![failed(why)],
    }
}

/// The user decides between the file and the document. `[control]`
pub(super) fn resolve(instance: &Instance, take_file: bool) -> News {
    match (instance.follow().resolve(take_file), take_file) {
        (false, _) => failed("the file and the document do not differ any more"),
        (true, true) => done("the file's text is the document's now"),
        (true, false) => done("the document stays as it is; save it to have it in the file, too"),
    }
}
