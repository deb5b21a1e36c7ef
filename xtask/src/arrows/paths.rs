//! The paths in a file of Rust that begin at its crate's root, with their lines. A scanner and no parser: it knows
//! comments, texts, groups in braces, and the modules of tests.

/// A path's first name below the crate's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootPath {
    /// `engine` in `crate::engine::Engine`.
    pub first: String,
    /// Its line, counted from 1.
    pub line: usize,
}

/// The names that follow `crate::`, and `super::` as often as the file is deep. `depth` is the number of modules from
/// the root to the file: 1 for `src/engine/mod.rs`, 2 for `src/engine/notes.rs`.
pub fn root_paths(source: &str, depth: usize) -> Vec<RootPath> {
    let code = without_tests(&plain(source));
    let mut found = Vec::new();
    for (prefix, is_super) in [("crate::".to_owned(), false), ("super::".repeat(depth), true)] {
        if prefix.is_empty() {
            continue;
        }
        for (at, _) in code.match_indices(&prefix) {
            let before = code[..at].chars().next_back();
            let is_longer =
                before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$' || (c == ':' && is_super));
            if is_longer || code[at + prefix.len()..].starts_with("super::") {
                continue;
            }
            found.extend(firsts(&code, at + prefix.len()));
        }
    }
    found.sort_by_key(|path| path.line);
    found
}

/// The re-exports of a crate's root: each public name with the first name of its path, `Engine` with `engine`.
pub fn re_exports(root: &str) -> Vec<(String, String)> {
    let code = without_tests(&plain(root));
    let mut found = Vec::new();
    for (at, word) in code.match_indices("pub use ") {
        let tree = code[at + word.len()..].split(';').next().unwrap_or_default();
        let first = tree.trim().trim_start_matches("crate::").split("::").next().unwrap_or_default().trim();
        if let Some(end) = first.split(" as ").nth(1) {
            let whole = first.split(" as ").next().unwrap_or_default();
            found.push((end.trim().to_owned(), whole.trim().to_owned()));
            continue;
        }
        let leaves = tree
            .split(['{', '}', ','])
            .map(str::trim)
            .filter(|leaf| !leaf.is_empty() && !leaf.ends_with("::"));
        for leaf in leaves {
            let name = leaf.rsplit([':', ' ']).next().unwrap_or(leaf);
            found.push((name.to_owned(), first.to_owned()));
        }
    }
    found
}

/// The name at a place, or the first names of the group that stands there.
fn firsts(code: &str, at: usize) -> Vec<RootPath> {
    let line = |at: usize| 1 + code[..at].matches('\n').count();
    let name = |at: usize| {
        let rest = &code[at..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        (end > 0).then(|| RootPath { first: rest[..end].to_owned(), line: line(at) })
    };
    if !code[at..].starts_with('{') {
        return name(at).into_iter().collect();
    }
    let (mut found, mut open, mut is_start) = (Vec::new(), 0, true);
    for (offset, c) in code[at..].char_indices() {
        match c {
            '{' => open += 1,
            '}' => open -= 1,
            ',' if open == 1 => is_start = true,
            c if is_start && open == 1 && !c.is_whitespace() => {
                found.extend(name(at + offset));
                is_start = false;
            }
            _ => {}
        }
        if open == 0 {
            break;
        }
    }
    found
}

/// The source with comments and texts blanked; lines stay lines.
fn plain(source: &str) -> String {
    let mut plain = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(end) = text_end(rest) {
            end
        } else {
            plain.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        plain.extend(rest[..length].chars().filter(|c| *c == '\n'));
        rest = &rest[length..];
    }
    plain
}

/// Where the text or the quoted character ends that a piece of source begins with.
fn text_end(rest: &str) -> Option<usize> {
    if let Some(raw) = rest.strip_prefix('r').filter(|raw| raw.starts_with(['#', '"'])) {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let body = raw[hashes..].strip_prefix('"')?;
        let close = format!("\"{}", "#".repeat(hashes));
        return Some(body.find(&close).map_or(rest.len(), |end| 2 + hashes + end + close.len()));
    }
    if rest.starts_with("'\"'") {
        return Some(3);
    }
    if rest.starts_with("'\\\"'") {
        return Some(4);
    }
    let body = rest.strip_prefix('"')?;
    let mut is_escaped = false;
    let end = body.char_indices().find(|(_, c)| {
        let is_end = *c == '"' && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        is_end
    });
    Some(end.map_or(rest.len(), |(end, _)| end + 2))
}

/// The code without the modules that only tests have; lines stay lines.
fn without_tests(code: &str) -> String {
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]") {
        kept.push_str(&rest[..at]);
        let item = &rest[at..];
        let end = item.find(';').unwrap_or(item.len());
        let open = item.find('{').filter(|open| *open < end);
        let length = open.map_or(end, |open| open + block_length(&item[open..]));
        kept.extend(item[..length].chars().filter(|c| *c == '\n'));
        rest = &item[length..];
    }
    kept + rest
}

/// The length of the block in braces that a piece of code begins with.
fn block_length(code: &str) -> usize {
    let mut open = 0;
    for (at, c) in code.char_indices() {
        match c {
            '{' => open += 1,
            '}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return at + 1;
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_from_the_root_in_every_spelling() {
        let source = "use crate::a::A;\nuse crate::{\n    b::{B, x},\n    c,\n};\nlet d = crate::d(\"crate::no\", r#\"crate::\"no\"#);\n\
            /* crate::no\n*/ use super::e; // crate::no\nuse super::super::f;\npub(in crate::g) fn h() { '\"'; mycrate::no }\n\
            #[cfg(test)]\nmod tests { use crate::no; fn a() {} }\nuse crate::i;\n";
        let found = |depth| -> Vec<String> {
            root_paths(source, depth).iter().map(|path| format!("{} {}", path.first, path.line)).collect()
        };
        assert_eq!(found(1), ["a 1", "b 3", "c 4", "d 6", "e 8", "g 10", "i 13"]);
        assert_eq!(found(2), ["a 1", "b 3", "c 4", "d 6", "f 9", "g 10", "i 13"]);
    }

    #[test]
    fn names_that_a_root_gives_on() {
        let root = "pub mod engine;\npub use engine::{Engine, notes::{self, Voice as Sound}};\npub use ksmps_data::{curve, event};\n\
            pub use ksmps_csound as csound;\nuse engine::Hidden;\npub use crate::player::pair;\n";
        let names: Vec<_> =
            re_exports(root).into_iter().map(|(name, part)| format!("{name}={part}")).collect();
        assert_eq!(
            names,
            [
                "Engine=engine",
                "self=engine",
                "Sound=engine",
                "curve=ksmps_data",
                "event=ksmps_data",
                "csound=ksmps_csound",
                "pair=player"
            ]
        );
    }
}
