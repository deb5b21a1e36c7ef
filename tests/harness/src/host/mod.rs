//! Headless hosts: one way to drive the built CLAP, the built VST3 and the core alone with the same script.
//!
//! A [`Hosted`] plugin belongs to the thread that opened it, the host's main thread. Activating it makes a
//! [`Processing`], which may go to another thread, as in a DAW. Data crosses as `ksmps_core`'s event types and
//! as channels of `f32`, main bus first, then the others. The hosts decide nothing: they say what was asked of
//! them, count what the plugin asks of a host, and leave the rest to the caller.

mod notices;

pub mod clap;
pub mod core;
pub mod vst3;

use std::path::{Path, PathBuf};

use ksmps_core::event::{Event, NoteName};
use ksmps_core::params::SLOTS;
use ksmps_core::transport::SIGNATURE_DEFAULT;
pub use ksmps_core::transport::{HostBar, HostTransport};

pub(crate) use notices::Counters;
pub use notices::Notices;

/// The place of the bypass among a plugin's parameters, as the slots of the others: behind them.
pub const BYPASS_SLOT: u16 = SLOTS as u16;

/// In which form a plugin is driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A built CLAP bundle.
    Clap,
    /// A built VST3 bundle.
    Vst3,
    /// The core without a plugin round it; there is no library to load.
    Core,
}

impl Format {
    /// Both bundle formats.
    pub const BUNDLES: [Self; 2] = [Self::Clap, Self::Vst3];
    /// Everything that plays a document.
    pub const ALL: [Self; 3] = [Self::Clap, Self::Vst3, Self::Core];

    /// Opens the plugin called `name` (its id or its name) in the library at `path`. The library stays loaded
    /// until the process ends, as in a DAW with a project open. `[control]`
    ///
    /// # Errors
    /// Where the library cannot be loaded, has no such plugin, or the plugin refuses to be created.
    pub fn open(self, path: &Path, name: &str) -> Result<Box<dyn Hosted>, HostError> {
        Ok(match self {
            Self::Clap => Box::new(clap::Clap::open(path, name)?),
            Self::Vst3 => Box::new(vst3::Vst3::open(path, name)?),
            Self::Core => Box::new(core::Core::open(name)?),
        })
    }

    /// Does what a host's scan does: loads the library, lists its plugins, creates and destroys one of each, and
    /// unloads the library if nobody else holds it. The core alone lists nothing. `[control]`
    ///
    /// # Errors
    /// Where the library cannot be loaded or a plugin refuses to be created.
    pub fn scan(self, path: &Path) -> Result<Vec<PluginName>, HostError> {
        match self {
            Self::Clap => clap::scan(path),
            Self::Vst3 => vst3::scan(path),
            Self::Core => Ok(Vec::new()),
        }
    }
}

/// What a library says of one of its plugins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginName {
    /// CLAP id, or VST3 class id in hexadecimal.
    pub id: String,
    /// The name a person reads.
    pub name: String,
}

/// An instance of a plugin, as the host's main thread has it. All of it is `[control]`.
pub trait Hosted {
    /// Its audio buses.
    fn buses(&self) -> &Buses;

    /// Has it take other widths of its buses, in CLAP by configurable audio ports, in VST3 by bus arrangements. Inactive.
    ///
    /// # Errors
    /// Where it refuses; then it has those that it had.
    fn set_buses(&mut self, buses: &Buses) -> Result<(), HostError>;

    /// Uses a bus or leaves it: one that is left has no buffers. Inactive.
    ///
    /// # Errors
    /// Where it refuses.
    fn set_bus_active(&mut self, is_input: bool, bus: usize, is_active: bool) -> Result<(), HostError>;

    /// Its parameters in the plugin's order, without those that only carry MIDI. A slot is an index here.
    fn params(&mut self) -> Vec<ParamInfo>;

    /// How a parameter shows a normalized value.
    fn param_text(&mut self, id: u32, normalized: f64) -> Option<String>;

    /// The normalized value that a parameter takes a text for.
    fn param_value(&mut self, id: u32, text: &str) -> Option<f64>;

    /// Makes it ready to process.
    ///
    /// # Errors
    /// Where the plugin refuses, or is active already.
    fn activate(&mut self, setup: Setup) -> Result<Box<dyn Processing>, HostError>;

    /// Ends what [`Hosted::activate`] began.
    ///
    /// # Errors
    /// Where the plugin is not active.
    fn deactivate(&mut self, processing: Box<dyn Processing>) -> Result<(), HostError>;

    /// The state as the host would keep it in a project.
    ///
    /// # Errors
    /// Where the plugin refuses.
    fn save(&mut self) -> Result<Vec<u8>, HostError>;

    /// Gives it a state, active or not.
    ///
    /// # Errors
    /// Where the plugin refuses.
    fn load(&mut self, state: &[u8]) -> Result<(), HostError>;

    /// The presets that its library lists for it, in CLAP by preset discovery, in VST3 by its list of programs.
    fn presets(&mut self) -> Vec<PresetInfo>;

    /// Loads one of them by its name.
    ///
    /// # Errors
    /// Where it is not listed, or the plugin refuses it.
    fn load_preset(&mut self, name: &str) -> Result<(), HostError>;

    /// The latency it reports.
    fn latency_frames(&mut self) -> u32;

    /// Opens its editor inside a window that `window` makes for its size; returns that size. `[control]`
    ///
    /// # Errors
    /// Where it has no editor, or the editor does not open.
    fn open_editor(
        &mut self,
        setup: EditorSetup,
        window: &mut dyn FnMut((u32, u32)) -> u32,
    ) -> Result<(u32, u32), HostError>;

    /// Gives the open editor another size, or one near it that it can have; returns that. `[control]`
    ///
    /// # Errors
    /// Where it refuses, or is not open.
    fn resize_editor(&mut self, size: (u32, u32)) -> Result<(u32, u32), HostError>;

    /// Closes the editor. `[control]`
    ///
    /// # Errors
    /// Where it is not open, or leaves something behind that the host has to call.
    fn close_editor(&mut self) -> Result<(), HostError>;

    /// Runs what the plugin has asked to run on the main thread.
    fn idle(&mut self);

    /// What the plugin has asked of the host so far.
    fn notices(&self) -> Notices;
}

/// An activated plugin, as the host's audio thread has it. All of it is `[audio]`.
pub trait Processing: Send {
    /// Frames a second.
    fn rate(&self) -> f64;

    /// Processes one block.
    ///
    /// # Errors
    /// Where the plugin says that it failed.
    fn process(&mut self, block: &mut Block<'_>) -> Result<Reports, HostError>;

    /// Makes it as new: no notes, no tails.
    fn reset(&mut self);

    /// How long it sounds on after its input ends.
    fn tail(&mut self) -> Tail;
}

/// What a plugin is activated for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Frames a second.
    pub rate: f64,
    /// Frames of the longest block.
    pub block_max: usize,
    /// A bounce rather than playing.
    pub offline: bool,
}

/// How a host opens an editor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EditorSetup {
    /// Pixels per point, where the host says so.
    pub scale: Option<f64>,
    /// The host lends its plugins a timer. A CLAP host is asked for each call instead.
    pub has_timer: bool,
}

impl Default for EditorSetup {
    fn default() -> Self {
        Self { scale: None, has_timer: true }
    }
}

/// One block on its way through a plugin.
pub struct Block<'a> {
    /// A slice of `frames` frames for each input channel.
    pub inputs: &'a [&'a [f32]],
    /// A slice of `frames` frames for each output channel.
    pub outputs: &'a mut [&'a mut [f32]],
    /// Length of the block.
    pub frames: usize,
    /// What happens in it, sorted by frame.
    pub events: &'a [Event],
    /// The host's song position, where it has one.
    pub transport: Option<HostTransport>,
}

/// What a plugin has said about one block.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reports {
    /// Voices that ended, with their frame in the block. Only CLAP can say it.
    pub ended: Vec<(u32, NoteName)>,
    /// Channel messages that it sent, notes among them.
    pub midi: Vec<(u32, [u8; 3])>,
    /// The id of each note among them, in their order. Only VST3 says them.
    pub note_ids: Vec<i32>,
    /// Parameters it moved: frame, id, value in the host's units.
    pub params: Vec<(u32, u32, f64)>,
    /// The frames of all events, in the order in which it sent them.
    pub frames: Vec<u32>,
}

/// How long a plugin sounds on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tail {
    /// This many frames.
    Frames(u32),
    /// For ever, or it does not know.
    Infinite,
}

/// Channels of each audio bus, the main bus first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Buses {
    /// Channels of each input bus.
    pub inputs: Vec<usize>,
    /// Channels of each output bus.
    pub outputs: Vec<usize>,
}

/// Buses that a host leaves unused: inputs, outputs.
pub(crate) type Unused = [Vec<usize>; 2];

impl Buses {
    /// Channels of all input buses together. `[any]`
    pub fn input_channels(&self) -> usize {
        self.inputs.iter().sum()
    }

    /// Channels of all output buses together. `[any]`
    pub fn output_channels(&self) -> usize {
        self.outputs.iter().sum()
    }
}

/// A parameter as the host sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct ParamInfo {
    /// By which the host names it.
    pub id: u32,
    /// What a person reads.
    pub name: String,
    /// Group of parameters, may be empty.
    pub group: String,
    /// Lowest value in the host's units; normalized ones in VST3.
    pub min: f64,
    /// Highest value in the host's units.
    pub max: f64,
    /// Value at the start in the host's units.
    pub default: f64,
    /// Present value in the host's units.
    pub value: f64,
    /// The present value as a person reads it.
    pub text: String,
    /// Not to be shown.
    pub is_hidden: bool,
    /// What the host's own switch for bypass moves.
    pub is_bypass: bool,
}

/// A preset as a host lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresetInfo {
    /// What a person reads.
    pub name: String,
    /// The user's own, as far as the format says it.
    pub is_users: bool,
    /// Words by which it is found, as far as the format has them.
    pub words: Vec<String>,
}

/// Why a host could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// The library is not there, or does not load.
    #[error("cannot load {path}: {reason}")]
    Library {
        /// Where it should be.
        path: PathBuf,
        /// What the loader says.
        reason: String,
    },
    /// The library holds no plugin of this name.
    #[error("there is no plugin called `{name}`; there are: {}", .present.join(", "))]
    NoSuchPlugin {
        /// What was asked for.
        name: String,
        /// What is there.
        present: Vec<String>,
    },
    /// The plugin said no to a call.
    #[error("the plugin refused: {0}")]
    Refused(String),
}

impl HostError {
    pub(crate) fn library(path: &Path, reason: impl ToString) -> Self {
        Self::Library { path: path.to_owned(), reason: reason.to_string() }
    }

    pub(crate) fn refused(what: impl Into<String>) -> Self {
        Self::Refused(what.into())
    }

    /// Finds a plugin by id or name.
    pub(crate) fn pick(plugins: &[PluginName], name: &str) -> Result<usize, Self> {
        plugins.iter().position(|plugin| plugin.id == name || plugin.name == name).ok_or_else(|| {
            let present = plugins.iter().map(|plugin| plugin.name.clone()).collect();
            Self::NoSuchPlugin { name: name.to_owned(), present }
        })
    }
}

/// The bar that a song is in: what was said of it, else that of a song whose bars are all alike.
fn present_bar(transport: &HostTransport) -> HostBar {
    let (upper, lower) = transport.signature.unwrap_or(SIGNATURE_DEFAULT);
    let beats = 4.0 * f64::from(upper) / f64::from(lower);
    let number = (transport.beats.unwrap_or(0.0) / beats).floor();
    transport.bar.unwrap_or(HostBar { start: number * beats, number: Some(number as i64) })
}
