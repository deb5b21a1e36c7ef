//! A window as the host's main thread has it.

use std::cell::Cell;
use std::num::NonZeroU32;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use baseview::dpi::PhysicalSize;
use baseview::host::{Host as BaseviewHost, HostCallbacks, HostMainThreadCaller};
use baseview::{HandlerError, WindowSettings, WindowSize};
use raw_window_handle::{HandleError, HasWindowHandle, RawWindowHandle, WindowHandle, XcbWindowHandle};

use crate::content::Content;
use crate::geometry::{Geometry, Pixels, Points};
use crate::handler::Handler;
use crate::shared::Shared;

/// The window of the host's in which ours is to be: its number in X11.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parent(pub NonZeroU32);

/// What a window is to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// What the window system calls it.
    pub title: String,
    /// Its size at first.
    pub size: Points,
    /// The smallest size that its content can do with.
    pub size_min: Points,
    /// How points become pixels.
    pub geometry: Geometry,
}

/// What a window asks of its host. All of it is `[control]`, on the thread that called [`Window::serve`].
pub trait Host {
    /// The window has this size, or wants it; the host is to follow. Whether it does.
    fn request_resize(&mut self, pixels: Pixels) -> bool;

    /// The window is gone by itself; with what went wrong, where it was not its content's wish.
    fn closed(&mut self, failure: Option<String>);
}

/// Why a window did not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the window could not be opened: {0}")]
pub struct OpenError(String);

/// A window that is open. It is closed when this is dropped.
pub struct Window {
    inner: Option<baseview::Window>,
    shared: Arc<Shared>,
    /// What the window asks for may have the host call back.
    is_serving: Cell<bool>,
}

impl Window {
    /// Opens a window inside a host's; it is shown with [`Self::show`]. `ask` is called on any thread when the host's main
    /// thread is to call [`Self::serve`]. `[control]`
    ///
    /// # Errors
    /// Where the window system or OpenGL refuses, and where the content panics.
    pub fn open(
        parent: Parent,
        settings: Settings,
        content: Box<dyn Content>,
        host: impl Host + 'static,
        ask: impl FnMut() + Send + 'static,
    ) -> Result<Self, OpenError> {
        let pixels = settings.geometry.pixels(settings.size);
        let shared = Arc::new(Shared::new(settings.size_min, settings.geometry, pixels));
        let [min, size] =
            [shared.pixels_min(), pixels].map(|size| PhysicalSize::new(size.width, size.height));
        let window_settings = WindowSettings::new()
            .with_title(settings.title)
            .with_size(size)
            .with_min_size(min)
            .with_resizable(true)
            .with_parent(&parent)
            .with_gl_config(gl_config());
        let for_handler = Arc::clone(&shared);
        let host = BaseviewHost::new()
            .with_callbacks(Callbacks { host, shared: Arc::clone(&shared) })
            .with_main_thread(Ask(ask));
        let made = catch_unwind(AssertUnwindSafe(|| {
            baseview::Window::create_with_host(
                window_settings,
                move |window| Handler::new(window, content, for_handler),
                host,
            )
        }));
        match made {
            Ok(Ok(window)) => Ok(Self { inner: Some(window), shared, is_serving: Cell::new(false) }),
            Ok(Err(error)) => Err(OpenError(error.to_string())),
            Err(_) => Err(OpenError("a program error".to_owned())),
        }
    }

    /// Shows it. Whether that worked. `[control]`
    pub fn show(&self) -> bool {
        self.inner.as_ref().is_some_and(|window| window.show().is_ok())
    }

    /// Hides it. Whether that worked. `[control]`
    pub fn hide(&self) -> bool {
        self.inner.as_ref().is_some_and(|window| window.hide().is_ok())
    }

    /// Its size. `[any]`
    pub fn pixels(&self) -> Pixels {
        self.shared.pixels()
    }

    /// How points become pixels in it; the zoom is what the content chose last. `[any]`
    pub fn geometry(&self) -> Geometry {
        self.shared.geometry()
    }

    /// The smallest size it can have. `[any]`
    pub fn pixels_min(&self) -> Pixels {
        self.shared.pixels_min()
    }

    /// Gives it another size, as the host wishes. Whether that worked. `[control]`
    pub fn resize(&self, pixels: Pixels) -> bool {
        let Pixels { width, height } = pixels;
        self.inner.as_ref().is_some_and(|window| window.resize(PhysicalSize::new(width, height)).is_ok())
    }

    /// Pixels per point from now on, as the host wishes; the size in pixels stays. `[any]`
    pub fn set_scale(&self, scale: f32) {
        self.shared.set_scale(scale);
    }

    /// Does what the window wants done on the host's main thread. `[control]`
    pub fn serve(&self) {
        // The call that is under way does all that is to do.
        if let Some(window) = self.inner.as_ref().filter(|_| !self.is_serving.replace(true)) {
            window.host_main_thread_callback();
            self.is_serving.set(false);
        }
    }

    /// Whether it is still there. `[any]`
    pub fn is_open(&self) -> bool {
        !self.shared.is_closed() && self.inner.as_ref().is_some_and(baseview::Window::is_open)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let window = self.inner.take();
        // A panic of the window's thread comes out here, and has been told of already.
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(window))) {
            std::mem::forget(panic);
        }
        self.shared.wait_for_end();
    }
}

struct Callbacks<H> {
    host: H,
    shared: Arc<Shared>,
}

impl<H: Host + 'static> HostCallbacks for Callbacks<H> {
    fn request_resize(&mut self, size: WindowSize) -> Result<(), HandlerError> {
        let PhysicalSize { width, height } = size.physical;
        if self.host.request_resize(Pixels { width, height }) { Ok(()) } else { Err(Refused.into()) }
    }

    fn destroyed(&mut self) {
        let failure = self.shared.close();
        self.host.closed(failure);
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the host refuses this size")]
struct Refused;

struct Ask<A>(A);

impl<A: FnMut() + Send + 'static> HostMainThreadCaller for Ask<A> {
    fn call_main_thread(&mut self) {
        (self.0)();
    }
}

impl HasWindowHandle for Parent {
    #[expect(unsafe_code, reason = "a window of somebody else's is borrowed by its number")]
    fn window_handle(&self) -> Result<WindowHandle<'_>, HandleError> {
        let raw = RawWindowHandle::Xcb(XcbWindowHandle::new(self.0));
        // SAFETY: X11 checks each number itself; a window that is gone is an error of the server's.
        Ok(unsafe { WindowHandle::borrow_raw(raw) })
    }
}

/// egui's colours are ready for the screen and cover it, and it draws without depth.
fn gl_config() -> baseview::gl::GlConfig {
    baseview::gl::GlConfig {
        srgb: false,
        alpha_bits: 0,
        depth_bits: 0,
        stencil_bits: 0,
        ..Default::default()
    }
}
