//! Ksmps as plugins: an instrument, a multi-out instrument and an effect, each for CLAP and VST3.
//!
//! Only this package knows the plugin framework, and it reaches Csound only through [`ksmps_core`]. A block comes
//! in at [`plugin`], its events are put into the core's words by [`translate`], and [`process`] lets the core's
//! player play it. [`slots`] is the bank of host parameters and [`roster`] says what is in it, [`state`] is what a
//! project keeps, [`health`] counts what went wrong, [`port`] is the switch of the control port. [`follow`] tells the host when the document changed, [`clap`] and
//! [`vst3`] are how hosts get to hear of it; what differs between the three is in [`kinds`].

pub mod clap;
pub mod follow;
pub mod health;
pub mod kinds;
pub mod plugin;
pub mod port;
pub mod process;
pub mod roster;
pub mod slots;
pub mod state;
pub mod translate;
pub mod vst3;

pub use kinds::{Effect, Instrument, MultiOut};
