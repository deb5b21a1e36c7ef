//! The commands that show what the plugins do: [`demo`] plays a piece through the factory documents, [`screenshot`] shows one
//! in the plugin's editor.

pub mod demo;
pub mod screenshot;
