//! The window's own thread: events in, frames out, and no panic further than here.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use baseview::dpi::PhysicalSize;
use baseview::{
    Event, EventStatus, HandlerError, MouseCursor, MouseEvent, TimerHandle, WindowContext, WindowEvent,
    WindowHandler, WindowSize,
};
use egui::{CursorIcon, OutputCommand};

use crate::clipboard::Clipboard;
use crate::content::{Content, Frame};
use crate::cursor;
use crate::geometry::{Geometry, Pixels};
use crate::input::Input;
use crate::painter::{Painter, Picture};
use crate::schedule::{NEWS_INTERVAL, Schedule};
use crate::shared::Shared;
#[cfg(target_os = "linux")]
use crate::x11::Server;

mod keyboard;

use keyboard::Keyboard;

/// What baseview calls. A panic in any call ends the content and closes the window.
pub(crate) struct Handler {
    window: WindowContext,
    running: RefCell<Option<Running>>,
    shared: Arc<Shared>,
    _news: TimerHandle,
}

/// A window with its content, on the window's thread.
struct Running {
    content: Box<dyn Content>,
    context: egui::Context,
    window: WindowContext,
    shared: Arc<Shared>,
    painter: Painter,
    input: Input,
    clipboard: Clipboard,
    /// The context's way to ask for frames has a weak reference: a context that somebody keeps must not keep the window.
    schedule: Arc<Schedule>,
    opened: Instant,
    last_frame: Option<Instant>,
    /// When the window system was asked to call for the next frame.
    called_for: Cell<Option<Instant>>,
    cursor: MouseCursor,
    keyboard: Keyboard,
    #[cfg(target_os = "linux")]
    server: Option<Server>,
}

impl Handler {
    /// A handler for a new window. `[window]`
    pub fn new(
        window: WindowContext,
        content: Box<dyn Content>,
        shared: Arc<Shared>,
    ) -> Result<Self, HandlerError> {
        shared.note_thread();
        let news = window.create_timer(NEWS_INTERVAL)?;
        let painter = Painter::new(&window)?;
        let handler = Self {
            running: RefCell::new(None),
            window: window.clone(),
            shared: Arc::clone(&shared),
            _news: news,
        };
        let running = catch_unwind(AssertUnwindSafe(|| Running::new(window, content, shared, painter)));
        match running {
            Ok(running) => handler.running.replace(Some(running)),
            Err(panic) => return Err(Panicked(message(&*panic)).into()),
        };
        Ok(handler)
    }

    /// Runs a call of the window system; a panic in it is the content's end.
    fn guarded<T>(&self, call: impl FnOnce(&mut Running) -> T) -> Option<T> {
        // A call from within a call has nothing to tell that the outer one would not find out.
        let mut place = self.running.try_borrow_mut().ok()?;
        let running = place.as_mut()?;
        match catch_unwind(AssertUnwindSafe(|| call(running))) {
            Ok(result) => Some(result),
            Err(panic) => {
                self.shared.fail(message(&*panic));
                let broken = place.take();
                drop(place);
                forget_panics(broken);
                self.window.request_close();
                None
            }
        }
    }
}

impl WindowHandler for Handler {
    fn draw(&self) -> Result<(), HandlerError> {
        match self.guarded(Running::draw) {
            Some(drawn) => drawn,
            None => Ok(()),
        }
    }

    fn damage(&self, _area: baseview::DamageArea) {
        self.guarded(|running| running.schedule.request(Duration::ZERO));
    }

    fn poll(&self) {
        self.guarded(|running| running.call_for_frame());
    }

    fn resized(&self, size: WindowSize) -> Result<(), HandlerError> {
        self.guarded(|running| running.resized(pixels(size.physical)));
        Ok(())
    }

    fn on_event(&self, event: Event) -> EventStatus {
        self.guarded(|running| running.event(&event)).unwrap_or(EventStatus::Ignored)
    }

    fn on_timer(&self, _timer: &TimerHandle) {
        let drawn = self.guarded(|running| {
            if running.content.has_news() || running.shared.take_change() {
                running.schedule.request(Duration::ZERO);
            }
            // Now and then a server never answers the first call for a frame of a window that has just opened.
            if running.schedule.is_overdue(Instant::now()) {
                return running.draw();
            }
            running.call_for_frame();
            Ok(())
        });
        if let Some(Err(error)) = drawn {
            self.shared.fail(error.to_string());
            self.window.request_close();
        }
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        forget_panics(self.running.take());
    }
}

impl Running {
    fn new(
        window: WindowContext,
        mut content: Box<dyn Content>,
        shared: Arc<Shared>,
        painter: Painter,
    ) -> Self {
        let context = egui::Context::default();
        let geometry = shared.geometry();
        context.set_zoom_factor(geometry.zoom);
        let schedule = Arc::new(Schedule::default());
        let (frames, waker) = (Arc::downgrade(&schedule), window.waker());
        let input = Input::new(geometry, pixels(window.size().physical), painter.max_texture_side());
        // The waker keeps the window's loop, so only the window keeps the waker.
        let waker = Arc::new(waker);
        let weak_waker = Arc::downgrade(&waker);
        shared.keep_waker(waker);
        context.set_request_repaint_callback(move |asked| {
            ask(&frames, asked.delay);
            if let Some(waker) = weak_waker.upgrade() {
                waker.request_poll();
            }
        });
        content.opened(&context);
        schedule.request(Duration::ZERO);
        Self {
            content,
            context,
            #[cfg(target_os = "linux")]
            server: Server::of(&window),
            window,
            shared,
            painter,
            input,
            clipboard: Clipboard::default(),
            schedule,
            opened: Instant::now(),
            last_frame: None,
            called_for: Cell::new(None),
            cursor: MouseCursor::Default,
            keyboard: Keyboard::default(),
        }
    }

    /// Has the window system call for the next frame when it is due.
    fn call_for_frame(&self) {
        let now = Instant::now();
        let Some(wait) = self.schedule.wait(self.last_frame, now) else { return };
        let at = now + wait;
        // One call that is on its way, and not later, is enough.
        if self.called_for.get().is_some_and(|called| called <= at && called + NEWS_INTERVAL >= now) {
            return;
        }
        self.called_for.set(Some(at));
        self.window.request_redraw_after(wait);
    }

    fn draw(&mut self) -> Result<(), HandlerError> {
        self.called_for.set(None);
        let now = Instant::now();
        // Systems that do not call for frames when asked call all the time.
        if self.schedule.wait(self.last_frame, now).is_some_and(|wait| wait.as_millis() <= 1)
            && self.schedule.take(now)
        {
            self.last_frame = Some(now);
            self.frame()?;
        }
        self.call_for_frame();
        Ok(())
    }

    fn frame(&mut self) -> Result<(), HandlerError> {
        let geometry = self.shared.geometry();
        let size = pixels(self.window.size().physical);
        self.input.resize(geometry, size);
        let input = self.input.take(self.opened.elapsed().as_secs_f64());
        if self.input.is_waiting() {
            self.schedule.request(Duration::ZERO);
        }
        let mut frame = Frame::new(geometry.points(size));
        let mut output = self.context.run_ui(input, |ui| self.content.frame(ui, &mut frame));
        let pixels_per_point = output.pixels_per_point;
        let primitives = self.context.tessellate(std::mem::take(&mut output.shapes), pixels_per_point);
        self.painter.paint(Picture {
            pixels: size,
            pixels_per_point,
            background: self.context.global_style().visuals.panel_fill,
            primitives: &primitives,
            textures: &mut output.textures_delta,
        })?;
        self.follow_zoom(geometry, &mut frame);
        if let Some(wanted) = frame.wanted {
            self.want_size(self.shared.geometry().pixels(wanted))?;
        }
        for command in output.platform_output.commands.drain(..) {
            if let OutputCommand::CopyText(text) = command {
                self.clipboard.set(text);
            }
        }
        self.show_cursor(output.platform_output.cursor_icon)?;
        self.follow_typing();
        if frame.is_closing {
            self.window.request_close();
        }
        Ok(())
    }

    /// A zoom that the content has chosen asks for a window that shows as much as before.
    fn follow_zoom(&mut self, geometry: Geometry, frame: &mut Frame) {
        let zoom = self.context.zoom_factor();
        if zoom != geometry.zoom {
            self.shared.set_zoom(zoom);
            frame.wanted.get_or_insert(frame.size());
            self.schedule.request(Duration::ZERO);
        }
    }

    fn want_size(&self, wanted: Pixels) -> Result<(), HandlerError> {
        let Pixels { width, height } = wanted.at_least(self.shared.pixels_min());
        self.window.resize(PhysicalSize::new(width, height))?;
        Ok(())
    }

    fn resized(&mut self, size: Pixels) {
        self.shared.set_pixels(size);
        self.input.resize(self.shared.geometry(), size);
        self.schedule.request(Duration::ZERO);
        self.call_for_frame();
    }

    fn event(&mut self, event: &Event) -> EventStatus {
        let status = match event {
            Event::Mouse(event) => {
                if matches!(event, MouseEvent::ButtonPressed { .. }) {
                    self.keyboard.pressed();
                }
                let (status, put) = self.input.mouse(event);
                self.put_pointer(put);
                status
            }
            Event::Keyboard(event) => self.key(event),
            Event::Window(WindowEvent::Focused) => {
                self.follow_focus(true);
                EventStatus::Captured
            }
            Event::Window(WindowEvent::Unfocused) => {
                self.follow_focus(false);
                EventStatus::Captured
            }
            _ => return EventStatus::Ignored,
        };
        self.schedule.request(Duration::ZERO);
        self.call_for_frame();
        status
    }

    fn show_cursor(&mut self, icon: CursorIcon) -> Result<(), HandlerError> {
        let put = self.input.hide_pointer(icon == CursorIcon::None && self.input.is_button_down());
        self.put_pointer(put);
        let shape = cursor::shape(icon);
        if self.cursor != shape {
            self.cursor = shape;
            self.window.set_mouse_cursor(shape)?;
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        #[cfg(target_os = "linux")]
        if let Some(server) = self.server.as_ref().filter(|_| self.keyboard.is_typing) {
            server.give_focus_back();
        }
        self.shared.forget_waker();
        self.content.closed();
    }
}

/// What stopped a window that was about to open.
#[derive(Debug, thiserror::Error)]
#[error("a program error: {0}")]
struct Panicked(String);

fn ask(frames: &Weak<Schedule>, delay: Duration) {
    if let Some(schedule) = frames.upgrade() {
        schedule.request(delay);
    }
}

/// Drops what may be broken.
fn forget_panics<T>(broken: T) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(broken))) {
        // What the panic carries may be broken as well.
        std::mem::forget(panic);
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("without a message").to_owned()
}

fn pixels(size: PhysicalSize<u32>) -> Pixels {
    Pixels { width: size.width, height: size.height }
}
