//! From an instance to its VST3 host: what changed, said on the host's own thread, while a call of its is answered.

use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::thread::{self, ThreadId};

use atomic_refcell::AtomicRefCell;
use crossbeam_queue::ArrayQueue;
use ksmps_core::params::{Param, SLOTS};
use vst3::Steinberg::Vst::RestartFlags_::{kParamTitlesChanged, kParamValuesChanged};
use vst3::Steinberg::Vst::{
    IComponentHandler, IComponentHandler2, IComponentHandler2Trait, IComponentHandler3,
    IComponentHandler3Trait, IComponentHandlerTrait, IContextMenuTrait, IParamValueQueueTrait,
    IParameterChanges, IParameterChangesTrait, IUnitHandler, IUnitHandlerTrait, ParamID, kAllProgramInvalid,
};
use vst3::Steinberg::{IPlugView, int32};
use vst3::{ComPtr, ComRef};

use super::programs::{LIST, Programs};
use super::run_loop::Timer;
use crate::host_link::{EDITS_MAX, HostLink, ParamEdit, ParamMenu};
use crate::instance::Instance;
use crate::param_list::ParamListChange;
use crate::products::Layout;

/// The host has read titles or values that hold no longer.
const RESCAN: u32 = 1;
/// The project has something to save.
const MARK_DIRTY: u32 = 2;

/// What the exchanged functions of a VST3 object share with its instance.
pub struct Vst3Link {
    /// The thread on which the host made the object: VST3's user interface thread.
    thread: ThreadId,
    instance: OnceLock<Weak<Instance>>,
    /// Whom to tell. VST3 gives the handler and lets it be called on one thread, the host's own: nobody waits here.
    handler: AtomicRefCell<Option<ComPtr<IComponentHandler>>>,
    /// What has the host call a few times a second, where it can. The host's own thread's, as the handler is.
    timer: AtomicRefCell<Option<Timer>>,
    /// Whether there is such a timer, for the audio thread.
    has_timer: AtomicBool,
    /// What the user did to parameters in the editor, until there is an occasion to say so.
    edits: ArrayQueue<(usize, ParamEdit)>,
    wanted: AtomicU32,
    is_offline: AtomicBool,
    /// The host has a menu for parameters.
    has_menu: AtomicBool,
    /// The menu that the host is to show; a later one takes its place.
    menu: ArrayQueue<ParamMenu>,
    /// Where parameters of the block at hand go; null between blocks.
    output: AtomicPtr<IParameterChanges>,
    /// The framework's numbers of the slots, by slot.
    param_ids: OnceLock<Vec<ParamID>>,
    /// The title that the host read last, by slot; empty before the first time.
    titles: Mutex<Vec<String>>,
    /// What the host can choose from its list of programs.
    programs: Programs,
}

impl HostLink for Vst3Link {
    fn attach(&self, instance: &Arc<Instance>) {
        // A link is made with its instance, so that a second is not to be expected; the first stays.
        let _ = self.instance.set(Arc::downgrade(instance));
    }

    fn params_changed(&self, change: ParamListChange) {
        if change.shown {
            self.wanted.fetch_or(RESCAN, Ordering::AcqRel);
        }
    }

    fn mark_dirty(&self) {
        self.wanted.fetch_or(MARK_DIRTY, Ordering::AcqRel);
    }

    fn latency_changed(&self, framework: &mut dyn FnMut()) {
        framework();
    }

    fn send_param(&self, frame: u32, slot: usize, normalized: f64) {
        let Some(id) = self.param_ids.get().and_then(|ids| ids.get(slot)) else { return };
        // SAFETY: The pointer is there during the host's call of `process` alone, on whose thread this is; a queue that
        // is not null is one.
        unsafe {
            let Some(output) = ComRef::from_raw(self.output.load(Ordering::Relaxed)) else { return };
            let mut index = 0;
            if let Some(queue) = ComRef::from_raw(output.addParameterData(id, &mut index)) {
                queue.addPoint(frame as int32, normalized, &mut index);
            }
        }
    }

    fn edit_param(&self, slot: usize, edit: ParamEdit) {
        // An edit too many goes unsaid.
        let _ = self.edits.push((slot, edit));
    }

    /// The host shows it on its own thread, for which there has to be a timer.
    fn has_menu(&self) -> bool {
        self.has_menu.load(Ordering::Relaxed) && self.has_timer.load(Ordering::Relaxed)
    }

    fn show_menu(&self, menu: ParamMenu) {
        self.menu.force_push(menu);
    }

    /// Not all hosts read titles again: where one knows a slot under another, the text carries the name ("Cutoff:
    /// 1800 Hz"). A slot without a parameter reads "–".
    fn value_text(&self, slot: usize, param: Option<&Param>, normalized: f64) -> String {
        match param {
            Some(param) if self.knows(slot, &param.label) => param.text(normalized),
            Some(param) => format!("{}: {}", param.label, param.text(normalized)),
            None => "–".to_owned(),
        }
    }

    fn is_offline(&self) -> bool {
        self.is_offline.load(Ordering::Relaxed)
    }
}

impl Vst3Link {
    /// A link of an object of these buses that is being made on this thread. `[control]`
    pub(super) fn new(layout: Layout) -> Self {
        Self {
            thread: thread::current().id(),
            instance: OnceLock::new(),
            handler: AtomicRefCell::new(None),
            timer: AtomicRefCell::new(None),
            has_timer: AtomicBool::new(false),
            edits: ArrayQueue::new(EDITS_MAX),
            wanted: AtomicU32::new(0),
            is_offline: AtomicBool::new(false),
            has_menu: AtomicBool::new(false),
            menu: ArrayQueue::new(1),
            output: AtomicPtr::default(),
            param_ids: OnceLock::new(),
            titles: Mutex::default(),
            programs: Programs::new(layout),
        }
    }

    /// Its programs. `[any]`
    pub(super) fn programs(&self) -> &Programs {
        &self.programs
    }

    /// Carries out a program that the host chose with a block, on the host's own thread. `[any]` but the audio thread
    pub(super) fn serve_programs(&self) {
        if let Some(instance) = self.instance().filter(|_| self.thread == thread::current().id()) {
            self.programs.serve(&instance);
        }
    }

    /// Whose host this is. `[control]`
    pub(super) fn instance(&self) -> Option<Arc<Instance>> {
        self.instance.get()?.upgrade()
    }

    /// Whom to tell, from now on. `[control]`
    pub(super) fn set_handler(&self, handler: Option<ComPtr<IComponentHandler>>) {
        let has_menu = handler.as_ref().is_some_and(|handler| handler.cast::<IComponentHandler3>().is_some());
        self.has_menu.store(has_menu, Ordering::Relaxed);
        // A host that calls this on two threads at once breaks the interface's rule: the first handler stays.
        if let Ok(mut kept) = self.handler.try_borrow_mut() {
            *kept = handler;
        }
    }

    /// Where parameters of the block at hand go; null when it ends. `[audio]`
    pub(super) fn set_output(&self, output: *mut IParameterChanges) {
        self.output.store(output, Ordering::Relaxed);
    }

    /// How the framework numbers the slots. Once. `[control]`
    pub(super) fn set_param_ids(&self, ids: Vec<ParamID>) {
        let _ = self.param_ids.set(ids);
    }

    /// What has the host call, from now on. `[control]`
    pub(super) fn set_timer(&self, timer: Option<Timer>) {
        let before =
            self.timer.try_borrow_mut().ok().and_then(|mut kept| std::mem::replace(&mut *kept, timer));
        // Without the borrow: the host may call back.
        drop(before);
    }

    /// Shows what the orchestra wrote into parameters. `[any]` but the audio thread
    pub(super) fn show_written(&self) {
        if let Some(instance) = self.instance() {
            instance.params().show_written();
        }
    }

    /// The host renders offline from now on, or no longer. `[any]`
    pub(super) fn set_offline(&self, is_offline: bool) {
        self.is_offline.store(is_offline, Ordering::Relaxed);
    }

    /// Tells the host what it is to know. The interface wants that on the host's own thread. `[control]`
    pub(super) fn tell(&self) {
        if self.wanted.load(Ordering::Acquire) != 0 {
            self.tell_of(RESCAN | MARK_DIRTY);
        }
    }

    /// As [`Self::tell`], where this is the host's own thread. `[any]` but the audio thread
    pub(super) fn tell_on_own_thread(&self) {
        if self.thread == thread::current().id() {
            self.tell();
        }
    }

    /// As [`Self::tell`], from a timer: what the user did in the editor, and what the orchestra wrote, too. `[control]`
    pub(super) fn tell_in_passing(&self) {
        self.has_timer.store(true, Ordering::Relaxed);
        self.serve_programs();
        self.tell();
        self.tell_edits();
        self.show_written();
    }

    /// Has the host show the menu that the user wants, in a view. `[control]`
    ///
    /// # Safety
    /// `view` is the host's view of this object's editor, on the host's own thread.
    pub(super) unsafe fn show_wanted_menu(&self, view: *mut IPlugView) {
        let Some(ParamMenu { slot, x, y }) = self.menu.pop() else { return };
        // A copy, because the host may call back.
        let handler = self.handler.try_borrow().ok().and_then(|handler| handler.clone());
        let handler = handler.and_then(|handler| handler.cast::<IComponentHandler3>());
        let id = self.param_ids.get().and_then(|ids| ids.get(slot));
        if let (Some(handler), Some(id)) = (handler, id) {
            // SAFETY: The caller answers for the view; the handler is counted, the host reads the number during the call, and
            // the menu that it gives is ours.
            unsafe {
                if let Some(menu) = ComPtr::from_raw(handler.createContextMenu(view, id)) {
                    menu.popup(x, y);
                }
            }
        }
    }

    fn tell_edits(&self) {
        if self.edits.is_empty() {
            return;
        }
        // A copy, because the host may call back.
        let handler = self.handler.try_borrow().ok().and_then(|handler| handler.clone());
        let Some(handler) = handler else { return };
        for _ in 0..self.edits.len() {
            let Some((slot, edit)) = self.edits.pop() else { return };
            let Some(id) = self.param_ids.get().and_then(|ids| ids.get(slot)) else { continue };
            // SAFETY: The handler is counted for as long as we hold it.
            unsafe {
                match edit {
                    ParamEdit::Begin => handler.beginEdit(*id),
                    ParamEdit::Value(normalized) => handler.performEdit(*id, normalized),
                    ParamEdit::End => handler.endEdit(*id),
                };
            }
        }
    }

    /// Sends what the user did in the editor with the block's output, where the host gives no other occasion. `[audio]`
    pub(super) fn send_edits(&self) {
        if self.has_timer.load(Ordering::Relaxed) {
            return;
        }
        for _ in 0..self.edits.len() {
            if let Some((slot, ParamEdit::Value(normalized))) = self.edits.pop() {
                self.send_param(0, slot, normalized);
            }
        }
    }

    fn tell_of(&self, what: u32) {
        // A copy, because the host may call back.
        let handler = self.handler.try_borrow().ok().and_then(|handler| handler.clone());
        let Some(handler) = handler else { return };
        let wanted = self.wanted.fetch_and(!what, Ordering::AcqRel) & what;
        // SAFETY: The handler is counted for as long as we hold it.
        unsafe {
            if wanted & RESCAN != 0 {
                // Units are those of the parameters; the list of programs has the document's own.
                if let Some(handler) = handler.cast::<IUnitHandler>() {
                    handler.notifyProgramListChange(LIST, kAllProgramInvalid);
                }
                handler.restartComponent(kParamTitlesChanged | kParamValuesChanged);
            }
            if wanted & MARK_DIRTY != 0
                && let Some(handler) = handler.cast::<IComponentHandler2>()
            {
                handler.setDirty(1);
            }
        }
    }

    /// As [`Self::tell`], of what is unsaved alone, and only on the host's own thread: other threads may come here
    /// too. `[any]` but the audio thread
    pub(super) fn tell_dirty(&self) {
        if self.wanted.load(Ordering::Acquire) & MARK_DIRTY != 0 && self.thread == thread::current().id() {
            self.tell_of(MARK_DIRTY);
        }
    }

    /// Notes which title the host has read. `[control]`
    pub(super) fn note_title(&self, slot: usize, title: &str) {
        let mut titles = self.titles.lock().unwrap_or_else(PoisonError::into_inner);
        titles.resize(SLOTS, String::new());
        if let Some(noted) = titles.get_mut(slot) {
            title.clone_into(noted);
        }
    }

    /// Whether the host knows a slot under this title.
    fn knows(&self, slot: usize, title: &str) -> bool {
        let titles = self.titles.lock().unwrap_or_else(PoisonError::into_inner);
        titles.get(slot).is_some_and(|noted| noted == title)
    }
}

#[cfg(test)]
mod tests {
    use vst3::Steinberg::Vst::{IContextMenu, IContextMenu_::Item, IContextMenuTarget};
    use vst3::Steinberg::{kNotImplemented, kResultOk, tresult};
    use vst3::{Class, ComWrapper};

    use super::*;

    /// A host that notes which menus it showed: the parameter's number, and where.
    #[derive(Default)]
    struct Menus(Arc<Mutex<Vec<(ParamID, i32, i32)>>>);

    struct Menu {
        id: ParamID,
        shown: Arc<Mutex<Vec<(ParamID, i32, i32)>>>,
    }

    impl Class for Menus {
        type Interfaces = (IComponentHandler, IComponentHandler3);
    }

    impl Class for Menu {
        type Interfaces = (IContextMenu,);
    }

    impl IComponentHandlerTrait for Menus {
        unsafe fn beginEdit(&self, _: ParamID) -> tresult {
            kResultOk
        }
        unsafe fn performEdit(&self, _: ParamID, _: f64) -> tresult {
            kResultOk
        }
        unsafe fn endEdit(&self, _: ParamID) -> tresult {
            kResultOk
        }
        unsafe fn restartComponent(&self, _: int32) -> tresult {
            kResultOk
        }
    }

    impl IComponentHandler3Trait for Menus {
        unsafe fn createContextMenu(&self, _: *mut IPlugView, id: *const ParamID) -> *mut IContextMenu {
            // SAFETY: The plugin gives a number.
            let menu = Menu { id: unsafe { *id }, shown: Arc::clone(&self.0) };
            ComWrapper::new(menu).to_com_ptr::<IContextMenu>().expect("its own interface").into_raw()
        }
    }

    impl IContextMenuTrait for Menu {
        unsafe fn getItemCount(&self) -> int32 {
            0
        }
        unsafe fn getItem(&self, _: int32, _: *mut Item, _: *mut *mut IContextMenuTarget) -> tresult {
            kNotImplemented
        }
        unsafe fn addItem(&self, _: *const Item, _: *mut IContextMenuTarget) -> tresult {
            kNotImplemented
        }
        unsafe fn removeItem(&self, _: *const Item, _: *mut IContextMenuTarget) -> tresult {
            kNotImplemented
        }
        unsafe fn popup(&self, x: i32, y: i32) -> tresult {
            self.shown.lock().expect("nobody panics here").push((self.id, x, y));
            kResultOk
        }
    }

    #[test]
    fn the_hosts_menu_is_shown_on_its_own_thread_where_that_can_be_reached() {
        let link = Vst3Link::new(Layout::StereoOut);
        link.set_param_ids(vec![10, 11, 12]);
        assert!(!link.has_menu());
        let menus = Menus::default();
        let shown = Arc::clone(&menus.0);
        link.set_handler(ComWrapper::new(menus).to_com_ptr());
        assert!(!link.has_menu(), "no timer has called yet");
        link.tell_in_passing();
        assert!(link.has_menu());
        link.show_menu(ParamMenu { slot: 0, x: 1, y: 2 });
        link.show_menu(ParamMenu { slot: 2, x: 40, y: 50 });
        assert_eq!(*shown.lock().unwrap(), []);
        for _ in 0..2 {
            // SAFETY: This host does not look at the view.
            unsafe { link.show_wanted_menu(std::ptr::null_mut()) };
        }
        assert_eq!(*shown.lock().unwrap(), [(12, 40, 50)], "the last one, once");
    }

    #[test]
    fn values_read_with_their_name_until_the_host_has_read_it() {
        let link = Vst3Link::new(Layout::StereoOut);
        let param = Param { label: "Cutoff".to_owned(), unit: "Hz".to_owned(), ..Param::channel("cutoff") };
        assert_eq!(link.value_text(3, None, 0.5), "–");
        assert_eq!(link.value_text(3, Some(&param), 0.25), "Cutoff: 0.250 Hz");
        link.note_title(3, "Cutoff");
        assert_eq!(link.value_text(3, Some(&param), 0.25), "0.250 Hz");
    }
}
