//! Gives the sources of the core a number, so that a plugin and the executable of its engine's process know whether they
//! are of one build.

use std::path::Path;

fn main() {
    let folder = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the sources are");
    let mut number = 0xcbf2_9ce4_8422_2325_u64;
    add(&Path::new(&folder).join(".."), &mut number);
    println!("cargo::rerun-if-changed=..");
    println!("cargo::rustc-env=KSMPS_BUILD={}-{number:016x}", env!("CARGO_PKG_VERSION"));
}

/// Adds every source below a folder, in the order of their names (FNV-1a).
fn add(folder: &Path, number: &mut u64) {
    let entries = std::fs::read_dir(folder).expect("a folder of sources");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "tests" && name != "probe") {
                add(&path, number);
            }
        } else if path
            .extension()
            .is_some_and(|end| ["rs", "c", "orc", "toml"].iter().any(|wanted| end == *wanted))
        {
            for byte in std::fs::read(&path).expect("a source") {
                *number = (*number ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
}
