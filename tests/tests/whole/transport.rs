//! A host that says only a part of its song is understood in that part.

use ksmps_core::event::{Event, EventKind};
use ksmps_harness::bundle::Kind;
use ksmps_harness::host::{Block, Format, HostBar, HostTransport};
use ksmps_harness::hosts::Host;

use super::{RATE, playing};

/// A channel of the host's transport on each output, as it is in the last cycle.
fn heard(host: Host, names: [&str; 2], blocks: &[(usize, Option<HostTransport>)]) -> [f32; 2] {
    let document = format!(
        "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\n;@param any 0..1\ninstr 1\n  \
         outs upsamp(chnget:k(\"{}\")), upsamp(chnget:k(\"{}\"))\nendin\nschedule 1, 0, -1\n",
        names[0], names[1]
    );
    let mut instance = playing(host, Kind::Instrument, &document);
    let mut last = [0.0; 2];
    for (frames, transport) in blocks {
        let mut sound = vec![vec![0.0; *frames]; 2];
        let mut outputs: Vec<&mut [f32]> = sound.iter_mut().map(Vec::as_mut_slice).collect();
        // Parameter points, because the framework cuts the block there.
        let point = |frame: usize| Event {
            frame: frame as u32,
            kind: EventKind::Param { slot: 0, normalized: frame as f64 / 1000.0 },
        };
        let events = [point(frames / 3), point(frames / 2)];
        let mut block = Block {
            inputs: &[],
            outputs: &mut outputs,
            frames: *frames,
            events: &events,
            transport: *transport,
        };
        instance.processing().process(&mut block).expect("it plays");
        last = [0, 1].map(|channel| sound[channel][frames - 1]);
    }
    last
}

const NOTHING: HostTransport = HostTransport {
    playing: false,
    recording: false,
    looping: false,
    tempo: None,
    signature: None,
    frames: None,
    beats: None,
    bar: None,
};

#[test]
fn each_part_is_passed_on_alone() {
    for host in Host::BUNDLES {
        let play = |transport, names| heard(host, names, &[(480, Some(transport)), (480, Some(transport))]);
        let tempo_and_signature = ["HOST_BPM", "TIME_SIG_NUM"];
        assert_eq!(play(NOTHING, tempo_and_signature), [120.0, 4.0], "{host:?}");
        let tempo = HostTransport { tempo: Some(87.5), ..NOTHING };
        assert_eq!(play(tempo, tempo_and_signature), [87.5, 4.0], "{host:?}");
        let signature = HostTransport { signature: Some((7, 8)), ..NOTHING };
        assert_eq!(play(signature, tempo_and_signature), [120.0, 7.0], "{host:?}");
        assert_eq!(play(signature, ["TIME_SIG_DENOM", "TIME_SIG_NUM"]), [8.0, 7.0], "{host:?}");
        let recording = HostTransport { recording: true, ..NOTHING };
        assert_eq!(play(recording, ["IS_RECORDING", "IS_PLAYING"]), [1.0, 0.0], "{host:?}");
        assert_eq!(heard(host, tempo_and_signature, &[(480, None)]), [120.0, 4.0], "{host:?}");
        // VST3 always has a position in frames, which goes before one in beats.
        let places = ["TIME_IN_SAMPLES", "HOST_PPQ_POS"];
        let frames = HostTransport { frames: Some(48_000), ..NOTHING };
        assert_eq!(play(frames, places), [48_000.0, 2.0], "{host:?}");
        let beats = HostTransport { beats: Some(3.0), ..NOTHING };
        let in_frames = if host.format == Format::Clap { 72_000.0 } else { 0.0 };
        assert_eq!(play(beats, places), [in_frames, 3.0], "{host:?}");
    }
}

#[test]
fn a_position_without_a_tempo_goes_on_through_the_parts_of_a_block() {
    for host in Host::BUNDLES {
        let at = |frames: i64| HostTransport { playing: true, frames: Some(frames), ..NOTHING };
        let blocks: Vec<_> = (0..20).map(|index| (480, Some(at(96_000 + 480 * index)))).collect();
        // The latency is a cycle; the last cycle but one is heard at the end.
        let [seconds, beats] = heard(host, ["TIME_IN_SECONDS", "HOST_PPQ_POS"], &blocks);
        let expected = (96_000 + 480 * 20 - 2 * 16) as f64 / RATE;
        assert!((f64::from(seconds) - expected).abs() < 1e-6, "{host:?}: {seconds} for {expected}");
        assert!((f64::from(beats) - expected * 2.0).abs() < 1e-5, "{host:?}: {beats}");
    }
}

#[test]
fn a_clap_song_without_a_position_goes_on_by_itself() {
    for host in Host::CLAP {
        let playing = HostTransport { playing: true, tempo: Some(60.0), ..NOTHING };
        let blocks: Vec<_> = (0..20).map(|_| (480, Some(playing))).collect();
        let [seconds, beats] = heard(host, ["TIME_IN_SECONDS", "HOST_PPQ_POS"], &blocks);
        let expected = (480 * 20 - 2 * 16) as f64 / RATE;
        assert!((f64::from(seconds) - expected).abs() < 1e-6, "{seconds} for {expected}");
        assert!((f64::from(beats) - expected).abs() < 1e-6, "{beats}");
    }
}

#[test]
fn bars_and_the_loop_are_told() {
    let names = ["HOST_BAR_POS", "IS_LOOPING"];
    for host in Host::BUNDLES {
        let play = |transport| heard(host, names, &[(480, Some(transport)), (480, Some(transport))]);
        let at =
            |beats, signature| HostTransport { beats: Some(beats), signature: Some(signature), ..NOTHING };
        assert_eq!(play(at(6.0, (4, 4))), [1.5, 0.0], "{host:?}");
        assert_eq!(play(HostTransport { looping: true, ..at(6.0, (6, 8)) }), [2.0, 1.0], "{host:?}");
        // Two bars of 4/4, then those of 3/4. VST3 says where a bar begins and not which one it is.
        let bar = |number| Some(HostBar { start: 8.0, number: Some(number) });
        let in_bars = if host.format == Format::Clap { 2.5 } else { 3.5 };
        assert_eq!(play(HostTransport { bar: bar(2), ..at(9.5, (3, 4)) }), [in_bars, 0.0], "{host:?}");
    }
}

#[test]
fn bars_go_on_in_every_cycle() {
    for host in Host::BUNDLES {
        let at = |frames: i64| {
            let beats = Some(frames as f64 / RATE * 2.0);
            HostTransport { playing: true, tempo: Some(120.0), frames: Some(frames), beats, ..NOTHING }
        };
        let blocks: Vec<_> = (0..20).map(|index| (480, Some(at(96_000 + 480 * index)))).collect();
        let [bars, _] = heard(host, ["HOST_BAR_POS", "IS_LOOPING"], &blocks);
        let expected = (96_000 + 480 * 20 - 2 * 16) as f64 / RATE / 2.0;
        assert!((f64::from(bars) - expected).abs() < 1e-6, "{host:?}: {bars} for {expected}");
    }
}
