//! The files that a document plays with: included text, and sound files that it names.
//!
//! They are carried in the project, so that it plays after their folder is gone, and sounds the same when they have
//! changed there. This is the value that is carried; [`Assets::gather`] is the only place that reads the files. How a
//! document wants a file to be in the project is in `wishes`, what is known of one that is not in it in `link`.

mod link;
mod wishes;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::compose::{self, Composition};
use super::directives::Directive;
use super::named_files;
use super::text::{self, decode};
use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::encoding::Encoding;

use link::Found;
pub use link::Link;
pub(super) use wishes::check;
use wishes::{Wish, Wishes};

/// Longer files are not carried, in bytes: they have to be at their place. `;@asset` may embed longer ones.
pub const ASSET_BYTES_MAX: u64 = 16 << 20;
/// Bytes that all files together can have which are longer than [`ASSET_BYTES_MAX`] and embedded by `;@asset`.
pub const EMBEDDED_BYTES_MAX: u64 = 128 << 20;
/// Files that a document can carry.
const ASSETS_MAX: usize = 4096;

/// One carried file. Serialized as `{"path": …, "text": …}`, `{"path": …, "latin1": …}`,
/// `{"path": …, "data": base64}`, `{"path": …, "linked": bytes}` or
/// `{"path": …, "link": {"bytes": …, "sha256": …, "modified": …, "at": …}}`.
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
    /// Nothing but what it is known by: the document links it.
    Link(Link),
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
        let wishes = Wishes::of(&composition.sections);
        let mut names = named_files::names(&composition.sections);
        names.extend(
            wishes
                .names()
                .filter(|name| !names.iter().any(|known| known == name))
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        );
        for name in names {
            let wish = wishes.of_file(&name);
            if assets.assets.len() >= ASSETS_MAX
                || assets.get(&name).is_some_and(|known| known.content.fits(wish))
            {
                continue;
            }
            let found = on_disk(&name, origin, &composition.folders);
            let found = found.filter(|path| !origin.is_some_and(|origin| same_file(origin, path)));
            let known = assets.get(&name).map(|asset| asset.content.clone());
            let room = EMBEDDED_BYTES_MAX.saturating_sub(assets.embedded_bytes());
            if let Some(content) = Content::wanted(wish, known, &name, found, origin, room) {
                assets.set(name, content);
            }
        }
        assets
    }

    /// Bytes of the files that are carried though they are long.
    fn embedded_bytes(&self) -> u64 {
        let lengths = self.iter().map(|asset| match &asset.content {
            Content::Bytes(bytes) => bytes.len() as u64,
            _ => 0,
        });
        lengths.filter(|length| *length > ASSET_BYTES_MAX).sum()
    }

    /// Takes this for what is carried of a file.
    fn set(&mut self, path: String, content: Content) {
        match Arc::make_mut(&mut self.assets).iter_mut().find(|asset| asset.path == path) {
            Some(asset) => asset.content = content,
            None => self.add(path, content),
        }
    }

    /// The same for the included texts alone. `[control]`
    #[must_use]
    pub fn with_texts(text: &str, origin: Option<&Path>, carried: &Self) -> Self {
        Self::compose(text, origin, carried).0
    }

    /// A document composed with the texts it includes, and those beside what is carried.
    fn compose(text: &str, origin: Option<&Path>, carried: &Self) -> (Self, Composition) {
        let mut assets = carried.clone();
        let composition = compose::compose(text, &mut |path, folders| {
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
                && all.get(name).is_none_or(|asset| asset.content.is_elsewhere())
                && on_disk(name, origin, &composition.folders).is_none()
                && all.get(name).is_none_or(|asset| asset.found(origin, &composition.folders).is_none())
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

    /// Where the disk says something else than what is carried, and what is not carried, for a document with these directives: one
    /// note for each file. `[control]`
    pub fn notes(&self, origin: Option<&Path>, directives: &[Directive]) -> Vec<Diagnostic> {
        let wishes = Wishes::read(directives, &mut Vec::new());
        let mut notes = Vec::new();
        for asset in self.iter() {
            let on_disk = on_disk(&asset.path, origin, &[]);
            if asset.path != OWN && matches!(asset.content, Content::Latin1(_)) {
                let text = format!("{} is not UTF-8; it was read as Latin-1", asset.path);
                notes.push(Diagnostic::warning(None, text).with_remedy("save the file as UTF-8"));
            }
            let note = match (&asset.content, on_disk) {
                (Content::Linked(_), Some(_)) => {
                    let most = ASSET_BYTES_MAX >> 20;
                    let text = format!("the project does not carry {}: it is longer than {most} MB", asset.path);
                    Diagnostic::note(None, text)
                        .with_remedy("keep the file at its place beside the document, or write ;@asset \"…\" embed")
                }
                (Content::Link(_), _) if wishes.of_file(&asset.path) == Some(Wish::Embed) => {
                    let most = EMBEDDED_BYTES_MAX >> 20;
                    let text = format!(
                        "{} is not embedded: ;@asset can embed {most} MB of long files, which it does not fit in; it is linked",
                        asset.path
                    );
                    Diagnostic::warning(None, text).with_remedy("keep the file beside the document")
                }
                (Content::Link(link), _) => match asset.found(origin, &[]) {
                    Some(Found { is_same: true, .. }) => continue,
                    Some(Found { path, is_same: false }) => Diagnostic::note(
                        None,
                        format!("{} is not what the project was saved with; what is at {} plays", asset.path, path.display()),
                    )
                    .with_remedy("load the document again to take it as it is"),
                    None => Diagnostic::warning(None, missing_link(&asset.path, link)).with_remedy(
                        "put the file beside the document, under any name, or into a folder of the environment's SSDIR",
                    ),
                },
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
        let unknown = wishes.names().filter(|name| self.get(name).is_none());
        notes.extend(unknown.map(|name| {
            Diagnostic::warning(None, format!("the file {name}, which ;@asset names, is not there"))
                .with_remedy("put the file beside the document")
        }));
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
        let mut moved = self.linked_elsewhere();
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

    /// Linked files that lie somewhere else than their names say: their names, and where they are. `[any]`
    fn linked_elsewhere(&self) -> Vec<(String, PathBuf)> {
        let link = |asset: &Asset| match &asset.content {
            Content::Link(Link { at: Some(at), .. }) => Some((asset.path.clone(), at.clone())),
            _ => None,
        };
        self.iter().filter_map(link).collect()
    }

    /// The linked files, where they are: an engine has to be let read them. `[control]`
    pub fn linked_files(&self, origin: Option<&Path>) -> Vec<PathBuf> {
        let links = self.iter().filter(|asset| matches!(asset.content, Content::Link(_)));
        links.filter_map(|asset| Some(asset.found(origin, &[])?.path)).collect()
    }

    /// Whether there is anything to unpack, or to be named where it is. `[any]`
    pub fn has_files(&self) -> bool {
        let is_file = |asset: &Asset| match &asset.content {
            Content::Bytes(_) => true,
            Content::Link(link) => link.at.is_some(),
            _ => false,
        };
        self.iter().any(is_file)
    }
}

impl Asset {
    /// Where a file is that the document links.
    fn found(&self, origin: Option<&Path>, folders: &[String]) -> Option<Found> {
        let Content::Link(link) = &self.content else { return None };
        link.find(&self.path, on_disk(&self.path, origin, folders).as_deref(), origin)
    }
}

/// What is said of a linked file that is nowhere.
fn missing_link(path: &str, link: &Link) -> String {
    let start = link.sha256.get(..12).unwrap_or_default();
    format!(
        "the file {path} is not there: the project has it by its content alone ({} bytes, SHA-256 {start}…)",
        link.bytes
    )
}

/// Carried files in a folder.
#[derive(Debug)]
pub struct Unpacked {
    /// Where relative names are found.
    pub folder: PathBuf,
    /// Names of files that lie elsewhere, and where they are now.
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
            Self::Bytes(_) | Self::Linked(_) | Self::Link(_) => None,
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

    /// Whether this is what a document wants to be carried. A linked file is looked for each time.
    fn fits(&self, wish: Option<Wish>) -> bool {
        match self {
            Self::Text(_) | Self::Latin1(_) => true,
            Self::Bytes(_) => wish != Some(Wish::Link),
            Self::Linked(_) => wish.is_none(),
            Self::Link(_) => false,
        }
    }

    /// Whether the file itself is not in the project.
    fn is_elsewhere(&self) -> bool {
        matches!(self, Self::Linked(_) | Self::Link(_))
    }

    /// What is to be carried of a file that was found or not, instead of what was known of it; `room` is what long files may
    /// have. `None` where nothing is to change.
    fn wanted(
        wish: Option<Wish>,
        known: Option<Self>,
        name: &str,
        named: Option<PathBuf>,
        origin: Option<&Path>,
        room: u64,
    ) -> Option<Self> {
        // A linked file may lie elsewhere.
        let found = match &known {
            Some(Self::Link(link)) => link.find(name, named.as_deref(), origin),
            _ => named.clone().map(|path| Found { path, is_same: true }),
        };
        let Found { path: found, is_same } = found?;
        let link = |path: &Path| match &known {
            Some(Self::Link(link)) if is_same => {
                Some(Self::Link(link.found_at(path, named.as_deref() == Some(path))))
            }
            // What the project was saved with is still what it is known by.
            Some(Self::Link(link)) => Some(Self::Link(Link { at: None, ..link.clone() })),
            _ => Link::of(path).ok().map(Self::Link),
        };
        match wish {
            Some(Wish::Link) => match &known {
                // What is carried is not given up for a file that is another one.
                Some(carried @ Self::Bytes(_)) if carried.differs_from(&found) => None,
                _ => link(&found),
            },
            Some(Wish::Embed) => {
                let bytes = std::fs::metadata(&found).ok()?.len();
                let fits = bytes <= ASSET_BYTES_MAX || bytes <= room;
                if fits { std::fs::read(&found).ok().map(Self::Bytes) } else { link(&found) }
            }
            None => Self::of_file(&found),
        }
    }

    fn differs_from(&self, path: &Path) -> bool {
        let Ok(bytes) = std::fs::read(path) else { return false };
        match self {
            Self::Text(text) | Self::Latin1(text) => plain_text(&bytes) != *text,
            Self::Bytes(carried) => bytes[..] != carried[..],
            Self::Linked(_) | Self::Link(_) => false,
        }
    }
}

/// The file that a name means, where it may travel with the project: absolute, beside the document, or in one of these
/// folders, which may be relative to the document's.
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
    use std::io::Write as _;

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
            notes.len() == 1
                && notes[0].contains("kit/kick.wav is not there")
                && notes[0].contains("8 bytes"),
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
}
