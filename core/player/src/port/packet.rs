//! What a packet says: the protocol of Csound's own UDP server, as far as it makes sense inside a host.
//!
//! The first character tells the kind of a packet. Nothing here is carried out.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ksmps_data::diagnostic::Diagnostic;

/// A packet that was understood.
#[derive(Debug, PartialEq)]
pub(super) enum Packet<'a> {
    /// Blank.
    Nothing,
    /// Lines of score.
    Score(&'a str),
    /// A value for a control channel.
    SetChannel(&'a str, f64),
    /// A text for a text channel.
    SetText(&'a str, &'a str),
    /// A question, and where its answer goes; `None` is the sender.
    Ask(Topic<'a>, Option<SocketAddr>),
    /// Close this port.
    Close,
    /// Orchestra code.
    Code(&'a str),
}

/// What can be asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Topic<'a> {
    /// A control channel's value.
    Channel(&'a str),
    /// A text channel's text.
    TextChannel(&'a str),
    /// The seconds that the engine has performed.
    Time,
    /// The name of the document that plays.
    Document,
}

/// Words that close a port.
const CLOSE: [&str; 2] = ["!!close!!", "##close##"];

/// Reads a packet that is complete in itself. `[any]`
pub(super) fn read(bytes: &[u8]) -> Result<Packet<'_>, Diagnostic> {
    let is_comment = bytes.starts_with(b"/*") || bytes.starts_with(b"//");
    if bytes.starts_with(b"/") && !is_comment {
        return Err(refused("OSC is not taken here", "send text: docs/hosts.md lists what is understood"));
    }
    let text = text(bytes)?;
    match text.chars().next() {
        None => Ok(Packet::Nothing),
        Some('&' | '$') => Ok(Packet::Score(&text[1..])),
        Some('@') => set_channel(&text[1..]),
        Some('%') => set_text(&text[1..]),
        Some(':') => ask(&text[1..]),
        _ if CLOSE.iter().any(|close| text.starts_with(close)) => Ok(Packet::Close),
        _ => Ok(Packet::Code(text)),
    }
}

/// The text of a packet, or of several; what is no text is not for Csound. `[any]`
pub(super) fn text(bytes: &[u8]) -> Result<&str, Diagnostic> {
    let no_text = || {
        refused("this is no text", "send UTF-8 without control characters; docs/hosts.md lists the commands")
    };
    let text = std::str::from_utf8(bytes).map_err(|_| no_text())?;
    let text = text.trim_end_matches(['\0', '\n', '\r', ' ', '\t']);
    let is_binary = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t');
    if text.contains(is_binary) { Err(no_text()) } else { Ok(text) }
}

fn set_channel(text: &str) -> Result<Packet<'_>, Diagnostic> {
    let mut words = text.split_whitespace();
    let value = |word: &str| word.parse().ok().filter(|value: &f64| value.is_finite());
    match (words.next(), words.next().and_then(value), words.next()) {
        (Some(name), Some(value), None) => Ok(Packet::SetChannel(name, value)),
        _ => Err(refused("@ takes a channel and a number", "write `@level 0.5`")),
    }
}

/// The text is what stands behind one blank.
fn set_text(text: &str) -> Result<Packet<'_>, Diagnostic> {
    let (name, text) = text.split_once([' ', '\t', '\n']).unwrap_or((text, ""));
    if name.is_empty() {
        return Err(refused("% takes a channel and a text", "write `%file kick.wav`"));
    }
    Ok(Packet::SetText(name, text))
}

fn ask(text: &str) -> Result<Packet<'_>, Diagnostic> {
    let mut words = text.split_whitespace();
    let topic = match words.next() {
        Some("time") => Topic::Time,
        Some("document") => Topic::Document,
        Some(word) if word.len() > 1 && word.starts_with('@') => Topic::Channel(&word[1..]),
        Some(word) if word.len() > 1 && word.starts_with('%') => Topic::TextChannel(&word[1..]),
        _ => {
            return Err(refused(
                "this is no question",
                "ask `:@channel`, `:%channel`, `:time` or `:document`",
            ));
        }
    };
    let to = match (words.next(), words.next(), words.next()) {
        (None, ..) => None,
        (Some(host), Some(port), None) => Some(address(host, port)?),
        _ => {
            return Err(refused(
                "an answer goes to the sender, or to a host and a port",
                "write `:@level` or `:@level 127.0.0.1 9000`",
            ));
        }
    };
    Ok(Packet::Ask(topic, to))
}

/// An address on this machine.
fn address(host: &str, port: &str) -> Result<SocketAddr, Diagnostic> {
    let ip = if host == "localhost" { Some(Ipv4Addr::LOCALHOST) } else { host.parse().ok() };
    let port = port.parse().ok().filter(|port: &u16| *port > 0);
    match (ip.filter(Ipv4Addr::is_loopback), port) {
        (Some(ip), Some(port)) => Ok(SocketAddr::new(IpAddr::V4(ip), port)),
        (None, _) => Err(refused(
            format!("nothing is sent to {host}: answers stay on this machine"),
            "give 127.0.0.1 and a port",
        )),
        (_, None) => {
            Err(refused("the answer's port is no number from 1 to 65535", "write `:@level 127.0.0.1 9000`"))
        }
    }
}

/// Why something is not done, and what to do instead. `[any]`
pub(super) fn refused(why: impl Into<String>, remedy: &str) -> Diagnostic {
    Diagnostic::error(None, why).with_remedy(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_character_tells_the_kind() {
        let here = |port| Some(SocketAddr::from(([127, 0, 0, 1], port)));
        for (bytes, expected) in [
            ("", Packet::Nothing),
            ("\n", Packet::Nothing),
            ("&i 1 0 1\n", Packet::Score("i 1 0 1")),
            ("$i 1 0 1\ni 2 0 1\0", Packet::Score("i 1 0 1\ni 2 0 1")),
            ("@level 0.5\n", Packet::SetChannel("level", 0.5)),
            ("@ level -1e3", Packet::SetChannel("level", -1000.0)),
            ("%file a kick.wav\n", Packet::SetText("file", "a kick.wav")),
            ("%file", Packet::SetText("file", "")),
            (":%file", Packet::Ask(Topic::TextChannel("file"), None)),
            (":@level", Packet::Ask(Topic::Channel("level"), None)),
            (":@level 127.0.0.1 9000\n", Packet::Ask(Topic::Channel("level"), here(9000))),
            (":time", Packet::Ask(Topic::Time, None)),
            (":document localhost 1", Packet::Ask(Topic::Document, here(1))),
            ("!!close!!", Packet::Close),
            ("##close##\n", Packet::Close),
            ("gkx init 1\n", Packet::Code("gkx init 1")),
            ("/* a */ gkx init 1", Packet::Code("/* a */ gkx init 1")),
            ("// a\n", Packet::Code("// a")),
            ("; Größe", Packet::Code("; Größe")),
        ] {
            assert_eq!(read(bytes.as_bytes()), Ok(expected), "{bytes:?}");
        }
    }

    #[test]
    fn no_two_bytes_make_it_stumble() {
        for kind in b"&$@%:!#/ix" {
            for pair in 0..=u16::MAX {
                let [a, b] = pair.to_le_bytes();
                let refusal = match read(&[*kind, a, b]) {
                    Ok(Packet::Score(lines)) => crate::port::score::read(lines).err(),
                    other => other.err(),
                };
                assert!(refusal.is_none_or(|refusal| refusal.remedy.is_some()), "{kind} {a} {b}");
            }
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_with_a_remedy() {
        let refused: [&[u8]; 19] = [
            b"@level",
            b"@level loud",
            b"@level nan",
            b"@level 1 2",
            b"@",
            b"% kick.wav",
            b":",
            b":level",
            b":@",
            b":%",
            b":@level 9000",
            b":@level 10.0.0.1 9000",
            b":@level example.org 9000",
            b":@level 127.0.0.1 0",
            b":time 127.0.0.1 70000",
            b":time 127.0.0.1 9000 1",
            b"/csound/event\0\0\0,s\0\0i 1 0 1\0",
            b"\x00\x01\x00\x08!\x12\xa4B",
            b"gk\xff init 1",
        ];
        for bytes in refused {
            let refusal = read(bytes).unwrap_err();
            let text = refusal.to_string();
            assert!(text.starts_with("error: ") && refusal.remedy.is_some(), "{bytes:?}: {text}");
        }
    }
}
