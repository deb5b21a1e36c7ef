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
mod linked;
mod parameters;
mod playing;
mod presets;
mod project;
mod render;
mod system_dialog;
mod user_folder;
mod values;
mod watches;

use std::sync::Arc;

use ksmps_editor::model::{Command, News, ViewState};

use crate::host_link::ParamMenu;
use crate::instance::Instance;
use documents::Documents;
use jobs::Jobs;
use linked::Linked;
use parameters::Parameters;
use playing::Playing;
use presets::Presets;
use project::ProjectNews;
use render::Renders;
use system_dialog::SystemDialog;
use values::Values;
use watches::Watches;

/// What is said of a second dialog.
const DIALOG_STANDS: &str = "the system's dialog is open already";

/// What an open editor and its instance have to do with each other.
pub struct Link {
    instance: Arc<Instance>,
    jobs: Jobs,
    project: ProjectNews,
    parameters: Parameters,
    playing: Playing,
    values: Values,
    watches: Watches,
    documents: Documents,
    presets: Presets,
    renders: Renders,
    linked: Linked,
    dialog: SystemDialog,
    /// What was typed and not built when the last window closed.
    draft: Option<String>,
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
            watches: Watches::new(instance.control(), &kept_views(instance)),
            documents: Documents::default(),
            presets: Presets::default(),
            renders: Renders::default(),
            linked: Linked::default(),
            dialog: SystemDialog::default(),
            draft: instance.editor().kept().draft,
            answers: Vec::new(),
            instance: Arc::clone(instance),
            jobs,
        }
    }

    /// What the project remembers of the editor. `[control]`
    pub fn view_state(&self) -> ViewState {
        kept_views(&self.instance)
    }

    /// What is otherwise than the editor was told, in the order in which it is to hear it. `[control]`
    pub fn news(&mut self) -> Vec<News> {
        let mut news = std::mem::take(&mut self.answers);
        let control = self.instance.control();
        let status = control.status_without_console();
        self.project.tell(control, &status, &mut news);
        // Behind the document that it is a draft of.
        match self.draft.take() {
            Some(draft) if draft == control.text() => _ = self.instance.editor().keep_draft(None),
            draft => news.extend(draft.map(News::Draft)),
        }
        self.parameters.tell(&self.instance, &mut news);
        self.playing.tell(&mut self.watches, &mut news);
        self.watches.tell(&mut news);
        self.values.tell(control, &status, &mut news);
        self.presets.tell(&self.instance, &mut news);
        self.renders.tell(&mut news);
        self.documents.tell(control, &status, &mut news);
        self.linked.tell(&self.instance, &mut news);
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
            Command::SetController { slot, controller } => {
                self.answers.push(controllers::set(instance, slot, controller));
            }
            Command::SwapSlots { one, other } => drop(control.swap_slots(one.into(), other.into())),
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
            Command::Consent { permission, granted } => {
                self.answers.extend(self.project.consent(control, permission, granted));
            }
            Command::SetPlace(place) => drop(control.set_place(project::core_place(place))),
            Command::SetPlaceForAll(place) => {
                self.answers.extend(self.project.set_place_for_all(control, place));
            }
            Command::SetHeldNotes(held_notes) => {
                control.set_held_notes(project::core_held_notes(held_notes));
            }
            Command::SetSession { json } => self.answers.extend(project::set_session(control, json)),
            Command::Render { path, what } => self.renders.begin(instance, path, what, &mut self.answers),
            Command::StopRender => self.renders.stop(),
            Command::KeepDraft(draft) => {
                instance.follow().set_draft(draft.is_some());
                if instance.editor().keep_draft(draft) {
                    instance.host().mark_dirty();
                }
            }
            Command::Link { path } => linked::link(instance, path, &self.jobs),
            Command::ResolveConflict { take_file } => self.answers.push(linked::resolve(instance, take_file)),
            Command::KeepViewState => self.keep_views(view_state),
            Command::NewEmpty => documents::begin_empty(control),
            Command::OpenLibrary { entry } => self.answers.extend(documents::open_library(control, entry)),
            Command::Open { path } => documents::open_file(instance, path, &self.jobs),
            Command::Save { text } => self.answers.extend(documents::save_own(instance, text)),
            Command::SaveAs { path, text } => self.answers.extend(documents::save(instance, text, &path)),
            Command::SystemOpen => match self.dialog.turn() {
                Some(turn) => documents::open_chosen(instance, turn, &self.jobs),
                None => self.answers.push(failed(DIALOG_STANDS)),
            },
            Command::SystemSave { text } => match self.dialog.turn() {
                Some(turn) => documents::save_chosen(instance, text, turn, &self.jobs),
                None => self.answers.push(failed(DIALOG_STANDS)),
            },
            Command::BrowseFolder { path } => documents::browse(path, &self.jobs),
            Command::Preview { path } => documents::preview(path, &self.jobs),
            Command::Locate { name, path } => self.answers.push(documents::locate(control, &name, &path)),
            Command::OpenPage { url } => documents::show_page(url, &self.jobs),
            Command::Watch(target) => {
                self.watches.watch(control, target, &mut self.answers);
                self.keep_views(view_state);
            }
            Command::Unwatch(target) => {
                self.watches.unwatch(control, &target);
                self.keep_views(view_state);
            }
            Command::WatchVoice(voice) => {
                self.watches.choose_voice(control, voice);
                self.keep_views(view_state);
            }
            Command::HostMenu { slot, x, y } => {
                instance.host().show_menu(ParamMenu { slot: slot.into(), x, y });
            }
        }
    }

    /// Has the project remember the views' state, and what is watched.
    fn keep_views(&self, views: &ViewState) {
        let state = serde_json::to_value(self.watches.kept(views)).unwrap_or_default();
        self.instance.editor().keep_views(state);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.watches.end(self.instance.control());
    }
}

/// What the project remembers of the views.
fn kept_views(instance: &Instance) -> ViewState {
    let kept = instance.editor().kept().views;
    serde_json::from_value::<ViewState>(kept).unwrap_or_default().within_bounds()
}

/// An answer: something was done.
fn done(text: impl Into<String>) -> News {
    News::Answer { is_error: false, text: text.into() }
}

/// An answer: something could not be done.
fn failed(text: impl Into<String>) -> News {
    News::Answer { is_error: true, text: text.into() }
}

#[cfg(test)]
mod tests;
