//! What the host's main thread and the window's own thread both know of a window.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use baseview::WindowWaker;

use crate::geometry::{Geometry, Pixels, Points};

/// How long a window that closes waits for its thread.
const END_PATIENCE: Duration = Duration::from_secs(2);

/// What both threads know of it.
pub(crate) struct Shared {
    size_min: Points,
    state: Mutex<State>,
}

struct State {
    geometry: Geometry,
    pixels: Pixels,
    failure: Option<String>,
    /// The host was told that the window is gone.
    is_closed: bool,
    waker: Option<Arc<WindowWaker>>,
    /// The window's thread, where the system lists it for as long as it runs.
    thread: Option<PathBuf>,
    /// Something has changed that is to be drawn.
    is_changed: bool,
}

impl Shared {
    pub fn new(size_min: Points, geometry: Geometry, pixels: Pixels) -> Self {
        let state = State {
            geometry,
            pixels,
            failure: None,
            is_closed: false,
            waker: None,
            thread: None,
            is_changed: false,
        };
        Self { size_min, state: Mutex::new(state) }
    }

    pub fn geometry(&self) -> Geometry {
        self.state().geometry
    }

    pub fn pixels(&self) -> Pixels {
        self.state().pixels
    }

    pub fn pixels_min(&self) -> Pixels {
        self.geometry().pixels(self.size_min)
    }

    pub fn set_pixels(&self, pixels: Pixels) {
        self.state().pixels = pixels;
    }

    pub fn set_zoom(&self, zoom: f32) {
        self.state().geometry.zoom = zoom;
    }

    pub fn set_scale(&self, scale: f32) {
        let mut state = self.state();
        state.is_changed |= state.geometry.scale != scale;
        state.geometry.scale = scale;
    }

    /// Whether something has changed since the last call.
    pub fn take_change(&self) -> bool {
        std::mem::take(&mut self.state().is_changed)
    }

    /// Notes what went wrong.
    pub fn fail(&self, failure: String) {
        self.state().failure = Some(failure);
    }

    pub fn is_closed(&self) -> bool {
        self.state().is_closed
    }

    /// Notes that the window is gone; what went wrong, if anything did.
    pub fn close(&self) -> Option<String> {
        let mut state = self.state();
        state.is_closed = true;
        state.failure.take()
    }

    /// Keeps what wakes the window's thread.
    pub fn keep_waker(&self, waker: Arc<WindowWaker>) {
        self.state().waker = Some(waker);
    }

    /// The window's thread is woken no more.
    pub fn forget_waker(&self) {
        let waker = self.state().waker.take();
        drop(waker);
    }

    /// Notes which thread is the window's: the one that calls.
    pub fn note_thread(&self) {
        // Where the system does not list threads nobody waits.
        let listed = std::fs::read_link("/proc/thread-self").ok();
        self.state().thread = listed.map(|thread| Path::new("/proc").join(thread));
    }

    /// Waits until the window's thread is gone, at most for [`END_PATIENCE`]. baseview joins it, but not where it stops in the
    /// moment in which it is asked to; a host that ends meanwhile, or one that unloads OpenGL, would take from it what it is
    /// still working with.
    pub fn wait_for_end(&self) {
        let Some(thread) = self.state().thread.take() else { return };
        let until = Instant::now() + END_PATIENCE;
        while thread.exists() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
