//! Blocks that are heard one block later: the same samples, notes and MIDI, later by exactly the latency that is reported,
//! however the blocks are cut.

mod common;

use common::{Instance, note, on};
use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::event::{Event, EventKind, NoteName, NoteSelector};
use ksmps_core::player::{BlockMode, InstanceConfig, Place, pair};
use ksmps_core::renderer::{Block, Reports};
use ksmps_core::route::HostChannels;
use ksmps_core::verbs::Sched;

const RATE: f64 = 48_000.0;
const FRAMES: usize = 12_000;

/// Sound, notes that begin notes, MIDI out and a parameter that the orchestra writes.
const TEXT: &str = "nchnls = 2\nnchnls_i = 2\n0dbfs = 1\nksmps = 32\n;@notes 1\n;@param cut 0..1=0.5\n;@param level 0..1=0 send\ninstr 1\n \
    ifreq = p4\n iamp = p5\n kcut chnget \"cut\"\n k1 randomi -1, 1, 30\n a1 vco2 iamp / 4, ifreq + k1\n a2 noise 0.02, 0\n a3, a4 ins\n \
    chnset phasor:k(3), \"level\"\n outs a1 * kcut + a3, a2 + a4 * 0.5\n schedule 2, 0.01, 0.02, ifreq\n midion2 1, 60, 90, metro(20)\nendin\n\
    instr 2\n a1 oscili 0.1, p4 * 2\n outs a1, a1\nendin\n";

/// Everything that came out of one run, at the frames of the run.
#[derive(Debug, PartialEq, Default)]
struct Heard {
    samples: Vec<[u32; 2]>,
    ended: Vec<(usize, NoteName)>,
    midi_out: Vec<(usize, [u8; 3])>,
    params: Vec<(usize, u16, u64)>,
    latency: usize,
}

impl Heard {
    /// What was heard, had it been heard later by so many frames.
    fn later(mut self, frames: usize) -> Self {
        self.samples.splice(0..0, std::iter::repeat_n([0; 2], frames));
        self.samples.truncate(FRAMES);
        self.latency += frames;
        let later = |at: &mut usize| {
            *at += frames;
            *at < FRAMES
        };
        self.ended.retain_mut(|(at, _)| later(at));
        self.midi_out.retain_mut(|(at, _)| later(at));
        self.params.retain_mut(|(at, _, _)| later(at));
        self
    }
}

fn events() -> Vec<(usize, EventKind)> {
    let off = |key| EventKind::NoteOff { notes: NoteSelector::from(note(key)), velocity: 0.2 };
    let point = |normalized| EventKind::Param { slot: 0, normalized };
    vec![
        (0, point(0.3)),
        (101, on(60)),
        (1003, on(64)),
        (2000, point(0.9)),
        (4000, off(60)),
        (6001, on(67)),
        (7001, off(64)),
        (9001, EventKind::Choke { notes: NoteSelector::from(note(67)) }),
    ]
}

/// Plays in blocks of these lengths, of which one may be the longest of the activation.
fn play(place: Place, mode: BlockMode, cuts: &[usize]) -> Heard {
    let channels = HostChannels { inputs: vec![2], outputs: vec![2] };
    let (control, mut player) = pair(InstanceConfig { channels, default_document: "" });
    player.set_offline(true);
    control.set_place(place);
    control.set_block_mode(mode);
    control.load(TEXT.to_owned(), None);
    control.set_block_max(*cuts.iter().max().expect("a length"));
    let status = control.activate(RATE);
    assert!(!status.failed, "{:?}", status.diagnostics);
    player.adopt();
    let mut heard = Heard { latency: player.latency_frames() as usize, ..Heard::default() };
    assert_eq!(status.info.map(|info| info.latency_frames), Some(heard.latency as u32));
    let (events, mut reports, mut at) = (events(), Reports::default(), 0);
    for &cut in cuts.iter().cycle() {
        let frames = cut.min(FRAMES - at);
        let here = events.iter().filter(|(frame, _)| (at..at + frames).contains(frame));
        let here: Vec<Event> =
            here.map(|&(frame, kind)| Event { frame: (frame - at) as u32, kind }).collect();
        let input: Vec<f32> = (at..at + frames).map(|frame| ((frame * 37) % 101) as f32 / 404.0).collect();
        let (mut left, mut right) = (vec![7.0; frames], vec![7.0; frames]);
        let outputs = &mut [&mut left[..], &mut right[..]];
        player
            .process(&mut Block { inputs: &[&input, &input], outputs, frames, events: &here }, &mut reports);
        heard.samples.extend((0..frames).map(|frame| [left[frame].to_bits(), right[frame].to_bits()]));
        heard.ended.extend(reports.ended.iter().map(|(frame, note)| (at + *frame as usize, *note)));
        let midi = reports.midi_out.iter().map(|(frame, sent)| (at + *frame as usize, sent.bytes));
        heard.midi_out.extend(midi);
        let params =
            reports.params.iter().map(|&(frame, slot, value)| (at + frame as usize, slot, value.to_bits()));
        heard.params.extend(params);
        at += frames;
        if at == FRAMES {
            break;
        }
    }
    assert!(control.status().problems.is_empty(), "{:?}", control.status().problems);
    heard
}

#[test]
fn everything_is_heard_later_by_the_longest_block_and_is_the_same() {
    for cuts in [&[512][..], &[64], &[64, 1, 1, 3, 17, 64, 64], &[1, 300, 17, 4096], &[FRAMES]] {
        let longest = *cuts.iter().max().expect("a length");
        let together = play(Place::Together, BlockMode::Pipelined, &[480]);
        assert!(together.ended.len() >= 3 && together.midi_out.len() >= 4 && together.params.len() >= 100);
        let together = together.later(longest);
        let apart = play(Place::Apart, BlockMode::Pipelined, cuts);
        let differs = together.samples.iter().zip(&apart.samples).position(|(a, b)| a != b);
        assert_eq!(differs, None, "cut by {cuts:?}: the first frame that differs");
        assert_eq!(apart, together, "cut by {cuts:?}");
    }
}

#[test]
fn without_the_mode_what_the_orchestra_writes_into_parameters_is_the_same() {
    assert_eq!(
        play(Place::Apart, BlockMode::Direct, &[100, 33]),
        play(Place::Together, BlockMode::Direct, &[480])
    );
}

#[test]
fn a_change_of_the_mode_takes_over_without_a_gap_and_changes_the_latency() {
    let mut instance = Instance::new(common::GOOD);
    instance.play_until_good("directly");
    let (direct, block) = (instance.latency_frames(), common::BLOCK as u32);
    instance.control.set_block_max(common::BLOCK);
    for (mode, latency) in [(BlockMode::Pipelined, direct + block), (BlockMode::Direct, direct)] {
        let ticket = instance.control.set_block_mode(mode);
        assert!(!instance.control.wait_for(ticket).failed);
        let mut quietest = f32::MAX;
        instance.play_until(&format!("{mode:?}"), |instance, loudest| {
            // Two tones that are not in step, one of which fades, are never as quiet as a gap.
            quietest = quietest.min(loudest);
            instance.latency_frames() == latency
        });
        for _ in 0..20 {
            quietest = quietest.min(instance.play(&[]));
        }
        assert!(mode == BlockMode::Direct || quietest > 0.05, "{mode:?}: {quietest}");
        instance.play_until_good("after the change");
    }
}

/// The first frames that sound in blocks of [`common::BLOCK`], after an event that is sent to begin at a time.
fn onset(mode: BlockMode) -> usize {
    let text = "nchnls = 2\n0dbfs = 1\nksmps = 32\ninstr 1\n a1 = a(p4)\n outs a1, a1\nendin\n";
    let channels = HostChannels { inputs: vec![], outputs: vec![2] };
    let (control, mut player) = pair(InstanceConfig { channels, default_document: "" });
    player.set_offline(true);
    control.set_place(Place::Apart);
    control.set_block_mode(mode);
    control.set_block_max(common::BLOCK);
    control.load(text.to_owned(), None);
    assert!(!control.activate(RATE).failed);
    player.adopt();
    let mut reports = Reports::default();
    let mut sound = Vec::new();
    for block in 0..20 {
        let (mut left, mut right) = ([7.0; common::BLOCK], [7.0; common::BLOCK]);
        let outputs = &mut [&mut left[..], &mut right[..]];
        player.process(&mut Block { inputs: &[], outputs, frames: common::BLOCK, events: &[] }, &mut reports);
        sound.extend(left);
        if block == 1 {
            control.sched(Sched::new(1).at(0.0501).dur(0.01).arg(0.5)).expect("an event");
        }
    }
    let onset = sound.iter().position(|sample| *sample != 0.0).expect("a sound");
    onset - player.latency_frames() as usize
}

#[test]
fn an_event_that_is_sent_begins_on_its_frame() {
    assert_eq!(onset(BlockMode::Direct), (0.0501 * RATE).round() as usize);
    assert_eq!(onset(BlockMode::Pipelined), onset(BlockMode::Direct));
}
