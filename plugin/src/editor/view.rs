//! The editor's window as a format's own object has it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use ksmps_window::{Display, Geometry, Host, Parent, Pixels, Settings, Window};
use nice_plug::prelude::nice_error;

use super::content::EditorContent;
use crate::instance::Instance;
use crate::kept::SIZE_MIN;

/// The editor from the host's wish for it until the host lets it go, open or not. It belongs to the host's main thread.
pub struct View {
    instance: Arc<Instance>,
    display: Display,
    host_scale: Cell<Option<f32>>,
    window: RefCell<Option<Rc<Window>>>,
}

impl View {
    /// A view that is still to be attached; `None` where no window can be opened here, which the instance's problems
    /// explain. `[control]`
    pub fn new(instance: &Arc<Instance>) -> Option<Rc<Self>> {
        let display = Display::find();
        note_problem(instance, display.as_ref().err().map(ToString::to_string));
        Some(Rc::new(Self {
            instance: Arc::clone(instance),
            display: display.ok()?,
            host_scale: Cell::new(None),
            window: RefCell::new(None),
        }))
    }

    /// Pixels per point that the host wants. `[control]`
    pub fn set_scale(&self, scale: f32) {
        self.host_scale.set(Some(scale));
        if let Some(window) = self.window() {
            window.set_scale(self.display.scale(Some(scale)));
        }
    }

    /// Its size. `[control]`
    pub fn pixels(&self) -> Pixels {
        self.window().map_or_else(
            || self.geometry().pixels(self.instance.editor().kept().size),
            |window| window.pixels(),
        )
    }

    /// The size that it can have which is nearest to this. `[control]`
    pub fn adjusted(&self, pixels: Pixels) -> Pixels {
        pixels.at_least(self.geometry().pixels(SIZE_MIN))
    }

    /// Gives it another size. Whether that worked. `[control]`
    pub fn resize(&self, pixels: Pixels) -> bool {
        let pixels = self.adjusted(pixels);
        match self.window() {
            Some(window) => window.resize(pixels),
            None => {
                let geometry = self.geometry();
                self.instance.editor().keep_size(geometry.points(pixels), geometry.zoom);
                true
            }
        }
    }

    /// Opens the window inside one of the host's, still hidden. `ask` is called on any thread when [`Self::serve`] is to
    /// be called. Whether that worked; the instance's problems say why not. `[control]`
    pub fn attach(
        &self,
        parent: Parent,
        host: impl Host + 'static,
        ask: impl FnMut() + Send + 'static,
    ) -> bool {
        self.detach();
        let settings = Settings {
            title: "Ksmps".to_owned(),
            size: self.instance.editor().kept().size,
            size_min: SIZE_MIN,
            geometry: self.geometry(),
        };
        let content = Box::new(EditorContent::new(&self.instance));
        let host = WithProblems { host, instance: Arc::clone(&self.instance) };
        let window = Window::open(parent, settings, content, host, ask);
        note_problem(&self.instance, window.as_ref().err().map(ToString::to_string));
        *self.window.borrow_mut() = window.ok().map(Rc::new);
        self.window().is_some()
    }

    /// Closes the window; it can be attached again. `[control]`
    pub fn detach(&self) {
        let window = self.window.take();
        // Without the borrow: whoever closes is not to find it held.
        drop(window);
    }

    /// Shows the window. Whether that worked. `[control]`
    pub fn show(&self) -> bool {
        self.window().is_some_and(|window| window.show())
    }

    /// Hides the window. Whether that worked. `[control]`
    pub fn hide(&self) -> bool {
        self.window().is_some_and(|window| window.hide())
    }

    /// Does what the window wants done on this thread. `[control]`
    pub fn serve(&self) {
        if let Some(window) = self.window() {
            window.serve();
        }
    }

    fn window(&self) -> Option<Rc<Window>> {
        self.window.borrow().clone()
    }

    fn geometry(&self) -> Geometry {
        let scale = self.display.scale(self.host_scale.get());
        Geometry { scale, zoom: self.instance.editor().kept().zoom }
    }
}

/// Notes why the editor is not there, and logs it.
fn note_problem(instance: &Instance, problem: Option<String>) {
    if let Some(problem) = &problem {
        nice_error!("the editor is not open: {problem}");
    }
    instance.editor().set_problem(problem);
}

/// A host whose instance is told what went wrong.
struct WithProblems<H> {
    host: H,
    instance: Arc<Instance>,
}

impl<H: Host> Host for WithProblems<H> {
    fn request_resize(&mut self, pixels: Pixels) -> bool {
        self.host.request_resize(pixels)
    }

    fn closed(&mut self, failure: Option<String>) {
        note_problem(
            &self.instance,
            failure.as_ref().map(|failure| format!("a program error closed it: {failure}")),
        );
        self.host.closed(failure);
    }
}
