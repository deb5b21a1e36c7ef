//! Csound as an engine that advances with the host's blocks.

pub mod csound;
pub mod diagnostic;
pub mod document;
pub mod event;
pub mod params;
pub mod script;
