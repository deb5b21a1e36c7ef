//! A machine on which nothing is installed: a root folder with the C library, the compiler's runtime and the window
//! system's libraries, and in it the bundles, this program as their host, and a document; then the archive of a release,
//! as it is unpacked.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::host::Format;
use ksmps_harness::wav;

use super::material::Material;
use super::program;
use super::rows::Rows;
use crate::error::Error;

/// Debian's packages whose libraries are there: C, the compiler's runtime, X11, keyboards, OpenGL's loaders. No C++, no
/// Csound, no libsndfile.
const PACKAGES: [&str; 16] = [
    "libc6",
    "libgcc-s1",
    "libx11-6",
    "libx11-xcb1",
    "libxcb1",
    "libxau6",
    "libxdmcp6",
    "libbsd0",
    "libmd0",
    "libxkbcommon0",
    "libxkbcommon-x11-0",
    "libxcb-xkb1",
    "libegl1",
    "libglvnd0",
    "libgl1",
    "libglx0",
];

/// What is asked of this program inside.
#[derive(clap::Args)]
pub struct ScanArgs {
    library: PathBuf,
    /// The library is a VST3.
    #[arg(long)]
    vst3: bool,
}

/// Scans, renders, and compares with what is heard outside.
///
/// # Errors
/// Where the root cannot be made, or a program in it fails.
pub fn run(material: &Material, rows: &mut Rows) -> Result<(), Error> {
    let root = Root::new(material)?;
    rows.say("its files", true, format!("{} of {} packages", root.files, PACKAGES.len()));
    for (bundles, what) in
        [("/bundles", "bundles with Csound in them"), ("/thin", "bundles without any Csound")]
    {
        for format in Format::BUNDLES {
            scan(&root, format, &library(bundles, format)?, what, rows)?;
        }
    }
    for format in ["clap", "vst3"] {
        render(&mut root.program("/bin/ksmps-tools"), Path::new("/material"), format, "inside.wav")?;
        let inside = read(&material.folder().join("inside.wav"))?;
        let this = std::env::current_exe().unwrap_or_default();
        let mut command = program::command(this, material.home());
        command.env(bundle::FOLDER_VARIABLE, bundles_folder()?);
        render(&mut command, material.folder(), format, "outside.wav")?;
        let outside = read(&material.folder().join("outside.wav"))?;
        let peak = inside.iter().map(|channel| ksmps_harness::measure::peak(channel)).fold(0.0, f32::max);
        let figure = format!("peak {peak:.3}, {} frames", inside.first().map_or(0, Vec::len));
        rows.say(
            &format!("{format}: a document sounds as outside, to the bit"),
            inside == outside && peak > 0.1,
            figure,
        );
    }
    try_archive(material, &root, rows)
}

/// Unpacks the archive of a release, lists its plugins, and lets its program render what the bundles have rendered.
fn try_archive(material: &Material, root: &Root, rows: &mut Rows) -> Result<(), Error> {
    let drafts = material.folder().with_file_name("draft");
    let is_release = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".tar.gz") && !name.contains("symbols")
    };
    let inside = fs::read_dir(&drafts).map_err(Error::file(&drafts))?;
    let archive = inside.flatten().map(|entry| entry.path()).find(is_release);
    let archive = archive.ok_or_else(|| Error::Hosts(format!("{} has no archive", drafts.display())))?;
    let folder = material.folder().join("archive");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
    let mut tar = Command::new("tar");
    program::output(tar.args(["--strip-components=1", "-xzf"]).arg(&archive).arg("-C").arg(&folder))?;

    let vst3 = library("/material/archive", Format::Vst3)?;
    let clap = ["/material/archive/Ksmps/Ksmps.clap".to_owned()];
    scan(root, Format::Clap, &clap, "the archive's bundles", rows)?;
    scan(root, Format::Vst3, &vst3, "the archive's bundles", rows)?;
    let mut command = root.program("/material/archive/ksmps");
    let render =
        ["render", "/material/tone.orc", "--midi", "/material/notes.mid", "--out", "/material/archive.wav"];
    program::output(command.args(render))?;
    let archive = read(&material.folder().join("archive.wav"))?;
    let outside = read(&material.folder().join("outside.wav"))?;
    let figure = format!("{} frames", archive.first().map_or(0, Vec::len));
    rows.say("the archive's program renders a document as outside, to the bit", archive == outside, figure);
    Ok(())
}

/// Lists a library's plugins as a host does.
fn scan(root: &Root, format: Format, library: &[String], what: &str, rows: &mut Rows) -> Result<(), Error> {
    let told = program::output(root.program("/bin/ksmps-tools").arg("scan-for-hosts").args(library))?;
    let is_good = told.lines().eq(Kind::ALL.map(Kind::name));
    let names = told.lines().collect::<Vec<_>>().join(", ");
    rows.say(&format!("{format:?}: {what} list their plugins"), is_good, names);
    Ok(())
}

/// Renders the notes with this program, started as `command`.
fn render(command: &mut Command, folder: &Path, format: &str, out: &str) -> Result<(), Error> {
    command.arg("render").arg(folder.join("tone.orc")).arg("--midi").arg(folder.join("notes.mid"));
    program::output(command.args(["--format", format, "--out"]).arg(folder.join(out))).map(|_| ())
}

fn read(path: &Path) -> Result<Vec<Vec<f32>>, Error> {
    Ok(wav::read(path).map_err(Error::sound(path))?.channels)
}

/// How [`ScanArgs`] name a library inside.
fn library(bundles: &str, format: Format) -> Result<Vec<String>, Error> {
    let outside = bundle::library(format)?;
    let folder = bundles_folder()?;
    let inside = outside.strip_prefix(&folder).unwrap_or(&outside).display().to_string();
    let mut arguments = vec![format!("{bundles}/{inside}")];
    arguments.extend((format == Format::Vst3).then(|| "--vst3".to_owned()));
    Ok(arguments)
}

/// The folder in which both bundles lie.
fn bundles_folder() -> Result<PathBuf, Error> {
    let clap = bundle::library(Format::Clap)?;
    Ok(clap.parent().unwrap_or(&clap).to_owned())
}

/// Lists the plugins of a library, one a line, as a host's scan does.
///
/// # Errors
/// Where it cannot be scanned.
pub fn scan_for_parent(args: &ScanArgs) -> Result<(), Error> {
    let format = if args.vst3 { Format::Vst3 } else { Format::Clap };
    for plugin in format.scan(&args.library)? {
        println!("{}", plugin.name);
    }
    Ok(())
}

/// The root folder.
struct Root {
    root: PathBuf,
    thin: PathBuf,
    material: PathBuf,
    files: usize,
}

impl Root {
    /// Copies the packages' libraries, and the bundles without theirs.
    fn new(material: &Material) -> Result<Self, Error> {
        let folder = material.folder();
        let (root, thin) = (folder.join("root"), folder.join("thin"));
        for old in [&root, &thin] {
            let _ = fs::remove_dir_all(old);
        }
        for inside in ["usr/lib", "usr/lib64", "bundles", "thin", "material", "bin", "proc", "dev", "tmp"] {
            fs::create_dir_all(root.join(inside)).map_err(Error::file(&root))?;
        }
        for link in ["lib", "lib64"] {
            symlink(Path::new("usr").join(link), root.join(link)).map_err(Error::file(&root))?;
        }
        let mut files = 0;
        for package in PACKAGES {
            let list = program::output(Command::new("dpkg-query").args(["--listfiles", package]))?;
            for file in list.lines().map(Path::new).filter(|path| is_library(path)) {
                copy(file, &root.join(file.strip_prefix("/").unwrap_or(file)))?;
                files += 1;
            }
        }
        copy_thin(&bundles_folder()?, &thin)?;
        Ok(Self { root, thin, material: folder.to_owned(), files })
    }

    /// A program inside, with nothing of the outside but what is named here.
    fn program(&self, program: &str) -> Command {
        let mut command = Command::new("bwrap");
        command
            .args(["--unshare-all", "--clearenv", "--die-with-parent", "--ro-bind"])
            .arg(&self.root)
            .arg("/");
        command.args(["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]);
        let bundles = bundles_folder().unwrap_or_default();
        command.arg("--ro-bind").arg(bundles).arg("/bundles");
        command.arg("--ro-bind").arg(&self.thin).arg("/thin");
        command.arg("--bind").arg(&self.material).arg("/material");
        let this = std::env::current_exe().unwrap_or_default();
        command.arg("--ro-bind").arg(this.parent().unwrap_or(&this)).arg("/bin");
        for (name, value) in [
            ("HOME", "/tmp"),
            ("KSMPS_BUNDLES", "/bundles"),
            ("KSMPS_USER_FOLDER", "/tmp/ksmps"),
            ("KSMPS_AUTOMATIC", "together"),
            ("NICE_LOG", "/dev/null"),
        ] {
            command.args(["--setenv", name, value]);
        }
        command.arg(program);
        command
    }
}

/// Whether a package's file is needed by a program that runs.
fn is_library(path: &Path) -> bool {
    // Packages also name the folders themselves, which are links on a machine of today.
    let folders = ["/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/"];
    let is_in_lib = folders.iter().any(|folder| path.to_string_lossy().starts_with(folder));
    is_in_lib && fs::symlink_metadata(path).is_ok_and(|found| !found.is_dir())
}

fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(Error::file(parent))?;
    }
    match fs::read_link(from) {
        Ok(target) => symlink(target, to),
        Err(_) => fs::copy(from, to).map(|_| ()),
    }
    .map_err(Error::file(to))
}

/// Copies the bundles without the folders of libraries in them.
fn copy_thin(from: &Path, to: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(from).map_err(Error::file(from))?.flatten() {
        let path = entry.path();
        if path.is_dir() && entry.file_name() != "lib" {
            copy_thin(&path, &to.join(entry.file_name()))?;
        } else if path.is_file() {
            copy(&path, &to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
