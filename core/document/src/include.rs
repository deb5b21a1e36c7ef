//! Included files are part of the document: they are put in its text where it includes them.
//!
//! So notes, parameters, MIDI and directives of an included file count as the document's own, and Csound is given one
//! text. A name is looked for as Csound does it: first in the folder that the including file was named with, then as it
//! stands there. What is not found stays as it is, for Csound to find or to refuse.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::scan::{self, Language};
use ksmps_data::source_map::{ComposedText, Place};

/// Files that are put in; what a text includes beyond that is left to Csound.
const FILES_MAX: usize = 1024;
/// Files that include each other in a row.
const DEPTH_MAX: usize = 64;
/// Bytes of all that is put in.
const BYTES_MAX: usize = 16 << 20;

/// Gives the text of a file by its path, as the document names it or relative to the document's folder.
pub(super) type Find<'a> = &'a mut dyn FnMut(&str) -> Option<Arc<str>>;

/// Lines of the document in which files may be included.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// Lines, counted from 0.
    pub lines: Range<usize>,
    /// Their language.
    pub language: Language,
}

/// The document with its included files.
pub(super) struct Included {
    pub composed: ComposedText,
    /// Where each part's lines are now, counted from 1, the end not included.
    pub parts: Vec<Range<u32>>,
    /// Whether anything was put in.
    pub any: bool,
}

/// Puts the included files in. The parts are in the order of the text. `macros` are those that options define.
pub(super) fn put_in(
    lines: &[&str],
    parts: &[Part],
    macros: HashMap<String, String>,
    find: Find<'_>,
) -> Included {
    let mut writer =
        Writer { composed: ComposedText::default(), macros, open: Vec::new(), files: 0, bytes: 0, find };
    let mut at = 0;
    let mut places = Vec::new();
    for part in parts {
        (at..part.lines.start).for_each(|line| writer.push(lines[line], None, line));
        let start = writer.next_line();
        let from = Folder::default();
        writer.text(&lines[part.lines.clone()], part.lines.start, None, &from, part.language);
        places.push(start..writer.next_line());
        at = part.lines.end;
    }
    (at..lines.len()).for_each(|line| writer.push(lines[line], None, line));
    Included { any: writer.files > 0, composed: writer.composed, parts: places }
}

/// Where names in a file are looked for first.
#[derive(Debug, Clone, Default)]
struct Folder {
    /// The folder that the file was named with, as Csound keeps it.
    named: String,
    /// The folder in which it is.
    own: String,
}

struct Writer<'a> {
    composed: ComposedText,
    /// Macros without arguments that were defined so far.
    macros: HashMap<String, String>,
    /// Files that are being put in: one that includes itself is left to Csound's conditions.
    open: Vec<String>,
    files: usize,
    bytes: usize,
    find: Find<'a>,
}

impl Writer<'_> {
    fn next_line(&self) -> u32 {
        self.composed.map().line_count() + 1
    }

    fn push(&mut self, text: &str, file: Option<&Arc<str>>, index: usize) {
        let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
        self.composed.push(text, Some(Place { file: file.cloned(), line }));
    }

    /// Lines of a text, the first of which has this index in its file.
    fn text(
        &mut self,
        lines: &[&str],
        first: usize,
        file: Option<&Arc<str>>,
        folder: &Folder,
        language: Language,
    ) {
        let mut place = scan::Place::Code;
        for (index, line) in (first..).zip(lines) {
            let (code, ended) = scan::mask(line, &mut place, language);
            let found = include_in(&code, line).and_then(|include| {
                let name = if include.expands { self.expand(include.name)? } else { include.name.to_owned() };
                let (path, text) = self.find(&name, folder)?;
                Some((include.before, name, path, text))
            });
            let Some((before, name, path, text)) = found else {
                self.learn(&code, line);
                self.push(line, file, index);
                continue;
            };
            // A directive behind the name holds; Csound passes over whatever stands there.
            let comment = ended.comment.map_or("", |at| &line[at - 1..]);
            self.push(&format!("{}{comment}", &line[..before]), file, index);
            self.files += 1;
            self.bytes += text.len();
            let named = name.rsplit_once('/').map_or(folder.named.clone(), |(named, _)| named.to_owned());
            let own = path.rsplit_once('/').map_or(String::new(), |(own, _)| own.to_owned());
            let lines: Vec<&str> = text.strip_suffix('\n').unwrap_or(&text).split('\n').collect();
            self.open.push(path.clone());
            self.text(&lines, 0, Some(&Arc::from(path)), &Folder { named, own }, language);
            self.open.pop();
        }
    }

    /// The path and the text of a file.
    fn find(&mut self, name: &str, folder: &Folder) -> Option<(String, Arc<str>)> {
        if self.files >= FILES_MAX || self.open.len() >= DEPTH_MAX {
            return None;
        }
        let paths = [joined(&folder.named, name), joined(&folder.own, name), plain(name).to_owned()];
        let (path, text) = paths.into_iter().find_map(|path| {
            let text = (self.find)(&path)?;
            Some((path, text))
        })?;
        let fits = self.bytes + text.len() <= BYTES_MAX && !self.open.contains(&path);
        fits.then_some((path, text))
    }

    /// Remembers `#define NAME #text#`.
    fn learn(&mut self, code: &str, line: &str) {
        let Some(rest) = code.trim_start().strip_prefix('#').map(str::trim_start) else { return };
        let Some(rest) = rest.strip_prefix("define") else { return };
        let name: String =
            rest.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let mut parts = line.split('#').skip(2);
        if let (false, Some(body), Some(_)) = (name.is_empty(), parts.next(), parts.next()) {
            self.macros.insert(name, body.to_owned());
        }
    }

    /// A name with its macros; `None` where one is not known.
    fn expand(&self, name: &str) -> Option<String> {
        let mut expanded = String::new();
        let mut rest = name;
        while let Some((before, behind)) = rest.split_once('$') {
            expanded.push_str(before);
            let end = behind.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(behind.len());
            expanded.push_str(self.macros.get(&behind[..end])?);
            rest = behind[end..].strip_prefix('.').unwrap_or(&behind[end..]);
        }
        expanded.push_str(rest);
        Some(expanded)
    }
}

fn plain(name: &str) -> &str {
    name.strip_prefix("./").unwrap_or(name)
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() || name.starts_with('/') {
        return plain(name).to_owned();
    }
    format!("{folder}/{}", plain(name))
}

/// `#include "name"` or `#includestr "name"` in a line of code.
struct Include<'a> {
    /// Where it begins.
    before: usize,
    name: &'a str,
    /// Whether macros in the name are expanded.
    expands: bool,
}

/// What stands between the first sign behind the word and its like.
fn include_in<'a>(code: &str, line: &'a str) -> Option<Include<'a>> {
    let before = code.find("#include")?;
    let is_definition =
        code[..before].trim_start().trim_start_matches('#').trim_start().starts_with("define");
    let rest = &line[before + "#include".len()..];
    let (rest, expands) = rest.strip_prefix("str").map_or((rest, false), |rest| (rest, true));
    let rest = rest.trim_start_matches([' ', '\t']);
    let sign = rest.chars().next().filter(|sign| !sign.is_alphanumeric() && !is_definition)?;
    let (name, _) = rest[sign.len_utf8()..].split_once(sign)?;
    let is_known = !name.is_empty() && (!expands || sign == '"');
    is_known.then_some(Include { before, name, expands })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn composed(text: &str, files: &[(&str, &str)]) -> ComposedText {
        let lines: Vec<&str> = text.split('\n').collect();
        let part = Part { lines: 0..lines.len(), language: Language::Orchestra };
        let mut find = |path: &str| {
            files.iter().find_map(|(name, text)| (*name == path).then(|| Arc::<str>::from(*text)))
        };
        put_in(&lines, &[part], HashMap::new(), &mut find).composed
    }

    #[test]
    fn names_stand_between_like_signs() {
        for (line, name) in [
            ("#include \"one.inc\"", Some("one.inc")),
            ("  #include |two ; three.inc| ; a comment", Some("two ; three.inc")),
            ("instr 1 #include 'four'", Some("four")),
            ("; #include \"no\"", None),
            ("prints \"#include 'no'\"", None),
            ("#define A #\n#include \"open", None),
            ("#define A ##include \"no\"#", None),
            ("#include", None),
        ] {
            let code = scan::scan(line, Language::Orchestra).code;
            assert_eq!(include_in(&code, line).map(|include| include.name), name, "{line}");
        }
    }

    #[test]
    fn files_stand_where_they_are_included_and_lines_keep_their_places() {
        let files = [("a.inc", "in a\n#include \"b.inc\"\nmore a"), ("b.inc", "in b\n")];
        let composed = composed("one\n#include \"a.inc\" ;@param x\ntwo", &files);
        assert_eq!(composed.text(), "one\n;@param x\nin a\n\nin b\nmore a\ntwo\n");
        let place = composed.map().place(6).expect("a user wrote it");
        assert_eq!((place.file.as_deref(), place.line), (Some("a.inc"), 3));
        assert_eq!(composed.map().place(7).map(|place| place.line), Some(3));
    }

    #[test]
    fn a_nested_name_is_relative_to_the_file_that_includes_it() {
        let files = [
            ("sub/a.inc", "#include \"b.inc\"\n#include \"deep/c.inc\"\n#include \"top.inc\""),
            ("sub/b.inc", "b"),
            ("sub/deep/c.inc", "c\n#include \"d.inc\""),
            ("sub/deep/d.inc", "d"),
            ("top.inc", "top"),
        ];
        let text = composed("#include \"./sub/a.inc\"", &files);
        let words: Vec<&str> = text.text().split_whitespace().collect();
        assert_eq!(words, ["b", "c", "d", "top"]);
    }

    #[test]
    fn what_is_not_found_or_includes_itself_is_left_to_csound() {
        let files = [("a.inc", "a\n#include \"a.inc\"")];
        assert_eq!(composed("#include \"no.inc\"", &files).text(), "#include \"no.inc\"\n");
        assert_eq!(composed("#include \"a.inc\"", &files).text(), "\na\n#include \"a.inc\"\n");
    }

    #[test]
    fn a_name_of_includestr_may_have_macros() {
        let files = [("lib/a.inc", "a")];
        let text = "#define LIB #lib#\n#includestr \"$LIB/a.inc\"\n#includestr \"$NO./a.inc\"";
        let expected = "#define LIB #lib#\n\na\n#includestr \"$NO./a.inc\"\n";
        assert_eq!(composed(text, &files).text(), expected);
    }
}
