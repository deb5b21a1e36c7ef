//! The thread that owns the socket: receives, has each packet carried out, answers.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::Control;
use ksmps_data::diagnostic::Diagnostic;

use super::act::{self, Response};
use super::long::{self, LongTexts, Piece};
use super::packet::{self, Packet};
use super::questions::{Asker, Datagram, Question, Questions};

/// More than a packet over IPv4 can hold.
const PACKET_BYTES_MAX: usize = 1 << 16;
/// Bytes of an answer; the rest of a long list of errors is cut.
const ANSWER_BYTES_MAX: usize = 8192;
/// How long the thread waits for a packet before it looks about.
const ROUND: Duration = Duration::from_millis(50);
/// The same while the audio thread is to answer.
const SHORT_ROUND: Duration = Duration::from_millis(1);

/// What the thread works with.
pub(super) struct Server {
    socket: UdpSocket,
    control: Arc<Control>,
    open: Arc<AtomicBool>,
    texts: LongTexts,
    questions: Questions,
    buffer: Box<[u8]>,
}

impl Server {
    /// A server that has not begun. `[control]`
    ///
    /// # Errors
    /// Where the socket does not take a time-out.
    pub fn new(socket: UdpSocket, control: Arc<Control>, open: Arc<AtomicBool>) -> io::Result<Self> {
        socket.set_read_timeout(Some(ROUND))?;
        let (texts, questions) = (LongTexts::default(), Questions::default());
        let buffer = vec![0; PACKET_BYTES_MAX].into();
        Ok(Self { socket, control, open, texts, questions, buffer })
    }

    /// Serves until the port is closed. `[control]`
    pub fn run(mut self) {
        let _open = OpenFlag(Arc::clone(&self.open));
        self.say("is open");
        while self.open.load(Ordering::Acquire) {
            match self.socket.recv_from(&mut self.buffer) {
                // The socket is bound to this machine; should a packet of another one come in, it gets no answer.
                Ok((_, from)) if !from.ip().is_loopback() => {
                    self.note(packet::refused(format!("a packet from {from} was thrown away"), STRANGER));
                }
                Ok((length, from)) => self.receive(length, from),
                Err(error) if is_pause(&error) => {}
                // What another program's closed socket causes; the next packet may be good.
                Err(_) => std::thread::sleep(SHORT_ROUND),
            }
            self.look_about();
        }
        self.say("is closed");
    }

    /// Has a packet carried out, whatever is in it.
    fn receive(&mut self, length: usize, from: SocketAddr) {
        let bytes = self.buffer[..length].to_vec();
        let done = catch_unwind(AssertUnwindSafe(|| self.take(&bytes, from)));
        let panicked =
            || Err(packet::refused("a program error was caught at this packet", "send it differently"));
        if let Err(refusal) = done.unwrap_or_else(|_| panicked()) {
            self.refuse(from, refusal);
        }
    }

    fn take(&mut self, bytes: &[u8], from: SocketAddr) -> Result<(), Diagnostic> {
        let control = &self.control;
        match self.texts.take(from, Instant::now(), bytes)? {
            Some(Piece::More) => return Ok(()),
            Some(Piece::Whole(code)) => return Err(act::refuse_code(packet::text(&code)?)),
            None => {}
        }
        match packet::read(bytes)? {
            Packet::Nothing => Ok(()),
            Packet::Score(lines) => act::play(control, lines),
            Packet::SetChannel(name, value) => act::set_channel(control, name, value),
            Packet::SetText(name, text) => act::set_text(control, name, text),
            Packet::Code(code) => Err(act::refuse_code(code)),
            Packet::Ask(topic, given) => {
                let asker = Asker { sender: from, given };
                match act::ask(control, topic)? {
                    Response::Now(name, value) => self.send(&asker.answer(name, &value)),
                    Response::Later(channel, answer) => {
                        self.questions.add(Question { channel, asker, answer, asked: Instant::now() })?;
                    }
                }
                Ok(())
            }
            Packet::Close => {
                self.open.store(false, Ordering::Release);
                Ok(())
            }
        }
    }

    /// Sends what was answered, and gives up what waits in vain.
    fn look_about(&mut self) {
        let now = Instant::now();
        for found in self.questions.look(now) {
            match found {
                Ok(datagram) => self.send(&datagram),
                Err((sender, refusal)) => self.refuse(sender, refusal),
            }
        }
        for sender in self.texts.expire(now) {
            self.refuse(sender, long::given_up());
        }
        let round = if self.questions.is_empty() { ROUND } else { SHORT_ROUND };
        // It was taken at the beginning.
        let _ = self.socket.set_read_timeout(Some(round));
    }

    fn refuse(&self, sender: SocketAddr, refusal: Diagnostic) {
        let answer = cut(refusal.to_string(), ANSWER_BYTES_MAX) + "\n";
        // Who has the answer finds it noted.
        self.note(refusal);
        self.send(&(sender, answer));
    }

    fn note(&self, mut refusal: Diagnostic) {
        refusal.text.insert_str(0, "control port: ");
        if let Some(source) = refusal.source.take() {
            refusal = refusal.with_source(cut(source, SOURCE_BYTES_MAX));
        }
        // Others hear of it in this; should they stumble, the port goes on.
        let _ = catch_unwind(AssertUnwindSafe(|| self.control.note_problem(refusal)));
    }

    fn send(&self, (to, text): &Datagram) {
        // Whoever does not listen any more does without.
        let _ = self.socket.send_to(text.as_bytes(), to);
    }

    fn say(&self, what: &str) {
        if let Ok(here) = self.socket.local_addr() {
            self.control.print(format!("control port {here} {what}"));
        }
    }
}

/// Bytes of a refused line that are kept.
const SOURCE_BYTES_MAX: usize = 200;
const STRANGER: &str = "send from a program on this machine";

/// Clears the flag that says that the port is open, also where the thread ends by a panic.
struct OpenFlag(Arc<AtomicBool>);

impl Drop for OpenFlag {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

fn is_pause(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
}

/// The beginning of a text, cut between characters.
fn cut(mut text: String, bytes_max: usize) -> String {
    if text.len() > bytes_max {
        // A text's beginning is a boundary.
        let end = (0..=bytes_max).rfind(|&end| text.is_char_boundary(end)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters() {
        for (bytes, kept) in [(9, "Größe"), (7, "Größe"), (6, "Größ…"), (5, "Grö…"), (0, "…")] {
            assert_eq!(cut("Größe".into(), bytes), kept);
        }
    }
}
