//! Macros of an orchestra, put in where the text uses them, so that what a macro says is read as Csound reads it.
//!
//! This is for reading alone: Csound is given the text as it is and expands it by itself. Conditions (`#ifdef`) are not
//! evaluated; a macro that is not defined in the text stays as it stands there.

use std::borrow::Cow;
use std::collections::HashMap;

/// Macros in macros.
const DEPTH_MAX: usize = 32;
/// Letters that all expansions together may have.
const LETTERS_MAX: usize = 1 << 20;

#[derive(Debug, Clone)]
struct Macro {
    args: Vec<String>,
    body: String,
}

type Macros = HashMap<String, Macro>;

/// The lines of masked code with their macros put in, those that end in a backslash joined with what follows; each with
/// its first line's index. Definitions are no lines.
pub(super) fn statements(code: &str) -> Vec<(usize, String)> {
    let mut reader = Reader { macros: Macros::new(), letters: 0 };
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut joined: Option<(usize, String)> = None;
    let mut rest = code;
    let mut index = 0;
    while !rest.is_empty() {
        if let Some(length) = reader.definition(rest) {
            index += rest[..length].matches('\n').count();
            rest = &rest[length..];
            continue;
        }
        let (line, behind) = rest.split_once('\n').unwrap_or((rest, ""));
        for text in reader.expanded(line).split('\n') {
            let (first, whole) = match joined.take() {
                Some((first, before)) => (first, Cow::Owned(format!("{before} {text}"))),
                None => (index, Cow::Borrowed(text)),
            };
            match whole.trim_end().strip_suffix('\\') {
                Some(before) => joined = Some((first, before.to_owned())),
                None => lines.push((first, whole.into_owned())),
            }
        }
        rest = behind;
        index += 1;
    }
    lines.extend(joined);
    lines
}

struct Reader {
    macros: Macros,
    letters: usize,
}

impl Reader {
    /// Takes in the definition that the text begins with; its length with the end of its line.
    fn definition(&mut self, text: &str) -> Option<usize> {
        let blanks = text.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let behind = text[blanks..].strip_prefix('#')?.trim_start_matches([' ', '\t']);
        if let Some(rest) = behind.strip_prefix("undef") {
            let rest = rest.trim_start_matches([' ', '\t']);
            let name = &rest[..name_length(rest)];
            self.macros.remove(name);
            return Some(line_end(text, text.len() - rest.len() + name.len()));
        }
        let rest = behind.strip_prefix("define")?.trim_start();
        let name = &rest[..name_length(rest)];
        let mut rest = rest[name.len()..].trim_start_matches([' ', '\t']);
        let mut args = Vec::new();
        if let Some(inside) = rest.strip_prefix('(') {
            let (list, behind) = inside.split_once(')')?;
            args = list.split(['\'', '#', ',']).map(|arg| arg.trim().to_owned()).collect();
            rest = behind;
        }
        let body = rest.trim_start().strip_prefix('#')?;
        let end = body.match_indices('#').map(|(at, _)| at).find(|&at| !body[..at].ends_with('\\'))?;
        if !name.is_empty() {
            self.macros.insert(name.to_owned(), Macro { args, body: body[..end].to_owned() });
        }
        Some(line_end(text, text.len() - body.len() + end + 1))
    }

    fn expanded<'a>(&mut self, line: &'a str) -> Cow<'a, str> {
        if self.macros.is_empty() || !line.contains('$') {
            return Cow::Borrowed(line);
        }
        let mut expanded = String::new();
        expand(line, &self.macros, DEPTH_MAX, &mut self.letters, &mut expanded);
        Cow::Owned(expanded)
    }
}

/// Puts macros in. `letters` counts what they put in.
fn expand(text: &str, macros: &Macros, depth: usize, letters: &mut usize, to: &mut String) {
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('$') {
        to.push_str(before);
        let name = &behind[..name_length(behind)];
        let after = &behind[name.len()..];
        let known = macros.get(name).filter(|_| depth > 0 && *letters < LETTERS_MAX);
        let Some(known) = known else {
            to.push('$');
            to.push_str(name);
            rest = after;
            continue;
        };
        let after = after.strip_prefix('.').unwrap_or(after);
        let (values, after) = arguments(after, known.args.len());
        *letters += known.body.len() + 1;
        if values.is_empty() {
            expand(&known.body, macros, depth - 1, letters, to);
        } else {
            let mut inner = macros.clone();
            for (arg, value) in known.args.iter().zip(values) {
                inner.insert(arg.clone(), Macro { args: Vec::new(), body: value.to_owned() });
            }
            expand(&known.body, &inner, depth - 1, letters, to);
        }
        rest = after;
    }
    to.push_str(rest);
}

/// The arguments in parentheses, and what stands behind them.
fn arguments(text: &str, count: usize) -> (Vec<&str>, &str) {
    let Some(inside) = text.strip_prefix('(').filter(|_| count > 0) else { return (Vec::new(), text) };
    let mut depth = 0_usize;
    let mut values = Vec::new();
    let mut from = 0;
    for (at, letter) in inside.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            ')' => {
                values.push(&inside[from..at]);
                return (values, &inside[at + 1..]);
            }
            '\'' | '#' if depth == 0 => {
                values.push(&inside[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    (Vec::new(), text)
}

fn name_length(text: &str) -> usize {
    text.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'_')).unwrap_or(text.len())
}

/// The end of the line in which a place is, its line end included.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |length| at + length + 1)
}

#[cfg(test)]
mod tests {
    use super::statements;

    fn lines(code: &str) -> Vec<(usize, String)> {
        statements(code).into_iter().filter(|(_, line)| !line.trim().is_empty()).collect()
    }

    #[test]
    fn macros_are_put_in_where_they_are_used() {
        let cases: [(&str, &[(usize, &str)]); 6] = [
            ("#define P(N) #p$N#\nkkey = $P(4)\niamp = $P(5)", &[(1, "kkey = p4"), (2, "iamp = p5")]),
            ("#define A #p4#\n# define B #$A.#\nkkey = $B ; \n", &[(2, "kkey = p4 ; ")]),
            (
                "#define I(N'F) #\ninstr $N\nkfreq = $F\nendin\n#\n$I(3'p6)\nlast",
                &[(5, "instr 3"), (5, "kfreq = p6"), (5, "endin"), (6, "last")],
            ),
            ("#define A #1#\n#undef A\n$A $M_PI", &[(2, "$A $M_PI")]),
            ("a \\\n b\nc", &[(0, "a   b"), (2, "c")]),
            ("#define A #$A#\n$A", &[(1, "$A")]),
        ];
        for (code, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(line, text)| (*line, (*text).to_owned())).collect();
            assert_eq!(lines(code), expected, "{code}");
        }
    }

    #[test]
    fn macros_that_grow_without_end_stop() {
        let mut code = "#define A0 #x x#\n".to_owned();
        for n in 1..40 {
            code += &format!("#define A{n} #$A{} $A{}#\n", n - 1, n - 1);
        }
        assert!(statements(&format!("{code}$A39")).len() == 1);
    }
}
