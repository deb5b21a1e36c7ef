//! Texts, trees, files and command lines.

use ksmps_csound::host::{Command, Csound, Failure, Performed};

use super::{compiled, peak, playing, silent};

const TONE: &str = "0dbfs = 1\ninstr 1\n out(oscili(p4, 440))\nendin\n";
const DOCUMENT: &str = "<CsoundSynthesizer>\n<CsOptions>\n-n -d -m0 --ksmps=20\n</CsOptions>\n<CsInstruments>\n0dbfs = 1\n\
                        instr 1\n out(oscili(p4, 440))\nendin\n</CsInstruments>\n<CsScore>\ni 1 0 1 0.5\n</CsScore>\n\
                        </CsoundSynthesizer>\n";

pub fn texts_are_compiled() {
    let csound = silent();
    let mut csound = called!(csound.compile_orc(TONE)).expect("it compiles");
    called!(csound.read_score("i 1 0 1 0.5\n")).expect("it is read");
    let mut csound = called!(csound.start()).expect("it starts");
    csound.perform_ksmps();
    assert!(peak(&csound) > 0.0);
    // While it plays: the instrument is another one from now on.
    csound.compile_orc("instr 2\n out(a(p4))\nendin\nschedule(2, 0, 1, 0.75)\n").expect("it compiles");
    csound.perform_ksmps();
    assert!(peak(&csound) > 0.7);
    assert_eq!(called!(csound.eval_code("return 3 + 4\n")), Ok(7.0));
}

pub fn trees_are_compiled() {
    let mut csound = silent();
    let tree = called!(csound.parse_orc(TONE)).expect("it is read");
    let unused = csound.parse_orc("instr 9\nendin\n").expect("it is read");
    called!(csound.delete_tree(unused));
    let csound = called!(csound.compile_tree(tree)).expect("it compiles");
    let mut csound = csound.start().expect("it starts");
    csound.input_message("i 1 0 1 0.5").expect("it is understood");
    csound.perform_ksmps();
    assert!(peak(&csound) > 0.0);
    // A tree that another thread sends.
    let tree = csound.parse_orc("instr 3\n out(a(0.9))\nendin\n").expect("it is read");
    let remote = called!(csound.remote());
    std::thread::spawn(move || called!(remote.compile_tree(tree))).join().expect("it does not panic");
    csound.perform_ksmps();
    csound.input_message("i 3 0 1").expect("it is understood");
    csound.perform_ksmps();
    assert!(peak(&csound) > 0.8);
    // A tree of before a reset is nobody's.
    let old = csound.parse_orc(TONE).expect("it is read");
    let csound = csound.reset().expect("another instance can be made");
    assert_eq!(csound.compile_tree(old).expect_err("it is not its own").failure, Failure::Code(-1));
}

pub fn documents_are_compiled() {
    let csound = Csound::create().expect("Csound is installed");
    let csound = called!(csound.compile_csd_text(DOCUMENT)).expect("it compiles");
    let mut csound = csound.start().expect("it starts");
    assert_eq!(csound.ksmps(), 20, "its options count");
    assert_eq!(csound.perform_ksmps(), Performed::Cycle);
    assert!(peak(&csound) > 0.0);

    let folder = tempfile::tempdir().expect("there is room");
    let file = folder.path().join("tone.csd");
    std::fs::write(&file, DOCUMENT).expect("it can be written");
    let csound = Csound::create().expect("Csound is installed");
    let csound = called!(csound.compile_csd(&file)).expect("it compiles");
    let mut csound = csound.start().expect("it starts");
    csound.perform_ksmps();
    let first = csound.spout().to_vec();
    csound.compile_csd(&file).expect("while it plays, another one begins");
    csound.perform_ksmps();
    assert_ne!(csound.spout(), first);
    let csound = csound.reset().expect("another instance can be made");
    assert!(csound.compile_csd(folder.path().join("missing.csd")).is_err());
}

pub fn command_lines_are_compiled() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("tone.csd"), DOCUMENT).expect("it can be written");
    let csound = Csound::create().expect("Csound is installed");
    let Ok(Command::Ready(mut csound)) = called!(csound.compile(&["--ksmps=30", &path("tone.csd")])) else {
        panic!("it is a document");
    };
    assert_eq!(csound.ksmps(), 30, "the line is stronger than the document");
    csound.perform_ksmps();
    assert!(peak(&csound) > 0.0);

    let csound = csound.reset().expect("another instance can be made");
    let Ok(Command::Ready(csound)) = called!(csound.compile_args(&[&path("tone.csd")])) else {
        panic!("it is a document");
    };
    let csound = csound.start().expect("it starts");
    let csound = csound.reset().expect("another instance can be made");
    let done = csound.compile_args(&["--syntax-check-only", &path("tone.csd")]);
    let Ok(Command::Done(csound)) = done else { panic!("it is only checked") };
    let refused = csound.compile(&["-n", &path("missing.csd")]).expect_err("there is no such file");
    assert!(matches!(refused.failure, Failure::Code(code) if code < 0), "{refused:?}");
    let mut csound = refused.csound;
    csound.set_option("-n").expect("it is as new");
    csound.start().expect("it starts");
}

pub fn faulty_texts_are_refused() {
    let refused = silent().compile_orc("instr 1\n out(\nendin\n").expect_err("it is faulty");
    assert_eq!(refused.failure, Failure::Code(-1));
    let csound = refused.csound.compile_orc(TONE).expect("the instance can be tried again");
    let mut csound = csound.start().expect("it starts");
    assert!(csound.compile_orc("instr 2\n nothing_of_that_name()\nendin\n").is_err());
    csound.input_message("i 1 0 1 0.5").expect("it is understood");
    assert_eq!(csound.perform_ksmps(), Performed::Cycle, "it goes on");
    assert!(peak(&csound) > 0.0);

    let mut csound = compiled(TONE);
    assert!(csound.read_score("i 1 [1+] 2\n").is_err(), "a line that makes Csound leave the call");
    assert!(playing(TONE, "").eval_code("return 1 +\n").is_err());
    assert!(silent().parse_orc("instr\n").is_err());
}
