//! `<CsOptions>`: what is harmless is passed on, what belongs to the host is left out.
//!
//! Csound leaves by longjmp, or crashes, on options it does not know or that lack their value. So this is a
//! whitelist: each option that is passed is put together anew, complete, as one argument. Devices, files, threads
//! and rates are the host's and are dropped, in silence where the sound does not depend on them.

use std::collections::HashMap;

use super::long_options;
use ksmps_data::diagnostic::Diagnostic;

/// One option as csoundSetOption takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsOption {
    /// One normalized argument: `--omacro:X=1`, `-t90`.
    pub argument: String,
    /// The document's line.
    pub line: u32,
}

/// What is done with one option.
pub(super) enum Verdict {
    /// Handed to Csound in this form.
    Pass(String),
    /// The host's business; the sound does not depend on it.
    Drop,
    /// Left out, and the writer should know: why, and what to do.
    Refuse(String, &'static str),
}

use Verdict::{Drop, Pass, Refuse};

pub(super) const REMEDY_UNKNOWN: &str = "take it out; docs/orchestras.md lists the options that work";
pub(super) const REMEDY_VALUE: &str = "write the value directly behind it";
pub(super) const REMEDY_RATE: &str =
    "write ksmps in the orchestra or --ksmps= here; the sample rate is the host's";
pub(super) const REMEDY_MIDI_FILE: &str = "put the MIDI file on a track of the host";
pub(super) const REMEDY_INPUT: &str = "send the sound to the plugin's input, or read the file with diskin2";
const REMEDY_PROGRAM: &str = "run it on the command line";

/// Reads the lines of `<CsOptions>`, each with the document's line.
pub(super) fn read(lines: &[(u32, String)], found: &mut Vec<Diagnostic>) -> Vec<CsOption> {
    let mut options = Vec::new();
    let mut in_comment = false;
    for (line, text) in lines {
        for verdict in verdicts(&tokens(text, &mut in_comment)) {
            match verdict {
                Pass(argument) => options.push(CsOption { argument, line: *line }),
                Drop => {}
                Refuse(why, remedy) => {
                    found.push(Diagnostic::warning(*line, why).with_source(text).with_remedy(remedy));
                }
            }
        }
    }
    options
}

/// The folders for files that options name, in their order.
pub(super) fn folders(options: &[CsOption]) -> Vec<String> {
    let values = options.iter().filter_map(|option| option.argument.strip_prefix("--env:"));
    let lists = values.filter_map(|assignment| assignment.split_once('=')).map(|(_, folders)| folders);
    lists.flat_map(|list| list.split([';', ':'])).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

/// The macros that options define.
pub(super) fn macros(options: &[CsOption]) -> HashMap<String, String> {
    let definition = |option: &CsOption| {
        let argument = &option.argument;
        let definition = argument.strip_prefix("--omacro:").or_else(|| argument.strip_prefix("--smacro:"))?;
        let (name, value) = definition.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    };
    options.iter().filter_map(definition).collect()
}

/// Options of which the value is a text.
const HAS_TEXT: [&str; 4] = ["--env:", "--omacro:", "--smacro:", "--strset"];

/// The arguments of a line: split at blanks, without quotes and comments.
fn tokens(line: &str, in_comment: &mut bool) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = line;
    loop {
        if *in_comment {
            let Some((_, behind)) = rest.split_once("*/") else { return tokens };
            *in_comment = false;
            rest = behind;
        }
        rest = rest.trim_start();
        if rest.is_empty() || rest.starts_with([';', '#']) || rest.starts_with("//") {
            return tokens;
        }
        if let Some(behind) = rest.strip_prefix("/*") {
            *in_comment = true;
            rest = behind;
            continue;
        }
        let mut token = String::new();
        let mut quoted = false;
        let mut escaped = false;
        let end = rest.find(|letter: char| {
            match letter {
                _ if escaped => escaped = false,
                '\\' => {
                    escaped = true;
                    return false;
                }
                '"' => {
                    quoted = !quoted;
                    return false;
                }
                _ if letter.is_whitespace() && !quoted => return true,
                // A list of folders or a macro may have one in it.
                ';' if !quoted && !HAS_TEXT.iter().any(|start| token.starts_with(start)) => return true,
                _ => {}
            }
            token.push(letter);
            false
        });
        rest = &rest[end.unwrap_or(rest.len())..];
        tokens.push(token);
    }
}

/// What is done with each argument of a line.
fn verdicts(tokens: &[String]) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        if let Some(long) = token.strip_prefix("--") {
            verdicts.push(long_options::verdict(long));
        } else if let Some(variable) = token.strip_prefix("-+") {
            verdicts.push(variable_option(variable));
        } else if let Some(cluster) = token.strip_prefix('-') {
            // A flag that wants a value takes the next argument where its own has ended.
            let next = tokens.get(at).filter(|next| !next.starts_with('-'));
            let (mut flags, took_next) = short_options(cluster, next.map(String::as_str));
            verdicts.append(&mut flags);
            at += usize::from(took_next);
        } else if at > 1 {
            verdicts.push(Refuse(format!("`{token}` is no option"), "options begin with -"));
        }
    }
    verdicts
}

/// Names that mean the terminal or a device rather than a file.
pub(super) fn is_device(name: &str) -> bool {
    matches!(name, "-" | "stdin") || name.starts_with('|')
}

/// The flags behind one dash, `-dm3`. The second is whether the last took the next argument as its value.
fn short_options(cluster: &str, next: Option<&str>) -> (Vec<Verdict>, bool) {
    let mut verdicts = Vec::new();
    let mut rest = cluster;
    while let Some(flag) = rest.chars().next() {
        rest = &rest[flag.len_utf8()..];
        match flag {
            // Displays, headers, formats and their like: nothing that is heard.
            'n' | 'A' | 'J' | 'W' | 'h' | 'c' | 'a' | 'u' | '8' | 's' | '3' | 'l' | 'f' | 'v' | 'd' | 'g'
            | 'G' | 'R' | 'N' | 'T' | 'D' | 'K' | 'C' => verdicts.push(Drop),
            'H' | 'z' | 'Z' => rest = rest.trim_start_matches(|c: char| c.is_ascii_digit()),
            'I' => verdicts.push(Refuse("-I, init only, is left out".into(), "take it out")),
            'b' | 'B' | 'j' | 'm' | 't' | 'o' | 'i' | 'x' | 'M' | 'L' | 'F' | 'Q' | 'O' | '@' | 'U' | 'r'
            | 'k' => {
                let (value, took_next) =
                    if rest.is_empty() { (next, next.is_some()) } else { (Some(rest), false) };
                let Some(value) = value else {
                    verdicts.push(Refuse(format!("-{flag} lacks its value and is left out"), REMEDY_VALUE));
                    return (verdicts, false);
                };
                let (verdict, left) = valued_flag(flag, value);
                verdicts.push(verdict);
                rest = left;
                if took_next || rest.is_empty() {
                    return (verdicts, took_next);
                }
            }
            _ => {
                verdicts.push(Refuse(format!("-{flag} is unknown and is left out"), REMEDY_UNKNOWN));
                return (verdicts, false);
            }
        }
    }
    (verdicts, false)
}

/// A flag with its value; what is left of the argument behind a number.
fn valued_flag(flag: char, value: &str) -> (Verdict, &str) {
    match flag {
        'b' | 'B' | 'j' | 'm' => {
            let signless = value.trim_start_matches(['+', '-']);
            let digits = signless.len() - signless.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let (number, rest) = value.split_at(value.len() - signless.len() + digits);
            match number.parse::<i32>() {
                Ok(level) if flag == 'm' => (Pass(format!("-m{level}")), rest),
                Ok(_) => (Drop, rest),
                Err(_) => (Refuse(format!("-{flag} needs a number and is left out"), REMEDY_VALUE), ""),
            }
        }
        't' => (tempo(value), ""),
        'r' => (Drop, ""),
        'k' => {
            (Refuse("-k is left out: the control rate follows from the host's rate".into(), REMEDY_RATE), "")
        }
        'i' if value.starts_with("adc") => (Drop, ""),
        'i' => (Refuse(format!("the input file {value} is not read"), REMEDY_INPUT), ""),
        'F' if is_device(value) => (Refuse(format!("no MIDI is read from {value}"), REMEDY_MIDI_FILE), ""),
        'F' => (Pass(format!("-F{value}")), ""),
        'L' => (Refuse("-L, score lines from a device, is left out".into(), "take it out"), ""),
        'x' => (Refuse("-x, an extract of the score, is left out".into(), REMEDY_PROGRAM), ""),
        '@' => (Refuse(format!("the options in {value} are not read"), "write them here"), ""),
        'U' => (Refuse("-U, a utility, is not run".into(), REMEDY_PROGRAM), ""),
        _ => (Drop, ""),
    }
}

/// `-+name=value`, of which only what belongs to the sound is passed.
fn variable_option(variable: &str) -> Verdict {
    let (name, value) = variable.split_once('=').unwrap_or((variable, "1"));
    match name {
        "raw_controller_mode" => match value {
            "1" | "yes" | "on" | "true" => Pass("-+raw_controller_mode=1".into()),
            "0" | "no" | "off" | "false" => Pass("-+raw_controller_mode=0".into()),
            _ => Refuse("-+raw_controller_mode takes 0 or 1".into(), "write -+raw_controller_mode=1"),
        },
        "no-raw_controller_mode" => Pass("-+raw_controller_mode=0".into()),
        _ if name.starts_with("rt") || name.starts_with("id_") || DEVICE_VARIABLES.contains(&name) => Drop,
        _ => Refuse(format!("-+{name} is left out"), REMEDY_UNKNOWN),
    }
}

/// Settings of drivers, file headers and messages.
const DEVICE_VARIABLES: [&str; 11] = [
    "jack_client",
    "jack_inportname",
    "jack_outportname",
    "jack_sleep_time",
    "alsaseq_client",
    "server",
    "output_stream",
    "input_stream",
    "null_volume",
    "msg_color",
    "max_str_len",
];

/// A tempo in beats per minute for a score on uninterpreted beats.
pub(super) fn tempo(value: &str) -> Verdict {
    match value.parse::<f64>() {
        Ok(beats) if beats > 0.0 && beats.is_finite() => Pass(format!("-t{beats}")),
        // 0 only keeps a file of the sorted score.
        Ok(0.0) => Drop,
        _ => Refuse("-t needs a tempo above 0 and is left out".into(), "write -t120"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, passed: &[&str], warnings: usize) {
        let lines: Vec<(u32, String)> = (1..).zip(text.lines().map(str::to_owned)).collect();
        let mut found = Vec::new();
        let options: Vec<String> =
            read(&lines, &mut found).into_iter().map(|option| option.argument).collect();
        assert_eq!(options, passed, "{text}");
        assert_eq!(found.len(), warnings, "{text}: {found:?}");
        assert!(found.iter().all(|one| one.remedy.is_some() && one.source.is_some()));
    }

    #[test]
    fn the_devices_of_the_host_are_dropped_in_silence() {
        check("-odac -iadc -d ;;;realtime", &[], 0);
        check("csound -W -o dac -b512 -B 1024 -M0 -Q1 -+rtaudio=jack -+rtmidi=null --realtime -j4", &[], 0);
        check("; -odac\n# -Z\n// x\n/* -t90\n-t80 */ -dnm0", &["-m0"], 0);
        check("-dm3", &["-m3"], 0);
    }

    #[test]
    fn what_belongs_to_the_sound_is_passed_complete() {
        check("-t90 -m128 --ksmps=16 --0dbfs=1", &["-t90", "-m128", "--ksmps=16", "--0dbfs=1"], 0);
        check("-t 90 -m 7", &["-t90", "-m7"], 0);
        check("--omacro:X=1 --smacro:Y=\"a b\"", &["--omacro:X=1", "--smacro:Y=a b"], 0);
        check("--midi-key=4 --midi-velocity-amp=5", &["--midi-key=4", "--midi-velocity-amp=5"], 0);
        check("-+raw_controller_mode=yes", &["-+raw_controller_mode=1"], 0);
        check("--env:SSDIR+=;samples", &["--env:SSDIR+=;samples"], 0);
        check(
            "--sample-accurate --nchnls=2 --strset5=a.wav",
            &["--sample-accurate", "--nchnls=2", "--strset5=a.wav"],
            0,
        );
    }

    #[test]
    fn a_semicolon_begins_a_comment_behind_an_option() {
        check("--limiter=0.9;glued", &["--limiter=0.9"], 0);
        check("-t90; -m7", &["-t90"], 0);
        check("--ksmps=16 ;x --nchnls=2\n-m5;", &["--ksmps=16", "-m5"], 0);
        check("--omacro:X=a;b --smacro:Y=\"a;b\";c", &["--omacro:X=a;b", "--smacro:Y=a;b;c"], 0);
        check("-+max_str_len=10000 -+max_str_len", &[], 0);
    }

    #[test]
    fn a_port_is_opened_by_the_user_and_not_by_a_document() {
        let mut found = Vec::new();
        assert!(read(&[(7, "--port=7770".into())], &mut found).is_empty());
        let remedy = found[0].remedy.as_deref().unwrap_or_default();
        assert!(found.len() == 1 && remedy.contains("KSMPS_PORT=7770"), "{found:?}");
    }

    #[test]
    fn what_would_end_csound_is_never_passed() {
        for bad in [
            "--bogus",
            "-b",
            "-t",
            "-@",
            "-F",
            "-L",
            "-U",
            "-s4Q",
            "-m",
            "-mx",
            "-b x",
            "-t-5",
            "-tx",
            "--ksmps=",
            "--ksmps=0",
            "--nchnls=5000",
            "--0dbfs=x",
            "--midi-key=",
            "--omacro:",
            "--env:PATH=x",
            "-y",
            "-o -W",
            "-@ file",
            "--tempo",
            "--logfile=x",
            "--port=7770",
            "-+bogus=1",
            "-odac stray",
        ] {
            check(bad, &[], 1);
        }
    }
}
