//! The tables of allowed arrows, read from markdown.

use std::collections::BTreeMap;

use super::Arrow;

/// Who may use whom.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
    by_name: BTreeMap<String, usize>,
}

/// A row of a table.
#[derive(Debug)]
pub struct Row {
    /// Who.
    pub from: String,
    /// Whom it may use.
    pub to: Vec<String>,
    /// The page's line, counted from 1.
    pub line: usize,
}

impl Table {
    /// Reads all tables of a page whose columns are `from` and `may use`. Names stand in backticks; whatever else stands
    /// in a cell is for the reader. Rows of one name add up.
    pub fn parse(page: &str) -> Self {
        let mut table = Self::default();
        let mut is_inside = false;
        for (line, text) in (1..).zip(page.lines()) {
            let cells: Vec<&str> = text.trim().trim_matches('|').split('|').map(str::trim).collect();
            if !text.trim_start().starts_with('|') {
                is_inside = false;
            } else if cells.starts_with(&["from", "may use"]) {
                is_inside = true;
            } else if is_inside && !cells[0].starts_with('-') {
                let to: Vec<String> = cells.get(1).map(|cell| names(cell)).unwrap_or_default();
                for from in names(cells[0]) {
                    table.add(Row { from, to: to.clone(), line });
                }
            }
        }
        table
    }

    fn add(&mut self, row: Row) {
        match self.by_name.get(&row.from) {
            Some(at) => self.rows[*at].to.extend(row.to),
            None => {
                self.by_name.insert(row.from.clone(), self.rows.len());
                self.rows.push(row);
            }
        }
    }

    /// All rows, in order.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Whether a name has a row.
    pub fn lists(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// Whether an arrow is allowed.
    pub fn allows(&self, arrow: &Arrow) -> bool {
        self.by_name.get(&arrow.from).is_some_and(|at| self.rows[*at].to.contains(&arrow.to))
    }
}

/// What stands in backticks.
fn names(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn only_tables_of_arrows_are_read() {
        let page = "| folder | package |\n|---|---|\n| `core` | `x` |\n\n| from | may use | why |\n| :-- | --- | --- |\n\
            | `a`, `b` | `c` and `d` | `no` |\n| `c` | nothing |\n\n| `z` | `y` |\n| from | may use |\n|--|--|\n| `a` | `e` |\n";
        let table = Table::parse(page);
        let rows: Vec<_> =
            table.rows().iter().map(|row| (row.from.as_str(), row.to.join(" "), row.line)).collect();
        assert_eq!(rows, [("a", "c d e".into(), 7), ("b", "c d".into(), 7), ("c", String::new(), 8)]);
    }
}
