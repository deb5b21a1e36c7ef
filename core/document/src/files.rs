//! Files carried inside a document: `<CsFileB>`, `<CsSampleB>`, `<CsFile>`, `<CsMidifileB>`.
//!
//! Only read here; where the bytes are written is for the engine's builder to say. A name that leads out of the
//! document's folder is not taken.

use std::path::{Component, Path};

use ksmps_data::diagnostic::Diagnostic;

/// One file carried inside a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedFile {
    /// The name under which the orchestra opens it: a plain relative path without `..`.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// The document's line of its tag.
    pub line: u32,
}

/// The ways in which Csound carries files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Base64,
    Sample,
    Plain,
    Midi,
}

impl Kind {
    /// The kind a tag opens.
    pub fn of(tag: &str) -> Option<Self> {
        [
            ("<CsFileB filename=", Self::Base64),
            ("<CsSampleB filename=", Self::Sample),
            ("<CsFile filename=", Self::Plain),
            ("<CsMidifileB>", Self::Midi),
        ]
        .into_iter()
        .find_map(|(start, kind)| tag.starts_with(start).then_some(kind))
    }

    /// The tag that closes it.
    pub fn end_tag(self) -> &'static str {
        match self {
            Self::Base64 => "</CsFileB>",
            Self::Sample => "</CsSampleB>",
            Self::Plain => "</CsFile>",
            Self::Midi => "</CsMidifileB>",
        }
    }
}

/// Reads one file's lines. What is wrong is added to `found`; then there is no file, or as much as could be read.
pub(super) fn read(
    kind: Kind,
    tag: &str,
    line: u32,
    lines: &[&str],
    found: &mut Vec<Diagnostic>,
) -> Option<EmbeddedFile> {
    if kind == Kind::Midi {
        found.push(
            Diagnostic::warning(line, "the MIDI file inside the document is not played")
                .with_remedy("put it on a track of the host"),
        );
        return None;
    }
    let written = filename(tag)?;
    let name = if kind == Kind::Sample { format!("soundin.{written}") } else { written.to_owned() };
    let is_plain = Path::new(&name).components().all(|part| matches!(part, Component::Normal(_)))
        && !name.contains(['\\', ':']);
    if name.is_empty() || !is_plain {
        found.push(
            Diagnostic::warning(line, format!("the file \"{name}\" inside the document is left out"))
                .with_source(tag)
                .with_remedy("give it a name without a folder outside the document's own"),
        );
        return None;
    }
    let bytes = if kind == Kind::Plain {
        lines.iter().flat_map(|line| line.bytes().chain([b'\n'])).collect()
    } else {
        decode(lines, line, found)?
    };
    Some(EmbeddedFile { name, bytes, line })
}

/// The name behind `filename=`, in quotes or not.
fn filename(tag: &str) -> Option<&str> {
    let (_, behind) = tag.split_once("filename=")?;
    match behind.strip_prefix('"') {
        Some(quoted) => Some(quoted.split('"').next().unwrap_or(quoted)),
        None => Some(behind.split('>').next().unwrap_or(behind).trim()),
    }
}

/// Base64 as Csound reads it: white space anywhere, `=` or `<` ends it, missing padding is fine.
fn decode(lines: &[&str], tag_line: u32, found: &mut Vec<Diagnostic>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut bit_count) = (0_u32, 0);
    'text: for (line, text) in (tag_line + 1..).zip(lines) {
        for letter in text.bytes().filter(|letter| !letter.is_ascii_whitespace()) {
            let value = match letter {
                b'=' | b'<' => break 'text,
                b'A'..=b'Z' => letter - b'A',
                b'a'..=b'z' => letter - b'a' + 26,
                b'0'..=b'9' => letter - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => {
                    found.push(
                        Diagnostic::error(line, "the file inside the document is not base64")
                            .with_source(*text)
                            .with_remedy("encode the file again"),
                    );
                    return None;
                }
            };
            bits = bits << 6 | u32::from(value);
            bit_count += 6;
            if bit_count >= 8 {
                bit_count -= 8;
                bytes.push((bits >> bit_count) as u8);
                bits &= (1 << bit_count) - 1;
            }
        }
    }
    if bits != 0 || bit_count == 6 {
        found.push(
            Diagnostic::warning(tag_line, "the file inside the document is cut off")
                .with_remedy("encode the file again; what is there is used"),
        );
    }
    Some(bytes)
}
