//! Parameters by name, from the host's point to the value that an orchestra reads.

use ksmps_harness::bounce::{Plan, Sound};
use ksmps_harness::bundle::Kind;
use ksmps_harness::hosts::Host;
use ksmps_harness::script::{Cut, Script};

use super::{RATE, assert_same, documents, playing};

const KSMPS: usize = 16;

fn heard(host: Host, directive: &str, script: &str, cut: Cut) -> Sound {
    let script = Script::parse(script, RATE).expect("reads");
    let plan = Plan::new(script, 9600).cut(cut);
    playing(host, Kind::Effect, &documents::level(KSMPS, directive)).play_aligned(&plan).expect("it plays")
}

#[test]
fn the_document_says_where_it_begins() {
    for host in Host::BUNDLES {
        let sound = heard(host, "level 0..2=0.75", "", Cut::Fixed(512));
        assert!(sound.channels[0].iter().all(|value| *value == 0.75), "{host:?}: {}", sound.channels[0][0]);
    }
}

#[test]
fn a_step_is_there_in_the_cycle_of_its_point() {
    for host in Host::BUNDLES {
        let sound = heard(host, "level 0..2=0.5 smooth=0", "@4807 set level=1.5", Cut::Fixed(512));
        let channel = &sound.channels[0];
        let change = channel.iter().position(|value| *value != 0.5).expect("it changes");
        assert!(change.abs_diff(4807) <= KSMPS, "{host:?}: at {change}");
        assert!(channel[change + KSMPS..].iter().all(|value| (value - 1.5).abs() < 1e-6), "{host:?}");
    }
}

#[test]
fn a_point_at_the_first_frame_is_where_the_parameter_begins() {
    for host in [Host::CORE].into_iter().chain(Host::BUNDLES) {
        let sound = heard(host, "level 0..1=0", "@0 set level=0.5", Cut::Fixed(512));
        assert!(sound.channels[0].iter().all(|value| *value == 0.5), "{host:?}: {}", sound.channels[0][0]);
    }
}

#[test]
fn a_point_is_reached_in_a_straight_line_of_ten_milliseconds() {
    for host in Host::BUNDLES {
        let sound = heard(host, "level 0..1=0", "@4800 set level=1", Cut::Fixed(512));
        let channel = &sound.channels[0];
        assert!(channel[..4800 - KSMPS].iter().all(|value| *value == 0.0), "{host:?}: it begins too early");
        assert!(
            channel[4800 + 480 + KSMPS..].iter().all(|value| *value == 1.0),
            "{host:?}: it does not arrive"
        );
        for (frame, value) in channel.iter().enumerate().take(5280).skip(4800) {
            let meant = (frame - 4800) as f32 / 480.0;
            let cycle = 2.0 * KSMPS as f32 / 480.0;
            assert!((value - meant).abs() <= cycle, "{host:?}: {value} for {meant} at {frame}");
        }
    }
}

#[test]
fn points_do_not_care_how_blocks_are_cut() {
    // The framework keeps parameters as f32: eighths come through it whole.
    let script = "@100 set level=0.5\n@1033 set level=0.125\n@1040 set level=0.875\n@5001 set level=0";
    let first = heard(Host::CORE, "level 0..1=0", script, Cut::Fixed(512));
    for host in Host::BUNDLES {
        for cut in ["1", "17", "64", "1000", "random:5"] {
            // PANIC: the texts above are cuts.
            let other = heard(host, "level 0..1=0", script, cut.parse().unwrap());
            assert_same(&first, &other, &format!("{host:?} in blocks of {cut}"));
        }
    }
}

#[test]
fn hosts_see_names_units_and_labels() {
    for host in Host::BUNDLES {
        let directive = "level 20..2000=200 exp unit=Hz name=\"Cutoff\" group=\"Filter\"";
        let mut instance = playing(host, Kind::Effect, &documents::level(KSMPS, directive));
        instance.hosted().idle();
        let (_, param) = instance.param("level").expect("it saves").expect("the parameter has a slot");
        let seen = format!("{} {}", param.name, param.text);
        assert!(
            seen.contains("Cutoff") && seen.contains("200") && seen.contains("Hz"),
            "{host:?}: {param:?}"
        );
        let value = instance.hosted().param_value(param.id, "200 Hz").expect("it reads its own text");
        assert!((value - 0.5).abs() < 1e-6, "{host:?}: {value}");
    }
}

#[test]
fn a_parameter_keeps_its_slot_when_others_come_before_it() {
    for host in Host::BUNDLES {
        let mut instance = playing(host, Kind::Effect, &documents::level(KSMPS, "level 0..1=0.5"));
        let before = instance.param("level").expect("it saves").expect("it has a slot").0;
        let more = documents::level(KSMPS, "first 0..1\n;@param level 0..1=0.5");
        let mut state = instance.state().expect("it saves");
        state.edit_document(&more, None);
        instance.set_state(&state).expect("it loads");
        instance.activate(RATE, 512).expect("it activates");
        assert_eq!(instance.param("level").expect("it saves").expect("it has a slot").0, before, "{host:?}");
        assert_ne!(instance.param("first").expect("it saves").expect("it has a slot").0, before, "{host:?}");
    }
}
