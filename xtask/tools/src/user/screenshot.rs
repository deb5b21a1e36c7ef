//! `screenshot`: a picture of a built plugin's editor in a real window.
//!
//! The window opens on a screen of the command's own, OpenGL is drawn by the processor, and a chord sounds while the
//! picture is taken.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use ksmps_harness::bounce::Plan;
use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::desktop::{Desktop, DesktopError, Picture};
use ksmps_harness::host::{EditorSetup, Format, Hosted};
use ksmps_harness::instance::Instance;
use ksmps_harness::script::Script;
use serde_json::{Value, json};

use crate::error::Error;
use ksmps_program::make_room;
use ksmps_program::play::Text;

const RATE: f64 = 48_000.0;
const BLOCK: usize = 512;
/// How long the chord sounds before the picture is taken.
const PATIENCE: Duration = Duration::from_millis(2500);
/// Keys of the chord, one after the other.
const CHORD: [u8; 4] = [48, 55, 64, 71];

/// What is to be seen.
#[derive(clap::Args)]
pub struct Args {
    /// The document; without one, the plugin's own.
    #[arg(long)]
    document: Option<PathBuf>,
    /// The view: Play, Edit, Both, See, Console, Documents or Session.
    #[arg(long)]
    view: Option<String>,
    /// The editor's size in points, such as 1000x640.
    #[arg(long, value_parser = size)]
    size: Option<(u32, u32)>,
    /// Pixels per point.
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// Dark letters on light.
    #[arg(long)]
    light: bool,
    /// Open the VST3 instead of the CLAP.
    #[arg(long)]
    vst3: bool,
    /// Open the effect instead of the instrument.
    #[arg(long)]
    effect: bool,
    /// The picture, a PNG.
    #[arg(long)]
    out: PathBuf,
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let numbers =
        text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    numbers.ok_or_else(|| format!("`{text}` is no size; write it as 1000x640"))
}

/// Opens the editor, plays, and saves the picture.
pub fn run(args: &Args) -> Result<(), Error> {
    let format = if args.vst3 { Format::Vst3 } else { Format::Clap };
    let kind = if args.effect { Kind::Effect } else { Kind::Instrument };
    let desktop = Desktop::open()?;
    let mut instance = Instance::open(format, &bundle::library(format)?, kind.name())?;
    if let Some(path) = &args.document {
        let text = Text::read(path)?;
        instance.load(&text.text, Some(&text.origin))?;
    }
    look(&mut instance, args)?;
    instance.activate(RATE, BLOCK)?;
    let (_, picture) = instance.play_while(&chord(), |hosted| picture(hosted, &desktop, args.scale))?;
    save(&picture?, &args.out)
}

/// Puts size and view into the instance's state, where a project keeps them.
fn look(instance: &mut Instance, args: &Args) -> Result<(), Error> {
    let mut state = instance.state()?;
    let mut kept: Value = state.whole["fields"]["editor"]
        .as_str()
        .and_then(|kept| serde_json::from_str(kept).ok())
        .unwrap_or_default();
    if let Some((width, height)) = args.size {
        (kept["width"], kept["height"]) = (json!(width), json!(height));
    }
    if !kept["views"].is_object() {
        kept["views"] = json!({});
    }
    if let Some(view) = &args.view {
        kept["views"]["view"] = json!(view);
    }
    if args.light {
        kept["views"]["appearance"] = json!("Light");
    }
    state.whole["fields"]["editor"] = Value::String(kept.to_string());
    Ok(instance.set_state(&state)?)
}

/// A chord that sounds for as long as the picture takes.
fn chord() -> Plan {
    let seconds = |seconds: f64| (seconds * RATE) as u64;
    let mut script = Script::new();
    for (place, key) in CHORD.into_iter().enumerate() {
        script.key(seconds(0.1 + 0.3 * place as f64), key, 0.8, seconds(59.0));
    }
    Plan::new(script, seconds(60.0)).live_meanwhile()
}

fn picture(hosted: &mut dyn Hosted, desktop: &Desktop, scale: f64) -> Result<Picture, Error> {
    let setup = EditorSetup { scale: Some(scale), ..EditorSetup::default() };
    let mut window = Err(DesktopError::Missed("the plugin's wish for a window".to_owned()));
    hosted.open_editor(setup, &mut |size| {
        window = desktop.host_window((0, 0), size);
        // An editor that gets no window says so.
        window.as_ref().map_or(0, |window| window.id)
    })?;
    let window = window?;
    let is_drawn = || Ok(desktop.picture(window.id)?.colours() > 2);
    desktop.wait_for("the editor's first frame", || hosted.idle(), is_drawn)?;
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        hosted.idle();
        thread::sleep(Duration::from_millis(5));
    }
    let picture = desktop.picture(window.id)?;
    hosted.close_editor()?;
    Ok(picture)
}

fn save(picture: &Picture, path: &Path) -> Result<(), Error> {
    make_room(path)?;
    let file = File::create(path).map_err(Error::file(path))?;
    let mut encoder = png::Encoder::new(BufWriter::new(file), picture.width, picture.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&picture.rgb));
    written.map_err(|error| Error::file(path)(error.into()))?;
    println!("{}: {} x {}", path.display(), picture.width, picture.height);
    Ok(())
}
