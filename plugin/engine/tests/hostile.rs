//! Documents that want what no document may: nothing happens, and it is said.

mod common;

use std::path::{Path, PathBuf};

use common::Instance;

/// A folder with a document, a secret beside it, and a link from the one to the other.
struct Stage {
    folder: tempfile::TempDir,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("document")).unwrap();
        std::fs::create_dir_all(folder.path().join("home")).unwrap();
        std::fs::write(folder.path().join("home/secret"), "1 2 3 4\n").unwrap();
        std::fs::write(folder.path().join("document/own"), "0.25 0.25 0.25 0.25\n").unwrap();
        std::os::unix::fs::symlink(folder.path().join("home/secret"), folder.path().join("document/link"))
            .unwrap();
        Self { folder }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Plays a document of the folder for a while: an instance of instrument 1 runs.
    fn play(&self, instrument: &str) -> Instance {
        let text = format!("nchnls = 2\n0dbfs = 1\ninstr 1\n{instrument}\nendin\nschedule 1, 0, -1\n");
        let (mut instance, status) = Instance::open(&text, Some(self.at("document/piece.csd")));
        assert!(!status.failed, "{:?}", status.diagnostics);
        (0..30).for_each(|_| _ = instance.play(&[]));
        instance
    }

    /// Plays a document that must not get what it wants, and sees that it was said.
    fn refuses(&self, instrument: &str, words: &str) {
        let mut instance = self.play(instrument);
        instance.play_until(instrument, |instance, _| instance.said(words));
        assert_eq!(std::fs::read_to_string(self.at("home/secret")).unwrap(), "1 2 3 4\n");
    }
}

/// Code that puts a path together while it plays: what a text names as a whole is carried by the project.
fn put_together(path: &Path) -> String {
    let (folder, name) = (path.parent().unwrap().display(), path.file_name().unwrap().to_string_lossy());
    format!(" Spath strcat \"{folder}/\", \"{name}\"\n")
}

#[test]
fn its_own_folder_can_be_read() {
    let stage = Stage::new();
    let mut instance = stage.play(&format!(
        "{} Sline, i1 readfi Spath\n i2 strtod strsub(Sline, 0, 4)\n a1 oscili i2, 440\n outs a1, a1",
        put_together(&stage.at("document/own"))
    ));
    instance.play_until_good("what it has read is heard");
}

#[test]
fn no_file_outside_can_be_read() {
    let stage = Stage::new();
    for path in ["home/secret", "document/../home/secret", "document/link"] {
        stage.refuses(
            &format!("{} Sline, i1 readfi Spath", put_together(&stage.at(path))),
            "failed to open file",
        );
    }
    let passwords = put_together(Path::new("/etc/passwd"));
    stage.refuses(&format!("{passwords} Sline, i1 readfi Spath"), "failed to open file");
}

#[test]
fn no_table_is_made_of_a_file_outside() {
    let stage = Stage::new();
    let table = format!("{} i1 ftgen 0, 0, 0, -23, Spath\n", put_together(&stage.at("home/secret")));
    stage.refuses(&table, "ftable");
}

#[test]
fn nothing_outside_can_be_written() {
    let stage = Stage::new();
    for path in ["home/new", "document/new", "document/own", "document/link"] {
        stage.refuses(&format!("{} fprints Spath, \"hello\"", put_together(&stage.at(path))), "open");
        stage.refuses(&format!("{} a1 = 0\n fout Spath, 14, a1", put_together(&stage.at(path))), "open");
    }
    assert!(!stage.at("home/new").exists() && !stage.at("document/new").exists());
    assert!(std::fs::read_to_string(stage.at("document/own")).unwrap().starts_with("0.25"));
}

#[test]
fn no_program_is_started() {
    let stage = Stage::new();
    let touched = stage.at("document/touched");
    // By a name that no check of the text finds.
    let text = format!(
        "nchnls = 2\n0dbfs = 1\n#define RUN(A'B) #$A.$B#\ninstr 1\n i1 $RUN(system'_i) 1, \"touch {}\"\n \
            a1 oscili i1 == 0 ? 0 : 0.25, 440\n outs a1, a1\nendin\nschedule 1, 0, -1\n",
        touched.display()
    );
    let (mut instance, status) = Instance::open(&text, Some(stage.at("document/piece.csd")));
    // Where the text is not refused as a whole, the note is.
    let words = if status.failed { "program" } else { "may run no program" };
    instance.play_until("it is said", |instance, _| instance.said(words));
    assert!(!touched.exists());
}

#[test]
fn no_socket_is_opened() {
    let stage = Stage::new();
    let listener = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    stage.refuses(&format!(" OSCsend 1, \"127.0.0.1\", {port}, \"/a\", \"i\", 1"), "not let use the network");
    assert!(listener.recv(&mut [0; 64]).is_err(), "nothing has come");
}
