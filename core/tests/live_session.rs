//! Seam: `player` with a session: the document's templates, and the session that the project keeps.

mod common;

use common::{Bench, RATE, off, on, peak, pitch};
use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::offline::sound_file::{self, Encoding};
use ksmps_core::offline::{RenderOptions, RenderSession as _};
use ksmps_core::player::Status;
use ksmps_core::session::{
    Automate, BusKind, PlaySample, SampleSource, Sched, Session, SessionConfig, SessionError, SessionFile,
    TableSource, Template,
};
use ksmps_core::verbs::{Curve, Sched as LiveSched};

const KSMPS: usize = 32;
/// A document that makes no sound of its own.
const SILENT: &str = "ksmps = 32\nnchnls = 2\n0dbfs = 1\nA4 = 442\n;@notes off\n";

fn session() -> Session {
    let config = SessionConfig { sr: RATE as u32, ksmps: KSMPS as u32, ..SessionConfig::default() };
    Session::new(config).unwrap()
}

/// An instance whose project has this document and this session.
fn open(document: &str, session: &Session) -> (Bench, Status) {
    let mut bench = Bench::open(document).0;
    bench.control.set_session(session.to_file()).unwrap();
    let status = bench.control.activate(RATE);
    bench.player.adopt();
    (bench, status)
}

fn playing(document: &str, session: &Session) -> Bench {
    let (bench, status) = open(document, session);
    assert!(!status.failed && status.diagnostics.is_empty(), "{:?}", status.diagnostics);
    bench
}

fn rendered(session: &Session, seconds: f64) -> Vec<f64> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("render.wav");
    let encoding = Some(Encoding::Float64);
    let options = RenderOptions { endtime: Some(seconds), encoding, ..RenderOptions::default() };
    session.render(&path, &options).unwrap();
    let sound = sound_file::read(&path).unwrap();
    sound.samples.chunks(2).map(|frame| frame[0]).collect()
}

/// An effect chain over buses, tables, controls in a table, texts, channels, stops, changes and lines.
fn busy() -> Session {
    let mut session = session();
    session.add_code("gidepth = 0.5\n", false);
    session
        .define(Template::new(
            "tone",
            "|ibus, kfreq=440, kamp=0.1|\nbusmix ibus, oscili:a(kamp, kfreq)*linsegr:a(0, 0.01, 1, 0.1, 0)",
        ))
        .unwrap();
    let room = "|ifrom, kgain=1|\nasig = busin:a(ifrom)\naout = asig*kgain + delay:a(asig, 0.01)*gidepth\nouts aout, aout";
    session.define(Template::new("room", room).controls_in_table()).unwrap();
    session
        .define(Template::new(
            "table",
            "|itab, Sname=\"level\"|\nklevel = chnget:k(Sname)\nouts oscili:a(klevel, 110, itab), a(0)",
        ))
        .unwrap();
    session.init_channel("level", Some(0.1.into()), None).unwrap();
    session.set_channel("level", 0.2, 0.25).unwrap();
    let bus = session.assign_bus(Some(BusKind::Audio), None, true).unwrap();
    let table = session.make_table(TableSource::Data(vec![0.0, 1.0, 0.0, -1.0]), 0, 1, 0.0, true).unwrap();
    session.init_channel("which", Some("level".into()), None).unwrap();
    session.set_channel("which", "other", 0.35).unwrap();
    session.init_channel("other", Some(0.3.into()), None).unwrap();
    session
        .define(Template::new("by name", "Sname chnget \"which\"\nklevel chnget Sname\nouts a(klevel), a(0)"))
        .unwrap();
    session.sched(Sched::new("by name").at(0.34).dur(0.05)).unwrap();
    let first = session.sched(Sched::new("tone").at(0.05).dur(0.3).with("ibus", bus)).unwrap();
    session.automate(first, "kfreq", Automate::new([(0.0, 440.0), (0.2, 880.0)]).curve(Curve::Cos)).unwrap();
    let second = session.sched(Sched::new("tone").at(0.1).with("ibus", bus).with("kfreq", 300.0)).unwrap();
    session.set(second, "kamp", 0.05, 0.2).unwrap();
    session.stop(second, 0.31).unwrap();
    let room = session.sched(Sched::new("room").priority(-1).with("ifrom", bus)).unwrap();
    session.set(room, "kgain", 0.5, 0.15).unwrap();
    session.automate(room, "kgain", Automate::new([(0.0, 0.5), (0.1, 1.0)]).at(0.2)).unwrap();
    session.sched(Sched::new("table").at(0.2).dur(0.2).with("itab", table).with("Sname", "level")).unwrap();
    session
}

#[test]
fn a_plugin_plays_a_session_as_it_is_rendered_in_any_cut() {
    let session = busy();
    let expected = rendered(&session, 0.5);
    assert!(expected.iter().any(|sample| sample.abs() > 0.1));
    for cuts in [&[512][..], &[64], &[1, 7, 333]] {
        let sound = playing(SILENT, &session).play(24_000, &[], cuts);
        for (frame, (heard, wanted)) in sound[KSMPS..].iter().zip(&expected).enumerate() {
            assert_eq!(*heard, *wanted as f32, "frame {frame} in blocks of {cuts:?}");
        }
    }
}

#[test]
fn a_project_brings_its_session_back_and_every_new_engine_has_it() {
    let session = busy();
    let mut bench = playing(SILENT, &session);
    let first = bench.play(24_000, &[], &[512]);
    let state = bench.control.save();
    assert_eq!(state["session"]["ksmps_session"], 1);
    let json = serde_json::to_string(&state).unwrap();

    // Another machine, a year later.
    let mut other = Bench::open("").0;
    other.control.restore(&serde_json::from_str(&json).unwrap()).unwrap();
    let status = other.control.activate(RATE);
    assert!(!status.failed, "{:?}", status.diagnostics);
    other.player.adopt();
    assert_eq!(other.play(24_000, &[], &[480]), first);
    assert_eq!(other.control.save()["session"], state["session"]);

    // A reset, and an edit of the document.
    other.player.reset();
    assert_eq!(other.play(24_000, &[], &[480]), first);
    let ticket = other.control.edit(format!("{SILENT}; edited\n"));
    assert!(!other.control.wait_for(ticket).failed);
    assert!(peak(&other.play(24_000, &[], &[480])) > 0.1);
    // Another document has a project of its own.
    let ticket = other.control.load(SILENT.to_owned(), None);
    assert!(!other.control.wait_for(ticket).failed);
    other.play(4_800, &[], &[480]);
    assert_eq!(peak(&other.play(24_000, &[], &[480])), 0.0);
}

const CHAIN: &str = "<CsoundSynthesizer>\n<CsInstruments>\nksmps = 32\nnchnls = 2\n0dbfs = 1\n\
    gidry busassign \"audio\", 1\n\
    instr 60\n asig = oscili:a(0, 1)\nendin\n</CsInstruments>\n\
    <KsmpsSession>\n; a source, and what it goes through\n\
    template saw priority=2 ;@notes voices=4\n  |kfreq=440, kamp=0.1, kcut=20000|\n  ;@param saw.kcut 100..20000 exp\n\
    \x20 busmix gidry, oscili:a(kamp, kfreq)*linsegr:a(0, 0.01, 1, 0.05, 0)\nendtemplate\n\
    template room\n  |kgain=1|\n  asig = busin:a(gidry)*kgain\n  outs asig, asig\nendtemplate\n\
    sched room priority=-1 kgain=0.5\n</KsmpsSession>\n</CsoundSynthesizer>\n";

#[test]
fn session_code_of_macros_alone_plays_rendered_and_live() {
    let json = include_str!("../../tests/faults/session/body-macro.json");
    let session = Session::from_file(&SessionFile::from_json(json).unwrap()).unwrap();
    let sound: Vec<f32> = rendered(&session, 1.0).into_iter().map(|sample| sample as f32).collect();
    let live = playing(SILENT, &session).play(24_000, &[], &[512]);
    for sound in [&sound, &live] {
        assert!((peak(sound) - 0.1).abs() < 1e-3, "{}", peak(sound));
        assert!((pitch(&sound[4800..24_000]) - 300.0).abs() < 0.1, "{}", pitch(&sound[4800..24_000]));
    }
}

#[test]
fn a_document_declares_templates_that_notes_start_at_a_priority() {
    let mut bench = Bench::new(CHAIN);
    let status = bench.control.status();
    assert_eq!(status.info.unwrap().params[0].1.name, "saw.kcut");
    let sound = bench.play(24_000, &[(4_800, on(69)), (14_400, off(69))], &[480]);
    let onset = sound.iter().position(|sample| *sample != 0.0).unwrap();
    assert!((4_800 + KSMPS..4_800 + 2 * KSMPS).contains(&onset), "{onset}");
    let held = &sound[7_200..12_000];
    assert!((pitch(held) - 440.0).abs() < 0.5, "{}", pitch(held));
    // (velocity 0.8)² through the standing event's gain of 0.5.
    assert!((peak(held) - 0.32).abs() < 0.005, "{}", peak(held));
    assert_eq!(peak(&sound[20_000..]), 0.0);
}

#[test]
fn templates_are_started_by_name_and_beside_a_session() {
    let mut bench = Bench::new(CHAIN);
    let (_, ticket) = bench
        .control
        .edit_session(|session| session.sched(Sched::new("saw").at(0.1).dur(0.2).with("kfreq", 300.0)))
        .unwrap();
    assert!(!bench.control.wait_for(ticket).failed);
    let sound = bench.play(24_000, &[], &[480]);
    assert!((pitch(&sound[6_000..13_000]) - 300.0).abs() < 0.5);
    assert_eq!(peak(&sound[20_000..]), 0.0);
    // What is left out has the template's default; live events and the session's do not disturb each other.
    let id = bench.control.sched(LiveSched::new("saw").field("kamp", 0.2).unique()).unwrap();
    let sound = bench.play(24_000, &[], &[480]);
    assert!((pitch(&sound[12_000..]) - 440.0).abs() < 0.5, "{}", pitch(&sound[12_000..]));
    bench.control.unsched(&id, 0.0).unwrap();
    bench.play(4_800, &[], &[480]);
    assert_eq!(peak(&bench.play(4_800, &[], &[480])), 0.0);
    assert!(
        bench.control.session().unwrap().to_file().templates.is_empty(),
        "the document's are not written down"
    );
}

#[test]
fn sound_files_travel_in_the_project() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("click.wav");
    let mut writer =
        sound_file::Writer::create(&path, sound_file::Format::Wav, Encoding::Float32, RATE as u32, 1)
            .unwrap();
    writer.write(&[0.5; 4_800]).unwrap();
    writer.flush().unwrap();
    let mut session = session();
    let play = PlaySample { fade: (0.0, 0.0), ..PlaySample::default() };
    session.play_sample(SampleSource::File(path.clone()), play).unwrap();
    let table = session.read_sound(
        ksmps_core::session::Sound { path: path.clone(), channel: 0, skip: 0.0 },
        0.0,
        true,
    );
    session.play_sample(SampleSource::Table(table.unwrap()), PlaySample { at: 0.2, ..play }).unwrap();
    let expected = rendered(&session, 0.4);
    let state = playing(SILENT, &session).control.save();
    std::fs::remove_file(&path).unwrap();

    let mut bench = Bench::open("").0;
    bench.control.restore(&state).unwrap();
    let status = bench.control.activate(RATE);
    assert!(!status.failed && status.diagnostics.is_empty(), "{:?}", status.diagnostics);
    bench.player.adopt();
    let sound = bench.play(19_000, &[], &[512]);
    assert!(peak(&sound[..9_000]) > 0.2, "{}", peak(&sound[..9_000]));
    assert!(
        peak(&sound[9_000..]) > 0.2,
        "{} {:?}",
        peak(&sound[9_000..]),
        expected.iter().fold(0.0, |a: f64, b| a.max(b.abs()))
    );
    for (frame, (heard, wanted)) in sound[KSMPS..].iter().zip(&expected).enumerate() {
        assert_eq!(*heard, *wanted as f32, "frame {frame}");
    }
    // A change on that machine keeps what is carried.
    bench.control.edit_session(|session| session.set_end_marker(3.0)).unwrap();
    assert_eq!(bench.control.save()["session"]["sounds"], state["session"]["sounds"]);
    assert_eq!(bench.control.save()["session"]["tables"], state["session"]["tables"]);
}

#[test]
fn what_is_wrong_with_a_session_is_said_and_nothing_is_lost() {
    let said = |document: &str| {
        let status = Bench::open(document).1;
        assert!(status.failed, "{document}");
        status.diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let with = |section: &str| {
        let head = "<CsoundSynthesizer>\n<CsInstruments>\nksmps = 32\nnchnls = 2\n0dbfs = 1\n</CsInstruments>\n<KsmpsSession>\n";
        format!("{head}{section}\n</KsmpsSession>\n</CsoundSynthesizer>\n")
    };
    for (section, wanted) in [
        ("template a\n|kx=1|\nouts nothing(kx)\nendtemplate\nsched a", "line 10"),
        ("template a\n|kx=1\nendtemplate", "line 9"),
        ("template a\nouts 1", "line 8: error: this template has no endtemplate"),
        ("template a\nendtemplate\ntemplate a\nendtemplate", "line 10: error: there are two templates"),
        ("template a priority=11\nendtemplate", "there is no priority 11"),
        ("template a\nendtemplate\nsched b", "line 10: error: there is no template b; there are: a"),
        ("template a\nendtemplate\nsched a kfoo=1", "a has no argument kfoo"),
        ("instr 1\nendin", "`instr` means nothing in <KsmpsSession>"),
        ("template a loud\nendtemplate", "`loud` does not belong here"),
    ] {
        let heard = said(&with(section));
        assert!(heard.contains(wanted), "{section}: {heard}");
    }
    // What the project keeps and what the document has may not be the same.
    let mut kept = session();
    kept.define(Template::new("room", "outs a(1), a(1)")).unwrap();
    let bench = Bench::new(CHAIN);
    let refused = bench.control.set_session(kept.to_file()).unwrap_err();
    assert_eq!(refused, SessionError::TwoTemplates("room".into()));

    let mut kept = session();
    kept.make_table(TableSource::Zeros(8), 0, 1, 0.0, true).unwrap();
    let document = format!("{SILENT}gi_ ftgen 2, 0, 8, -2, 0\n");
    let (_, status) = open(&document, &kept);
    assert!(status.diagnostics[0].text.contains("table 2 of the session"), "{:?}", status.diagnostics);

    let mut kept = session();
    kept.set_channel("name", "late".repeat(200), 2.0).unwrap();
    let (_, status) = open(SILENT, &kept);
    assert!(status.diagnostics[0].text.contains("channel name at 2 s"), "{:?}", status.diagnostics);

    // A later version's session stays in the project, and the last good sound goes on.
    let mut bench = playing(SILENT, &busy());
    let mut state = bench.control.save();
    state["session"]["ksmps_session"] = 2.into();
    let ticket = bench.control.restore(&state).unwrap();
    let status = bench.control.wait_for(ticket);
    assert!(status.failed && status.diagnostics[0].text.contains("version 2"), "{:?}", status.diagnostics);
    assert!(peak(&bench.play(24_000, &[], &[480])) > 0.1);
    assert_eq!(bench.control.save()["session"], state["session"]);
}

/// A document with a section, whose first line is line 8.
fn with_section(section: &str) -> String {
    let head = "<CsoundSynthesizer>\n<CsInstruments>\nksmps = 32\nnchnls = 2\n0dbfs = 1\n</CsInstruments>\n<KsmpsSession>\n";
    format!("{head}{section}\n</KsmpsSession>\n</CsoundSynthesizer>\n")
}

const TONE: &str =
    "template tone ;@notes\n|kfreq=440, kamp=0.1|\nouts oscili:a(kamp, kfreq), a(0)\nendtemplate\n";

fn first_said(document: &str) -> String {
    let status = Bench::open(document).1;
    assert!(status.failed, "{document}");
    status.diagnostics[0].to_string()
}

#[test]
fn nothing_of_a_sched_is_left_out_in_silence() {
    for (line, wanted) in [
        ("sched tone kamp=", "line 12: error: `kamp=` is not understood"),
        ("sched tone kamp=\"low", "line 12: error: `kamp=\"low` is not understood"),
        ("template b priority=\nendtemplate", "line 12: error: `priority=` is not understood"),
        ("/* for now\nsched tone", "line 12: error: a comment /* is opened here and never closed"),
    ] {
        let said = first_said(&with_section(&format!("{TONE}{line}")));
        assert!(said.starts_with(wanted), "{line}: {said}");
    }
    let commented =
        "sched tone kamp=0.3;loud\n/* ß */ sched tone at=9 // later\nsched tone /* at=9 */ kamp=0.2 dur=0.1";
    let mut bench = Bench::new(&with_section(&format!("{TONE}{commented}")));
    let sound = bench.play(9_600, &[], &[480]);
    assert!((peak(&sound[..4_000]) - 0.5).abs() < 0.01, "{}", peak(&sound[..4_000]));
    assert!((peak(&sound[7_200..]) - 0.3).abs() < 0.01, "{}", peak(&sound[7_200..]));
}

#[test]
fn templates_have_names_in_any_letters() {
    let text = with_section(&TONE.replace("tone", "größe")).replace("</Ksmps", "sched größe ; ß\n</Ksmps");
    assert!(peak(&Bench::new(&text).play(4_800, &[], &[480])) > 0.09);
}

#[test]
fn a_text_that_would_crash_csound_is_said_with_its_line() {
    for (body, line) in [
        ("kfreq = 1\nouts a(0), a(1/0)", 10),
        ("|kfreq=440|\nouts a(0), a(1/0)", 10),
        ("|kfreq=440,\nkamp=1,\nkpan=0|\nouts a(0), a(1/0)", 12),
    ] {
        let said = first_said(&with_section(&format!("template tone\n{body}\nendtemplate")));
        assert!(
            said.starts_with(&format!("line {line}: error: a constant here is infinite")),
            "{body}: {said}"
        );
    }
    let said = first_said("ksmps = 32\n<KsmpsSession>\n</KsmpsSession>\n");
    assert!(said.starts_with("line 2: error: <KsmpsSession> stands in an orchestra"), "{said}");
    let said = first_said(&with_section(TONE).replace("0dbfs = 1\n", "0dbfs = 1\ninstr 31000\nendin\n"));
    assert!(said.contains("would reach 32910"), "{said}");
}

#[test]
fn notes_and_events_do_not_take_each_others_room() {
    let mut kept = session();
    for number in 0..300 {
        let name = format!("t{number}");
        kept.define(Template::new(&name, "outs a(0.001), a(0)")).unwrap();
        kept.sched(Sched::new(&name)).unwrap();
    }
    let sound = playing(SILENT, &kept).play(960, &[], &[480]);
    assert!((peak(&sound) - 0.3).abs() < 1e-4, "{}", peak(&sound));
}

#[test]
fn notes_say_which_arguments_they_do_not_fill() {
    let more: String = (0..80).map(|number| format!(", kx{number}=1")).collect();
    let text = with_section(&TONE.replace("kamp=0.1", &format!("kamp=0.1{more}")));
    let status = Bench::open(&text).1;
    assert!(status.diagnostics[0].text.contains("notes fill p-fields up to p64"), "{:?}", status.diagnostics);
}

#[test]
fn a_session_cannot_be_changed_into_one_that_is_refused() {
    let bench = Bench::new(&with_section(TONE));
    let shadow = |session: &mut Session| {
        session.sched(Sched::new("tone"))?;
        session.define(Template::new("tone", "outs a(1), a(1)"))?;
        // What it would be written as can be asked for all the same.
        session.to_file();
        Ok(())
    };
    assert_eq!(bench.control.edit_session(shadow).unwrap_err(), SessionError::TwoTemplates("tone".into()));
    assert!(bench.control.save().get("session").is_none());
    // Whoever changes it may ask the instance, and a change that another one overtook is not lost in silence.
    let overtaken = bench.control.edit_session(|_| {
        bench.control.clear_session();
        bench.control.session().map(drop)
    });
    assert_eq!(overtaken.unwrap_err(), SessionError::Changed);
}

#[test]
fn damaged_sessions_are_refused_with_their_reason() {
    let bench = Bench::new(&with_section(TONE));
    let silent = r#""templates":[{"name":"a","body":"outs a(0), a(0)"}]"#;
    for (part, wanted) in [
        (r#""committed":[[18446744073709551615,1]]"#, "there is no template 18446744073709551615"),
        (r#""events":[{"template":"a","version":18446744073709551615}]"#, "there is no template 1844"),
        (r#""config":{"audio_buses":4294967295}"#, "4294967295 audio buses"),
        (r#""config":{"control_buses":4294967295}"#, "4294967295 control buses"),
        (r#""config":{"controls_per_event":4294967295}"#, "4294967295 controls"),
    ] {
        let json = format!(r#"{{"ksmps_session":1,{silent},{part}}}"#);
        let mut state = bench.control.save();
        state["session"] = serde_json::from_str(&json).unwrap();
        let ticket = bench.control.restore(&state).unwrap();
        let status = bench.control.wait_for(ticket);
        assert!(status.diagnostics[0].text.contains(wanted), "{part}: {:?}", status.diagnostics);
        assert_eq!(bench.control.save()["session"], state["session"]);
    }
}

#[test]
fn instruments_of_the_sessions_code_and_its_templates_do_not_replace_each_other() {
    let mut kept = session();
    kept.add_code("instr 50\nouts a(0.25), a(0)\nendin\nschedule 50, 0, -1\n", false);
    kept.define(Template::new("silent", "outs a(0), a(0)")).unwrap();
    let (_, status) = open(SILENT, &kept);
    assert!(
        status.diagnostics[0].text.contains("instr 50 of the session's code"),
        "{:?}",
        status.diagnostics
    );
    // Names get the lowest numbers that are free.
    let mut kept = session();
    kept.add_code("instr own\nouts a(0.25), a(0)\nendin\nschedule \"own\", 0, -1\n", false);
    kept.define(Template::new("silent", "outs a(0), a(0)")).unwrap();
    let many: String = (1..=60).map(|number| format!("instr {number}\nendin\n")).collect();
    let sound = playing(&format!("{SILENT}{many}"), &kept).play(960, &[], &[480]);
    assert!((peak(&sound) - 0.25).abs() < 1e-6, "{}", peak(&sound));
}
