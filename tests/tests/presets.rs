//! The user's preset files in a host's browser. A process of its own, because it says where the user's files are.
#![cfg(target_os = "linux")]

use std::fs;

use ksmps_core::settings::UserFiles;
use ksmps_harness::bundle::Kind;
use ksmps_harness::host::Format;
use ksmps_harness::hosts::Host;
use ksmps_harness::instance::Instance;

#[expect(unsafe_code, reason = "the environment is the process's")]
fn set_data_folder(folder: &std::path::Path) {
    // SAFETY: This program has one test, which has started no thread yet.
    unsafe { std::env::set_var("KSMPS_USER_FOLDER", folder) };
}

fn value(instance: &mut Instance, name: &str) -> f64 {
    instance.param(name).expect("it saves").expect("it has a slot").1.value
}

/// Csound's libraries in this process.
fn csounds() -> usize {
    fs::read_to_string("/proc/self/maps").expect("Linux says what is mapped").matches("libcsound64").count()
}

#[test]
fn the_users_presets_are_found_and_loaded() {
    let home = tempfile::tempdir().expect("a folder");
    set_data_folder(home.path());
    let user = UserFiles::of_this_user();
    let presets = user.data_folder().expect("somebody is at home").join("presets");
    assert!(presets.starts_with(home.path()));
    let open = |host: Host, kind| host.open(kind).expect("it opens");
    // Nothing was saved yet: there is no folder to declare.
    assert!(open(Host::CLAP[0], Kind::Effect).hosted().presets().iter().all(|preset| !preset.is_users));

    for (document, name, text) in [
        ("Echo", "Slap.json", "{\"feedback\": 0.1}"),
        ("Somebody's", "Mine.json", "{\"a\": 1}"),
        ("Echo", ".hidden.json", "{}"),
        ("Echo", "notes.txt", "no preset"),
    ] {
        fs::create_dir_all(presets.join(document)).expect("a folder");
        fs::write(presets.join(document).join(name), text).expect("a file");
    }
    for format in Format::BUNDLES {
        let host = Host::BUNDLES.into_iter().find(|host| host.format == format).expect("there is one");
        let mut instance = open(host, Kind::Effect);
        let listed = instance.hosted().presets();
        let names: Vec<&str> = listed.iter().map(|preset| preset.name.as_str()).collect();
        assert!(names.contains(&"Slap"), "{format:?}: {names:?}");
        let has_mine = names.contains(&"Mine");
        // VST3 lists those of the present document; CLAP all, for whoever has the document.
        assert_eq!(has_mine, format == Format::Clap, "{names:?}");
        assert_eq!(csounds(), 0, "no Csound is opened to list presets");
        instance.hosted().load_preset("Slap").expect("it loads");
        let (_, param) = instance.param("feedback").expect("it saves").expect("it has a slot");
        assert!(param.text.contains("0.1"), "{format:?}: {param:?}");
        let moved = value(&mut instance, "feedback");
        if has_mine {
            let refused = instance.hosted().load_preset("Mine").map_err(|error| error.to_string());
            assert!(refused.is_err(), "it is for a document that is not there");
            let said = instance.hosted().notices().presets;
            assert!(said.iter().any(|line| line.contains("open that document first")), "{said:?}");
        }
        assert_eq!(value(&mut instance, "feedback"), moved, "{format:?}");
    }
}
