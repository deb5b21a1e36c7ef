//! Orchestra code that is too long for one packet: it begins with `{` and ends with `}`, or with `{{` and `}}`.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ksmps_data::diagnostic::Diagnostic;

use super::packet::refused;

/// Bytes of one text.
pub const TEXT_BYTES_MAX: usize = 1 << 20;
/// How long the next packet of a text may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Senders whose texts are under way at once.
const TEXTS_MAX: usize = 8;

/// Texts under way, one for each sender at most.
#[derive(Debug, Default)]
pub(super) struct LongTexts {
    texts: Vec<Text>,
}

#[derive(Debug)]
struct Text {
    from: SocketAddr,
    /// What came so far; `None` where it was too long and the rest is passed over.
    bytes: Option<Vec<u8>>,
    ends_with_two: bool,
    last: Instant,
}

impl LongTexts {
    /// Takes a packet that belongs to a long text; `None` for one that is complete in itself. `[any]`
    ///
    /// # Errors
    /// Where there is no room for a text, or it is too long; it is told once.
    pub fn take(
        &mut self,
        from: SocketAddr,
        now: Instant,
        bytes: &[u8],
    ) -> Result<Option<Piece>, Diagnostic> {
        let known = self.texts.iter().position(|text| text.from == from);
        let (at, bytes) = match (known, bytes) {
            (Some(at), _) => (at, bytes),
            (None, [b'{', rest @ ..]) => {
                let (ends_with_two, rest) =
                    rest.strip_prefix(b"{").map_or((false, rest), |rest| (true, rest));
                (self.begin(from, now, ends_with_two)?, rest)
            }
            (None, _) => return Ok(None),
        };
        let text = &mut self.texts[at];
        text.last = now;
        let whole = text.end(bytes);
        let told = text.add(whole.unwrap_or(bytes));
        if whole.is_none() {
            return told.map(|()| Some(Piece::More));
        }
        let text = self.texts.remove(at);
        told.map(|()| Some(text.bytes.map_or(Piece::More, Piece::Whole)))
    }

    fn begin(&mut self, from: SocketAddr, now: Instant, ends_with_two: bool) -> Result<usize, Diagnostic> {
        if self.texts.len() == TEXTS_MAX {
            return Err(refused(
                format!("{TEXTS_MAX} long texts are under way already"),
                "send it again later",
            ));
        }
        self.texts.push(Text { from, bytes: Some(Vec::new()), ends_with_two, last: now });
        Ok(self.texts.len() - 1)
    }

    /// Gives up texts that have not gone on; whom to tell. `[any]`
    pub fn expire(&mut self, now: Instant) -> Vec<SocketAddr> {
        let late = |text: &mut Text| now.duration_since(text.last) > PATIENCE;
        self.texts.extract_if(.., late).map(|text| text.from).collect()
    }
}

/// What a packet of a long text was.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    /// There is more to come.
    More,
    /// The last one: all of the text.
    Whole(Vec<u8>),
}

impl Text {
    /// The packet without the closing braces, where it has them.
    fn end<'a>(&self, packet: &'a [u8]) -> Option<&'a [u8]> {
        let packet = packet.trim_ascii_end();
        let packet = packet.strip_suffix(b"\0").unwrap_or(packet).trim_ascii_end();
        if self.ends_with_two {
            packet.strip_suffix(b"}}")
        } else {
            // Two braces end a text of Csound's inside the code.
            packet.strip_suffix(b"}").filter(|rest| !rest.ends_with(b"}"))
        }
    }

    fn add(&mut self, packet: &[u8]) -> Result<(), Diagnostic> {
        let Some(bytes) = &mut self.bytes else { return Ok(()) };
        if bytes.len() + packet.len() > TEXT_BYTES_MAX {
            self.bytes = None;
            let why = format!("a text is longer than {TEXT_BYTES_MAX} bytes");
            return Err(refused(why, "send it in several, or put it into the document"));
        }
        bytes.extend_from_slice(packet);
        Ok(())
    }
}

/// Said of a text that has not gone on. `[any]`
pub(super) fn given_up() -> Diagnostic {
    let why = format!("a text in {{ }} was not ended within {} s and is left out", PATIENCE.as_secs());
    refused(why, "end it with } in its last packet")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    fn whole(text: &str) -> Result<Option<Piece>, Diagnostic> {
        Ok(Some(Piece::Whole(text.into())))
    }

    const MORE: Result<Option<Piece>, Diagnostic> = Ok(Some(Piece::More));

    #[test]
    fn a_text_comes_in_pieces_cut_anywhere() {
        let (mut texts, now) = (LongTexts::default(), Instant::now());
        assert_eq!(texts.take(from(1), now, b"{ a }\n"), whole(" a "));
        assert_eq!(texts.take(from(1), now, b"a }"), Ok(None));
        assert_eq!(texts.take(from(1), now, b"{S = {{ x }}"), MORE);
        assert_eq!(texts.take(from(1), now, b"\n; \xc3"), MORE);
        // Another sender is not disturbed.
        assert_eq!(texts.take(from(2), now, b"@level 1"), Ok(None));
        assert_eq!(texts.take(from(2), now, b"{other"), MORE);
        assert_eq!(texts.take(from(1), now, b"\xa4\n"), MORE);
        assert_eq!(texts.take(from(1), now, b"}\0"), whole("S = {{ x }}\n; ä\n"));
        assert_eq!(texts.take(from(2), now, b"}"), whole("other"));
        assert_eq!(texts.take(from(1), now, b"{{ a } "), MORE);
        assert_eq!(texts.take(from(1), now, b"b }}\n"), whole(" a } b "));
        assert!(texts.texts.is_empty());
    }

    #[test]
    fn what_is_too_long_is_told_once_and_passed_over() {
        let (mut texts, now) = (LongTexts::default(), Instant::now());
        assert_eq!(texts.take(from(1), now, b"{"), MORE);
        let half = vec![b'a'; TEXT_BYTES_MAX / 2];
        assert_eq!(texts.take(from(1), now, &half), MORE);
        assert_eq!(texts.take(from(1), now, &half), MORE);
        assert!(texts.take(from(1), now, b"a").is_err());
        assert_eq!(texts.take(from(1), now, b"a"), MORE);
        assert_eq!(texts.take(from(1), now, b"}"), MORE);
        assert_eq!(texts.take(from(1), now, b"a"), Ok(None));
    }

    #[test]
    fn what_does_not_go_on_is_given_up() {
        let (mut texts, now) = (LongTexts::default(), Instant::now());
        for port in 1..=TEXTS_MAX as u16 {
            assert_eq!(texts.take(from(port), now, b"{a"), MORE);
        }
        assert!(texts.take(from(99), now, b"{a").is_err());
        assert_eq!(texts.take(from(1), now + PATIENCE, b"b"), MORE);
        let later = now + PATIENCE + Duration::from_millis(1);
        let expected: Vec<SocketAddr> = (2..=TEXTS_MAX as u16).map(from).collect();
        assert_eq!(texts.expire(later), expected);
        assert_eq!(texts.take(from(1), later, b"}"), whole("ab"));
        assert!(given_up().to_string().contains("within 5 s"));
    }
}
