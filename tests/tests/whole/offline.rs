//! What the host says of its render mode reaches the player: an offline render waits for a fresh engine.

use ksmps_harness::bounce::Plan;
use ksmps_harness::bundle::Kind;
use ksmps_harness::hosts::Host;
use ksmps_harness::script::Script;

use super::{assert_same, documents, playing};

#[test]
fn an_offline_reset_is_followed_by_a_fresh_engine_however_soon_it_comes() {
    let document = documents::tone(16, 0.5);
    let script = Script::parse("@0 note 60 100 1", super::RATE).expect("reads");
    let plan = Plan::new(script, 1024);
    for host in Host::BUNDLES {
        // The harness renders offline.
        let mut instance = playing(host, Kind::Instrument, &document);
        let first = instance.play(&plan).expect("it plays");
        assert!(first.peak() > 0.1, "{host:?}");
        for reset in 1..=5 {
            // No spare can be ready: the one before was taken at once.
            instance.reset();
            let again = instance.play(&plan).expect("it plays");
            assert_same(&first, &again, &format!("{host:?}, reset {reset}"));
        }
    }
}
