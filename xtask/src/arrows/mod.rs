//! `arrows`: who may use whom. The tables of docs/architecture.md that begin with `| from | may use |` are the rule, the
//! manifests and sources of core/ and plugin/ are held to it.
//!
//! A name in the table is a crate (`ksmps-data`) or a part of one (`ksmps-core::engine`): a file or a folder beside its
//! lib.rs. A crate is listed with the crates that it may depend on; tests may use anything. A crate whose parts are
//! listed has all its parts listed. In every crate, parts may not use each other in a circle where one of them is a
//! folder.

mod cycles;
mod manifest;
mod paths;
mod source;
mod table;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::Error;
use source::Package;
use table::Table;

/// Where the crates are that the tables speak of.
const ROOTS: [&str; 2] = ["core", "plugin"];
/// Where the tables are.
const PAGE: &str = "docs/architecture.md";

/// One place where something uses something else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    /// Who: a crate, or a part of one.
    pub from: String,
    /// Whom.
    pub to: String,
    /// The file that says so.
    pub file: PathBuf,
    /// Its line, counted from 1.
    pub line: usize,
}

impl fmt::Display for Arrow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} uses {}", self.file.display(), self.line, self.from, self.to)
    }
}

/// Checks the workspace at `root`; returns what is wrong, each with its file and line.
///
/// # Errors
/// Where a file cannot be read, or the page has no table.
pub fn check(root: &Path) -> Result<Vec<String>, Error> {
    let page = root.join(PAGE);
    let text = std::fs::read_to_string(&page).map_err(Error::file(&page))?;
    let table = Table::parse(&text);
    if table.rows().is_empty() {
        return Err(Error::Checks(format!("{PAGE} has no table that begins with `| from | may use |`")));
    }
    let mut packages = Vec::new();
    for folder in ROOTS {
        source::packages(root, &root.join(folder), &mut packages)?;
    }
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(judge(&table, &packages))
}

/// What is wrong with these packages by this table.
fn judge(table: &Table, packages: &[Package]) -> Vec<String> {
    let mut wrong = Vec::new();
    let known: Vec<&str> = packages.iter().flat_map(Package::names).collect();
    for row in table.rows() {
        let named = std::iter::once(&row.from).chain(&row.to);
        for name in named.filter(|name| !known.contains(&name.as_str())) {
            wrong.push(format!("{PAGE}:{}: there is no `{name}`", row.line));
        }
    }
    for package in packages {
        let others: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
        if !table.lists(&package.name) {
            wrong.push(format!(
                "{}: `{}` is not in the table of {PAGE}",
                package.manifest.display(),
                package.name
            ));
        }
        let dependencies = package.dependencies.iter().filter(|arrow| others.contains(&arrow.to.as_str()));
        wrong.extend(dependencies.filter(|arrow| !table.allows(arrow)).map(refused));

        let is_listed = package.parts.iter().any(|part| table.lists(&part.name));
        for part in package.parts.iter().filter(|part| is_listed && !table.lists(&part.name)) {
            wrong.push(format!("{}: `{}` is not in the table of {PAGE}", part.place.display(), part.name));
        }
        if is_listed {
            wrong.extend(package.arrows.iter().filter(|arrow| !table.allows(arrow)).map(refused));
        }
        wrong.extend(cycles::find(package));
    }
    wrong
}

fn refused(arrow: &Arrow) -> String {
    format!("{arrow}, which the table of {PAGE} does not allow")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A made-up workspace: files by path.
    struct Tree(tempfile::TempDir);

    impl Tree {
        fn new(files: &[(&str, &str)]) -> Self {
            let tree = Self(tempfile::tempdir().expect("a folder"));
            for (path, text) in files {
                let path = tree.0.path().join(path);
                std::fs::create_dir_all(path.parent().expect("it lies in the tree")).expect("its folder");
                std::fs::write(path, text).expect("the file");
            }
            tree
        }

        #[track_caller]
        fn check(&self, expected: &[&str]) {
            let wrong = check(self.0.path()).expect("it can be read");
            assert_eq!(wrong.len(), expected.len(), "{wrong:#?}");
            for (wrong, expected) in wrong.iter().zip(expected) {
                assert!(wrong.contains(expected), "not `{expected}`: {wrong}");
            }
        }
    }

    const PAGE_OF_TWO: &str =
        "# Map\n\n| from | may use |\n| --- | --- |\n| `low` | nothing |\n| `high` | `low` |\n\ntext\n";
    const LOW: &str = "[package]\nname = \"low\"\n\n[dependencies]\nserde.workspace = true\n";
    const HIGH: &str = "[package]\nname = \"high\"\n\n[dependencies]\nlow.workspace = true\n";

    #[test]
    fn what_the_table_allows_passes() {
        Tree::new(&[
            (PAGE, PAGE_OF_TWO),
            ("core/low/Cargo.toml", LOW),
            ("core/low/src/lib.rs", "pub mod a;\n"),
            ("core/low/src/a.rs", "use serde::Serialize;\n"),
            ("plugin/Cargo.toml", HIGH),
            ("plugin/src/lib.rs", "use low::a;\n"),
        ])
        .check(&[]);
    }

    #[test]
    fn a_dependency_upwards_is_refused_with_file_and_line_but_not_that_of_tests() {
        let low =
            format!("{LOW}high = {{ path = \"../high\" }}\n\n[dev-dependencies]\nhigh.workspace = true\n");
        Tree::new(&[
            (PAGE, PAGE_OF_TWO),
            ("core/low/Cargo.toml", &low),
            ("core/low/src/lib.rs", ""),
            ("core/high/Cargo.toml", "[package]\nname = \"high\"\n"),
            ("core/high/src/lib.rs", ""),
        ])
        .check(&["core/low/Cargo.toml:6: low uses high, which the table"]);
    }

    #[test]
    fn crates_without_a_row_and_rows_without_a_crate_are_named() {
        Tree::new(&[
            (PAGE, PAGE_OF_TWO),
            ("core/low/Cargo.toml", LOW),
            ("core/low/src/lib.rs", ""),
            ("core/new/Cargo.toml", "[package]\nname = \"new\"\n"),
            ("core/new/src/lib.rs", ""),
        ])
        .check(&[
            "docs/architecture.md:6: there is no `high`",
            "core/new/Cargo.toml: `new` is not in the table",
        ]);
    }

    const PAGE_OF_PARTS: &str = "| from | may use |\n|---|---|\n| `one` | nothing |\n\n| from | may use |\n|---|---|\n\
        | `one::data` | nothing |\n| `one::engine` | `one::data` |\n";
    const ONE: &str = "[package]\nname = \"one\"\n";

    #[test]
    fn parts_are_held_to_their_rows_in_every_spelling() {
        Tree::new(&[
            (PAGE, PAGE_OF_PARTS),
            ("core/one/Cargo.toml", ONE),
            ("core/one/src/lib.rs", "pub mod data;\npub mod engine;\npub use engine::Engine;\n"),
            (
                "core/one/src/data/mod.rs",
                "// crate::engine in a comment\nuse std::fmt;\nuse crate::{data::plain, engine::Engine as E};\nmod plain;\n\
                 const TEXT: &str = \"crate::engine\";\n#[cfg(test)]\nmod tests {\n    use crate::engine::Engine;\n}\n",
            ),
            ("core/one/src/data/plain.rs", "use super::super::engine;\nfn f() -> crate::Engine {\n    crate::engine::make()\n}\n"),
            ("core/one/src/engine/mod.rs", "use crate::data;\nuse super::data::plain;\npub struct Engine;\n"),
        ])
        .check(&[
            "core/one/src/data/mod.rs:3: one::data uses one::engine, which",
            "core/one/src/data/plain.rs:1: one::data uses one::engine, which",
            "core/one/src/data/plain.rs:2: one::data uses one::engine, which",
            "core/one/src/data/plain.rs:3: one::data uses one::engine, which",
            "one: parts use each other in a circle: one::data -> one::engine -> one::data",
        ]);
    }

    #[test]
    fn a_part_without_a_row_is_named_where_others_have_one() {
        Tree::new(&[
            (PAGE, PAGE_OF_PARTS),
            ("core/one/Cargo.toml", ONE),
            ("core/one/src/lib.rs", ""),
            ("core/one/src/data.rs", ""),
            ("core/one/src/engine.rs", ""),
            ("core/one/src/extra.rs", ""),
        ])
        .check(&["core/one/src/extra.rs: `one::extra` is not in the table"]);
    }

    #[test]
    fn a_circle_is_found_over_three_parts_and_only_where_a_folder_is_in_it() {
        let page = "| from | may use |\n|---|---|\n| `one` | nothing |\n";
        let files = |last: &'static str| {
            Tree::new(&[
                (PAGE, page),
                ("core/one/Cargo.toml", ONE),
                ("core/one/src/lib.rs", ""),
                ("core/one/src/a.rs", "use crate::b::B;\n"),
                ("core/one/src/b.rs", "\nuse crate::c::C;\n"),
                (last, "use crate::a::A;\n"),
            ])
        };
        files("core/one/src/c.rs").check(&[]);
        files("core/one/src/c/mod.rs").check(&["circle: one::a -> one::b -> one::c -> one::a"]);
    }
}
