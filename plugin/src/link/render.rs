//! Renders to a sound file, from inside the plugin: the document's score by an instance of its own, or what is played.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use ksmps_core::library::sound_file::{Encoding, Format, Writer};
use ksmps_core::player::{self, InstanceConfig, SCOPE_FRAMES, Scope};
use ksmps_core::renderer::{Block, Reports};
use ksmps_core::route::HostChannels;
use ksmps_editor::model::{News, RenderWhat, Rendering};
use serde_json::Value;

use super::{done, failed};
use crate::instance::Instance;

/// Frames that are rendered at a time.
const BLOCK: usize = 512;
/// A score that has been silent for so long is over.
const SILENCE_SECONDS: f64 = 5.0;
/// What is not louder is silence: -90 dB.
const SILENCE: f32 = 3.2e-5;
/// A render ends by itself after so long.
const SECONDS_MAX: f64 = 3600.0;
/// How often what is played is written.
const LISTEN_EVERY: Duration = Duration::from_millis(50);
/// The rate where nothing plays yet.
const RATE_DEFAULT: f64 = 48_000.0;

/// A render that runs.
struct Running {
    path: PathBuf,
    stop: Arc<AtomicBool>,
    /// Milliseconds that are done.
    done_ms: Arc<AtomicU64>,
    told_ms: Option<u64>,
    ended: Receiver<Result<String, String>>,
}

/// The render of an editor; one at a time.
#[derive(Default)]
pub(super) struct Renders {
    running: Option<Running>,
}

/// What a render works with.
struct Work {
    path: PathBuf,
    stop: Arc<AtomicBool>,
    done_ms: Arc<AtomicU64>,
    rate: f64,
}

impl Renders {
    /// Begins a render. `[control]`
    pub fn begin(&mut self, instance: &Instance, path: PathBuf, what: RenderWhat, answers: &mut Vec<News>) {
        if self.running.is_some() {
            return answers.push(failed("a render is under way: stop it first"));
        }
        let Some(format) = Format::of(&path) else {
            return answers
                .push(failed(format!("{}: the name ends in .wav, .aiff or .flac", path.display())));
        };
        let rate = instance.control().status_without_console().info.map_or(RATE_DEFAULT, |info| info.rate);
        let (stop, done_ms) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let work = Work { path: path.clone(), stop: Arc::clone(&stop), done_ms: Arc::clone(&done_ms), rate };
        let control = instance.control();
        let job: Box<dyn FnOnce() -> Result<String, String> + Send> = match what {
            RenderWhat::Score { tail_seconds } => {
                let state = control.save_copy();
                Box::new(move || work.render(format, &state, tail_seconds))
            }
            RenderWhat::Played => {
                let scope = control.look();
                Box::new(move || work.listen(format, &scope))
            }
        };
        let (sender, ended) = channel();
        let run = move || {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job));
            let outcome = outcome.unwrap_or_else(|_| Err("the render ended in a program error".to_owned()));
            // The editor may have closed.
            let _ = sender.send(outcome);
        };
        match thread::Builder::new().name("ksmps render".into()).spawn(run) {
            Ok(_) => self.running = Some(Running { path, stop, done_ms, told_ms: None, ended }),
            Err(error) => answers.push(failed(format!("no thread could be started: {error}"))),
        }
    }

    /// Ends a render; what was rendered so far stays. `[control]`
    pub fn stop(&self) {
        if let Some(running) = &self.running {
            running.stop.store(true, Ordering::Relaxed);
        }
    }

    /// Tells how far it is. `[control]`
    pub fn tell(&mut self, news: &mut Vec<News>) {
        let Some(running) = &mut self.running else { return };
        if let Ok(outcome) = running.ended.try_recv() {
            news.push(News::Rendering(None));
            news.push(match outcome {
                Ok(text) => done(text),
                Err(why) => failed(why),
            });
            self.running = None;
            return;
        }
        let now = running.done_ms.load(Ordering::Relaxed);
        if running.told_ms.replace(now) != Some(now) {
            let seconds = now as f64 / 1000.0;
            news.push(News::Rendering(Some(Rendering { path: running.path.clone(), done: None, seconds })));
        }
    }
}

impl Drop for Renders {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Work {
    fn writer(&self, format: Format) -> Result<Writer, String> {
        let encoding = if format == Format::Wav { Encoding::Float32 } else { format.default_encoding() };
        Writer::create(&self.path, format, encoding, self.rate as u32, 2).map_err(|error| error.to_string())
    }

    fn write(&self, writer: &mut Writer, frames: &[f64]) -> Result<(), String> {
        writer.write(frames).map_err(|error| error.to_string())?;
        let seconds = writer.frames() as f64 / self.rate;
        self.done_ms.store((seconds * 1000.0) as u64, Ordering::Relaxed);
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn finish(&self, mut writer: Writer) -> Result<String, String> {
        writer.flush().map_err(|error| error.to_string())?;
        Ok(format!("{:.1} s are in {}", writer.frames() as f64 / self.rate, self.path.display()))
    }

    /// The document's score, by an instance of its own with the project's state: until it has been silent for a while.
    fn render(&self, format: Format, state: &Value, tail_seconds: f64) -> Result<String, String> {
        let channels = HostChannels { inputs: vec![], outputs: vec![2] };
        let (control, mut player) = player::pair(InstanceConfig { channels, default_document: "" });
        control.restore(state).map_err(|error| error.to_string())?;
        let status = control.activate(self.rate);
        if status.failed || status.info.is_none() {
            let why: Vec<String> = status.diagnostics.iter().map(ToString::to_string).collect();
            return Err(format!("the document does not play: {}", why.join("; ")));
        }
        player.adopt();
        player.set_offline(true);
        let mut skip = player.latency_frames() as usize;
        let mut writer = self.writer(format)?;
        let mut reports = Reports::default();
        let tail_seconds = if tail_seconds.is_finite() { tail_seconds.max(0.0) } else { 0.0 };
        let silence_max = ((SILENCE_SECONDS + tail_seconds) * self.rate) as u64;
        let mut silent: u64 = 0;
        let mut sound = [[0.0f32; BLOCK]; 2];
        while !self.is_stopped() && silent < silence_max && (writer.frames() as f64) < SECONDS_MAX * self.rate
        {
            let [left, right] = &mut sound;
            let mut block = Block { inputs: &[], outputs: &mut [left, right], frames: BLOCK, events: &[] };
            player.process(&mut block, &mut reports);
            let from = skip.min(BLOCK);
            skip -= from;
            let frames: Vec<f64> =
                (from..BLOCK).flat_map(|frame| [sound[0][frame].into(), sound[1][frame].into()]).collect();
            let is_silent = sound.iter().flatten().all(|sample| sample.abs() <= SILENCE);
            silent = if is_silent { silent + BLOCK as u64 } else { 0 };
            self.write(&mut writer, &frames)?;
        }
        let problems = control.status_with_messages().problems;
        let said = self.finish(writer)?;
        match problems.first() {
            Some(problem) => Err(format!("{said}, but {}", problem.without_severity())),
            None => Ok(said),
        }
    }

    /// What is played from now on, until it is stopped.
    fn listen(&self, format: Format, scope: &Scope) -> Result<String, String> {
        let mut writer = self.writer(format)?;
        let mut latest = vec![[0.0f32; 2]; SCOPE_FRAMES];
        let mut written = scope.latest(&mut latest);
        let mut lost = 0;
        while !self.is_stopped() && (writer.frames() as f64) < SECONDS_MAX * self.rate {
            thread::sleep(LISTEN_EVERY);
            let now = scope.latest(&mut latest);
            let new = now - std::mem::replace(&mut written, now);
            let kept = new.min(SCOPE_FRAMES as u64) as usize;
            lost += new - kept as u64;
            let frames: Vec<f64> =
                latest[SCOPE_FRAMES - kept..].iter().flatten().map(|sample| f64::from(*sample)).collect();
            self.write(&mut writer, &frames)?;
        }
        let said = self.finish(writer)?;
        if lost > 0 {
            Err(format!("{said}; {lost} frames were lost, because the machine was busy"))
        } else {
            Ok(said)
        }
    }
}

#[cfg(test)]
mod tests {
    use ksmps_core::library::sound_file;

    use super::*;

    /// Waits for the end of a render; its answer.
    fn end(renders: &mut Renders) -> (bool, String) {
        let answer = (0..60_000).find_map(|_| {
            thread::sleep(Duration::from_millis(2));
            let mut news = Vec::new();
            renders.tell(&mut news);
            news.into_iter().find_map(|one| match one {
                News::Answer { is_error, text } => Some((is_error, text)),
                _ => None,
            })
        });
        answer.expect("it ends")
    }

    #[test]
    fn a_score_is_rendered_to_its_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.wav");
        let instance = Instance::alone(
            "ksmps = 32\nnchnls = 2\n0dbfs = 1\ninstr 1\na1 poscil 0.25, 440\nouts a1, a1\nendin\nschedule 1, 0, 1\n",
        );
        let (mut renders, mut answers) = (Renders::default(), Vec::new());
        renders.begin(&instance, path.clone(), RenderWhat::Score { tail_seconds: 0.0 }, &mut answers);
        renders.begin(&instance, path.clone(), RenderWhat::Played, &mut answers);
        assert!(matches!(&answers[..], [News::Answer { is_error: true, .. }]), "one at a time: {answers:?}");
        assert!(!end(&mut renders).0);
        let sound = sound_file::read(&path).expect("it was written");
        let last = sound.samples.iter().rposition(|sample| sample.abs() > 0.01).expect("it sounds") / 2;
        assert!((47_900..48_000).contains(&last), "the note lasts a second from the first frame: {last}");
        assert!((sound.samples.len() / 2).abs_diff(6 * 48_000) <= BLOCK, "and the silence behind it");
    }

    #[test]
    fn what_cannot_be_rendered_says_why() {
        let folder = tempfile::tempdir().expect("a folder");
        let instance = Instance::alone("instr 1\na1 nosuchopcode\nendin\n");
        let (mut renders, mut answers) = (Renders::default(), Vec::new());
        renders.begin(&instance, folder.path().join("a.xyz"), RenderWhat::Played, &mut answers);
        assert!(matches!(&answers[..], [News::Answer { is_error: true, .. }]), "{answers:?}");
        renders.begin(
            &instance,
            folder.path().join("a.wav"),
            RenderWhat::Score { tail_seconds: 1.0 },
            &mut answers,
        );
        let (is_error, text) = end(&mut renders);
        assert!(is_error && text.contains("nosuchopcode"), "{text}");
    }
}
