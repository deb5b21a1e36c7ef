//! What Csound was doing at one moment: said of an engine that hangs or has died.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Bytes of a name that are kept.
pub const NAME_BYTES: usize = 32;

/// The beginning of a name; the rest is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ShortName([u8; NAME_BYTES]);

impl ShortName {
    /// As much of a name as there is room for. `[any]`
    pub fn new(name: &[u8]) -> Self {
        let mut kept = [0; NAME_BYTES];
        let length = name.len().min(NAME_BYTES);
        kept[..length].copy_from_slice(&name[..length]);
        Self(kept)
    }

    /// Whether there is no name. `[any]`
    pub fn is_empty(&self) -> bool {
        self.0[0] == 0
    }
}

impl fmt::Display for ShortName {
    /// Whatever it holds, it is shown as plain text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.0.split(|byte| *byte == 0).next().unwrap_or_default();
        name.iter().try_for_each(|byte| {
            write!(f, "{}", if byte.is_ascii_graphic() { char::from(*byte) } else { '?' })
        })
    }
}

/// Which functions of opcodes are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pass {
    /// None: a text is read, or events are sorted.
    None,
    /// Those that begin a note, and the header's.
    Init,
    /// Those of each cycle.
    Performance,
}

/// What Csound was doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doing {
    /// Which functions were called.
    pub pass: Pass,
    /// The number of the instrument, 0 for the header.
    pub instrument: i32,
    /// The instrument's name, where it has one.
    pub instrument_name: ShortName,
    /// The opcode; none where it is not known.
    pub opcode: ShortName,
    /// The user-defined opcode in which it stands, if any.
    pub inside: ShortName,
    /// The line as Csound counts them, 0 where it is not known.
    pub line: u32,
    /// Which opcode of which instance it was, as a number that means nothing else.
    pub place: u64,
}

impl Doing {
    /// The opcode as it is written; `None` where it is not known, or is what an expression becomes. `[any]`
    pub fn written_opcode(&self) -> Option<String> {
        let name = self.opcode.to_string();
        // A form of an opcode has the type behind its name.
        let name = name.split('.').next().unwrap_or_default();
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        (!name.is_empty() && name.chars().all(is_word)).then(|| name.to_owned())
    }

    /// Nothing that is known. `[any]`
    pub const NOTHING: Self = Self {
        pass: Pass::None,
        instrument: 0,
        instrument_name: ShortName([0; NAME_BYTES]),
        opcode: ShortName([0; NAME_BYTES]),
        inside: ShortName([0; NAME_BYTES]),
        line: 0,
        place: 0,
    };
}

impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pass == Pass::None {
            return f.write_str("while Csound read the text or sorted events");
        }
        match self.written_opcode() {
            Some(opcode) => write!(f, "in the opcode `{opcode}` ")?,
            None if self.opcode.is_empty() => {}
            None => f.write_str("in an expression or an assignment ")?,
        }
        if !self.inside.is_empty() {
            write!(f, "of the opcode `{}` ", self.inside)?;
        }
        match self.instrument {
            0 => f.write_str("in the header")?,
            number => write!(f, "in instrument {number}")?,
        }
        if !self.instrument_name.is_empty() {
            write!(f, " ({})", self.instrument_name)?;
        }
        if self.pass == Pass::Init && self.instrument != 0 {
            f.write_str(", as a note began")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_in_words() {
        let name = |name: &str| ShortName::new(name.as_bytes());
        let doing = Doing { pass: Pass::Init, instrument: 3, opcode: name("tab_i"), ..Doing::NOTHING };
        assert_eq!(doing.to_string(), "in the opcode `tab_i` in instrument 3, as a note began");
        let doing =
            Doing { instrument_name: name("bell"), inside: name("Deep"), pass: Pass::Performance, ..doing };
        assert_eq!(doing.to_string(), "in the opcode `tab_i` of the opcode `Deep` in instrument 3 (bell)");
        let doing = Doing { pass: Pass::Init, instrument: 0, opcode: name("goto"), ..Doing::NOTHING };
        assert_eq!(doing.to_string(), "in the opcode `goto` in the header");
        let doing = Doing { opcode: name("##array_set.i"), ..doing };
        assert_eq!(doing.to_string(), "in an expression or an assignment in the header");
        assert_eq!(Doing { opcode: name("oscili.a"), ..doing }.written_opcode().unwrap(), "oscili");
        assert!(Doing::NOTHING.to_string().contains("read the text"));
    }

    #[test]
    fn a_name_is_shown_as_plain_text_whatever_it_holds() {
        assert_eq!(ShortName::new(&[7; 40]).to_string(), "?".repeat(NAME_BYTES));
        assert_eq!(ShortName::new(b"a\0b").to_string(), "a");
    }
}
