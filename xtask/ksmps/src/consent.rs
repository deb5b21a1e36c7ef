//! `consent`: what documents may do on this machine besides making sound.

use std::path::PathBuf;

use clap::Subcommand;
use ksmps_core::needs::{NEEDS_WORDS, Needs};
use ksmps_core::player::{give_consent, withdraw_consent};
use ksmps_core::settings::{Consents, UserFiles};

use crate::error::Error;

/// What to do with the consents.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List what was allowed to which document.
    List,
    /// Let a document do what it asks for with ;@needs, as it is now, at this place.
    Give {
        /// The document.
        file: PathBuf,
        /// Only this of what it asks for: files, network, programs, python.
        #[arg(value_parser = NEEDS_WORDS)]
        needs: Vec<String>,
    },
    /// Take back everything that a document was let do, also where the file is gone.
    Withdraw {
        /// The document.
        file: PathBuf,
    },
}

/// Does it.
///
/// # Errors
/// Where the document asks for nothing of that, and where a file cannot be read or written.
pub fn run(args: &Args) -> Result<(), Error> {
    let user = UserFiles::of_this_user();
    match &args.action {
        Action::List => {
            let consents = Consents::read(&user).given;
            if consents.iter().all(|one| one.needs.is_empty()) {
                println!("no document was let do anything");
            }
            for one in consents.into_iter().filter(|one| !one.needs.is_empty()) {
                let origin = one
                    .origin
                    .map_or_else(|| "a text without a file".to_owned(), |path| path.display().to_string());
                println!("{}: {origin} ({})", one.needs, &one.content[..one.content.len().min(12)]);
            }
        }
        Action::Give { file, needs } => {
            let wanted = (!needs.is_empty()).then(|| Needs::from(needs.clone()));
            let given = give_consent(&user, file, wanted)
                .map_err(|error| Error::Usage(format!("{}: {error}", file.display())))?;
            println!("{}: {given}, until its text or its place changes", file.display());
        }
        Action::Withdraw { file } => {
            let count = withdraw_consent(&user, file)
                .map_err(|error| Error::Usage(format!("the consents could not be written: {error}")))?;
            println!(
                "{}: {count} {} withdrawn",
                file.display(),
                if count == 1 { "consent" } else { "consents" }
            );
        }
    }
    Ok(())
}
