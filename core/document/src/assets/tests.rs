use std::io::Write as _;

use super::*;

#[test]
fn a_file_that_is_missing_is_named_until_another_takes_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("there.wav"), "RIFF").expect("it is written");
    let origin = folder.path().join("piece.csd");
    let text = "instr 1\n a1 diskin2 \"there.wav\"\n a2 diskin2 \"gone.wav\"\n chnset k1, \"gone\"\nendin\n";
    let carried = Assets::gather(text, Some(&origin), &Assets::default());
    assert_eq!(carried.missing(text, Some(&origin)), ["gone.wav"]);
    let found = carried.with_file("gone.wav", &folder.path().join("there.wav")).expect("it is there");
    assert!(found.missing(text, Some(&origin)).is_empty());
    assert_eq!(found.iter().count(), 2);
    assert!(carried.with_file("gone.wav", &origin).is_err());
}

#[test]
fn a_file_of_another_kind_travels_from_the_documents_folder_alone() {
    let own = tempfile::tempdir().expect("a folder");
    let other = tempfile::tempdir().expect("another");
    for folder in [&own, &other] {
        std::fs::write(folder.path().join("key"), "secret").expect("it is written");
        std::fs::write(folder.path().join("a.WAV"), "RIFF").expect("it is written");
    }
    let origin = own.path().join("piece.csd");
    let key = other.path().join("key");
    let text = format!(
        "instr 1\n a1 diskin2 \"{}\"\n ires readfi \"{}\"\n ires readfi \"key\"\n#include \"{}\"\nendin\n",
        other.path().join("a.WAV").display(),
        key.display(),
        key.display(),
    );
    let carried = Assets::gather(&text, Some(&origin), &Assets::default());
    let names: Vec<&str> = carried.iter().map(|asset| asset.path.as_str()).collect();
    assert!(names.contains(&"key"), "{names:?}");
    assert!(names.iter().any(|name| name.ends_with("a.WAV")), "{names:?}");
    assert!(!names.iter().any(|name| Path::new(name) == key), "{names:?}");
}

/// A folder with a document that names a sound, and that sound.
fn with_sound(directive: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf, String) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("kit")).expect("a folder in it");
    std::fs::write(folder.path().join("kit/kick.wav"), bytes).expect("it is written");
    let text = format!("{directive}\ninstr 1\n a1 diskin2 \"kit/kick.wav\"\nendin\n");
    let origin = folder.path().join("piece.csd");
    (folder, origin, text)
}

/// What a document with these assets says of its files.
fn said(assets: &Assets, text: &str, origin: &Path) -> Vec<String> {
    let document = crate::Document::read(text, Some(origin), assets).expect("it can be played");
    assets.notes(Some(origin), &document.directives).iter().map(ToString::to_string).collect()
}

/// As a project brings them back.
fn saved(assets: &Assets) -> Assets {
    serde_json::from_value(serde_json::to_value(assets).expect("JSON")).expect("assets")
}

#[test]
fn a_linked_file_is_found_after_a_move_by_what_is_in_it() {
    let (folder, origin, text) = with_sound(";@asset \"kit/kick.wav\" link", b"RIFF one");
    let linked = saved(&Assets::gather(&text, Some(&origin), &Assets::default()));
    let Some(Asset { content: Content::Link(link), .. }) = linked.get("kit/kick.wav") else {
        panic!("{linked:?}");
    };
    assert_eq!((link.bytes, link.sha256.len(), link.at.as_deref()), (8, 64, None));
    assert!(said(&linked, &text, &origin).is_empty() && !linked.has_files());
    // Under another name and in another folder, with others of its length around it.
    std::fs::create_dir_all(folder.path().join("a/b")).expect("folders");
    std::fs::write(folder.path().join("a/kick.wav"), b"RIFF two").expect("it is written");
    std::fs::rename(folder.path().join("kit/kick.wav"), folder.path().join("a/b/drum.wav"))
        .expect("it moves");
    let moved = Assets::gather(&text, Some(&origin), &linked);
    let unpacked = moved.unpack(folder.path()).expect("there is nothing to write");
    assert_eq!(unpacked.moved, [("kit/kick.wav".to_owned(), folder.path().join("a/b/drum.wav"))]);
    assert!(moved.has_files() && said(&moved, &text, &origin).is_empty());
    assert!(moved.missing(&text, Some(&origin)).is_empty());
    assert_eq!(moved.linked_files(Some(&origin)), [folder.path().join("a/b/drum.wav")]);
    // On a machine that has it at its place again, and changed since.
    let back = saved(&moved);
    std::fs::rename(folder.path().join("a/b/drum.wav"), folder.path().join("kit/kick.wav"))
        .expect("it moves");
    let back = Assets::gather(&text, Some(&origin), &back);
    assert!(!back.has_files() && said(&back, &text, &origin).is_empty());
    let kick = std::fs::File::create(folder.path().join("kit/kick.wav")).expect("it is there");
    (&kick).write_all(b"RIFF new").expect("it is written");
    // As if some time had passed.
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(2);
    kick.set_modified(later).expect("it has a time");
    let notes = said(&Assets::gather(&text, Some(&origin), &back), &text, &origin);
    assert!(notes.len() == 1 && notes[0].contains("not what the project was saved with"), "{notes:?}");
}

#[test]
fn a_linked_file_that_is_nowhere_is_told_with_what_is_missing() {
    let (folder, origin, text) = with_sound(";@asset \"kit/kick.wav\" link", b"RIFF one");
    let linked = Assets::gather(&text, Some(&origin), &Assets::default());
    std::fs::remove_dir_all(folder.path().join("kit")).expect("it goes");
    let linked = Assets::gather(&text, Some(&origin), &saved(&linked));
    let notes = said(&linked, &text, &origin);
    assert!(
        notes.len() == 1 && notes[0].contains("kit/kick.wav is not there") && notes[0].contains("8 bytes"),
        "{notes:?}"
    );
    assert_eq!(linked.missing(&text, Some(&origin)), ["kit/kick.wav"]);
    let found = linked.with_file("kit/kick.wav", &origin);
    assert!(found.is_err(), "that one is not there either");
}

#[test]
fn what_is_embedded_may_be_long_and_what_is_carried_is_not_given_up() {
    let long = vec![1; ASSET_BYTES_MAX as usize + 1];
    let (folder, origin, text) = with_sound(";@asset \"kit/kick.wav\" embed", &long);
    let plain = text.replace(" embed", "");
    let linked = Assets::gather(&plain, Some(&origin), &Assets::default());
    assert!(matches!(linked.get("kit/kick.wav").map(|one| &one.content), Some(Content::Linked(_))));
    let embedded = Assets::gather(&text, Some(&origin), &linked);
    let is_whole = |assets: &Assets| matches!(&assets.get("kit/kick.wav").expect("there").content, Content::Bytes(bytes) if *bytes == long);
    assert!(is_whole(&embedded) && said(&embedded, &text, &origin).is_empty());
    std::fs::write(folder.path().join("kit/kick.wav"), b"RIFF").expect("it is written");
    let link = text.replace("embed", "link");
    assert!(
        is_whole(&Assets::gather(&link, Some(&origin), &embedded)),
        "the file on the disk is another one"
    );
    std::fs::write(folder.path().join("kit/kick.wav"), &long).expect("it is written");
    let linked = Assets::gather(&link, Some(&origin), &embedded);
    assert!(
        matches!(&linked.get("kit/kick.wav").expect("there").content, Content::Link(link) if link.bytes == long.len() as u64)
    );
    assert!(is_whole(&Assets::gather(&text, Some(&origin), &linked)), "and embedded again");
    // What no string names is carried where a directive names it.
    let computed = ";@asset \"kit/kick.wav\"\ninstr 1\nendin\n";
    std::fs::write(folder.path().join("kit/kick.wav"), b"RIFF").expect("it is written");
    let carried = Assets::gather(computed, Some(&origin), &Assets::default());
    assert!(
        matches!(&carried.get("kit/kick.wav").expect("there").content, Content::Bytes(bytes) if bytes == b"RIFF")
    );
}

#[test]
fn directives_that_do_not_fit_are_warnings() {
    for line in [";@asset", ";@asset embed", ";@asset \"a.wav\" \"b.wav\"", ";@asset \"a.wav\" 1..2"] {
        let document =
            crate::Document::parse(&format!("{line}\ninstr 1\nendin\n"), None).expect("it can be played");
        let said: Vec<String> = document.diagnostics.iter().map(ToString::to_string).collect();
        assert!(said.len() == 1 && said[0].contains("in ;@asset does not fit"), "{line}: {said:?}");
    }
}
