//! Opcodes that take what comes from outside, by other ways than the host: what uses one is performed in every cycle.

use ksmps_data::diagnostic::Diagnostic;

use super::programs::defines;
use super::scan;

/// Sockets, OSC, the keyboard and devices of the machine.
const LISTENING: [&str; 15] = [
    "OSClisten",
    "OSCraw",
    "OSCcount",
    "sockrecv",
    "sockrecvs",
    "strecv",
    "remoteport",
    "websocket",
    "serialRead",
    "sense",
    "sensekey",
    "joystick",
    "xyin",
    "FLrun",
    "wiidata",
];

/// The first such opcode that the code names and does not define itself. `[any]`
pub(super) fn find(code: &str) -> Option<&str> {
    let mut words = scan::words(code).map(|(_, word)| word);
    words.find(|word| LISTENING.contains(word) && !defines(code, word))
}

/// The same in orchestra code as it is written. `[any]`
pub fn listening_opcode(code: &str) -> Option<String> {
    find(&scan::scan(code, scan::Language::Orchestra).code).map(str::to_owned)
}

/// Says that a document that asks for it does not rest, because of this opcode. `[any]`
pub fn refusal_to_rest(line: impl Into<Option<u32>>, word: &str) -> Diagnostic {
    Diagnostic::warning(line, format!("the document does not rest: {word} waits for what comes from outside"))
        .with_remedy("take the word rest out of ;@tail, or the opcode out of the orchestra")
}
