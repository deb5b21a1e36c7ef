//! A number for what a project plays, by which it is known again: SHA-256 of text, files and session.
//!
//! What is trusted plays without protection, and what was consented to may do harm: no text may pass for another one.

use std::fmt::Write as _;

use ksmps_document::{Asset, Assets, Content};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A number.
pub(super) type Digest = [u8; 32];

/// A document with the files that it plays with, in whatever order they were found. `[control]`
pub(super) fn of_document(text: &str, assets: &Assets) -> Digest {
    let mut hasher = Sha256::new();
    add(&mut hasher, text.as_bytes());
    let mut assets: Vec<&Asset> = assets.iter().collect();
    assets.sort_by(|one, other| one.path.cmp(&other.path));
    for Asset { path, content } in assets {
        add(&mut hasher, path.as_bytes());
        match content {
            Content::Text(text) => add(&mut hasher, text.as_bytes()),
            Content::Latin1(text) => {
                add(&mut hasher, b"Latin-1");
                add(&mut hasher, text.as_bytes());
            }
            Content::Bytes(bytes) => add(&mut hasher, bytes),
            Content::Linked(bytes) => add(&mut hasher, &bytes.to_le_bytes()),
            Content::Link(link) => {
                add(&mut hasher, b"link");
                add(&mut hasher, link.sha256.as_bytes());
            }
        }
    }
    hasher.finalize().into()
}

/// A session as JSON. `[control]`
pub(super) fn of_json(session: &Value) -> Digest {
    Sha256::digest(session.to_string()).into()
}

/// Both together, in hexadecimal digits. `[control]`
pub(super) fn of_both(document: &Digest, session: &Digest) -> String {
    let both: Digest = Sha256::digest([document.as_slice(), session.as_slice()].concat()).into();
    both.iter().fold(String::new(), |mut text, byte| {
        // A string takes everything.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Adds a part, so that it cannot be taken for a piece of its neighbour.
fn add(hasher: &mut Sha256, part: &[u8]) {
    hasher.update((part.len() as u64).to_le_bytes());
    hasher.update(part);
}
