//! The score's place in time, and what becomes of it.

use ksmps_csound::host::{PerformEnd, Performed};

use super::{compiled, peak, playing, silent};

const NOTES: &str = "sr = 48000\nksmps = 48\nnchnls = 1\n0dbfs = 1\ninstr 1\n out(a(p4))\nendin\n";

pub fn a_score_is_moved() {
    let mut csound = compiled(NOTES);
    assert_eq!(called!(csound.score_offset_seconds()), 0.0);
    called!(csound.set_score_offset_seconds(1.0));
    assert_eq!(csound.score_offset_seconds(), 1.0);
    csound.read_score("i 1 0 1 0.25\ni 1 1 1 0.5\nf 0 10\n").expect("it is read");
    let mut csound = csound.start().expect("it starts");
    csound.perform_ksmps();
    assert_eq!(peak(&csound), 0.5, "the first note was before");
    assert!((csound.score_time() - 1.0).abs() < 0.01);
    csound.set_score_offset_seconds(0.0);
    called!(csound.rewind_score()).expect("it can be begun again");
    csound.perform_ksmps();
    assert_eq!(peak(&csound), 0.25);

    assert!(called!(csound.is_score_pending()));
    called!(csound.set_score_pending(false));
    assert!(!csound.is_score_pending());
    csound.rewind_score().expect("it can be begun again");
    for _ in 0..1500 {
        csound.perform_ksmps();
    }
    assert_eq!(peak(&csound), 0.0, "the second note is the score's, and the first has ended");
    csound.input_message("i 1 0 1 0.75").expect("it is understood");
    csound.perform_ksmps();
    assert_eq!(peak(&csound), 0.75, "live events play");
}

pub fn a_score_is_reworked() {
    let mut csound = silent();
    csound.set_host_implemented_audio_io(true, 0);
    // Each note comes twice, the second time half as loud.
    called!(csound.set_cscore_callback(|score| {
        let notes = score.lines().map(|note| {
            let [start, length, level] =
                note.split(' ').skip(2).map(|field| field.parse::<f64>().unwrap()).collect::<Vec<_>>()[..]
            else {
                panic!("a note has five fields");
            };
            format!("{note}\ni 1 {} {length} {}\n", start + length, level / 2.0)
        });
        notes.collect()
    }));
    let mut csound = csound.compile_orc(NOTES).expect("it compiles");
    csound.read_score("i 1 0 0.5 0.25\n").expect("it is read");
    let mut csound = csound.start().expect("it starts");
    csound.perform_ksmps();
    assert_eq!(peak(&csound), 0.25);
    while csound.score_time() < 0.6 {
        assert_eq!(csound.perform_ksmps(), Performed::Cycle);
    }
    assert_eq!(peak(&csound), 0.125);
    assert_eq!(csound.perform(), PerformEnd::Score);
    let mut csound = playing(NOTES, "f 0 1\n");
    csound.read_score("i 1 0 0.5 0.5\n").expect("it begins now");
    csound.perform_ksmps();
    csound.perform_ksmps();
    assert_eq!(peak(&csound), 0.5);
}
