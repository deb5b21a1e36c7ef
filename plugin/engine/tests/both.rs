//! An engine in a process of its own sounds as one in the host's: the same samples and the same reports, however the blocks
//! are cut.

use std::path::{Path, PathBuf};

use ksmps_core::engine::MemoryTaken;
use ksmps_core::event::{Event, EventKind, NoteName, NoteSelector};
use ksmps_core::player::{InstanceConfig, Place, pair};
use ksmps_core::renderer::{Block, Reports};
use ksmps_core::route::HostChannels;
use ksmps_core::transport::{Position, Transport};

const RATE: f64 = 48_000.0;
const FRAMES: usize = 24_000;

/// Everything that came out of one run.
#[derive(Debug, PartialEq)]
struct Heard {
    samples: Vec<[u32; 4]>,
    ended: Vec<(usize, NoteName)>,
    midi_out: Vec<(usize, [u8; 3])>,
    taken: MemoryTaken,
    latency: u32,
    parameters: Vec<String>,
    problems: Vec<String>,
}

fn note(key: u8) -> NoteName {
    NoteName { id: None, channel: 0, key }
}

/// Notes, controllers and parameter points at odd frames.
fn events() -> Vec<(usize, EventKind)> {
    let on = |key| EventKind::NoteOn { note: note(key), velocity: 0.7 };
    let off = |key| EventKind::NoteOff { notes: NoteSelector::from(note(key)), velocity: 0.2 };
    let point = |slot, normalized| EventKind::Param { slot, normalized };
    let midi = |bytes| EventKind::Midi { bytes, len: 3 };
    vec![
        (0, point(0, 0.3)),
        (101, on(60)),
        (1003, on(64)),
        (2000, point(1, 0.9)),
        (2001, midi([0xb0, 1, 100])),
        (4711, midi([0xb0, 64, 127])),
        (6000, off(60)),
        (7001, on(67)),
        (9000, midi([0xe0, 0, 80])),
        (9999, midi([0xb0, 64, 0])),
        (12_000, point(0, 0.8)),
        (15_000, off(64)),
        (15_001, EventKind::Choke { notes: NoteSelector::from(note(67)) }),
        (16_000, on(72)),
    ]
}

fn play(text: &str, origin: Option<PathBuf>, place: Place, cuts: &[usize]) -> Heard {
    let channels = HostChannels { inputs: vec![2], outputs: vec![2, 2] };
    let (control, mut player) = pair(InstanceConfig { channels, default_document: "" });
    player.set_offline(true);
    control.set_place(place);
    control.load(text.to_owned(), origin);
    let status = control.activate(RATE);
    assert!(!status.failed, "{place:?}: {:?}", status.diagnostics);
    player.adopt();
    let mut heard = Heard {
        samples: Vec::new(),
        ended: Vec::new(),
        midi_out: Vec::new(),
        taken: MemoryTaken::default(),
        latency: player.latency_frames(),
        problems: Vec::new(),
        parameters: status.info.iter().flat_map(|info| &info.params).map(|one| format!("{one:?}")).collect(),
    };
    let (events, mut reports) = (events(), Reports::default());
    let mut at = 0;
    for &cut in cuts.iter().cycle() {
        let frames = cut.min(FRAMES - at);
        let here = events.iter().filter(|(frame, _)| (at..at + frames).contains(frame));
        let here: Vec<Event> =
            here.map(|&(frame, kind)| Event { frame: (frame - at) as u32, kind }).collect();
        let input: Vec<f32> =
            (at..at + frames).map(|frame| ((frame * 37) % 101) as f32 / 202.0 - 0.25).collect();
        let mut outputs = [(); 4].map(|()| vec![7.0_f32; frames]);
        let mut lent = outputs.each_mut().map(|output| &mut output[..]);
        let mut block = Block { inputs: &[&input, &input], outputs: &mut lent, frames, events: &here };
        let position = Some(Position { frames: at as i64, beats: at as f64 / RATE * 2.0 });
        player.transport(Transport { playing: true, position, ..Transport::default() });
        player.process(&mut block, &mut reports);
        heard.ended.extend(reports.ended.iter().map(|(frame, note)| (at + *frame as usize, *note)));
        heard.taken = heard.taken.and(reports.taken);
        heard
            .midi_out
            .extend(reports.midi_out.iter().map(|(frame, sent)| (at + *frame as usize, sent.bytes)));
        heard
            .samples
            .extend((0..frames).map(|frame| outputs.each_ref().map(|output| output[frame].to_bits())));
        at += frames;
        if at == FRAMES {
            break;
        }
    }
    let status = control.status_with_messages();
    heard.problems = status.problems.iter().map(ToString::to_string).collect();
    // Notes are played to all documents, those that take none included.
    let others = heard.problems.iter().filter(|problem| !problem.contains("a note arrived, but"));
    assert_eq!(others.count(), 0, "{place:?}: {:?}", heard.problems);
    heard
}

fn sounds_the_same(text: &str, origin: Option<&Path>) {
    let origin = origin.map(Path::to_owned);
    let together = play(text, origin.clone(), Place::Together, &[512]);
    let is_silent =
        together.samples.iter().all(|frame| frame.iter().all(|sample| f32::from_bits(*sample) == 0.0));
    assert!(!is_silent, "{origin:?} makes no sound, so that nothing is compared");
    for cuts in [&[512][..], &[64], &[1, 300, 17, 4096], &[FRAMES]] {
        let apart = play(text, origin.clone(), Place::Apart, cuts);
        let differs = together.samples.iter().zip(&apart.samples).position(|(a, b)| a != b);
        assert_eq!(differs, None, "{origin:?} cut by {cuts:?}: the first frame that differs");
        assert_eq!(apart, together, "{origin:?} cut by {cuts:?}");
    }
}

#[test]
fn factory_documents_sound_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../instruments");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let Ok(files) = std::fs::read_dir(entry.path()) else { continue };
        for file in files
            .flatten()
            .map(|file| file.path())
            .filter(|path| path.extension().is_some_and(|end| end == "csd"))
        {
            sounds_the_same(&std::fs::read_to_string(&file).unwrap(), Some(&file));
            count += 1;
        }
    }
    assert!(count >= 5, "only {count} documents were found");
}

#[test]
fn random_numbers_buses_and_scheduled_notes_are_the_same() {
    sounds_the_same(
        "nchnls = 4\n0dbfs = 1\nksmps = 32\ninstr 1\n ifreq = p4\n iamp = p5\n k1 randomi -1, 1, 30\n a1 vco2 iamp / 4, ifreq + k1\n \
            a2 noise 0.02, 0\n outch 1, a1, 2, a2, 3, a1 * 0.5, 4, a2\n schedule 2, 0.01, 0.1, ifreq\nendin\ninstr 2\n a1 oscili 0.1, p4 * 2\n \
            outch 2, a1\nendin\n",
        None,
    );
}

#[test]
fn midi_in_and_out_are_the_same() {
    sounds_the_same(
        "nchnls = 2\n0dbfs = 1\nmassign 0, 1\ninstr 1\n icps cpsmidi\n iamp ampmidi 0.3\n kbend pchbend 0, 2\n a1 oscili iamp, icps + kbend\n \
            outs a1, a1\n noteondur2 1, 70, 90, 0.05\nendin\n",
        None,
    );
}

#[test]
fn an_effect_hears_the_same_input() {
    sounds_the_same(
        "nchnls = 2\nnchnls_i = 2\n0dbfs = 1\ninstr 1\n a1, a2 ins\n a1 moogladder2 a1, 2000, 0.3\n a2 delay a2, 0.01\n outs a1, a2\nendin\n\
            schedule 1, 0, -1\n",
        None,
    );
}

#[test]
fn fifty_instances_play_apart() {
    let text =
        "nchnls = 2\n0dbfs = 1\ninstr 1\n a1 oscili 0.25, 440\n outs a1, a1\nendin\nschedule 1, 0, -1\n";
    let mut instances: Vec<_> = (0..50)
        .map(|_| {
            let channels = HostChannels { inputs: vec![2], outputs: vec![2] };
            let (control, mut player) = pair(InstanceConfig { channels, default_document: "" });
            player.set_offline(true);
            control.set_place(Place::Apart);
            control.load(text.to_owned(), None);
            assert!(!control.activate(RATE).failed);
            player.adopt();
            (control, player)
        })
        .collect();
    let mut reports = Reports::default();
    for round in 0..10 {
        for (_, player) in &mut instances {
            let (mut left, mut right) = ([7.0; 256], [7.0; 256]);
            let outputs = &mut [&mut left[..], &mut right[..]];
            player.process(&mut Block { inputs: &[], outputs, frames: 256, events: &[] }, &mut reports);
            assert!(round == 0 || left.iter().any(|sample| sample.abs() > 0.2), "round {round}");
        }
    }
}
