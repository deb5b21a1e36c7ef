//! The harness: headless hosts for the built plugins and for the core alone, and what tests and commands need to play
//! them and to measure what comes out.
//!
//! [`script`] says what happens, each event at its frame; [`host`] drives a CLAP, a VST3 or the core alone with events
//! of `ksmps_core`; [`bounce`] runs a script through one in blocks of any cut; [`instance`] is the short way to do both, [`hosts`] names each host with the engine in either place, [`trial`] gives one texts that may end the engine, and [`crowd`] plays many instances at once.
//! [`bundle`] knows where the built plugins are, [`state`] what is in a project, [`midi_file`] and [`wav`] what is in
//! files, [`desktop`] has a screen without a monitor for editors, [`count`] what a thread allocates and locks, [`measure`] what a sound is like.
//! Nothing in here knows how the plugins work inside, and no product uses it.

pub mod crowd;
pub mod hosts;
pub mod instance;
pub mod trial;

pub mod bounce;
pub mod host;
pub mod script;
pub mod song;

pub mod bundle;
pub mod count;
pub mod desktop;
pub mod measure;
pub mod midi_file;
pub mod state;
pub mod wav;
