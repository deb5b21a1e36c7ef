//! MIDI that an orchestra sends: in the order of its frames, and no note of it is left hanging.

use std::collections::BTreeMap;

use ksmps_core::event::{Event, EventKind, NoteName, NoteSelector};
use ksmps_harness::bundle::Kind;
use ksmps_harness::host::{Block, Format, Reports};
use ksmps_harness::hosts::Host;
use ksmps_harness::instance::Instance;
use ksmps_harness::script::Cut;

use super::{RATE, playing};

/// Each note sends its key with 12 added, and short notes of its own until it ends; `name` tells two texts apart.
fn document(name: &str) -> String {
    format!(
        ";@about \"{name}\"\nksmps = 16\nnchnls = 2\n0dbfs = 1\n\
         instr keys ;@notes voices=32\n  ikey = p4\n  pset 0, 0, 0, 60\n\
         midiout_i 144, 1, ikey + 12, 100\n\
         kcount init 0\n  kcount += 1\n\
         if release() == 0 && kcount % 7 == 1 then\n    midiout 144, 2, ikey, 90\n  elseif kcount % 7 == 4 then\n\
         midiout 128, 2, ikey, 0\n  endif\n\
         a1 linsegr 0.1, 0.01, 0.1, 0.003, 0\n  outs a1, a1\n\
         if release() == 1 then\n    midiout 128, 1, ikey + 12, 0\n    midiout 128, 2, ikey, 0\n  endif\nendin\n"
    )
}

/// Plays one block; the events come at their frames in it.
fn block(instance: &mut Instance, frames: usize, events: &[Event]) -> Reports {
    let mut outputs = vec![vec![0.0; frames]; 2];
    let mut outputs: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
    let mut block = Block { inputs: &[], outputs: &mut outputs, frames, events, transport: None };
    instance.processing().process(&mut block).expect("it plays")
}

fn note(frame: u32, key: u8, is_on: bool) -> Event {
    let note = NoteName { id: None, channel: 0, key };
    let kind = if is_on {
        EventKind::NoteOn { note, velocity: 1.0 }
    } else {
        EventKind::NoteOff { notes: NoteSelector::from(note), velocity: 0.0 }
    };
    Event { frame, kind }
}

/// Which notes sound at the host, and how often.
fn sounding(reports: &[Reports]) -> BTreeMap<(u8, u8), i32> {
    let mut sounding = BTreeMap::new();
    for (_, [status, key, velocity]) in reports.iter().flat_map(|reports| &reports.midi) {
        let count: &mut i32 = sounding.entry((status & 15, *key)).or_default();
        match status & 0xf0 {
            0x90 if *velocity > 0 => *count += 1,
            // The document sends an end more than once.
            0x80 | 0x90 => *count = (*count - 1).max(0),
            _ => {}
        }
    }
    sounding.retain(|_, count| *count != 0);
    sounding
}

/// Plays notes with whatever `between` does when they are down; everything that was sent.
fn notes_with(host: Host, cut: &Cut, between: impl FnOnce(&mut Instance)) -> (Vec<Reports>, usize) {
    let mut instance = playing(host, Kind::Instrument, &document("one"));
    let mut sent = Vec::new();
    // Parameter points cut the framework's parts within a block.
    let point =
        |frame| Event { frame, kind: EventKind::Param { slot: 100, normalized: f64::from(frame) / 997.0 } };
    for (index, range) in cut.blocks(9600).enumerate() {
        let frames = (range.end - range.start) as u32;
        let key = 36 + (index % 24) as u8;
        let mut events = vec![note(0, key, true), note(frames / 3, key + 1, true), point(frames / 2)];
        events.extend([note(frames / 2, key, false), note(frames - 1, key + 1, false)]);
        sent.push(block(&mut instance, frames as usize, &events));
    }
    let held = (0..5).map(|n| note(n, 40 + n as u8, true)).collect::<Vec<_>>();
    sent.push(block(&mut instance, 256, &held));
    sent.extend((0..4).map(|_| block(&mut instance, 64, &[])));
    let before = sent.len();
    between(&mut instance);
    let off = (0..5).map(|n| note(0, 40 + n as u8, false)).collect::<Vec<_>>();
    sent.push(block(&mut instance, 64, &off));
    sent.extend((0..40).map(|_| block(&mut instance, 256, &[])));
    (sent, before)
}

#[test]
fn frames_never_run_backwards() {
    for host in Host::BUNDLES {
        let (mut sent, mut ends) = (0, 0);
        for cut in ["1", "17", "64", "500", "random:1", "random:2", "random:3", "random:4"] {
            let cut: Cut = cut.parse().expect("a cut");
            let (reports, _) = notes_with(host, &cut, |_| ());
            for report in &reports {
                assert!(report.frames.is_sorted(), "{host:?} in blocks of {cut}: {report:?}");
            }
            sent += reports.iter().map(|report| report.midi.len()).sum::<usize>();
            ends += reports.iter().map(|report| report.ended.len()).sum::<usize>();
        }
        assert!(sent > 1000 && (ends > 500 || host.format == Format::Vst3), "{host:?}: {sent} {ends}");
    }
}

#[test]
fn what_was_begun_ends_whatever_becomes_of_the_engine() {
    let edit = |instance: &mut Instance| {
        let mut state = instance.state().expect("it saves");
        state.edit_document(&document("two"), None);
        instance.set_state(&state).expect("it loads");
    };
    let reset = |instance: &mut Instance| instance.reset();
    let activation = |instance: &mut Instance| instance.activate(RATE, 1024).expect("it activates");
    type Case<'a> = (&'a str, &'a dyn Fn(&mut Instance));
    let cases: [Case<'_>; 4] =
        [("nothing", &|_| ()), ("an edit", &edit), ("a reset", &reset), ("an activation", &activation)];
    for host in Host::BUNDLES {
        for (what, between) in cases {
            let cut = Cut::Fixed(128);
            let (sent, before) = notes_with(host, &cut, |instance| {
                between(instance);
                if what == "an edit" {
                    // Until the engine of the new text plays.
                    let is_new = |instance: &mut Instance| {
                        let report =
                            instance.state().and_then(|state| Ok(state.report()?)).expect("it saves");
                        report["document"] == "two"
                    };
                    while !is_new(instance) {
                        std::thread::yield_now();
                    }
                }
            });
            assert!(!sounding(&sent[..before]).is_empty(), "{host:?}, {what}: nothing sounded before");
            assert_eq!(sounding(&sent), BTreeMap::new(), "{host:?}: notes hang after {what}");
        }
    }
}

#[test]
fn a_note_that_ends_at_a_vst3_host_has_the_id_with_which_it_began() {
    for host in Host::VST3 {
        let (sent, _) = notes_with(host, &Cut::Fixed(500), |_| ());
        let mut sounding = BTreeMap::new();
        let mut count = 0;
        for report in &sent {
            let notes: Vec<_> = report.midi.iter().filter(|(_, bytes)| bytes[0] & 0xe0 == 0x80).collect();
            assert_eq!(notes.len(), report.note_ids.len());
            for ((_, [status, key, velocity]), id) in notes.into_iter().zip(&report.note_ids) {
                let note = (status & 15, *key);
                let is_on = status & 0xf0 == 0x90 && *velocity > 0;
                let others = sounding.iter().any(|(other, its)| *other != note && its == id);
                assert!(!others, "{host:?}: {note:?} has the id {id} of another one");
                assert_eq!(*sounding.entry(note).or_insert(*id), *id, "{host:?}: {note:?}, {is_on}");
                count += 1;
            }
        }
        assert!(count > 500, "{host:?}: {count} notes");
    }
}
