//! The commands that show what the plugins do: [`demo`] plays a piece through the factory documents, [`screenshot`] shows one
//! in the plugin's editor; and [`preset_files`], which `cargo xtask bundle` asks for.

pub mod demo;
pub mod preset_files;
pub mod screenshot;
