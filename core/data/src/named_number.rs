//! Numbers that a document's global variables hold.

use serde::{Deserialize, Serialize};

/// What a number is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NumberOf {
    /// A table.
    Table,
    /// A bus, whose token it is.
    Bus,
}

/// A table or bus of the document's header, with the name of the variable that holds its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedNumber {
    /// The variable, as `giwave`.
    pub name: String,
    /// What its number is of.
    pub of: NumberOf,
    /// The number, or token.
    pub number: u32,
}
