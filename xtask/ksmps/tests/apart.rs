//! Seam: `render` of documents that end or hang their engine: a message that names the document, and an exit status; and
//! the same sound as together. Needs the bundles, and the engine's executable beside this program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Run {
    folder: tempfile::TempDir,
}

impl Run {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out.wav")
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("it can be written");
        path
    }

    /// Renders with the core: exit status, and all that was said.
    fn render(&self, document: &Path, options: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ksmps"));
        command.arg("render").arg(document).arg("--out").arg(self.out());
        let Output { status, stdout, stderr } =
            command.args(["--seconds", "0.5"]).args(options).output().expect("it starts");
        (status.code(), [stdout, stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat())
    }

    /// Renders what must fail, with these words.
    fn fails(&self, document: &Path, options: &[&str], words: &[&str]) {
        let (code, said) = self.render(document, options);
        assert_eq!(code, Some(1), "{said}");
        for word in words {
            assert!(said.contains(word), "nothing says `{word}`: {said}");
        }
    }
}

fn orchestra(instrument: &str) -> String {
    format!("nchnls = 2\n0dbfs = 1\nksmps = 16\ninstr 1\n{instrument}\nendin\nschedule 1, 0.1, 1\n")
}

const CORE: [&str; 2] = ["--format", "core"];

#[test]
fn an_endless_loop_fails_with_the_documents_name_after_its_limit() {
    let run = Run::new();
    let loops = run.write("loops.orc", &orchestra(" while 1 == 1 do\n i1 = 1\n od"));
    let limit = [&CORE[..], &["--limit", "1"]].concat();
    run.fails(&loops, &limit, &["loops.orc does not play", "the engine's process ended", "endless loop"]);
    assert!(!run.out().exists(), "there is no silence in its place");
    let header = run.write("header.orc", "i1 = 1\nwhile i1 == 1 do\n i2 = 1\nod\ninstr 1\nendin\n");
    run.fails(
        &header,
        &limit,
        &["header.orc does not play", "the engine's process ended while it was built"],
    );
}

#[test]
fn a_session_that_loops_fails_with_its_name_after_its_limit() {
    let run = Run::new();
    let session = r#"{"ksmps_session": 1, "templates": [{"name": "loop", "body": "while 1 == 1 do\ni1 = 1\nod"}],
        "events": [{"template": "loop", "dur": 0.2}]}"#;
    let session = run.write("session.json", session);
    run.fails(&session, &["--limit", "1"], &["session.json does not play", "endless loop"]);
}

#[test]
fn apart_sounds_as_together() {
    let instruments = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../instruments");
    let run = Run::new();
    let midi = instruments.join("demo.mid");
    let midi = ["--midi", midi.to_str().expect("a name")];
    let session = r#"{"ksmps_session": 1, "templates": [{"name": "tone", "body": "a1 oscili 0.2, 440\nouts a1, a1"}],
        "events": [{"template": "tone", "dur": 0.2}]}"#;
    let mut documents: Vec<(PathBuf, Vec<&str>)> = ["bell", "drift", "tine"]
        .map(|name| (instruments.join(name).join(format!("{name}.csd")), [&CORE[..], &midi].concat()))
        .into();
    documents.push((run.write("noise.orc", &orchestra(" a1 noise 0.1, 0\n outs a1, a1")), CORE.to_vec()));
    documents.push((run.write("session.json", session), Vec::new()));
    for (document, options) in documents {
        let sound = |more: &[&str]| {
            let (code, said) = run.render(&document, &[&options[..], more].concat());
            assert_eq!(code, Some(0), "{said}");
            // A file also has the time of day, in its PEAK chunk.
            let sound = ksmps_harness::wav::read(&run.out()).expect("it is a sound").channels;
            std::fs::remove_file(run.out()).expect("it is removed");
            sound
        };
        let (apart, together) = (sound(&[]), sound(&["--together"]));
        assert!(apart == together, "{} sounds otherwise", document.display());
        assert!(together.iter().flatten().any(|sample| *sample != 0.0), "{} is silent", document.display());
    }
}
