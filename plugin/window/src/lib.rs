//! An egui window inside a host's window.
