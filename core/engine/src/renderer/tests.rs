//! The cursor, tried with an engine that only writes down what it is asked.

use ksmps_csound::Performed;
use ksmps_data::event::{Event, EventKind};
use ksmps_data::transport::Transport;

use super::*;
use crate::route::OutputRoute;

/// Writes down the events it gets, and delays its input by a cycle.
struct Fake {
    ksmps: usize,
    spin: Vec<f64>,
    spout: Vec<f64>,
    cycle: u64,
    log: Vec<(u64, u32)>,
}

impl Fake {
    fn new(ksmps: usize) -> Self {
        Self { ksmps, spin: vec![0.0; ksmps], spout: vec![0.0; ksmps], cycle: 0, log: Vec::new() }
    }
}

impl Cycles for Fake {
    fn ksmps(&self) -> usize {
        self.ksmps
    }
    fn inputs(&self) -> usize {
        1
    }
    fn outputs(&self) -> usize {
        1
    }
    fn zero_dbfs(&self) -> f64 {
        32768.0
    }
    fn spin_mut(&mut self) -> &mut [f64] {
        &mut self.spin
    }
    fn spout(&self) -> &[f64] {
        &self.spout
    }
    fn has_passed(&self) -> bool {
        false
    }
    fn event(&mut self, offset: u32, _: EventKind) {
        self.log.push((self.cycle, offset));
    }
    fn transport(&mut self, _: u32, _: Transport) {}
    fn perform(&mut self, _: &mut impl CycleReport) -> Performed {
        self.spout.copy_from_slice(&self.spin);
        self.cycle += 1;
        Performed::Cycle
    }
}

/// Runs 1,000 frames of a rising line with events at some frames, cut into blocks.
fn run(cuts: &[usize]) -> (Vec<f32>, Vec<(u64, u32)>) {
    const EVENTS: [u32; 7] = [0, 1, 15, 16, 17, 500, 999];
    let straight = OutputRoute { to: 0, from: 0, mixed: false };
    let route = Route { inputs: vec![(0, 0)], outputs: vec![straight], ..Route::default() };
    let mut renderer = Renderer::new(Fake::new(16), route);
    let input: Vec<f32> = (0..1000).map(|n| n as f32 / 1000.0).collect();
    let mut output = vec![9.0f32; 1000];
    let mut reports = Reports::default();
    let mut at = 0;
    for &frames in cuts.iter().cycle() {
        let frames = frames.min(1000 - at);
        let inside = EVENTS.iter().filter(|&&frame| (at..at + frames).contains(&(frame as usize)));
        let kind = EventKind::Param { slot: 0, normalized: 0.0 };
        let events: Vec<Event> = inside.map(|&frame| Event { frame: frame - at as u32, kind }).collect();
        let mut block = Block {
            inputs: &[&input[at..at + frames]],
            outputs: &mut [&mut output[at..at + frames]],
            frames,
            events: &events,
        };
        renderer.process(&mut block, &mut reports);
        at += frames;
        if at == 1000 {
            break;
        }
    }
    (output, renderer.engine.log)
}

#[test]
fn any_cut_gives_the_same_samples_and_events() {
    let whole = run(&[1000]);
    assert_eq!(whole.1, [(0, 0), (0, 1), (0, 15), (1, 0), (1, 1), (31, 4), (62, 7)]);
    for cuts in [&[1][..], &[17], &[64], &[16], &[3, 50, 1, 200]] {
        assert_eq!(run(cuts), whole, "cut by {cuts:?}");
    }
}

#[test]
fn audio_is_late_by_one_cycle() {
    let (output, _) = run(&[100]);
    assert_eq!(output[..16], [0.0; 16]);
    assert_eq!(output[16..20], [0.0, 0.001, 0.002, 0.003]);
}
