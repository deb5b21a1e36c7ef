//! What stands behind the options, in `--help` and in the manual pages: files, environment, exit statuses and examples.

use std::fmt::Write as _;
use std::path::Path;

use clap::CommandFactory as _;
use clap_mangen::{Man, roff};

use crate::{Error, Program};

/// A section: its heading, and its lines.
pub type Section = (&'static str, &'static str);

const EXIT: Section = (
    "EXIT STATUS",
    "0    all is well\n\
     1    the document has errors, does not play, ends its engine or loops for ever; or a file cannot be read or written\n\
     2    the command line makes no sense",
);

const ENVIRONMENT: Section = (
    "ENVIRONMENT",
    "KSMPS_CSOUND         another Csound: its library, or the folder that it is in\n\
     CS_USER_PLUGINDIR    folders of opcode libraries more\n\
     KSMPS_USER_FOLDER    one folder for the user's settings and consents\n\
     KSMPS_PYTHON         another Python: its program, its library, or their folder\n\
     KSMPS_ENGINE         the executable of an engine's process, for development\n\
     SSDIR, SADIR, INCDIR, MFDIR    folders of Csound's for sounds, analyses, included files and MIDI files",
);

/// Of the program itself.
pub const KSMPS: &[Section] = &[
    (
        "FILES",
        "lib/                          Csound, what it needs, its opcode libraries, and their licences\n\
         instruments/                  the factory documents\n\
         ksmps-engine                  the executable of an engine's process\n\
         libksmps_python.so            what documents with Python open\n\
         ~/.config/ksmps/              settings and consents of the user's\n\
         ~/.local/share/ksmps/         texts that have played well, documents that were opened lately",
    ),
    ENVIRONMENT,
    EXIT,
    (
        "EXAMPLES",
        "ksmps check piece.csd\n\
         ksmps render piece.csd --seconds 30 --out piece.wav\n\
         ksmps render drift --midi demo.mid --out drift.wav\n\
         ksmps info",
    ),
];

/// Of `render`.
pub const RENDER: &[Section] = &[
    ENVIRONMENT,
    EXIT,
    (
        "EXAMPLES",
        "ksmps render drift --midi song.mid --out song.wav\n\
             a MIDI file, played by the factory document drift\n\
         ksmps render hall --plugin effect --input dry.wav --out wet.wav\n\
             a sound, sent through the factory document hall\n\
         ksmps render piece.csd --set cutoff=400 --set cutoff=4000@2.5 --seconds 5 --out piece.wav\n\
             a parameter that jumps after two and a half seconds\n\
         ksmps render session.json --out session.flac\n\
             a session of templates and events",
    ),
];

/// Of `check`.
pub const CHECK: &[Section] = &[
    ENVIRONMENT,
    (
        "EXIT STATUS",
        "0    every document plays; there may be warnings\n\
         1    a document has errors, or cannot be read\n\
         2    the command line makes no sense",
    ),
    (
        "EXAMPLES",
        "ksmps check piece.csd\n\
         ksmps check --plugin effect *.csd\n\
         ksmps check drift",
    ),
];

/// Of `info`.
pub const INFO: &[Section] = &[
    ENVIRONMENT,
    (
        "EXIT STATUS",
        "0    there is a Csound that can play\n\
         1    there is none; the line says what to do\n\
         2    the command line makes no sense",
    ),
    ("EXAMPLES", "KSMPS_CSOUND=/opt/csound/lib ksmps info"),
];

/// Of `consent`.
pub const CONSENT: &[Section] = &[
    ("FILES", "~/.config/ksmps/consents.json    what was allowed, by the text of the document and its place"),
    (
        "EXIT STATUS",
        "0    done\n\
         1    the document asks for nothing of that, or a file cannot be read or written\n\
         2    the command line makes no sense",
    ),
    (
        "EXAMPLES",
        "ksmps consent give piece.csd\n\
         ksmps consent give piece.csd files\n\
         ksmps consent withdraw piece.csd\n\
         ksmps consent list",
    ),
];

/// The sections as they stand in `--help`.
pub fn help(sections: &[Section]) -> String {
    let mut text = String::new();
    for (heading, lines) in sections {
        let separator = if text.is_empty() { "" } else { "\n\n" };
        // PANIC: writing into a string does not fail.
        write!(text, "{separator}{heading}:").expect("text");
        lines.lines().for_each(|line| write!(text, "\n  {line}").expect("text"));
    }
    text
}

/// Writes `ksmps.1` and a page for each command into a folder.
///
/// # Errors
/// Where one cannot be written.
pub fn write(folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
    let program = Program::command();
    let commands: Vec<clap::Command> =
        program.get_subcommands().filter(|command| !command.is_hide_set()).cloned().collect();
    page(folder, "ksmps", program, KSMPS)?;
    for command in commands {
        let name = command.get_name().to_owned();
        let sections = match name.as_str() {
            "render" => RENDER,
            "check" => CHECK,
            "info" => INFO,
            _ => CONSENT,
        };
        // PANIC: a page's name lives as long as the program, and there are a handful of them.
        let full: &'static str = format!("ksmps-{name}").leak();
        page(folder, full, command.name(full).bin_name(format!("ksmps {name}")), sections)?;
    }
    Ok(())
}

/// One page: what clap knows, then the sections under their own headings.
fn page(folder: &Path, name: &str, command: clap::Command, sections: &[Section]) -> Result<(), Error> {
    let version = env!("CARGO_PKG_VERSION");
    // Without its hidden commands, and without what is behind the options: that has headings of its own here.
    let command = command.version(version).after_long_help(None::<&str>).disable_help_subcommand(true);
    let man = Man::new(command).section("1").source(format!("ksmps {version}")).manual("Ksmps").date("");
    let path = folder.join(format!("{name}.1"));
    let mut text = Vec::new();
    man.render(&mut text).map_err(Error::file(&path))?;
    let mut more = roff::Roff::new();
    for (heading, lines) in sections {
        more.control("SH", [*heading]).control("nf", []);
        more.text([roff::roman(*lines)]);
        more.control("fi", []);
    }
    more.to_writer(&mut text).map_err(Error::file(&path))?;
    std::fs::write(&path, text).map_err(Error::file(&path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_whole() {
        Program::command().debug_assert();
    }

    #[test]
    fn every_command_has_a_page_with_its_sections() {
        let folder = tempfile::tempdir().expect("a folder");
        write(folder.path()).expect("it can be written");
        for (name, words) in [
            ("ksmps.1", [".SH FILES", ".SH ENVIRONMENT", "ksmps-render(1)", ".SH EXAMPLES"]),
            ("ksmps-render.1", [".SH OPTIONS", ".SH \"EXIT STATUS\"", "KSMPS_CSOUND", "song.mid"]),
            ("ksmps-check.1", [".SH OPTIONS", ".SH \"EXIT STATUS\"", "every document plays", "*.csd"]),
            ("ksmps-info.1", [".SH NAME", ".SH \"EXIT STATUS\"", "KSMPS_CSOUND", "/opt/csound"]),
            ("ksmps-consent.1", [".SH FILES", "consents.json", "consent give", ".SH \"EXIT STATUS\""]),
        ] {
            let text = std::fs::read_to_string(folder.path().join(name)).expect("a page");
            for word in words {
                assert!(text.replace('\\', "").contains(word), "{name} has no {word}:\n{text}");
            }
        }
        assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 5);
    }
}
