//! What the editor costs: a frame of its code and of its play surface beside an empty one, and an open window in which
//! nothing changes.

use std::thread;
use std::time::{Duration, Instant};

use ksmps_core::csound::opcode_list;
use ksmps_editor::code::OpcodeBook;
use ksmps_editor::code::bench::frame_times;
use ksmps_editor::gallery;
use ksmps_editor::model::View;
use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::desktop::Desktop;
use ksmps_harness::host::{EditorSetup, Format, Hosted};
use ksmps_harness::instance::Instance;

use super::{RATE, failed, median, system};
use crate::error::Error;

/// Lines of the text that is typed in.
const LINES: usize = 5000;
/// Parameters of the play surface.
const PARAMETERS: usize = 120;
/// Frames of one turn.
const FRAMES: usize = 120;
/// How long an idle window is looked at.
const IDLE: Duration = Duration::from_secs(10);

/// Times frames: input, layout and triangles, without what the graphics card does.
pub fn frames(rounds: usize) -> Result<(), Error> {
    let book = OpcodeBook::new(opcode_list().map_err(failed)?);
    println!("a frame of the editor, layout and triangles (medians of {rounds} turns)");
    let mut turns: Vec<[f64; 4]> = Vec::new();
    for _ in 0..rounds {
        let code = frame_times(LINES, &book);
        let empty = gallery::empty_frame_time(FRAMES).as_secs_f64() * 1e3;
        let play = gallery::frame_time(View::Play, PARAMETERS, FRAMES).as_secs_f64() * 1e3;
        turns.push([empty, code.typed_ms, code.scrolled_ms, play]);
    }
    let of = |at: usize| median(turns.iter().map(|turn| turn[at]).collect());
    let ratio = |at: usize| median(turns.iter().map(|turn| turn[at] / turn[0]).collect());
    println!("  empty window: {:.3} ms", of(0));
    for (at, what) in [
        (1, format!("a letter typed in {LINES} lines")),
        (2, format!("{LINES} lines scrolled")),
        (3, format!("{PARAMETERS} parameters, of which one moves")),
    ] {
        println!("  {what}: {:.3} ms, {:.1} times an empty one", of(at), ratio(at));
    }
    Ok(())
}

/// The CPU time of this process with a built plugin's editor open in a real window, beside that without.
pub fn idle() -> Result<(), Error> {
    println!("an open editor in which nothing changes, {} s", IDLE.as_secs());
    let desktop = Desktop::open()?;
    for format in Format::BUNDLES {
        let mut instance = Instance::open(format, &bundle::library(format)?, Kind::Instrument.name())?;
        instance.activate(f64::from(RATE), 512)?;
        let without = busy(instance.hosted());
        let mut window = None;
        instance.hosted().open_editor(EditorSetup::default(), &mut |size| {
            window = desktop.host_window((0, 0), size).ok();
            window.map_or(0, |window| window.id)
        })?;
        let window = window.ok_or_else(|| failed("the editor has no window"))?;
        let is_drawn = || Ok(desktop.picture(window.id)?.colours() > 2);
        desktop.wait_for("a picture", || instance.hosted().idle(), is_drawn)?;
        // The document's first build and what it says are shown by then.
        busy(instance.hosted());
        let with = busy(instance.hosted());
        instance.hosted().close_editor()?;
        desktop.close(window)?;
        println!("  {format:?}: {:.2} % of a core, {:.2} % without", 100.0 * with, 100.0 * without);
    }
    Ok(())
}

/// How much of a core this process takes while the host idles.
fn busy(hosted: &mut dyn Hosted) -> f64 {
    let (start, before) = (Instant::now(), system::seconds().unwrap_or_default());
    while start.elapsed() < IDLE {
        hosted.idle();
        thread::sleep(Duration::from_millis(20));
    }
    (system::seconds().unwrap_or_default() - before) / start.elapsed().as_secs_f64()
}
