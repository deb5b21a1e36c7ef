//! The controls, one file each; the gallery draws all of them.
