//! The opcodes of the engine that runs, as the code widget needs them: by name, with all forms of one name together.

use std::collections::HashMap;
use std::sync::LazyLock;

use ksmps_data::opcode::Opcode;

/// All forms of one opcode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpcodeEntry {
    /// Its name.
    pub name: String,
    /// The result types and argument types of each form, as [`Opcode`] has them.
    pub forms: Vec<(String, String)>,
    /// The flags of all forms together; see [`Opcode`].
    pub flags: u32,
}

impl OpcodeEntry {
    /// Whether every form is kept for old orchestras only. `[any]`
    pub fn is_deprecated(&self) -> bool {
        self.flags & Opcode::DEPRECATED != 0
    }

    /// What it touches besides its arguments, in words: "reads a table". `[any]`
    pub fn touches(&self) -> Vec<&'static str> {
        [
            (Opcode::READS_TABLE, "reads a table"),
            (Opcode::WRITES_TABLE, "writes a table"),
            (Opcode::READS_CHANNEL, "reads a channel"),
            (Opcode::WRITES_CHANNEL, "writes a channel"),
            (Opcode::PRINTS, "prints"),
            (Opcode::DEPRECATED, "deprecated"),
        ]
        .into_iter()
        .filter(|(flag, _)| self.flags & flag != 0)
        .map(|(_, words)| words)
        .collect()
    }

    /// The types of its first results over all forms, such as `a|k`. `[any]`
    pub fn outs(&self) -> String {
        let mut outs: Vec<String> = Vec::new();
        for (out, _) in &self.forms {
            let spelled = types(out).join(", ");
            if !outs.contains(&spelled) {
                outs.push(spelled);
            }
        }
        outs.join(" | ")
    }

    /// The names of its arguments where we have words for it, else their types. `[any]`
    pub fn args(&self) -> Vec<String> {
        match help(&self.name) {
            Some(help) => help.args.split(", ").filter(|arg| !arg.is_empty()).map(str::to_owned).collect(),
            None => {
                let longest = self.forms.iter().max_by_key(|(_, ins)| ins.len());
                longest.map(|(_, ins)| types(ins)).unwrap_or_default()
            }
        }
    }
}

/// All opcodes of an engine.
#[derive(Debug, Clone, Default)]
pub struct OpcodeBook {
    entries: Vec<OpcodeEntry>,
    index: HashMap<String, usize>,
}

impl OpcodeBook {
    /// The book of what an engine has listed; its entries are sorted by name. `[control]`
    pub fn new(opcodes: &[Opcode]) -> Self {
        let mut book = Self::default();
        let mut sorted: Vec<&Opcode> = opcodes.iter().collect();
        sorted.sort_by(|a, b| a.name.cmp(&b.name));
        for opcode in sorted {
            let form = (opcode.out_types.clone(), opcode.in_types.clone());
            match book.entries.last_mut() {
                Some(entry) if entry.name == opcode.name => {
                    // One form that is not deprecated keeps the name in use.
                    let deprecated = entry.flags & opcode.flags & Opcode::DEPRECATED;
                    entry.flags = (entry.flags | opcode.flags) & !Opcode::DEPRECATED | deprecated;
                    entry.forms.push(form);
                }
                _ => {
                    book.index.insert(opcode.name.clone(), book.entries.len());
                    let (name, flags) = (opcode.name.clone(), opcode.flags);
                    book.entries.push(OpcodeEntry { name, forms: vec![form], flags });
                }
            }
        }
        book
    }

    /// The opcode of a name. `[any]`
    pub fn get(&self, name: &str) -> Option<&OpcodeEntry> {
        self.index.get(name).map(|n| &self.entries[*n])
    }

    /// All, by name. `[any]`
    pub fn entries(&self) -> &[OpcodeEntry] {
        &self.entries
    }
}

/// Our own words about an opcode of everyday use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Help {
    /// The names of its arguments, separated by `, `; in brackets what may be left out.
    pub args: &'static str,
    /// What it does, in one line.
    pub words: &'static str,
}

/// What we have to say of an opcode. `[any]`
pub fn help(name: &str) -> Option<Help> {
    HELP.get(name).copied()
}

/// All opcodes that have help. `[any]`
pub fn helped() -> impl Iterator<Item = &'static str> {
    HELP.keys().copied()
}

static HELP: LazyLock<HashMap<&'static str, Help>> = LazyLock::new(|| {
    let lines = include_str!("help.txt").lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let mut parts = line.split('|').map(str::trim);
            Some((parts.next()?, Help { args: parts.next()?, words: parts.next()? }))
        })
        .collect()
});

/// The letters of a type list, spelled for readers: `xo` is `a|k` and `i=0`. `[any]`
pub fn types(letters: &str) -> Vec<String> {
    let mut spelled: Vec<String> = Vec::new();
    for letter in letters.chars() {
        let word = match letter {
            '[' => continue,
            ']' => {
                if let Some(last) = spelled.last_mut() {
                    last.push_str("[]");
                }
                continue;
            }
            'x' => "a|k",
            'o' => "[i=0]",
            'p' => "[i=1]",
            'q' => "[i=10]",
            'v' => "[i=.5]",
            'j' => "[i=-1]",
            'h' => "[i=127]",
            'O' => "[k=0]",
            'P' => "[k=1]",
            'V' => "[k=.5]",
            'J' => "[k=-1]",
            'm' | 'n' | 'I' => "i…",
            'z' | 'Z' => "k…",
            'y' => "a…",
            'W' => "S…",
            'M' | 'N' | '*' => "any…",
            '.' | '?' => "any",
            'T' => "S|i",
            'U' => "S|k",
            'B' | 'b' => "true or false",
            'l' => "label",
            other => {
                spelled.push(other.to_string());
                continue;
            }
        };
        spelled.push(word.to_owned());
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_name_are_one_entry_and_types_are_spelled() {
        let form = |name: &str, out: &str, ins: &str, flags| Opcode {
            name: name.to_owned(),
            out_types: out.to_owned(),
            in_types: ins.to_owned(),
            flags,
        };
        let book = OpcodeBook::new(&[
            form("madeup", "k", "kko", Opcode::DEPRECATED),
            form("old", "i", "i", Opcode::DEPRECATED),
            form("madeup", "a", "xS[]", Opcode::READS_TABLE),
        ]);
        assert_eq!(book.entries().len(), 2);
        let entry = book.get("madeup").expect("it is listed");
        assert_eq!(entry.outs(), "k | a");
        assert_eq!(entry.args(), ["a|k", "S[]"]);
        assert_eq!(entry.touches(), ["reads a table"]);
        assert!(book.get("old").expect("it is listed").is_deprecated());
        assert_eq!(types("kko"), ["k", "k", "[i=0]"]);
    }

    #[test]
    fn every_line_of_help_is_whole_and_short() {
        let lines: Vec<&str> =
            include_str!("help.txt").lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.len() >= 180, "{} opcodes have help", lines.len());
        assert_eq!(lines.len(), helped().count(), "an opcode has two lines");
        for line in lines {
            let parts: Vec<&str> = line.split('|').map(str::trim).collect();
            let [name, _, words] = parts[..] else { panic!("not three parts: {line}") };
            assert!(!name.is_empty() && words.ends_with('.') && words.len() <= 110, "mend this line: {line}");
        }
    }
}
