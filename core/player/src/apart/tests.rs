//! What the engine's audio thread may not do: allocate and free. Csound's own C is not seen here.

#![expect(unsafe_code, reason = "an allocator that counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;

use ksmps_process::exchange::{EngineEnd, HostEnd, Limits};
use ksmps_process::memory::SharedMemory;
use ksmps_process::wake::Futex;

use ksmps_data::event::{Event, EventKind, NoteName, NoteSelector};
use ksmps_data::needs::Needs;
use ksmps_data::params::SlotValues;
use ksmps_data::transport::Transport;
use ksmps_data::verbs::When;
use ksmps_document::KeptValues;
use ksmps_engine::Held;
use ksmps_engine::command::{Action, Command, Question};
use ksmps_engine::route::HostChannels;

use super::super::build::{Build, BuildHere, Wanted};
use super::super::project::Project;
use super::messages::{Said, Step, Writer, read_all};
use super::remote::{Queues, Remote};

/// Counts what a thread allocates and frees while it says so.
struct Counting;

thread_local! {
    static COUNTED: Cell<Option<usize>> = const { Cell::new(None) };
}

fn count() {
    COUNTED.with(|counted| counted.set(counted.get().map(|calls| calls + 1)));
}

// SAFETY: all of it is the system's allocator; counting touches a plain number of the thread.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count();
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `work` allocates and frees.
fn calls(work: impl FnOnce()) -> usize {
    COUNTED.set(Some(0));
    work();
    COUNTED.take().expect("a count")
}

/// Both ends of an exchange and an engine at one of them, all in this process.
struct Pair {
    host: HostEnd,
    engine: EngineEnd,
    remote: Remote,
    queues: Queues,
    steps: Writer,
    sent: u32,
}

impl Pair {
    fn new(text: &str) -> Self {
        let project = Project::new(text.to_owned(), None);
        let values = SlotValues::default();
        let given = Needs::default();
        let kept = &KeptValues::default();
        let wanted = Wanted {
            project: &project,
            rate: 48_000.0,
            block_max: 0,
            values: &values,
            kept,
            given,
            python: None,
        };
        let built = BuildHere(HostChannels { inputs: vec![2], outputs: vec![2] }).build(wanted);
        let built = built.map_err(|error| error.0).expect("an engine");
        let memory = Arc::new(SharedMemory::create(Limits::USUAL.words()).expect("memory"));
        let queues = Queues::new();
        Self {
            host: HostEnd::new(Arc::clone(&memory), Limits::USUAL, Futex),
            engine: EngineEnd::new(memory, Limits::USUAL, Futex),
            remote: Remote::new(built.performer, built.messages, built.kept, queues.clone()),
            queues,
            steps: Writer::new(1 << 16),
            sent: 0,
        }
    }

    /// Sends a command as the socket's thread does, and says that it is to be carried out.
    fn command(&mut self, command: &Command) {
        let bytes = postcard::to_stdvec(command).expect("a command as bytes");
        self.queues.add(postcard::from_bytes(&bytes).expect("the command again"));
        self.sent += 1;
        self.step(&Step::Command(When::default(), self.sent));
    }

    fn step(&mut self, step: &Step<'_>) {
        assert!(self.steps.add(step));
    }

    /// Plays a block; how often that allocated and freed, and what was said.
    fn play(&mut self) -> (usize, Vec<String>) {
        self.step(&Step::Process(2));
        assert!(self.host.hand_over(&[&[0.1; 64], &[0.1; 64]], 0, 64, self.steps.bytes()));
        self.steps.truncate(0);
        let request = self.engine.wait().expect("a block");
        let remote = &mut self.remote;
        let calls = calls(|| remote.play_block(request));
        let mut said = Vec::new();
        let answer = self.host.take(2, |_, _| {}).expect("an answer");
        read_all(answer.messages, |one: Said<'_>| said.push(format!("{one:?}")));
        (calls, said)
    }
}

#[test]
fn blocks_notes_and_commands_are_played_without_allocating() {
    assert_eq!(calls(|| drop(std::hint::black_box(Box::new(1)))), 2, "what is not counted is not tested");
    let mut pair = Pair::new(
        "nchnls = 2\nnchnls_i = 2\n0dbfs = 1\nksmps = 32\n;@notes 1\n;@param cut 0..1=0.5\n;@keep table gi1 string text\nprealloc 1, 20\nprealloc 2, 20\n\
            gi1 ftgen 1, 0, 64, 10, 1\nchn_S \"text\", 3\ninstr 1\n a1 oscili 0.1, p4\n outs a1, a1\nendin\ninstr 2\n a1 oscili p4, 440\n \
            printks \"%f\\n\", 0.01, k(a1)\n outs a1, a1\nendin\n",
    );
    pair.step(&Step::ClearSlots);
    pair.step(&Step::Slot(0, 0.25));
    pair.step(&Step::Settle);
    let note = |key| NoteName { id: None, channel: 0, key };
    let mut answers = 0;
    let mut voices = 0;
    for block in 0..200_u32 {
        pair.step(&Step::Transport(Transport::default()));
        let on = EventKind::NoteOn { note: note(60 + block as u8 % 8), velocity: 0.5 };
        let off =
            EventKind::NoteOff { notes: NoteSelector::from(note(60 + (block as u8 + 4) % 8)), velocity: 0.5 };
        pair.step(&Step::BlockEvent(Event { frame: 3, kind: on }));
        pair.step(&Step::BlockEvent(Event { frame: 9, kind: off }));
        pair.step(&Step::Event(EventKind::Param { slot: 0, normalized: f64::from(block % 7) / 7.0 }));
        pair.command(&Command::Do(Action::Start { pfields: [2.0, 0.0, 0.01, 0.1].into(), exact: true }));
        pair.command(&Command::FillTable { table: 1, values: vec![0.5; 64].into() });
        let question = Question::ReadTable { table: 1, start: 0, count: 64 };
        pair.command(&Command::Ask { id: block.into(), question, room: question.room() });
        if block % 50 == 49 {
            pair.command(&Command::StopAll);
        }
        let (calls, said) = pair.play();
        answers += said.iter().filter(|one| one.starts_with("Reply")).count();
        voices += said.iter().filter(|one| one.starts_with("Stands") && !one.contains("voices: 0")).count();
        assert_eq!(calls, 0, "block {block}: {said:?}");
        pair.queues.free();
    }
    assert_eq!((answers, voices > 150), (200, true), "what was not done is not tested");
    let mut held = Held::new();
    pair.step(&Step::Hold);
    let (calls, said) = pair.play();
    assert!(said.iter().any(|one| one.starts_with("Held")), "{said:?}");
    assert_eq!(calls, 0, "what is held was written down with allocations");
    held.write(|part| assert!(pair.steps.add(&Step::Held(part))));
    pair.step(&Step::TakeOver);
    assert_eq!(pair.play().0, 0, "another engine's state was taken with allocations");
    pair.step(&Step::ShowKept);
    let (calls, said) = pair.play();
    // All of it because it was asked for, and once more because a block has ended.
    assert_eq!(said.iter().filter(|one| one.starts_with("Kept(0")).count(), 2, "{said:?}");
    pair.step(&Step::Kept(0, &[0; 129 * 8]));
    assert_eq!((calls, pair.play().0), (0, 0), "what is kept was told or taken with allocations");
    held.clear();
}

#[test]
fn commands_that_are_not_wanted_any_more_are_left_out() {
    let mut pair = Pair::new("nchnls = 2\n0dbfs = 1\ninstr 1\nendin\ngi1 ftgen 1, 0, 4, -2, 0\n");
    let fill = |value| Command::FillTable { table: 1, values: vec![value; 4].into() };
    pair.queues.add(fill(0.25));
    pair.sent += 1;
    let question = Question::ReadTable { table: 1, start: 0, count: 1 };
    pair.command(&Command::Ask { id: 7, question, room: question.room() });
    let (_, said) = pair.play();
    assert!(
        said.iter().any(|one| one.starts_with("Reply(7"))
            && said.iter().any(|one| one.contains("[0, 0, 0, 0")),
        "{said:?}"
    );
    // A number that never came is dropped, and counted.
    pair.step(&Step::Command(When::default(), 9));
    assert!(pair.play().1.iter().any(|one| one.contains("dropped: 1")));
}
