//! The player with engines that are not Csound's: nothing above [`Performer`] knows more than it says.

use std::f64::consts::TAU;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::ThreadId;
use std::time::Duration;

use super::build::{Build, Built, Wanted};
use super::ends::{AudioEnd, BuiltEngine, ControlEnd, ToControl, ends};
use super::*;
use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::event::{Event, EventKind, NoteName, NoteSelector};
use ksmps_data::params::{SlotMap, SlotValues};
use ksmps_data::transport::Transport;
use ksmps_data::verbs::When;
use ksmps_engine::renderer::{Block, Reports};
use ksmps_engine::{BuildError, ChannelChange, Command, EngineInfo, Held, NoteInput, Returned, Timed};

const RATE: f64 = 48_000.0;
/// Frames of one period of the tone.
const PERIOD: usize = 48;

/// What a fake engine leaves behind.
#[derive(Default)]
struct Seen {
    events: Mutex<Vec<EventKind>>,
    /// The thread on which it was freed.
    freed_on: Mutex<Option<ThreadId>>,
    cuts: AtomicUsize,
}

/// A steady tone.
struct Tone {
    info: Arc<EngineInfo>,
    phase: f64,
    frames: u64,
    seen: Arc<Seen>,
    /// What only one engine can have at a time.
    port: Option<Arc<AtomicBool>>,
    /// How long a block takes.
    takes: Duration,
}

impl Tone {
    fn new(phase: f64, seen: &Arc<Seen>) -> Box<Self> {
        let info = EngineInfo {
            about: Default::default(),
            rate: RATE,
            ksmps: 32,
            inputs: 0,
            outputs: 1,
            input_buses: Vec::new(),
            output_buses: Vec::new(),
            named_numbers: Vec::new(),
            refused_note: None,
            params: Vec::new(),
            note_input: NoteInput::None,
            latency_frames: 32,
            tail: None,
            exact_starts: true,
            made: Vec::new(),
            kept: Default::default(),
            diagnostics: Vec::new(),
        };
        Box::new(Self {
            info: Arc::new(info),
            phase,
            frames: 0,
            seen: Arc::clone(seen),
            port: None,
            takes: Duration::ZERO,
        })
    }
}

impl Performer for Tone {
    fn info(&self) -> &Arc<EngineInfo> {
        &self.info
    }
    fn is_as_new(&self) -> bool {
        self.frames == 0
    }
    fn settle(&mut self, _: &SlotValues) {}
    fn hold(&mut self, held: &mut Held) {
        held.clear();
    }
    fn take_over(&mut self, _: &Held) {}
    fn cut(&mut self) {
        self.seen.cuts.fetch_add(1, Ordering::Relaxed);
    }
    fn set_offline(&mut self, _: bool) {}
    fn transport(&mut self, _: Transport) {}
    fn event(&mut self, kind: EventKind) {
        self.seen.events.lock().unwrap().push(kind);
    }
    fn command(&mut self, _: When, command: Command, _: u32) -> Result<Option<Returned>, Command> {
        Ok(Some(Returned::Command(command)))
    }
    fn process(&mut self, block: &mut Block<'_, '_>, _: &mut Reports) {
        self.seen.events.lock().unwrap().extend(block.events.iter().map(|event| event.kind));
        if !self.takes.is_zero() {
            std::thread::sleep(self.takes);
        }
        for frame in 0..block.frames {
            let sample = ((self.frames as f64 / PERIOD as f64 + self.phase) * TAU).sin() as f32;
            block.outputs.iter_mut().for_each(|output| output[frame] = sample);
            self.frames += 1;
        }
    }
    fn give_back(&mut self) -> Option<Returned> {
        None
    }
    fn next_change(&mut self) -> Option<ChannelChange> {
        None
    }
    fn take_lost_changes(&mut self) -> u32 {
        0
    }
    fn voice_count(&self) -> usize {
        0
    }
    fn frames(&self) -> u64 {
        self.frames
    }
    fn has_left(&self) -> bool {
        false
    }
}

impl Drop for Tone {
    fn drop(&mut self) {
        *self.seen.freed_on.lock().unwrap() = Some(std::thread::current().id());
        if let Some(port) = &self.port {
            port.store(false, Ordering::Release);
        }
    }
}

/// An engine that keeps nothing.
fn built(generation: u64, number: u64, performer: Box<Tone>) -> BuiltEngine {
    BuiltEngine {
        generation,
        number,
        performer,
        kept: None,
        opening: 0,
        was_heard: false,
        held_notes: HeldNotes::Restart,
    }
}

/// A player whose control side is the test.
struct Bench {
    control: ControlEnd,
    player: Player,
    reports: Reports,
    sent: u64,
}

impl Bench {
    fn new() -> Self {
        let (control, audio): (ControlEnd, AudioEnd) = ends();
        control.set_rate(RATE);
        Self { control, player: Player::new(audio), reports: Reports::default(), sent: 0 }
    }

    /// Sends an engine of a request; returns what becomes of it.
    fn send(&mut self, generation: u64, phase: f64) -> Arc<Seen> {
        let seen = Arc::default();
        self.sent += 1;
        drop(self.control.send_engine(built(generation, self.sent, Tone::new(phase, &seen))));
        seen
    }

    fn play(&mut self, frames: usize, block: usize) -> Vec<f32> {
        self.play_with(frames, block, &[])
    }

    /// Plays, with events at the first frame.
    fn play_with(&mut self, frames: usize, block: usize, events: &[EventKind]) -> Vec<f32> {
        let mut sound = vec![9.0; frames];
        let mut events: Vec<Event> = events.iter().map(|&kind| Event { frame: 0, kind }).collect();
        for part in sound.chunks_mut(block.max(1)) {
            let frames = part.len();
            let mut block = Block { inputs: &[], outputs: &mut [part], frames, events: &events };
            self.player.process(&mut block, &mut self.reports);
            events.clear();
        }
        sound
    }
}

fn step(sound: &[f32]) -> f32 {
    sound.windows(2).fold(0.0, |step, pair| step.max((pair[1] - pair[0]).abs()))
}

fn note(key: u8) -> NoteName {
    NoteName { id: None, channel: 0, key }
}

fn on(key: u8) -> EventKind {
    EventKind::NoteOn { note: note(key), velocity: 0.5 }
}

#[test]
fn an_engine_that_comes_at_any_moment_of_a_fade_makes_no_step() {
    let own = step(&{
        let mut bench = Bench::new();
        bench.send(1, 0.0);
        bench.player.adopt();
        bench.play(480, 64)
    });
    let fade = fade_frames(RATE);
    for moment in 0..=fade + 8 {
        let mut bench = Bench::new();
        bench.send(1, 0.0);
        bench.player.adopt();
        let mut sound = bench.play(100, 64);
        bench.send(2, 0.25);
        sound.extend(bench.play(moment, 1 << 16));
        bench.send(3, 0.5);
        sound.extend(bench.play(8, 8));
        bench.send(4, 0.8);
        sound.extend(bench.play(3 * fade, 64));
        assert!(step(&sound) <= own * 1.01, "{} instead of {own} at {moment}", step(&sound));
        // The newest has won, and the others have come back.
        let mut freed: Vec<u64> = std::iter::from_fn(|| bench.control.receive())
            .filter_map(|message| match message {
                ToControl::Spent(engine) => Some(engine.number),
                _ => None,
            })
            .collect();
        freed.sort_unstable();
        // One that was not fetched has given its place to the next.
        assert_eq!(freed, if moment == 0 { vec![1, 3] } else { vec![1, 2, 3] }, "at {moment}");
        assert_eq!(bench.control.playing_number(), 4);
    }
}

#[test]
fn a_reset_in_real_time_never_waits_and_silences() {
    let mut bench = Bench::new();
    let mut reader = bench.control.subscribe();
    let first = bench.send(1, 0.25);
    bench.player.adopt();
    assert_eq!(bench.play(64, 64)[0], 1.0);
    // Nobody builds anything, and the way back is full but for engines.
    let command = || Timed { engine: 9, when: When::default(), command: Command::StopAll };
    while bench.control.send(command()) {}
    bench.play(COMMANDS_MAX, 16);
    while bench.control.send(command()) {}
    bench.player.reset();
    assert_eq!(bench.player.waits, 0);
    assert!(bench.play(4096, 64).iter().all(|sample| *sample == 0.0));
    assert_eq!(bench.player.latency_frames(), 32, "the host hears of no change");
    assert_eq!(*first.freed_on.lock().unwrap(), None);
    let states: Vec<EngineState> = std::iter::from_fn(|| reader.next_report())
        .filter_map(|report| match report {
            Report::Engine { state, .. } => Some(state),
            _ => None,
        })
        .collect();
    assert_eq!(states, [EngineState::Playing, EngineState::Stopped]);
    // An engine as new plays as soon as it comes, at once.
    bench.send(1, 0.25);
    assert_eq!(bench.play(64, 64)[0], 1.0);
    assert!(bench.reports.has_other_engine);
}

#[test]
fn a_spare_takes_the_place_of_what_sounds_at_once() {
    let mut bench = Bench::new();
    bench.send(1, 0.0);
    bench.player.adopt();
    bench.play(64, 64);
    bench.send(1, 0.25);
    assert_eq!(bench.play(PERIOD, 64)[0], ((64.0 / 48.0) * TAU).sin() as f32, "a spare waits for a reset");
    bench.player.reset();
    assert_eq!((bench.play(64, 64)[0], bench.player.waits), (1.0, 0));
    assert_eq!(bench.control.playing_number(), 2);
}

#[test]
fn notes_that_begin_while_no_engine_plays_begin_in_the_one_that_comes() {
    let mut bench = Bench::new();
    bench.send(1, 0.0);
    bench.player.adopt();
    bench.play_with(64, 64, &[on(50)]);
    bench.player.reset();
    let off = EventKind::NoteOff { notes: NoteSelector::from(note(61)), velocity: 0.0 };
    bench.play_with(64, 64, &[on(60), on(61)]);
    assert_eq!(bench.player.voice_count(), 2);
    bench.play_with(64, 64, &[off]);
    assert_eq!(bench.reports.ended, [(0, note(61))]);
    let seen = bench.send(1, 0.0);
    bench.play_with(64, 64, &[on(62)]);
    assert_eq!(*seen.events.lock().unwrap(), [on(60), on(62)], "those before the reset are forgotten");
}

#[test]
fn an_offline_reset_waits_for_an_engine_as_new_and_no_longer() {
    let mut bench = Bench::new();
    bench.player.set_offline(true);
    bench.player.reset();
    assert_eq!(bench.player.waits, 0, "there is nothing to wait for");
    bench.send(1, 0.0);
    bench.player.adopt();
    bench.play(64, 64);
    let control = Arc::new(bench.control);
    let builder = std::thread::spawn({
        let control = Arc::clone(&control);
        move || loop {
            if let Some(ToControl::Stopped(_)) = control.receive() {
                let performer = Tone::new(0.25, &Arc::default());
                drop(control.send_engine(built(1, 7, performer)));
                return;
            }
            std::thread::yield_now();
        }
    });
    bench.player.reset();
    builder.join().unwrap();
    assert_eq!(control.playing_number(), 7);
    assert!(bench.player.info().is_some());
}

/// Makes tones; those whose text says so need the port, and those that say so cannot be built.
struct BuildTones {
    port: Arc<AtomicBool>,
    seen: Arc<Seen>,
}

impl Build for BuildTones {
    fn build(&self, Wanted { project, .. }: Wanted<'_>) -> Result<Built, BuildError> {
        let refused = |text: &str| Err(BuildError(vec![Diagnostic::error(3, text)]));
        if project.text().contains("wrong")
            || project.text().contains("once") && self.port.load(Ordering::Acquire)
        {
            return refused("it is wrong");
        }
        let needs_port = project.text().contains("OSCinit") || project.text().contains("once");
        if needs_port && self.port.swap(true, Ordering::AcqRel) {
            return refused("INIT ERROR in instr 0: cannot start OSC listener on port 7770");
        }
        let mut tone = Tone::new(0.25, &self.seen);
        tone.port = needs_port.then(|| Arc::clone(&self.port));
        Ok(Built {
            performer: tone,
            symbols: None,
            courier: None,
            messages: None,
            kept: None,
            slots: SlotMap::default(),
            notes: Vec::new(),
            missing: Vec::new(),
            placing: None,
        })
    }
}

/// An instance whose engines are tones.
struct ToneInstance {
    control: Arc<Control>,
    player: Player,
    reports: Reports,
    seen: Arc<Seen>,
    port: Arc<AtomicBool>,
}

impl ToneInstance {
    fn new(text: &'static str, port: &Arc<AtomicBool>) -> Self {
        let seen: Arc<Seen> = Arc::default();
        let build = BuildTones { port: Arc::clone(port), seen: Arc::clone(&seen) };
        let channels = SharedChannels::new(HostChannels { inputs: Vec::new(), outputs: Vec::new() });
        let (control, mut player) = pair_with(Machine::default(), text, channels, build);
        control.activate(RATE);
        player.adopt();
        Self { control, player, reports: Reports::default(), seen, port: Arc::clone(port) }
    }

    fn play(&mut self) -> f32 {
        let mut sound = [9.0; 256];
        let mut block = Block { inputs: &[], outputs: &mut [&mut sound], frames: 256, events: &[] };
        self.player.process(&mut block, &mut self.reports);
        sound[0]
    }

    /// Plays until something is so.
    fn play_until(&mut self, what: &str, mut is_so: impl FnMut(&mut Self) -> bool) {
        for _ in 0..2000 {
            self.play();
            if is_so(self) {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("{what}: {:?}", self.control.status());
    }
}

#[test]
fn an_engine_that_has_what_the_next_one_needs_goes_first() {
    let mut instance = ToneInstance::new("OSCinit", &Arc::default());
    instance.play();
    let ticket = instance.control.edit("OSCinit 1".into());
    let status = instance.control.wait_for(ticket);
    assert!(status.building && !status.failed);
    let told = status.diagnostics[0].to_string();
    assert!(told.contains("the old engine is stopped first") && told.contains("7770"), "{told}");
    instance.play_until("the new one plays", |this| !this.control.status().building);
    let status = instance.control.status();
    assert!(!status.failed && status.diagnostics.is_empty(), "{status:?}");
    instance.play_until("it is heard", |this| this.player.info().is_some() && this.play() != 0.0);
    // A reset: one as new takes its place when it has gone, every time.
    for _ in 0..2 {
        instance.player.reset();
        assert_eq!(instance.play(), 0.0);
        instance.play_until("one as new plays", |this| this.player.info().is_some());
    }
    // One that cannot be built at all leaves the last one that could.
    let ticket = instance.control.edit("OSCinit and wrong".into());
    assert!(instance.control.wait_for(ticket).failed);
    assert!(instance.player.info().is_some());
}

#[test]
fn a_newer_edit_takes_the_place_of_one_that_waits() {
    let mut instance = ToneInstance::new("OSCinit", &Arc::default());
    instance.play();
    instance.control.wait_for(instance.control.edit("OSCinit 2".into()));
    let ticket = instance.control.edit("free".into());
    assert!(!instance.control.wait_for(ticket).failed);
    instance.play_until("the port is free", |this| !this.port.load(Ordering::Acquire));
    instance.play_until("it is heard", |this| this.player.info().is_some());
    assert_eq!((instance.control.text(), instance.control.status().failed), ("free".to_owned(), false));
}

#[test]
fn a_second_instance_is_told_who_may_have_what_it_needs() {
    let port = Arc::default();
    let _first = ToneInstance::new("OSCinit", &port);
    let second = ToneInstance::new("OSCinit", &port);
    let status = second.control.status();
    assert!(status.failed && !status.building);
    let told = status.diagnostics[0].to_string();
    assert!(told.contains("port 7770: it is in use already") && told.contains("another instance"), "{told}");
}

#[test]
fn what_another_instance_has_does_not_stop_the_engine_that_plays() {
    let port = Arc::default();
    let _first = ToneInstance::new("OSCinit", &port);
    let mut second = ToneInstance::new("free", &port);
    second.play();
    let ticket = second.control.edit("OSCinit".into());
    let status = second.control.wait_for(ticket);
    assert!(status.failed && !status.building, "{status:?}");
    (0..20).for_each(|_| _ = second.play());
    assert!(second.player.info().is_some(), "it plays on");
}

#[test]
fn an_engine_that_cannot_be_made_as_new_goes_on_with_everything_cut_off() {
    // It builds once: the second one would be wrong.
    let mut instance = ToneInstance::new("once", &Arc::default());
    instance.play();
    instance.player.reset();
    assert_eq!(instance.play(), 0.0);
    instance.play_until("it is back", |this| this.player.info().is_some());
    assert_eq!(instance.seen.cuts.load(Ordering::Relaxed), 1);
    let told =
        |this: &ToneInstance| this.control.status().problems.iter().any(|one| one.text.contains("as new"));
    instance.play_until("it is said", |this| told(this));
}

#[test]
fn sound_that_takes_far_longer_than_it_lasts_is_reported_but_not_in_an_offline_render() {
    for (is_offline, expected) in [(false, 1), (true, 0)] {
        let mut bench = Bench::new();
        bench.player.set_offline(is_offline);
        let mut reader = bench.control.subscribe();
        let mut tone = Tone::new(0.0, &Arc::default());
        // At least three times as long as a block of 480 frames lasts.
        tone.takes = Duration::from_millis(30);
        bench.control.send_engine(built(1, 1, tone));
        bench.play(24_000, 480);
        let slow = std::iter::from_fn(|| reader.next_report())
            .filter(|report| matches!(report, Report::Slow { times } if *times > 2.0))
            .count();
        assert_eq!(slow, expected, "offline: {is_offline}");
    }
}

#[test]
fn engines_are_freed_on_the_control_side() {
    let mut instance = ToneInstance::new("a", &Arc::default());
    instance.play();
    let ticket = instance.control.edit("b".into());
    instance.control.wait_for(ticket);
    instance.play_until("the first is freed", |this| this.seen.freed_on.lock().unwrap().is_some());
    assert_ne!(*instance.seen.freed_on.lock().unwrap(), Some(std::thread::current().id()));
}
