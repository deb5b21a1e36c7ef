//! `dist`: a release, as an archive that somebody unpacks and plays: bundles, the program `ksmps`, factory documents, pages,
//! licences, a bill of materials, checksums, and `install.sh`.
//!
//! The same sources give the same bytes: they are built without the paths of this machine ([`build`]), and packed in a
//! fixed order with fixed times and owners ([`archive`]). What is packed is packed twice and compared; `--verify` also
//! builds twice, the second time from a copy of the sources in another folder.

mod archive;
mod build;
mod contents;
mod crates;
mod materials;
mod verify;

use std::fs;
use std::path::{Path, PathBuf};

use ksmps_systems::System;

use crate::bundle::{self, Building, Built, Libraries};
use crate::error::Error;
use crate::{cargo, files, setup};
use contents::Contents;
use crates::Crates;

/// How to make it.
#[derive(clap::Args)]
pub struct Args {
    /// Pack what `cargo xtask bundle` builds, to try the archive: it is there soon, and has paths of this machine in it.
    #[arg(long, conflicts_with = "verify")]
    draft: bool,
    /// Build a second time, from a copy of the sources in another folder, and compare every byte. Takes as long again.
    #[arg(long)]
    verify: bool,
    /// The folder for the archive; target/dist if not given, target/draft for a draft.
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Args {
    /// A draft in target/draft.
    pub fn draft() -> Self {
        Self { draft: true, verify: false, out: None }
    }
}

/// Builds and packs; says what was made.
pub fn run(args: &Args) -> Result<(), Error> {
    setup::for_playing()?;
    let target = cargo::target_dir()?;
    let name = if args.draft { "draft" } else { "dist" };
    let out = args.out.clone().unwrap_or_else(|| target.join(name));
    let out = std::path::absolute(&out).map_err(Error::file(&out))?;
    let crates = Crates::read()?;
    let seconds = build::seconds_of_release();
    let building = if args.draft {
        Building::usual()?
    } else {
        build::without_paths(target.join("dist/build"), seconds)?
    };
    let built = bundle::build_as(&building, Libraries::Carried)?;
    let release = Release { crates: &crates, built: &built, seconds };
    // Who tries a draft has the symbols in the target folder.
    let made = release.pack(&out, !args.draft)?;
    if !args.draft {
        build::find_paths(&made.files)?;
    }
    for (archive, size) in &made.archives {
        println!("{}: {:.1} MB", archive.display(), *size as f64 / 1e6);
    }
    println!("{}: packed twice, the same bytes", out.join(contents::SUMS).display());
    if args.verify {
        verify::build_elsewhere(&out)?;
        println!("built twice, in different folders: the same bytes");
    }
    Ok(())
}

/// What is packed.
struct Release<'a> {
    crates: &'a Crates,
    built: &'a Built,
    /// The time of everything in it, in seconds since 1970.
    seconds: u64,
}

/// What was made.
struct Made {
    /// The archives and how many bytes each has.
    archives: Vec<(PathBuf, usize)>,
    /// The files in the first of them.
    files: Contents,
}

impl Release<'_> {
    /// Packs everything into a folder, with checksums beside it.
    fn pack(&self, out: &Path, with_symbols: bool) -> Result<Made, Error> {
        files::remove(&out.join(contents::SUMS)).map_err(Error::file(out))?;
        fs::create_dir_all(out).map_err(Error::file(out))?;
        let name = self.name();
        let files = contents::of_release(self.built, self.crates, self.seconds)?;
        let symbols = with_symbols.then(|| contents::of_symbols(&self.built.symbols));
        let all = [(name.clone(), Some(&files)), (format!("{name}-symbols"), symbols.as_ref())];
        let mut archives = Vec::new();
        let mut sums = String::new();
        for (name, contents) in all.iter().filter_map(|(name, contents)| Some((name, (*contents)?))) {
            let bytes = archive::pack(name, contents, self.seconds)?;
            if archive::pack(name, contents, self.seconds)? != bytes {
                return Err(Error::Bundle(format!("{name} was packed twice, and the bytes differ")));
            }
            let path = out.join(format!("{name}.tar.gz"));
            fs::write(&path, &bytes).map_err(Error::file(&path))?;
            sums += &format!("{}  {name}.tar.gz\n", archive::sha256(&bytes));
            archives.push((path, bytes.len()));
        }
        let path = out.join(contents::SUMS);
        fs::write(&path, sums).map_err(Error::file(&path))?;
        Ok(Made { archives, files })
    }

    /// `ksmps-0.1.0-linux-x86_64`.
    fn name(&self) -> String {
        format!("ksmps-{}-{}-{}", self.crates.version(), System::HERE.word(), std::env::consts::ARCH)
    }
}
