//! The files that a document plays with: included text, and sound files that it names.
//!
//! They are carried in the project, so that it plays after their folder is gone, and sounds the same when they have
//! changed there. This is the value that is carried; [`Assets::gather`] is the only place that reads the files. How a
//! document wants a file to be in the project is in `wishes`, what is carried of it in `content`, which file a name means in
//! `on_disk`, what is known of one that is not in the project in `link`.

mod content;
mod link;
mod on_disk;
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

pub use content::Content;
use content::plain_text;
use link::Found;
pub use link::Link;
use on_disk::{KINDS, on_disk, same_file};
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

/// The path of the document's own file.
const OWN: &str = "";

/// Whether a text is that of a file, and the file is not UTF-8.
fn is_latin_1(text: &str, origin: Option<&Path>) -> bool {
    let Some(bytes) = origin.and_then(|origin| std::fs::read(origin).ok()) else { return false };
    let (read, warning) = decode(&bytes);
    warning.is_some() && read == text
}

#[cfg(test)]
mod tests;
