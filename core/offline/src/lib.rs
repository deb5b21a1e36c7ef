//! Csound without a clock on the wall: an engine that renders into a sound file and goes on when it is told to.
//!
//! An [`OfflineEngine`] has every verb of a playing one ([`ksmps_data::verbs`]); time stands still until
//! [`OfflineEngine::perform`] moves it. At any moment one can ask, load, write and schedule. It runs on the thread
//! that owns it and knows neither hosts nor documents.
//!
//! ```
//! use ksmps_offline::OfflineEngine;
//! use ksmps_data::verbs::{Automation, Sched};
//! use ksmps_engine::MakingVerbs as _;
//! use ksmps_engine::verbs::prelude::*;
//!
//! let folder = tempfile::tempdir()?;
//! let mut engine = OfflineEngine::builder().channels(1).outfile(folder.path().join("tone.wav")).build()?;
//! engine.compile("instr 100\n kfreq = p4\n outch 1, oscili:a(0.1, kfreq)\nendin")?;
//! let tone = engine.sched(Sched::new(100).dur(0.5).arg(1000).unique())?;
//! engine.automatep(&tone, "kfreq", &Automation::new(&[0.0, 1000.0, 0.3, 200.0])?)?;
//! engine.perform()?;
//! let file = engine.stop()?.expect("half a second was rendered");
//! assert_eq!(ksmps_offline::sound_file::about(&file.path)?.frames, file.frames);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod builder;
mod csd;
mod engine;
mod score;
mod session;
mod wait;

pub use builder::OfflineBuilder;
pub use csd::Csd;
pub use engine::{OfflineEngine, Perform, RenderJob};
pub use ksmps_library::sound_file;
pub use session::{RenderOptions, RenderSession, SessionJob};
pub use wait::LockedClock;
