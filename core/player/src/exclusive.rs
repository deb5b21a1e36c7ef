//! What only one engine of the machine can have at a time, such as a network port: a build beside the engine that has it
//! fails, and may succeed when that one is gone.

use ksmps_data::diagnostic::{Diagnostic, Severity};
use ksmps_engine::BuildError;

use super::project::Project;

/// What is said of a document that has tried to use the network.
pub(super) const NETWORK_REFUSED: &str = "the document was not let use the network";
/// What Csound's opcodes print where somebody else has what they ask for.
const SIGNS: [&str; 3] = ["cannot start OSC listener on port", "bind failed", "ddress already in use"];
/// Words of orchestra that ask for such things.
const WORDS: [&str; 4] = ["OSCinit", "sockrecv", "stsend", "websocket"];
const REMEDY: &str = "close what has it (another instance of this plugin, or another program), or give this one another \
    number";

/// Whether a build failed because somebody else has something. `[control]`
pub(super) fn is_cause(error: &BuildError) -> bool {
    // Who was not let have it does not wait for anybody.
    error.0.iter().any(is_sign) && !error.0.iter().any(|found| found.text == NETWORK_REFUSED)
}

/// Whether an engine of a project may have something that others cannot have then. `[control]`
pub(super) fn may_hold(project: &Project) -> bool {
    let orchestra = project.document().map_or(project.text(), |document| &document.orchestra.text);
    let has_word = |text: &str| WORDS.iter().any(|word| text.contains(word));
    has_word(orchestra) || has_word(&project.session_json().to_string())
}

/// What is to be said of a failed build: where somebody else has something, who that may be. `[control]`
pub(super) fn explained(error: &BuildError) -> Vec<Diagnostic> {
    let is_cause = is_cause(error);
    let explain = |found: &Diagnostic| match is_cause && is_sign(found) {
        true => {
            let text = format!("{}: it is in use already", found.text);
            Diagnostic { text, remedy: Some(REMEDY.to_owned()), ..found.clone() }
        }
        false => found.clone(),
    };
    error.0.iter().map(explain).collect()
}

/// What is to be said where an engine has to go before the next one can be built. `[control]`
pub(super) fn stopped_first(error: &BuildError) -> Diagnostic {
    let sign = error.0.iter().find(|found| is_sign(found));
    let (line, why) = sign.map_or((None, ""), |found| (found.line, found.text.as_str()));
    let text = format!(
        "the old engine is stopped first, because it has what the new one asks for and only one can have it: {why}"
    );
    Diagnostic::note(line, text)
}

fn is_sign(found: &Diagnostic) -> bool {
    found.severity == Severity::Error && SIGNS.iter().any(|sign| found.text.contains(sign))
}
