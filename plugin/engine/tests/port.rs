//! The core's tests of the control port, told once more with the engine in a process of its own (see `scenarios`).

#[path = "../../../core/tests/port.rs"]
mod port;
