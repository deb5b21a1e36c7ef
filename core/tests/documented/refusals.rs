//! What a session refuses: each error, provoked by the public verb, with words that say what and what to do.

use ksmps_core::offline::{RenderOptions, RenderSession as _};
use ksmps_core::session::{
    Automate, BusId, BusKind, EventId, Partials, PlaySample, SampleSource, Sched, Session, SessionConfig,
    SessionError, SessionFile, TableId, TableSource, Template, TemplateError,
};

fn tone() -> Template {
    Template::new("tone", "|kamp=0.1, ifreq=440, Sname=\"x\"|\noutch 1, oscili:a(kamp, ifreq)")
}

fn session() -> Session {
    let mut session = Session::default();
    session.define(tone()).unwrap();
    session
}

fn render(session: &Session) -> SessionError {
    let folder = tempfile::tempdir().unwrap();
    session.render(folder.path().join("out.wav"), &RenderOptions::default()).unwrap_err()
}

/// Provokes an error in a session that has one event, 0; says that the session still renders.
fn refused<T>(ask: impl FnOnce(&mut Session) -> Result<T, SessionError>) -> SessionError {
    let mut session = session();
    session.sched(Sched::new("tone").dur(0.1)).unwrap();
    let error = ask(&mut session).err().expect("this is wrong");
    let folder = tempfile::tempdir().unwrap();
    let job = session.render(folder.path().join("out.wav"), &RenderOptions::default());
    assert!(job.is_ok_and(|job| job.frames > 4000), "the session is as it was after {error}");
    error
}

const EVENT: EventId = EventId(0);

macro_rules! wrong {
    ($($name:ident: $ask:expr => $error:pat, $words:expr;)*) => {
        $(#[test]
        fn $name() {
            let error = refused($ask);
            assert!(matches!(error, $error), "{error:?}");
            let said = error.to_string();
            assert!($words.split(' ').all(|word| said.contains(word)), "{said:?} lacks one of {:?}", $words);
        })*
    };
}

wrong! {
    a_template_that_is_not_there: |s| s.sched(Sched::new("nope")) => SessionError::UnknownTemplate { .. }, "nope tone";
    an_argument_that_is_not_there: |s| s.sched(Sched::new("tone").with("kbogus", 1.0)) => SessionError::UnknownArgument { .. }, "tone kbogus kamp ifreq";
    an_argument_of_an_event_that_is_not_there: |s| s.set(EVENT, "kbogus", 1.0, 0.0) => SessionError::UnknownArgument { .. }, "tone kbogus kamp";
    an_argument_that_cannot_change: |s| s.set(EVENT, "ifreq", 1.0, 0.0) => SessionError::FixedArgument { .. }, "ifreq tone starts k";
    a_text_for_a_number: |s| s.sched(Sched::new("tone").with("kamp", "loud")) => SessionError::ArgumentKind { .. }, "kamp tone number";
    a_list_and_names: |s| s.sched(Sched::new("tone").args([0.1]).with("kamp", 0.1)) => SessionError::Arguments(_), "list name both";
    a_priority_that_is_not_there: |s| s.sched(Sched::new("tone").priority(11)) => SessionError::Priority { given: 11, count: 10 }, "11 1 10 -1";
    a_priority_of_nothing: |s| s.sched(Sched::new("tone").priority(0)) => SessionError::Priority { .. }, "0 10";
    an_event_that_is_not_there: |s| s.stop(EventId(5), 0.0) => SessionError::UnknownEvent(5), "5 sched";
    a_p1_that_is_not_there: |s| s.unsched(77.0, 0.0) => SessionError::UnknownP1(_), "77 Event::p1";
    a_start_before_the_beginning: |s| s.sched(Sched::new("tone").at(-1.0)) => SessionError::BadTime(_), "-1 seconds";
    a_length_without_end: |s| s.sched(Sched::new("tone").dur(f64::INFINITY)) => SessionError::BadTime(_), "inf seconds";
    a_channel_of_no_kind: |s| s.init_channel("gain", None, None) => SessionError::ChannelKind(_), "gain value kind";
    a_bus_that_is_not_there: |s| s.set_bus(BusId(9), 1.0, 0.0) => SessionError::UnknownBus(9), "9 assign_bus";
    an_audio_bus_with_a_value: |s| s.assign_bus(Some(BusKind::Audio), Some(1.0), true) => SessionError::Bus(_), "audio value";
    an_audio_bus_that_is_moved: |s| {
        let bus = s.assign_bus(Some(BusKind::Audio), None, true)?;
        s.automate_bus(bus, Automate::new([(0.0, 1.0)]))
    } => SessionError::Bus(_), "1 audio";
    more_buses_than_there_is_room_for: |s| {
        *s = Session::new(SessionConfig { audio_buses: 1, ..SessionConfig::default() })?;
        s.define(tone())?;
        s.sched(Sched::new("tone").dur(0.1))?;
        s.assign_bus(Some(BusKind::Audio), None, true)?;
        s.assign_bus(Some(BusKind::Audio), None, true)
    } => SessionError::Bus(_), "1 room";
    a_table_that_is_not_there: |s| s.play_sample(SampleSource::Table(TableId(9)), PlaySample::default()) => SessionError::UnknownTable(9), "9 make_table";
    a_table_of_nothing: |s| s.make_table(TableSource::Zeros(0), 0, 1, 0.0, true) => SessionError::BadTable(_), "0 values";
    partials_without_rows: |_| Partials::from_rows(Vec::<Vec<f64>>::new()) => SessionError::BadPartials(_), "partials";
    a_rate_that_is_none: |_| Session::new(SessionConfig { sr: 10, ..SessionConfig::default() }) => SessionError::Configuration(_), "10 1000";
    a_speed_that_is_none: |s| {
        let source = SampleSource::Samples { samples: vec![0.0; 64], rate: 44_100, channels: 1 };
        s.play_sample(source, PlaySample { speed: 0.0, ..PlaySample::default() })
    } => SessionError::Configuration(_), "0";
    a_file_that_is_not_there: |s| s.include_file("/nowhere/opcodes.udo") => SessionError::File { .. }, "/nowhere/opcodes.udo";
    a_sound_that_is_not_there: |s| s.play_sample(SampleSource::File("/nowhere.wav".into()), PlaySample::default()) => SessionError::File { .. }, "/nowhere.wav";
    points_that_go_back: |s| s.automate(EVENT, "kamp", Automate::new([(1.0, 1.0), (0.0, 2.0)])) => SessionError::Engine(_), "line";
    a_body_with_a_p4_of_its_own: |s| s.define(Template::new("own", "\nkfoo = p4\nout a(kfoo)")) => SessionError::Template(TemplateError::Body { line: 2, .. }), "own 2 p4 p5 kfoo";
    json_that_is_none: |_| SessionFile::from_json("{\"ksmps_session\": 9}") => SessionError::Json(_), "session";
}

#[test]
fn a_priority_that_is_full_takes_no_more() {
    let mut session = session();
    let mut full = None;
    for at in 0..600 {
        session.define(Template::new(format!("t{at}"), "outch 1, a(k(0.1))")).unwrap();
        full = session.sched(Sched::new(format!("t{at}")).priority(-1)).err();
        if full.is_some() {
            break;
        }
    }
    let full = full.expect("a priority has an end");
    assert!(matches!(full, SessionError::PriorityFull { priority: 10, .. }), "{full:?}");
    assert!(full.to_string().contains("another priority"), "{full}");
    session.sched(Sched::new("tone").dur(0.1)).unwrap();
}

#[test]
fn a_session_without_an_end_has_nothing_to_render() {
    let mut session = session();
    assert!(matches!(render(&session), SessionError::NothingToRender(_)));
    session.sched(Sched::new("tone")).unwrap();
    let error = render(&session);
    assert!(
        matches!(error, SessionError::NothingToRender(_)) && error.to_string().contains("end marker"),
        "{error}"
    );
}

/// The event keeps the body it was scheduled with, so what was put right afterwards sounds in the next one alone.
#[test]
fn a_template_that_does_not_compile_names_its_line_and_leaves_the_others() {
    let mut session = session();
    session.define(Template::new("broken", "|ka=1|\n\nasig oscilii ka, 440\noutch 1, asig")).unwrap();
    session.sched(Sched::new("broken").dur(0.1)).unwrap();
    let error = render(&session);
    let SessionError::Compile { place, diagnostics } = &error else { panic!("{error:?}") };
    assert_eq!((place.as_str(), diagnostics[0].line), ("template broken", Some(3)));
    assert!(error.to_string().contains("oscilii"), "{error}");
    let mut session = self::session();
    session.sched(Sched::new("tone").dur(0.1)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.wav");
    let first = session.render(&path, &RenderOptions::default()).unwrap();
    session.add_code("giX = bogus(1)", false);
    let error = session.render(&path, &RenderOptions::default()).unwrap_err();
    assert!(matches!(&error, SessionError::Compile { place, .. } if place.contains("code")), "{error:?}");
    let sound = ksmps_core::offline::sound_file::read(&path).unwrap();
    assert_eq!(sound.about.frames, first.frames, "the file that was there is not touched");
}
