//! The core's tests of an instance, told once more with its engine in a process of its own: notes, sessions, edits, tables,
//! channels, texts, the clock, included files. What they expect is the same, to the sample.
//!
//! They are the same files; `common::PLACE` says where engines play. Those of the control port, which look for free ports,
//! have a program of their own (`port`).

#![allow(clippy::duplicate_mod, reason = "each file is a test program of the core, with its common part")]

#[path = "../../../../core/tests/faults.rs"]
mod faults;
#[path = "../../../../core/tests/followed_session.rs"]
mod followed_session;
#[path = "../../../../core/tests/handles.rs"]
mod handles;
#[path = "../../../../core/tests/included.rs"]
mod included;
#[path = "../../../../core/tests/kept.rs"]
mod kept;
#[path = "../../../../core/tests/live.rs"]
mod live;
#[path = "../../../../core/tests/live_channels.rs"]
mod live_channels;
#[path = "../../../../core/tests/live_clock.rs"]
mod live_clock;
#[path = "../../../../core/tests/live_edits.rs"]
mod live_edits;
#[path = "../../../../core/tests/live_session.rs"]
mod live_session;
#[path = "../../../../core/tests/live_tables.rs"]
mod live_tables;
#[path = "../../../../core/tests/live_texts.rs"]
mod live_texts;
#[path = "../../../../core/tests/live_watched.rs"]
mod live_watched;
#[path = "../../../../core/tests/notes.rs"]
mod notes;
#[path = "../../../../core/tests/orchestras.rs"]
mod orchestras;
#[path = "../../../../core/tests/player.rs"]
mod player;
#[path = "../../../../core/tests/rest.rs"]
mod rest;
#[path = "../../../../core/tests/score.rs"]
mod score;
#[path = "../../../../core/tests/swaps.rs"]
mod swaps;
