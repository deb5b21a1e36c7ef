//! The seam between a session and what csoundengine was seen to do: numbers that are asked for, how long a render
//! lasts, and where a loop lies.

use ksmps_core::offline::sound_file::{self, Encoding};
use ksmps_core::offline::{RenderOptions, RenderSession as _};
use ksmps_core::session::{
    PlaySample, SampleSource, Sched, Session, SessionConfig, SessionError, SessionFile, TableSource, Template,
};

const RATE: usize = 44_100;

fn session() -> Session {
    Session::new(SessionConfig { channels: 2, ..SessionConfig::default() }).unwrap()
}

/// The first channel.
fn render(session: &Session) -> Vec<f64> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.wav");
    let options = RenderOptions { encoding: Some(Encoding::Float64), ..RenderOptions::default() };
    session.render(&path, &options).unwrap();
    sound_file::read(&path).unwrap().samples.into_iter().step_by(2).collect()
}

/// A sound of `seconds` whose samples say where in it they are.
fn ramp(session: &mut Session, seconds: f64) -> SampleSource {
    let frames = (seconds * RATE as f64) as usize;
    let data = (0..frames).map(|frame| frame as f64 / frames as f64).collect();
    SampleSource::Table(session.make_table(TableSource::Data(data), RATE as u32, 1, 0.0, true).unwrap())
}

#[test]
fn a_text_and_a_table_have_the_number_that_is_asked_for_and_keep_it_in_a_file() {
    let mut session = session();
    let first = session.str_set("first");
    assert_eq!(session.str_set_at("chosen", 500).unwrap(), 500);
    assert_eq!((session.str_set("chosen"), session.str_set("next")), (500, 501));
    let data = |value: f64| TableSource::Data(vec![value; 4]);
    let own = session.make_table(data(0.25), 0, 1, 0.0, true).unwrap();
    let table = session.make_table(data(0.5), 0, 1, 0.0, true).unwrap();
    let table = session.number_table(table, 70).unwrap();
    assert_eq!((own.0, table.0), (2, 70));
    assert!(matches!(session.number_table(own, 70), Err(SessionError::BadTable(_))));
    assert!(matches!(session.number_table(own, 1), Err(SessionError::BadTable(_))));
    assert!(matches!(session.str_set_at("another", first), Err(SessionError::Arguments(_))));
    assert!(matches!(session.str_set_at("another", 3), Err(SessionError::Arguments(_))));
    session
        .define(Template::new(
            "says",
            "Stext strget 500\nSnext strget 501\noutch 1, a(tab_i(0, 70) + strlen(Stext)*10 + strlen(Snext)*100)",
        ))
        .unwrap();
    session.sched(Sched::new("says").dur(0.1)).unwrap();
    let sound = render(&session);
    assert_eq!(sound[1_000], 0.5 + 60.0 + 400.0);
    let json = session.to_file().to_json().unwrap();
    let again = Session::from_file(&SessionFile::from_json(&json).unwrap()).unwrap();
    assert_eq!(render(&again), sound);
}

#[test]
fn an_event_that_is_stopped_before_its_end_counts_in_full_and_one_without_an_end_until_then() {
    let mut session = session();
    session.define(Template::new("dc", "outch 1, a(0.5)")).unwrap();
    let long = session.sched(Sched::new("dc").dur(0.4)).unwrap();
    session.stop(long, 0.1).unwrap();
    let endless = session.sched(Sched::new("dc").dur(-1.0)).unwrap();
    session.stop(endless, 0.2).unwrap();
    let sound = render(&session);
    assert_eq!(sound.len(), 276 * 64);
    assert_eq!((sound[4_000], sound[8_000], sound[9_000]), (0.5 + 0.5, 0.5, 0.0));
}

#[test]
fn a_loop_goes_back_to_where_it_began() {
    let mut session = session();
    let source = ramp(&mut session, 0.5);
    let play = PlaySample {
        dur: Some(0.5),
        skip: 0.3,
        looped: true,
        pan: 0.0,
        fade: (0.0, 0.0),
        crossfade: 0.0,
        ..PlaySample::default()
    };
    session.play_sample(source, play).unwrap();
    let sound = render(&session);
    let lowest = sound[1_000..RATE / 2 - 1_000].iter().copied().fold(f64::MAX, f64::min);
    assert!(lowest > 0.59, "{lowest} lies before the loop");
}
