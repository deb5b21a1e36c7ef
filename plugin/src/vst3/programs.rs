//! Presets as VST3's programs: one list, and one parameter that a host moves to choose from it.
//!
//! The first program leaves everything as it is; a fresh instance and one that was given a state stand there, so that a
//! host that writes back what it has read changes nothing. Then comes the factory library, whose places stay, then the
//! document's own presets and the user's. A host sends a choice twice, on its own thread and with a block: each value is
//! taken once, and carried out on the host's own thread.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ksmps_core::player::Revision;
use nice_plug::prelude::nice_warn;
use vst3::ComRef;
use vst3::Steinberg::Vst::ParameterInfo_::ParameterFlags_::{kIsList, kIsProgramChange};
use vst3::Steinberg::Vst::{
    IParamValueQueueTrait, IParameterChanges, IParameterChangesTrait, ParamID, ParameterInfo, ProgramListID,
    kRootUnitId,
};
use vst3::Steinberg::{int32, kResultOk};

use super::text::write_text;
use crate::instance::Instance;
use crate::presets::{self, Preset, factory};
use crate::products::{FACTORY, Layout};

/// The number of the list.
pub(super) const LIST: ProgramListID = 1;
/// What a host calls the list.
pub(super) const LIST_NAME: &str = "Presets";
/// The parameter that chooses, in hosts' projects. Once released it stays.
pub(super) const PARAM: ParamID = 1_838_096_004;
/// No program was asked for.
const NONE: u32 = u32::MAX;

/// The programs of one instance.
pub(super) struct Programs {
    layout: Layout,
    list: Mutex<Option<Arc<List>>>,
    /// The program that was chosen last.
    chosen: AtomicU32,
    /// The value that the host sent last, as bits.
    sent: AtomicU64,
    /// The program that is to be chosen on the host's own thread.
    wanted: AtomicU32,
}

/// The programs of one state of the project and of the user's presets.
pub(super) struct List {
    revision: Revision,
    preset_changes: u64,
    entries: Vec<Entry>,
}

/// One program.
#[derive(Debug, Clone, PartialEq)]
enum Entry {
    /// What is there.
    Present,
    /// A document of the library, with one of its presets or as it is.
    Factory(String, Option<String>),
    /// A preset of the present document, its own or the user's.
    Preset(Preset),
}

impl List {
    /// How many programs there are. `[control]`
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// What a host shows of a program. `[control]`
    pub fn name(&self, program: usize) -> Option<String> {
        Some(match self.entries.get(program)? {
            Entry::Present => "As it is".to_owned(),
            Entry::Factory(document, None) => document.clone(),
            Entry::Factory(document, Some(preset)) => format!("{document}: {preset}"),
            Entry::Preset(preset) => preset.name.clone(),
        })
    }

    /// The program that a parameter's value means. `[control]`
    pub fn program(&self, normalized: f64) -> usize {
        let last = self.len() - 1;
        // As VST3 divides the range among steps.
        ((normalized.clamp(0.0, 1.0) * self.len() as f64) as usize).min(last)
    }

    /// The parameter's value for a program. `[control]`
    pub fn normalized(&self, program: usize) -> f64 {
        program as f64 / (self.len() - 1).max(1) as f64
    }

    /// The program that a text names. `[control]`
    pub fn by_name(&self, text: &str) -> Option<usize> {
        (0..self.len()).find(|program| self.name(*program).is_some_and(|name| name == text.trim()))
    }
}

impl Programs {
    /// For a product of these buses. Reads nothing yet. `[any]`
    pub fn new(layout: Layout) -> Self {
        Self {
            layout,
            list: Mutex::default(),
            chosen: AtomicU32::new(0),
            sent: AtomicU64::new(0.0_f64.to_bits()),
            wanted: AtomicU32::new(NONE),
        }
    }

    /// The programs of the project as it is now. `[control]`
    pub fn list(&self, instance: &Instance) -> Arc<List> {
        let revision = instance.control().revision();
        let mut kept = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let preset_changes = presets::changes();
        let is_present =
            |list: &&Arc<List>| (list.revision, list.preset_changes) == (revision, preset_changes);
        if let Some(list) = kept.as_ref().filter(is_present) {
            return Arc::clone(list);
        }
        let list = Arc::new(List { revision, preset_changes, entries: self.entries(instance) });
        *kept = Some(Arc::clone(&list));
        list
    }

    fn entries(&self, instance: &Instance) -> Vec<Entry> {
        let documents = factory().iter().filter(|document| document.suits(self.layout));
        let library = documents.flat_map(|document| {
            let presets = document.presets.iter().map(|preset| Some(preset.name.clone()));
            [None].into_iter().chain(presets).map(|preset| Entry::Factory(document.name.clone(), preset))
        });
        let project = instance.control().project();
        let own = match project.document() {
            // These are among the library's.
            Ok(_) if FACTORY.contains(&project.text()) => Vec::new(),
            Ok(document) => document.presets(),
            Err(_) => Vec::new(),
        };
        let users = presets::of_user(&presets::document_name(&project));
        [Entry::Present]
            .into_iter()
            .chain(library)
            .chain(own.into_iter().chain(users).map(Entry::Preset))
            .collect()
    }

    /// The parameter's present value. `[control]`
    pub fn value(&self, instance: &Instance) -> f64 {
        let list = self.list(instance);
        list.normalized((self.chosen.load(Ordering::Relaxed) as usize).min(list.len() - 1))
    }

    /// The project came from a state: nothing of the list is chosen. `[control]`
    pub fn forget_choice(&self) {
        self.chosen.store(0, Ordering::Relaxed);
        self.sent.store(0.0_f64.to_bits(), Ordering::Relaxed);
        self.wanted.store(NONE, Ordering::Relaxed);
    }

    /// The host has sent a value with a block. `[audio]`
    ///
    /// # Safety
    /// `changes` is null or the host's, during its call.
    pub unsafe fn take_from(&self, changes: *mut IParameterChanges) {
        // SAFETY: The caller answers for the changes; a queue that is not null is one.
        unsafe {
            let Some(changes) = ComRef::from_raw(changes) else { return };
            for index in 0..changes.getParameterCount() {
                let Some(queue) = ComRef::from_raw(changes.getParameterData(index)) else { continue };
                let (mut frame, mut value) = (0, 0.0);
                if queue.getParameterId() == PARAM
                    && queue.getPoint(queue.getPointCount() - 1, &mut frame, &mut value) == kResultOk
                    && self.is_new(value)
                {
                    self.wanted.store((value.clamp(0.0, 1.0) as f32).to_bits(), Ordering::Release);
                }
            }
        }
    }

    /// The host has moved the parameter on its own thread; whether something has changed. `[control]`
    pub fn choose(&self, instance: &Instance, normalized: f64) -> bool {
        self.is_new(normalized) && self.carry_out(instance, normalized)
    }

    /// Carries out what came with a block; whether something has changed. `[control]`
    pub fn serve(&self, instance: &Instance) -> bool {
        if self.wanted.load(Ordering::Relaxed) == NONE {
            return false;
        }
        let wanted = self.wanted.swap(NONE, Ordering::Acquire);
        wanted != NONE && self.carry_out(instance, f32::from_bits(wanted).into())
    }

    fn is_new(&self, normalized: f64) -> bool {
        self.sent.swap(normalized.to_bits(), Ordering::AcqRel) != normalized.to_bits()
    }

    fn carry_out(&self, instance: &Instance, normalized: f64) -> bool {
        let list = self.list(instance);
        let program = list.program(normalized);
        if self.chosen.swap(program as u32, Ordering::AcqRel) as usize == program {
            return false;
        }
        let loaded = match &list.entries[program] {
            Entry::Present => return false,
            Entry::Factory(document, preset) => presets::load_factory(instance, document, preset.as_deref()),
            Entry::Preset(preset) => {
                presets::load_preset(instance, preset);
                Ok(())
            }
        };
        if let Err(why) = &loaded {
            nice_warn!("a program was not loaded: {why}");
        }
        loaded.is_ok()
    }

    /// Describes the parameter. `[control]`
    pub fn describe(&self, instance: &Instance, info: &mut ParameterInfo) {
        // SAFETY: A record of zeros is a valid one.
        *info = unsafe { std::mem::zeroed() };
        info.id = PARAM;
        write_text(&mut info.title, "Program");
        write_text(&mut info.shortTitle, "Program");
        info.stepCount = self.list(instance).len() as int32 - 1;
        info.unitId = kRootUnitId;
        info.flags = (kIsProgramChange | kIsList) as int32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refresh;

    const MINE: &str = ";@about \"Nobody's\"\n;@param a 0..4=1\n;@preset \"One\" a=3\n;@preset \"Two\" a=4\ninstr 1\nendin\n";

    fn mine() -> (Programs, Arc<Instance>) {
        let instance = Instance::alone(MINE);
        refresh::show_declared(&instance);
        (Programs::new(Layout::StereoOut), instance)
    }

    fn names(programs: &Programs, instance: &Instance) -> Vec<String> {
        let list = programs.list(instance);
        (0..list.len()).map(|program| list.name(program).unwrap()).collect()
    }

    #[test]
    fn the_library_comes_first_and_the_documents_own_behind_it() {
        let (programs, instance) = mine();
        let names = names(&programs, &instance);
        assert_eq!(names[..3], ["As it is", "Drift", "Drift: Warm Pad"]);
        assert_eq!(names[names.len() - 2..], ["One", "Two"]);
        assert!(!names.iter().any(|name| name == "Echo"), "effects are none of an instrument's programs");
        let list = programs.list(&instance);
        for (program, name) in names.iter().enumerate() {
            assert_eq!(list.program(list.normalized(program)), program);
            assert_eq!(list.by_name(name), Some(program));
        }
    }

    #[test]
    fn a_preset_that_was_saved_is_listed_at_once() {
        let (programs, instance) = mine();
        let before = programs.list(&instance);
        presets::changed();
        assert!(!Arc::ptr_eq(&before, &programs.list(&instance)), "the list is read again");
        assert_eq!(programs.list(&instance).entries, before.entries);
    }

    #[test]
    fn a_value_is_taken_once_and_the_first_program_changes_nothing() {
        let (programs, instance) = mine();
        assert_eq!(programs.value(&instance), 0.0);
        assert!(!programs.choose(&instance, 0.0), "a host writes back what it has read");
        let list = programs.list(&instance);
        let one = list.normalized(list.by_name("One").unwrap());
        assert!(programs.choose(&instance, one));
        let slot = instance.control().slot("a").unwrap();
        assert_eq!((instance.params().shown(slot), programs.value(&instance)), (0.75, one));
        assert!(!programs.choose(&instance, one), "with the block it comes again");
        // Of the library: the list is a shorter one from then on, and the same value means something else in it.
        let pad = list.normalized(list.by_name("Drift: Warm Pad").unwrap());
        assert!(programs.choose(&instance, pad));
        assert_eq!(presets::document_name(&instance.control().project()), "Drift");
        assert!(!names(&programs, &instance).contains(&"One".to_owned()));
        assert!(!programs.choose(&instance, pad));
        let list = programs.list(&instance);
        assert_eq!(list.name(list.program(programs.value(&instance))).unwrap(), "Drift: Warm Pad");
        programs.forget_choice();
        assert_eq!(programs.value(&instance), 0.0);
        assert!(!programs.serve(&instance));
    }
}
