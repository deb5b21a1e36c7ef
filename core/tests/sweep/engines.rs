//! Engines at random.

use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::offline::{OfflineEngine, sound_file};
use ksmps_core::verbs::{Automation, Curve, EventId, Sched, TableSpec};

use super::dice::Dice;
use super::{command_line, difference, keep, sweep};

const SECONDS: f64 = 0.4;
const ORCHESTRA: &str = "\
instr 100
  kval = p4
  outch 1, a(kval + p2*0.1 + p3*0.01)
endin
instr 101
  kamp = p4
  outch 1, oscili:a(kamp, 300)*linsegr:a(0, 0.01, 1, 0.02, 0)
endin
instr wave
  itable = p4
  outch 1, poscil:a(0.2, 220, itable)
endin
";

fn differs(seed: u64) -> Option<String> {
    let mut dice = Dice::new(seed ^ 0xe000);
    let rate = dice.of(&[44_100, 48_000, 22_050]);
    let ksmps = dice.of(&[64, 10, 16, 33, 7]);
    let folder = tempfile::tempdir().unwrap();
    let (wav, csd) = (folder.path().join("own.wav"), folder.path().join("engine.csd"));
    let builder = OfflineEngine::builder().sample_rate(rate).ksmps(ksmps).channels(1).outfile(&wav);
    let mut engine = builder.encoding(sound_file::Encoding::Float64).build().unwrap();
    engine.compile(ORCHESTRA).unwrap();
    let mut events: Vec<EventId> = Vec::new();
    let data: Vec<f64> = (0..64).map(|_| dice.between(-0.3, 0.3)).collect();
    let table = engine.make_table(&data, TableSpec::default()).unwrap();
    for _ in 0..2 + dice.below(8) {
        let start = dice.seconds(rate, ksmps, SECONDS);
        let dur = dice.seconds(rate, ksmps, SECONDS).max(0.002);
        let sched = match dice.below(3) {
            0 => Sched::new(100).arg(dice.between(0.0, 0.5)),
            1 => Sched::new(101).arg(dice.between(0.0, 0.5)),
            _ => Sched::new("wave").arg(table),
        };
        events.push(engine.sched(sched.at(start).dur(dur).unique()).unwrap());
    }
    for _ in 0..dice.below(3) {
        let at = dice.seconds(rate, ksmps, SECONDS);
        engine.unsched(&dice.of(&events), ksmps_core::verbs::When::At(at)).unwrap();
    }
    if has_pwrite() {
        for _ in 0..dice.below(3) {
            let at = dice.seconds(rate, ksmps, SECONDS);
            let event = dice.of(&events);
            match dice.once_in(2) {
                true => engine
                    .setp(&event, [(4, dice.between(0.0, 0.5))], ksmps_core::verbs::When::At(at))
                    .unwrap(),
                false => {
                    let line = Automation::new(&[0.0, 0.1, 0.1, 0.4, 0.15, 0.2]).unwrap();
                    let line = line.curve(dice.of(&[Curve::Linear, Curve::Cos])).at(at);
                    engine.automatep(&event, 4, &line).unwrap();
                }
            }
        }
    }
    engine.write(&csd).unwrap();
    engine.stop().unwrap();
    let own = sound_file::read(&wav).unwrap().samples;
    let what = difference(&own, &command_line(&csd), 1, ksmps as usize)?;
    Some(format!("{what} ({rate} Hz, {ksmps}; {})", keep(folder)))
}

/// Whether the installed csound has the opcodes of csound-plugins that the exported changes of p-fields use.
fn has_pwrite() -> bool {
    let listed = std::process::Command::new("csound").arg("-z").output().unwrap();
    String::from_utf8_lossy(&listed.stderr).contains("pwrite")
}

#[test]
fn the_command_line_renders_what_engines_export_to_the_same_samples() {
    sweep(differs);
}
