//! Between an instance and its editor: what the editor is told, and how what the user does in it is carried out.
//!
//! The editor (`ksmps_editor`) knows no engine and no host. While its window is open, a [`Link`] looks at the instance
//! some 30 times a second and makes news of what has changed ([`Link::news`]), and carries out each command
//! ([`Link::carry_out`]). Each part of the instance has a file here that does both. What may take its time (files,
//! the list of opcodes, renders) is done by a thread of its own and comes as news (`jobs`).

mod controllers;
mod documents;
mod evaluate;
mod files;
mod jobs;
mod library;
mod parameters;
mod playing;
mod presets;
mod project;
mod render;
mod user_folder;
mod values;

use std::sync::Arc;

use ksmps_editor::model::{Command, News, ViewState};

use crate::instance::Instance;
use documents::Documents;
use jobs::Jobs;
use parameters::Parameters;
use playing::Playing;
use presets::Presets;
use project::ProjectNews;
use render::Renders;
use values::Values;

/// What an open editor and its instance have to do with each other.
pub struct Link {
    instance: Arc<Instance>,
    jobs: Jobs,
    project: ProjectNews,
    parameters: Parameters,
    playing: Playing,
    values: Values,
    documents: Documents,
    presets: Presets,
    renders: Renders,
    /// Answers to commands, for the next news.
    answers: Vec<News>,
}

impl Link {
    /// A link for an editor that knows nothing yet. `[control]`
    pub fn new(instance: &Arc<Instance>) -> Self {
        let jobs = Jobs::default();
        documents::tell_what_there_is(&jobs);
        Self {
            project: ProjectNews::default(),
            parameters: Parameters::default(),
            playing: Playing::new(instance.control()),
            values: Values::default(),
            documents: Documents::default(),
            presets: Presets::default(),
            renders: Renders::default(),
            answers: Vec::new(),
            instance: Arc::clone(instance),
            jobs,
        }
    }

    /// What the project remembers of the editor. `[control]`
    pub fn view_state(&self) -> ViewState {
        let kept = self.instance.editor().kept().views;
        serde_json::from_value::<ViewState>(kept).unwrap_or_default().within_bounds()
    }

    /// What is otherwise than the editor was told, in the order in which it is to hear it. `[control]`
    pub fn news(&mut self) -> Vec<News> {
        let mut news = std::mem::take(&mut self.answers);
        let control = self.instance.control();
        let status = control.status_without_console();
        self.project.tell(control, &status, &mut news);
        self.parameters.tell(&self.instance, &mut news);
        self.playing.tell(&mut news);
        if let Some((slot, controller)) = self.playing.take_learned(&mut news) {
            news.push(controllers::give(&self.instance, slot, controller));
        }
        self.values.tell(control, &mut news);
        self.presets.tell(&self.instance, &mut news);
        self.renders.tell(&mut news);
        self.documents.tell(control, &status, &mut news);
        self.jobs.tell(&mut news);
        news
    }

    /// Does what the user asked for; what there is to say of it comes with the next news. `[control]`
    pub fn carry_out(&mut self, command: Command, view_state: &ViewState) {
        let instance = &self.instance;
        let control = instance.control();
        match command {
            Command::Build { text } => drop(control.edit(text)),
            Command::Evaluate { code } => self.answers.push(evaluate::code(control, &code)),
            Command::Score { lines } => self.answers.push(evaluate::score(control, &lines)),
            Command::BeginGesture { slot } => self.parameters.begin(instance, slot),
            Command::SetParameter { slot, normalized } => self.parameters.set(instance, slot, normalized),
            Command::EndGesture { slot } => self.parameters.end(instance, slot),
            Command::Learn { slot } => self.playing.learn(slot, &mut self.answers),
            Command::Forget { slot } => self.answers.push(controllers::forget(instance, slot)),
            Command::NoteOn { key, velocity } => self.playing.note_on(control, key, velocity),
            Command::NoteOff { key } => self.playing.note_off(control, key),
            Command::AllNotesOff => self.playing.all_notes_off(control),
            Command::LookAtScope(looks) => self.playing.look_at_scope(control, looks),
            Command::ClearCounts => self.playing.clear_counts(),
            Command::LookAtValues(looks) => self.values.look(looks),
            Command::ReadTable { number } => self.values.read_table(number),
            Command::ChoosePreset { preset } => self.presets.choose(instance, preset, &mut self.answers),
            Command::SavePreset { name } => self.presets.save(instance, &name, &mut self.answers),
            Command::RenamePreset { preset, name } => self.presets.rename(preset, &name, &mut self.answers),
            Command::DeletePreset { preset } => self.presets.delete(preset, &mut self.answers),
            Command::SetPlace(place) => drop(control.set_place(project::core_place(place))),
            Command::SetSession { json } => self.answers.extend(project::set_session(control, json)),
            Command::Render { path, what } => self.renders.begin(instance, path, what, &mut self.answers),
            Command::StopRender => self.renders.stop(),
            Command::KeepViewState => {
                let state = serde_json::to_value(view_state).unwrap_or_default();
                instance.editor().keep_views(state);
            }
            // The window's own.
            Command::Resize { .. } | Command::HostMenu { .. } => {}
            other => self.documents.carry_out(instance, other, &self.jobs, &mut self.answers),
        }
    }
}

/// An answer: something was done.
fn done(text: impl Into<String>) -> News {
    News::Answer { is_error: false, text: text.into() }
}

/// An answer: something could not be done.
fn failed(text: impl Into<String>) -> News {
    News::Answer { is_error: true, text: text.into() }
}
