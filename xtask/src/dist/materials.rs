//! The bill of materials: every crate in the binaries and every library beside them, in the form of CycloneDX 1.5.

use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::Package;
use cyclonedx_bom::external_models::normalized_string::NormalizedString;
use cyclonedx_bom::models::component::Classification;
use cyclonedx_bom::models::dependency::{Dependencies, Dependency};
use cyclonedx_bom::models::hash::{Hash, HashAlgorithm, HashValue, Hashes};
use cyclonedx_bom::models::license::{LicenseChoice, Licenses};
use cyclonedx_bom::prelude::{Bom, Component, Components, DateTime, Metadata, Purl, Validate as _};

use super::archive::sha256;
use super::crates::Crates;
use crate::bundle;
use crate::error::Error;

/// The bill, as JSON; the same for the same crates, libraries and time.
///
/// # Errors
/// Where a library belongs to no package, and where the bill is not as CycloneDX wants it.
pub fn bill(crates: &Crates, libraries: &[PathBuf], seconds: u64) -> Result<String, Error> {
    let mut components: Vec<Component> = crates.iter().map(|(package, _)| of_crate(package)).collect();
    for (package, names) in bundle::packages(libraries)? {
        components.push(of_package(&package, &names, libraries)?);
    }
    let dependencies = crates.iter().map(|(package, others)| Dependency {
        dependency_ref: reference(package),
        dependencies: others.into_iter().map(reference).collect(),
    });
    let dependencies = Dependencies(dependencies.collect());
    let version = crates.version();
    let product =
        Component::new(Classification::Application, "Ksmps", &version, Some(format!("Ksmps@{version}")));
    let bom = Bom {
        // Another number for each bill would make each archive another one.
        serial_number: None,
        metadata: Some(Metadata {
            timestamp: DateTime::try_from(date(seconds)).ok(),
            component: Some(product),
            ..Metadata::default()
        }),
        components: Some(Components(components)),
        dependencies: Some(dependencies),
        ..Bom::default()
    };
    let valid = bom.validate_version(cyclonedx_bom::models::bom::SpecVersion::V1_5);
    if !valid.passed() {
        return Err(Error::Bundle(format!("the bill of materials is not valid: {valid:?}")));
    }
    let mut json = Vec::new();
    bom.output_as_json_v1_5(&mut json)
        .map_err(|error| Error::Bundle(format!("the bill of materials cannot be written: {error}")))?;
    Ok(String::from_utf8_lossy(&json).into_owned() + "\n")
}

fn of_crate(package: &Package) -> Component {
    let (name, version) = (package.name.as_str(), package.version.to_string());
    let mut component = Component::new(Classification::Library, name, &version, Some(reference(package)));
    component.purl = Purl::new("cargo", name, &version).ok();
    component.description = package.description.as_deref().map(|text| NormalizedString::new(text.trim()));
    // Some write a slash where SPDX has a word.
    let licence =
        package.license.as_deref().map(|licence| licence.replace(" / ", " OR ").replace('/', " OR "));
    component.licenses = licence.map(|licence| Licenses(vec![LicenseChoice::expression(&licence)]));
    component
}

/// A package of the machine's, with what was taken from it.
fn of_package(
    package: &bundle::Package,
    names: &[String],
    libraries: &[PathBuf],
) -> Result<Component, Error> {
    let (name, version) = (&package.name, &package.version);
    let purl = format!("pkg:deb/debian/{name}@{}", version.replace('+', "%2B").replace(':', "%3A"));
    let mut component = Component::new(Classification::Library, name, version, Some(purl.clone()));
    component.purl = purl.parse().ok();
    let licences = format!("see lib/licences/{name}.txt");
    component.licenses = Some(Licenses(vec![LicenseChoice::license(&licences)]));
    let taken = libraries
        .iter()
        .filter(|file| file.file_name().is_some_and(|file| names.iter().any(|name| file == name.as_str())));
    component.components = Some(Components(taken.map(|file| of_file(file)).collect::<Result<_, _>>()?));
    Ok(component)
}

/// A library with its checksum as it lies on the machine: in the bundle it has other names for others.
fn of_file(file: &Path) -> Result<Component, Error> {
    let bytes = fs::read(file).map_err(Error::file(file))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let mut component = Component::new(Classification::File, &name, "", None);
    component.version = None;
    let hash = Hash { alg: HashAlgorithm::SHA_256, content: HashValue(sha256(&bytes)) };
    component.hashes = Some(Hashes(vec![hash]));
    Ok(component)
}

/// By what other components know one.
fn reference(package: &Package) -> String {
    format!("{}@{}", package.name, package.version)
}

/// Seconds since 1970 as a date, as ISO 8601 writes it.
fn date(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    time.unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bill_has_every_crate_and_is_the_same_each_time() {
        let crates = Crates::read().expect("cargo answers");
        let bill_now = || bill(&crates, &[], 1_700_000_000).expect("it is valid");
        let text = bill_now();
        assert_eq!(bill_now(), text);
        let bom = Bom::parse_from_json_v1_5(text.as_bytes()).expect("it is CycloneDX");
        let names: Vec<String> =
            bom.components.iter().flat_map(|all| &all.0).map(|one| one.name.to_string()).collect();
        assert_eq!(names.len(), crates.iter().count());
        assert!(names.iter().any(|name| name == "egui"));
        assert!(text.contains("2023-11-14T22:13:20Z") && text.contains("pkg:cargo/egui@0.37"));
        assert!(!text.contains("serialNumber") && !text.contains("file://"));
    }
}
