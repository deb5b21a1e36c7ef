//! What a VST3 library says of itself, as the VST3 SDK's `moduleinfo.json` has it: a host reads that file in place of
//! loading the library.

use std::path::Path;

use serde_json::{Value, json};
use vst3::ComPtr;
use vst3::Steinberg::PFactoryInfo_::FactoryFlags_;
use vst3::Steinberg::{
    IPluginFactory, IPluginFactory2, IPluginFactory2Trait, IPluginFactoryTrait, PClassInfo2, PFactoryInfo,
    kResultOk,
};

use super::library::{Module, hex, text};
use crate::host::HostError;

/// The factory of a library and its classes, in the form of `moduleinfo.json`. `[control]`
///
/// # Errors
/// Where it cannot be loaded, or its factory does not say as much as that of VST 3.0.1 and later.
pub fn module_info(path: &Path) -> Result<Value, HostError> {
    let module = Module::load(path)?;
    let factory = module.factory().ok_or_else(|| HostError::library(path, "there is no factory"))?;
    let classes = classes(factory).ok_or_else(|| HostError::library(path, "its factory is an old one"))?;
    // SAFETY: see the parent module; PFactoryInfo is plain data for which zeroes are valid.
    let about = unsafe {
        let mut about: PFactoryInfo = std::mem::zeroed();
        factory.getFactoryInfo(&mut about);
        about
    };
    let has = |flag| about.flags & flag as i32 != 0;
    Ok(json!({
        "Name": path.file_stem().unwrap_or_default().to_string_lossy(),
        "Version": classes.first().map_or_else(String::new, |class| text(&class.version)),
        "Factory Info": {
            "Vendor": text(&about.vendor),
            "URL": text(&about.url),
            "E-Mail": text(&about.email),
            "Flags": {
                "Unicode": has(FactoryFlags_::kUnicode),
                "Classes Discardable": has(FactoryFlags_::kClassesDiscardable),
                "Component Non Discardable": has(FactoryFlags_::kComponentNonDiscardable),
            },
        },
        "Compatibility": [],
        "Classes": classes.iter().map(class).collect::<Vec<_>>(),
    }))
}

/// What the factory has; `None` where it does not know classes of the second kind.
fn classes(factory: &ComPtr<IPluginFactory>) -> Option<Vec<PClassInfo2>> {
    let factory = factory.cast::<IPluginFactory2>()?;
    // SAFETY: see the parent module; PClassInfo2 is plain data for which zeroes are valid.
    let class = |index| unsafe {
        let mut class: PClassInfo2 = std::mem::zeroed();
        (factory.getClassInfo2(index, &mut class) == kResultOk).then_some(class)
    };
    // SAFETY: see the parent module.
    let count = unsafe { factory.countClasses() };
    (0..count).map(class).collect()
}

fn class(class: &PClassInfo2) -> Value {
    let categories = text(&class.subCategories);
    let categories: Vec<&str> = categories.split('|').filter(|word| !word.is_empty()).collect();
    json!({
        "CID": hex(&class.cid).to_uppercase(),
        "Category": text(&class.category),
        "Name": text(&class.name),
        "Vendor": text(&class.vendor),
        "Version": text(&class.version),
        "SDKVersion": text(&class.sdkVersion),
        "Sub Categories": categories,
        "Class Flags": class.classFlags,
        "Cardinality": class.cardinality,
        "Snapshots": [],
    })
}
