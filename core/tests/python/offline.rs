//! Python in offline engines, and in the engine of a document: where it asks for it and is given it.

use ksmps_core::document::{Document, KeptValues};
use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::engine::{BuildRequest, build};
use ksmps_core::needs::Needs;
use ksmps_core::offline::OfflineEngine;
use ksmps_core::offline::sound_file::{Encoding, read};
use ksmps_core::params::{SlotMap, SlotValues};
use ksmps_core::verbs::Sched;

use super::harness::python;

const HEADER: &str = ";@needs python\npyruni {{\ndef amplitude(k):\n    return k / 8\n}}\n";

fn needs() -> Needs {
    Needs { python: true, ..Needs::default() }
}

#[test]
fn an_offline_engine_runs_python_where_the_program_lets_it() {
    let Some(_) = python() else { return };
    let code = format!("{HEADER}instr 100\n k1 pycall1 \"amplitude\", 4\n outch 1, a(k1)\nendin\n");
    let settings =
        || OfflineEngine::builder().channels(1).encoding(Encoding::Float64).global_code(code.as_str());
    let refused = settings().build().err().unwrap().to_string();
    assert!(refused.contains("pyruni runs Python"), "{refused}");
    let mut engine = settings().allow(needs()).build().unwrap();
    // What is compiled later may do what the header may.
    engine.compile("instr 200\n k1 pycall1 \"amplitude\", 2\n outch 1, a(k1)\nendin\n").unwrap();
    engine.sched(Sched::new(100).dur(0.5)).unwrap();
    engine.sched(Sched::new(200).delay(0.5).dur(0.5)).unwrap();
    let job = engine.stop().unwrap().unwrap();
    let sound = read(&job.path).unwrap();
    assert_eq!((sound.samples[11_025], sound.samples[33_075]), (0.5, 0.25));
}

#[test]
fn a_documents_engine_runs_python_where_it_is_given() {
    let Some(_) = python() else { return };
    let text = format!(
        "{HEADER}0dbfs = 1\ninstr 1\n k1 pycall1 \"amplitude\", 4\n chnset k1, \"a\"\nendin\nschedule 1, 0, 1\n"
    );
    let document = Document::parse(&text, None).unwrap();
    let built = |given| {
        let (mut slots, values) = (SlotMap::default(), SlotValues::default());
        let kept = &KeptValues::default();
        let request = BuildRequest {
            document: &document,
            session: None,
            rate: 48_000.0,
            slots: &mut slots,
            values: &values,
            kept,
            given,
        };
        build(request).map(drop)
    };
    let refused = built(Needs::default()).unwrap_err().to_string();
    assert!(refused.contains("line 2: error: pyruni runs Python"), "{refused}");
    built(needs()).unwrap();
}
