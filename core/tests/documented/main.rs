//! Every example of csoundengine's documents, in their order, each named after what it shows: what it says happens is
//! measured in the sound, the tables or the returns. Where an example has a slip, the test says so.

#[path = "../common/mod.rs"]
mod common;
mod engine;
mod hear;
mod offline;
mod refusals;
mod session;
mod soundfont;
mod tables;
