//! The presets of a CLAP library, found and loaded as a host's browser does.

use std::ffi::{CStr, CString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use clack_extensions::preset_discovery::indexer::IndexerImpl;
use clack_extensions::preset_discovery::metadata_receiver::MetadataReceiverImpl;
use clack_extensions::preset_discovery::prelude::{
    FileType, Flags, Location, LocationInfo, PresetDiscoveryFactory, Provider, Soundpack, Timestamp,
    UniversalPluginId,
};
use clack_host::prelude::{HostError, HostInfo, PluginEntry};

use crate::host::PresetInfo;

/// Where a preset is.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub info: PresetInfo,
    /// Its file; `None` for one in the library.
    pub path: Option<CString>,
    pub key: Option<CString>,
    /// The plugins that it is for.
    plugin_ids: Vec<String>,
}

impl Found {
    /// Whether it is for a plugin.
    pub fn is_for(&self, id: &str) -> bool {
        self.plugin_ids.iter().any(|plugin| plugin == id)
    }

    /// Where a host says that it is.
    pub fn location(&self) -> Location<'_> {
        self.path.as_deref().map_or(Location::Plugin, |path| Location::File { path })
    }
}

/// What a provider declares.
#[derive(Default)]
struct Indexer {
    extensions: Vec<String>,
    /// Folders and files; `None` for the library itself.
    locations: Vec<Option<PathBuf>>,
}

fn text(text: &CStr) -> String {
    text.to_string_lossy().into_owned()
}

impl IndexerImpl for Indexer {
    fn declare_filetype(&mut self, file_type: FileType) -> Result<(), HostError> {
        self.extensions.extend(file_type.file_extension.map(text));
        Ok(())
    }

    fn declare_location(&mut self, location: LocationInfo) -> Result<(), HostError> {
        let path = location.location.file_path();
        self.locations.push(path.map(|path| PathBuf::from(std::ffi::OsStr::from_bytes(path.to_bytes()))));
        Ok(())
    }

    fn declare_soundpack(&mut self, _: Soundpack) -> Result<(), HostError> {
        Ok(())
    }
}

/// What a provider tells of one location.
struct Receiver<'a> {
    path: Option<&'a CStr>,
    found: Vec<Found>,
}

impl Receiver<'_> {
    fn with_last(&mut self, change: impl FnOnce(&mut Found)) {
        if let Some(last) = self.found.last_mut() {
            change(last);
        }
    }
}

impl MetadataReceiverImpl for Receiver<'_> {
    fn on_error(&mut self, _: i32, message: Option<&CStr>) {
        panic!("a provider failed: {message:?}");
    }

    fn begin_preset(&mut self, name: Option<&CStr>, key: Option<&CStr>) -> Result<(), HostError> {
        self.found.push(Found {
            info: PresetInfo { name: name.map(text).unwrap_or_default(), is_users: false, words: Vec::new() },
            path: self.path.map(CStr::to_owned),
            key: key.map(CStr::to_owned),
            plugin_ids: Vec::new(),
        });
        Ok(())
    }

    fn add_plugin_id(&mut self, id: UniversalPluginId) {
        assert_eq!(id.abi, c"clap");
        self.with_last(|found| found.plugin_ids.push(text(id.id)));
    }

    fn set_soundpack_id(&mut self, _: &CStr) {}

    fn set_flags(&mut self, flags: Flags) {
        self.with_last(|found| found.info.is_users = flags.contains(Flags::IS_USER_CONTENT));
    }

    fn add_creator(&mut self, _: &CStr) {}

    fn set_description(&mut self, _: &CStr) {}

    fn set_timestamps(&mut self, _: Option<Timestamp>, _: Option<Timestamp>) {}

    fn add_feature(&mut self, feature: &CStr) {
        self.with_last(|found| found.info.words.push(text(feature)));
    }

    fn add_extra_info(&mut self, _: &CStr, _: &CStr) {}
}

/// Every preset that a library's providers tell of.
pub(super) fn find(entry: &PluginEntry, info: &HostInfo) -> Vec<Found> {
    let Some(factory) = entry.get_factory::<PresetDiscoveryFactory>() else { return Vec::new() };
    let ids: Vec<CString> =
        factory.provider_descriptors().filter_map(|one| Some(one.id()?.to_owned())).collect();
    let mut all = Vec::new();
    for id in ids {
        let mut provider =
            Provider::instantiate(Indexer::default(), entry, &id, info).expect("a provider can be made");
        let Indexer { extensions, locations } = std::mem::take(provider.indexer_mut());
        for location in locations {
            let files = location.as_deref().map(|folder| files(folder, &extensions));
            for path in files.map_or(vec![None], |files| files.into_iter().map(Some).collect()) {
                let mut receiver = Receiver { path: path.as_deref(), found: Vec::new() };
                let location = path.as_deref().map_or(Location::Plugin, |path| Location::File { path });
                provider.get_metadata(location, &mut receiver);
                all.extend(receiver.found);
            }
        }
    }
    all
}

/// The files of these types in a folder and those inside it.
fn files(folder: &Path, extensions: &[String]) -> Vec<CString> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_of_type =
            path.extension().is_some_and(|known| extensions.iter().any(|wanted| known == wanted.as_str()));
        if path.is_dir() {
            found.extend(files(&path, extensions));
        } else if is_of_type {
            found.extend(CString::new(path.as_os_str().as_bytes()));
        }
    }
    found.sort();
    found
}
