//! Seam: the commands as a user runs them: what they print, and what they exit with. Needs the bundles.

use std::path::Path;
use std::process::{Command, Output};

fn tools(command: &str) -> Command {
    let mut tools = Command::new(env!("CARGO_BIN_EXE_ksmps-tools"));
    tools.arg(command).env("NICE_LOG", "stderr");
    tools
}

/// What a command said.
struct Told {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Told {
    fn new(command: &mut Command) -> Self {
        let Output { status, stdout, stderr } = command.output().expect("it starts");
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        let told = Self { code: status.code(), out: text(&stdout), err: text(&stderr) };
        assert!(!told.err.contains("error: error:") && !told.err.contains("ERROR error:"), "{}", told.err);
        assert!(
            !told.err.lines().any(|line| line.contains("ERROR line") && line.contains(": error: ")),
            "{}",
            told.err
        );
        told
    }

    #[track_caller]
    fn check(&self, code: i32, words: &[&str]) {
        let all = format!("{}{}", self.out, self.err);
        assert_eq!(self.code, Some(code), "{all}");
        for word in words {
            assert!(all.contains(word), "nothing says `{word}`:\n{all}");
        }
    }
}

#[test]
fn a_row_of_compare_says_what_the_document_did_wrong() {
    let missing =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/faults/text/missing-file-while-playing.csd");
    let told = Told::new(tools("compare").arg(&missing).args(["--seconds", "0.5", "--format", "core"]));
    told.check(1, &["missing-file-while-playing.csd", "nofile.wav", "line 11: error: "]);
}

#[test]
fn help_says_what_a_command_exits_with() {
    for command in ["demo", "compare", "oracle"] {
        Told::new(tools(command).arg("--help")).check(0, &["Exits with 0 where"]);
    }
}

#[test]
fn the_programs_commands_are_the_same() {
    let told = Told::new(tools("check").arg("bell"));
    told.check(0, &["bell: plays", "latency"]);
    Told::new(tools("render").arg("--help")).check(0, &["EXIT STATUS:", "EXAMPLES:"]);
}
