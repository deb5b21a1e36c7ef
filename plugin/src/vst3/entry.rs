//! What a VST3 host finds in the library: the entry, the factory, three plugins.

use std::ffi::c_void;

use nice_plug::wrapper::setup_logger;
use nice_plug::wrapper::vst3::PluginInfo;
use vst3::Steinberg::{
    FIDString, FUnknown, IPluginFactory, IPluginFactory2, IPluginFactory2Trait, IPluginFactory3,
    IPluginFactory3Trait, IPluginFactoryTrait, PClassInfo, PClassInfo2, PClassInfoW, PFactoryInfo, TUID,
    int32, kInvalidArgument, kOutOfMemory, kResultOk, tresult,
};
use vst3::{Class, ComPtr, ComWrapper};

use super::instance::create;
use crate::kinds::{Effect, EffectKind, Instrument, InstrumentKind, MultiOut, MultiOutKind};

type Create = fn() -> Option<ComPtr<FUnknown>>;

struct Factory {
    plugins: [(PluginInfo, Create); 3],
}

impl Factory {
    fn new() -> Self {
        let plugins = [
            (PluginInfo::for_plugin::<Instrument>(), create::<InstrumentKind> as Create),
            (PluginInfo::for_plugin::<MultiOut>(), create::<MultiOutKind>),
            (PluginInfo::for_plugin::<Effect>(), create::<EffectKind>),
        ];
        Self { plugins }
    }

    /// # Safety
    /// `to` is null or has room for what is written.
    unsafe fn describe<T>(&self, index: int32, to: *mut T, describe: impl Fn(&PluginInfo) -> T) -> tresult {
        let plugin = usize::try_from(index).ok().and_then(|index| self.plugins.get(index));
        match plugin {
            Some((info, _)) if !to.is_null() => {
                // SAFETY: The caller answers for the room.
                unsafe { to.write(describe(info)) };
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
        // SAFETY: The host gives a place for the record.
        unsafe { self.describe(0, info, PluginInfo::create_factory_info) }
    }

    unsafe fn countClasses(&self) -> int32 {
        self.plugins.len() as int32
    }

    unsafe fn getClassInfo(&self, index: int32, info: *mut PClassInfo) -> tresult {
        // SAFETY: As above.
        unsafe { self.describe(index, info, PluginInfo::create_class_info) }
    }

    unsafe fn createInstance(&self, cid: FIDString, iid: FIDString, object: *mut *mut c_void) -> tresult {
        if cid.is_null() || iid.is_null() || object.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: A host gives the sixteen bytes of a class id.
        let cid = unsafe { &*cid.cast::<[u8; 16]>() };
        let Some((_, create)) = self.plugins.iter().find(|(info, _)| info.cid == cid) else {
            return kInvalidArgument;
        };
        let Some(unknown) = create() else { return kOutOfMemory };
        let unknown = unknown.as_ptr();
        // SAFETY: The object is alive; a host gives an interface id and a place for the pointer.
        unsafe { ((*(*unknown).vtbl).queryInterface)(unknown, iid.cast::<TUID>(), object) }
    }
}

impl IPluginFactory2Trait for Factory {
    unsafe fn getClassInfo2(&self, index: int32, info: *mut PClassInfo2) -> tresult {
        // SAFETY: As above.
        unsafe { self.describe(index, info, PluginInfo::create_class_info_2) }
    }
}

impl IPluginFactory3Trait for Factory {
    unsafe fn getClassInfoUnicode(&self, index: int32, info: *mut PClassInfoW) -> tresult {
        // SAFETY: As above.
        unsafe { self.describe(index, info, PluginInfo::create_class_info_unicode) }
    }

    unsafe fn setHostContext(&self, _context: *mut FUnknown) -> tresult {
        kResultOk
    }
}

/// The way in for VST3 hosts: a factory that the host releases.
#[unsafe(no_mangle)]
pub extern "system" fn GetPluginFactory() -> *mut c_void {
    let factory = ComWrapper::new(Factory::new()).to_com_ptr::<IPluginFactory>();
    factory.map_or(std::ptr::null_mut(), |factory| factory.into_raw().cast())
}

/// The library is there: on Linux.
#[cfg(all(target_family = "unix", not(target_os = "macos")))]
#[unsafe(no_mangle)]
pub extern "system" fn ModuleEntry(_library: *mut c_void) -> bool {
    setup_logger::<Instrument>();
    true
}

/// The library goes: on Linux.
#[cfg(all(target_family = "unix", not(target_os = "macos")))]
#[unsafe(no_mangle)]
pub extern "system" fn ModuleExit() -> bool {
    true
}

/// The library is there: on macOS.
#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub extern "system" fn bundleEntry(_bundle: *mut c_void) -> bool {
    setup_logger::<Instrument>();
    true
}

/// The library goes: on macOS.
#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub extern "system" fn bundleExit() -> bool {
    true
}

/// The library is there: on Windows.
#[cfg(target_os = "windows")]
#[unsafe(no_mangle)]
pub extern "system" fn InitDll() -> bool {
    setup_logger::<Instrument>();
    true
}

/// The library goes: on Windows.
#[cfg(target_os = "windows")]
#[unsafe(no_mangle)]
pub extern "system" fn ExitDll() -> bool {
    true
}
