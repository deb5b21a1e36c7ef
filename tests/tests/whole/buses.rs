//! Inputs and outputs beyond the main stereo pair.

use ksmps_harness::bounce::Plan;
use ksmps_harness::bundle::Kind;
use ksmps_harness::host::Buses;
use ksmps_harness::hosts::Host;
use ksmps_harness::script::Script;

use super::{documents, open, playing, sounding};

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
        let mut stage = playing(host, Kind::MultiOut, &documents::channels(16, 16));
        let mut script = Script::new();
        for channel in 0..16 {
            script.key(100 * channel, 60 + channel as u8, 1.0, 50);
        }
        let sound = stage.play_aligned(&Plan::new(script, 2000)).expect("it plays");
        for (channel, samples) in (0..).zip(&sound.channels) {
            assert_eq!(sounding(samples), [100 * channel], "{host:?}, channel {channel}");
        }
    }
}

#[test]
fn outputs_that_a_document_does_not_have_are_silent() {
    for host in Host::BUNDLES {
        let mut stage = playing(host, Kind::MultiOut, &documents::channels(16, 3));
        let mut script = Script::new();
        for channel in 0..3 {
            script.key(100 * channel, 60 + channel as u8, 1.0, 50);
        }
        let sound = stage.play_aligned(&Plan::new(script, 2000)).expect("it plays");
        for (channel, samples) in (0..).zip(&sound.channels) {
            let expected = if channel < 3 { vec![100 * channel] } else { vec![] };
            assert_eq!(sounding(samples), expected, "{host:?}, channel {channel}");
        }
    }
}

#[test]
fn the_sidechain_reaches_channels_three_and_four() {
    for host in Host::BUNDLES {
        let mut stage = playing(host, Kind::Effect, &documents::sidechain(32));
        let impulse = |frame: usize| (0..2000).map(|at| if at == frame { 0.5 } else { 0.0 }).collect();
        let plan = Plan::new(Script::new(), 2000).inputs([100, 200, 300, 400].map(impulse).to_vec());
        let sound = stage.play_aligned(&plan).expect("it plays");
        assert_eq!(sounding(&sound.channels[0]), [100, 300], "{host:?}");
        assert_eq!(sounding(&sound.channels[1]), [200, 400], "{host:?}");
        assert_eq!((sound.channels[0][100], sound.channels[0][300]), (0.5, 0.25), "{host:?}");
    }
}
