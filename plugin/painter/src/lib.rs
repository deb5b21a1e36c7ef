//! Draws what egui has made, without a window or a graphics card.
