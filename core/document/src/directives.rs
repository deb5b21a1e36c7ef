//! The `;@` grammar: comments into words and items.
//!
//! ```text
//! directive = ";@" word {item}      to the end of the line, alone or after code; ";@+" continues the one before
//! item      = word | word "=" value | "string" | "string" "=" value | range
//! value     = number | word | "string" | value{","value}      no spaces around = , ..
//! range     = number ".." number ["=" default]
//! ```
//!
//! What the words mean is not known here; `vocabulary` has them all.

use super::instruments::Instrument;
use super::nearest::nearest;
use super::scan::Scan;
use super::sections::Section;
use super::vocabulary::DIRECTIVES;
use ksmps_data::diagnostic::Diagnostic;

/// One directive with its items.
#[derive(Debug, Clone, PartialEq)]
pub struct Directive {
    /// The word behind `;@`.
    pub word: String,
    /// What follows.
    pub items: Vec<Item>,
    /// The document's line.
    pub line: u32,
    /// The instrument in whose text it stands, by its first name.
    pub instrument: Option<String>,
}

/// One item of a directive.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// `mono`, `cutoff`, `keys.kdetune`.
    Word(String),
    /// `"Glass Keys"`.
    Text(String),
    /// `"Saw|Square"=1`, `"Saw|Square"=Square`.
    List {
        /// Before the equals sign, without quotes.
        labels: String,
        /// Behind it.
        default: Value,
    },
    /// `40..16000`, `0..1=0.5`.
    Range {
        /// Before the dots.
        from: f64,
        /// Behind the dots.
        to: f64,
        /// Behind the equals sign.
        default: Option<f64>,
    },
    /// `unit=Hz`.
    Assign {
        /// Before the equals sign.
        key: String,
        /// Behind it.
        value: Value,
    },
}

/// What stands behind an equals sign.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `0.5`
    Number(f64),
    /// `Hz`
    Word(String),
    /// `"Cutoff"`
    Text(String),
    /// `36..60`
    Range(f64, f64),
    /// `42,44`
    List(Vec<Value>),
}

impl Value {
    /// A word, a text or a number as text. `[any]`
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Number(number) => Some(number.to_string()),
            Self::Word(text) | Self::Text(text) => Some(text.clone()),
            Self::Range(..) | Self::List(_) => None,
        }
    }

    /// A number within bounds. `[any]`
    pub fn number(&self, lowest: f64, highest: f64) -> Option<f64> {
        match self {
            Self::Number(number) if (lowest..=highest).contains(number) => Some(*number),
            _ => None,
        }
    }
}

/// The words of the table.
fn words() -> Vec<&'static str> {
    DIRECTIVES.iter().map(|known| known.word).collect()
}

/// The directives of a section; unknown words and slips of the grammar are warnings.
pub(super) fn read(
    section: &Section,
    scan: &Scan,
    instruments: &[Instrument],
    found: &mut Vec<Diagnostic>,
) -> Vec<Directive> {
    let mut texts: Vec<(u32, String)> = Vec::new();
    for comment in &scan.comments {
        let line = section.first_line.saturating_add(u32::try_from(comment.line).unwrap_or(u32::MAX));
        let Some(body) = comment.text.strip_prefix('@') else { continue };
        match (body.strip_prefix('+'), texts.last_mut()) {
            (None, _) => texts.push((line, body.to_owned())),
            (Some(more), Some((_, text))) => {
                text.push(' ');
                text.push_str(more);
            }
            (Some(_), None) => found.push(
                Diagnostic::warning(line, ";@+ continues a directive, but there is none before it")
                    .with_remedy("begin with ;@ and a word"),
            ),
        }
    }
    texts.into_iter().filter_map(|(line, text)| directive(line, &text, instruments, found)).collect()
}

fn directive(
    line: u32,
    text: &str,
    instruments: &[Instrument],
    found: &mut Vec<Diagnostic>,
) -> Option<Directive> {
    let mut tokens = tokens(text).into_iter();
    let word = tokens.next()?;
    if !DIRECTIVES.iter().any(|known| known.word == word) {
        let words = words();
        let remedy = nearest(&word, &words).map_or_else(
            || format!("the words are {}", words.join(", ")),
            |near| format!("did you mean ;@{near}?"),
        );
        found.push(
            Diagnostic::warning(line, format!(";@{word} is unknown and is ignored")).with_remedy(remedy),
        );
        return None;
    }
    let items = tokens
        .filter_map(|token| {
            let item = item(&token);
            if item.is_none() {
                found.push(
                    Diagnostic::warning(line, format!("`{token}` in ;@{word} is not understood"))
                        .with_remedy("write name=value without spaces, and text with blanks in \"quotes\""),
                );
            }
            item
        })
        .collect();
    let instrument = instruments.iter().find(|one| (one.line..=one.end_line).contains(&line));
    Some(Directive { word, items, line, instrument: instrument.and_then(|one| one.names.first().cloned()) })
}

/// The items of a text that is not a comment, such as a channel's attributes; what is none is left out.
pub(super) fn items(text: &str) -> impl Iterator<Item = Item> {
    items_or_words(text).flatten()
}

/// The same, with what is no item as it stands there.
pub(super) fn items_or_words(text: &str) -> impl Iterator<Item = Result<Item, String>> {
    tokens(text).into_iter().map(|token| item(&token).ok_or(token))
}

/// Splits at blanks outside quotes; a further semicolon begins an ordinary comment.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut token = String::new();
    let mut quoted = false;
    for letter in text.chars() {
        match letter {
            ';' if !quoted && token.is_empty() => break,
            _ if letter.is_whitespace() && !quoted => {
                if !token.is_empty() {
                    tokens.push(std::mem::take(&mut token));
                }
            }
            _ => {
                quoted ^= letter == '"';
                token.push(letter);
            }
        }
    }
    if !token.is_empty() {
        tokens.push(token);
    }
    tokens
}

fn item(token: &str) -> Option<Item> {
    if token.starts_with('"') {
        // `"Saw|Square"=1`: a list with its default.
        return match token.rsplit_once("\"=") {
            Some((list, default)) => {
                let list = list.strip_prefix('"').filter(|list| !list.contains('"'))?;
                Some(Item::List { labels: list.to_owned(), default: value(default)? })
            }
            None => quoted(token).map(Item::Text),
        };
    }
    match token.split_once('=') {
        None => match range(token) {
            Some((from, to)) => Some(Item::Range { from, to, default: None }),
            None => (!token.contains('"')).then(|| Item::Word(token.to_owned())),
        },
        Some((before, behind)) => match range(before) {
            Some((from, to)) => Some(Item::Range { from, to, default: Some(number(behind)?) }),
            None if before.is_empty() => None,
            None => Some(Item::Assign { key: before.to_owned(), value: value(behind)? }),
        },
    }
}

fn value(text: &str) -> Option<Value> {
    if text.is_empty() {
        return None;
    }
    if text.starts_with('"') && !text[1..].trim_end_matches('"').contains("\",") {
        return quoted(text).map(Value::Text);
    }
    let mut parts = split_list(text);
    if parts.len() > 1 {
        return parts.into_iter().map(value).collect::<Option<Vec<_>>>().map(Value::List);
    }
    let text = parts.pop()?;
    if let Some((from, to)) = range(text) {
        return Some(Value::Range(from, to));
    }
    if let Some(number) = number(text) {
        return Some(Value::Number(number));
    }
    (!text.contains('"')).then(|| Value::Word(text.to_owned()))
}

/// Splits at commas outside quotes.
fn split_list(text: &str) -> Vec<&str> {
    let mut quoted = false;
    text.split(|letter: char| {
        quoted ^= letter == '"';
        letter == ',' && !quoted
    })
    .collect()
}

fn quoted(text: &str) -> Option<String> {
    let inside = text.strip_prefix('"')?.strip_suffix('"')?;
    (!inside.contains('"')).then(|| inside.to_owned())
}

fn range(text: &str) -> Option<(f64, f64)> {
    let (from, to) = text.split_once("..")?;
    Some((number(from)?, number(to)?))
}

/// A finite number in digits; words such as `inf` are words.
pub(super) fn number(text: &str) -> Option<f64> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite() && text.contains(|c: char| c.is_ascii_digit()))
}

/// Says that an item of a directive does not fit. The same sentence for all directives.
pub(super) fn misfit(directive: &Directive, what: &str, remedy: impl Into<String>) -> Diagnostic {
    Diagnostic::warning(directive.line, format!("{what} in ;@{} does not fit and is ignored", directive.word))
        .with_remedy(remedy)
}

/// An item as it would be written.
pub(super) fn written(item: &Item) -> String {
    match item {
        Item::Word(word) => format!("`{word}`"),
        Item::Text(text) => format!("\"{text}\""),
        Item::List { labels, .. } => format!("\"{labels}\"="),
        Item::Range { from, to, .. } => format!("`{from}..{to}`"),
        Item::Assign { key, .. } => format!("`{key}=`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_what_the_grammar_says() {
        let word = |text: &str| Value::Word(text.into());
        let cases = [
            ("mono", Some(Item::Word("mono".into()))),
            ("keys.kdetune", Some(Item::Word("keys.kdetune".into()))),
            ("\"Saw|Square\"", Some(Item::Text("Saw|Square".into()))),
            ("40..16000", Some(Item::Range { from: 40.0, to: 16000.0, default: None })),
            ("-50..50=-1.5", Some(Item::Range { from: -50.0, to: 50.0, default: Some(-1.5) })),
            ("0..0.95", Some(Item::Range { from: 0.0, to: 0.95, default: None })),
            ("unit=Hz", Some(Item::Assign { key: "unit".into(), value: word("Hz") })),
            ("name=\"A b\"", Some(Item::Assign { key: "name".into(), value: Value::Text("A b".into()) })),
            ("key=36..60", Some(Item::Assign { key: "key".into(), value: Value::Range(36.0, 60.0) })),
            (
                "key=42,44",
                Some(Item::Assign {
                    key: "key".into(),
                    value: Value::List(vec![Value::Number(42.0), Value::Number(44.0)]),
                }),
            ),
            ("tail=inf", Some(Item::Assign { key: "tail".into(), value: word("inf") })),
            ("=", None),
            ("voices=", None),
            ("=16", None),
            (
                "\"Saw|Square\"=1",
                Some(Item::List { labels: "Saw|Square".into(), default: Value::Number(1.0) }),
            ),
            ("\"Saw|Square\"=", None),
            ("\"open", None),
            ("0..1=x", None),
            ("a\"b\"", None),
        ];
        for (token, expected) in cases {
            assert_eq!(item(token), expected, "{token}");
        }
    }
}
