//! The way from an instance to its host. CLAP's is in [`crate::clap::link`], VST3's in [`crate::vst3::link`].
//!
//! An instance does not ask in which format it plays: whatever differs between the two is a method here.

use std::sync::Arc;

use ksmps_core::params::Param;

use crate::instance::Instance;
use crate::param_list::ParamListChange;

/// What an instance says to its host, and asks of it.
pub trait HostLink: Send + Sync {
    /// Says whose host this is. Once, when the instance is made. `[control]`
    fn attach(&self, instance: &Arc<Instance>);

    /// Names, texts or values of parameters changed: the host is to read them again. `[any]` but the audio thread
    fn params_changed(&self, change: ParamListChange);

    /// The user changed something that the project keeps. `[any]` but the audio thread
    fn mark_dirty(&self);

    /// The latency is another. `framework` is the framework's own way of saying it, for formats where that is the right
    /// one. In an activation `[control]`, else `[audio]`
    fn latency_changed(&self, framework: &mut dyn FnMut());

    /// The orchestra moved a parameter at a frame of the host's block: the host takes it as it takes a move of the user's.
    /// Inside the host's call alone. `[audio]`
    fn send_param(&self, frame: u32, slot: usize, normalized: f64);

    /// The user moves a parameter in the editor: the host takes it as its own move of it. `[any]` but the audio thread
    fn edit_param(&self, slot: usize, edit: ParamEdit);

    /// Whether the host has a menu of its own for a parameter. `[any]` but the audio thread
    fn has_menu(&self) -> bool;

    /// The host is to show its menu for a parameter in the editor's window. `[any]` but the audio thread
    fn show_menu(&self, menu: ParamMenu);

    /// A slot's value as the host reads it. `[any]` but the audio thread
    fn value_text(&self, slot: usize, param: Option<&Param>, normalized: f64) -> String;

    /// Whether the host renders offline: then a block may take its time. `[any]`
    fn is_offline(&self) -> bool;
}

/// What the user does to a parameter in the editor: one beginning, values, one end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ParamEdit {
    /// The user takes hold of it.
    Begin,
    /// It has this normalized value.
    Value(f64),
    /// The user lets it go.
    End,
}

/// The host's menu for a parameter, and where it is to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParamMenu {
    /// The parameter's slot.
    pub slot: usize,
    /// Pixels from the left of the editor's window.
    pub x: i32,
    /// Pixels from its top.
    pub y: i32,
}

/// Edits that wait for an occasion to be said, at most. A hand makes some hundred in a second; a host that gives no
/// occasion for longer hears of the rest by reading the values.
pub const EDITS_MAX: usize = 4096;

/// The link of an instance that no host holds: tests, and the framework's own ways to make one.
#[derive(Debug, Default)]
pub struct NoHost;

impl HostLink for NoHost {
    fn attach(&self, _instance: &Arc<Instance>) {}

    fn params_changed(&self, _change: ParamListChange) {}

    fn mark_dirty(&self) {}

    fn latency_changed(&self, framework: &mut dyn FnMut()) {
        framework();
    }

    fn send_param(&self, _frame: u32, _slot: usize, _normalized: f64) {}

    fn edit_param(&self, _slot: usize, _edit: ParamEdit) {}

    fn has_menu(&self) -> bool {
        false
    }

    fn show_menu(&self, _menu: ParamMenu) {}

    fn value_text(&self, _slot: usize, param: Option<&Param>, normalized: f64) -> String {
        param.map_or_else(|| format!("{normalized:.3}"), |param| param.text(normalized))
    }

    fn is_offline(&self) -> bool {
        false
    }
}
