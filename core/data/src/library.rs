//! Why a C library that is opened at run time was not: what is said to the user.

use std::path::PathBuf;

/// Why a library was not opened: what is missing, where it was looked for, what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It is in none of the places.
    #[error("{library} is missing: {} There is none beside this program either. {remedy}", sentences(.tried))]
    Missing {
        /// What people call it.
        library: &'static str,
        /// What the system said of each name.
        tried: Vec<String>,
        /// What to do.
        remedy: String,
    },
    /// The user's choice is not there. Nothing else is taken in its stead.
    #[error("{variable} says that Csound is {}, but there is no such library. {remedy}", .path.display())]
    ChoiceMissing {
        /// The environment variable.
        variable: &'static str,
        /// What it says.
        path: PathBuf,
        /// What to do.
        remedy: String,
    },
    /// There is a library, but not one that can be used.
    #[error("{library} cannot be used: {} {reason}. {remedy}", .path.display())]
    Unusable {
        /// What people call it.
        library: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: Unusable,
        /// What to do.
        remedy: String,
    },
}

/// What is wrong with a library.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// The system does not open it.
    #[error("cannot be opened ({0})")]
    Closed(String),
    /// It has not all functions.
    #[error("has no function {0}")]
    Lacks(&'static str),
    /// It computes with 32-bit numbers.
    #[error("computes with {0}-byte numbers, and Ksmps needs the build for 8-byte ones (csound64)")]
    NumberSize(i32),
    /// It is another Csound than 6.
    #[error("is Csound {}.{}, and Ksmps needs Csound 6", .0 / 1000, .0 % 1000 / 10)]
    Version(i32),
}

fn sentences(reasons: &[String]) -> String {
    reasons.iter().map(|reason| format!("{reason}.")).collect::<Vec<_>>().join(" ")
}
