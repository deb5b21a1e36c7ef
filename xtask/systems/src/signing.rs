//! The commands that sign bundles, from the inside to the outside: a signature of a bundle covers what lies in it.

use std::path::{Path, PathBuf};

use super::System;

/// Names the identity that signs: on macOS of a "Developer ID Application" certificate, on Windows the certificate's
/// subject.
pub const IDENTITY_VARIABLE: &str = "KSMPS_SIGNING_IDENTITY";
/// What stands for no identity on macOS: the bundle runs on this machine alone.
const AD_HOC: &str = "-";
/// Who says when something was signed on Windows.
const TIMESTAMPS: &str = "http://timestamp.digicert.com";

/// The commands for a system; none where it has no signatures, or no identity is given that it needs. `inner` are
/// the binaries inside the bundles, `bundles` what a host sees.
pub fn commands(
    system: System,
    identity: Option<&str>,
    inner: &[PathBuf],
    bundles: &[PathBuf],
) -> Vec<Vec<String>> {
    match (system, identity) {
        (System::Linux, _) | (System::Windows, None) => Vec::new(),
        (System::MacOs, identity) => {
            inner.iter().chain(bundles).map(|path| codesign(identity.unwrap_or(AD_HOC), path)).collect()
        }
        (System::Windows, Some(identity)) => inner.iter().map(|path| signtool(identity, path)).collect(),
    }
}

fn codesign(identity: &str, path: &Path) -> Vec<String> {
    let mut words = vec!["codesign", "--force", "--sign", identity];
    // A notary takes only what has a time and the hardened runtime; without an identity there are neither.
    if identity != AD_HOC {
        words.extend(["--timestamp", "--options", "runtime"]);
    }
    command(&words, path)
}

fn signtool(identity: &str, path: &Path) -> Vec<String> {
    let words = ["signtool", "sign", "/n", identity, "/fd", "SHA256", "/td", "SHA256", "/tr", TIMESTAMPS];
    command(&words, path)
}

fn command(words: &[&str], path: &Path) -> Vec<String> {
    words.iter().map(ToString::to_string).chain([path.display().to_string()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(system: System, identity: Option<&str>) -> Vec<String> {
        let inner = [PathBuf::from("Ksmps.clap/Contents/Frameworks/a.dylib")];
        let bundles = [PathBuf::from("Ksmps.clap")];
        commands(system, identity, &inner, &bundles).iter().map(|words| words.join(" ")).collect()
    }

    #[test]
    fn linux_has_no_signatures() {
        assert!(lines(System::Linux, Some("me")).is_empty());
    }

    #[test]
    fn a_mac_signs_what_is_inside_before_what_is_around_it() {
        assert_eq!(
            lines(System::MacOs, Some("Developer ID Application: Me")),
            ["Ksmps.clap/Contents/Frameworks/a.dylib", "Ksmps.clap"].map(|path| format!(
                "codesign --force --sign Developer ID Application: Me --timestamp --options runtime {path}"
            ))
        );
        assert_eq!(lines(System::MacOs, None)[1], "codesign --force --sign - Ksmps.clap");
    }

    #[test]
    fn windows_signs_binaries_where_there_is_an_identity() {
        assert!(lines(System::Windows, None).is_empty());
        let signed = lines(System::Windows, Some("Me"));
        assert_eq!(signed.len(), 1);
        assert!(signed[0].starts_with("signtool sign /n Me /fd SHA256 /td SHA256 /tr http"), "{signed:?}");
    }
}
