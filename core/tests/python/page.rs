//! The examples of docs/orchestras.md that run Python: they build without a complaint and sound.

use ksmps_core::document::{Document, KeptValues};
use ksmps_core::engine::{BuildRequest, build};
use ksmps_core::needs::Needs;
use ksmps_core::params::{SlotMap, SlotValues};
use ksmps_core::renderer::Reports;

use super::harness::python;

#[test]
fn every_example_of_the_page_with_python_plays() {
    let page = include_str!("../../../docs/orchestras.md");
    let blocks = page.split("```csound\n").skip(1).filter_map(|rest| rest.split("```").next());
    let examples: Vec<&str> = blocks.filter(|text| text.starts_with(";@needs python")).collect();
    assert!(!examples.is_empty());
    let Some(_) = python() else { return };
    for text in examples {
        let document = Document::parse(text, None).unwrap();
        let (mut slots, values, kept) = (SlotMap::default(), SlotValues::default(), KeptValues::default());
        let (given, slots) = (Needs { python: true, ..Needs::default() }, &mut slots);
        let request = BuildRequest {
            document: &document,
            session: None,
            rate: 48_000.0,
            slots,
            values: &values,
            kept: &kept,
            given,
        };
        let mut engine = build(request).unwrap();
        assert!(engine.info().diagnostics.is_empty(), "{:?}", engine.info().diagnostics);
        let mut peak = 0.0_f64;
        for _ in 0..3000 {
            engine.perform(&mut Reports::default());
            peak = engine.spout().iter().fold(peak, |peak, sample| peak.max(sample.abs()));
        }
        assert!((0.05..1.0).contains(&peak), "{peak}");
    }
}
