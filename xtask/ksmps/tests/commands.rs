//! Seam: the program `ksmps` as a user runs it: what it prints, and what it exits with. Needs the bundles, and the engine's
//! executable beside the program.

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
        let mut command = program("render");
        Told::new(command.arg(document).arg("--out").arg(out).args(["--seconds", "0.5"]).args(options))
    }
}

fn program(command: &str) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_ksmps"));
    program.arg(command).env("NICE_LOG", "stderr");
    program
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
fn a_score_that_follows_is_rendered_with_a_song_of_120_or_of_the_midi_file() {
    let run = Run::new();
    let text = "<CsoundSynthesizer>\n<CsInstruments>\n;@score follow=beats\nksmps = 10\nnchnls = 2\n0dbfs = 1\n;@notes off\n\
        instr 1\nasig = linseg:a(0.5, 1/sr, 0, 1, 0)\nouts asig, asig\nendin\n</CsInstruments>\n<CsScore>\n\
        i 1 0.25 0.01\n</CsScore>\n</CsoundSynthesizer>\n";
    let document = run.write("piece.csd", text);
    // One track, without notes: 240 quarter notes a minute.
    let midi = run.folder.path().join("tempo.mid");
    let track = [0, 0xff, 0x51, 3, 0x03, 0xd0, 0x90, 0, 0xff, 0x2f, 0];
    let header = *b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0\x0b";
    std::fs::write(&midi, [&header[..], &track].concat()).expect("it can be written");
    let midi = midi.to_str().expect("its name is plain");
    for (options, onset) in [(&[][..], 6000), (&["--midi", midi], 3000)] {
        for format in ["core", "clap", "vst3"] {
            run.render(&document, &[options, &["--format", format]].concat()).check(0, &[]);
            let sound = ksmps_harness::wav::read(&run.out()).expect("it is a sound");
            let heard = sound.channels[0].iter().position(|sample| *sample != 0.0);
            assert_eq!(heard, Some(onset), "{format} {options:?}");
        }
    }
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
fn a_factory_document_is_rendered_by_its_name() {
    let run = Run::new();
    run.render(Path::new("bell"), &[]).check(0, &["out.wav: 0.50 s, 2 channels"]);
    run.render(Path::new("nosuchname"), &[]).check(1, &["nosuchname: No such file"]);
}

#[test]
fn check_says_what_a_document_has() {
    let run = Run::new();
    let text = ";@about \"Pipe\" author=\"Me\" license=MIT\n;@latency 64\n;@tail 2 rest\nksmps = 32\nnchnls = 2\n0dbfs = 1\n\
        ;@param cutoff 20..2000=500 exp unit=Hz\n;@param shape \"Sine|Saw\"\ninstr Pipe\n ifreq = p4\n iamp = p5\n\
        \u{20}outs oscili:a(iamp, ifreq), a(0)\nendin\n;@notes Pipe voices=5 key=36..60\n;@needs files\n";
    let document = run.write("pipe.orc", text);
    let folder = run.folder.path().join("user");
    let told = Told::new(program("check").arg(&document).env("KSMPS_USER_FOLDER", folder));
    told.check(
        0,
        &[
            "pipe.orc: plays\n",
            "name         Pipe\n",
            "licence      MIT\n",
            "instr Pipe: 5 voices, keys 36..60, p4 hertz, p5 amplitude\n",
            "first notes  instr Pipe: 5 instances are made before the first block\n",
            "instr Pipe: the first note takes no memory\n",
            "parameters   2\n",
            "cutoff: 20..2000 Hz, 500, exponential\n",
            "shape: Sine|Saw",
            "outputs      2",
            "latency      96 frames, 2.00 ms at 48000 Hz (ksmps 32)\n",
            "tail         2 s, then it rests\n",
            "asks for     files (not allowed yet: files; ksmps consent give ",
        ],
    );
}

#[test]
fn check_says_what_is_wrong_with_file_line_and_remedy() {
    let run = Run::new();
    let broken = run.write("broken.orc", "nchnls = 2\n0dbfs = 1\ninstr 1\n  a1 nosuchopcode 1\nendin\n");
    let good = run.write("good.orc", "nchnls = 2\n0dbfs = 1\ninstr 1\nendin\n");
    let told = Told::new(program("check").args([&broken, &good]));
    told.check(
        1,
        &["broken.orc:4: error: ", "nosuchopcode", "broken.orc: does not play\n", "good.orc: plays\n"],
    );
    run.write("part.inc", "instr 2\n  a1 nosuchopcode 1\nendin\n");
    let including = run.write("whole.orc", "nchnls = 2\n0dbfs = 1\n#include \"part.inc\"\n");
    Told::new(program("check").arg(&including))
        .check(1, &["part.inc:2: error: ", "whole.orc: does not play"]);
    let unknown = run.write("unknown.orc", ";@parm cutoff 0..1\nnchnls = 2\n0dbfs = 1\ninstr 1\nendin\n");
    Told::new(program("check").arg(&unknown)).check(0, &["unknown.orc:1: warning: ", "    -> ", "param"]);
}

#[test]
fn check_survives_a_document_that_never_ends() {
    let run = Run::new();
    let loops = run.write("header.orc", "i1 = 1\nwhile i1 == 1 do\n i2 = 1\nod\ninstr 1\nendin\n");
    let told = Told::new(program("check").arg(&loops).args(["--limit", "1"]));
    told.check(1, &["header.orc", "the engine's process ended", "does not play"]);
}

#[test]
fn check_counts_the_memory_of_first_notes() {
    let run = Run::new();
    let text = "ksmps = 32\nnchnls = 1\n0dbfs = 1\ninstr low ;@notes key=0..59\n out delay:a(oscili:a(p5, p4), 0.1)\nendin\n\
        instr high ;@notes key=60..127 voices=1\n out oscili:a(p5, p4)\nendin\n\
        instr room\n S1 sprintf \"%d\", p4\n out delay:a(oscili:a(0.1, strlen(S1)), 0.5)\nendin\nschedule \"room\", 0, -1\n";
    let document = run.write("split.orc", text);
    for place in [&["--together"][..], &[]] {
        Told::new(program("check").arg(&document).args(place)).check(
            0,
            &[
                "first notes  instr low: 16 instances are made before the first block\n",
                "instr high: 1 instance is made before the first block\n",
                "instr low: the first note takes 1 piece of memory, 38 KB\n",
                "instr high: the first note takes no memory\n",
                "the first block takes 3 pieces of memory, 188 KB\n",
            ],
        );
    }
    let ends =
        run.write("ends.orc", "ksmps = 32\nnchnls = 1\n0dbfs = 1\n;@notes 1\ninstr 1\n exitnow\nendin\n");
    Told::new(program("check").arg(&ends)).check(0, &["ends.orc: plays\n"]);
}

#[test]
fn check_reads_sessions_and_effects() {
    let run = Run::new();
    let session = r#"{"ksmps_session": 1, "templates": [{"name": "tone", "body": "a1 oscili 0.2, 440\nouts a1, a1"}],
        "events": [{"template": "tone", "dur": 0.2}, {"template": "tone", "start": 1, "dur": 0.2}]}"#;
    let session = run.write("session.json", session);
    Told::new(program("check").arg(&session)).check(0, &["session.json: a session of 2 events\n", "plays\n"]);
    let wrong = run.write("wrong.json", "{\"ksmps_session\": 1, \"events\": [{\"template\": \"gone\"}]}");
    Told::new(program("check").arg(&wrong)).check(1, &["wrong.json: error: ", "gone"]);
    let told = Told::new(program("check").args(["echo", "--plugin", "effect"]));
    told.check(0, &["inputs       2", "outputs      2", "parameters"]);
}

#[test]
fn info_says_which_csound_plays_and_where_hosts_look() {
    let run = Run::new();
    let info = |variables: &[(&str, &str)]| {
        let home = run.folder.path();
        Told::new(
            program("info").envs(variables.iter().copied()).env("HOME", home).env("KSMPS_USER_FOLDER", home),
        )
    };
    let home = run.folder.path().display().to_string();
    let version = env!("CARGO_PKG_VERSION");
    info(&[]).check(
        0,
        &[
            &format!("ksmps {version}\n"),
            "Csound             6.18.",
            "csound64.so.6.0\n",
            "engine's process   /",
            "bell, drift",
            &format!("user's settings    {home}\n"),
            &format!("hosts scan CLAP    {home}/.clap\n"),
            &format!("hosts scan VST3    {home}/.vst3\n"),
        ],
    );
    let more = [("CLAP_PATH", "/more"), ("CS_USER_PLUGINDIR", "/opcodes")];
    info(&more)
        .check(0, &["                   /more\n", "more opcodes       /opcodes (CS_USER_PLUGINDIR)\n"]);
    info(&[("KSMPS_CSOUND", "/nowhere")])
        .check(1, &["error: ", "KSMPS_CSOUND", "/nowhere", "hosts scan VST3"]);
}

#[test]
fn help_has_files_environment_exit_statuses_and_examples() {
    for (command, words) in [
        ("render", &["EXIT STATUS:\n  0    all is well", "KSMPS_CSOUND", "EXAMPLES:\n  ksmps render"][..]),
        ("check", &["EXIT STATUS:", "EXAMPLES:\n  ksmps check"]),
        ("info", &["EXIT STATUS:", "EXAMPLES:\n"]),
        ("consent", &["EXIT STATUS:", "FILES:", "EXAMPLES:"]),
    ] {
        Told::new(program(command).arg("--help")).check(0, words);
    }
    Told::new(&mut program("--help"))
        .check(0, &["FILES:\n  lib/", "ENVIRONMENT:", "EXIT STATUS:", "EXAMPLES:"]);
    Told::new(&mut program("--version")).check(0, &[env!("CARGO_PKG_VERSION")]);
}

#[test]
fn a_command_line_that_makes_no_sense_exits_with_2() {
    Told::new(&mut program("moon")).check(2, &["moon"]);
    Told::new(&mut program("check")).check(2, &["FILE"]);
    Told::new(program("check").args(["drift", "--rate", "0"])).check(2, &["--rate"]);
    Told::new(program("render").args(["drift", "--out", "x.wav", "--limit", "0"])).check(2, &["--limit"]);
}

#[test]
fn consent_is_given_listed_and_taken_back() {
    let run = Run::new();
    let consent = |words: &[&str]| {
        Told::new(program("consent").env("KSMPS_USER_FOLDER", run.folder.path().join("user")).args(words))
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
