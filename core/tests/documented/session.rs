//! The examples of `OfflineSession`.

use std::path::Path;

use ksmps_core::offline::sound_file::{Encoding, read};
use ksmps_core::offline::{RenderOptions, RenderSession as _};
use ksmps_core::session::{
    Automate, BusKind, Partials, PartialsSource, PlayPartials, Sched, Session, SessionConfig, SessionError,
    Template,
};

use super::hear::{Heard, key, near};

/// A session at 44,100 Hz with two channels.
fn session() -> Session {
    Session::new(SessionConfig { sr: 44_100, channels: 2, ..SessionConfig::default() }).unwrap()
}

fn rendered(session: &Session) -> Heard {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.wav");
    let options = RenderOptions { encoding: Some(Encoding::Float64), ..RenderOptions::default() };
    let job = session.render(&path, &options).unwrap();
    assert_eq!(job.messages, Vec::<String>::new());
    Heard::channel(&read(&path).unwrap(), 0)
}

/// The example's body asks for the frequency of `kfreq`, which it does not have; `kmidi` is meant.
#[test]
fn events_are_moved_and_set_after_they_are_scheduled() {
    let mut session = session();
    session.define(Template::new("saw", "kmidi = p5\n outch 1, oscili:a(0.1, mtof:k(kmidi))")).unwrap();
    let score = [(0.0, 2.0, 60.0), (1.5, 4.0, 67.0), (1.5, 4.0, 67.1)];
    let events: Vec<_> = score
        .iter()
        .map(|(delay, dur, midi)| {
            session.sched(Sched::new("saw").at(*delay).dur(*dur).args([*midi])).unwrap()
        })
        .collect();
    assert_eq!(session.automate(events[0], "kmidi", Automate::new([(0.0, 60.0), (2.0, 59.0)])), Ok(true));
    assert_eq!(session.set(events[1], "kmidi", 67.2, 3.0), Ok(true));
    assert_eq!(session.score_time_range(), (0.0, 5.5));
    let sound = rendered(&session);
    near(sound.0.len() as f64 / 44_100.0, 5.5, 0.003);
    near(sound.pitch(0.0, 0.1), key(59.975), 0.2);
    near(sound.pitch(1.3, 1.4), key(60.0 - 1.35 / 2.0), 0.2);
    // Between 67 and 67.1 it beats; between 67.2 and 67.1 it beats at another pitch.
    let (low, middle, high) = (key(67.0), key(67.1), key(67.2));
    assert!(sound.level(low, 2.1, 2.9) > 0.05 && sound.level(middle, 2.1, 2.9) > 0.05);
    assert!(sound.level(high, 3.1, 5.4) > 0.09 && sound.level(middle, 3.1, 5.4) > 0.09);
    assert!(sound.level(low, 3.1, 5.4) < 0.02);
}

#[test]
fn instruments_are_registered_and_play_one_after_the_other() {
    let mut session = session();
    let vco = Template::new("vco", "|kmidi=60|\n outch 1, vco2:a(0.1, mtof:k(kmidi))\n");
    let sine = Template::new("sine", "|kmidi=60|\n outch 1, oscili:a(0.1, mtof:k(kmidi))\n");
    for instr in [&vco, &sine] {
        assert_eq!(session.define(instr.clone()), Ok(true));
        assert_eq!(session.define(instr.clone()), Ok(false), "it was registered in this form");
    }
    assert_eq!(
        session.templates().map(|known| known.template().name.as_str()).collect::<Vec<_>>(),
        ["vco", "sine"]
    );
    session.sched(Sched::new("vco").dur(4.0).with("kmidi", 67.0)).unwrap();
    session.sched(Sched::new("sine").at(2.0).dur(3.0).with("kmidi", 68.0)).unwrap();
    let sound = rendered(&session);
    near(sound.level(key(67.0), 0.1, 3.9), 0.2 / std::f64::consts::PI, 0.002);
    near(sound.level(key(68.0), 2.1, 4.9), 0.1, 0.002);
    assert!(sound.level(key(68.0), 0.1, 1.9) < 1e-3);
    near(sound.last().unwrap(), 5.0, 0.005);
}

#[test]
fn arguments_have_defaults_and_names() {
    let mut session = session();
    session.define(Template::new("vco", "|kmidi=60|\n outch 1, vco2:a(0.1, mtof:k(kmidi))\n")).unwrap();
    session
        .define(Template::new("sine", "|kamp=0.1, kmidi=60|\n outch 1, oscili:a(kamp, mtof:k(kmidi))\n"))
        .unwrap();
    session.sched(Sched::new("vco").dur(4.0).with("kmidi", 67.0)).unwrap();
    let sine = session.sched(Sched::new("sine").at(2.0).dur(3.0).with("kmidi", 68.0)).unwrap();
    assert_eq!(session.event(sine).unwrap().args(), [-1.0, 0.1, 68.0], "p4 is the session's");
    let sound = rendered(&session);
    near(sound.level(key(68.0), 2.1, 4.9), 0.1, 0.002);
}

/// One template has p-fields, the other named controls in a table. The example's bus has neither kind nor value: its
/// first user says what it is.
#[test]
fn an_effect_follows_a_synth_over_a_bus() {
    let mut session = session();
    session
        .define(Template::new(
            "synth",
            "|ibus, kamp=0.5, kmidi=60|\n kfreq = mtof:k(lag:k(kmidi, 1))\n a0 vco2 kamp, kfreq\n\
             a0 *= linsegr:a(0, 0.1, 1, 0.1, 0)\n busout ibus, a0\n",
        ))
        .unwrap();
    let filter = "{ibus=0, kcutoff=1000, kresonance=0.9}\n a0 = busin(ibus)\n a0 = moogladder2(a0, kcutoff, kresonance)\n\
         outch 1, a0\n";
    session.define(Template::new("filter", filter).controls_in_table()).unwrap();
    let bus = session.assign_bus(None, None, false).unwrap();
    let event = session.sched(Sched::new("synth").dur(10.0).with("ibus", bus).with("kmidi", 67.0)).unwrap();
    assert_eq!(session.set(event, "kmidi", 60.0, 2.0), Ok(true));
    let (dur, priority) = {
        let event = session.event(event).unwrap();
        (event.dur(), event.priority() as i32 + 1)
    };
    let filt = Sched::new("filter").dur(dur).priority(priority).with("ibus", bus).with("kcutoff", 1000.0);
    let filt = session.sched(filt).unwrap();
    let line = Automate::new([(3.0, 1000.0), (6.0, 200.0), (10.0, 4000.0)]);
    assert_eq!(session.automate(filt, "kcutoff", line), Ok(true));
    near(session.value(filt, "kcutoff", 6.0).unwrap(), 200.0, 1.0);
    let sound = rendered(&session);
    assert!(sound.level(key(67.0), 1.2, 1.95) > 0.05 && sound.level(key(60.0), 1.2, 1.95) < 0.01);
    assert!(sound.level(key(60.0), 7.0, 7.9) > 20.0 * sound.level(key(67.0), 7.0, 7.9), "it has glided down");
    let third = |from: f64| sound.level(3.0 * key(60.0), from, from + 0.5);
    assert!(third(9.4) > 5.0 * third(5.8), "the filter opens again: {} {}", third(9.4), third(5.8));
    near(sound.last().unwrap(), 10.0, 0.005);
}

#[test]
fn global_code_is_there_for_every_instrument() {
    let mut session = session();
    session.add_code("giMelody[] fillarray 60, 62, 64, 65, 67, 69, 71", true);
    session.add_code("giMelody[] fillarray 60, 62, 64, 65, 67, 69, 71", true);
    session.define(Template::new("tone", "|iat=0|\n outch 1, oscili:a(0.1, mtof(giMelody[iat]))")).unwrap();
    session.sched(Sched::new("tone").dur(0.5).with("iat", 6.0)).unwrap();
    near(rendered(&session).pitch(0.0, 0.5), key(71.0), 0.05);
    assert_eq!(session.csd().unwrap().text("assets").matches("giMelody[] fillarray").count(), 1);
}

/// The example's buses are objects whose tokens are handed over; here the token is all there is of a bus.
#[test]
fn a_control_bus_makes_a_glissando() {
    let mut session = session();
    session
        .define(Template::new(
            "sender",
            "ibus = p5\n ifreqbus = p6\n kfreq = busin:k(ifreqbus)\n asig vco2 0.1, kfreq\n busout(ibus, asig)\n",
        ))
        .unwrap();
    session
        .define(Template::new(
            "receiver",
            "ibus = p5\n kgain = p6\n asig = busin:a(ibus)\n asig *= a(kgain)\n outch 1, asig\n",
        ))
        .unwrap();
    let bus = session.assign_bus(Some(BusKind::Audio), None, false).unwrap();
    let freqbus = session.assign_bus(None, Some(880.0), false).unwrap();
    session.sched(Sched::new("sender").with("ibus", bus).with("ifreqbus", freqbus)).unwrap();
    session.sched(Sched::new("receiver").priority(2).with("ibus", bus).with("kgain", 0.5)).unwrap();
    session.automate_bus(freqbus, Automate::new([(0.0, 880.0), (5.0, 440.0)])).unwrap();
    session.set_end_marker(6.0).unwrap();
    assert_eq!(session.bus_value(freqbus, 2.5), Ok(660.0));
    let sound = rendered(&session);
    near(sound.pitch(2.45, 2.55), 660.0, 1.0);
    near(sound.pitch(5.1, 5.9), 440.0, 0.2);
    near(sound.level(440.0, 5.1, 5.9), 0.5 * 0.2 / std::f64::consts::PI, 0.001);
}

/// Options say what a document's may say.
#[test]
fn options_hold_for_every_render() {
    let mut session = session();
    session.define(Template::new("sine", "|kfreq=440|\n outch 1, oscili:a($MYMACRO, kfreq)")).unwrap();
    session.sched(Sched::new("sine").dur(0.5)).unwrap();
    session.set_csound_options(["--omacro:MYMACRO=0.3"]);
    near(rendered(&session).peak(0.1, 0.5), 0.3, 1e-4);
    session.set_csound_options(["-odac"]);
    let refused = session.render("/nowhere/outfile.wav", &RenderOptions::default());
    assert!(refused.is_err());
    let folder = tempfile::tempdir().unwrap();
    let refused = session.render(folder.path().join("outfile.wav"), &RenderOptions::default());
    assert!(matches!(refused, Err(SessionError::Engine(_))), "{refused:?}");
}

/// The matrix of the example, as a `.mtx` file holds it: a wave file of 32-bit floats whose beginning describes it.
#[test]
fn partials_play_at_half_speed_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("packed.mtx");
    let rows = |hertz: f64, amp: f64| [hertz, amp, 0.0];
    let times = [0.0, 0.5, 1.0];
    let frames = times.map(|time| [rows(300.0 + 100.0 * time, 0.2), rows(1000.0, 0.1)].concat());
    write_mtx(&path, &frames);
    let mut session = session();
    let play = PlayPartials { speed: 0.5, ..PlayPartials::default() };
    let event = session.play_partials(PartialsSource::File(path), play).unwrap();
    near(session.event(event).unwrap().dur(), 2.0, 0.01);
    let sound = rendered(&session);
    near(sound.level(1000.0, 0.2, 1.8), 0.1, 0.01);
    // Half way through the file after one second: 350 Hz.
    assert!(sound.level(350.0, 0.95, 1.05) > 0.15);
    // The same, given as data.
    let partials =
        Partials::from_rows(times.iter().zip(&frames).map(|(time, row)| [&[*time], &row[..]].concat()))
            .unwrap();
    session
        .play_partials(
            PartialsSource::Partials(partials),
            PlayPartials { at: 3.0, ..PlayPartials::default() },
        )
        .unwrap();
    let sound = rendered(&session);
    assert!(sound.level(350.0, 3.45, 3.55) > 0.15, "at its own speed");
}

/// Floats behind a header of five: how many those are, the step, and the numbers of columns, rows, and the first time.
fn write_mtx(path: &Path, rows: &[Vec<f64>]) {
    use ksmps_core::offline::sound_file::{Format, Writer};
    let (columns, count) = (rows[0].len() as f64, rows.len() as f64);
    let header = [5.0, 0.5, columns, count, 0.0];
    let numbers: Vec<f64> = header.into_iter().chain(rows.iter().flatten().copied()).collect();
    let mut writer = Writer::create(path, Format::Wav, Encoding::Float32, 44_100, 1).unwrap();
    writer.write(&numbers).unwrap();
    writer.flush().unwrap();
}
