//! The editor of the built plugins in headless CLAP and VST3 hosts, on a screen without a monitor: sizes, keys, and that nothing of it is left when it is closed.
#![cfg(target_os = "linux")]

mod keys;
mod moves;
mod openings;
mod sizes;

use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::desktop::{Desktop, HostWindow};
use ksmps_harness::host::{EditorSetup, Format};
use ksmps_harness::instance::Instance;

/// An instance with its editor open.
struct Opened {
    desktop: std::rc::Rc<Desktop>,
    instance: Instance,
    window: HostWindow,
    /// The size that the plugin asked for.
    size: (u32, u32),
}

impl Opened {
    /// An instrument with its editor, shown at a place of the screen.
    fn new(format: Format, desktop: &std::rc::Rc<Desktop>, at: (i16, i16), setup: EditorSetup) -> Self {
        Self::of(open(format), desktop, at, setup)
    }

    fn of(
        mut instance: Instance,
        desktop: &std::rc::Rc<Desktop>,
        at: (i16, i16),
        setup: EditorSetup,
    ) -> Self {
        let mut window = None;
        let size = instance
            .hosted()
            .open_editor(setup, &mut |size| window.insert(desktop.host_window(at, size).unwrap()).id)
            .unwrap();
        let mut opened = Self {
            desktop: std::rc::Rc::clone(desktop),
            instance,
            window: window.expect("it was asked for"),
            size,
        };
        opened.wait("a picture", |opened| {
            opened.desktop.picture(opened.child()).is_ok_and(|it| it.colours() > 2)
        });
        opened
    }

    /// The editor's own window.
    fn child(&self) -> u32 {
        self.desktop.children(self.window).unwrap()[0]
    }

    /// Lets the host go on until something is so.
    fn wait(&mut self, what: &str, mut is_so: impl FnMut(&mut Self) -> bool) {
        let desktop = std::rc::Rc::clone(&self.desktop);
        let wait = desktop.wait_for(
            what,
            || (),
            || {
                self.instance.hosted().idle();
                Ok(is_so(self))
            },
        );
        if let Err(error) = wait {
            let shown = self.keep_picture().unwrap_or_else(|| "nothing is shown".to_owned());
            panic!("{error}; {shown}");
        }
    }

    /// Writes what the editor shows into a file for whoever looks for a failure's cause; says where it is.
    fn keep_picture(&self) -> Option<String> {
        let child = *self.desktop.children(self.window).ok()?.first()?;
        let picture = self.desktop.picture(child).ok()?;
        let path = std::env::temp_dir().join("ksmps-editor.ppm");
        let head = format!("P6 {} {} 255\n", picture.width, picture.height);
        std::fs::write(&path, [head.as_bytes(), &picture.rgb].concat()).ok()?;
        Some(format!("see {}", path.display()))
    }

    /// Closes the editor and the host's window.
    fn close(mut self) -> Instance {
        self.instance.hosted().close_editor().unwrap();
        self.desktop.close(self.window).unwrap();
        self.instance
    }
}

fn open(format: Format) -> Instance {
    let library = bundle::library(format).unwrap_or_else(|error| panic!("{error}"));
    Instance::open(format, &library, Kind::Instrument.name())
        .unwrap_or_else(|error| panic!("{format:?}: {error}"))
}

fn desktop() -> std::rc::Rc<Desktop> {
    std::rc::Rc::new(Desktop::open().unwrap_or_else(|error| panic!("{error}")))
}
