//! Seam: a window inside a host's window, on a screen without a monitor. What it looks like, who gets the keys, sizes,
//! drops, and what happens when its content panics.
#![cfg(target_os = "linux")]

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use ksmps_harness::desktop::{Desktop, DropAnswer, HostWindow};
use ksmps_window::{Content, Frame, Geometry, Host, Parent, Pixels, Points, Settings, Window};

const SIZE: Points = Points { width: 400.0, height: 300.0 };
const SIZE_MIN: Points = Points { width: 200.0, height: 100.0 };

/// What the content and its test tell each other.
#[derive(Default)]
struct Told {
    frames: AtomicU32,
    text: Mutex<String>,
    keys: Mutex<Vec<(egui::Key, egui::Modifiers)>>,
    dropped: Mutex<Vec<PathBuf>>,
    pixels_per_point: Mutex<f32>,
    size: Mutex<Option<Points>>,
    value: Mutex<f32>,
    has_news: AtomicBool,
    is_to_panic: AtomicBool,
    zoom: Mutex<Option<f32>>,
    closed: AtomicU32,
}

/// A field at the top, a knob below it.
struct Plain(Arc<Told>);

impl Content for Plain {
    fn has_news(&mut self) -> bool {
        self.0.has_news.swap(false, Ordering::Relaxed)
    }

    fn frame(&mut self, ui: &mut egui::Ui, frame: &mut Frame) {
        assert!(!self.0.is_to_panic.load(Ordering::Relaxed), "as the test wants");
        if let Some(zoom) = self.0.zoom.lock().unwrap().take() {
            ui.ctx().set_zoom_factor(zoom);
        }
        *self.0.pixels_per_point.lock().unwrap() = ui.ctx().pixels_per_point();
        *self.0.size.lock().unwrap() = Some(frame.size());
        ui.ctx().input(|input| {
            for event in &input.events {
                if let egui::Event::Key { key, modifiers, pressed: true, .. } = event {
                    self.0.keys.lock().unwrap().push((*key, *modifiers));
                }
            }
            let paths = input.raw.dropped_files.iter().map(|file| file.path().to_owned());
            self.0.dropped.lock().unwrap().extend(paths);
        });
        let mut text = self.0.text.lock().unwrap().clone();
        ui.put(
            egui::Rect::from_min_size(egui::pos2(10.0, 10.0), egui::vec2(200.0, 20.0)),
            egui::TextEdit::singleline(&mut text),
        );
        *self.0.text.lock().unwrap() = text;
        let knob = egui::Rect::from_min_size(egui::pos2(10.0, 60.0), egui::vec2(60.0, 60.0));
        let response = ui.interact(knob, egui::Id::unique("knob"), egui::Sense::drag());
        ui.painter().circle_filled(knob.center(), 30.0, egui::Color32::LIGHT_BLUE);
        if response.dragged() {
            ui.ctx().set_cursor_icon(egui::CursorIcon::None);
            *self.0.value.lock().unwrap() -= response.drag_delta().y;
        }
        self.0.frames.fetch_add(1, Ordering::Relaxed);
    }

    fn closed(&mut self) {
        self.0.closed.fetch_add(1, Ordering::Relaxed);
    }
}

#[derive(Default)]
struct Asked {
    resizes: Mutex<Vec<Pixels>>,
    refuses: AtomicBool,
    closed: Mutex<Vec<Option<String>>>,
    is_waiting: AtomicBool,
}

struct TestHost(Arc<Asked>);

impl Host for TestHost {
    fn request_resize(&mut self, pixels: Pixels) -> bool {
        self.0.resizes.lock().unwrap().push(pixels);
        !self.0.refuses.load(Ordering::Relaxed)
    }

    fn closed(&mut self, failure: Option<String>) {
        self.0.closed.lock().unwrap().push(failure);
    }
}

struct Open {
    desktop: Rc<Desktop>,
    parent: HostWindow,
    window: Option<Window>,
    told: Arc<Told>,
    asked: Arc<Asked>,
}

impl Open {
    fn new(at: (i16, i16), scale: f32) -> Self {
        Self::on(Rc::new(Desktop::open().unwrap()), at, scale)
    }

    fn on(desktop: Rc<Desktop>, at: (i16, i16), scale: f32) -> Self {
        let parent = desktop.host_window(at, (800, 600)).unwrap();
        let (told, asked) = <(Arc<Told>, Arc<Asked>)>::default();
        let mut open = Self { desktop, parent, window: None, told, asked };
        open.open(scale);
        open
    }

    fn open(&mut self, scale: f32) {
        let settings = Settings {
            title: "test".to_owned(),
            size: SIZE,
            size_min: SIZE_MIN,
            geometry: Geometry { scale, zoom: 1.0 },
        };
        let (content, asked) = (Box::new(Plain(Arc::clone(&self.told))), Arc::clone(&self.asked));
        let parent = Parent(NonZeroU32::new(self.parent.id).unwrap());
        let host = TestHost(Arc::clone(&self.asked));
        let ask = move || asked.is_waiting.store(true, Ordering::Relaxed);
        let before = self.told.frames.load(Ordering::Relaxed);
        let window = Window::open(parent, settings, content, host, ask).unwrap();
        assert!(window.show());
        self.window = Some(window);
        self.wait("a frame", |told| told.frames.load(Ordering::Relaxed) > before);
    }

    fn idle(&self) {
        if self.asked.is_waiting.swap(false, Ordering::Relaxed)
            && let Some(window) = &self.window
        {
            window.serve();
        }
    }

    fn wait(&self, what: &str, is_there: impl Fn(&Told) -> bool) {
        self.desktop.wait_for(what, || self.idle(), || Ok(is_there(&self.told))).unwrap();
    }

    fn wait_asked(&self, what: &str, is_there: impl Fn(&Asked) -> bool) {
        self.desktop.wait_for(what, || self.idle(), || Ok(is_there(&self.asked))).unwrap();
    }

    fn child(&self) -> u32 {
        self.desktop.children(self.parent).unwrap()[0]
    }

    /// Waits until a key that is pressed now comes out at the host.
    fn expect_host_key(&self, name: &str) {
        let code = self.desktop.key_code(name).unwrap();
        self.desktop.host_keys().unwrap();
        self.desktop.press_keys(&[name]).unwrap();
        let what = format!("{name} at the host");
        let is_there = || Ok(self.desktop.host_keys()?.iter().any(|key| key.code == code && key.is_pressed));
        self.desktop.wait_for(&what, || self.idle(), is_there).unwrap();
    }

    fn click_field(&self) {
        let child = self.child();
        self.desktop.click(child, 100, 20).unwrap();
        self.desktop
            .wait_for("the keyboard", || self.idle(), || Ok(self.desktop.keyboard_owner()? == child))
            .unwrap();
    }
}

#[test]
fn it_draws_at_every_scale() {
    for (scale, size) in [(1.0, (400, 300)), (1.5, (600, 450)), (2.0, (800, 600))] {
        let open = Open::new((0, 0), scale);
        assert_eq!(open.desktop.size(open.child()).unwrap(), size, "at {scale}");
        assert_eq!(*open.told.pixels_per_point.lock().unwrap(), scale);
        let is_drawn = || Ok(open.desktop.picture(open.child())?.colours() > 2);
        open.desktop.wait_for("a picture", || open.idle(), is_drawn).unwrap();
        let middle = (40.0 * scale) as u32;
        let knob = open.desktop.picture(open.child()).unwrap().pixel(middle, (90.0 * scale) as u32);
        assert_eq!(knob, [173, 216, 230], "at {scale}");
    }
}

#[test]
fn keys_are_the_hosts_but_while_typing() {
    let open = Open::new((0, 650), 1.0);
    // The pointer over the window is no reason to take a key.
    open.desktop.point_at(open.child(), 200, 200).unwrap();
    open.expect_host_key("space");
    open.click_field();
    open.desktop.type_text("a B;{1} x").unwrap();
    open.wait("the text", |told| *told.text.lock().unwrap() == "a B;{1} x");
    assert_eq!(open.desktop.host_keys().unwrap(), [], "while typing nothing is the host's");
    let shortcuts: [(&[&str], egui::Key); 6] = [
        (&["Control", "Shift", "z"], egui::Key::Z),
        (&["Control", "/"], egui::Key::Slash),
        (&["Control", "Return"], egui::Key::Enter),
        (&["F8"], egui::Key::F8),
        (&["Control", "Page_Down"], egui::Key::PageDown),
        (&["Alt", "Up"], egui::Key::ArrowUp),
    ];
    for (pressed, key) in shortcuts {
        open.click_field();
        open.told.keys.lock().unwrap().clear();
        open.desktop.press_keys(pressed).unwrap();
        open.wait(&format!("{pressed:?}"), |told| {
            told.keys.lock().unwrap().iter().any(|(found, modifiers)| {
                *found == key
                    && modifiers.ctrl == pressed.contains(&"Control")
                    && modifiers.shift == pressed.contains(&"Shift")
                    && modifiers.alt == pressed.contains(&"Alt")
            })
        });
    }
    open.click_field();
    open.desktop.press_keys(&["Escape"]).unwrap();
    let owner = open.parent.id;
    open.desktop
        .wait_for("the keyboard back", || open.idle(), || Ok(open.desktop.keyboard_owner()? == owner))
        .unwrap();
    open.expect_host_key("space");
    // A click on something that takes no text.
    open.desktop.click(open.child(), 40, 90).unwrap();
    open.expect_host_key("space");
    open.click_field();
    open.desktop.click(open.child(), 300, 250).unwrap();
    open.desktop
        .wait_for("the keyboard back", || open.idle(), || Ok(open.desktop.keyboard_owner()? == owner))
        .unwrap();
    open.expect_host_key("F1");
    assert_eq!(*open.told.text.lock().unwrap(), "a B;{1} x");
}

#[test]
fn a_keyboard_that_the_host_takes_back_stays_with_it() {
    let open = Open::new((850, 0), 1.0);
    open.click_field();
    open.desktop.type_text("a").unwrap();
    open.wait("the text", |told| *told.text.lock().unwrap() == "a");
    open.desktop.give_keyboard(open.parent).unwrap();
    open.told.has_news.store(true, Ordering::Relaxed);
    let frames = open.told.frames.load(Ordering::Relaxed);
    open.wait("frames", |told| {
        told.frames.load(Ordering::Relaxed) > frames + 1 || {
            told.has_news.store(true, Ordering::Relaxed);
            false
        }
    });
    open.expect_host_key("space");
    // The next click types again.
    open.click_field();
    open.desktop.type_text("b").unwrap();
    open.wait("the text", |told| told.text.lock().unwrap().contains('b'));
}

/// GTK gives a key that nobody uses to the window that lies in its own.
#[test]
fn a_key_that_the_host_sends_back_is_not_sent_again() {
    let open = Open::new((0, 0), 1.0);
    open.desktop.host_keys().unwrap();
    let code = open.desktop.key_code("F1").unwrap();
    let pressed = || open.desktop.host_keys().map(|keys| keys.iter().filter(|key| key.code == code).count());
    for _ in 0..2 {
        open.desktop.send_key(open.child(), code).unwrap();
    }
    let mut count = 0;
    let is_there = || {
        count += pressed()?;
        Ok(count > 0)
    };
    open.desktop.wait_for("the key at the host", || open.idle(), is_there).unwrap();
    // What came after the two keys has been seen, so they have been.
    open.click_field();
    assert_eq!(count + pressed().unwrap(), 1);
}

/// Window managers give the keyboard to the window that is clicked, and mean the host's whole one.
#[test]
fn a_window_manager_that_answers_a_click_does_not_take_the_keyboard() {
    let open = Open::new((0, 0), 1.0);
    let child = open.child();
    open.click_field();
    open.desktop.give_keyboard(open.parent).unwrap();
    let has_it = || Ok(open.desktop.keyboard_owner()? == child);
    open.desktop.wait_for("the keyboard after an answer", || open.idle(), has_it).unwrap();
    open.desktop.type_text("a").unwrap();
    open.wait("the text", |told| *told.text.lock().unwrap() == "a");
}

#[test]
fn a_drag_goes_on_at_the_edge_of_the_screen() {
    let open = Open::new((850, 650), 1.0);
    let child = open.child();
    open.desktop.point_at(child, 40, 90).unwrap();
    open.desktop.press_button(true).unwrap();
    open.wait("the knob", |told| told.frames.load(Ordering::Relaxed) > 1);
    let mut way = 0;
    // Twenty strokes upwards of twenty pixels each, from wherever the pointer is: more than the screen is high.
    while way < 2400 {
        let before = *open.told.value.lock().unwrap();
        let (x, y) = open.desktop.pointer(child).unwrap();
        open.desktop.point_at(child, x, y - 20).unwrap();
        way += 20;
        open.wait("the value", |told| *told.value.lock().unwrap() > before);
    }
    open.desktop.press_button(false).unwrap();
    open.wait("all of it", |told| *told.value.lock().unwrap() >= 2380.0);
    open.desktop
        .wait_for("the pointer where it was", || open.idle(), || Ok(open.desktop.pointer(child)? == (40, 90)))
        .unwrap();
}

#[test]
fn a_file_is_dropped() {
    let open = Open::new((1700, 0), 1.0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap().join("a song.csd");
    std::fs::write(&path, "").unwrap();
    let answer = open.desktop.drop_file(open.parent, open.child(), (50, 50), &path).unwrap();
    assert_eq!(answer, DropAnswer::Taken);
    open.wait("the file", |told| *told.dropped.lock().unwrap() == [path.clone()]);
}

#[test]
fn sizes_come_from_both_sides() {
    let open = Open::new((1700, 650), 1.0);
    let window = open.window.as_ref().unwrap();
    for size in [(500, 400), (410, 310), (640, 480)] {
        let pixels = Pixels { width: size.0, height: size.1 };
        assert!(window.resize(pixels));
        let points = Some(Points { width: size.0 as f32, height: size.1 as f32 });
        open.wait("the size", |told| *told.size.lock().unwrap() == points);
        assert_eq!((open.desktop.size(open.child()).unwrap(), window.pixels()), (size, pixels));
    }
    assert_eq!(*open.asked.resizes.lock().unwrap(), [], "the host's own wish is not asked of it");
    // A zoom asks for a window that shows as much as before.
    *open.told.zoom.lock().unwrap() = Some(1.25);
    open.told.has_news.store(true, Ordering::Relaxed);
    let zoomed = Pixels { width: 800, height: 600 };
    open.wait_asked("the wish", |asked| asked.resizes.lock().unwrap().contains(&zoomed));
    open.wait("the size", |told| *told.size.lock().unwrap() == Some(Points { width: 640.0, height: 480.0 }));
    assert_eq!(window.geometry().zoom, 1.25);
    // A host that refuses keeps its size, and the content is larger in it.
    open.asked.refuses.store(true, Ordering::Relaxed);
    *open.told.zoom.lock().unwrap() = Some(1.0);
    open.told.has_news.store(true, Ordering::Relaxed);
    open.wait_asked("the wish", |asked| {
        asked.resizes.lock().unwrap().last() == Some(&Pixels { width: 640, height: 480 })
    });
    open.wait("the size", |told| *told.size.lock().unwrap() == Some(Points { width: 800.0, height: 600.0 }));
    assert_eq!(window.pixels(), zoomed);
}

#[test]
fn a_panic_closes_the_window_and_nothing_else() {
    let mut open = Open::new((0, 1250), 1.0);
    open.told.is_to_panic.store(true, Ordering::Relaxed);
    open.told.has_news.store(true, Ordering::Relaxed);
    open.wait_asked("the end", |asked| !asked.closed.lock().unwrap().is_empty());
    assert_eq!(*open.asked.closed.lock().unwrap(), [Some("as the test wants".to_owned())]);
    assert!(!open.window.as_ref().unwrap().is_open());
    assert_eq!(open.told.closed.load(Ordering::Relaxed), 1);
    let is_gone = || Ok(open.desktop.children(open.parent)?.is_empty());
    open.desktop.wait_for("the window to go", || (), is_gone).unwrap();
    open.window = None;
    open.told.is_to_panic.store(false, Ordering::Relaxed);
    open.open(1.0);
    assert!(open.window.as_ref().unwrap().is_open());
}

#[test]
fn nothing_is_drawn_while_nothing_changes() {
    let open = Open::new((850, 1250), 1.0);
    let other = Open::on(Rc::clone(&open.desktop), (1250, 1250), 1.0);
    // egui's first frames settle the layout; a counter that rests for half a second rests for good.
    let mut before = u32::MAX;
    let rests = || {
        let now = open.told.frames.load(Ordering::Relaxed);
        let is_same = now == before;
        before = now;
        std::thread::sleep(std::time::Duration::from_millis(500));
        Ok(is_same)
    };
    open.desktop.wait_for("rest", || (), rests).unwrap();
    open.told.has_news.store(true, Ordering::Relaxed);
    open.wait("the news", |told| told.frames.load(Ordering::Relaxed) > before);
    assert!(other.window.as_ref().unwrap().is_open());
}
