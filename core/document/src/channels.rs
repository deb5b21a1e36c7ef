//! Channels that an orchestra names in its text: with `chnget`, `chnset`, `invalue` and `outvalue` and a name in quotes.
//!
//! Csound makes such a channel when the first note runs into it, which is too late for a verb that wants to write it
//! before. So they are made when the engine is built, where the text tells beyond doubt what they carry. A name that is
//! computed, or that stands for both numbers and texts, is left to Csound.

use super::scan::{self, Language};

/// What a named channel carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelContent {
    /// A number.
    Number,
    /// A text.
    Text,
}

/// Opcodes behind which the orchestra itself gives a channel a value, or declares it.
const GIVES: [&str; 6] = ["chnset", "outvalue", "chnexport", "chn_k", "chn_S", "chn_a"];

/// Numbers that the orchestra reads and does not write itself, nor declare: what somebody outside is to give.
pub(super) fn awaited(orchestra: &str) -> Vec<String> {
    let masked = scan::scan(orchestra, Language::Orchestra).code;
    let mut given = Vec::new();
    for (code, text) in masked.split('\n').zip(orchestra.split('\n')) {
        if scan::words(code).any(|(_, word)| GIVES.contains(&word)) {
            given.extend(all_quoted(code, text));
        }
    }
    let reads = |name: &String| !given.contains(name);
    let numbers = named(orchestra).into_iter().filter(|(_, carries)| *carries == ChannelContent::Number);
    numbers.map(|(name, _)| name).filter(reads).collect()
}

/// Everything that stands in quotes in a line.
fn all_quoted(code: &str, text: &str) -> Vec<String> {
    let mut quotes = code.match_indices('"').map(|(at, _)| at);
    let mut found = Vec::new();
    while let (Some(from), Some(to)) = (quotes.next(), quotes.next()) {
        found.extend(text.get(from + 1..to).map(str::to_owned));
    }
    found
}

/// The names in an orchestra, each once, in the order of the text.
pub(super) fn named(orchestra: &str) -> Vec<(String, ChannelContent)> {
    let masked = scan::scan(orchestra, Language::Orchestra).code;
    let mut names: Vec<(String, Option<ChannelContent>)> = Vec::new();
    let mut start = 0;
    for line in masked.split('\n') {
        for (name, carries) in in_line(line, &orchestra[start..start + line.len()]) {
            match names.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) if *known != carries => *known = None,
                Some(_) => {}
                None => names.push((name, carries)),
            }
        }
        start += line.len() + 1;
    }
    names.into_iter().filter_map(|(name, carries)| Some((name, carries?))).collect()
}

/// The names in a line; what cannot be told carries `None`.
fn in_line(code: &str, text: &str) -> Vec<(String, Option<ChannelContent>)> {
    let mut found = Vec::new();
    for (at, word) in scan::words(code) {
        let behind = at + word.len();
        let named = match word {
            "chnget" | "invalue" => {
                let (typed, behind) = typed(code, behind);
                let carries = typed.or_else(|| code[..at].split_whitespace().next());
                quoted(code, text, arguments(code, behind)).map(|(name, _)| (name, carries.and_then(by_name)))
            }
            "chnset" => written(code, text, arguments(code, behind)),
            "outvalue" => quoted(code, text, arguments(code, behind)).map(|(name, behind)| {
                let value = code[behind..].trim_start().strip_prefix(',');
                (name, value.and_then(|value| by_value(value.trim_end().trim_end_matches(')'))))
            }),
            // Csound refuses to export a channel that is there already.
            "chnexport" => quoted(code, text, arguments(code, behind)).map(|(name, _)| (name, None)),
            _ => None,
        };
        found.extend(named);
    }
    found
}

/// The type behind an opcode's colon (`chnget:k`), and where its arguments begin.
fn typed(code: &str, behind: usize) -> (Option<&str>, usize) {
    match code[behind..].strip_prefix(':') {
        Some(rest) => {
            let length = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
            (Some(&rest[..length]), behind + 1 + length)
        }
        None => (None, behind),
    }
}

/// Where the first argument begins, behind a parenthesis or not.
fn arguments(code: &str, behind: usize) -> usize {
    let rest = code[behind..].trim_start();
    let rest = rest.strip_prefix('(').unwrap_or(rest).trim_start();
    code.len() - rest.len()
}

/// The name that is quoted at a place, and the place behind it.
fn quoted(code: &str, text: &str, at: usize) -> Option<(String, usize)> {
    let inside = code[at..].strip_prefix('"')?;
    let end = at + 1 + inside.find('"')?;
    let name = &text[at + 1..end];
    let is_plain = !name.is_empty() && !name.contains(['\\', '$']);
    is_plain.then(|| (name.to_owned(), end + 1))
}

/// `value, "name"`
fn written(code: &str, text: &str, at: usize) -> Option<(String, Option<ChannelContent>)> {
    let value = match quoted(code, text, at) {
        Some((_, behind)) => {
            return after_comma(code, text, behind).map(|name| (name, Some(ChannelContent::Text)));
        }
        None => &code[at..],
    };
    let mut depth = 0;
    let comma = value.char_indices().find(|(_, c)| match c {
        '(' | '[' => {
            depth += 1;
            false
        }
        ')' | ']' => {
            depth -= 1;
            false
        }
        other => *other == ',' && depth == 0,
    })?;
    let name = after_comma(code, text, at + comma.0)?;
    Some((name, by_value(&value[..comma.0])))
}

fn after_comma(code: &str, text: &str, at: usize) -> Option<String> {
    let rest = code[at..].trim_start().strip_prefix(',')?.trim_start();
    quoted(code, text, code.len() - rest.len()).map(|(name, _)| name)
}

/// What a variable, or a type, of this name carries.
fn by_name(name: &str) -> Option<ChannelContent> {
    let name = name.strip_prefix('g').filter(|rest| !rest.is_empty()).unwrap_or(name);
    match name.chars().next()? {
        'k' | 'i' => Some(ChannelContent::Number),
        'S' => Some(ChannelContent::Text),
        _ => None,
    }
}

/// What a value carries that is a number, a variable, a p-field, or a sum and product of such.
fn by_value(value: &str) -> Option<ChannelContent> {
    let value = value.trim();
    if value.starts_with('"') {
        return Some(ChannelContent::Text);
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_+-*/. ".contains(c);
    if value.is_empty() || !value.chars().all(is_plain) {
        return None;
    }
    let mut words = scan::words(value).map(|(_, word)| word);
    if by_name(value) == Some(ChannelContent::Text) {
        return (words.next() == Some(value)).then_some(ChannelContent::Text);
    }
    let is_number = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_digit())
            || super::instruments::pfield_index(word).is_some()
            || by_name(word) == Some(ChannelContent::Number)
    };
    words.all(is_number).then_some(ChannelContent::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_channel_carries_is_told_where_the_text_tells_it() {
        let number = |name: &str| Some((name.to_owned(), ChannelContent::Number));
        let text = |name: &str| Some((name.to_owned(), ChannelContent::Text));
        for (line, expected) in [
            ("kval chnget \"level\"", number("level")),
            ("gival chnget \"level\"", number("level")),
            ("asig = oscili:a(1, chnget:k(\"pitch\"))", number("pitch")),
            ("Sname chnget \"name\"", text("name")),
            ("prints chnget:S(\"name\")", text("name")),
            ("kval invalue \"knob\"", number("knob")),
            ("outvalue \"knob\", kval", number("knob")),
            ("outvalue(\"knob\", 0.5)", number("knob")),
            ("outvalue \"name\", \"text\"", text("name")),
            ("outvalue \"name\", Sval", text("name")),
            ("chnset kval, \"level\"", number("level")),
            ("  chnset(0.5, \"level\")", number("level")),
            ("chnset p4 * 2 + gkval, \"level\"", number("level")),
            ("chnset \"a, b\", \"name\"", text("name")),
            ("chnset Sval, \"name\" ; \"no\"", text("name")),
            // What cannot be told.
            ("asig chnget \"bus\"", None),
            ("chnset asig, \"bus\"", None),
            ("chnset abs(kval, 1), \"level\"", None),
            ("kval = chnget(Sname)", None),
            ("kval chnget \"$NAME\"", None),
            ("; kval chnget \"level\"", None),
            ("prints \"chnget\"", None),
            ("kval chnget \"level", None),
            ("chnset", None),
        ] {
            assert_eq!(named(line).into_iter().next(), expected, "{line}");
        }
    }

    #[test]
    fn what_is_read_and_never_given_is_awaited() {
        let orchestra = "chn_k \"hinted\", 1\nchnset 1, \"set\"\ninstr 1\nk1 chnget \"hinted\"\nk2 chnget \"set\"\n\
            k3 = chnget:k(\"cutoff\") + chnget:k(\"reso\")\nk4 invalue \"knob\"\nS1 chnget \"name\"\n\
            outvalue \"lamp\", k4\nk5 invalue \"lamp\"\n; k6 chnget \"comment\"\na1 chnget \"sound\"\nendin";
        assert_eq!(awaited(orchestra), ["cutoff", "reso", "knob"]);
    }

    #[test]
    fn a_name_that_stands_for_two_kinds_is_left_out() {
        let orchestra = "kval chnget \"one\"\nSval chnget \"one\"\nkval chnget \"two\"\nchnset 1, \"two\"\n\
            gkx chnexport \"three\", 1\nkval chnget \"three\"";
        assert_eq!(named(orchestra), [("two".to_owned(), ChannelContent::Number)]);
    }
}
