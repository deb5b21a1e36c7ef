//! The commands of `cargo xtask` that make sound: they play documents through the built plugins or through the
//! core alone.
mod compare {
    pub mod judge;
    pub mod options;
    pub mod reference;
}
fn main() {}
