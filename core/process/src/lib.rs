//! What is needed to run an engine in a process of its own, whatever the engine is.
//!
//! In reading order: [`exchange`] hands blocks over through shared memory, [`socket`] carries everything else,
//! [`life`] starts a process and notices its end, [`inside`] is what that process does first, [`sandbox`] is what it
//! gives up before it reads a document, and [`scheduling`] gives its audio thread the host's policy.
//!
//! The two sides are the *host side* (a plugin in somebody else's process) and the *engine side* (the child). The host
//! side trusts nothing that the engine side writes: it reads each word once, checks it and keeps its own copies of
//! sizes. The engine side trusts the host side.
//!
//! This crate knows neither Csound nor documents nor plugins. It is for Linux; [`wake::Wake`] is where another system's
//! way of waking a thread goes.

#![cfg(target_os = "linux")]

pub mod exchange;
pub mod inside;
pub mod life;
pub mod memory;
pub mod sandbox;
pub mod scheduling;
pub mod socket;
pub mod wake;
