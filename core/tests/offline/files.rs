//! What is written: sound files of every kind, and the .csd.

use std::process::Command;

use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::offline::sound_file::{Encoding, Format, about, read};
use ksmps_core::verbs::{Automation, EngineError, Sched, TableSpec};

use super::{engine, rendered, settings};

const DC: &str = "instr 100\n kval = p4\n outch 1, a(kval)\nendin\ninstr named\n kval = p4\n outch 1, a(kval)*0.5\nendin\n";

#[test]
fn every_format_holds_what_was_played() {
    let folder = tempfile::tempdir().unwrap();
    let kinds = [
        ("16.wav", Some(Encoding::Pcm16), 1e-4),
        ("24.wav", Some(Encoding::Pcm24), 1e-6),
        ("32.wav", Some(Encoding::Pcm32), 1e-8),
        ("f32.wav", None, 1e-7),
        ("f64.wav", Some(Encoding::Float64), 0.0),
        ("f.aiff", None, 1e-7),
        ("16.aif", Some(Encoding::Pcm16), 1e-4),
        ("24.flac", None, 1e-6),
        ("v.ogg", None, 0.02),
        ("f.w64", None, 1e-7),
    ];
    for (name, encoding, tolerance) in kinds {
        let path = folder.path().join(name);
        let mut builder = ksmps_core::offline::OfflineEngine::builder().channels(1).outfile(&path);
        if let Some(encoding) = encoding {
            builder = builder.encoding(encoding);
        }
        let mut engine = builder.build().unwrap();
        engine.compile(DC).unwrap();
        engine.sched(Sched::new(100).dur(0.5).arg(0.3)).unwrap();
        let job = engine.stop().unwrap().unwrap();
        let sound = read(&path).unwrap();
        assert_eq!(sound.about.frames, job.frames, "{name}");
        let seen = sound.samples[11_025];
        assert!((seen - 0.3).abs() <= tolerance, "{name}: {seen}");
    }
}

#[test]
fn what_an_encoding_cannot_hold_is_clipped() {
    let mut engine = settings().encoding(Encoding::Pcm16).build().unwrap();
    engine.compile(DC).unwrap();
    engine.sched(Sched::new(100).dur(0.1).arg(3.0)).unwrap();
    let sound = rendered(&mut engine);
    assert!((sound.samples[2000] - 1.0).abs() < 1e-4);
}

#[test]
fn a_format_that_cannot_hold_it_is_refused() {
    let refused = settings().format(Format::Flac).encoding(Encoding::Float64).build();
    assert!(matches!(refused, Err(EngineError::File { .. })));
}

#[test]
fn a_file_can_be_read_while_it_grows_and_is_gone_when_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("growing.wav");
    let mut engine = settings().outfile(&path).build().unwrap();
    engine.compile(DC).unwrap();
    engine.perform_until(0.1).unwrap();
    assert_eq!(engine.job().unwrap().frames, 69 * 64);
    engine.cancel(true).unwrap();
    assert!(!path.exists());
}

#[test]
fn nothing_rendered_is_no_file_to_speak_of() {
    let mut engine = engine(DC);
    engine.sched(Sched::new(100).dur(0.1).arg(0.3)).unwrap();
    assert_eq!(engine.stop_with(false, 0.0), Ok(None));
}

#[test]
fn the_exported_csd_sounds_the_same_in_csound() {
    let folder = tempfile::tempdir().unwrap();
    let csd = folder.path().join("piece.csd");
    let mut engine = engine(DC);
    let table = engine.make_table(&vec![0.25; 2048], TableSpec::default()).unwrap();
    engine.compile("instr 110\n itab = p4\n outch 1, a(tab:k(7, itab))\nendin").unwrap();
    engine.sched(Sched::new(100).dur(0.2).arg(0.3).comment("first")).unwrap();
    engine.sched(Sched::new("named").delay(0.1).dur(0.2).arg(0.5).unique()).unwrap();
    engine.sched(Sched::new(110).delay(0.3).dur(0.1).arg(table)).unwrap();
    engine.without_history(|engine| engine.sched(Sched::new(100).delay(1.0).dur(0.0).arg(0.0))).unwrap();
    engine.set_end_marker(0.4).unwrap();
    engine.write(&csd).unwrap();
    assert!(folder.path().join("piece.assets/table-0300.gen23").exists());
    let wav = folder.path().join("piece.wav");
    let mut csound = Command::new("csound");
    csound.args(["-d", "-m0", "-W", "--format=double", "-o"]).arg(&wav).arg(&csd);
    let output = csound_in(&mut csound, folder.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (ours, theirs) = (rendered(&mut engine), read(&wav).unwrap());
    let length = ours.samples.len().min(theirs.samples.len());
    assert!(about(&wav).unwrap().frames >= 17_600);
    assert_eq!(ours.samples[..length], theirs.samples[..length]);
}

fn csound_in(command: &mut Command, folder: &std::path::Path) -> std::process::Output {
    command.current_dir(folder).output().expect("csound is installed")
}

#[test]
fn a_line_is_exported_as_its_values() {
    let mut engine = engine(DC);
    let id = engine.sched(Sched::new(100).dur(0.2).arg(0.3).unique()).unwrap();
    engine.automatep(&id, 4, &Automation::new(&[0.0, 0.1, 0.1, 0.5]).unwrap()).unwrap();
    engine.setp(&id, [(4, 0.7)], 0.15).unwrap();
    let text = engine.generate_csd().unwrap().text("assets");
    assert!(text.contains("f 100000 0.0 -70 -2 0.1 "), "{text}");
    assert!(
        text.contains("i \"_automate\" 0.0 ") && text.contains("i \"_setp\" 0.15 0 0 100.0002 4 0.7"),
        "{text}"
    );
}
