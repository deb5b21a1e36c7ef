//! The commands of those who make music and documents: [`render`] plays one document or session into a file, [`demo`]
//! a piece through the factory documents, [`screenshot`] shows one in the plugin's editor.

mod alone;
pub mod consent;
pub mod demo;
pub mod render;
pub mod screenshot;
mod session;
