//! What a line contributes to the structure of a document: where an instrument begins, a table is made, and so on.

use super::lexer::{Kind, LineState, Section, Token};

/// What a line begins, ends or names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    /// `<Name>`.
    TagOpen(String),
    /// `</Name>`.
    TagClose(String),
    /// `instr Name`.
    Instrument(String),
    /// `endin`.
    InstrumentEnd,
    /// `opcode Name`.
    Opcode(String),
    /// `endop`.
    OpcodeEnd,
    /// A table with the name of its variable or its number.
    Table(String),
    /// A parameter, from `;@param` or `chn_k`.
    Parameter(String),
    /// A comment that is a title: `;; Title`, or between rows of signs: `; --- Title ---`.
    Title(String),
}

/// What a line contributes; `tokens` are those of the line, `state` is what it ends with. `[any]`
pub fn head_of(line: &str, tokens: &[Token], state: LineState) -> Option<Head> {
    let first = tokens.first()?;
    let text = &line[first.range.clone()];
    match first.kind {
        Kind::Tag => {
            let name = text.trim_matches(['<', '>', '/']).to_owned();
            Some(if text.starts_with("</") { Head::TagClose(name) } else { Head::TagOpen(name) })
        }
        Kind::Comment => title(text).map(Head::Title),
        Kind::Directive => {
            let mut words = text.split_whitespace();
            (words.next() == Some(";@param"))
                .then(|| words.next().map(|name| Head::Parameter(name.to_owned())))?
        }
        _ if state.section == Section::Score => score_table(line, tokens),
        _ if state.section == Section::Orchestra => orchestra(line, tokens),
        _ => None,
    }
}

/// The heads of the orchestra's statements.
fn orchestra(line: &str, tokens: &[Token]) -> Option<Head> {
    let word = |n: usize| tokens.get(n).map(|token: &Token| &line[token.range.clone()]);
    let rest = || {
        let start = tokens.get(1)?.range.start;
        let end = tokens.iter().skip(1).take_while(|token| token.kind != Kind::Comment).last()?.range.end;
        Some(line[start..end].to_owned())
    };
    match word(0)? {
        "instr" => Some(Head::Instrument(rest().unwrap_or_default())),
        "endin" => Some(Head::InstrumentEnd),
        "opcode" => Some(Head::Opcode(word(1).unwrap_or_default().to_owned())),
        "endop" => Some(Head::OpcodeEnd),
        "chn_k" => Some(Head::Parameter(word(1)?.trim_matches('"').to_owned())),
        variable if variable.starts_with("gi") || variable.starts_with("gS") => {
            let makes =
                |n| word(n).is_some_and(|opcode| matches!(opcode, "ftgen" | "ftgenonce" | "ftgentmp"));
            (makes(1) || makes(2)).then(|| Head::Table(variable.to_owned()))
        }
        _ => None,
    }
}

/// `f` statements of a score.
fn score_table(line: &str, tokens: &[Token]) -> Option<Head> {
    let [statement, number, ..] = tokens else { return None };
    (&line[statement.range.clone()] == "f").then(|| Head::Table(format!("f{}", &line[number.range.clone()])))
}

/// The title that a comment is, if it is one.
fn title(comment: &str) -> Option<String> {
    let is_rule = |c: char| matches!(c, '-' | '=' | '*' | '#' | '~');
    let inner = comment.trim_start_matches(';').trim();
    let bare = inner.trim_matches(|c| is_rule(c) || c == ' ');
    let doubled = comment.starts_with(";;");
    let ruled = inner.len() >= bare.len() + 3 && inner.starts_with(is_rule);
    ((doubled || ruled) && !bare.is_empty()).then(|| bare.to_owned())
}
