//! Documents that want what they may not have: nothing happens, and each is told so.

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};

use super::{Case, in_each_host, instrument, is_child};

/// The user's key, below [`Place`].
const KEY: &str = "home/.ssh/id_ed25519";
/// What is said where a file is not opened.
const FILE: &[&str] =
    &["failed to open file", "error opening", "ftgen error", "cannot open", "Failed to open"];

/// A folder with a document and a file of its own, beside a home folder with keys.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Self { folder };
        fs::create_dir_all(place.at("document")).expect("a folder");
        fs::create_dir_all(place.at("home/.ssh")).expect("a folder");
        fs::write(place.at(KEY), "1 2 3 4\n").expect("a file");
        fs::write(place.at("document/own"), "0.25 0.25\n").expect("a file");
        std::os::unix::fs::symlink(place.at(KEY), place.at("document/link")).expect("a link");
        place
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Everything that lies there, with what is in it.
    fn contents(&self) -> Vec<(PathBuf, String)> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder").flatten() {
                match entry.file_type().expect("a type").is_dir() {
                    true => folders.push(entry.path()),
                    false => found.push((entry.path(), fs::read_to_string(entry.path()).unwrap_or_default())),
                }
            }
        }
        found.sort();
        found
    }
}

/// Code that puts a path together while it plays: what a text names as a whole is seen before.
fn put_together(path: &Path) -> String {
    let (folder, name) = (path.parent().expect("a folder").display(), path.file_name().expect("a name"));
    format!(" Spath strcat \"{folder}/\", \"{}\"\n", name.to_string_lossy())
}

/// Plays the instruments, each with this body; one of the words is said of each, and nothing changes at the place.
fn refused(place: &Place, bodies: &[(&'static str, String)], words: &[&str]) {
    let before = place.contents();
    let case = |(name, body): &(&'static str, String)| Case { name, text: instrument(body), words };
    let cases: Vec<Case<'_>> = bodies.iter().map(case).collect();
    let origin = place.at("document/piece.csd");
    in_each_host(&cases, Some(&origin), |what| assert_eq!(place.contents(), before, "{what}"));
}

#[test]
fn files_outside_are_not_read() {
    if !is_child("hostile::files_outside_are_not_read") {
        return;
    }
    let place = Place::new();
    let passwords = Path::new("/etc/passwd");
    let read = |path: &Path| format!("{} Sline, i1 readfi Spath\n prints Sline", put_together(path));
    let table = |path: &Path| format!("{} i1 ftgen 0, 0, 0, -23, Spath\n print i1", put_together(path));
    let whole = |path: &Path| format!(" Sline, i1 readfi \"{}\"\n prints Sline", path.display());
    let bodies = [
        ("the user's key", read(&place.at(KEY))),
        ("the key by its whole name", whole(&place.at(KEY))),
        ("the key by a link", read(&place.at("document/link"))),
        ("the key by ..", read(&place.at("document/../home/.ssh/id_ed25519"))),
        ("the key by a path from the document's folder", whole(Path::new("../home/.ssh/id_ed25519"))),
        ("the key as a table", table(&place.at(KEY))),
        ("the key by a link as a table", table(&place.at("document/link"))),
        ("the passwords", read(passwords)),
        ("the passwords by their whole name", whole(passwords)),
        ("the environment", read(Path::new("/proc/self/environ"))),
        ("the memory of the processor", read(Path::new("/dev/mem"))),
    ];
    refused(&place, &bodies, FILE);
}

#[test]
fn files_outside_are_not_written() {
    if !is_child("hostile::files_outside_are_not_written") {
        return;
    }
    let place = Place::new();
    let sound = |path: &str| format!("{} a1 = 0\n fout Spath, 14, a1", put_together(&place.at(path)));
    let text = |path: &str| format!("{} fprints Spath, \"hello\"", put_together(&place.at(path)));
    let bodies = [
        ("sound in the home folder", sound("home/new")),
        ("sound in the document's folder", sound("document/new")),
        ("text in the home folder", text("home/new")),
        ("text by ..", text("document/../home/new")),
        ("text through a link", text("document/link")),
        ("text over the document's file", text("document/own")),
    ];
    refused(&place, &bodies, FILE);
}

#[test]
fn nothing_is_sent_and_no_port_is_opened() {
    if !is_child("hostile::nothing_is_sent_and_no_port_is_opened") {
        return;
    }
    let place = Place::new();
    let datagrams = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let streams = TcpListener::bind("127.0.0.1:0").expect("a socket");
    datagrams.set_nonblocking(true).expect("it does not wait");
    streams.set_nonblocking(true).expect("it does not wait");
    let datagram_port = datagrams.local_addr().expect("an address").port();
    let stream_port = streams.local_addr().expect("an address").port();
    let bodies = [
        ("a message", format!(" OSCsend 1, \"127.0.0.1\", {datagram_port}, \"/a\", \"i\", 1")),
        ("sound", format!(" a1 = 0.5\n socksend a1, \"127.0.0.1\", {datagram_port}, 64")),
        ("sound in a stream", format!(" a1 = 0.5\n stsend a1, \"127.0.0.1\", {stream_port}")),
        ("a port", " i1 OSCinit 42421\n print i1".to_owned()),
        ("a port for sound", " a1 sockrecv 42422, 64\n outs a1, a1".to_owned()),
    ];
    refused(&place, &bodies, &["network"]);
    assert!(datagrams.recv(&mut [0; 64]).is_err(), "nothing has come");
    assert!(streams.accept().is_err(), "nobody has connected");
}

#[test]
fn no_program_runs() {
    if !is_child("hostile::no_program_runs") {
        return;
    }
    let place = Place::new();
    let touch = format!("touch {}", place.at("document/ran").display());
    // A name that no check of the text finds: it is put together while it plays.
    let hidden = |call: &str| {
        format!(
            " Scode strcat \"instr 9\\n i1 sys\", {{{{tem_i 1, \"{call}\"\nendin\nschedule 9, 0, 0.1\n}}}}\n i2 compilestr Scode"
        )
    };
    let bodies = [
        ("a program", format!(" i1 system_i 1, \"{touch}\"")),
        ("a program by a hidden name", hidden(&touch)),
        ("programs that start programs", hidden(&format!("{touch} & {touch} & sleep 1 & sleep 1 &"))),
    ];
    refused(&place, &bodies, &["program"]);
}
