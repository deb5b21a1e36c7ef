//! Files that a document names in its strings: sounds, spectra, MIDI files. Which of them exist is not known here.

use super::scan::{self, Language};
use super::sections::{Section, Sections};

/// Opcodes that write the file they name.
const WRITERS: [&str; 19] = [
    "fout",
    "foutk",
    "fouti",
    "foutir",
    "fiopen",
    "ftsave",
    "ftsavek",
    "ftaudio",
    "fprints",
    "fprintks",
    "dumpk",
    "dumpk2",
    "dumpk3",
    "dumpk4",
    "hdf5write",
    "pvsfwrite",
    "ftprint",
    "system",
    "system_i",
];

/// The strings in orchestra, score and session that may be the names of files to read, each once.
pub(super) fn names(sections: &Sections) -> Vec<String> {
    let orchestra = [&sections.orchestra, &sections.session].into_iter().flatten();
    let strings = orchestra
        .flat_map(|section| strings(section, Language::Orchestra))
        .chain(sections.score.iter().flat_map(|section| strings(section, Language::Score)));
    let mut names: Vec<String> = Vec::new();
    for name in strings.filter(|name| is_name(name)) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

fn is_name(text: &str) -> bool {
    const LENGTH_MAX: usize = 4096;
    !text.is_empty()
        && text.len() <= LENGTH_MAX
        && !text.contains(['$', '%', '\n', '\\', '|'])
        && !text.contains("://")
        && text.trim() == text
}

/// What stands in quotes, but for the lines of opcodes that write files.
fn strings(section: &Section, language: Language) -> impl Iterator<Item = &str> {
    let code = scan::scan(&section.text, language).code;
    let mut found = Vec::new();
    let mut start = 0;
    for line in code.split('\n') {
        let text = &section.text[start..start + line.len()];
        if !scan::words(line).any(|(_, word)| WRITERS.contains(&word)) {
            let mut quotes = line.match_indices('"').map(|(at, _)| at);
            while let (Some(open), Some(close)) = (quotes.next(), quotes.next()) {
                found.push(&text[open + 1..close]);
            }
        }
        start += line.len() + 1;
    }
    found.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_that_may_be_files_to_read() {
        let section = |text: &str| Some(Section { text: text.to_owned(), first_line: 1 });
        let sections = Sections {
            orchestra: section(
                "a1 diskin2 \"a.wav\" ; \"no.wav\"\ngi1 ftgen 0,0,0,1,\"dir/b c.aif\",0,0,0\nfout \"out.wav\", 4, a1\n\
                 prints \"%d\"\na2 soundin \"a.wav\"\nS1 = \"$LIB/x.wav\"",
            ),
            score: section("f 1 0 0 1 \"s.wav\" 0 0 0\n"),
            ..Sections::default()
        };
        assert_eq!(names(&sections), ["a.wav", "dir/b c.aif", "s.wav"]);
    }
}
