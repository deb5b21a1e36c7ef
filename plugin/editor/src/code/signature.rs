//! The call that the caret is in: which opcode, and which of its arguments.

use super::buffer::Buffer;
use super::lexer::{Kind, Token};
use super::opcodes::OpcodeBook;
use super::state::CodeState;
use super::structure::Structure;

/// A call and the place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The opcode.
    pub name: String,
    /// Which argument the caret is in, from 0.
    pub argument: usize,
}

/// What is shown of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The types of the results.
    pub outs: String,
    /// The opcode.
    pub name: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Which argument the caret is in.
    pub argument: usize,
    /// What it does.
    pub words: String,
}

impl CodeState {
    /// What the call at the caret takes. `[any]`
    pub fn signature(&self, book: &OpcodeBook) -> Option<Signature> {
        let call = self.call(book)?;
        let signature = signature_of(&call.name, &self.buffer, &self.structure, book)?;
        let last = signature.args.len().saturating_sub(1);
        Some(Signature { argument: call.argument.min(last), ..signature })
    }

    /// The call at the caret. `[any]`
    pub fn call(&self, book: &OpcodeBook) -> Option<Call> {
        let position = self.caret();
        let text = self.buffer.line(position.line);
        let byte = text.char_indices().nth(position.column).map_or(text.len(), |(at, _)| at);
        let tokens = self.buffer.tokens(position.line);
        if tokens.iter().any(|t| matches!(t.kind, Kind::Comment | Kind::Directive) && t.range.start < byte) {
            return None;
        }
        let is_opcode = |token: &Token| {
            let word = &text[token.range.clone()];
            token.kind == Kind::Word && (book.get(word).is_some() || self.structure.defines_opcode(word))
        };
        // The name under the caret itself.
        if let Some(token) =
            tokens.iter().find(|t| t.range.start <= byte && byte <= t.range.end && is_opcode(t))
        {
            return Some(Call { name: text[token.range.clone()].to_owned(), argument: 0 });
        }
        let before: Vec<&Token> =
            tokens.iter().take_while(|t| t.range.end <= byte || t.range.start < byte).collect();
        innermost(&text, &before, is_opcode)
    }
}

/// The innermost call that is open behind the given tokens.
fn innermost(text: &str, before: &[&Token], is_opcode: impl Fn(&Token) -> bool) -> Option<Call> {
    let sign = |token: &Token| &text[token.range.clone()];
    let (mut depth, mut commas) = (0_usize, 0);
    for (n, token) in before.iter().enumerate().rev() {
        match sign(token) {
            ")" | "]" => depth += 1,
            "(" | "[" if depth > 0 => depth -= 1,
            "(" => {
                // `name(`, `name:k(`: a call; a bracket alone begins a part of the argument.
                let name = match before[..n] {
                    [.., name, colon, _] if sign(colon) == ":" => Some(name),
                    [.., name] => Some(name),
                    [] => None,
                };
                if let Some(name) = name.filter(|name| is_opcode(name)) {
                    return Some(Call { name: sign(name).to_owned(), argument: commas });
                }
                commas = 0;
            }
            "[" => commas = 0,
            "," if depth == 0 => commas += 1,
            _ if depth == 0 && is_opcode(token) => {
                let followed = before.get(n + 1).map(|next| sign(next));
                // A call with brackets that is closed is part of an argument.
                if !matches!(followed, Some("(" | ":")) {
                    return Some(Call { name: sign(token).to_owned(), argument: commas });
                }
            }
            _ => {}
        }
    }
    None
}

/// What an opcode takes, by name: from the engine's list, or from its definition in the document. `[any]`
pub(super) fn signature_of(
    name: &str,
    buffer: &Buffer,
    structure: &Structure,
    book: &OpcodeBook,
) -> Option<Signature> {
    let name = name.to_owned();
    if let Some(item) =
        structure.items.iter().find(|item| item.kind == super::ItemKind::Opcode && item.name == name)
    {
        let (outs, args) = defined(buffer, item.line);
        let words = format!("Defined in line {}.", item.line + 1);
        return Some(Signature { outs, name, args, argument: 0, words });
    }
    let entry = book.get(&name)?;
    let mut words = super::opcodes::help(&name).map(|help| help.words.to_owned()).unwrap_or_default();
    let touches: Vec<&str> = entry.touches();
    if words.is_empty() && !touches.is_empty() {
        words = touches.join(", ");
    } else if entry.is_deprecated() {
        words.push_str(" Deprecated.");
    }
    Some(Signature { outs: entry.outs(), args: entry.args(), name, argument: 0, words })
}

/// Results and arguments of a definition: `opcode Name, a, kk` with the names that `xin` gives them.
fn defined(buffer: &Buffer, line: usize) -> (String, Vec<String>) {
    let text = buffer.line(line);
    let code = text.split(';').next().unwrap_or_default();
    if let Some((_, rest)) = code.split_once('(') {
        let (args, outs) = rest.split_once(')').unwrap_or((rest, ""));
        let args = args.split(',').map(|arg| arg.trim().to_owned()).filter(|arg| !arg.is_empty()).collect();
        return (outs.trim_matches([':', '(', ')', ' ']).to_owned(), args);
    }
    let mut parts = code.split(',').skip(1).map(str::trim);
    let spelled =
        |letters: Option<&str>| super::opcodes::types(letters.unwrap_or_default().trim_matches('0'));
    let (outs, types) = (spelled(parts.next()), spelled(parts.next()));
    let names = (line + 1..(line + 8).min(buffer.line_count())).map(|n| buffer.line(n)).find_map(|text| {
        let (names, _) = text.split_once("xin")?;
        Some(names.split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>())
    });
    let args = names.filter(|names| names.len() == types.len()).unwrap_or(types);
    (outs.join(", "), args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ksmps_data::opcode::Opcode;

    /// The call at `|` in a text.
    fn check(text: &str, expected: Option<(&str, usize)>) {
        let names = ["oscili", "poscil", "chnget", "outs", "limit"];
        let form = |name: &&str| Opcode {
            name: (*name).to_owned(),
            out_types: "a".to_owned(),
            in_types: "kki".to_owned(),
            flags: 0,
        };
        let book = OpcodeBook::new(&names.iter().map(form).collect::<Vec<_>>());
        let at = text.find('|').expect("a caret");
        let mut state = CodeState::new(&text.replace('|', ""));
        state.select(crate::code::Selection::at(text[..at].chars().count()));
        let found = state.call(&book);
        assert_eq!(found.as_ref().map(|call| (call.name.as_str(), call.argument)), expected, "{text}");
    }

    #[test]
    fn the_call_and_the_argument_at_the_caret_are_found() {
        check("a1 oscili p4, |p5", Some(("oscili", 1)));
        check("a1 oscili |", Some(("oscili", 0)));
        check("a1 = poscil:a(1, 2|, 3)", Some(("poscil", 1)));
        check("outs a1, limit(k1, |0, 1)", Some(("limit", 1)));
        check("outs a1, limit(k1, 0, 1)|", Some(("outs", 1)));
        check("outs limit(k1, 0, 1), |a2", Some(("outs", 1)));
        check("a1 oscili (1 + 2|) * 3, 4", Some(("oscili", 0)));
        check("a1 osc|ili 3, 4", Some(("oscili", 0)));
        check("a1 oscili 1 ; 2, |", None);
        check("a1 = 3|", None);
    }

    #[test]
    fn a_definition_gives_the_names_of_its_arguments() {
        let text = "opcode Two, aa, kk\n  kamp, kcps xin\nendop\nopcode New(kx, ky):a\nendop\na1 Two 1, 2";
        let mut state = CodeState::new(text);
        state.select(crate::code::Selection::at(state.buffer().len()));
        let signature = state.signature(&OpcodeBook::default()).expect("a call");
        assert_eq!((signature.outs.as_str(), signature.argument), ("a, a", 1));
        assert_eq!(signature.args, ["kamp", "kcps"]);
        let new =
            signature_of("New", state.buffer(), state.structure(), &OpcodeBook::default()).expect("defined");
        assert_eq!((new.outs.as_str(), new.args), ("a", vec!["kx".to_owned(), "ky".to_owned()]));
    }
}
