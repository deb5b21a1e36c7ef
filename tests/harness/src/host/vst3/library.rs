//! A loaded VST3 library and its factory.

use std::collections::HashMap;
use std::ffi::c_void;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

use libloading::os::unix::{Library, Symbol};
use vst3::Steinberg::Vst::IComponent;
use vst3::Steinberg::{IPluginFactory, IPluginFactoryTrait, PClassInfo, TUID, char8, kResultOk};
use vst3::{ComPtr, Interface};

use crate::host::{HostError, PluginName};

/// A loaded VST3 library. Dropping the last one unloads it.
pub(super) struct Module {
    /// Dropped before the library, which holds its code.
    factory: Option<ComPtr<IPluginFactory>>,
    library: Library,
}

/// The libraries that stay loaded until the process ends.
static KEPT: Mutex<Option<HashMap<PathBuf, Arc<Module>>>> = Mutex::new(None);

impl Module {
    /// Loads a library and never unloads it.
    pub fn keep(path: &Path) -> Result<Arc<Self>, HostError> {
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.get_or_insert_default();
        if let Some(module) = kept.get(path) {
            return Ok(Arc::clone(module));
        }
        let module = Self::load(path)?;
        kept.insert(path.to_owned(), Arc::clone(&module));
        Ok(module)
    }

    /// Loads a library.
    pub fn load(path: &Path) -> Result<Arc<Self>, HostError> {
        type Entry = unsafe extern "C" fn(*mut c_void) -> bool;
        type GetFactory = unsafe extern "C" fn() -> *mut IPluginFactory;
        let failed = |error: libloading::Error| HostError::library(path, error);
        // SAFETY: the path names a plugin bundle; its initialisers are what every VST3 host runs on loading it.
        // The three functions have these signatures in every VST3 library. The handle goes straight back into
        // the library that owns it.
        unsafe {
            let handle = Library::new(path).map_err(failed)?.into_raw();
            let library = Library::from_raw(handle);
            let enter: Symbol<Entry> = library.get(b"ModuleEntry\0").map_err(failed)?;
            let get_factory: Symbol<GetFactory> = library.get(b"GetPluginFactory\0").map_err(failed)?;
            if !enter(handle) {
                return Err(HostError::library(path, "ModuleEntry said no"));
            }
            let factory = ComPtr::from_raw(get_factory());
            if factory.is_none() {
                return Err(HostError::library(path, "there is no factory"));
            }
            Ok(Arc::new(Self { factory, library }))
        }
    }

    /// The audio plugins of the factory. Their order is what [`Module::create`] counts in.
    pub fn list(&self) -> Vec<PluginName> {
        self.classes()
            .iter()
            .map(|class| PluginName { id: hex(&class.cid), name: text(&class.name) })
            .collect()
    }

    /// What the library gives its classes by.
    pub fn factory(&self) -> Option<&ComPtr<IPluginFactory>> {
        self.factory.as_ref()
    }

    /// Creates an instance.
    pub fn create(&self, index: usize) -> Option<ComPtr<IComponent>> {
        let class = self.classes().into_iter().nth(index)?;
        let mut object = ptr::null_mut();
        // SAFETY: see the parent module; both ids are 16 bytes, and the object is what the interface id names.
        unsafe {
            let (class, interface) = (class.cid.as_ptr().cast(), IComponent::IID.as_ptr().cast());
            self.factory.as_ref()?.createInstance(class, interface, &mut object);
            ComPtr::from_raw(object.cast())
        }
    }

    fn classes(&self) -> Vec<PClassInfo> {
        let Some(factory) = &self.factory else { return Vec::new() };
        // SAFETY: see the parent module; PClassInfo is plain data for which zeroes are valid.
        let class = |index| unsafe {
            let mut class: PClassInfo = std::mem::zeroed();
            (factory.getClassInfo(index, &mut class) == kResultOk).then_some(class)
        };
        // SAFETY: see the parent module.
        let count = unsafe { factory.countClasses() };
        (0..count).filter_map(class).filter(|class| text(&class.category) == "Audio Module Class").collect()
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        type Exit = unsafe extern "C" fn() -> bool;
        self.factory = None;
        // SAFETY: every instance keeps its module, so nobody is inside the library any more; ModuleExit has this
        // signature in every VST3 library.
        unsafe {
            if let Ok(exit) = self.library.get::<Exit>(b"ModuleExit\0") {
                exit();
            }
        }
    }
}

/// The text of a field that ends at its first zero.
pub(super) fn text(field: &[char8]) -> String {
    let bytes: Vec<u8> = field.iter().map(|unit| *unit as u8).take_while(|byte| *byte != 0).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The sixteen bytes of a class id, in hexadecimal.
pub(super) fn hex(id: &TUID) -> String {
    id.iter().fold(String::new(), |mut text, byte| {
        // PANIC: writing into a string does not fail.
        write!(text, "{:02x}", *byte as u8).unwrap();
        text
    })
}
