//! The `;@` grammar: comments into words and items.

/// One directive with its items.
#[derive(Debug, Clone, PartialEq)]
pub struct Directive {
    /// The word behind `;@`.
    pub word: String,
    /// What follows.
    pub items: Vec<Item>,
    /// The document's line.
    pub line: u32,
    /// The instrument in whose text it stands, by its first name.
    pub instrument: Option<String>,
}

/// One item of a directive.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// `mono`, `cutoff`, `keys.kdetune`.
    Word(String),
    /// `"Glass Keys"`.
    Text(String),
    /// `40..16000`, `0..1=0.5`.
    Range {
        /// Before the dots.
        from: f64,
        /// Behind the dots.
        to: f64,
        /// Behind the equals sign.
        default: Option<f64>,
    },
    /// `unit=Hz`.
    Assign {
        /// Before the equals sign.
        key: String,
        /// Behind it.
        value: Value,
    },
}

/// What stands behind an equals sign.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `0.5`
    Number(f64),
    /// `Hz`
    Word(String),
    /// `"Cutoff"`
    Text(String),
    /// `36..60`
    Range(f64, f64),
    /// `42,44`
    List(Vec<Value>),
}
