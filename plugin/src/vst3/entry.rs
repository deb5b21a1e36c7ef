//! What a VST3 host finds in the library: the entry, the factory, the plugins of the table.

use std::ffi::c_void;
use std::ptr;
use std::sync::OnceLock;

use nice_plug::wrapper::setup_logger;
use nice_plug::wrapper::vst3::PluginInfo;
use vst3::Steinberg::{
    FIDString, FUnknown, IPluginFactory, IPluginFactory2, IPluginFactory2Trait, IPluginFactory3,
    IPluginFactory3Trait, IPluginFactoryTrait, PClassInfo, PClassInfo2, PClassInfoW, PFactoryInfo, TUID,
    int32, kInternalError, kInvalidArgument, kOutOfMemory, kResultOk, tresult,
};
use vst3::{Class, ComWrapper};

use super::object::create;
use crate::guard::guarded;
use crate::plugin::{Ksmps, VENDOR, VERSION};
use crate::products::{self, Product};

/// A product, as a host finds it.
struct Plugin {
    product: &'static Product,
    class_id: &'static [u8; 16],
    info: PluginInfo,
}

fn plugins() -> &'static [Plugin] {
    static PLUGINS: OnceLock<Vec<Plugin>> = OnceLock::new();
    PLUGINS.get_or_init(|| {
        let plugin = |product: &'static Product| {
            let class_id: &[u8; 16] = Box::leak(Box::new(product.vst3_class_id()));
            let info = PluginInfo {
                cid: class_id,
                name: product.name,
                subcategories: product.vst3_categories.to_owned(),
                vendor: VENDOR,
                version: VERSION,
                url: "",
                email: "",
            };
            Plugin { product, class_id, info }
        };
        products::all().iter().copied().map(plugin).collect()
    })
}

struct Factory;

impl Factory {
    /// # Safety
    /// `to` is null or has room for what is written.
    unsafe fn describe<T>(&self, index: int32, to: *mut T, describe: impl Fn(&PluginInfo) -> T) -> tresult {
        let found = usize::try_from(index).ok().and_then(|index| plugins().get(index));
        match found {
            Some(plugin) if !to.is_null() => {
                // SAFETY: The caller answers for the room.
                unsafe { to.write(describe(&plugin.info)) };
                kResultOk
            }
            _ => kInvalidArgument,
        }
    }
}

impl Class for Factory {
    type Interfaces = (IPluginFactory, IPluginFactory2, IPluginFactory3);
}

impl IPluginFactoryTrait for Factory {
    unsafe fn getFactoryInfo(&self, info: *mut PFactoryInfo) -> tresult {
        guarded(kInternalError, || {
            // SAFETY: The host gives a place for the record.
            unsafe { self.describe(0, info, PluginInfo::create_factory_info) }
        })
    }

    unsafe fn countClasses(&self) -> int32 {
        guarded(0, || plugins().len() as int32)
    }

    unsafe fn getClassInfo(&self, index: int32, info: *mut PClassInfo) -> tresult {
        guarded(kInternalError, || {
            // SAFETY: As above.
            unsafe { self.describe(index, info, PluginInfo::create_class_info) }
        })
    }

    unsafe fn createInstance(&self, cid: FIDString, iid: FIDString, object: *mut *mut c_void) -> tresult {
        guarded(kInternalError, || {
            if cid.is_null() || iid.is_null() || object.is_null() {
                return kInvalidArgument;
            }
            // SAFETY: A host gives the sixteen bytes of a class id.
            let cid = unsafe { &*cid.cast::<[u8; 16]>() };
            let Some(plugin) = plugins().iter().find(|plugin| plugin.class_id == cid) else {
                return kInvalidArgument;
            };
            let Some(unknown) = create(plugin.product) else { return kOutOfMemory };
            let unknown = unknown.as_ptr();
            // SAFETY: The object is alive; a host gives an interface id and a place for the pointer.
            unsafe { ((*(*unknown).vtbl).queryInterface)(unknown, iid.cast::<TUID>(), object) }
        })
    }
}

impl IPluginFactory2Trait for Factory {
    unsafe fn getClassInfo2(&self, index: int32, info: *mut PClassInfo2) -> tresult {
        guarded(kInternalError, || {
            // SAFETY: As above.
            unsafe { self.describe(index, info, PluginInfo::create_class_info_2) }
        })
    }
}

impl IPluginFactory3Trait for Factory {
    unsafe fn getClassInfoUnicode(&self, index: int32, info: *mut PClassInfoW) -> tresult {
        guarded(kInternalError, || {
            // SAFETY: As above.
            unsafe { self.describe(index, info, PluginInfo::create_class_info_unicode) }
        })
    }

    unsafe fn setHostContext(&self, _context: *mut FUnknown) -> tresult {
        guarded(kInternalError, || kResultOk)
    }
}

/// The way in for VST3 hosts: a factory that the host releases.
#[unsafe(no_mangle)]
pub extern "system" fn GetPluginFactory() -> *mut c_void {
    guarded(ptr::null_mut(), || {
        let factory = ComWrapper::new(Factory).to_com_ptr::<IPluginFactory>();
        factory.map_or(std::ptr::null_mut(), |factory| factory.into_raw().cast())
    })
}

/// The library is there: on Linux.
#[cfg(all(target_family = "unix", not(target_os = "macos")))]
#[unsafe(no_mangle)]
pub extern "system" fn ModuleEntry(_library: *mut c_void) -> bool {
    guarded(false, || {
        setup_logger::<Ksmps>();
        true
    })
}

/// The library goes: on Linux.
#[cfg(all(target_family = "unix", not(target_os = "macos")))]
#[unsafe(no_mangle)]
pub extern "system" fn ModuleExit() -> bool {
    guarded(false, || true)
}

/// The library is there: on macOS.
#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub extern "system" fn bundleEntry(_bundle: *mut c_void) -> bool {
    guarded(false, || {
        setup_logger::<Ksmps>();
        true
    })
}

/// The library goes: on macOS.
#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub extern "system" fn bundleExit() -> bool {
    guarded(false, || true)
}

/// The library is there: on Windows.
#[cfg(target_os = "windows")]
#[unsafe(no_mangle)]
pub extern "system" fn InitDll() -> bool {
    guarded(false, || {
        setup_logger::<Ksmps>();
        true
    })
}

/// The library goes: on Windows.
#[cfg(target_os = "windows")]
#[unsafe(no_mangle)]
pub extern "system" fn ExitDll() -> bool {
    guarded(false, || true)
}
