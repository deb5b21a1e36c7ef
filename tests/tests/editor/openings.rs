//! Opening and closing.

use std::fs;
use std::num::NonZeroU32;

use ksmps_harness::host::{EditorSetup, Format};

use super::{Opened, desktop, open};

/// How often a window is opened and closed again.
const REOPENINGS: NonZeroU32 = NonZeroU32::new(50).unwrap();

/// Open files and threads of this process.
fn belongings() -> (usize, usize) {
    let count = |folder: &str| fs::read_dir(folder).unwrap().count();
    (count("/proc/self/fd"), count("/proc/self/task"))
}

/// Where the libraries of OpenGL lie in this process.
fn opengl() -> Vec<String> {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let of_opengl =
        |line: &&str| ["/libEGL.so", "/libGL.so", "/libGLX.so"].iter().any(|name| line.contains(name));
    maps.lines().filter(of_opengl).map(str::to_owned).collect()
}

#[test]
fn fifty_reopenings_leave_nothing_behind() {
    let desktop = desktop();
    for format in Format::BUNDLES {
        let mut opened = Opened::new(format, &desktop, (0, 0), EditorSetup::default());
        let mut instance = opened.close();
        let (before, loaded) = (belongings(), opengl());
        assert!(!loaded.is_empty(), "{format:?}");
        for _ in 0..REOPENINGS.get() {
            opened = Opened::of(instance, &desktop, (0, 0), EditorSetup::default());
            instance = opened.close();
        }
        // A driver's threads end by themselves, a little later.
        let wait = desktop.wait_for(
            "what the windows had",
            || (),
            || {
                let now = belongings();
                Ok(now.0 <= before.0 && now.1 <= before.1)
            },
        );
        assert!(wait.is_ok(), "{format:?}: {before:?} files and threads became {:?}", belongings());
        assert_eq!(instance.hosted().notices().misuses, Vec::<String>::new(), "{format:?}");
        // The system calls these libraries when a thread ends: one that was unloaded ends the host.
        assert_eq!(opengl(), loaded, "{format:?}: OpenGL was loaded anew");
    }
}

#[test]
fn two_instances_have_two_editors() {
    let desktop = desktop();
    for format in Format::BUNDLES {
        let one = Opened::new(format, &desktop, (0, 0), EditorSetup::default());
        let other = Opened::new(format, &desktop, (1100, 0), EditorSetup::default());
        assert_ne!(one.child(), other.child());
        one.close();
        let picture = desktop.picture(other.child()).unwrap();
        assert!(picture.colours() > 2, "{format:?}: the other one is still there");
        other.close();
    }
}

#[test]
fn a_plugin_that_goes_with_its_editor_open_takes_it_with_it() {
    let desktop = desktop();
    for format in Format::BUNDLES {
        let opened = Opened::new(format, &desktop, (0, 0), EditorSetup::default());
        let (window, instance) = (opened.window, opened.instance);
        drop(instance);
        let wait = desktop.wait_for("the window to go", || (), || Ok(desktop.children(window)?.is_empty()));
        assert!(wait.is_ok(), "{format:?}");
    }
}

#[test]
fn a_host_without_a_timer_shows_the_editor() {
    let desktop = desktop();
    let setup = EditorSetup { has_timer: false, ..EditorSetup::default() };
    let opened = Opened::new(Format::Vst3, &desktop, (0, 0), setup);
    opened.close();
}

#[test]
fn a_window_that_is_not_there_is_an_error_and_not_the_end() {
    let _desktop = desktop();
    for format in Format::BUNDLES {
        let mut instance = open(format);
        let refused = instance.hosted().open_editor(EditorSetup::default(), &mut |_| 0x1f_ff_ff);
        assert!(refused.is_err(), "{format:?}");
        let report = instance.state().unwrap().report().unwrap();
        let problem = report["editor_problem"].as_str().unwrap_or_default();
        assert!(problem.contains("window"), "{format:?}: {problem}");
    }
}
