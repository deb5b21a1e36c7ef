//! Seam: a text on its way to Csound. What ends the process inside Csound is an error with its line before that, in a
//! document, in an edit, in code that comes later, and in a score; and what played before plays on.

use std::fs;
use std::path::{Path, PathBuf};

use ksmps_core::csound::{MessageReader, MidiOut};
use ksmps_core::document::{Document, KeptValues};
use ksmps_core::engine::MakingVerbs as _;
use ksmps_core::engine::{self, BuildRequest, CycleReport, MemoryTaken};
use ksmps_core::event::NoteName;
use ksmps_core::needs::Needs;
use ksmps_core::offline::OfflineEngine;
use ksmps_core::params::{SlotMap, SlotValues};
use ksmps_core::verbs::EngineError;

mod common;
use common::{Bench, on};

/// The line at which each file of `tests/faults/half-typed` is wrong.
const FILES: [(&str, u32); 11] = [
    ("elseif-half.orc", 8),
    ("init-in-note.orc", 5),
    ("init-without-value.orc", 9),
    ("macro-comma.orc", 6),
    ("macro-unclosed.orc", 6),
    ("score-define-open.csd", 13),
    ("score-macro-short.csd", 14),
    ("score-mark-256.csd", 13),
    ("score-name-300.csd", 13),
    ("string-assign-open.orc", 4),
    ("untyped-index.orc", 5),
];

const HEADER: &str = "ksmps = 32\nnchnls = 2\n0dbfs = 1\n";
const TONE: &str = "ksmps = 32\nnchnls = 2\n0dbfs = 1\ninstr 1 ;@notes\n pset 0, 0, 0, 60\n ikey = p4\n \
                    outs oscili:a(0.3, 440), oscili:a(0.3, 440)\nendin\n";

fn documents(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests").join(folder)
}

fn read(folder: &str, name: &str) -> String {
    let path = documents(folder).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Builds a document, and gives its errors as words where it does not.
fn build(text: &str) -> Result<engine::Engine, Vec<String>> {
    let words = |found: Vec<_>| found.iter().map(ToString::to_string).collect::<Vec<String>>();
    let document = Document::parse(text, None).map_err(words)?;
    let (mut slots, values) = (SlotMap::default(), SlotValues::default());
    let request = BuildRequest {
        document: &document,
        session: None,
        rate: 48_000.0,
        slots: &mut slots,
        values: &values,
        kept: &KeptValues::default(),
        given: Needs::default(),
    };
    engine::build(request).map_err(|error| words(error.0))
}

#[track_caller]
fn check_refused(text: &str, line: u32) {
    let found = build(text).err().unwrap_or_else(|| panic!("this should not build:\n{text}"));
    let place = format!("line {line}: error: ");
    assert!(
        found.iter().any(|error| error.contains(&place) && error.contains("\n    -> ")),
        "{found:?}\n{text}"
    );
}

#[test]
fn each_text_that_ended_the_host_is_an_error_with_its_line() {
    for (name, line) in FILES {
        check_refused(&read("faults/half-typed", name), line);
    }
}

#[test]
fn an_edit_that_would_end_the_host_leaves_the_sound() {
    let mut bench = Bench::new(TONE);
    bench.play(480, &[(0, on(60))], &[480]);
    for (name, line) in FILES {
        let ticket = bench.control.edit(read("faults/half-typed", name));
        let status = bench.control.wait_for(ticket);
        assert!(status.failed, "{name}");
        assert!(
            status.diagnostics.iter().any(|one| one.line == Some(line)),
            "{name}: {:?}",
            status.diagnostics
        );
        let sound = bench.play(4800, &[], &[480]);
        assert!(sound.iter().any(|sample| sample.abs() > 0.2), "{name}: the note plays on");
    }
}

#[test]
fn the_offline_engine_refuses_the_same_code_and_goes_on() {
    let mut engine = OfflineEngine::builder().build().expect("it starts");
    for (name, line) in FILES.iter().filter(|(name, _)| name.ends_with(".orc")) {
        let text = read("faults/half-typed", name).replace("instr 1", "instr 101");
        let Err(EngineError::Compile(said)) = engine.compile(&text) else { panic!("{name} compiles") };
        assert!(said.iter().any(|one| one.line == Some(*line)), "{name}: {said:?}");
    }
    engine.compile("instr 100\n outch 1, a(p4)\nendin").expect("the engine goes on");
}

/// Each kind in other places than the files.
#[test]
fn kinds_of_half_typed_orchestras() {
    let bodies = [
        "k1 = (p4 +",
        "k1 = p4 *",
        "a1 oscili .3,",
        "if p4 ==",
        "if p4 > 1 &",
        "while p4 < do",
        "if p4 == 1 & p5 == 2 then\nelseif p4 == 2 then\nendif",
        "k1 xin",
        "xout 1",
        "subinstrinit 77",
        "Arr[1] = 2",
        "gArr[0][1] = 2",
        "k1, k2 init",
        "prints \"a",
        "scoreline_i {{ i \"Name 0 1 }}",
        "outs a1, a1\n}",
        "kArr[0 = 1",
        "k1 = kArr[",
        "k1 = p4 > 1 ? 2",
        "k1 = p4 > 1 ? 2 :",
        "endif",
        "od",
        "else",
    ];
    for body in bodies {
        check_refused_somewhere(&format!("{HEADER}instr 1\n{body}\nendin\nschedule 1, 0, 1\n"));
    }
    let headers = [
        "opcode f, k, k]\nk1 xin\nxout k1\nendop",
        "opcode f, k, []\nk1[] xin\nxout k1[0]\nendop",
        "opcode f, k\nendop",
        "#undef NOTHING",
        "#ifdef X\ninstr 1\nendin",
        "#else",
        "#define A #$B# \n#define B #$A#\ngi1 = $A",
        "#define G(A'B) #$A+$B#\nprints \"$G(1\"",
        "gi1 = $MISSING",
        "instr 1",
        "instr 1\ninstr 2\nendin\nendin",
        "opcode f, 0, 0\ninstr 1\nendin\nendop",
        "giX ftgen 0, 0, 8, -2, 1 2",
    ];
    for header in headers {
        check_refused_somewhere(&format!("{HEADER}{header}\n"));
    }
}

#[track_caller]
fn check_refused_somewhere(text: &str) {
    let found = build(text).err().unwrap_or_else(|| panic!("this should not build:\n{text}"));
    assert!(found.iter().any(|error| error.contains("line ")), "{found:?}\n{text}");
}

#[test]
fn kinds_of_half_typed_scores() {
    let scores = [
        "#define N(",
        "#define N #i1 0 1",
        "#define G(A) #$A#\ni1 0 $G(1",
        "#undef N",
        "#ifdef X\ni1 0 1",
        "{ 2 N\ni1 0 1",
        "i1 0 1\n}",
        "{\ni1 0 1\n}",
        "b",
        "C x",
        "i \"name 0 1",
        "m x\nn x",
        &format!("d \"{}\"", "x".repeat(256)),
        &format!("n {}", "x".repeat(200)),
        &format!("i1 0 [{}]", "1".repeat(104)),
        &format!("i1 0 [{}1{}]", "(".repeat(40), ")".repeat(40)),
    ];
    for score in scores {
        let text = format!(
            "<CsoundSynthesizer>\n<CsInstruments>\n{TONE}</CsInstruments>\n<CsScore>\n{score}\n</CsScore>\n\
             </CsoundSynthesizer>\n"
        );
        check_refused_somewhere(&text);
    }
}

/// What looks half-typed and plays in Csound is not refused.
#[test]
fn their_neighbours_play() {
    let bodies = [
        "gaUnused init",
        "a1 init",
        "t1 init 4\nt1[0] = 1",
        "kArr[] init 2\nkArr[p4] = 1",
        "prints \"$MISSING and 5#6\\n\"",
        "k1 = p4 > 1 ? ampdb(p4) : cpsmidinn:k(p4)",
        "k1 = p4 > 1 ? (p5 < 2 ? 3 : 4) : 5",
        "if !(p4 == 1) && (p5 > 2 || p4 < 3) then\nelse\nfi",
        "if (p4 > 1) goto then\nthen:",
        "until p4 > -1 do\nod",
        "i1 = int (p4) + abs(\n -1)",
        "a1 oscili .1, \\\n 440 ; comment\nouts a1, \\ ; and more\n a1",
        "print p4, \\\n p5",
        "prints {{ \"a\" /* }}",
        "i1 = 1 << 2 | ~3 # 4 & 5",
        "i1 = @4 + @@5 + 0x1F + .5e-1",
    ];
    for body in bodies {
        let text = format!("{HEADER}gaUnused init 0\ninstr 1\n{body}\nendin\nschedule 1, 0, 1, 2, 3\n");
        if let Err(found) = build(&text) {
            panic!("{found:?}\n{text}");
        }
    }
}

#[test]
fn the_documents_of_the_sweep_play() {
    for entry in fs::read_dir(documents("documents/wide")).expect("they are there") {
        let path = entry.expect("it reads").path();
        let text = fs::read_to_string(&path).expect("it reads");
        if let Err(found) = build(&text) {
            panic!("{}: {found:?}", path.display());
        }
    }
}

/// Csound's command line plays these: the compiler calls itself for each term, and needs more than a thread's 2 MB.
#[test]
fn a_short_text_builds_on_a_thread_with_a_small_stack() {
    // Just below the length from which Csound reads a text on a deep stack.
    let nested = format!("{HEADER}instr 1\nk1 = {}1{}\nendin\n", "abs(".repeat(1150), ")".repeat(1150));
    let brackets = format!("{HEADER}instr 1\nk1 = {}1{}\nendin\n", "(".repeat(2900), ")".repeat(2900));
    let terms = format!("{HEADER}instr 1\nk1 = 1{}\nendin\n", "+1".repeat(2900));
    for text in [nested, brackets, terms] {
        assert!((5700..6 << 10).contains(&text.len()), "{}", text.len());
        let building = std::thread::Builder::new().stack_size(2 << 20).spawn(move || build(&text).map(drop));
        building.expect("it starts").join().expect("it ends").expect("it builds");
    }
}

#[test]
fn long_expressions_build() {
    let sum = vec!["p4"; 15_000].join("+");
    let calls = format!("{}p4{}", "int(".repeat(8_000), ")".repeat(8_000));
    let variables: String = (0..8_000).map(|number| format!("i{number} = {number}\n")).collect();
    let all: Vec<String> = (0..8_000).map(|number| format!("i{number}")).collect();
    for body in
        [format!("i1 = {sum}"), format!("i1 = {calls}"), format!("{variables}iSum = {}", all.join("+"))]
    {
        if let Err(found) = build(&format!("{HEADER}instr 1\n{body}\nendin\n")) {
            panic!("{found:?}\n{}", &body[..40]);
        }
    }
}

/// What an opcode would write beyond its array is found when the note plays, and ends the note.
#[test]
fn a_column_beyond_its_array_ends_the_note_with_a_message() {
    let mut engine = build(&read("faults/half-typed", "setcol-abort.csd")).expect("it builds");
    for _ in 0..8 {
        engine.perform(&mut Unheard);
    }
    let lines = MessageReader::default().read(engine.messages());
    assert!(lines.iter().any(|line| line.text.contains("setcol")), "{lines:?}");
}

/// On the command line this ends the process, sooner or later.
#[test]
fn a_room_without_a_side_ends_the_note_with_a_message() {
    let room = |sides: &str| {
        let text = format!(
            "{HEADER}instr 1\na1 = 0.1\na1, a2 babo a1, 0, 0, 0, {sides}\nouts a1, a2\nendin\nschedule 1, 0, 1\n"
        );
        let mut engine = build(&text).expect("it builds");
        for _ in 0..8 {
            engine.perform(&mut Unheard);
        }
        let lines = MessageReader::default().read(engine.messages());
        lines.iter().any(|line| line.text.contains("babo: the room has a side of 0 metres"))
    };
    for sides in ["0, 6, 4", "5, 0, 4", "5, 6, 0", "0, 0, 0"] {
        assert!(room(sides), "{sides}");
    }
    assert!(!room("5, 6, 4") && !room("-5, 6, 4"));
}

/// Nobody is told what happens in a cycle.
struct Unheard;

impl CycleReport for Unheard {
    fn note_ended(&mut self, _: NoteName) {}
    fn midi_out(&mut self, _: MidiOut) {}
    fn dropped(&mut self, _: u32) {}
    fn note_refused(&mut self) {}
    fn param_written(&mut self, _: u16, _: f64) {}
    fn memory_taken(&mut self, _: MemoryTaken) {}
}
