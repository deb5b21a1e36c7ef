//! `csound FILE.csd [options]`: performs a document as the csound command line does, through the host API alone.
//!
//! The arguments are Csound's own: a sound file by `-o`, nothing by `-n`, a MIDI file by `-F`, a sound file as input by
//! `-i`, a utility by `-U NAME …`. It ends with the number of errors that notes had, or with 1 where nothing was performed,
//! as csound does.

use std::io::Write;
use std::process::ExitCode;

use ksmps_csound::host::{Command, Csound, Failure, Message};

/// A message's kind is in these bits of its attribute; this kind is for the standard output.
const KIND_MASK: i32 = 0x7000;
const STANDARD_OUTPUT: i32 = 0x5000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let errors = perform(&arguments).unwrap_or_else(|failure| {
        eprintln!("csound: {failure}");
        REFUSED
    });
    // A process ends with a byte.
    ExitCode::from(errors as u8)
}

/// What it ends with where nothing was performed, nor was anything else done.
pub const REFUSED: usize = 1;

/// Performs a command line; how many errors there were.
///
/// # Errors
/// Where Csound refuses the command line or the document; what it printed says why.
pub fn perform(arguments: &[String]) -> Result<usize, Failure> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut csound = Csound::create()?;
    csound.set_message_callback(print);
    match csound.compile(&arguments) {
        Ok(Command::Ready(mut csound)) => {
            csound.perform();
            Ok(csound.cleanup().error_count())
        }
        // A utility, a check of the syntax.
        Ok(Command::Done(_)) => Ok(0),
        Err(refused) => Err(refused.failure),
    }
}

/// A terminal that is gone is no error of the performance.
fn print(message: &Message) {
    let text = message.text.as_bytes();
    let _ = match message.attribute & KIND_MASK {
        STANDARD_OUTPUT => std::io::stdout().write_all(text),
        _ => std::io::stderr().write_all(text),
    };
}
