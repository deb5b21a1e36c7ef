//! What a project remembers of the editor.

use serde::{Deserialize, Serialize};

use super::sound::{WatchTarget, WatchVoice};

/// Which view fills the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum View {
    /// The play surface.
    #[default]
    Play,
    /// The code.
    Edit,
    /// Both, side by side.
    Both,
    /// Meters, scope, tables, values.
    See,
    /// What was printed.
    Console,
    /// Files, library, presets.
    Documents,
    /// Instruments, events, slots, permissions.
    Session,
}

impl View {
    /// All of them, in the order of the header.
    pub const ALL: [Self; 7] =
        [Self::Play, Self::Edit, Self::Both, Self::See, Self::Console, Self::Documents, Self::Session];

    /// What the header calls it. `[any]`
    pub fn name(self) -> &'static str {
        match self {
            Self::Play => "Play",
            Self::Edit => "Edit",
            Self::Both => "Both",
            Self::See => "See",
            Self::Console => "Console",
            Self::Documents => "Documents",
            Self::Session => "Session",
        }
    }
}

/// Which colours the editor has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Appearance {
    /// Light letters on dark.
    #[default]
    Dark,
    /// Dark letters on light.
    Light,
}

/// What a project remembers of the editor. Fields that a later version added have their defaults.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ViewState {
    /// Width and height of the window in points, before the zoom.
    pub size: [f32; 2],
    /// Zoom, [`ZOOM_MIN`]..=[`ZOOM_MAX`].
    pub zoom: f32,
    /// Which view is shown.
    pub view: View,
    /// Which colours.
    pub appearance: Appearance,
    /// Width of the outline beside the code in points; 0 hides it.
    pub outline_width: f32,
    /// Height of the list of errors below the code in points; 0 hides it.
    pub errors_height: f32,
    /// Part of the width that the play surface takes beside the code, 0..=1.
    pub play_part: f32,
    /// Whether the keyboard is shown below the play surface.
    pub shows_keyboard: bool,
    /// The lowest octave of the keyboard, 0..=8; octave 4 begins with key 60.
    pub octave: u8,
    /// Which page of the play surface.
    pub page: usize,
    /// Lines whose instruments are folded, from 1.
    pub folds: Vec<u32>,
    /// Whether the document is built after a pause in typing.
    pub builds_after_pause: bool,
    /// Whether the code colours variables by their rates.
    pub colours_rates: bool,
    /// Which part of the documents view.
    pub documents_page: usize,
    /// Which part of the session view.
    pub session_page: usize,
    /// Which part of the seeing view.
    pub see_page: usize,
    /// How the see view draws a table: 0 as a waveform, 1 as a spectrogram.
    pub table_picture: usize,
    /// What is watched when the editor opens.
    pub watches: Vec<WatchTarget>,
    /// Which voice watched variables are read of then.
    pub watch_voice: WatchVoice,
}

/// The smallest zoom.
pub const ZOOM_MIN: f32 = 0.5;
/// The greatest zoom.
pub const ZOOM_MAX: f32 = 3.0;
/// The smallest window in points.
pub const SIZE_MIN: [f32; 2] = [640.0, 420.0];

impl Default for ViewState {
    fn default() -> Self {
        Self {
            size: [960.0, 640.0],
            zoom: 1.0,
            view: View::default(),
            appearance: Appearance::default(),
            outline_width: 180.0,
            errors_height: 96.0,
            play_part: 0.42,
            shows_keyboard: true,
            octave: 3,
            page: 0,
            folds: Vec::new(),
            builds_after_pause: false,
            colours_rates: true,
            documents_page: 0,
            session_page: 0,
            see_page: 0,
            table_picture: 0,
            watches: Vec::new(),
            watch_voice: WatchVoice::default(),
        }
    }
}

impl ViewState {
    /// The same, with sizes, zoom and splits brought into their ranges: what a project says need not be sensible. `[any]`
    #[must_use]
    pub fn within_bounds(mut self) -> Self {
        let bring = |value: f32, low: f32, high: f32, default: f32| {
            if value.is_finite() { value.clamp(low, high) } else { default }
        };
        let default = Self::default();
        self.size = std::array::from_fn(|at| bring(self.size[at], SIZE_MIN[at], 8192.0, default.size[at]));
        self.zoom = bring(self.zoom, ZOOM_MIN, ZOOM_MAX, 1.0);
        self.outline_width = bring(self.outline_width, 0.0, 600.0, default.outline_width);
        self.errors_height = bring(self.errors_height, 0.0, 600.0, default.errors_height);
        self.play_part = bring(self.play_part, 0.15, 0.85, default.play_part);
        self.octave = self.octave.min(8);
        self
    }
}
