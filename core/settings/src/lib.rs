//! What a user has said and done on this machine, in a few small files of the user's own: [`Settings`], the texts that
//! have played well ([`Trusted`]), what which document may do ([`Consents`]), and the documents that were opened lately
//! ([`recent`]). None of it is ever in a project.
//!
//! Several processes read and write these files: each change is made under a lock, to what is there then, and replaces
//! the file as a whole. A file that cannot be read counts as empty, and is kept under another name before it is replaced.
//! All methods are for `[control]`: they read and write files.

mod consents;
mod places;
mod recent;
mod settings;
mod store;
mod trusted;

pub use consents::{Answered, CONSENTS_MAX, Consent, Consents};
pub use places::{FOLDER_VARIABLE, Stamps, UserFiles};
pub use recent::{RECENT_MAX, recent, remember};
pub use settings::{AUTOMATIC_VARIABLE, AlwaysPlace, PLACE_VARIABLE, Settings};
pub use trusted::{TRUSTED_MAX, Trusted};
