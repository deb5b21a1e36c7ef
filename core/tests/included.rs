//! Seam: `player`, documents that include files. They are part of the document, and of the project.

mod common;

use std::path::{Path, PathBuf};

use common::{Bench, on, peak};
use ksmps_core::engine::MakingVerbs as _;
use ksmps_core::engine::verbs::prelude::*;

/// Where the inputs lie that once failed.
fn fault(name: &str) -> PathBuf {
    common::test_files().join("faults").join(name)
}

/// An instance that plays a file with its folder.
fn open(path: &Path) -> Bench {
    Bench::from_file(path)
}

#[test]
fn an_instrument_in_an_included_file_takes_notes() {
    for name in ["include/notes-in-include.orc", "include/notes-directive.orc", "include/midi-in-include.orc"]
    {
        let mut bench = open(&fault(name));
        assert!(
            bench.control.status().diagnostics.is_empty(),
            "{name}: {:?}",
            bench.control.status().diagnostics
        );
        let sound = bench.play(9600, &[(0, on(69))], &[512]);
        assert!(peak(&sound) > 0.05, "{name} is silent");
    }
}

#[test]
fn parameters_of_an_included_file_are_parameters() {
    let mut bench = open(&fault("include/param-in-include.orc"));
    let status = bench.control.status();
    let info = status.info.expect("it plays");
    let params: Vec<(&str, Option<f64>)> =
        info.params.iter().map(|(_, param)| (param.name.as_str(), param.default)).collect();
    assert_eq!(params, [("lev", Some(0.5)), ("dep", Some(0.3))]);
    let declared: Vec<String> =
        bench.control.declared_params().into_iter().map(|(_, param)| param.name).collect();
    assert_eq!(declared, ["lev", "dep"]);
    assert!((bench.play(480, &[], &[480])[479] - 0.5).abs() < 1e-6);
}

/// A folder with a document and the files it plays with.
fn folder(document: &str, files: &[(&str, &[u8])]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let path = folder.path().join("piece.orc");
    std::fs::write(&path, document).unwrap();
    (folder, path)
}

/// 480 frames of a wave file, each sample at this level.
fn wave(level: f32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
    (0..480).for_each(|_| writer.write_sample(level).unwrap());
    writer.finalize().unwrap();
    bytes.into_inner()
}

#[test]
fn a_project_plays_after_its_folder_is_gone_and_as_it_was_when_its_files_changed() {
    let document =
        "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\n#include \"lib/a.inc\"\nschedule 1, 0, -1\n";
    let included = "giwave ftgen 0, 0, 0, -1, \"tones/half.wav\", 0, 0, 0\n#include \"b.inc\"\n";
    let nested = "instr 1\n asig = a(tab_i(3, giwave))\n outs asig, asig\nendin\n";
    let half = wave(0.5);
    let files: [(&str, &[u8]); 3] =
        [("lib/a.inc", included.as_bytes()), ("lib/b.inc", nested.as_bytes()), ("tones/half.wav", &half)];
    let (folder, path) = folder(document, &files);
    let mut bench = open(&path);
    let as_loaded = bench.play(480, &[], &[480]);
    assert_eq!(as_loaded[479], 0.5);
    let state = bench.control.save();
    let assets = state["document"]["assets"].as_array().expect("the project carries its files");
    let paths: Vec<&str> = assets.iter().filter_map(|asset| asset["path"].as_str()).collect();
    assert_eq!(paths, ["lib/a.inc", "lib/b.inc", "tones/half.wav"]);

    // Other files at their places: the project's are what plays, and that is said.
    std::fs::write(folder.path().join("tones/half.wav"), wave(0.25)).unwrap();
    let (mut bench, status) = Bench::restored(&state);
    assert!(!status.failed, "{:?}", status.diagnostics);
    assert!(
        status.diagnostics.iter().any(|one| one.text.contains("tones/half.wav on the disk is not")),
        "{:?}",
        status.diagnostics
    );
    assert_eq!(bench.play(480, &[], &[480]), as_loaded);

    // An edit keeps what it has, and so does what is saved from now on.
    drop(folder);
    let (mut bench, status) = Bench::restored(&state);
    assert!(!status.failed && status.diagnostics.is_empty(), "{:?}", status.diagnostics);
    assert_eq!(bench.play(480, &[], &[480]), as_loaded);
    bench.control.edit(format!("{document}; edited\n"));
    assert_eq!(bench.control.save()["document"]["assets"], state["document"]["assets"]);
    // A document that is opened has its own files alone.
    bench.control.load("instr 1\nendin\n".to_owned(), None);
    assert!(bench.control.save()["document"].get("assets").is_none());
}

#[test]
fn errors_name_the_included_file_and_its_line() {
    let document =
        "ksmps = 16\nnchnls = 2\n0dbfs = 1\n#include \"a.inc\"\ninstr 2\n a1 oscili 1, 440\nendin\n";
    for (included, line) in
        [("; one\ninstr 1\n a1 oscili 1,,\nendin\n", 3), ("instr 1\n a1 bogus 1\nendin", 2)]
    {
        let (_folder, path) = folder(document, &[("a.inc", included.as_bytes())]);
        let (_, status) = Bench::open_file(&path);
        assert!(status.failed);
        let error = status.diagnostics.iter().find(|one| one.line.is_some()).expect("a line is named");
        assert_eq!((error.file.as_deref(), error.line), (Some("a.inc"), Some(line)), "{error}");
    }
    // Behind the included file, lines are the document's own again.
    let broken = document.replace("440", "440,,");
    let (_folder, path) = folder(&broken, &[("a.inc", b"instr 1\nendin\n\n\n")]);
    let (_, status) = Bench::open_file(&path);
    let error = status.diagnostics.iter().find(|one| one.line.is_some()).expect("a line is named");
    assert_eq!((error.file.as_deref(), error.line), (None, Some(6)), "{error}");
}

#[test]
fn a_missing_file_is_an_error_with_its_line() {
    let (_, status) = Bench::open("ksmps = 16\n\n#include \"nowhere.inc\"\ninstr 1\nendin\n");
    assert!(status.failed);
    assert!(status.diagnostics.iter().any(|one| one.line == Some(3)), "{:?}", status.diagnostics);
}

#[test]
fn a_file_inside_the_document_is_included_like_one_beside_it() {
    let text = "<CsoundSynthesizer>\n<CsFile filename=\"in.inc\">\ninstr 1\nkfreq = p4\niamp = p5\nasig = oscili:a(iamp, kfreq)\n\
         outs asig, asig\nendin\n</CsFile>\n<CsInstruments>\nksmps = 16\nnchnls = 2\n0dbfs = 1\n#include \"in.inc\"\n\
         </CsInstruments>\n</CsoundSynthesizer>\n";
    let mut bench = Bench::new(text);
    assert!(peak(&bench.play(9600, &[(0, on(69))], &[512])) > 0.05);
}

/// The first diagnostic with a line: the file it names, and the line.
fn place(said: &[ksmps_core::diagnostic::Diagnostic]) -> (Option<&str>, Option<u32>) {
    let one = said.iter().find(|one| one.line.is_some()).unwrap_or_else(|| panic!("no line: {said:?}"));
    (one.file.as_deref(), one.line)
}

#[test]
fn errors_of_an_offline_engine_name_the_users_own_lines() {
    use ksmps_core::offline::OfflineEngine;
    use ksmps_core::verbs::EngineError;

    let (folder, _) = folder(
        "",
        &[("good.inc", b"instr 201\nendin\n"), ("bad.inc", b"\n\ninstr 202\n a1 bogus 3\nendin\n")],
    );
    let start = |builder: ksmps_core::offline::OfflineBuilder| match builder.build() {
        Err(EngineError::Start(said)) => said,
        other => panic!("{:?}", other.err()),
    };
    // What Csound refuses, and what is refused before: in the code, behind an included file, in one.
    let good = folder.path().join("good.inc");
    for code in ["gi1 = 1\n\ninstr 200\n a1 oscili 1,,\nendin\n", "gi1 = 1\n\n\ngi2 = 1/0\n"] {
        let plain = start(OfflineEngine::builder().global_code(code));
        assert_eq!(place(&plain), (None, Some(4)), "{plain:?}");
        let behind = start(OfflineEngine::builder().include(&good).global_code(code));
        assert_eq!(place(&behind), (None, Some(4)), "{behind:?}");
    }
    let bad = folder.path().join("bad.inc");
    let inside = start(OfflineEngine::builder().include(&good).include(&bad).global_code("gi1 = 1\n"));
    assert_eq!(place(&inside), (bad.to_str(), Some(4)), "{inside:?}");
    // A file that the code itself includes.
    let code = format!("gi1 = 1\n#include \"{}\"\n", bad.display());
    let included = start(OfflineEngine::builder().global_code(code));
    assert_eq!(place(&included), (bad.to_str(), Some(4)), "{included:?}");
}

#[test]
fn errors_in_a_template_name_the_documents_line_behind_an_included_file() {
    let document = "<CsoundSynthesizer>\n<CsInstruments>\nksmps = 32\nnchnls = 2\n0dbfs = 1\n#include \"a.inc\"\n</CsInstruments>\n\
                    <KsmpsSession>\ntemplate bad\n |kfreq=440, kamp=1|\n a1 bogus kfreq\nendtemplate\n</KsmpsSession>\n\
                    </CsoundSynthesizer>\n";
    let (_folder, path) = folder(document, &[("a.inc", b"gi1 = 1\ngi2 = 2\ngi3 = 3\n")]);
    let (_, status) = Bench::open_file(&path);
    assert_eq!(place(&status.diagnostics), (None, Some(11)), "{:?}", status.diagnostics);
}

#[test]
fn a_written_csd_names_its_own_lines() {
    use ksmps_core::offline::OfflineEngine;
    use ksmps_core::verbs::Sched;

    let mut engine = OfflineEngine::builder().global_code("gi1 = 1\n").build().unwrap();
    engine.compile("instr 200\n a1 oscili 0.1, 440\n outs a1, a1\nendin\n").unwrap();
    engine.sched(Sched::new(200).dur(0.1)).unwrap();
    let written = engine.generate_csd().unwrap().text("assets");
    let broken = written.replace("a1 oscili 0.1, 440", "a1 bogus 0.1, 440");
    let line = broken.lines().position(|line| line.contains("bogus")).map(|at| at as u32 + 1);
    let (_, status) = Bench::open(&broken);
    assert_eq!(place(&status.diagnostics), (None, line), "{:?}", status.diagnostics);
}

/// The level of `text/latin-1.csd` and the like: the bytes of `café`, and ten times those of `größe`, in 128ths.
fn bytes_heard(bench: &mut Bench) -> f32 {
    bench.play(960, &[], &[480])[959] * 128.0
}

#[test]
fn a_latin_1_file_has_texts_as_long_as_the_command_line_has_them() {
    let file = fault("text/latin-1.csd");
    let bytes = std::fs::read(&file).unwrap();
    let (folder, path) = folder("", &[("piece.csd", &bytes)]);
    let path = path.with_extension("csd");
    let mut bench = open(&path);
    assert_eq!(bytes_heard(&mut bench), 54.0);
    assert_eq!(bench.control.status().info.unwrap().params[0].1.name, "größe");

    // The project says how its text is written, and plays after the folder is gone.
    let state = bench.control.save();
    assert!(state["document"]["text"].as_str().is_some_and(|text| text.contains("größe")), "{state:#}");
    drop(folder);
    let mut restored = Bench::restored(&state).0;
    assert_eq!(bytes_heard(&mut restored), 54.0);
    assert_eq!(restored.control.save(), state);

    // An edit keeps the way, unless Latin-1 lacks one of its letters.
    let text = state["document"]["text"].as_str().unwrap();
    for (edited, bytes) in [(text.replace("café", "cafés"), 55.0), (text.replace("café", "caféλ"), 77.0)]
    {
        let ticket = restored.control.edit(edited);
        assert!(!restored.control.wait_for(ticket).failed);
        restored.play(4800, &[], &[480]);
        assert_eq!(bytes_heard(&mut restored), bytes);
    }
}

#[test]
fn a_utf_8_file_has_texts_as_long_as_before() {
    let (text, _) = ksmps_core::document::decode(&std::fs::read(fault("text/latin-1.csd")).unwrap());
    let (_folder, path) = folder("", &[("piece.csd", text.as_bytes())]);
    let mut bench = open(&path.with_extension("csd"));
    assert_eq!(bytes_heard(&mut bench), 75.0);
    assert_eq!(bytes_heard(&mut Bench::restored(&bench.control.save()).0), 75.0);
}

#[test]
fn an_included_latin_1_file_has_the_lengths_of_its_file_and_a_warning() {
    let document = "ksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\n#include \"words.inc\"\ninstr 1\n \
                    asig = a((strlen:i(gSword) + 50) / 128)\n outs asig, asig\nendin\nschedule 1, 0, 1\n";
    let (folder, path) = folder(document, &[("words.inc", b"gSword = \"caf\xe9\"\n")]);
    let mut bench = open(&path);
    let said = bench.control.status().diagnostics;
    assert!(said.iter().any(|one| one.text.contains("words.inc is not UTF-8")), "{said:?}");
    assert_eq!(bytes_heard(&mut bench), 54.0);
    let state = bench.control.save();
    drop(folder);
    assert_eq!(bytes_heard(&mut Bench::restored(&state).0), 54.0);
}
