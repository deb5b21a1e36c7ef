//! Seam: the archive, as a musician has it: unpacked, checked, installed into a home of its own, played, taken away again.
//! Needs the bundles.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The folder that the archive was unpacked into, and a home.
struct Unpacked {
    scratch: TempDir,
    top: PathBuf,
}

fn said_by(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

#[track_caller]
fn succeeds(command: &mut Command) -> String {
    let output = command.output().expect("it starts");
    let said = said_by(&output);
    assert!(output.status.success(), "{command:?}: {said}");
    said
}

impl Unpacked {
    fn new() -> Self {
        let scratch = tempfile::tempdir().expect("a folder");
        let out = scratch.path().join("out");
        succeeds(Command::new(env!("CARGO_BIN_EXE_xtask")).args(["dist", "--draft", "--out"]).arg(&out));
        succeeds(Command::new("sha256sum").args(["--check", "--strict", "SHA256SUMS"]).current_dir(&out));
        let version = env!("CARGO_PKG_VERSION");
        let name = format!("ksmps-{version}-linux-{}", std::env::consts::ARCH);
        let archive = out.join(format!("{name}.tar.gz"));
        succeeds(Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(scratch.path()));
        let top = scratch.path().join(name);
        Self { scratch, top }
    }

    fn home(&self) -> PathBuf {
        self.scratch.path().join("home of mine")
    }

    /// A command of somebody who lives there and has nothing else.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("HOME", self.home())
            .env("PATH", "/usr/bin:/bin")
            .current_dir(self.scratch.path());
        command
    }

    fn install(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(Path::new("sh"));
        command.arg(self.top.join("install.sh")).args(arguments);
        command
    }
}

#[test]
fn an_archive_is_whole_and_installs_plays_and_goes() {
    let unpacked = Unpacked::new();
    let top = &unpacked.top;
    for part in [
        "Ksmps/Ksmps.clap",
        "Ksmps/ksmps-engine",
        "Ksmps/libksmps_python.so",
        "Ksmps.vst3/Contents/x86_64-linux/libksmps_python.so",
        "Ksmps/lib/ksmcsound64.so.6.0",
        "Ksmps/lib/licences/README.txt",
        "Ksmps.vst3/Contents/Resources/moduleinfo.json",
        "instruments/drift/drift.csd",
        "docs/architecture.md",
        "man/ksmps-render.1",
        "licences/crates.txt",
        "LICENSE-MIT",
        "README.md",
    ] {
        assert!(top.join(part).is_file(), "{part} is missing");
    }
    succeeds(
        Command::new("sha256sum").args(["--check", "--strict", "--quiet", "SHA256SUMS"]).current_dir(top),
    );
    let bill = fs::read_to_string(top.join("sbom.cdx.json")).expect("a bill of materials");
    for part in [
        "\"specVersion\": \"1.5\"",
        "pkg:cargo/egui@",
        "pkg:cargo/pyo3@",
        "pkg:deb/debian/libcsound64-6.0@",
        "libsndfile.so.1",
    ] {
        assert!(bill.contains(part), "{part}");
    }

    // As it was unpacked.
    let program = top.join("ksmps");
    let info = succeeds(unpacked.command(&program).arg("info"));
    let library = top.join("Ksmps/lib/ksmcsound64.so.6.0");
    for words in [library.display().to_string(), top.join("instruments").display().to_string()] {
        assert!(info.contains(&words), "nothing says {words}:\n{info}");
    }
    let render = ["render", "bell", "--seconds", "0.5", "--out", "bell.wav"];
    succeeds(unpacked.command(&program).args(render));
    assert!(fs::metadata(unpacked.scratch.path().join("bell.wav")).expect("a sound").len() > 100_000);

    // Installed, over another program's file, and again.
    let home = unpacked.home();
    let others = [".clap/Other.clap", ".vst3/Other.vst3/x", ".local/bin/other"].map(|path| home.join(path));
    for path in &others {
        fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
        fs::write(path, "x").expect("a file");
    }
    for _ in 0..2 {
        let said = succeeds(&mut unpacked.install(&[]));
        assert_eq!(said.matches("installed ").count(), 3, "{said}");
    }
    let installed = home.join(".local/bin/ksmps");
    let info = succeeds(unpacked.command(&installed).arg("info"));
    for place in [".clap/Ksmps/lib/ksmcsound64.so.6.0", ".clap/Ksmps/ksmps-engine", ".clap/Ksmps/instruments"]
    {
        let place = home.join(place).display().to_string();
        assert!(info.contains(&place), "nothing says {place}:\n{info}");
    }
    succeeds(unpacked.command(&installed).args(render));
    succeeds(unpacked.command(&installed).args(["check", "drift"]));

    let said = succeeds(&mut unpacked.install(&["uninstall"]));
    assert_eq!(said.matches("removed ").count(), 3, "{said}");
    for path in [".clap/Ksmps", ".vst3/Ksmps.vst3", ".local/bin/ksmps"] {
        assert!(fs::symlink_metadata(home.join(path)).is_err(), "{path} is left");
    }
    assert!(others.iter().all(|path| path.is_file()), "what is not ours has to stay");
    assert!(succeeds(&mut unpacked.install(&["uninstall"])).contains("there was nothing to remove"));

    // For everybody, below a folder that stands for /.
    let root = unpacked.scratch.path().join("root");
    succeeds(unpacked.install(&["--system"]).env("DESTDIR", &root));
    assert!(root.join("usr/lib/clap/Ksmps/Ksmps.clap").is_file());
    assert!(root.join("usr/lib/vst3/Ksmps.vst3/Contents").is_dir());
    let link = fs::read_link(root.join("usr/local/bin/ksmps")).expect("a link");
    assert_eq!(link, Path::new("/usr/lib/clap/Ksmps/ksmps"));
    succeeds(unpacked.install(&["--system", "uninstall"]).env("DESTDIR", &root));
    assert!(!root.join("usr/lib/clap/Ksmps").exists());

    // A program of somebody else's with our name is left alone, and a wrong word is refused.
    fs::write(&installed, "somebody else's").expect("a file");
    let said = succeeds(&mut unpacked.install(&[]));
    assert!(
        said.contains("left ") && fs::read_to_string(&installed).is_ok_and(|text| text == "somebody else's")
    );
    let refused = unpacked.install(&["--moon"]).output().expect("it starts");
    assert_eq!(refused.status.code(), Some(2), "{}", said_by(&refused));
    fs::remove_dir_all(top.join("Ksmps.vst3")).expect("it is removed");
    let refused = unpacked.install(&[]).output().expect("it starts");
    assert!(refused.status.code() == Some(1) && said_by(&refused).contains("unpack the archive again"));
}
