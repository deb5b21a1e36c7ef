//! The controls, one file each; the gallery draws all of them.
//!
//! A control shows plain data, takes the theme, and says what the user did; it changes nothing itself. Each has a name
//! for accessibility, a way by the keyboard, a hover text, a ring where it has the focus, and looks disabled in a part
//! of the window that is.

pub mod button;
pub mod curve;
pub mod field;
pub mod keyboard;
pub mod knob;
pub mod list;
pub mod menu;
pub mod meter;
pub mod paint;
pub mod panel;
mod picture;
pub mod scope;
pub mod slider;
pub mod spectrogram;
pub mod spectrum;
pub mod splitter;
pub mod switch;
pub mod table_plot;
pub mod tabs;
pub mod units;
pub mod value;
pub mod xy;
