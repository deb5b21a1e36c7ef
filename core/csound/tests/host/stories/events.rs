//! Notes that begin and end.

use ksmps_csound::host::{Instrument, KillMode, KillWhich, Performed, ScoreEvent};

use super::{peak, playing};

const NOTES: &str = "sr = 48000\nksmps = 48\nnchnls = 1\n0dbfs = 1\ninstr 1\n out(a(p4))\nendin\ninstr Named\n out(a(p4) * linenr:k(1, 0, 0.1, 0.01))\n\
                     endin\n";

pub fn events_begin_and_end_notes() {
    let mut csound = playing(NOTES, "f 0 360000\n");
    let level = |csound: &mut ksmps_csound::host::Csound<_>| {
        assert_eq!(csound.perform_ksmps(), Performed::Cycle);
        peak(csound)
    };
    called!(csound.score_event(ScoreEvent::Note, &[1.1, 0.0, -1.0, 0.1]));
    assert_eq!(level(&mut csound), 0.1);
    csound.score_event(ScoreEvent::Note, &[1.2, 0.0, -1.0, 0.2]);
    csound.score_event(ScoreEvent::Note, &[1.3, 0.0, 10.0, 0.4]);
    assert_eq!(level(&mut csound), 0.7);
    let exactly = KillMode { is_exact: true, ..KillMode::ALL };
    assert_eq!(called!(csound.kill_instance(Instrument::Number(1.2), exactly, false)), Ok(true));
    assert_eq!(level(&mut csound), 0.5);
    let newest = KillMode { which: KillWhich::Newest, only_endless: true, ..KillMode::ALL };
    assert_eq!(csound.kill_instance(Instrument::Number(1.0), newest, false), Ok(true));
    assert_eq!(level(&mut csound), 0.4, "the newest of those without an end");
    assert_eq!(csound.kill_instance(Instrument::Number(1.0), KillMode::ALL, false), Ok(true));
    assert_eq!(level(&mut csound), 0.0);
    for none in [Instrument::Number(1.0), Instrument::Number(f64::INFINITY), Instrument::Name("Nobody")] {
        assert_eq!(csound.kill_instance(none, KillMode::ALL, false), Ok(false), "{none:?}");
    }

    called!(csound.input_message("i \"Named\" 0 -1 0.3")).expect("it is understood");
    assert_eq!(level(&mut csound), 0.3);
    csound.kill_instance(Instrument::Name("Named"), KillMode::ALL, true).expect("it has a name");
    let mut levels = (0..5).map(|_| level(&mut csound));
    assert!(levels.all(|level| level > 0.0), "its release sounds");
    csound.kill_instance(Instrument::Name("Named"), KillMode::ALL, false).expect("it has a name");
    assert_eq!(level(&mut csound), 0.0, "and is ended at once");

    // At a time of the performance.
    let seconds = csound.score_time();
    called!(csound.score_event_absolute(ScoreEvent::Note, &[1.0, 0.005, 0.01, 0.5], seconds));
    let levels: Vec<f64> = (0..30).map(|_| level(&mut csound)).collect();
    let begins = levels.iter().position(|level| *level > 0.0);
    assert_eq!(begins, Some(5), "{levels:?}");
    assert!(matches!(levels.iter().filter(|level| **level > 0.0).count(), 9..=11), "{levels:?}");

    csound.score_event(ScoreEvent::Table, &[7.0, 0.0, 4.0, -2.0, 1.0, 2.0, 3.0, 4.0]);
    csound.perform_ksmps();
    assert_eq!(csound.table(7), Some(&[1.0, 2.0, 3.0, 4.0][..]));
    // More p-fields than Csound has memory for.
    let long = vec![1.0; 2500];
    csound.score_event(ScoreEvent::Note, &long);
    csound.perform_ksmps();
    csound.score_event(ScoreEvent::End, &[0.0]);
    assert_eq!(csound.perform_ksmps(), Performed::Ended);
}
