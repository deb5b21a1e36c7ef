//! Which channels only a host sets: parameters begin with defaults that the csound command line does not know, those of
//! `;@param`, of `chn_k` hints and of other declarations. The reference is given these and no others: what the
//! document's own header writes into a channel holds there by itself, and the plugin has to find it by itself.
//!
//! Only text: nothing is run here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Included files are followed so deep.
const DEPTH_MAX: usize = 8;

/// Of the values that parameters begin with, those that the document's header does not write. A default that
/// `;@param` states stays, also where the header writes another value before. Included files lie in `folder`.
pub fn set_by_host(
    document: &str,
    folder: Option<&Path>,
    mut defaults: BTreeMap<String, f64>,
) -> BTreeMap<String, f64> {
    let orchestra = document.split("<CsInstruments>").nth(1).unwrap_or(document);
    let orchestra = orchestra.split("</CsInstruments>").next().unwrap_or(orchestra);
    let mut header = Header::default();
    header.read(orchestra, folder.unwrap_or(Path::new("")), 0);
    defaults.retain(|name, _| header.stated.contains(name) || !header.written.contains(name));
    defaults
}

/// What a header does to channels.
#[derive(Default)]
struct Header {
    /// Channels that it writes.
    written: BTreeSet<String>,
    /// Parameters whose default `;@param` states.
    stated: BTreeSet<String>,
    in_comment: bool,
    in_body: bool,
}

impl Header {
    fn read(&mut self, orchestra: &str, folder: &Path, depth: usize) {
        for line in orchestra.lines() {
            if let Some((_, directive)) = line.split_once(";@param") {
                self.stated.extend(stated(directive));
            }
            let code = self.without_comments(line);
            let words: Vec<&str> = code.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
            match words.iter().find(|word| !word.is_empty()) {
                Some(&"instr" | &"opcode") => self.in_body = true,
                Some(&"endin" | &"endop") => self.in_body = false,
                Some(&"include") if depth < DEPTH_MAX => {
                    let file = quoted(&code).next().and_then(|name| fs::read(folder.join(name)).ok());
                    if let Some(bytes) = file {
                        self.read(&String::from_utf8_lossy(&bytes), folder, depth + 1);
                    }
                }
                _ if !self.in_body && words.iter().any(|word| ["chnset", "outvalue"].contains(word)) => {
                    self.written.extend(quoted(&code).map(str::to_owned));
                }
                _ => {}
            }
        }
    }

    /// A line's code; comments over several lines are followed.
    fn without_comments(&mut self, line: &str) -> String {
        let (mut code, mut rest) = (String::new(), line);
        while !rest.is_empty() {
            if self.in_comment {
                let Some((_, behind)) = rest.split_once("*/") else { return code };
                (rest, self.in_comment) = (behind, false);
                continue;
            }
            let end = ["/*", "//", ";"].iter().filter_map(|sign| rest.find(sign)).min().unwrap_or(rest.len());
            let quote = rest.find('"').filter(|quote| *quote < end);
            let close = quote.and_then(|quote| rest[quote + 1..].find('"').map(|length| quote + length + 2));
            if let Some(close) = close {
                code.push_str(&rest[..close]);
                rest = &rest[close..];
            } else {
                code.push_str(&rest[..end]);
                self.in_comment = rest[end..].starts_with("/*");
                rest = if self.in_comment { &rest[end + 2..] } else { "" };
            }
        }
        code
    }
}

/// The texts in quotes.
fn quoted(code: &str) -> impl Iterator<Item = &str> {
    code.split('"').skip(1).step_by(2)
}

/// The name behind `;@param` where the directive states a default: `0..1=0.5` or `"A|B"=1`.
fn stated(directive: &str) -> Option<String> {
    let mut words = directive.split_whitespace();
    let name = words.next()?;
    let is_stated = words.any(|word| word.split_once("..").is_some_and(|(_, max)| max.contains('='))) || {
        directive.contains("\"=")
    };
    is_stated.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_header_writes_is_left_to_the_header() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("more.inc"), "chnset 0.3, \"included\"\n").unwrap();
        let document = "<CsInstruments>\nsr = 48000\nchn_k \"after\", 3, 2, 0.5, 0, 1\nchnset 0.9, \"after\"\n\
            chn_k \"hint\", 3, 2, 0.5, 0, 1\n; chnset 1, \"hint\"\n/* chnset 1, \"hint\"\nchnset 1, \"hint\" */ chnset:k(1, \"call\")\n\
            ;@param stated 0..1=0.25\nchnset 0.75, \"stated\"\n;@param list \"A|B\"=1\nchnset 0, \"list\"\n\
            ;@param ranged 0..1 exp\nchnset 0.75, \"ranged\"\n#include \"more.inc\"\ninstr 1\nchnset 1, \"note\"\nendin\n\
            chnset 2, \"late\"\n</CsInstruments>\nchnset 1, \"hint\"\n";
        let names = ["after", "hint", "call", "stated", "list", "ranged", "included", "note", "late"];
        let defaults = names.map(|name| (name.to_owned(), 0.5)).into();
        let left = set_by_host(document, Some(folder.path()), defaults);
        assert_eq!(left.into_keys().collect::<Vec<_>>(), ["hint", "list", "note", "stated"]);
    }
}
