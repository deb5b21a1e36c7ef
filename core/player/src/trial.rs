//! A text on trial: how long it has been heard in a process of its own without trouble.

/// Seconds of sound after which a text is trusted.
pub(super) const TRIAL_SECONDS: f64 = 60.0;

/// The trial of one text.
#[derive(Debug, Default)]
pub(super) struct Trial {
    /// Its content; `None` while there is none on trial.
    content: Option<String>,
    seconds: f64,
    is_over: bool,
}

/// How a trial stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It goes on.
    Pending,
    /// The text is trusted from now on; said once.
    Passed,
}

impl Trial {
    /// Another build of this text: the same text goes on, another one begins; `None` for one that needs no trial.
    /// `[control]`
    pub fn begin(&mut self, content: Option<String>) {
        if self.content != content {
            *self = Self { content, ..Self::default() };
        }
    }

    /// The text on trial. `[any]`
    pub fn content(&self) -> Option<&str> {
        self.content.as_deref()
    }

    /// Whether there is a text on trial that has not passed. `[any]`
    pub fn is_under_way(&self) -> bool {
        self.content.is_some() && !self.is_over
    }

    /// It was heard for so long. `[control]`
    pub fn hear(&mut self, seconds: f64) -> Verdict {
        self.seconds += seconds;
        if self.seconds < TRIAL_SECONDS || std::mem::replace(&mut self.is_over, true) {
            Verdict::Pending
        } else {
            Verdict::Passed
        }
    }

    /// There was trouble: it begins anew. `[control]`
    pub fn fail(&mut self) {
        self.seconds = 0.0;
        self.is_over = false;
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{Passed, Pending};
    use super::*;

    #[test]
    fn a_text_passes_once_after_its_time_and_begins_anew_after_trouble() {
        let mut trial = Trial::default();
        trial.begin(Some("one".to_owned()));
        assert_eq!(trial.hear(TRIAL_SECONDS - 1.0), Pending);
        trial.begin(Some("one".to_owned()));
        trial.fail();
        assert_eq!(trial.hear(TRIAL_SECONDS - 1.0), Pending);
        assert_eq!([trial.hear(1.0), trial.hear(1.0)], [Passed, Pending]);
        trial.begin(Some("other".to_owned()));
        assert_eq!([trial.hear(1.0), trial.hear(TRIAL_SECONDS)], [Pending, Passed]);
    }
}
