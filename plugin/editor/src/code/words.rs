//! What a word is in the document at hand: an opcode, or a variable of a rate.

use super::lexer::Kind;
use super::opcodes::OpcodeBook;
use super::structure::Structure;
use crate::theme::{CodeColours, Theme};

/// How often a variable changes, and what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// A number, set when the note starts.
    Init,
    /// A number for each cycle.
    Control,
    /// A number for each frame.
    Audio,
    /// A string.
    Text,
    /// A spectrum.
    Spectrum,
}

/// The rate of a variable, by its first letters; nothing for other words. `[any]`
pub fn rate_of(name: &str) -> Option<Rate> {
    let local = name.strip_prefix('g').filter(|rest| !rest.is_empty()).unwrap_or(name);
    match local.as_bytes()[0] {
        b'i' => Some(Rate::Init),
        b'k' => Some(Rate::Control),
        b'a' => Some(Rate::Audio),
        b'S' => Some(Rate::Text),
        b'f' => Some(Rate::Spectrum),
        _ => None,
    }
}

/// How a piece of text is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) colour: egui::Color32,
    pub(super) struck: bool,
}

/// What colours depend on.
#[derive(Clone, Copy)]
pub(super) struct Colouring<'a> {
    pub(super) theme: &'a Theme,
    pub(super) book: &'a OpcodeBook,
    pub(super) structure: &'a Structure,
    pub(super) rate_colours: bool,
}

impl Colouring<'_> {
    /// How a token is drawn; `selected` when all of it is on a selection.
    pub(super) fn look(&self, text: &str, kind: Kind, selected: bool) -> Look {
        let code = &self.theme.code;
        let plain = |colour| Look { colour, struck: false };
        plain(match kind {
            Kind::Plain => code.plain,
            Kind::Operator => self.theme.muted,
            Kind::Comment if selected => self.theme.muted,
            Kind::Comment => code.comment,
            Kind::Directive => code.tag,
            Kind::String => code.string,
            Kind::Number => code.number,
            Kind::Keyword => code.keyword,
            Kind::PField => self.rate(code, Rate::Init),
            Kind::Tag => code.tag,
            Kind::Preprocessor => code.preprocessor,
            Kind::Word => match self.book.get(text) {
                Some(entry) => return Look { colour: code.opcode, struck: entry.is_deprecated() },
                None if self.structure.defines_opcode(text) => code.opcode,
                None => rate_of(text).map_or(code.plain, |rate| self.rate(code, rate)),
            },
        })
    }

    fn rate(&self, code: &CodeColours, rate: Rate) -> egui::Color32 {
        match rate {
            _ if !self.rate_colours => code.plain,
            Rate::Init => code.i_rate,
            Rate::Control => code.k_rate,
            Rate::Audio => code.a_rate,
            Rate::Text => code.string,
            Rate::Spectrum => code.tag,
        }
    }
}
