//! The presets that a CLAP host lists in its browser: a factory with one provider, for the folder of the library's presets
//! and that of the user's. No plugin is made for it, and no Csound opened.
//!
//! A preset is a file, also those of the library: a host may take one from there for a preset of the user, and a
//! location of the kind PLUGIN, which holds many presets, is a container that not every host reads (docs/hosts.md).

use std::ffi::{CStr, CString, OsStr, c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::ptr;

use clap_sys::factory::preset_discovery::{
    CLAP_PRESET_DISCOVERY_IS_FACTORY_CONTENT, CLAP_PRESET_DISCOVERY_IS_USER_CONTENT,
    CLAP_PRESET_DISCOVERY_LOCATION_FILE, clap_preset_discovery_factory, clap_preset_discovery_filetype,
    clap_preset_discovery_indexer, clap_preset_discovery_location, clap_preset_discovery_location_kind,
    clap_preset_discovery_metadata_receiver, clap_preset_discovery_provider,
    clap_preset_discovery_provider_descriptor,
};
use clap_sys::universal_plugin_id::clap_universal_plugin_id;
use clap_sys::version::CLAP_VERSION;

use ksmps_core::document::{PRESET_EXTENSION, preset_folder_name};

use crate::guard::guarded;
use crate::presets::{self, FactoryDocument, factory};
use crate::products::{self, Product};

/// The provider's id.
const ID: &CStr = c"org.ksmps.presets";

/// What the library's entry gives.
pub(super) static FACTORY: clap_preset_discovery_factory = clap_preset_discovery_factory {
    count: Some(count),
    get_descriptor: Some(descriptor),
    create: Some(create),
};

static DESCRIPTOR: clap_preset_discovery_provider_descriptor = clap_preset_discovery_provider_descriptor {
    clap_version: CLAP_VERSION,
    id: ID.as_ptr(),
    name: c"Ksmps".as_ptr(),
    vendor: c"Ksmps".as_ptr(),
};

/// A provider, with the host's indexer that it was made for.
#[repr(C)]
struct Provider {
    /// First, so that the host's pointer to it is a pointer to the whole.
    record: clap_preset_discovery_provider,
    indexer: *const clap_preset_discovery_indexer,
}

unsafe extern "C" fn count(_factory: *const clap_preset_discovery_factory) -> u32 {
    guarded(0, || 1)
}

unsafe extern "C" fn descriptor(
    _factory: *const clap_preset_discovery_factory,
    index: u32,
) -> *const clap_preset_discovery_provider_descriptor {
    guarded(ptr::null(), || if index == 0 { &DESCRIPTOR } else { ptr::null() })
}

unsafe extern "C" fn create(
    _factory: *const clap_preset_discovery_factory,
    indexer: *const clap_preset_discovery_indexer,
    id: *const c_char,
) -> *const clap_preset_discovery_provider {
    guarded(ptr::null(), || {
        // SAFETY: A host gives a C string.
        if indexer.is_null() || id.is_null() || unsafe { CStr::from_ptr(id) } != ID {
            return ptr::null();
        }
        let record = clap_preset_discovery_provider {
            desc: &DESCRIPTOR,
            provider_data: ptr::null_mut(),
            init: Some(init),
            destroy: Some(destroy),
            get_metadata: Some(get_metadata),
            get_extension: Some(get_extension),
        };
        Box::into_raw(Box::new(Provider { record, indexer })).cast()
    })
}

unsafe extern "C" fn destroy(provider: *const clap_preset_discovery_provider) {
    guarded((), || {
        // SAFETY: The host calls this once and last, with the provider that `create` boxed.
        drop(unsafe { Box::from_raw(provider.cast_mut().cast::<Provider>()) });
    })
}

unsafe extern "C" fn get_extension(
    _provider: *const clap_preset_discovery_provider,
    _id: *const c_char,
) -> *const c_void {
    guarded(ptr::null(), ptr::null)
}

/// Says where presets are: in folders that are there. A user who has saved none yet has no folder for them.
unsafe extern "C" fn init(provider: *const clap_preset_discovery_provider) -> bool {
    guarded(false, || {
        // SAFETY: The host calls this with what `create` gave it; its indexer is valid for as long.
        let Some(indexer) = (unsafe { (*provider.cast::<Provider>()).indexer.as_ref() }) else {
            return false;
        };
        let (Some(declare_type), Some(declare_location)) =
            (indexer.declare_filetype, indexer.declare_location)
        else {
            return false;
        };
        let extension = text(PRESET_EXTENSION);
        let file_type = clap_preset_discovery_filetype {
            name: c"Ksmps preset".as_ptr(),
            description: c"Values for the parameters of a document".as_ptr(),
            file_extension: extension.as_ptr(),
        };
        let users = presets::user_folder().filter(|folder| folder.is_dir());
        let locations = [
            (c"Factory library", CLAP_PRESET_DISCOVERY_IS_FACTORY_CONTENT, presets::factory_folder()),
            (c"Your presets", CLAP_PRESET_DISCOVERY_IS_USER_CONTENT, users),
        ];
        let mut locations = locations
            .into_iter()
            .filter_map(|(name, flags, folder)| Some((name, flags, text(folder?.to_str()?))));
        // SAFETY: The host reads the records during the calls.
        unsafe {
            declare_type(indexer, &file_type)
                && locations.all(|(name, flags, folder)| {
                    let location = clap_preset_discovery_location {
                        flags,
                        name: name.as_ptr(),
                        kind: CLAP_PRESET_DISCOVERY_LOCATION_FILE,
                        location: folder.as_ptr(),
                    };
                    declare_location(indexer, &location)
                })
        }
    })
}

unsafe extern "C" fn get_metadata(
    _provider: *const clap_preset_discovery_provider,
    kind: clap_preset_discovery_location_kind,
    location: *const c_char,
    receiver: *const clap_preset_discovery_metadata_receiver,
) -> bool {
    guarded(false, || {
        // SAFETY: The host gives its own receiver, and for a file the path.
        let (receiver, path) = unsafe {
            let Some(record) = receiver.as_ref() else { return false };
            (Receiver(record), (!location.is_null()).then(|| CStr::from_ptr(location)))
        };
        let told = catch_unwind(AssertUnwindSafe(|| match (kind, path) {
            (CLAP_PRESET_DISCOVERY_LOCATION_FILE, Some(path)) => tell_file(&receiver, path),
            _ => false,
        }));
        told.unwrap_or(false)
    })
}

/// Tells what a preset's file holds. Whether the host wanted it.
fn tell_file(receiver: &Receiver<'_>, path: &CStr) -> bool {
    let path = path.to_str().map(Path::new);
    let read = path.map_err(|error| error.to_string()).and_then(|path| Ok((path, presets::read_file(path)?)));
    let (path, preset) = match read {
        Ok(read) => read,
        Err(why) => {
            receiver.fail(&why);
            return false;
        }
    };
    let folder = path.parent().and_then(Path::file_name).and_then(OsStr::to_str).unwrap_or_default();
    let known = factory().iter().find(|known| preset_folder_name(&known.name) == folder);
    let is_of_library = presets::factory_folder().is_some_and(|library| path.starts_with(library));
    match known.filter(|_| is_of_library) {
        Some(document) => tell_of_library(receiver, document, &preset.name),
        None => tell_of_user(receiver, folder, known, &preset.name),
    }
}

/// Tells a document of the library, or one of its presets.
fn tell_of_library(receiver: &Receiver<'_>, document: &FactoryDocument, preset: &str) -> bool {
    let name = &document.name;
    let is_document = preset_folder_name(name) == preset;
    let shown = if is_document { name.clone() } else { format!("{name}: {preset}") };
    if !receiver.begin(&shown) {
        return false;
    }
    receiver.add_products(|product| document.suits(product.layout));
    receiver.set_flags(CLAP_PRESET_DISCOVERY_IS_FACTORY_CONTENT);
    let about = &document.about;
    about.author.iter().for_each(|author| receiver.add_creator(author));
    about.text.iter().for_each(|text| receiver.set_description(text));
    for word in about.category.iter().flat_map(|category| category.split('/')) {
        receiver.add_feature(&word.trim().to_lowercase());
    }
    about.license.iter().for_each(|license| receiver.add_extra("license", license));
    true
}

/// Tells a preset of the user, which is for the document that its folder is called after. What is for a document of the
/// library is for the plugins that play it; of another document nothing is known.
fn tell_of_user(
    receiver: &Receiver<'_>,
    folder: &str,
    known: Option<&FactoryDocument>,
    preset: &str,
) -> bool {
    if !receiver.begin(preset) {
        return false;
    }
    receiver.add_products(|product| known.is_none_or(|known| known.suits(product.layout)));
    receiver.set_flags(CLAP_PRESET_DISCOVERY_IS_USER_CONTENT);
    receiver.add_extra("document", folder);
    true
}

/// The host's receiver, during its call.
struct Receiver<'a>(&'a clap_preset_discovery_metadata_receiver);

impl Receiver<'_> {
    fn begin(&self, name: &str) -> bool {
        let name = text(name);
        // SAFETY: The host reads the text during the call.
        self.0.begin_preset.is_some_and(|begin| unsafe { begin(self.0, name.as_ptr(), ptr::null()) })
    }

    /// Says for which products the preset is.
    fn add_products(&self, is_for: impl Fn(&Product) -> bool) {
        let Some(add) = self.0.add_plugin_id else { return };
        for product in products::all().iter().filter(|product| is_for(product)) {
            let id = text(product.clap_id);
            let id = clap_universal_plugin_id { abi: c"clap".as_ptr(), id: id.as_ptr() };
            // SAFETY: As in `begin`; `id` lives until the end of the loop's body.
            unsafe { add(self.0, &id) };
        }
    }

    fn set_flags(&self, flags: u32) {
        if let Some(set) = self.0.set_flags {
            // SAFETY: The host's own function.
            unsafe { set(self.0, flags) };
        }
    }

    fn add_creator(&self, creator: &str) {
        self.say(self.0.add_creator, creator);
    }

    fn set_description(&self, description: &str) {
        self.say(self.0.set_description, description);
    }

    fn add_feature(&self, feature: &str) {
        self.say(self.0.add_feature, feature);
    }

    fn say(
        &self,
        function: Option<unsafe extern "C" fn(*const clap_preset_discovery_metadata_receiver, *const c_char)>,
        what: &str,
    ) {
        let what = text(what);
        if let Some(function) = function {
            // SAFETY: As in `begin`.
            unsafe { function(self.0, what.as_ptr()) };
        }
    }

    fn add_extra(&self, key: &str, value: &str) {
        let (key, value) = (text(key), text(value));
        if let Some(add) = self.0.add_extra_info {
            // SAFETY: As in `begin`.
            unsafe { add(self.0, key.as_ptr(), value.as_ptr()) };
        }
    }

    fn fail(&self, why: &str) {
        let why = text(why);
        if let Some(on_error) = self.0.on_error {
            // SAFETY: As in `begin`.
            unsafe { on_error(self.0, 0, why.as_ptr()) };
        }
    }
}

/// A text as C has it. One with a zero in it is cut there.
pub(super) fn text(text: &str) -> CString {
    let end = text.find('\0').unwrap_or(text.len());
    CString::new(&text[..end]).unwrap_or_default()
}
