//! Seam: the built plugins. A document is edited again and again while notes are played: no step in the sound, no note lost
//! or stuck, and the memory of the process does not grow.
//!
//! The memory is the whole process's, so this program has one test alone. `KSMPS_SWAPS=1000` has so many in each host.

use std::time::{Duration, Instant};

use ksmps_core::event::{Event, EventKind, NoteName};
use ksmps_harness::bundle::Kind;
use ksmps_harness::host::{Block, HostTransport, Setup};
use ksmps_harness::hosts::Host;
use ksmps_harness::instance::Instance;

const RATE: f64 = 48_000.0;
/// Swaps in each host where nobody says how many.
const SWAPS: usize = 20;
/// Frames of a block.
const BLOCK: usize = 64;
/// Bytes that the process may grow by in the second half: what the system's memory does by itself.
const GROWTH_MAX: u64 = 8 << 20;
/// How long an edit may take until it is heard.
const PATIENCE: Duration = Duration::from_secs(20);

/// On the left a tone of 100 Hz that depends on the host's time alone, on the right as many thousandths as notes are down.
fn document(number: usize) -> String {
    format!(
        ";@about \"Number {number}\"\nksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes keys\ninstr tone\n  \
         know chnget \"TIME_IN_SAMPLES\"\n  asig init 0\n  kat = 0\n  while kat < ksmps do\n    \
         kphase = ((know + kat) % 480) / 480\n    vaset 0.5 * sin(kphase * 6.283185307179586), kat, asig\n    \
         kat += 1\n  od\n  outch 1, asig\nendin\ninstr keys\n  ikey = p4\n  outch 2, a(0.001)\nendin\n\
         schedule \"tone\", 0, -1\n"
    )
}

/// Memory of this process, in bytes; 0 where the system does not tell.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024
}

/// The largest difference of two neighbouring samples.
fn step(sound: &[f32]) -> f32 {
    sound.windows(2).fold(0.0, |step, pair| step.max((pair[1] - pair[0]).abs()))
}

/// An instance whose song goes on.
struct Playing {
    instance: Instance,
    frame: i64,
    /// What was heard since somebody asked.
    sound: [Vec<f32>; 2],
}

impl Playing {
    fn new(host: Host) -> Self {
        let mut instance = host.open(Kind::Instrument).unwrap_or_else(|error| panic!("{host:?}: {error}"));
        instance.load(&document(0), None).expect("the document goes in");
        let setup = Setup { rate: RATE, block_max: BLOCK, offline: true };
        instance.activate_for(setup).expect("it activates");
        Self { instance, frame: 0, sound: Default::default() }
    }

    fn block(&mut self, events: &[Event]) {
        let mut sound = [[0.0; BLOCK]; 2];
        let mut outputs = sound.each_mut().map(|channel| &mut channel[..]);
        let transport = Some(HostTransport {
            playing: true,
            tempo: Some(120.0),
            frames: Some(self.frame),
            beats: Some(self.frame as f64 / RATE * 2.0),
            ..HostTransport::default()
        });
        let mut block = Block { inputs: &[], outputs: &mut outputs, frames: BLOCK, events, transport };
        self.instance.processing().process(&mut block).expect("it plays");
        self.frame += BLOCK as i64;
        for (heard, channel) in self.sound.iter_mut().zip(&sound) {
            heard.extend_from_slice(channel);
        }
    }

    fn blocks(&mut self, count: usize) {
        (0..count).for_each(|_| self.block(&[]));
    }

    /// Puts a text in, as an edit of the project's.
    fn edit(&mut self, number: usize) {
        let mut state = self.instance.state().expect("it saves");
        state.edit_document(&document(number), None);
        self.instance.set_state(&state).expect("it loads");
    }

    /// Plays until a text is heard.
    fn play_until(&mut self, number: usize) {
        let started = Instant::now();
        let name = format!("Number {number}");
        loop {
            self.blocks(8);
            let report =
                self.instance.state().and_then(|state| Ok(state.report()?)).expect("it says how it is");
            if report["document"] == name.as_str() {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{name} is not heard: {report:#}");
            std::thread::yield_now();
        }
    }

    /// What was heard since the last call, with the last sample before.
    fn heard(&mut self) -> [Vec<f32>; 2] {
        self.sound.each_mut().map(|heard| {
            let last = heard.last().copied();
            std::mem::replace(heard, last.into_iter().collect())
        })
    }
}

fn note(key: u8, is_on: bool) -> Event {
    let note = NoteName { id: None, channel: 0, key };
    match is_on {
        true => Event { frame: 7, kind: EventKind::NoteOn { note, velocity: 1.0 } },
        false => Event { frame: 9, kind: EventKind::NoteOff { notes: note.into(), velocity: 0.0 } },
    }
}

/// So many edits while notes are played; how far the memory grew in the second half.
fn swaps(host: Host, swaps: usize) -> u64 {
    let mut playing = Playing::new(host);
    playing.blocks(100);
    let [tone, keys] = playing.heard();
    let own = step(&tone[BLOCK..]);
    assert!((own / 0.5 - 2.0 * (std::f32::consts::PI / 480.0).sin()).abs() < 1e-4, "{host:?}: {own}");
    assert_eq!(keys.iter().copied().fold(0.0, f32::max), 0.0, "{host:?}");
    let mut half = memory();
    for swap in 1..=swaps {
        let say = |what: &str| format!("{host:?}, swap {swap}: {what}");
        let key = 36 + (swap % 48) as u8;
        // A note that is down while the new engine takes over, and one that begins and ends in the fade.
        playing.block(&[note(key, true)]);
        playing.edit(swap);
        if swap % 7 == 0 {
            // It is replaced by a newer one while it is built.
            playing.edit(swaps + swap);
        }
        let number = if swap % 7 == 0 { swaps + swap } else { swap };
        playing.play_until(number);
        playing.block(&[note(key + 1, true)]);
        // Longer than a fade, or shorter, so that the next one has to wait.
        playing.blocks(if swap % 3 == 0 { 6 } else { 40 });
        let [tone, keys] = playing.heard();
        let largest = step(&tone);
        assert!(largest <= own * 1.01, "{}", say(&format!("a step of {largest} instead of {own}")));
        let down = keys.last().copied().unwrap_or_default();
        if swap % 3 != 0 {
            assert!((down - 0.002).abs() < 1e-6, "{}", say(&format!("two notes are down: {down}")));
        }
        playing.block(&[note(key, false), note(key + 1, false)]);
        if swap == swaps / 2 {
            half = memory();
        }
    }
    playing.blocks(200);
    let [tone, keys] = playing.heard();
    assert!(step(&tone) <= own * 1.01, "{host:?}: a step behind the last one");
    assert_eq!(keys.last(), Some(&0.0), "{host:?}: a note is stuck");
    memory().saturating_sub(half)
}

#[test]
fn edits_take_over_again_and_again_without_a_trace() {
    let count = std::env::var("KSMPS_SWAPS").ok().and_then(|text| text.parse().ok()).unwrap_or(SWAPS);
    for host in Host::BUNDLES {
        let grown = swaps(host, count);
        println!("{host:?}: {count} swaps; the memory grew by {} KB in their second half", grown >> 10);
        assert!(grown < GROWTH_MAX, "{host:?}: {grown} bytes more");
    }
}
