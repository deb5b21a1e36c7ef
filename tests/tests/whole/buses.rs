//! Inputs and outputs beyond the main stereo pair.

use ksmps_harness::bounce::Plan;
use ksmps_harness::bundle::Kind;
use ksmps_harness::host::Buses;
use ksmps_harness::hosts::Host;
use ksmps_harness::script::Script;

use super::{BLOCK_MAX, RATE, assert_same, documents, open, playing, sounding};

/// Widths that an effect can have.
const WIDTHS: [usize; 6] = [1, 2, 4, 6, 8, 16];

/// An effect's buses.
fn effect(width: usize) -> Buses {
    Buses { inputs: vec![width, width.min(2)], outputs: vec![width] }
}

/// An impulse at 100 times the channel's number, for each channel.
fn impulses(count: usize) -> Vec<Vec<f32>> {
    (1..=count)
        .map(|channel| (0..2000).map(|at| if at == 100 * channel { 0.5 } else { 0.0 }).collect())
        .collect()
}

#[test]
fn every_plugin_has_the_buses_that_its_name_says() {
    let table = [
        (Kind::Instrument, vec![], vec![2]),
        (Kind::MultiOut, vec![], vec![2; 8]),
        (Kind::Effect, vec![2, 2], vec![2]),
    ];
    for host in Host::BUNDLES {
        for (kind, inputs, outputs) in &table {
            let expected = Buses { inputs: inputs.clone(), outputs: outputs.clone() };
            assert_eq!(open(host, *kind).hosted().buses(), &expected, "{host:?} {kind:?}");
        }
    }
}

#[test]
fn each_channel_of_a_document_has_its_place_in_the_outputs() {
    for host in Host::BUNDLES {
        let mut instance = playing(host, Kind::MultiOut, &documents::channels(16, 16));
        let mut script = Script::new();
        for channel in 0..16 {
            script.key(100 * channel, 60 + channel as u8, 1.0, 50);
        }
        let sound = instance.play_aligned(&Plan::new(script, 2000)).expect("it plays");
        for (channel, samples) in (0..).zip(&sound.channels) {
            assert_eq!(sounding(samples), [100 * channel], "{host:?}, channel {channel}");
        }
    }
}

#[test]
fn outputs_that_a_document_does_not_have_are_silent() {
    for host in Host::BUNDLES {
        let mut instance = playing(host, Kind::MultiOut, &documents::channels(16, 3));
        let mut script = Script::new();
        for channel in 0..3 {
            script.key(100 * channel, 60 + channel as u8, 1.0, 50);
        }
        let sound = instance.play_aligned(&Plan::new(script, 2000)).expect("it plays");
        for (channel, samples) in (0..).zip(&sound.channels) {
            let expected = if channel < 3 { vec![100 * channel] } else { vec![] };
            assert_eq!(sounding(samples), expected, "{host:?}, channel {channel}");
        }
    }
}

#[test]
fn the_sidechain_reaches_channels_three_and_four() {
    for host in Host::BUNDLES {
        let mut instance = playing(host, Kind::Effect, &documents::sidechain(32));
        let impulse = |frame: usize| (0..2000).map(|at| if at == frame { 0.5 } else { 0.0 }).collect();
        let plan = Plan::new(Script::new(), 2000).inputs([100, 200, 300, 400].map(impulse).to_vec());
        let sound = instance.play_aligned(&plan).expect("it plays");
        assert_eq!(sounding(&sound.channels[0]), [100, 300], "{host:?}");
        assert_eq!(sounding(&sound.channels[1]), [200, 400], "{host:?}");
        assert_eq!((sound.channels[0][100], sound.channels[0][300]), (0.5, 0.25), "{host:?}");
    }
}

#[test]
fn an_effect_is_as_wide_as_the_host_wants_it() {
    for host in Host::BUNDLES {
        let mut instance = open(host, Kind::Effect);
        for width in WIDTHS {
            instance.deactivate().expect("it deactivates");
            instance
                .hosted()
                .set_buses(&effect(width))
                .unwrap_or_else(|error| panic!("{host:?}, {width}: {error}"));
            instance.load(&documents::through(32, width), None).expect("the document goes in");
            instance.activate(RATE, BLOCK_MAX).expect("it activates");
            let report = instance.state().and_then(|state| Ok(state.report()?)).expect("it says how it is");
            assert_eq!(report["diagnostics"], serde_json::json!([]), "{host:?}, {width}");
            let plan = Plan::new(Script::new(), 2000).inputs(impulses(width));
            let sound = instance.play_aligned(&plan).expect("it plays");
            assert_eq!(sound.channels.len(), width);
            for (channel, samples) in (1..).zip(&sound.channels) {
                assert_eq!(sounding(samples), [100 * channel], "{host:?}, {channel} of {width}");
                assert_eq!(samples[100 * channel as usize], 0.25, "{host:?}, {channel} of {width}");
            }
        }
    }
}

#[test]
fn widths_that_there_are_not_are_refused_and_nothing_has_changed() {
    for host in Host::BUNDLES {
        let mut instance = open(host, Kind::Effect);
        let odd = |inputs: &[usize], outputs: &[usize]| Buses {
            inputs: inputs.to_vec(),
            outputs: outputs.to_vec(),
        };
        for buses in [
            effect(3),
            effect(32),
            odd(&[2, 2], &[1]),
            odd(&[6, 6], &[6]),
            odd(&[2], &[2]),
            odd(&[4, 2], &[2]),
        ] {
            // A CLAP host that says nothing of a port leaves it as it is.
            if buses.inputs.len() < 2 && host.format == ksmps_harness::host::Format::Clap {
                continue;
            }
            assert!(instance.hosted().set_buses(&buses).is_err(), "{host:?}: {buses:?}");
            assert_eq!(instance.hosted().buses(), &effect(2), "{host:?}: {buses:?}");
        }
        for kind in [Kind::Instrument, Kind::MultiOut] {
            let mut instance = open(host, kind);
            let before = instance.hosted().buses().clone();
            assert!(instance.hosted().set_buses(&odd(&[], &[4])).is_err(), "{host:?} {kind:?}");
            assert!(instance.hosted().set_buses(&effect(2)).is_err(), "{host:?} {kind:?}");
            assert_eq!(instance.hosted().buses(), &before, "{host:?} {kind:?}");
        }
    }
}

#[test]
fn a_mono_document_sounds_on_all_channels_of_an_effect() {
    let document = documents::level(16, "level 0..1=0.25")
        .replace("nchnls = 2", "nchnls = 1")
        .replace("outs a1, a1", "out a1");
    for host in Host::BUNDLES {
        for width in [1, 2, 6] {
            let mut instance = open(host, Kind::Effect);
            instance.hosted().set_buses(&effect(width)).expect("it takes them");
            instance.load(&document, None).expect("the document goes in");
            instance.activate(RATE, BLOCK_MAX).expect("it activates");
            let sound = instance.play_aligned(&Plan::new(Script::new(), 1000)).expect("it plays");
            for channel in &sound.channels {
                assert!(channel.iter().all(|sample| *sample == 0.25), "{host:?}, {width}");
            }
        }
    }
}

#[test]
fn channels_beyond_the_bus_are_named() {
    for host in Host::BUNDLES {
        let mut instance = playing(host, Kind::Effect, &documents::through(32, 6));
        let report = instance.state().and_then(|state| Ok(state.report()?)).expect("it says how it is");
        let said = report["diagnostics"].to_string();
        assert!(
            said.contains("output 3, 4, 5, 6") && said.contains("more channels in the host"),
            "{host:?}: {said}"
        );
        let plan = Plan::new(Script::new(), 2000).inputs(impulses(2));
        let sound = instance.play_aligned(&plan).expect("it plays");
        assert_eq!(sounding(&sound.channels[1]), [200], "{host:?}: the others are heard");
    }
}

#[test]
fn a_sidechain_of_a_wide_effect_reaches_the_document() {
    let document = documents::sidechain(32);
    for host in Host::BUNDLES {
        for width in [2, 6] {
            let mut instance = open(host, Kind::Effect);
            instance.hosted().set_buses(&effect(width)).expect("it takes them");
            instance.load(&document, None).expect("the document goes in");
            instance.activate(RATE, BLOCK_MAX).expect("it activates");
            let mut inputs = vec![vec![0.0; 2000]; width + 2];
            (inputs[0][100], inputs[width][300], inputs[width + 1][400]) = (0.5, 0.5, 0.5);
            let sound =
                instance.play_aligned(&Plan::new(Script::new(), 2000).inputs(inputs)).expect("it plays");
            assert_eq!(sounding(&sound.channels[0]), [100, 300], "{host:?}, {width}");
            assert_eq!(sounding(&sound.channels[1]), [400], "{host:?}, {width}");
        }
    }
}

#[test]
fn buses_that_a_host_leaves_unused_do_not_silence_the_others() {
    for host in Host::BUNDLES {
        let mut script = Script::new();
        (0..4).for_each(|channel| _ = script.key(100 * channel, 60 + channel as u8, 1.0, 50));
        let plan = Plan::new(script, 2000);
        let mut instance = open(host, Kind::MultiOut);
        for bus in [1, 3, 4, 5, 6, 7] {
            instance.hosted().set_bus_active(false, bus, false).expect("it lets it go");
        }
        instance.load(&documents::channels(16, 6), None).expect("the document goes in");
        instance.activate(RATE, BLOCK_MAX).expect("it activates");
        let sound = instance.play_aligned(&plan).expect("it plays");
        assert_eq!(sounding(&sound.channels[0]), [0], "{host:?}: the main bus");
        assert_eq!(sounding(&sound.channels[1]), [100], "{host:?}: the main bus");
        // And it is there again.
        instance.deactivate().expect("it deactivates");
        instance.hosted().set_bus_active(false, 1, true).expect("it takes it");
        instance.activate(RATE, BLOCK_MAX).expect("it activates");
        let sound = instance.play_aligned(&plan).expect("it plays");
        assert_eq!(
            (sounding(&sound.channels[2]), sounding(&sound.channels[3])),
            (vec![200], vec![300]),
            "{host:?}"
        );

        let inputs = vec![vec![0.5; 2000]; 4];
        let plan = Plan::new(Script::new(), 2000).inputs(inputs.clone());
        let mut instance = open(host, Kind::Effect);
        instance.hosted().set_bus_active(true, 1, false).expect("it lets it go");
        instance.load(&documents::sidechain(32), None).expect("the document goes in");
        instance.activate(RATE, BLOCK_MAX).expect("it activates");
        let alone = instance.play_aligned(&plan).expect("it plays");
        assert!(alone.channels[0].iter().all(|sample| *sample == 0.5), "{host:?}: without its sidechain");
        let mut both = playing(host, Kind::Effect, &documents::sidechain(32));
        let silent = vec![inputs[0].clone(), inputs[1].clone()];
        let expected = both.play_aligned(&Plan::new(Script::new(), 2000).inputs(silent)).expect("it plays");
        assert_same(&expected, &alone, &format!("{host:?}"));
    }
}
