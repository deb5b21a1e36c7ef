//! Questions that wait for the audio thread, and the form of answers.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::{Answer, Reading};
use ksmps_data::diagnostic::Diagnostic;

use super::packet::refused;

/// Questions that can wait at once.
const QUESTIONS_MAX: usize = 256;
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where an answer goes. To an address that was given it ends with a zero, as Csound's; to the sender with a line
/// break.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Asker {
    pub sender: SocketAddr,
    pub given: Option<SocketAddr>,
}

/// A datagram to be sent.
pub(super) type Datagram = (SocketAddr, String);

impl Asker {
    /// The answer to what was asked about `name`. `[any]`
    pub fn answer(&self, name: &str, value: &str) -> Datagram {
        match self.given {
            Some(to) => (to, format!("{name}::{value}\0")),
            None => (self.sender, format!("{name}::{value}\n")),
        }
    }
}

/// Where the audio thread will leave what a channel holds.
#[derive(Debug)]
pub(super) enum Awaited {
    Number(Answer),
    Text(Answer<String>),
    #[cfg(test)]
    Shared(std::sync::Arc<std::sync::Mutex<Reading>>),
}

impl Awaited {
    fn read(&self) -> Reading<String> {
        match self {
            Self::Text(answer) => answer.read(),
            Self::Number(answer) => in_words(answer.read()),
            #[cfg(test)]
            Self::Shared(told) => in_words(*told.lock().unwrap()),
        }
    }
}

fn in_words(number: Reading) -> Reading<String> {
    match number {
        Reading::Value(value) => Reading::Value(value.to_string()),
        Reading::Nothing => Reading::Nothing,
        Reading::Waiting => Reading::Waiting,
    }
}

/// A question under way.
#[derive(Debug)]
pub(super) struct Question {
    pub channel: String,
    pub asker: Asker,
    pub answer: Awaited,
    pub asked: Instant,
}

/// Questions under way, oldest first.
#[derive(Debug, Default)]
pub(super) struct Questions {
    waiting: Vec<Question>,
}

impl Questions {
    /// Whether there is anything to look for. `[any]`
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Waits for one more. `[any]`
    ///
    /// # Errors
    /// Where there are too many.
    pub fn add(&mut self, question: Question) -> Result<(), Diagnostic> {
        if self.waiting.len() == QUESTIONS_MAX {
            return Err(refused(format!("{QUESTIONS_MAX} questions wait already"), "wait for their answers"));
        }
        self.waiting.push(question);
        Ok(())
    }

    /// What was answered since the last time, and what will not be, with its sender. `[any]`
    pub fn look(&mut self, now: Instant) -> Vec<Result<Datagram, (SocketAddr, Diagnostic)>> {
        let mut found = Vec::new();
        self.waiting.retain(|Question { channel, asker, answer, asked }| {
            let failed = |why: &str, remedy| {
                (asker.sender, refused(format!("the channel {channel} was not read: {why}"), remedy))
            };
            found.push(match answer.read() {
                Reading::Value(value) => Ok(asker.answer(channel, &value)),
                Reading::Nothing => Err(failed("another engine has taken over", "ask again")),
                Reading::Waiting if now.duration_since(*asked) > PATIENCE => {
                    Err(failed("the host does not process", "start the host's audio"))
                }
                Reading::Waiting => return true,
            });
            false
        });
        found
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    type SharedReading = Arc<Mutex<Reading>>;

    fn question(given: Option<u16>, asked: Instant) -> (Question, SharedReading) {
        let address = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let answer = SharedReading::new(Mutex::new(Reading::Waiting));
        let asker = Asker { sender: address(1), given: given.map(address) };
        let awaited = Awaited::Shared(Arc::clone(&answer));
        (Question { channel: "level".into(), asker, answer: awaited, asked }, answer)
    }

    #[test]
    fn answers_go_where_they_were_asked_for() {
        let (mut questions, now) = (Questions::default(), Instant::now());
        let ((one, first), (two, second)) = (question(None, now), question(Some(9000), now));
        questions.add(one).unwrap();
        questions.add(two).unwrap();
        assert_eq!(questions.look(now), []);
        *second.lock().unwrap() = Reading::Value(0.75);
        assert_eq!(questions.look(now), [Ok((([127, 0, 0, 1], 9000).into(), "level::0.75\0".to_owned()))]);
        *first.lock().unwrap() = Reading::Value(2.0);
        assert_eq!(questions.look(now), [Ok((([127, 0, 0, 1], 1).into(), "level::2\n".to_owned()))]);
        assert!(questions.is_empty());
    }

    #[test]
    fn what_is_not_answered_is_an_error_to_the_sender() {
        let (mut questions, now) = (Questions::default(), Instant::now());
        let ((gone, answer), (late, _kept)) = (question(Some(9000), now), question(None, now));
        questions.add(gone).unwrap();
        questions.add(late).unwrap();
        *answer.lock().unwrap() = Reading::Nothing;
        assert!(matches!(&questions.look(now)[..], [Err((to, _))] if to.port() == 1));
        assert_eq!(questions.look(now + PATIENCE), []);
        let late = questions.look(now + PATIENCE + Duration::from_millis(1));
        assert!(matches!(&late[..], [Err((_, why))] if why.text.contains("does not process")));
        for _ in 0..QUESTIONS_MAX {
            questions.add(question(None, now).0).unwrap();
        }
        assert!(questions.add(question(None, now).0).is_err());
    }
}
