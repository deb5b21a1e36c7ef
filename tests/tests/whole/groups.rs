//! Groups of parameters: CLAP's module and VST3's unit follow the document.

use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::host::vst3::Vst3;
use ksmps_harness::host::{Format, Hosted};
use ksmps_harness::hosts::Host;
use ksmps_harness::instance::Instance;
use ksmps_harness::state::State;

use super::{RATE, documents, open};

/// Names and groups of the parameters that are shown.
fn groups(instance: &mut Instance) -> Vec<(String, String)> {
    let shown = instance.hosted().params().into_iter().filter(|param| !param.is_hidden && !param.is_bypass);
    shown.filter(|param| param.name != "Program").map(|param| (param.name, param.group)).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, group)| ((*name).to_owned(), (*group).to_owned())).collect()
}

#[test]
fn a_parameters_group_is_the_documents_after_each_change() {
    let first =
        documents::level(16, "level 0..1 group=Amp\n;@param tone 0..1 group=Filter\n;@param free 0..1");
    let second = documents::level(
        16,
        "level 0..1 group=Mixer\n;@param tone 0..1\n;@param free 0..1 group=\"Low end\"",
    );
    for host in Host::BUNDLES {
        let mut instance = open(host, Kind::Effect);
        instance.load(&first, None).expect("the document goes in");
        assert_eq!(
            groups(&mut instance),
            pairs(&[("level", "Amp"), ("tone", "Filter"), ("free", "")]),
            "{host:?}"
        );
        instance.activate(RATE, 512).expect("it activates");
        assert_eq!(
            groups(&mut instance),
            pairs(&[("level", "Amp"), ("tone", "Filter"), ("free", "")]),
            "{host:?}"
        );
        let told = instance.hosted().notices().infos;
        let mut state = instance.state().expect("it saves");
        state.edit_document(&second, None);
        instance.set_state(&state).expect("it loads");
        let expected = pairs(&[("level", "Mixer"), ("tone", ""), ("free", "Low end")]);
        assert_eq!(groups(&mut instance), expected, "{host:?}, while its engine is built");
        instance.hosted().idle();
        assert!(instance.hosted().notices().infos > told, "{host:?}: the host is told");
    }
}

#[test]
fn a_vst3_host_sees_a_tree_that_is_never_empty() {
    let library = bundle::library(Format::Vst3).unwrap_or_else(|error| panic!("{error}"));
    let mut vst3 = Vst3::open(&library, Kind::Effect.name()).expect("it opens");
    let load = |vst3: &mut Vst3, directive: &str| {
        let mut state = State::read(Format::Vst3, &vst3.save().expect("it saves")).expect("it reads");
        state.set_document(&documents::level(16, directive), None);
        vst3.load(&state.write(Format::Vst3)).expect("it loads");
        vst3.units()
    };
    let unit = |id, parent, name: &str| (id, parent, name.to_owned());
    let root = unit(0, -1, "Ksmps");
    assert_eq!(load(&mut vst3, "level 0..1"), std::slice::from_ref(&root));
    let nested = load(&mut vst3, "level 0..1 group=\"Voice/Amp\"\n;@param tone 0..1 group=Filter");
    let expected = [root.clone(), unit(1, 0, "Voice"), unit(2, 1, "Amp"), unit(3, 0, "Filter")];
    assert_eq!(nested, expected);
    assert_eq!(load(&mut vst3, "level 0..1 group=Other"), [root, unit(1, 0, "Other")]);
}
