//! What an orchestra writes into a parameter with `send` goes to the host, as a move of the parameter.

use ksmps_core::event::{Event, EventKind};
use ksmps_harness::bundle::Kind;
use ksmps_harness::host::{Block, Reports};
use ksmps_harness::hosts::Host;
use ksmps_harness::instance::Instance;

use super::playing;

const DOCUMENT: &str = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\n;@param level 0..1=0.5 send smooth=0\n\
    ;@param other 0..1=0.5\ninstr 1\n  kcount init 0\n  kcount += 1\n  if kcount == 10 then\n    \
    chnset k(0.25), \"level\"\n    chnset k(0.25), \"other\"\n  elseif kcount == 20 then\n    \
    chnset k(0.75), \"level\"\n  endif\n  outs upsamp(chnget:k(\"level\")), upsamp(chnget:k(\"other\"))\nendin\n\
    schedule 1, 0, -1\n";

fn block(instance: &mut Instance, frames: usize, events: &[Event]) -> (Reports, f32) {
    let mut sound = vec![vec![0.0; frames]; 2];
    let mut outputs: Vec<&mut [f32]> = sound.iter_mut().map(Vec::as_mut_slice).collect();
    let mut block = Block { inputs: &[], outputs: &mut outputs, frames, events, transport: None };
    let reports = instance.processing().process(&mut block).expect("it plays");
    (reports, sound[0][frames - 1])
}

#[test]
fn the_host_hears_of_it_at_its_frame_and_the_project_keeps_it() {
    for host in Host::BUNDLES {
        let mut instance = playing(host, Kind::Instrument, DOCUMENT);
        let (slot, param) = instance.param("level").expect("it saves").expect("it has a slot");
        assert_eq!(param.value, 0.5, "{host:?}");
        let (reports, _) = block(&mut instance, 512, &[]);
        let moved: Vec<_> = reports.params.iter().map(|(_, id, value)| (*id, *value)).collect();
        assert_eq!(moved, [(param.id, 0.25), (param.id, 0.75)], "{host:?}");
        let frames: Vec<u32> = reports.params.iter().map(|(frame, ..)| *frame).collect();
        assert!((144..=176).contains(&frames[0]) && frames[1] - frames[0] == 160, "{host:?}: {frames:?}");
        assert!(reports.frames.is_sorted(), "{host:?}: {reports:?}");
        instance.hosted().idle();
        let seen = instance.param("level").expect("it saves").expect("it has a slot").1;
        assert_eq!(seen.value, 0.75, "{host:?}: what the host sees");
        // The orchestra's value holds until somebody moves the parameter.
        let (reports, level) = block(&mut instance, 512, &[]);
        assert_eq!((level, reports.params.len()), (0.75, 0), "{host:?}");
        let point = Event { frame: 0, kind: EventKind::Param { slot, normalized: 0.5 } };
        let (reports, level) = block(&mut instance, 512, &[point]);
        assert_eq!(
            (level, reports.params.len()),
            (0.5, 0),
            "{host:?}: the host's own move does not come back"
        );
    }
}
