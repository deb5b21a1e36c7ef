//! Seam: `player`, values that are watched while they sound: variables, channels, buses and tables of whichever engine
//! plays.

mod common;

use common::{Bench, RATE};
use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::player::{Notice, Reading, Report, Subscription};
use ksmps_core::verbs::{BusKind, Sched};
use ksmps_core::watched::{Seen, VariableOwner, WatchReading, WatchTarget, WhichVoice};

/// Each value that is watched is written to a channel as well.
const DOCUMENT: &str = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\ngkall init 0\n\
    giTable ftgen 7, 0, 8, -2, 0.5, 1.5\n\
    opcode Half, k, k\n kin xin\n kown = kin*0.5\n chnset kown, \"half\"\n xout kown\nendop\n\
    instr 10, alias\n kown randh p4, 3000\n khalf Half kown\n gkall = kown*3\n aown oscili kown, 700\n \
    kfirst vaget 0, aown\n chnset kown, \"own\"\n chnset gkall, \"all\"\n Sown = \"text\"\n\
    outs aown, aown\nendin\n\
    instr bus\n busout p4, oscili:a(0.5, 3000)\nendin\n";
const CYCLE: usize = 16;

fn variable(owner: VariableOwner, name: &str) -> WatchTarget {
    WatchTarget::Variable { owner, name: name.to_owned() }
}

fn of(instrument: &str, name: &str) -> WatchTarget {
    variable(VariableOwner::Instrument(instrument.to_owned()), name)
}

fn global(name: &str) -> WatchTarget {
    variable(VariableOwner::Global, name)
}

/// An instance whose watched values are read.
struct Watched {
    bench: Bench,
    subscription: Subscription,
    list: u32,
}

impl Watched {
    fn new(text: &str) -> Self {
        let bench = Bench::new(text);
        let subscription = bench.control.subscribe();
        Self { bench, subscription, list: 0 }
    }

    fn watch(&mut self, targets: &[WatchTarget], voice: WhichVoice, every_frames: u32) {
        self.list = self.bench.control.watch_values(targets.to_vec(), voice, every_frames);
    }

    /// Plays frames; the readings of the list that is watched.
    fn play(&mut self, frames: usize) -> Vec<WatchReading> {
        self.bench.play(frames, &[], &[160]);
        let mut readings = Vec::new();
        while let Some(notice) = self.subscription.next_notice() {
            if let Notice::Report(Report::Watched(reading)) = notice {
                readings.push(reading);
            }
        }
        assert_eq!(self.subscription.take_lost(), 0);
        readings.retain(|reading| reading.list == self.list);
        readings
    }

    /// Plays until the engine that plays tells something.
    fn play_until_read(&mut self) -> Vec<WatchReading> {
        for _ in 0..500 {
            let readings = self.play(480);
            if !readings.is_empty() {
                return readings;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        panic!("nothing was read: {:?}", self.bench.problems(0));
    }
}

fn last(readings: &[WatchReading], watch: u16) -> WatchReading {
    *readings.iter().rfind(|reading| reading.watch == watch).expect("a reading")
}

#[test]
fn each_cycles_value_is_what_the_orchestra_wrote_to_a_channel() {
    let mut watched = Watched::new(DOCUMENT);
    watched.bench.control.see_variables().unwrap();
    let channel = |name: &str| WatchTarget::Channel(name.to_owned());
    let half = variable(VariableOwner::Opcode("Half".to_owned()), "kown");
    let targets = [
        of("10", "kown"),
        channel("own"),
        global("gkall"),
        channel("all"),
        half,
        channel("half"),
        of("10", "khalf"),
        channel("half"),
    ];
    watched.watch(&targets, WhichVoice::Newest, 0);
    watched.bench.control.sched(Sched::new(10).arg(0.8)).unwrap();
    // The note starts with the list.
    let mut readings = watched.play(480);
    readings.extend(watched.play(4800));
    let cycles: Vec<&[WatchReading]> = readings.chunks_exact(targets.len()).collect();
    assert!(cycles.len() >= 5280 / CYCLE - 1, "a reading after each cycle: {}", cycles.len());
    let mut different = 0;
    for (at, cycle) in cycles.iter().enumerate() {
        for pair in cycle.chunks_exact(2) {
            assert_eq!(pair[0].seen, Seen::Number, "cycle {at}: {pair:?}");
            assert_eq!(pair[0].value.to_bits(), pair[1].value.to_bits(), "cycle {at}: {pair:?}");
        }
        different += usize::from(at > 0 && cycle[0].value != cycles[at - 1][0].value);
    }
    // 3,000 values a second, a cycle is a third of a millisecond.
    assert!(different > cycles.len() / 2, "values that do not move prove nothing: {different}");
}

#[test]
fn sound_is_told_by_its_range_and_readings_come_as_often_as_asked_for() {
    let mut watched = Watched::new(DOCUMENT);
    watched.watch(&[of("alias", "aown"), of("alias", "kown")], WhichVoice::Newest, 960);
    watched.bench.control.sched(Sched::new(10).arg(1)).unwrap();
    let readings = watched.play(48_000);
    assert_eq!(readings.len(), 2 * 48_000 / 960);
    for pair in readings.chunks_exact(2) {
        assert_eq!((pair[0].watch, pair[0].seen), (0, Seen::Sound));
        assert_eq!((pair[1].watch, pair[1].seen), (1, Seen::Number));
        // A sine whose amplitude is another random number within each reading.
        assert!(-1.0 <= pair[0].low && pair[0].low < -0.3 && pair[0].high > 0.3 && pair[0].high <= 1.0);
        assert!(f64::from(pair[1].low) <= pair[1].value && pair[1].value <= f64::from(pair[1].high));
        assert!(pair[1].high - pair[1].low > 0.5);
    }
}

#[test]
fn what_is_not_there_or_does_not_sound_is_said() {
    let mut watched = Watched::new(DOCUMENT);
    let targets = [
        of("10", "kown"),
        of("10", "knone"),
        of("10", "Sown"),
        of("nobody", "kown"),
        global("kown"),
        WatchTarget::Channel("nothing".to_owned()),
        WatchTarget::Table { number: 7, index: 1 },
        WatchTarget::Table { number: 7, index: 9 },
        WatchTarget::Table { number: 9, index: 0 },
    ];
    let said = |readings: &[WatchReading]| -> Vec<Seen> {
        (0..targets.len() as u16).map(|watch| last(readings, watch).seen).collect()
    };
    watched.watch(&targets, WhichVoice::Newest, 0);
    let readings = watched.play(480);
    let [silent, unknown, other, number] = [Seen::Silent, Seen::Unknown, Seen::Other, Seen::Number];
    assert_eq!(
        said(&readings),
        [silent, silent, silent, unknown, unknown, unknown, number, unknown, unknown]
    );
    assert_eq!(last(&readings, 6).value, 1.5);
    watched.bench.control.sched(Sched::new(10).arg(1).dur(0.1)).unwrap();
    let readings = watched.play(480);
    assert_eq!(
        said(&readings),
        [number, unknown, other, unknown, unknown, unknown, number, unknown, unknown]
    );
    let readings = watched.play(9600);
    assert_eq!(last(&readings, 0).seen, silent);
}

#[test]
fn buses_are_watched_by_their_tokens() {
    let mut watched = Watched::new(DOCUMENT);
    let control = std::sync::Arc::clone(&watched.bench.control);
    let buses = [BusKind::Control, BusKind::Audio].map(|kind| control.assign_bus(kind, None, true).unwrap());
    watched.play(480);
    let tokens = buses.map(|answer| match answer.read() {
        Reading::Value(bus) => bus,
        other => panic!("{other:?}"),
    });
    let targets = tokens.map(|bus| WatchTarget::Bus(bus.token()));
    watched.watch(&targets, WhichVoice::Newest, 480);
    control.write_bus(tokens[0], 0.25, 0.0).unwrap();
    control.sched(Sched::new("bus").arg(tokens[1].number())).unwrap();
    let readings = watched.play(960);
    let (value, sound) = (last(&readings, 0), last(&readings, 1));
    assert_eq!((value.seen, value.value), (Seen::Number, 0.25));
    assert!(sound.seen == Seen::Sound && sound.high > 0.49 && sound.low < -0.49, "{sound:?}");
}

#[test]
fn the_chosen_voice_is_read() {
    let mut watched = Watched::new("ksmps = 16\n0dbfs = 1\n;@notes off\ninstr 10\n kown = p4\nendin\n");
    for level in 1..=3 {
        watched.bench.control.sched(Sched::new(10).arg(level).unique()).unwrap();
        watched.play(160);
    }
    let mut seen = |voice| {
        watched.watch(&[of("10", "kown")], voice, 0);
        last(&watched.play(160), 0).value
    };
    assert_eq!(seen(WhichVoice::Newest), 3.0);
    assert_eq!([0, 1, 2].map(|number| seen(WhichVoice::Number(number))), [1.0, 2.0, 3.0]);
}

#[test]
fn the_engine_that_takes_over_is_watched_and_the_list_can_be_ended() {
    let text = |value: i32| {
        format!(
            "ksmps = 16\n0dbfs = 1\n;@notes off\ninstr 10\n kmore = 1\n kown = {value}\nendin\nschedule 10, 0, -1\n"
        )
    };
    let mut watched = Watched::new(&text(1));
    watched.watch(&[of("10", "kown")], WhichVoice::Newest, 0);
    assert_eq!(last(&watched.play(480), 0).value, 1.0);
    let ticket = watched.bench.control.edit(text(2).replace(" kmore = 1\n", ""));
    assert!(!watched.bench.control.wait_for(ticket).failed);
    watched.play(160);
    assert_eq!(last(&watched.play_until_read(), 0).value, 2.0);
    watched.bench.player.reset();
    assert_eq!(last(&watched.play_until_read(), 0).value, 2.0);
    watched.bench.control.unwatch_values(watched.list - 1);
    assert!(!watched.play(480).is_empty(), "another list is watched");
    watched.bench.control.unwatch_values(watched.list);
    assert!(watched.play(4800).is_empty());
}

/// The sound is the same, watched or not.
#[test]
fn watching_changes_no_sample() {
    let play = |is_watched: bool| {
        let mut watched = Watched::new(DOCUMENT);
        if is_watched {
            watched.watch(&[of("10", "kown"), of("10", "aown"), global("gkall")], WhichVoice::Newest, 0);
        }
        watched.bench.control.sched(Sched::new(10).arg(0.5)).unwrap();
        watched.bench.play(RATE as usize / 4, &[], &[480])
    };
    assert_eq!(play(true), play(false));
}
