//! Seam: `player`, verbs from the control half while the instance plays.

mod common;

use common::{Bench, off, on, peak};
use ksmps_core::csound::BusKind;
use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::player::{Answer, Reading};
use ksmps_core::player::{COMMANDS_MAX, COMMANDS_PER_BLOCK_MAX, LiveError};
use ksmps_core::verbs::{Automation, Bus, EngineError, Sched, When};

/// Instruments that put out plain values: what was written is what is heard.
const LEVELS: &str = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\nchn_k \"level\", 3\n\
    giTable ftgen 7, 0, 8, -2, 0.5\n\
    instr level\n klevel = p4\n outs a(klevel), a(klevel)\nendin\n\
    instr 10\n kval = chnget:k(\"level\")\n asig upsamp kval\n outs asig, asig\nendin\n\
    instr 11\n kval table 2, 7\n asig upsamp kval\n outs asig, asig\nendin\n\
    instr 12\n kval = busin:k(p4)\n asig upsamp kval\n outs asig, asig\nendin\n\
    instr 13\n asig init p4\n outs asig, asig\nendin\n";

const KSMPS: usize = 16;

fn seconds(frames: usize) -> f64 {
    frames as f64 / common::RATE
}

fn level() -> Sched {
    Sched::new("level").field("klevel", 0.25)
}

fn first_sound(sound: &[f32]) -> Option<usize> {
    sound.iter().position(|sample| *sample != 0.0)
}

#[test]
fn an_event_sounds_at_its_frame_in_any_cut() {
    for (asked, cut) in [(0, 480), (101, 480), (160, 480), (1000, 480), (101, 7), (1000, 64)] {
        let mut bench = Bench::new(LEVELS);
        bench.play(33, &[], &[33]);
        let event = Sched::new(13).arg(0.5).dur(0.01).delay(seconds(asked)).unique();
        bench.control.sched(&event).unwrap();
        let sound = bench.play(4800, &[], &[cut]);
        assert_eq!(first_sound(&sound), Some(asked + KSMPS), "{asked} in blocks of {cut}");
        assert_eq!(sound[4799], 0.0, "it ends by itself");
    }
}

#[test]
fn setp_and_automatep_move_an_instance_and_unsched_ends_it() {
    let mut bench = Bench::new(LEVELS);
    let id = bench.control.sched(level().unique()).unwrap();
    let other = bench.control.sched(level().field("klevel", 0.125).unique()).unwrap();
    assert_ne!(id, other);
    assert_eq!(bench.play(480, &[], &[480])[479], 0.375);

    bench.control.setp(&id, [("klevel", 0.5)], seconds(160)).unwrap();
    let sound = bench.play(480, &[], &[480]);
    assert_eq!((sound[160], sound[160 + 2 * KSMPS]), (0.375, 0.625));

    let line = Automation::new(&[0.0, 0.0, 0.1, 1.0]).unwrap().overtake();
    bench.control.automatep(&id, "klevel", &line).unwrap();
    let sound = bench.play(9600, &[], &[480]);
    assert!((sound[2400] - (0.75 + 0.125)).abs() < 0.01, "half way: {}", sound[2400]);
    assert_eq!(sound[9599], 1.125);

    let answer = bench.control.getp(&id, 4).unwrap();
    assert_eq!(answer.read(), Reading::Waiting);
    bench.control.unsched(&id, seconds(1600)).unwrap();
    let sound = bench.play(4800, &[], &[480]);
    assert_eq!(answer.read(), Reading::Value(1.0));
    assert_eq!((sound[1599], sound[1600 + 2 * KSMPS], sound[4799]), (1.125, 0.125, 0.125));
    bench.control.unsched("level", 0.0).unwrap();
    assert_eq!(bench.play(480, &[], &[480])[479], 0.0);
}

#[test]
fn what_was_sent_can_be_taken_back() {
    let mut bench = Bench::new(LEVELS);
    bench.control.sched(level().delay(0.05)).unwrap();
    bench.control.sched(Sched::new(13).arg(0.5).delay(0.05)).unwrap();
    bench.control.unsched_future("level").unwrap();
    assert_eq!(bench.play(4800, &[], &[480])[4799], 0.5);
    let id = bench.control.sched(level().unique()).unwrap();
    let line = bench.control.automatep(&id, 4, &Automation::new(&[0.0, 0.0, 1.0, 1.0]).unwrap()).unwrap();
    let moving = bench.play(4800, &[], &[480])[4799];
    bench.control.unautomate(line).unwrap();
    bench.play(480, &[], &[480]);
    let still = bench.play(480, &[], &[480]);
    assert!(
        still[0] >= moving && still[0] - moving < 0.001 && still[0] == still[479],
        "{moving} {}",
        still[0]
    );
    bench.control.sched(level().delay(0.05)).unwrap();
    bench.control.unsched_all().unwrap();
    assert_eq!(peak(&bench.play(9600, &[], &[480])[KSMPS..]), 0.0);
}

#[test]
fn channels_tables_and_buses() {
    let mut bench = Bench::new(LEVELS);
    bench.control.sched(Sched::new(10).dur(0.1)).unwrap();
    bench.control.set_channel("level", 0.75, 0.0).unwrap();
    let sound = bench.play(9600, &[], &[480]);
    assert_eq!(sound[4000], 0.75);
    let answer = bench.control.control_channel("level").unwrap();
    let line = Automation::new(&[0.0, 0.0, 0.05, 0.5]).unwrap();
    bench.control.automate_channel("level", &line).unwrap();
    bench.control.sched(Sched::new(10).dur(0.1)).unwrap();
    assert_eq!(bench.play(9600, &[], &[480])[4000], 0.5);
    assert_eq!(answer.read(), Reading::Value(0.75));

    bench.control.fill_table(7, vec![0.0, 0.0, 0.375, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]).unwrap();
    bench.control.sched(Sched::new(11).dur(0.1)).unwrap();
    bench.control.automate_table(7, 2, &line.clone().delay(0.05)).unwrap();
    let sound = bench.play(9600, &[], &[480]);
    assert_eq!((sound[1000], sound[4750] > 0.4), (0.375, true), "{}", sound[4750]);

    let token = |answer: &Answer<Bus>| match answer.read() {
        Reading::Value(bus) => bus,
        other => panic!("{other:?}"),
    };
    let answer = bench.control.assign_bus(BusKind::Control, 0.25, true).unwrap();
    bench.play(480, &[], &[480]);
    let bus = token(&answer);
    bench.control.sched(Sched::new(12).arg(bus).dur(0.1)).unwrap();
    bench.control.write_bus(bus, 0.625, seconds(1600)).unwrap();
    let sound = bench.play(9600, &[], &[480]);
    assert_eq!((sound[1600], sound[1600 + 2 * KSMPS]), (0.25, 0.625));
    bench.control.release_bus(bus, 0.0).unwrap();
    let gone = bench.control.read_bus(bus).unwrap();
    bench.play(480, &[], &[480]);
    assert_eq!(gone.read(), Reading::Nothing);
}

#[test]
fn times_count_from_the_block_or_from_the_engines_start() {
    let mut bench = Bench::new(LEVELS);
    bench.play(4800, &[], &[480]);
    assert_eq!(bench.control.now(), Ok(0.1));
    bench.control.sched(Sched::new(13).arg(0.5).dur(0.01).at(0.15).unique()).unwrap();
    assert_eq!(first_sound(&bench.play(4800, &[], &[480])), Some(2400 + KSMPS));
    let past = bench.control.sched(level().at(0.1));
    assert!(matches!(past, Err(LiveError::Engine(EngineError::Past { .. }))), "{past:?}");
    let bad = bench.control.unsched("level", When::In(f64::NAN));
    assert!(matches!(bad, Err(LiveError::Engine(EngineError::BadTime(_)))), "{bad:?}");
}

#[test]
fn an_engine_that_takes_over_gets_nothing_that_was_meant_for_the_old_one() {
    let mut bench = Bench::new(LEVELS);
    // On the old engine's agenda, and in the queue for it.
    bench.control.sched(level().delay(0.2)).unwrap();
    bench.play(480, &[], &[480]);
    bench.control.sched(level()).unwrap();
    bench.control.set_channel("level", 0.5, 0.0).unwrap();
    let answer = bench.control.control_channel("level").unwrap();
    let ticket = bench.control.edit(format!("{LEVELS};\n"));
    assert!(!bench.control.wait_for(ticket).failed);
    assert_eq!(peak(&bench.play(24_000, &[], &[480])), 0.0);
    assert_eq!(answer.read(), Reading::Nothing);
    // From now on commands are for the new one.
    bench.control.sched(level()).unwrap();
    assert_eq!(bench.play(480, &[], &[480])[479], 0.25);
    // A reset is another engine, too.
    bench.control.sched(level().unique()).unwrap();
    bench.player.reset();
    assert_eq!(peak(&bench.play(480, &[], &[480])), 0.0);
    bench.control.sched(level()).unwrap();
    assert_eq!(bench.play(480, &[], &[480])[479], 0.25);
}

#[test]
fn a_full_queue_is_an_error_and_a_block_takes_a_bounded_number() {
    let mut bench = Bench::new(LEVELS);
    for _ in 0..COMMANDS_MAX {
        bench.control.set_channel("level", 0.5, 0.0).unwrap();
    }
    assert_eq!(bench.control.set_channel("level", 0.5, 0.0), Err(LiveError::QueueFull));
    bench.play(KSMPS, &[], &[KSMPS]);
    for _ in 0..COMMANDS_PER_BLOCK_MAX {
        bench.control.set_channel("level", 0.5, 0.0).unwrap();
    }
    assert_eq!(bench.control.set_channel("level", 0.5, 0.0), Err(LiveError::QueueFull));
}

#[test]
fn an_agenda_that_is_full_drops_and_says_so() {
    let mut bench = Bench::new(LEVELS);
    for _ in 0..4 {
        for _ in 0..512 {
            bench.control.set_channel("level", 0.5, 100.0).unwrap();
        }
        bench.play(KSMPS * 512, &[], &[KSMPS]);
    }
    let dropped = |bench: &Bench| {
        bench.control.status().problems.iter().any(|problem| problem.text.contains("found no room"))
    };
    let is_said = (0..2000).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        dropped(&bench)
    });
    assert!(is_said, "{:?}", bench.control.status());
}

#[test]
fn verbs_that_make_no_sense_are_refused() {
    let mut bench = Bench::new(LEVELS);
    let refused = |answer: Result<(), LiveError>, expected: EngineError| {
        assert_eq!(answer, Err(LiveError::Engine(expected)));
    };
    let control = &bench.control;
    let unknown = EngineError::UnknownInstrument("nobody".into());
    refused(control.sched(Sched::new("nobody")).map(drop), unknown.clone());
    refused(control.unsched("nobody", 0.0), unknown);
    refused(control.set_channel("nowhere", 1.0, 0.0), EngineError::UnknownChannel("nowhere".into()));
    refused(control.setp("level", [("kwhat", 1.0)], 0.0), EngineError::UnknownField("kwhat".into()));
    refused(control.setp("level", [(3, 1.0)], 0.0), EngineError::FixedField(3));
    let six = (4..10).map(|index| (index, 0.0));
    refused(control.setp("level", six, 0.0), EngineError::TooManyPairs { given: 6, max: 5 });
    let text = control.sched(Sched::new("level").arg("a\0b"));
    assert!(matches!(text, Err(LiveError::Engine(EngineError::BadString(_)))), "{text:?}");
    bench.player.release();
    assert_eq!(bench.control.sched(level()), Err(LiveError::NothingPlays));
}

#[test]
fn notes_of_the_host_sound_the_same_beside_a_scheduled_event() {
    let text = LEVELS.replace(";@notes off", ";@notes tone")
        + "instr tone\n kfreq = p4\n asig = oscili:a(0.3, kfreq)\n outs asig, asig\nendin\n";
    let notes = [(77, on(69)), (3000, off(69))];
    let alone = Bench::new(&text).play(4800, &notes, &[480]);
    let mut bench = Bench::new(&text);
    bench.control.sched(Sched::new(13).arg(0.0).dur(0.05)).unwrap();
    assert!(peak(&alone) > 0.2, "{}", peak(&alone));
    assert!(bench.play(4800, &notes, &[480]) == alone);
}
