//! How large the editor is.

use ksmps_harness::host::{EditorSetup, Format};
use serde_json::{Value, json};

use super::{Opened, desktop, open};

#[test]
fn the_first_size_is_right_at_every_scale() {
    let desktop = desktop();
    for format in Format::BUNDLES {
        let plain = Opened::new(format, &desktop, (0, 0), EditorSetup::default());
        let size = plain.size;
        assert_eq!(desktop.size(plain.child()).unwrap(), size, "{format:?}");
        plain.close();
        for scale in [1.5, 2.0] {
            let setup = EditorSetup { scale: Some(scale), ..EditorSetup::default() };
            let scaled = Opened::new(format, &desktop, (0, 0), setup);
            let expected = ((f64::from(size.0) * scale) as u32, (f64::from(size.1) * scale) as u32);
            assert_eq!(scaled.size, expected, "{format:?} at {scale}");
            assert_eq!(desktop.size(scaled.child()).unwrap(), expected, "{format:?} at {scale}");
            scaled.close();
        }
        desktop.set_dpi(Some(144)).unwrap();
        let by_user = Opened::new(format, &desktop, (0, 0), EditorSetup::default());
        assert_eq!(by_user.size, (size.0 * 3 / 2, size.1 * 3 / 2), "{format:?} by the user's settings");
        assert_eq!(desktop.size(by_user.child()).unwrap(), by_user.size, "{format:?}");
        by_user.close();
        desktop.set_dpi(None).unwrap();
    }
}

#[test]
fn it_follows_the_hosts_sizes_but_not_too_small_ones() {
    let desktop = desktop();
    for format in Format::BUNDLES {
        let mut opened = Opened::new(format, &desktop, (0, 0), EditorSetup::default());
        for wanted in [(1300, 800), (900, 600), (1000, 700)] {
            desktop.resize(opened.window, wanted).unwrap();
            assert_eq!(opened.instance.hosted().resize_editor(wanted).unwrap(), wanted, "{format:?}");
            opened.wait("the size", |opened| opened.desktop.size(opened.child()).unwrap() == wanted);
        }
        let smallest = opened.instance.hosted().resize_editor((10, 10)).unwrap();
        assert!(smallest.0 >= 400 && smallest.1 >= 300, "{format:?}: {smallest:?}");
        let asked = opened.instance.hosted().notices().resizes;
        assert!(asked.is_empty(), "{format:?}: what the host wanted is not asked of it: {asked:?}");
        opened.close();
    }
}

#[test]
fn a_project_keeps_size_and_zoom() {
    let desktop = desktop();
    for format in Format::BUNDLES {
        let mut opened = Opened::new(format, &desktop, (0, 0), EditorSetup::default());
        desktop.resize(opened.window, (1200, 750)).unwrap();
        opened.instance.hosted().resize_editor((1200, 750)).unwrap();
        opened.wait("the size in the state", |opened| {
            editor(&opened.instance.state().unwrap().whole)["width"] == 1200.0
        });
        let mut instance = opened.close();
        let mut state = instance.state().unwrap();
        let mut kept = editor(&state.whole);
        kept["zoom"] = json!(1.25);
        state.whole["fields"]["editor"] = Value::String(kept.to_string());
        let mut other = open(format);
        other.set_state(&state).unwrap();
        let other = Opened::of(other, &desktop, (0, 0), EditorSetup::default());
        assert_eq!(other.size, (1500, 938), "{format:?}");
        other.close();
    }
}

fn editor(state: &Value) -> Value {
    serde_json::from_str(state["fields"]["editor"].as_str().unwrap()).unwrap()
}
