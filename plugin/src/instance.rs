//! What one instance shares between the host's threads: its document's control side, its parameters, its host.
//!
//! The audio side ([`crate::process`]) and the format's own object ([`crate::clap`], [`crate::vst3`]) each hold it.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use atomic_refcell::AtomicRefCell;
use ksmps_core::document::Tail;
use ksmps_core::event::Event;
use ksmps_core::player::Control;
use nice_plug::prelude::{ParamPtr, Params};

use crate::bypass::Bypass;
use crate::control_port::{self, Switch};
use crate::follow::Follow;
use crate::host_block::{HostBlock, Part};
use crate::host_link::{HostLink, ParamEdit};
use crate::kept::Editor;
use crate::param_bank::ParamBank;
use crate::problems::Problems;
use crate::refresh::Refresh;
use crate::state;

/// Frames a second, as long as the host has not said it.
const RATE_DEFAULT: f64 = 48_000.0;

/// One instance of a plugin, as every thread may see it.
pub struct Instance {
    control: Arc<Control>,
    host: Arc<dyn HostLink>,
    params: Arc<ParamBank>,
    bypass: Bypass,
    latency_frames: AtomicU32,
    /// Seconds as bits.
    tail_seconds: AtomicU64,
    problems: Problems,
    control_port: Switch,
    editor: Editor,
    follow: Follow,
    refresh: Refresh,
    /// Whether the host's song moves, as it said with its last block.
    song_moves: AtomicBool,
    /// The audio thread's alone: the object that the host holds writes it, and the audio side reads it, inside one call of
    /// the host. Should a host call twice at once, the second call goes without.
    host_block: AtomicRefCell<HostBlock>,
    kept: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl Instance {
    /// An instance over the control side of its player. The host hears of its document from now on. `[control]`
    pub fn new(control: Arc<Control>, host: Arc<dyn HostLink>) -> Arc<Self> {
        let instance = Arc::new(Self {
            params: ParamBank::new(Arc::clone(&control), Arc::clone(&host)),
            follow: Follow::new(&control),
            control,
            host,
            bypass: Bypass::default(),
            latency_frames: AtomicU32::new(0),
            tail_seconds: AtomicU64::new(f64::INFINITY.to_bits()),
            problems: Problems::default(),
            control_port: Switch::default(),
            editor: Editor::default(),
            refresh: Refresh::default(),
            song_moves: AtomicBool::new(false),
            host_block: AtomicRefCell::default(),
            kept: OnceLock::new(),
        });
        instance.host.attach(&instance);
        instance
    }

    /// An instance without a host, with two outputs, that begins with this document.
    #[cfg(test)]
    pub(crate) fn alone(document: &'static str) -> Arc<Self> {
        use ksmps_core::player::{InstanceConfig, pair};
        use ksmps_core::route::HostChannels;

        let channels = HostChannels { inputs: vec![], outputs: vec![2] };
        let (control, _) = pair(InstanceConfig { channels, default_document: document });
        Self::new(control, Arc::new(crate::host_link::NoHost))
    }

    /// The control side of its player. `[any]`
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Its host. `[any]`
    pub fn host(&self) -> &dyn HostLink {
        &*self.host
    }

    /// Its host parameters. `[any]`
    pub fn params(&self) -> &ParamBank {
        &self.params
    }

    /// Its bypass. `[any]`
    pub fn bypass(&self) -> &Bypass {
        &self.bypass
    }

    /// What went wrong in the plugin's own part. `[any]`
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// Its control port, if it has one. `[any]`
    pub fn control_port(&self) -> &Switch {
        &self.control_port
    }

    /// Its editor, open or not. `[any]` but the audio thread
    pub fn editor(&self) -> &Editor {
        &self.editor
    }

    /// The file that its document follows. `[any]` but the audio thread
    pub fn follow(&self) -> &Follow {
        &self.follow
    }

    /// Whether the host's song moves. `[any]`
    pub fn song_moves(&self) -> bool {
        self.song_moves.load(Ordering::Relaxed)
    }

    /// The user moves a parameter in the editor: the sound follows, and the host takes it as its own move. `[any]` but
    /// the audio thread
    pub fn edit(&self, slot: usize, edit: ParamEdit) {
        if let ParamEdit::Value(normalized) = edit {
            self.params.move_to(slot, normalized);
        }
        self.host.edit_param(slot, edit);
    }

    /// Opens a control port where the user's environment asks for one. `[control]`
    pub fn decide_control_port(&self) {
        self.control_port.decide(&self.control, std::env::var_os(control_port::VARIABLE));
    }

    /// Notes the latency of what plays. `[any]`
    pub fn set_latency_frames(&self, frames: u32) {
        self.latency_frames.store(frames, Ordering::Release);
    }

    /// The latency of what plays. `[any]`
    pub fn latency_frames(&self) -> u32 {
        self.latency_frames.load(Ordering::Acquire)
    }

    /// Notes how long the document sounds after its input and notes have ended; `None`: nobody knows. `[any]`
    pub fn set_tail(&self, tail: Option<Tail>) {
        let seconds = match tail {
            Some(Tail::Seconds(seconds)) => seconds,
            Some(Tail::Infinite) | None => f64::INFINITY,
        };
        self.tail_seconds.store(seconds.to_bits(), Ordering::Release);
    }

    /// How long that is in frames of a rate, or of 48,000 where the host has not said its rate yet; `u32::MAX` is for ever.
    /// `[any]`
    pub fn tail_frames(&self, rate: f64) -> u32 {
        let seconds = f64::from_bits(self.tail_seconds.load(Ordering::Acquire));
        let frames = seconds * if rate > 0.0 { rate } else { RATE_DEFAULT };
        // CLAP takes half of the numbers for infinite.
        if frames < f64::from(i32::MAX) { frames.ceil() as u32 } else { u32::MAX }
    }

    /// A block of the host begins: `note` says what the host tells of its song. `[audio]`
    pub(crate) fn begin_block(&self, note: impl FnOnce(&mut HostBlock)) {
        if let Ok(mut block) = self.host_block.try_borrow_mut() {
            note(&mut block);
        }
    }

    /// The block's next part begins, which has so many frames. `[audio]`
    pub(crate) fn begin_part(&self, frames: u32) -> Part {
        let part = self
            .host_block
            .try_borrow_mut()
            .map_or_else(|_| Part::default(), |mut block| block.begin_part(frames));
        self.song_moves.store(part.transport.is_some_and(|now| now.playing), Ordering::Relaxed);
        part
    }

    /// Makes room for what the host says in a block. `[control]`
    pub(crate) fn prepare_block(&self) {
        if let Ok(mut block) = self.host_block.try_borrow_mut() {
            block.prepare();
        }
    }

    /// Calls `each` with the note expressions of a part that has begun; how many found no room. `[audio]`
    pub(crate) fn take_expressions(&self, part: Part, each: impl FnMut(Event)) -> u32 {
        self.host_block.try_borrow_mut().map_or(0, |mut block| block.take_expressions(part, each))
    }

    /// Keeps something until the instance goes: what the object that a host holds points to. Once. `[control]`
    pub(crate) fn keep(&self, kept: Box<dyn Any + Send + Sync>) {
        // An object is made once, with its instance.
        let _ = self.kept.set(kept);
    }

    /// How far the host's picture of the document is up to date. `[control]`
    pub(crate) fn refresh(&self) -> &Refresh {
        &self.refresh
    }
}

// SAFETY: The pointers point into the bank's parameters, a boxed slice that is made with the bank and never replaced,
// resized or moved out of, and to the bypass, a field of the instance itself; the framework keeps the `Arc` of the
// instance, which keeps both, for as long as it uses them.
#[expect(unsafe_code, reason = "the derive macro knows no parameters that are numbered at run time")]
unsafe impl Params for Instance {
    fn param_map(&self) -> Vec<(String, ParamPtr, String)> {
        // Behind the slots, whose places in the hosts' lists stay.
        self.params.map().into_iter().chain([self.bypass.entry()]).collect()
    }

    fn serialize_fields(&self) -> BTreeMap<String, String> {
        state::save(self)
    }

    fn deserialize_fields(&self, fields: &BTreeMap<String, String>) {
        state::load(self, fields);
    }
}
