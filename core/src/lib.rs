//! Csound as an engine that advances with the host's blocks.
//!
//! A [`document`] is read once; [`engine::build`] turns it into an [`engine::Engine`] that performs cycle by cycle;
//! a [`renderer::Renderer`] cuts any block into cycles; a [`player`] keeps, swaps and saves it all for one plugin
//! instance. Only [`csound`] knows Csound, and nothing here knows a plugin framework or a host.
//!
//! # The path of a block
//!
//! 1. The host's side translates its events into [`event::Event`]s, each at a frame of the block.
//! 2. [`player::Player::process`] adopts a new engine if one waits, and hands the block to its renderer.
//! 3. [`renderer::Renderer::process`] runs frames up to the next event or the end of the cycle: input into Csound's
//!    buffer, the last cycle's output out of it. An event goes to the engine with its offset in the coming cycle.
//! 4. When a cycle is full, [`engine::Engine::perform`] writes the parameters that move, lets Csound run once, and
//!    says which voices have ended.
//! 5. `csound` places the notes that started in this cycle on their frames, between Csound's insertions and its
//!    performance.

pub use ksmps_csound as csound;
pub use ksmps_csound::host;
pub use ksmps_data::{
    args, curve, diagnostic, event, file, named_number, needs, opcode, params, python, random, sample, sched,
    score, size, source_map, template, transport, verbs, watched,
};
pub use ksmps_document as document;
pub use ksmps_engine as engine;
pub use ksmps_engine::{renderer, route};
pub use ksmps_library as library;
pub use ksmps_offline as offline;
pub use ksmps_player as player;
pub use ksmps_player::port;
pub use ksmps_plot as plot;
pub use ksmps_session as session;
pub use ksmps_settings as settings;
