//! The structure of a document: what can be folded, and the outline.

use std::collections::HashSet;

use super::buffer::Buffer;
use super::heads::Head;

/// What an entry of the outline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// A section of a .csd, or a comment that is a title.
    Section,
    /// An instrument.
    Instrument,
    /// A user-defined opcode.
    Opcode,
    /// A table.
    Table,
    /// A parameter of the host.
    Parameter,
}

/// An entry of the outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Its name.
    pub name: String,
    /// Its line, from 0.
    pub line: usize,
}

/// Lines that can be folded: all but the first are hidden then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// What it is.
    pub kind: ItemKind,
    /// Its name.
    pub name: String,
    /// The first line, which stays.
    pub first: usize,
    /// The last line.
    pub last: usize,
}

/// The structure of one revision of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Structure {
    /// Regions by their first line; an inner one comes after the outer one.
    pub regions: Vec<Region>,
    /// The outline, by line.
    pub items: Vec<Item>,
    /// The names of the opcodes that are defined.
    opcodes: HashSet<String>,
}

impl Structure {
    /// Reads the structure of a text. `[any]`
    pub fn of(buffer: &Buffer) -> Self {
        let mut structure = Self::default();
        let mut open: Vec<(ItemKind, &str, usize)> = Vec::new();
        for (line, head) in buffer.heads() {
            if let Some((kind, name)) = entry(head) {
                structure.items.push(Item { kind, name: name.to_owned(), line });
            }
            match head {
                Head::TagOpen(name) => open.push((ItemKind::Section, name, line)),
                Head::Instrument(name) => open.push((ItemKind::Instrument, name, line)),
                Head::Opcode(name) => open.push((ItemKind::Opcode, name, line)),
                Head::TagClose(name) => structure.close(&mut open, ItemKind::Section, Some(name), line),
                Head::InstrumentEnd => structure.close(&mut open, ItemKind::Instrument, None, line),
                Head::OpcodeEnd => structure.close(&mut open, ItemKind::Opcode, None, line),
                Head::Table(_) | Head::Parameter(_) | Head::Title(_) => {}
            }
        }
        let opcodes = structure.items.iter().filter(|item| item.kind == ItemKind::Opcode);
        structure.opcodes = opcodes.map(|item| item.name.clone()).collect();
        structure.regions.sort_by_key(|region| region.first);
        structure
    }

    /// Ends the innermost open region of a kind and, for tags, a name; what is open inside it has no end.
    fn close(
        &mut self,
        open: &mut Vec<(ItemKind, &str, usize)>,
        kind: ItemKind,
        name: Option<&str>,
        last: usize,
    ) {
        let matches = |(k, n, _): &(ItemKind, &str, usize)| *k == kind && name.is_none_or(|name| *n == name);
        if let Some(at) = open.iter().rposition(matches) {
            let (kind, name, first) = open[at];
            open.truncate(at);
            if last > first {
                self.regions.push(Region { kind, name: name.to_owned(), first, last });
            }
        }
    }

    /// The region that begins in a line. `[any]`
    pub fn region_at(&self, line: usize) -> Option<&Region> {
        let at = self.regions.binary_search_by_key(&line, |region| region.first).ok()?;
        self.regions.get(at)
    }

    /// The instrument or opcode that a line is in. `[any]`
    pub fn body_of(&self, line: usize) -> Option<&Region> {
        let is_body = |region: &&Region| {
            region.kind != ItemKind::Section && (region.first..=region.last).contains(&line)
        };
        self.regions.iter().rev().find(is_body)
    }

    /// Whether the document defines an opcode of this name. `[any]`
    pub fn defines_opcode(&self, name: &str) -> bool {
        self.opcodes.contains(name)
    }
}

/// What a head says in the outline.
fn entry(head: &Head) -> Option<(ItemKind, &str)> {
    match head {
        Head::TagOpen(name) if name != "CsoundSynthesizer" => Some((ItemKind::Section, name)),
        Head::Title(name) => Some((ItemKind::Section, name)),
        Head::Instrument(name) => Some((ItemKind::Instrument, name)),
        Head::Opcode(name) => Some((ItemKind::Opcode, name)),
        Head::Table(name) => Some((ItemKind::Table, name)),
        Head::Parameter(name) => Some((ItemKind::Parameter, name)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outline_has_instruments_opcodes_tables_parameters_and_sections() {
        let text = "<CsInstruments>\n;@param cutoff 20..20000\n;; Tables\ngiSine ftgen 0, 0, 8, 10, 1\nopcode Two, a, a\nendop\n\
                    instr Bell, 7 ; a bell\n  chn_k \"pan\", 1\nendin\ninstr open\n</CsInstruments>\n<CsScore>\nf 1 0 8 10 1\n</CsScore>";
        let structure = Structure::of(&Buffer::new(text));
        let items: Vec<_> =
            structure.items.iter().map(|item| (item.line, item.kind, item.name.as_str())).collect();
        use ItemKind::*;
        assert_eq!(
            items,
            [
                (0, Section, "CsInstruments"),
                (1, Parameter, "cutoff"),
                (2, Section, "Tables"),
                (3, Table, "giSine"),
                (4, Opcode, "Two"),
                (6, Instrument, "Bell, 7"),
                (7, Parameter, "pan"),
                (9, Instrument, "open"),
                (11, Section, "CsScore"),
                (12, Table, "f1"),
            ]
        );
        let regions: Vec<_> = structure.regions.iter().map(|region| (region.first, region.last)).collect();
        assert_eq!(regions, [(0, 10), (4, 5), (6, 8), (11, 13)]);
        assert_eq!(structure.body_of(7).map(|region| region.name.as_str()), Some("Bell, 7"));
        assert_eq!(structure.body_of(3), None);
    }
}
