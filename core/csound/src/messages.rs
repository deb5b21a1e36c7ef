//! What Csound prints, turned into lines with a severity.
//!
//! Csound hands out fragments, sometimes a character at a time. Each instance's callback copies them into small
//! fixed pieces in a queue (no allocation, no lock: it also runs on the audio thread); whoever owns the other end
//! puts the lines together.

use std::ffi::{CStr, c_char, c_int};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use crossbeam_queue::ArrayQueue;

use ksmps_data::diagnostic::Severity;
use ksmps_data::encoding::text_of;

/// Bytes of text in one piece.
const PIECE_BYTES: usize = 120;
/// Pieces an instance can hold before some are lost (and counted): 128 KiB of text.
const PIECES_MAX: usize = 1024;
/// Csound's message attribute: the type is in these bits.
const TYPE_MASK: i32 = 0x7000;
const TYPE_ERROR: i32 = 0x1000;
const TYPE_WARNING: i32 = 0x4000;

/// Who else is told what Csound prints.
static ALSO: OnceLock<fn(&[u8])> = OnceLock::new();

/// Has everything that any instance of this process prints told to `told` as well, at once, on the thread that prints it.
/// The first call counts. `[control]`
pub fn also_print_to(told: fn(&[u8])) {
    // A process has one such place.
    let _ = ALSO.set(told);
}

/// Part of a message.
#[derive(Clone, Copy)]
struct Piece {
    attribute: i32,
    len: u8,
    text: [u8; PIECE_BYTES],
}

/// The queue between an instance's message callback and whoever reads the messages.
#[derive(Clone)]
pub struct MessageQueue {
    shared: Arc<Shared>,
}

struct Shared {
    pieces: ArrayQueue<Piece>,
    lost: AtomicU32,
}

/// One line that Csound printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageLine {
    /// How grave Csound thinks it is.
    pub severity: Severity,
    /// The line, without its end.
    pub text: String,
}

impl MessageQueue {
    /// An empty queue. `[control]`
    pub fn new() -> Self {
        Self { shared: Arc::new(Shared { pieces: ArrayQueue::new(PIECES_MAX), lost: AtomicU32::new(0) }) }
    }

    /// Takes a fragment in. `[audio]`
    pub fn push(&self, attribute: c_int, text: &[u8]) {
        if let Some(told) = ALSO.get() {
            told(text);
        }
        for chunk in text.chunks(PIECE_BYTES) {
            let mut piece = Piece { attribute, len: chunk.len() as u8, text: [0; PIECE_BYTES] };
            piece.text[..chunk.len()].copy_from_slice(chunk);
            if self.shared.pieces.push(piece).is_err() {
                self.shared.lost.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

impl MessageQueue {
    /// Hands the oldest piece on, with its attribute; `None` where there is none. `[audio]`
    pub fn pop<T>(&self, hand_on: impl FnOnce(c_int, &[u8]) -> T) -> Option<T> {
        let piece = self.shared.pieces.pop()?;
        Some(hand_on(piece.attribute, &piece.text[..usize::from(piece.len)]))
    }
}

impl Default for MessageQueue {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for MessageQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MessageQueue").field("pieces", &self.shared.pieces.len()).finish()
    }
}

/// Puts the pieces of a queue together into lines; keeps an unfinished line for the next time.
#[derive(Debug, Default)]
pub struct MessageReader {
    unfinished: Vec<u8>,
    severity: Option<Severity>,
}

impl MessageReader {
    /// The lines finished since the last call. `[control]`
    pub fn read(&mut self, queue: &MessageQueue) -> Vec<MessageLine> {
        let mut lines = Vec::new();
        while let Some(piece) = queue.shared.pieces.pop() {
            let severity = severity_of(piece.attribute);
            for &byte in &piece.text[..usize::from(piece.len)] {
                if byte == b'\n' {
                    lines.extend(self.finish());
                } else {
                    self.unfinished.push(byte);
                    self.severity = self.severity.max(Some(severity));
                }
            }
        }
        let lost = queue.shared.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            lines.extend(self.finish());
            lines.push(MessageLine {
                severity: Severity::Warning,
                text: format!(
                    "{lost} pieces of Csound's messages were lost: it printed faster than they were read"
                ),
            });
        }
        lines
    }

    /// The unfinished line, if there is one. `[control]`
    pub fn finish(&mut self) -> Option<MessageLine> {
        let severity = self.severity.take().unwrap_or(Severity::Note);
        let text = strip_colours(&text_of(&std::mem::take(&mut self.unfinished)));
        (!text.trim().is_empty()).then(|| {
            // Csound prints some of its errors as ordinary messages.
            let says_error = text.trim_start().starts_with("error:") || text.contains("INIT ERROR");
            MessageLine { severity: if says_error { Severity::Error } else { severity }, text }
        })
    }
}

fn severity_of(attribute: i32) -> Severity {
    match attribute & TYPE_MASK {
        TYPE_ERROR => Severity::Error,
        TYPE_WARNING => Severity::Warning,
        _ => Severity::Note,
    }
}

/// Takes terminal colour codes out.
fn strip_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('\u{1b}') {
        plain.push_str(&rest[..start]);
        rest = rest[start..].split_once('m').map_or("", |(_, after)| after);
    }
    plain + rest
}

/// The bytes of a message that Csound hands to a callback. `[audio]`
///
/// # Safety
/// `text` is null or a C string that outlives the returned slice.
pub(crate) unsafe fn bytes<'a>(text: *const c_char) -> &'a [u8] {
    if text.is_null() {
        return &[];
    }
    // SAFETY: the caller says so.
    unsafe { CStr::from_ptr(text) }.to_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_become_lines() {
        let queue = MessageQueue::new();
        let mut reader = MessageReader::default();
        for byte in b"error: no ins" {
            queue.push(TYPE_ERROR, &[*byte]);
        }
        assert_eq!(reader.read(&queue), []);
        queue.push(TYPE_ERROR, b"trument\nsecond \x1b[1mline\x1b[m\n");
        let lines = reader.read(&queue);
        assert_eq!(lines[0], MessageLine { severity: Severity::Error, text: "error: no instrument".into() });
        assert_eq!(lines[1].text, "second line");
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let queue = MessageQueue::new();
        for _ in 0..PIECES_MAX + 7 {
            queue.push(0, b"x\n");
        }
        let lines = MessageReader::default().read(&queue);
        assert_eq!(lines.len(), PIECES_MAX + 1);
        assert!(lines[PIECES_MAX].text.starts_with("7 pieces"));
    }
}
