//! `moduleinfo.json` in the built VST3: as the VST3 SDK describes it, and true of the factory.
#![cfg(target_os = "linux")]

use std::path::PathBuf;

use ksmps_harness::bundle;
use ksmps_harness::host::Format;
use serde::Deserialize;

/// As the SDK's `moduleinfo` library reads it; other fields it does not know.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ModuleInfo {
    name: String,
    version: String,
    #[serde(rename = "Factory Info")]
    factory_info: FactoryInfo,
    compatibility: Vec<Compatibility>,
    classes: Vec<Class>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactoryInfo {
    #[serde(rename = "Vendor")]
    vendor: String,
    #[serde(rename = "URL")]
    _url: String,
    #[serde(rename = "E-Mail")]
    _e_mail: String,
    #[serde(rename = "Flags")]
    flags: Flags,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Flags {
    #[serde(rename = "Unicode")]
    unicode: bool,
    #[serde(rename = "Classes Discardable")]
    classes_discardable: bool,
    #[serde(rename = "Component Non Discardable")]
    component_non_discardable: bool,
}

/// Ids of other plugins that one of ours replaces.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Compatibility {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    #[serde(rename = "CID")]
    id: String,
    #[serde(rename = "Category")]
    category: String,
    #[serde(rename = "Name")]
    name: String,
    #[serde(rename = "Vendor")]
    vendor: String,
    #[serde(rename = "Version")]
    version: String,
    #[serde(rename = "SDKVersion")]
    sdk_version: String,
    #[serde(rename = "Sub Categories")]
    sub_categories: Vec<String>,
    #[serde(rename = "Class Flags")]
    _class_flags: u32,
    #[serde(rename = "Cardinality")]
    cardinality: i32,
    #[serde(rename = "Snapshots")]
    snapshots: Vec<serde_json::Value>,
}

fn file() -> PathBuf {
    let library = bundle::library(Format::Vst3).unwrap_or_else(|error| panic!("{error}"));
    let contents = library.ancestors().nth(2).expect("it lies in Contents/MACHINE");
    contents.join("Resources/moduleinfo.json")
}

#[test]
fn the_file_says_what_the_factory_says() {
    let text = std::fs::read_to_string(file()).expect("the bundle has it");
    let info: ModuleInfo = serde_json::from_str(&text).expect("as the SDK describes it");
    assert_eq!(info.name, "Ksmps");
    assert_eq!(info.version, env!("CARGO_PKG_VERSION"));
    assert!(!info.factory_info.vendor.is_empty() && info.factory_info.flags.unicode);
    assert!(
        !info.factory_info.flags.classes_discardable && !info.factory_info.flags.component_non_discardable
    );
    assert!(info.compatibility.is_empty());

    let library = bundle::library(Format::Vst3).unwrap_or_else(|error| panic!("{error}"));
    let scanned = Format::Vst3.scan(&library).expect("it can be scanned");
    let of_factory: Vec<_> = scanned.iter().map(|one| (one.id.to_uppercase(), one.name.clone())).collect();
    let of_file: Vec<_> = info.classes.iter().map(|one| (one.id.clone(), one.name.clone())).collect();
    assert_eq!(of_file, of_factory);

    for class in &info.classes {
        assert_eq!(class.category, "Audio Module Class", "{}", class.name);
        assert_eq!((&class.vendor, &class.version), (&info.factory_info.vendor, &info.version));
        assert!(class.sdk_version.starts_with("VST 3."), "{}", class.sdk_version);
        assert!(
            class.id.len() == 32 && class.id.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{}",
            class.id
        );
        assert_eq!(class.cardinality, i32::MAX);
        assert!(class.snapshots.is_empty());
    }
    let kinds: Vec<&str> = info.classes.iter().map(|one| one.sub_categories[0].as_str()).collect();
    assert_eq!(kinds, ["Instrument", "Instrument", "Fx"]);
}
