//! What of a document's `<CsOptions>` holds without its devices: the reference plays the file's own options
//! less those that name a sound card, a MIDI port, an output file or the shape of such a file.
//!
//! Only text: nothing is run here. Unknown options stay, so that the command line may complain about them.

/// Long options that speak of devices, output files and displays, without their `--`.
const DEVICES_LONG: [&str; 42] = [
    "input",
    "output",
    "midi-device",
    "midioutfile",
    "nosound",
    "logfile",
    "realtime",
    "port",
    "udp-mcast-port",
    "udp-mirror-console",
    "udp-console",
    "iobufsamps",
    "hardwarebufsamps",
    "sample-rate",
    "use-system-sr",
    "get-system-sr",
    "devices",
    "midi-devices",
    "sched",
    "noheader",
    "wave",
    "aiff",
    "au",
    "ircam",
    "ogg",
    "mpeg",
    "vbr",
    "format",
    "nopeaks",
    "rewrite",
    "dither",
    "dither-uniform",
    "dither-triangular",
    "heartbeat",
    "notify",
    "displays",
    "nodisplays",
    "asciidisplay",
    "postscriptdisplay",
    "verbose",
    "messagelevel",
    "print_version",
];

/// One-letter options of the same kind that stand alone: no sound, headers, formats, displays.
const DEVICES_ALONE: &str = "nAJWhcau8s3lfvdgGRNKH";

/// One-letter options that take a value, of either kind.
const WITH_VALUE: &str = "UiobBrkmxtLMFQOj@";

/// Those of them that speak of devices.
const DEVICES_WITH_VALUE: &str = "iobBrmLMQO";

/// The options of the text between `<CsOptions>` and `</CsOptions>` that do not speak of devices, each as one
/// word that Csound reads by itself.
pub fn without_devices(text: &str) -> Vec<String> {
    text.lines().flat_map(|line| keep(&words(line))).collect()
}

/// A line's words up to a comment; quoted blanks do not part words, and quotes stay.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for (at, character) in line.char_indices() {
        let word_starts = words.last().is_some_and(String::is_empty);
        let comment = [";", "#", "//", "/*"].iter().any(|mark| line[at..].starts_with(mark));
        if word_starts && comment {
            break;
        }
        if character.is_whitespace() && !quoted {
            words.push(String::new());
            continue;
        }
        quoted ^= character == '"';
        // PANIC: `words` holds one word from the start and only grows.
        words.last_mut().expect("never empty").push(character);
    }
    words.retain(|word| !word.is_empty());
    words
}

fn keep(words: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        if let Some(long) = word.strip_prefix("--") {
            let name = long.split(['=', ':']).next().unwrap_or(long);
            if !DEVICES_LONG.contains(&name) {
                kept.push(word.clone());
            }
        } else if let Some(setting) = word.strip_prefix("-+") {
            if !(setting.starts_with("rt") || setting.starts_with("jack")) {
                kept.push(word.clone());
            }
        } else if let Some(letters) = word.strip_prefix('-') {
            kept.extend(keep_letters(letters, || rest.next().cloned().unwrap_or_default()));
        }
        // Anything else is the word `csound` or the name of a file, which the command line gives itself.
    }
    kept
}

/// Takes a word like `Wdm0o` apart; `next` gives the word behind it for a value that stands there.
fn keep_letters(letters: &str, mut next: impl FnMut() -> String) -> Vec<String> {
    let mut kept = Vec::new();
    let mut rest = letters;
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        if WITH_VALUE.contains(letter) {
            let whole = if rest.is_empty() { next() } else { rest.to_owned() };
            let value_len = if "bBmtj".contains(letter) { number_len(&whole) } else { whole.len() };
            let value = whole[..value_len].to_owned();
            if !DEVICES_WITH_VALUE.contains(letter) {
                kept.push(format!("-{letter}{value}"));
            }
            rest = if rest.is_empty() { "" } else { &rest[value_len..] };
        } else if !DEVICES_ALONE.contains(letter) && !letter.is_ascii_digit() {
            kept.push(format!("-{letter}"));
        }
    }
    kept
}

/// Length of the number at a text's start.
fn number_len(text: &str) -> usize {
    text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-')).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::without_devices;

    #[test]
    fn devices_and_files_go_the_rest_stays() {
        for (options, kept) in [
            ("-odac -iadc ;;;realtime audio", ""),
            (
                "csound -n -d -+rtmidi=NULL -M0 -m0d --midi-key=4 --midi-velocity-amp=5",
                "--midi-key=4 --midi-velocity-amp=5",
            ),
            ("-o \"my file.wav\" -W -t 90", "-t90"),
            ("-Wdo x.wav -t60d --omacro:X=\"a b\"", "-t60 --omacro:X=\"a b\""),
            (
                "--env:SSDIR+=../samples -b 512 -B2048\n; -t 60\n  -+raw_controller_mode=1",
                "--env:SSDIR+=../samples -+raw_controller_mode=1",
            ),
            ("-F x.mid -r 48000 -k 4800 -j4", "-Fx.mid -k4800 -j4"),
            ("--format=24bit --output=dac --0dbfs=2 // --nchnls=3", "--0dbfs=2"),
            ("-idevaudio -odevaudio -m7 -A -T", "-T"),
        ] {
            assert_eq!(without_devices(options).join(" "), kept, "{options}");
        }
    }
}
