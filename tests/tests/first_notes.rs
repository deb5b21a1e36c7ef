//! Seam: what first notes take of memory inside `process`. Instances are made before; what an init pass takes is counted,
//! and the count is that of every call to `malloc` and its relatives. Where calls cannot be counted, there is no such test.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::sync::Arc;

use ksmps_core::engine::MemoryTaken;
use ksmps_core::event::{Event, EventKind, NoteName};
use ksmps_core::player::{self, Control, InstanceConfig, Notice, Player, Report};
use ksmps_core::renderer::{Block, Reports};
use ksmps_core::route::HostChannels;
use ksmps_harness::count::{Kind, counted};

const FRAMES: usize = 64;
const NOTES: u8 = 8;
const HEADER: &str = "ksmps = 16\nnchnls = 1\n0dbfs = 1\n";

/// An instance that plays a document.
struct Playing {
    control: Arc<Control>,
    player: Player,
    reports: Reports,
}

impl Playing {
    fn of(document: &str) -> Self {
        let channels = HostChannels { inputs: vec![], outputs: vec![1] };
        let (control, mut player) = player::pair(InstanceConfig { channels, default_document: "" });
        control.load(format!("{HEADER}{document}"), None);
        let status = control.activate(48_000.0);
        assert!(!status.failed, "{:?}", status.diagnostics);
        player.adopt();
        Self { control, player, reports: Reports::default() }
    }

    /// Instances that were made before, by instrument.
    fn made(&self) -> Vec<(String, usize)> {
        let info = self.control.status().info.expect("an engine");
        info.made.iter().map(|made| (made.instrument.clone(), made.instances)).collect()
    }

    /// What a block takes, where the count is exact.
    fn block(&mut self, events: &[Event]) -> MemoryTaken {
        let mut sound = [0.0; FRAMES];
        let mut outputs = [&mut sound[..]];
        let mut block = Block { inputs: &[], outputs: &mut outputs, frames: FRAMES, events };
        let counts = counted(|| self.player.process(&mut block, &mut self.reports)).1;
        let counts = counts.expect("glibc's calls are counted");
        assert_eq!(counts.total(Kind::Allocation), self.reports.taken.pieces, "{counts}");
        self.reports.taken
    }

    /// The first notes, one in each block, each held: pieces and bytes that each takes.
    fn first_notes(&mut self) -> Vec<(u64, u64)> {
        let note = |key| NoteName { id: None, channel: 0, key: 60 + key };
        let on = |key| Event { frame: 3, kind: EventKind::NoteOn { note: note(key), velocity: 0.5 } };
        let taken = (0..NOTES).map(|key| self.block(&[on(key)]));
        taken.map(|MemoryTaken { pieces, bytes }| (pieces, bytes)).collect()
    }
}

const OPCODES: &str = "opcode tone, a, k\n kf xin\n xout oscili:a(0.1, kf)\nendop\n\
    opcode two, a, k\n kf xin\n xout tone(kf) + tone(kf * 2)\nendop\n";

#[test]
fn first_notes_take_no_memory_where_no_init_pass_does() {
    let tone = "out oscili:a(0.1, p4)";
    for (document, made) in [
        (format!(";@notes 1\ninstr 1\n {tone}\nendin\n"), vec![("1", 16)]),
        (format!(";@notes tone voices=9\ninstr tone\n {tone}\nendin\n"), vec![("tone", 9)]),
        // What the document has made itself is enough.
        (format!(";@notes 1 voices=9\ninstr 1\n {tone}\nendin\nprealloc 1, 20\n"), vec![("1", 20)]),
        // User-defined opcodes that call others have instances of their own.
        (format!("{OPCODES};@notes 1\ninstr 1\n out two(p4) + tone(p4) + two(1)\nendin\n"), vec![("1", 16)]),
        // A split, and a layer.
        (
            format!(
                "instr low ;@notes key=0..63\n {tone}\nendin\ninstr high ;@notes key=64..127 voices=8\n {tone}\nendin\n\
                 instr both ;@notes voices=12\n {tone}\nendin\n"
            ),
            vec![("low", 16), ("high", 8), ("both", 12)],
        ),
        // Instruments that MIDI channels start: all channels this one, then as many as there are.
        (";@notes midi\ninstr 7\n out oscili:a(0.1, cpsmidi())\nendin\n".to_owned(), vec![("7", 16)]),
        (
            "massign 0, \"lead\"\n;@notes midi\ninstr lead\n out oscili:a(0.1, cpsmidi())\nendin\n"
                .to_owned(),
            vec![("lead", 16)],
        ),
    ] {
        let mut playing = Playing::of(&document);
        let made: Vec<(String, usize)> =
            made.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
        assert_eq!(playing.made(), made, "{document}");
        assert!(playing.block(&[]).is_none(), "{document}");
        assert_eq!(playing.first_notes(), [(0, 0); NOTES as usize], "{document}");
    }
}

#[test]
fn what_an_init_pass_takes_is_counted_exactly() {
    for (line, taken) in [
        // A line of segments has its points.
        ("out linsegr:a(0, 0.1, 1, 0.1, 0)", (1, 48)),
        // 0.1 s of 48,000 numbers of 8 bytes.
        ("out delay:a(oscili:a(0.1, p4), 0.1)", (1, 38_400)),
        ("a1, a2 reverbsc oscili:a(0.1, p4), oscili:a(0.1, p4), 0.8, 8000\n out a1", (1, 215_232)),
        // A text of its own, and room for what is written into it.
        ("S1 sprintf \"%d\", p4\n out oscili:a(strlen(S1), p4)", (2, 49)),
        // 100 numbers, their count, and a copy of one for its type.
        ("i1[] init 100\n out oscili:a(i1[3], p4)", (3, 876)),
    ] {
        let mut playing = Playing::of(&format!(";@notes 1\ninstr 1\n {line}\nendin\n"));
        assert!(playing.block(&[]).is_none(), "{line}");
        assert_eq!(playing.first_notes(), [taken; NOTES as usize], "{line}");
    }
}

#[test]
fn instances_and_tables_that_notes_ask_for_are_counted() {
    // An instance of another instrument is there once; each further one takes a piece.
    let mut playing = Playing::of(
        ";@notes 1\ninstr 1\n schedule 2, 0, 1\nendin\ninstr 2\n out oscili:a(0.1, 440)\nendin\n",
    );
    let pieces: Vec<u64> = playing.first_notes().into_iter().map(|(pieces, _)| pieces).collect();
    assert_eq!(pieces, [0, 1, 1, 1, 1, 1, 1, 1]);
    // Each note makes a table: its numbers, what is known of it, its arguments; the first time, the list of them too.
    let mut playing =
        Playing::of(";@notes 1\ninstr 1\n i1 ftgen 0, 0, 1024, 10, 1\n out oscili:a(0.1, p4, i1)\nendin\n");
    let pieces: Vec<u64> = playing.first_notes().into_iter().map(|(pieces, _)| pieces).collect();
    assert_eq!(pieces, [4, 3, 3, 3, 3, 3, 3, 3]);
}

#[test]
fn what_was_taken_is_reported_once_for_each_block() {
    let mut playing = Playing::of(";@notes 1\ninstr 1\n out delay:a(oscili:a(0.1, p4), 0.1)\nendin\n");
    let mut subscription = playing.control.subscribe();
    playing.block(&[]);
    playing.first_notes();
    playing.block(&[]);
    let mut told = Vec::new();
    while let Some(notice) = subscription.next_notice() {
        if let Notice::Report(Report::MemoryTaken { pieces, bytes }) = notice {
            told.push((pieces, bytes));
        }
    }
    assert_eq!(told, [(1, 38_400); NOTES as usize]);
}
