//! Which of the notes that sound are meant.

use serde::{Deserialize, Serialize};

/// Which sounding instances are meant.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Instances {
    /// The one with exactly this p1.
    Exactly(f64),
    /// All of the instrument with this number.
    All(i32),
}
