//! Every word of the `;@` directives, in one table: what can be written behind it, and what it does.
//!
//! What is read, what is suggested for a misspelt word, and the table in
//! docs/orchestras.md (a test compares them) come from here.

/// One word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Behind `;@`.
    pub word: &'static str,
    /// What can stand behind it.
    pub grammar: &'static str,
    /// What it does: one line of the manual.
    pub meaning: &'static str,
    /// What to do where it does not fit.
    pub instead: &'static str,
}

const fn known(
    word: &'static str,
    grammar: &'static str,
    meaning: &'static str,
    instead: &'static str,
) -> Known {
    Known { word, grammar, meaning, instead }
}

/// All words, in the order of the manual.
pub const DIRECTIVES: [Known; 15] = [
    known(
        "about",
        "\"Name\" author= license= category= version= text=",
        "who and what the document is",
        "write ;@about \"Name\" author= license= category= version= text=, with quotes round blanks",
    ),
    known(
        "notes",
        "[INSTR] voices= mono poly legato glide= key= vel= ch= dur= choke= bend= sustain pN= name= | midi | off",
        "which instrument host notes start, and how",
        "write ;@notes [INSTR] voices=16 mono legato glide=0.1 key=36..60 vel=1..127 ch=1 dur=0.5 choke=group bend=2 \
         sustain=off p4=freq name=\"Name\"",
    ),
    known(
        "param",
        "NAME min..max=default exp log skew= int bool \"A|B\"=default unit= name= group= step= cc= smooth= bus \
         per-note hidden send",
        "a parameter of the host",
        "write ;@param NAME min..max=default exp|log|int|bool|skew=x \"A|B\"=default unit= name= group= step= cc= \
         smooth= bus per-note hidden send",
    ),
    known("in", "Name a..b [optional]", "an input bus", "write a name, its channels a..b, and optional"),
    known("out", "Name a..b", "an output bus", "write a name and its channels a..b"),
    known(
        "latency",
        "frames",
        "frames by which the document itself delays its sound",
        "write ;@latency and a number of frames",
    ),
    known(
        "tail",
        "seconds [rest] | inf",
        "how long it sounds after its input and notes have ended; then it may rest",
        "write ;@tail and a number of seconds, and rest behind it, or inf",
    ),
    known(
        "preset",
        "\"Name\" param=value …",
        "a preset of the document",
        "write a name, and the values of parameters: ;@preset \"Name\" cutoff=800 shape=Square",
    ),
    known(
        "layout",
        "[Group] name name:kind …",
        "a row of the play surface",
        "write parameters in their order, each with or without a kind: ;@layout [Group] cutoff:xl reso:slider; the kinds \
         are knob, xl, slider, switch, menu, xy(other), meter, scope, table, keyboard",
    ),
    known("page", "\"Name\"", "a page of the play surface", "write ;@page \"Name\""),
    known(
        "score",
        "free | follow=beats | follow=seconds | off [loop] [late=]",
        "the score and the host's transport",
        "write ;@score and free, follow=beats, follow=seconds or off, then loop, late=skip or late=enter",
    ),
    known(
        "session",
        "free | follow=beats | follow=seconds | off [loop] [late=]",
        "the events of the session section and the host's transport",
        "write ;@session and free, follow=beats, follow=seconds or off, then loop, late=skip or late=enter",
    ),
    known(
        "keep",
        "table giX… | chan name… | string name…",
        "tables and channels whose values are saved with the project",
        "write what it is and its name: ;@keep table giSteps chan level string word",
    ),
    known(
        "asset",
        "\"path\" [embed|link]",
        "a file that is saved with the project, or not",
        "write the name of a file, and embed or link: ;@asset \"kit/kick.wav\" link",
    ),
    known(
        "needs",
        "files network programs python",
        "what the document asks the user's consent for",
        "write ;@needs and some of the words files network programs python",
    ),
];

/// How `;@layout` can show something, but for `xy(other)`, which names the parameter that goes up.
pub const LAYOUT_KINDS: [&str; 9] =
    ["knob", "xl", "slider", "switch", "menu", "meter", "scope", "table", "keyboard"];

/// The entry of a word.
pub(super) fn of(word: &str) -> Option<&'static Known> {
    DIRECTIVES.iter().find(|known| known.word == word)
}

/// What to write instead of an item that does not fit.
pub(super) fn remedy(word: &str) -> &'static str {
    of(word).map_or("", |known| known.instead)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manual_has_this_table() {
        let manual = include_str!("../../../docs/orchestras.md");
        for Known { word, grammar, meaning, .. } in DIRECTIVES {
            let row = format!("| `;@{word}` | `{}` | {meaning} |", grammar.replace('|', "\\|"));
            assert!(manual.lines().any(|line| line == row), "docs/orchestras.md lacks the row\n{row}");
        }
        let rows = manual.lines().filter(|line| line.starts_with("| `;@")).count();
        assert_eq!(rows, DIRECTIVES.len(), "docs/orchestras.md has rows that are no words");
    }
}
