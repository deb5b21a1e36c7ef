//! The table of docs/host-api.md.

use std::collections::BTreeSet;
use std::path::Path;

/// Every method that the table is to have, in its order: the names of ctcsound's module and class.
const NAMES: &str = include_str!("names.txt");

/// The threads of this repository's documentation.
const THREADS: [&str; 3] = ["[audio]", "[control]", "[any]"];

struct Row {
    method: String,
    rust: String,
    thread: String,
    difference: String,
}

/// Holds the table to the list of methods and to what was called.
pub fn hold(called: &BTreeSet<String>) {
    let rows = rows();
    let methods: Vec<&str> = rows.iter().map(|row| row.method.as_str()).collect();
    let wanted: Vec<&str> = NAMES.lines().collect();
    assert_eq!(methods, wanted, "the table's methods, in the order of the list");
    let mut faults = Vec::new();
    for row in &rows {
        let named: Vec<&str> = items(&row.rust).collect();
        if named.is_empty() {
            faults.push(format!("{}: names no item", row.method));
        }
        for item in named {
            if !called.contains(item) {
                faults.push(format!("{}: {item} was not called by a story", row.method));
            }
        }
        let threads = row.thread.replace('`', "");
        if !threads.split(", ").all(|thread| THREADS.contains(&thread)) {
            faults.push(format!("{}: thread {:?}", row.method, row.thread));
        }
        if row.difference.is_empty() {
            faults.push(format!("{}: an empty cell", row.method));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The rows of the table that begins with the method's column.
fn rows() -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/host-api.md");
    let text = std::fs::read_to_string(&path).expect("docs/host-api.md is there");
    let lines = text.lines().skip_while(|line| !line.starts_with("| method ")).skip(2);
    let rows = lines.take_while(|line| line.starts_with('|')).map(|line| {
        let cells: Vec<String> =
            line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        let [method, rust, thread, difference] = cells
            .try_into()
            .unwrap_or_else(|cells: Vec<String>| panic!("a row has {} cells, not four: {line}", cells.len()));
        Row { method: method.replace('`', ""), rust, thread, difference }
    });
    rows.collect()
}

/// The items that a cell names: what stands between back quotes and has a path.
fn items(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2).filter(|name| name.contains("::"))
}
