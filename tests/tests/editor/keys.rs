//! Keys that are the host's.

use ksmps_harness::host::{EditorSetup, Format};

use super::{Opened, desktop};

#[test]
fn space_is_the_hosts() {
    let desktop = desktop();
    for format in Format::BUNDLES {
        let mut opened = Opened::new(format, &desktop, (0, 0), EditorSetup::default());
        let space = desktop.key_code("space").unwrap();
        let (width, height) = opened.size;
        desktop.point_at(opened.child(), width as i16 / 2, height as i16 / 2).unwrap();
        desktop.host_keys().unwrap();
        desktop.press_keys(&["space"]).unwrap();
        opened.wait("space at the host", |opened| {
            opened.desktop.host_keys().unwrap().iter().any(|key| key.code == space && key.is_pressed)
        });
        opened.close();
    }
}
