//! How the host cuts its blocks is not heard, and a bounce can be repeated.

use ksmps_harness::bounce::{Plan, Sound};
use ksmps_harness::bundle::Kind;
use ksmps_harness::hosts::Host;
use ksmps_harness::script::{Cut, Script};

use super::{RATE, assert_same, documents, playing};

/// Every way of cutting that is tried.
fn every_cut() -> Vec<Cut> {
    let seeds = [1, 2, 3].map(|seed| Cut::Random { seed, max: 1000 });
    [1, 17, 64, 512, 1000].map(Cut::Fixed).into_iter().chain(seeds).collect()
}

/// Notes that overlap, end inside cycles and bend, and a controller.
fn music() -> Script {
    let text = "@100 note 60 100 @5000 id=1\n@333 note 64 90 @4001 id=2\n@1000 on 67 127 id=3\n@1001 off 67 id=3\n\
        @2000 bend 0.5\n@2500 cc 1 99\n@3000 bend 0\n@7001 note 60 30 @900\n@7301 note 60 90 @900";
    Script::parse(text, RATE).expect("reads")
}

fn sound(host: Host, kind: Kind, document: &str, cut: Cut) -> Sound {
    let inputs = (0..4).map(|channel| noise(channel, 12_000)).collect();
    let plan = Plan::new(music(), 12_000).cut(cut).inputs(inputs);
    playing(host, kind, document).play(&plan).expect("it plays")
}

fn noise(seed: u64, frames: usize) -> Vec<f32> {
    let mut random = ksmps_core::random::Random::new(seed);
    (0..frames).map(|_| (random.unit() as f32 - 0.5) * 0.2).collect()
}

#[track_caller]
fn check(kind: Kind, document: &str) {
    let first = sound(Host::CORE, kind, document, Cut::Fixed(512));
    assert!(first.peak() > 0.01, "something has to sound: {}", first.peak());
    for host in Host::ALL {
        for cut in every_cut() {
            let other = sound(host, kind, document, cut.clone());
            assert_same(&first, &other, &format!("{host:?} {kind:?} in blocks of {cut}"));
        }
    }
}

#[test]
fn of_notes() {
    check(Kind::Instrument, &documents::tone(32, 0.2));
}

#[test]
fn of_notes_when_a_cycle_is_one_frame_or_longer_than_a_block() {
    check(Kind::Instrument, &documents::tone(1, 0.2));
    check(Kind::Instrument, &documents::tone(500, 0.2));
}

#[test]
fn of_notes_through_csounds_midi() {
    check(Kind::Instrument, &documents::midi_click(16));
}

#[test]
fn of_many_outputs() {
    check(Kind::MultiOut, &documents::channels(16, 16));
}

#[test]
fn of_an_effect_with_its_sidechain() {
    check(Kind::Effect, &documents::sidechain(64));
}

#[test]
fn two_bounces_are_the_same_when_the_host_resets_between() {
    for host in Host::BUNDLES {
        let mut instance = playing(host, Kind::Instrument, &documents::tone(32, 0.2));
        let plan = Plan::new(music(), 12_000);
        let first = instance.play(&plan).expect("it plays");
        for _ in 0..3 {
            instance.reset();
            assert_same(&first, &instance.play(&plan).expect("it plays"), &format!("{host:?} after reset"));
        }
        instance.activate(RATE, 512).expect("it activates again");
        assert_same(&first, &instance.play(&plan).expect("it plays"), &format!("{host:?} after activation"));
    }
}
