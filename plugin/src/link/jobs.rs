//! What may take its time: each job has a thread of its own, and its news come when it is done.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use ksmps_editor::model::News;

use super::failed;

/// The jobs of an open editor. Those that still run when it closes end by themselves; nobody hears of them.
pub(super) struct Jobs {
    done: Receiver<Vec<News>>,
    sender: Sender<Vec<News>>,
}

impl Default for Jobs {
    fn default() -> Self {
        let (sender, done) = channel();
        Self { done, sender }
    }
}

impl Jobs {
    /// Begins a job. A program error in it is an answer. `[control]`
    pub fn begin(&self, job: impl FnOnce() -> Vec<News> + Send + 'static) {
        let sender = self.sender.clone();
        let run = move || {
            let news = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job))
                .unwrap_or_else(|_| vec![failed("that ended in a program error; nothing was changed")]);
            // The editor may have closed.
            let _ = sender.send(news);
        };
        let thread = thread::Builder::new().name("ksmps editor job".into()).spawn(run);
        if let Err(error) = thread {
            let _ = self.sender.send(vec![failed(format!("no thread could be started: {error}"))]);
        }
    }

    /// The news of jobs that are done. `[control]`
    pub fn tell(&self, news: &mut Vec<News>) {
        news.extend(self.done.try_iter().flatten());
    }
}
