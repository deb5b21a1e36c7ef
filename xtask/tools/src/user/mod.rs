//! The commands of those who make music and documents: [`render`] plays one document or session into a file, [`demo`]
//! a piece through the factory documents.

pub mod consent;
pub mod demo;
pub mod render;
mod session;
