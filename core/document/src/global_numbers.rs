//! Global variables that hold the number of a table or the token of a bus, told from the text.

use ksmps_data::named_number::NumberOf;

use super::instruments::logical_lines;
use super::scan::{self, Scan};

/// Opcodes that make a table and give its number.
const TABLE_MAKERS: [&str; 3] = ["ftgen", "ftgenonce", "vco2init"];
/// The opcode that makes a bus and gives its token.
const BUS_MAKER: &str = "busassign";

/// The variables `gi…` of an orchestra to which a statement gives a table's number or a bus's token, each once, in the order of
/// the text.
pub(super) fn read(orchestra: &Scan) -> Vec<(String, NumberOf)> {
    let mut found: Vec<(String, NumberOf)> = Vec::new();
    for (_, statement) in logical_lines(&orchestra.code) {
        let mut words = scan::words(&statement).map(|(_, word)| word);
        let Some(name) = words.next().filter(|name| name.starts_with("gi")) else { continue };
        let of = words.find_map(|word| match word {
            BUS_MAKER => Some(NumberOf::Bus),
            word => TABLE_MAKERS.contains(&word).then_some(NumberOf::Table),
        });
        if let Some(of) = of
            && found.iter().all(|(known, _)| known != name)
        {
            found.push((name.to_owned(), of));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::scan::Language;
    use super::*;

    #[test]
    fn tables_and_buses_of_the_header_are_found() {
        let orchestra = "giwave ftgen 0, 0, 1024, 10, 1 ; giother ftgen\ngiform = ftgen(0, 0, 8, -2, \\\n 1, 2)\n\
            gidry busassign \"audio\", 1\ngirate = 100\ngitext = strlen(\"ftgen\")\ngkwave ftgen 0, 0, 8, 2, 1\n\
            instr 1\n giwave ftgen 0, 0, 8, 2, 1\nendin\n";
        let expected = [
            ("giwave".to_owned(), NumberOf::Table),
            ("giform".to_owned(), NumberOf::Table),
            ("gidry".to_owned(), NumberOf::Bus),
        ];
        assert_eq!(read(&scan::scan(orchestra, Language::Orchestra)), expected);
    }
}
