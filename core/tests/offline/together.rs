//! Verbs together: p-fields, buses and channels that are set, moved and read, files in tables, times in step.

use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::offline::sound_file::{Encoding, Format, Writer};
use ksmps_core::verbs::{Automation, ChannelMode, Sched, SoundRead};

use super::{engine, rendered, value_at};

const DC: &str = "instr 100\n kval = p4\n kmul = p5\n outch 1, a(kval*kmul)\nendin\n";

#[test]
fn a_p_field_is_automated_set_and_read() {
    let mut engine = engine(DC);
    let id = engine.sched(Sched::new(100).dur(0.6).args([0.1, 1.0]).unique()).unwrap();
    engine.automatep(&id, 4, &Automation::new(&[0.0, 0.1, 0.2, 0.5, 0.4, 0.2]).unwrap()).unwrap();
    engine.setp(&id, [("kmul", 2.0)], 0.5).unwrap();
    engine.perform_until(0.3).unwrap();
    let now = engine.getp(&id, "kval").unwrap().unwrap();
    assert!((now - (0.5 - 0.3 * 0.1 / 0.2)).abs() < 0.01, "{now}");
    let sound = rendered(&mut engine);
    assert!((value_at(&sound, 0.2) - 0.5).abs() < 0.005);
    assert!((value_at(&sound, 0.55) - 0.4).abs() < 1e-12);
}

#[test]
fn a_file_is_read_into_a_table_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stereo.wav");
    let mut writer = Writer::create(&path, Format::Wav, Encoding::Float32, 48_000, 2).unwrap();
    writer.write(&[0.25; 9600]).unwrap();
    writer.flush().unwrap();
    drop(writer);
    let mut engine = engine(DC);
    let again = SoundRead { unique: false, ..SoundRead::default() };
    let table = engine.read_soundfile(&path, again).unwrap();
    assert_eq!(engine.read_soundfile(&path, again).unwrap(), table);
    assert_ne!(engine.read_soundfile(&path, SoundRead::default()).unwrap(), table);
    let info = engine.table_info(table).unwrap();
    assert_eq!((info.rate, info.channels, info.frames), (48_000.0, 2, 4800));
    let left = engine.read_soundfile(&path, SoundRead { channel: 1, ..SoundRead::default() }).unwrap();
    assert_eq!(engine.table_info(left).unwrap().channels, 1);
}

#[test]
fn a_control_bus_modulates_is_written_moved_and_read() {
    let mut engine = engine(
        "instr 130\n ibus = p4\n busout(ibus, 2)\nendin\n\
         instr 140\n ibus = p4\n kvalue = busin:k(ibus, 0)\n outch 1, a(kvalue)\nendin\n",
    );
    let bus = engine.assign_bus(None, Some(1.0), true).unwrap();
    engine.sched(Sched::new(140).dur(1.0).arg(bus)).unwrap();
    engine.write_bus(bus, 0.5, 0.1).unwrap();
    engine.automate_bus(bus, &Automation::new(&[0.0, f64::NAN, 0.2, 0.9]).unwrap().delay(0.3)).unwrap();
    engine.perform_until(0.6).unwrap();
    assert!((engine.read_bus(bus).unwrap() - 0.9).abs() < 1e-12);
    engine.release_bus(bus, 0.0).unwrap();
    let sound = rendered(&mut engine);
    for (seconds, value) in [(0.05, 1.0), (0.2, 0.5), (0.4, 0.7), (0.55, 0.9)] {
        assert!(
            (value_at(&sound, seconds) - value).abs() < 4e-3,
            "at {seconds}: {}",
            value_at(&sound, seconds)
        );
    }
}

#[test]
fn a_channel_is_the_master_gain() {
    let mut engine = engine(
        "instr 100\n kgain = chnget:k(\"mastergain\")\n outch 1, a(kgain)\n chnset kgain*2, \"back\"\nendin\n",
    );
    engine.init_channel("mastergain", 1.0, ChannelMode::Read).unwrap();
    engine.sched(Sched::new(100).dur(0.4)).unwrap();
    engine.set_channel("mastergain", 0.5, 0.1).unwrap();
    engine
        .automate_channel("mastergain", &Automation::new(&[0.0, 0.5, 0.1, 0.0]).unwrap().delay(0.2))
        .unwrap();
    engine.perform_until(0.15).unwrap();
    assert_eq!(engine.control_channel("back"), Ok(1.0));
    engine.set_channel("word", "loud", 0.0).unwrap();
    assert_eq!(engine.text_channel("word"), Ok("loud".to_owned()));
    assert_eq!(engine.audio_channel("sound").unwrap().len(), 64);
    let sound = rendered(&mut engine);
    assert_eq!([value_at(&sound, 0.05), value_at(&sound, 0.15), value_at(&sound, 0.35)], [1.0, 0.5, 0.0]);
}

#[test]
fn events_of_one_turn_are_in_step() {
    let mut engine = engine(DC);
    engine.perform_until(0.1).unwrap();
    for step in 1..4 {
        let at = engine.now() + 0.1 * f64::from(step);
        engine.sched(Sched::new(100).at(at).dur(0.05).args([0.2, 1.0])).unwrap();
        engine.sched(Sched::new(100).delay(0.1 * f64::from(step)).dur(0.05).args([0.3, 1.0])).unwrap();
    }
    let sound = rendered(&mut engine);
    let both = sound.samples.iter().filter(|sample| **sample > 0.4).count();
    let any = sound.samples.iter().filter(|sample| **sample != 0.0).count();
    assert!(any > 0 && any - both < 3 * 64, "{both} of {any} frames have both");
}
