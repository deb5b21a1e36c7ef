//! Ksmps as plugins: an instrument, a multi-out instrument and an effect, each for CLAP and VST3.
//!
//! Only this package knows the plugin framework, and it reaches Csound only through [`ksmps_core`]. What the plugins are
//! says a table, [`products`]; to the framework they are one type, [`plugin`]. An [`instance`] is what its threads
//! share: the control side of its player, its host parameters ([`param_bank`], and [`param_list`] says what is in
//! them, [`bypass`] is the plugin's own), and its host ([`host_link`], of which [`clap`] and [`vst3`] each have one).
//!
//! What an open editor and the instance tell each other is in [`link`]. A document can [`follow`] its file
//! ([`document_file`]), with the editor open or not. Its presets, the user's and the factory library are in [`presets`].
//!
//! A block comes in at [`plugin`], its events are put into the core's words by [`translate`], and [`process`] lets the
//! core's player play it; the host's transport comes by [`host_block`], and a block's buses are whole by [`bus_buffers`]. [`refresh`] shows the host what changed, [`state`] is what a project keeps, [`problems`] what
//! went wrong here, [`control_port`] the switch of the control port. [`editor`] is the window in which a document is
//! written, heard and played, [`kept`] what a project keeps of it.

pub mod bus_buffers;
pub mod bypass;
pub mod clap;
pub mod control_port;
pub mod document_file;
pub mod editor;
pub mod follow;
pub mod guard;
pub mod host_block;
pub mod host_link;
pub mod instance;
pub mod kept;
pub mod link;
pub mod making;
pub mod param_bank;
pub mod param_list;
pub mod plugin;
pub mod presets;
pub mod problems;
pub mod process;
pub mod products;
pub mod refresh;
pub mod state;
pub mod translate;
pub mod vst3;

pub use plugin::Ksmps;
