//! An egui window inside a host's window. It knows no Csound, no plugin format and no document.
//!
//! [`Window::open`] makes a child of the host's window with OpenGL, which runs on a thread of its own and asks its
//! [`Content`] for a frame whenever something has changed, at most [`FRAMES_PER_SECOND_MAX`] times a second. What the
//! window system says becomes egui's input in `input`, keys in `keys`; `schedule` decides when to draw, `painter` draws,
//! `x11` is what baseview leaves to say to the X server: who has the keyboard, where the pointer is, which key is not
//! ours. `handler` ties them together and lets no panic out: a panic in a frame closes the window and nothing else.
//!
//! The libraries of X11 and OpenGL are opened when a window is, never linked; [`Display::find`] says beforehand what is
//! missing.
//!
//! **Keyboard.** The window has the keyboard only while a widget of its content has egui's focus, and then a key that the
//! content does not use ([`Content::uses_key`]) is sent on to the host's window. At any other time it does not even listen
//! for keys, so the X server gives them to the host's window, also where the pointer is over ours.

mod clipboard;
mod content;
mod cursor;
mod display;
mod geometry;
mod handler;
mod input;
mod keys;
mod painter;
mod schedule;
mod shared;
mod window;
#[cfg(target_os = "linux")]
mod x11;

pub use content::{Content, Frame};
pub use display::{Display, Missing};
pub use geometry::{Geometry, Pixels, Points};
pub use schedule::FRAMES_PER_SECOND_MAX;
pub use window::{Host, OpenError, Parent, Settings, Window};
