//! The files that a document plays with: included text, and sound files that it names.
//!
//! They are carried in the project, so that it plays after their folder is gone, and sounds the same when they have
//! changed there. This is the value that is carried; [`Assets::gather`] is the only place that reads the files.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::named_files;
use super::read::{self, Composition};
use super::text::{self, decode};
use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::encoding::Encoding;

/// Longer files are not carried, in bytes: they have to be at their place.
pub const ASSET_BYTES_MAX: u64 = 16 << 20;
/// Files that a document can carry.
const ASSETS_MAX: usize = 4096;

/// One carried file. Serialized as `{"path": …, "text": …}`, `{"path": …, "latin1": …}`,
/// `{"path": …, "data": base64}` or `{"path": …, "linked": bytes}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// As the document names it, or relative to the document's folder; with `/` between folders. Empty for the document's
    /// own file, of which nothing is carried but that it is Latin-1.
    pub path: String,
    /// What is carried of it.
    #[serde(flatten)]
    pub content: Content,
}

/// What is carried of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// A text that the document includes.
    Text(String),
    /// The same, of a file in Latin-1.
    Latin1(String),
    /// The bytes of any other file.
    #[serde(rename = "data", with = "in_base64")]
    Bytes(Vec<u8>),
    /// Nothing: it is longer than [`ASSET_BYTES_MAX`]. How many bytes it had.
    Linked(u64),
}

/// The files of one document. Cheap to clone. One that cannot be read back is left out; the others are taken.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(from = "Vec<serde_json::Value>")]
pub struct Assets {
    assets: Arc<Vec<Asset>>,
}

impl From<Vec<serde_json::Value>> for Assets {
    fn from(saved: Vec<serde_json::Value>) -> Self {
        let assets = saved.into_iter().filter_map(|asset| serde_json::from_value(asset).ok()).collect();
        Self { assets: Arc::new(assets) }
    }
}

impl Serialize for Assets {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.assets.serialize(to)
    }
}

impl Assets {
    /// What a document of this text plays with: the files that were carried already, as they were carried, and those it
    /// names besides, read from the disk. `[control]`
    #[must_use]
    pub fn gather(text: &str, origin: Option<&Path>, carried: &Self) -> Self {
        let (mut assets, composition) = Self::compose(text, origin, carried);
        for name in named_files::names(&composition.sections) {
            if assets.assets.len() >= ASSETS_MAX || assets.get(&name).is_some() {
                continue;
            }
            let found = on_disk(&name, origin, &composition.folders);
            let found = found.filter(|path| !origin.is_some_and(|origin| same_file(origin, path)));
            if let Some(content) = found.and_then(|path| Content::of_file(&path)) {
                assets.add(name, content);
            }
        }
        assets
    }

    /// The same for the included texts alone. `[control]`
    #[must_use]
    pub fn with_texts(text: &str, origin: Option<&Path>, carried: &Self) -> Self {
        Self::compose(text, origin, carried).0
    }

    /// A document composed with the texts it includes, and those beside what is carried.
    fn compose(text: &str, origin: Option<&Path>, carried: &Self) -> (Self, Composition) {
        let mut assets = carried.clone();
        let composition = read::compose(text, &mut |path, folders| {
            if let Some(text) = assets.text(path) {
                return Some(Arc::from(text));
            }
            let found = on_disk(path, origin, folders)?;
            let is_short = std::fs::metadata(&found).is_ok_and(|about| about.len() <= ASSET_BYTES_MAX);
            if !is_short || assets.assets.len() >= ASSETS_MAX {
                return None;
            }
            let content = Content::included(&std::fs::read(found).ok()?);
            let text = content.text().map(Arc::from);
            assets.add(path.to_owned(), content);
            text
        });
        if !text.is_ascii() && assets.get(OWN).is_none() && is_latin_1(text, origin) {
            assets.add(OWN.to_owned(), Content::Latin1(String::new()));
        }
        (assets, composition)
    }

    /// The files that a document of this text plays with and that are neither carried nor on the disk: names with the
    /// ending of a kind that documents play. `[control]`
    #[must_use]
    pub fn missing(&self, text: &str, origin: Option<&Path>) -> Vec<String> {
        let (all, composition) = Self::compose(text, origin, self);
        let is_missing = |name: &String| {
            let kind =
                Path::new(name).extension().and_then(|kind| kind.to_str()).map(str::to_ascii_lowercase);
            kind.is_some_and(|kind| KINDS.contains(&kind.as_str()))
                && all.get(name).is_none_or(|asset| matches!(asset.content, Content::Linked(_)))
                && on_disk(name, origin, &composition.folders).is_none()
        };
        named_files::names(&composition.sections).into_iter().filter(is_missing).collect()
    }

    /// The same with another file under the name that a document has for it. `[control]`
    ///
    /// # Errors
    /// Where the file cannot be read, or is longer than [`ASSET_BYTES_MAX`].
    pub fn with_file(&self, name: &str, file: &Path) -> std::io::Result<Self> {
        let bytes = std::fs::read(file)?;
        if bytes.len() as u64 > ASSET_BYTES_MAX {
            return Err(std::io::Error::new(
                std::io::ErrorKind::FileTooLarge,
                format!("it is longer than {} MB: put it beside the document", ASSET_BYTES_MAX >> 20),
            ));
        }
        let content = match self.get(name) {
            Some(Asset { content: Content::Text(_), .. }) => Content::Text(plain_text(&bytes)),
            _ => Content::Bytes(bytes),
        };
        let mut assets: Vec<Asset> = self.iter().filter(|asset| asset.path != name).cloned().collect();
        assets.push(Asset { path: name.to_owned(), content });
        Ok(Self { assets: Arc::new(assets) })
    }

    fn add(&mut self, path: String, content: Content) {
        Arc::make_mut(&mut self.assets).push(Asset { path, content });
    }

    /// The text of an included file. `[any]`
    pub fn text(&self, path: &str) -> Option<&str> {
        self.get(path)?.content.text()
    }

    /// How a document of this text is written for Csound. `[any]`
    pub(super) fn encoding(&self, text: &str) -> Encoding {
        let is_latin_1 = |asset: &Asset| matches!(asset.content, Content::Latin1(_));
        let own = (text, self.get(OWN).is_some_and(is_latin_1));
        let included = self.iter().filter_map(|asset| Some((asset.content.text()?, is_latin_1(asset))));
        text::encoding(std::iter::once(own).chain(included))
    }

    /// A file by the name the document has for it. `[any]`
    pub fn get(&self, path: &str) -> Option<&Asset> {
        self.assets.iter().find(|asset| asset.path == path)
    }

    /// All of them, in the order in which they were found. `[any]`
    pub fn iter(&self) -> impl Iterator<Item = &Asset> {
        self.assets.iter()
    }

    /// Whether there is none. `[any]`
    pub fn is_empty(&self) -> bool {
        self.assets.is_empty()
    }

    /// Where the disk says something else than what is carried, and what is not carried: one note for each file.
    /// `[control]`
    pub fn notes(&self, origin: Option<&Path>) -> Vec<Diagnostic> {
        let mut notes = Vec::new();
        for asset in self.iter() {
            let on_disk = on_disk(&asset.path, origin, &[]);
            if asset.path != OWN && matches!(asset.content, Content::Latin1(_)) {
                let text = format!("{} is not UTF-8; it was read as Latin-1", asset.path);
                notes.push(Diagnostic::warning(None, text).with_remedy("save the file as UTF-8"));
            }
            let note = match (&asset.content, on_disk) {
                (Content::Linked(_), Some(_)) => {
                    let mut text = format!("the project does not carry {}: it is longer than ", asset.path);
                    let _ = write!(text, "{} MB", ASSET_BYTES_MAX >> 20);
                    Diagnostic::note(None, text).with_remedy("keep the file at its place beside the document")
                }
                (Content::Linked(_), None) => Diagnostic::warning(
                    None,
                    format!(
                        "the file {} is not there, and too long to be carried in the project",
                        asset.path
                    ),
                )
                .with_remedy("put the file back beside the document"),
                (content, Some(path)) if content.differs_from(&path) => Diagnostic::note(
                    None,
                    format!(
                        "{} on the disk is not what the project carries, which is what plays",
                        asset.path
                    ),
                )
                .with_remedy("load the document again to take the file from the disk"),
                _ => continue,
            };
            notes.push(note);
        }
        notes
    }

    /// Writes the carried files that are no included texts into a folder. Returns the folder in which their relative
    /// names are found, and where the absolute ones are now. `[control]`
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn unpack(&self, folder: &Path) -> std::io::Result<Unpacked> {
        let depth =
            self.assets.iter().map(|asset| asset.path.split('/').filter(|part| *part == "..").count());
        let base = (0..depth.max().unwrap_or(0)).fold(folder.join("carried"), |base, _| base.join("in"));
        let mut moved = Vec::new();
        for (index, asset) in self.assets.iter().enumerate() {
            let Content::Bytes(bytes) = &asset.content else { continue };
            let named = Path::new(&asset.path);
            let path = if named.is_absolute() {
                let name = named.file_name().unwrap_or_default();
                let path = folder.join("absolute").join(index.to_string()).join(name);
                moved.push((asset.path.clone(), path.clone()));
                path
            } else {
                base.join(named)
            };
            std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
            std::fs::write(path, bytes)?;
        }
        std::fs::create_dir_all(&base)?;
        Ok(Unpacked { folder: base, moved })
    }

    /// Whether there is anything to unpack. `[any]`
    pub fn has_bytes(&self) -> bool {
        self.assets.iter().any(|asset| matches!(asset.content, Content::Bytes(_)))
    }
}

/// Carried files in a folder.
#[derive(Debug)]
pub struct Unpacked {
    /// Where relative names are found.
    pub folder: PathBuf,
    /// Absolute names, and where their files are now.
    pub moved: Vec<(String, PathBuf)>,
}

/// A text with `\n` line ends.
fn plain_text(bytes: &[u8]) -> String {
    decode(bytes).0.replace("\r\n", "\n").replace('\r', "\n")
}

/// The path of the document's own file.
const OWN: &str = "";

/// Whether a text is that of a file, and the file is not UTF-8.
fn is_latin_1(text: &str, origin: Option<&Path>) -> bool {
    let Some(bytes) = origin.and_then(|origin| std::fs::read(origin).ok()) else { return false };
    let (read, warning) = decode(&bytes);
    warning.is_some() && read == text
}

impl Content {
    /// An included text of a file.
    fn included(bytes: &[u8]) -> Self {
        let (text, warning) = (plain_text(bytes), decode(bytes).1);
        if warning.is_some() { Self::Latin1(text) } else { Self::Text(text) }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Latin1(text) => Some(text),
            Self::Bytes(_) | Self::Linked(_) => None,
        }
    }

    /// What is carried of a file; `None` where it cannot be read, of which Csound complains.
    fn of_file(path: &Path) -> Option<Self> {
        let bytes = std::fs::metadata(path).ok()?.len();
        if bytes > ASSET_BYTES_MAX {
            Some(Self::Linked(bytes))
        } else {
            std::fs::read(path).ok().map(Self::Bytes)
        }
    }

    fn differs_from(&self, path: &Path) -> bool {
        let Ok(bytes) = std::fs::read(path) else { return false };
        match self {
            Self::Text(text) | Self::Latin1(text) => plain_text(&bytes) != *text,
            Self::Bytes(carried) => bytes[..] != carried[..],
            Self::Linked(_) => false,
        }
    }
}

/// The file that a name means: absolute, beside the document, or in one of these folders, which may be relative to
/// the document's.
/// The file that a name means, where it may travel with the project.
fn on_disk(name: &str, origin: Option<&Path>, folders: &[String]) -> Option<PathBuf> {
    let beside = origin.and_then(Path::parent);
    let named = Path::new(name);
    let found = if named.is_absolute() {
        named.is_file().then(|| named.to_owned())
    } else {
        let of_options =
            folders.iter().map(|folder| beside.map_or_else(|| folder.into(), |beside| beside.join(folder)));
        let folders =
            beside.map(Path::to_owned).into_iter().chain(of_options.filter(|folder| folder.is_absolute()));
        // A document that has no folder of its own, or that was named without one, is looked for where the program
        // runs.
        folders.map(|folder| folder.join(named)).find(|path| path.is_file())
    };
    found.filter(|path| may_travel(path, beside))
}

/// Kinds of files that travel from any folder: orchestra, sounds, spectra, MIDI, soundfonts.
const KINDS: [&str; 34] = [
    "orc", "udo", "inc", "include", "csd", "sco", "h", "lib", "wav", "wave", "aif", "aiff", "aifc", "flac",
    "ogg", "oga", "mp3", "w64", "caf", "au", "snd", "mid", "midi", "sf2", "sf3", "sdif", "mtx", "pvx", "pv",
    "lpc", "het", "cv", "con", "ats",
];

/// Whether a file may be carried in a project, which people give to others: one in the document's folder or below it,
/// or one of a kind that documents play. A text could name any other file of the user's, a key for instance.
fn may_travel(path: &Path, folder: Option<&Path>) -> bool {
    let is_inside = || {
        let (path, folder) = (path.canonicalize().ok()?, folder?.canonicalize().ok()?);
        Some(path.starts_with(folder))
    };
    let kind = path.extension().map(|kind| kind.to_string_lossy().to_ascii_lowercase());
    kind.is_some_and(|kind| KINDS.contains(&kind.as_str())) || is_inside().unwrap_or(false)
}

fn same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

mod in_base64 {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::Deserialize;

    pub fn serialize<S: serde::Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD.decode(text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_missing_is_named_until_another_takes_its_place() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("there.wav"), "RIFF").expect("it is written");
        let origin = folder.path().join("piece.csd");
        let text =
            "instr 1\n a1 diskin2 \"there.wav\"\n a2 diskin2 \"gone.wav\"\n chnset k1, \"gone\"\nendin\n";
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
}
