//! Seam: the commands as a user runs them: what they print, and what they exit with. Needs the bundles.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder for what a command writes, and the command.
struct Run {
    folder: TempDir,
}

impl Run {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("it can be written");
        path
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out.wav")
    }

    fn render(&self, document: &Path, options: &[&str]) -> Told {
        let out = self.out();
        let mut command = tools("render");
        Told::new(command.arg(document).arg("--out").arg(out).args(["--seconds", "0.5"]).args(options))
    }
}

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

fn document(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/faults/text").join(name)
}

#[test]
fn an_error_while_playing_is_told_with_its_line_and_the_sound_is_written() {
    for format in ["core", "clap", "vst3"] {
        let run = Run::new();
        let told = run.render(&document("missing-file-while-playing.csd"), &["--format", format]);
        told.check(
            1,
            &["line 11: error: ", "nofile.wav", "missing-file-while-playing.csd: 1 error while it played"],
        );
        assert!(run.out().is_file(), "{format}: the silence is written all the same");
    }
}

#[test]
fn a_document_that_does_not_build_is_told_with_its_line() {
    for format in ["core", "clap", "vst3"] {
        let run = Run::new();
        let broken = run
            .write("broken.orc", "ksmps = 32\nnchnls = 2\n0dbfs = 1\ninstr 1\n  a1 nosuchopcode 1\nendin\n");
        let told = run.render(&broken, &["--format", format]);
        told.check(1, &["broken.orc does not play:", "line 5: error: ", "nosuchopcode"]);
        assert!(!run.out().exists(), "{format}: there is nothing to write");
    }
}

#[test]
fn a_document_without_errors_exits_with_0() {
    for format in ["core", "clap", "vst3"] {
        let run = Run::new();
        let good = run.write(
            "good.orc",
            "ksmps = 32\nnchnls = 2\n0dbfs = 1\ninstr 1\n  out a(0.5)\nendin\nschedule 1, 0, 1\n",
        );
        let told = run.render(&good, &["--format", format]);
        told.check(0, &["0.50 s, 2 channels at 48000 Hz"]);
        assert!(!told.err.contains("error"), "{}", told.err);
    }
}

#[test]
fn an_error_in_a_session_is_told_with_its_exit_status() {
    let run = Run::new();
    let session = run.write(
        "session.json",
        r#"{"ksmps_session": 1, "templates": [{"name": "gone", "body": "asig diskin2 \"nofile.wav\"\nouts asig, asig"}],
            "events": [{"template": "gone", "dur": 0.2}]}"#,
    );
    run.render(&session, &[])
        .check(1, &["INIT ERROR", "nofile.wav", "session.json: 1 error while it played"]);
}

#[test]
fn a_row_of_compare_says_what_the_document_did_wrong() {
    let missing = document("missing-file-while-playing.csd");
    let told = Told::new(tools("compare").arg(&missing).args(["--seconds", "0.5", "--format", "core"]));
    told.check(1, &["missing-file-while-playing.csd", "nofile.wav", "line 11: error: "]);
}

#[test]
fn help_says_what_a_command_exits_with() {
    for command in ["render", "demo", "compare", "oracle"] {
        Told::new(tools(command).arg("--help")).check(0, &["Exits with 0 where"]);
    }
}

#[test]
fn consent_is_given_listed_and_taken_back() {
    let run = Run::new();
    let consent = |words: &[&str]| {
        Told::new(tools("consent").env("KSMPS_USER_FOLDER", run.folder.path().join("user")).args(words))
    };
    let piece = run.write("piece.orc", ";@needs files network\nnchnls = 2\ninstr 1\nendin\n");
    let name = piece.to_str().expect("a name");
    consent(&["list"]).check(0, &["no document was let do anything"]);
    consent(&["give", name, "network", "programs"]).check(0, &["piece.orc: network, until"]);
    consent(&["list"]).check(0, &["network: /", "piece.orc"]);
    consent(&["give", name, "python"]).check(1, &["asks for nothing of this"]);
    consent(&["give", name, "moon"]).check(2, &["moon"]);
    std::fs::remove_file(&piece).expect("it is removed");
    consent(&["withdraw", name]).check(0, &["1 consent withdrawn"]);
    consent(&["list"]).check(0, &["no document was let do anything"]);
}
