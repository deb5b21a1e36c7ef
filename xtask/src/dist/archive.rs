//! An archive whose bytes depend on what is in it alone: sorted, one time, no owner, two kinds of rights.

use std::io::Write as _;

use flate2::{Compression, GzBuilder};
use sha2::{Digest as _, Sha256};
use tar::{Builder, EntryType, Header};

use super::contents::{Contents, Entry};
use crate::error::Error;

/// Packs everything into one folder of that name, as .tar.gz.
///
/// # Errors
/// Where a file cannot be read.
pub fn pack(folder: &str, contents: &Contents, seconds: u64) -> Result<Vec<u8>, Error> {
    let mut archive = Builder::new(Vec::new());
    for (path, entry) in contents.iter() {
        let path = format!("{folder}/{path}");
        let mut header = Header::new_gnu();
        header.set_mtime(seconds);
        header.set_uid(0);
        header.set_gid(0);
        let written = match entry {
            Entry::Link(to) => {
                header.set_entry_type(EntryType::Symlink);
                header.set_mode(0o777);
                header.set_size(0);
                archive.append_link(&mut header, &path, to)
            }
            Entry::File { is_program, .. } | Entry::Text { is_program, .. } => {
                let bytes = entry.bytes()?;
                header.set_mode(if *is_program { 0o755 } else { 0o644 });
                header.set_size(bytes.len() as u64);
                archive.append_data(&mut header, &path, bytes.as_ref())
            }
        };
        written.map_err(|error| Error::Bundle(format!("{path} cannot be packed: {error}")))?;
    }
    compress(archive).map_err(|error| Error::Bundle(format!("{folder} cannot be packed: {error}")))
}

fn compress(archive: Builder<Vec<u8>>) -> std::io::Result<Vec<u8>> {
    // Without a name and a time of its own.
    let mut packed = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    packed.write_all(&archive.into_inner()?)?;
    packed.finish()
}

/// The checksum of bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_contents_are_the_same_bytes_whenever_they_were_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a");
        let pack_now = || {
            std::fs::write(&file, "text").expect("it is written");
            let mut contents = Contents::default();
            contents.file("z/a", &file, false);
            contents.text("b", "more".to_owned(), true);
            contents.link("c", "z/a");
            pack("top", &contents, 1_700_000_000).expect("it is packed")
        };
        let bytes = pack_now();
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert_eq!(pack_now(), bytes);

        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]));
        let entries: Vec<_> = archive
            .entries()
            .expect("an archive")
            .map(|entry| {
                let entry = entry.expect("an entry");
                let header = entry.header();
                assert_eq!((header.uid().ok(), header.mtime().ok()), (Some(0), Some(1_700_000_000)));
                let path = entry.path().expect("a path").display().to_string();
                (path, header.mode().expect("rights"))
            })
            .collect();
        let expected = [("top/b", 0o755), ("top/c", 0o777), ("top/z/a", 0o644)];
        assert_eq!(entries, expected.map(|(path, mode)| (path.to_owned(), mode)));
    }

    #[test]
    fn a_checksum_is_the_one_that_sha256sum_prints() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
