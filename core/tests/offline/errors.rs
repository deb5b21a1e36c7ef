//! Each thing that can be wrong has an error of its own, and the engine goes on.

use std::path::Path;

use ksmps_core::csound::{BusError, BusKind, BusToken, Preparing};
use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::engine::{Direct, Growing};
use ksmps_core::offline::OfflineEngine;
use ksmps_core::verbs::{
    Automation, ChannelMode, Curve, EngineError, PlayDisk, PlaySample, ReservedRange, Sched, SoundRead,
    TableNumber, TableSpec, When,
};

use super::{engine, rendered, settings};

const ORCHESTRA: &str = "instr 100\n kval = p4\n outch 1, a(kval)\nendin\n";

/// Any sound file.
fn sound_file() -> std::path::PathBuf {
    let mut engine = engine(ORCHESTRA);
    engine.sched(Sched::new(100).dur(0.01).arg(0.5)).unwrap();
    let job = engine.stop().unwrap().unwrap();
    let path = std::env::temp_dir().join(format!("ksmps-errors-{}.wav", std::process::id()));
    std::fs::copy(job.path, &path).unwrap();
    path
}

/// Asks for something wrong and says which error came.
fn answer<T>(ask: impl FnOnce(&mut OfflineEngine) -> Result<T, EngineError>) -> EngineError {
    let mut engine = engine(ORCHESTRA);
    let error = ask(&mut engine).err().expect("this is wrong");
    engine.sched(Sched::new(100).dur(0.05).arg(0.5)).expect("the engine goes on");
    assert!(rendered(&mut engine).samples.contains(&0.5));
    error
}

macro_rules! wrong {
    ($($name:ident: $ask:expr => $error:pat,)*) => {
        $(#[test]
        fn $name() {
            let error = answer($ask);
            assert!(matches!(error, $error), "{error:?}");
        })*
    };
}

wrong! {
    a_length_without_end: |e| e.sched(Sched::new(100).dur(f64::INFINITY)) => EngineError::BadTime(_),
    a_speed_that_is_none: |e| {
        let table = e.make_table(&[1.0], TableSpec::default())?;
        e.play_sample(table, PlaySample { speed: 0.0, ..PlaySample::default() })
    } => EngineError::BadSpeed(0.0),
    a_file_at_no_speed: |e| e.play_from_disk(&sound_file(), PlayDisk { speed: f64::NAN, ..PlayDisk::default() }) => EngineError::BadSpeed(_),
    a_soundfont_that_is_none: |e| e.soundfont_preset(Path::new(file!()), 0, 0) => EngineError::File { .. },
    code_without_a_value: |e| e.eval("i1 = 3\ni2 = 4") => EngineError::NoValue(_),
    what_csound_itself_refuses: |e| e.input_message("i 100 0 1 \"a\0b\"") => EngineError::Csound(_),
    a_question_without_an_answer: |e| e.sched_sync(&Sched::new(100), 0.01) => EngineError::NoAnswer { .. },
    a_reserved_number: |e| e.compile("instr 50\nendin") => EngineError::ReservedNumber { number: 50, first: 1, last: 99, .. },
    a_range_of_ones_own: |e| {
        e.reserve_range(ReservedRange { owner: "me".into(), first: 400, last: 499 })?;
        e.compile("instr 450\nendin")
    } => EngineError::ReservedNumber { number: 450, .. },
    code_that_does_not_compile: |e| e.compile("instr 200\n outch 1, bogusopcode(3)\nendin") => EngineError::Compile(_),
    code_that_does_not_evaluate: |e| e.eval("return bogusopcode(3)") => EngineError::Compile(_),
    an_unknown_name: |e| e.sched(Sched::new("nosuch")) => EngineError::UnknownInstrument(_),
    an_unknown_number: |e| e.sched(Sched::new(333)) => EngineError::UnknownInstrument(_),
    a_number_that_is_none: |e| e.sched(Sched::new(f64::NAN)) => EngineError::UnknownInstrument(_),
    a_unique_fraction: |e| e.sched(Sched::new(100.3).unique()) => EngineError::UniqueFraction(_),
    both_kinds_of_args: |e| e.sched(Sched::new(100).args([1.0]).arg(2)) => EngineError::ArgsAndPfields,
    an_unknown_keyword: |e| e.sched(Sched::new(100).field("kbogus", 1)) => EngineError::UnknownField(_),
    a_p_field_that_is_fixed: |e| e.setp(100, [(3, 1.0)], 0.0) => EngineError::FixedField(3),
    too_many_pairs: |e| e.setp(100, [(4, 1.0); 6], 0.0) => EngineError::TooManyPairs { given: 6, max: 5 },
    odd_pairs: |_| Automation::new(&[0.0, 1.0, 2.0]) => EngineError::OddPairs(3),
    points_that_go_back: |_| Automation::new(&[0.0, 1.0, 2.0, 1.0, 1.0, 1.0]) => EngineError::BadPoints(_),
    an_unknown_mode: |_| "nonsense".parse::<Curve>().map_err(EngineError::from) => EngineError::UnknownMode(_),
    an_unknown_field_of_a_line: |e| e.automatep(100, "nope", &Automation::new(&[0.0, 1.0])?) => EngineError::UnknownField(_),
    a_time_that_is_over: |e| {
        e.perform_until(0.01)?;
        e.sched(Sched::new(100).at(0.005))
    } => EngineError::Past { .. },
    a_time_that_is_none: |e| e.sched(Sched::new(100).delay(f64::NAN)) => EngineError::BadTime(_),
    a_length_that_is_none: |e| e.sched(Sched::new(100).dur(f64::NAN)) => EngineError::BadTime(_),
    an_audio_bus_with_a_value: |e| e.assign_bus(Some(BusKind::Audio), Some(1.0), true) => EngineError::Bus(BusError::AudioValue),
    a_bus_that_is_not_there: |e| e.write_bus(BusToken(7), 1.0, 0.0) => EngineError::Bus(BusError::Unknown(_)),
    a_bus_that_was_released: |e| {
        let bus = e.assign_bus(None, Some(1.0), true)?;
        e.release_bus(bus, 0.0)?;
        e.read_bus(bus)
    } => EngineError::Bus(BusError::Unknown(_)),
    an_audio_bus_written: |e| {
        let bus = e.assign_bus(Some(BusKind::Audio), None, true)?;
        e.write_bus(bus, 1.0, 0.0)
    } => EngineError::Bus(BusError::WrongKind { .. }),
    a_table_that_is_not_there: |e| e.table_info(9999) => EngineError::MissingTable(9999),
    a_sample_that_is_not_there: |e| e.play_sample(9999, PlaySample::default()) => EngineError::MissingTable(9999),
    a_table_freed_twice: |e| {
        let table = e.make_table(&[1.0], TableSpec::default())?;
        e.free_table(table, 0.0)?;
        e.free_table(table, 0.0)
    } => EngineError::MissingTable(_),
    a_place_outside_a_table: |e| {
        let table = e.make_table(&[1.0, 2.0, 3.0], TableSpec::default())?;
        e.write_table(table, 3, 0.0, 0.0)
    } => EngineError::TableIndex { index: 3, length: 3, .. },
    a_table_without_values: |e| e.make_table(&[], TableSpec::default()) => EngineError::BadTable(_),
    a_late_table_without_a_number: |e| {
        e.make_table(&[1.0], TableSpec { number: TableNumber::Csound, when: When::In(1.0), ..TableSpec::default() })
    } => EngineError::BadTable(_),
    an_output_that_is_not_there: |e| {
        let table = e.make_table(&[1.0], TableSpec::default())?;
        e.play_sample(table, PlaySample { channel: 2, ..PlaySample::default() })
    } => EngineError::NoChannel(2),
    a_file_that_is_not_there: |e| e.read_soundfile(Path::new("/nowhere.wav"), SoundRead::default()) => EngineError::File { .. },
    a_channel_that_is_not_there: |e| e.control_channel("nonexisting") => EngineError::UnknownChannel(_),
    a_channel_of_another_kind: |e| {
        e.init_channel("word", "soft", ChannelMode::Read)?;
        e.set_channel("word", 1.0, 0.0)
    } => EngineError::ChannelKind(_),
    a_score_line_that_is_none: |e| e.input_message("x 1 2 3") => EngineError::ScoreLine(_),
    a_score_line_whose_name_is_too_long_for_csound: |e| e.input_message(&format!("i \"{}\" 0 1 \"text\"", "N".repeat(300))) => EngineError::ScoreLine(_),
    a_text_with_a_nul: |e| e.str_set("a\0b") => EngineError::BadString(_),
    a_line_that_cannot_be_exported: |e| {
        e.automatep(100, 4, &Automation::new(&[0.0, 1.0])?.overtake())?;
        e.generate_csd()
    } => EngineError::NotExportable(_),
}

#[test]
fn a_failed_compile_names_line_and_text_and_leaves_the_sound() {
    let mut engine = engine(ORCHESTRA);
    engine.sched(Sched::new(100).dur(0.2).arg(0.5)).unwrap();
    engine.perform_until(0.1).unwrap();
    let Err(EngineError::Compile(said)) =
        engine.compile("instr 100\n kval = p4\n outch 1, bogusopcode(kval)\nendin")
    else {
        panic!("bogusopcode compiles")
    };
    assert!(said.iter().any(|one| one.line == Some(3) && one.source.is_some()), "{said:?}");
    engine.sched(Sched::new(100).delay(0.15).dur(0.05).arg(0.25)).unwrap();
    let sound = rendered(&mut engine);
    assert_eq!([super::value_at(&sound, 0.15), super::value_at(&sound, 0.27)], [0.5, 0.25]);
}

/// What a bad token does in the orchestra: the note that asks ends with a message, and nothing else does.
#[test]
fn a_note_with_a_bus_that_is_gone_ends_and_the_others_play_on() {
    for (ask, call) in [
        (true, "asig = busin:a(p4)"),
        (false, "asig = busin:a(p4)"),
        (false, "busout p4, a(k(1))\n asig = a(k(1))"),
        (false, "busmix p4, a(k(1))\n asig = a(k(1))"),
        (false, "kval = busin:k(p4)\n asig = a(kval + 1)"),
    ] {
        let mut engine = engine(&format!("{ORCHESTRA}instr 110\n {call}\n outch 1, asig + 1\nendin\n"));
        let token = if ask {
            let bus = engine.assign_bus(None, Some(1.0), true).unwrap();
            engine.release_bus(bus, 0.0).unwrap();
            bus.number()
        } else {
            4711.0
        };
        engine.sched(Sched::new(100).dur(0.1).arg(0.5)).unwrap();
        engine.sched(Sched::new(110).dur(0.1).arg(token)).unwrap();
        engine.perform_until(0.05).unwrap();
        assert_eq!(engine.getp(110, 4), Ok(None), "{call}");
        let sound = rendered(&mut engine);
        assert_eq!([super::value_at(&sound, 0.02), super::value_at(&sound, 0.08)], [0.5, 0.5], "{call}");
    }
}

#[test]
fn an_orchestra_that_leaves_ends_the_engine() {
    let mut engine = engine("instr 100\n exitnow 0\nendin\n");
    engine.sched(Sched::new(100).dur(0.1)).unwrap();
    assert_eq!(engine.perform(), Err(EngineError::Left));
}

/// On a build of Csound whose memory is not laid out as ours: events play, and what reaches into them is refused.
#[test]
fn on_an_unknown_build_what_cannot_be_seen_is_refused() {
    let mut preparing = Preparing::create_as_on_an_unknown_build().unwrap();
    let header = format!("sr = 44100\nksmps = 64\nnchnls = 1\n0dbfs = 1\n{}", Direct::header());
    preparing.compile(&header).unwrap();
    let running = preparing.start().unwrap();
    let mut engine = Direct::new(running, Growing::default());
    engine.compile(ORCHESTRA).unwrap();
    assert!(!engine.running().can_see_instances() && !engine.running_mut().has_exact_starts());
    engine.sched(Sched::new(100).arg(0.5)).unwrap();
    engine.perform();
    assert_eq!(engine.running().spout()[63], 0.5, "events play");
    let line = Automation::new(&[0.0, 0.0, 1.0, 1.0]).unwrap();
    let table = engine.make_table(&[1.0, 2.0], TableSpec::default()).unwrap();
    let refused = [
        engine.setp(100, [(4, 1.0)], 0.0).unwrap_err(),
        engine.getp(100, 4).unwrap_err(),
        engine.automatep(100, 4, &line).unwrap_err(),
        engine.set_table_metadata(table, 44_100, 2, 0.0).unwrap_err(),
    ];
    let layout = EngineError::InstanceLayout;
    assert_eq!(refused, [layout.clone(), layout.clone(), layout, EngineError::TableLayout]);
    assert!(
        refused.iter().all(|error| error.to_string().contains("6.18.1")),
        "the message says which build it is"
    );
    let missing = engine.compile("instr 101\n outch 1, busin:a(1)\nendin").unwrap_err();
    assert!(missing.to_string().contains("busin"), "{missing}");
}

/// What it asked for, where it stands and what can be done is in the words.
#[test]
fn every_message_says_what_and_what_to_do() {
    let mut engine = engine(ORCHESTRA);
    let cases = [
        (engine.compile("instr 50\nendin").unwrap_err(), "50 1 99 take"),
        (engine.sched(Sched::new("nosuch")).unwrap_err(), "nosuch compile"),
        (engine.sched(Sched::new(100.3).unique()).unwrap_err(), "100.3 whole name"),
        (engine.sched(Sched::new(100).field("kbogus", 1)).unwrap_err(), "kbogus p4"),
        (engine.setp(100, [(3, 1.0)], 0.0).unwrap_err(), "p3 p4 p1900"),
        (engine.setp(100, [(4, 1.0); 6], 0.0).unwrap_err(), "6 5 another"),
        (engine.sched(Sched::new(100).delay(-1.0)).unwrap_err(), "-1 0 or more"),
        (engine.sched(Sched::new(100).at(-1.0)).unwrap_err(), "-1 delay"),
        (engine.table_info(9999).unwrap_err(), "9999 make"),
        (engine.control_channel("nochannel").unwrap_err(), "nochannel make"),
        (engine.play_sample(9, PlaySample { channel: 3, ..PlaySample::default() }).unwrap_err(), "9 make"),
        (engine.write_bus(BusToken(7), 1.0, 0.0).unwrap_err(), "7 released assigned"),
        (engine.input_message("x 1 2 3").unwrap_err(), "x 1 2 3 i, f and e"),
        (engine.input_message(&format!("i \"{}\" 0 1", "N".repeat(300))).unwrap_err(), "300 bytes 255 most"),
        (engine.str_set("a\0b").unwrap_err(), "a\\0b NUL"),
        (EngineError::from("nonsense".parse::<Curve>().unwrap_err()), "nonsense linear"),
        (Automation::new(&[1.0]).unwrap_err(), "1 time value"),
    ];
    for (error, words) in cases {
        let said = error.to_string();
        assert!(words.split(' ').all(|word| said.contains(word)), "{said:?} lacks one of {words:?}");
    }
}

#[test]
fn an_engine_without_buses_says_so() {
    let mut engine = settings().num_audio_buses(0).num_control_buses(0).build().unwrap();
    assert_eq!(engine.has_bus_support(), Ok(false));
    assert_eq!(engine.assign_bus(None, None, false), Err(EngineError::NoBusSupport));
}

#[test]
fn what_cannot_start_does_not() {
    let refused = [
        settings().sample_rate(10),
        settings().ksmps(0),
        settings().channels(0),
        settings().a4(0.0),
        settings().option("-odac"),
        settings().outfile("sound.xyz"),
    ];
    for builder in refused {
        let shown = format!("{builder:?}");
        assert!(matches!(builder.build(), Err(EngineError::Configuration(_))), "{shown}");
    }
    assert!(matches!(settings().global_code("giX = bogus(1)").build(), Err(EngineError::Start(_))));
    assert!(matches!(settings().include("/nowhere.orc").build(), Err(EngineError::File { .. })));
}

#[test]
fn after_the_end_every_verb_says_so() {
    let mut engine = engine(ORCHESTRA);
    engine.sched(Sched::new(100).dur(0.05).arg(0.5)).unwrap();
    assert!(engine.stop().unwrap().is_some());
    assert_eq!(engine.perform(), Err(EngineError::Stopped));
    assert_eq!(engine.compile(""), Err(EngineError::Stopped));
    assert_eq!(engine.query_variable("giX"), Err(EngineError::Stopped));
    assert_eq!(engine.table_info(300), Err(EngineError::Stopped));
    assert_eq!(engine.cancel(false), Ok(()));
}
