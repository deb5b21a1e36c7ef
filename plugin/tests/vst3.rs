//! The seam to a VST3 host through the hand-written object: what the host is told, and on which occasion.

#![expect(unsafe_code, reason = "a VST3 host is COM")]

use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use ksmps::instance::Instance;
use ksmps::refresh;
use ksmps::vst3::{entry, object};
use ksmps_core::session::SessionFile;
use vst3::Steinberg::Linux::{
    FileDescriptor, IEventHandler, IRunLoop, IRunLoopTrait, ITimerHandler, ITimerHandlerTrait, TimerInterval,
};
use vst3::Steinberg::Vst::ProcessModes_::{kOffline, kRealtime};
use vst3::Steinberg::Vst::SpeakerArr::{kMono, kStereo};
use vst3::Steinberg::Vst::{
    IAudioProcessor, IAudioProcessorTrait, IComponent, IComponentHandler, IComponentHandler2,
    IComponentHandler2Trait, IComponentHandlerTrait, IComponentTrait, IEditController, IEditControllerTrait,
    ParamID, ParamValue, ParameterInfo, ParameterInfo_::ParameterFlags_, ProcessSetup, RestartFlags_,
    SymbolicSampleSizes_, kInfiniteTail,
};
use vst3::Steinberg::{
    FIDString, FUnknown, IPluginBaseTrait, IPluginFactory, IPluginFactoryTrait, TBool, int32,
    kInvalidArgument, kNotImplemented, kResultFalse, kResultOk, tresult,
};
use vst3::{Class, ComPtr, ComRef, ComWrapper, Interface};

/// What the host was told.
#[derive(Default)]
struct Notices {
    dirty: AtomicU32,
    titles: AtomicU32,
}

struct Handler(Arc<Notices>);

impl Class for Handler {
    type Interfaces = (IComponentHandler, IComponentHandler2);
}

impl IComponentHandlerTrait for Handler {
    unsafe fn beginEdit(&self, _: ParamID) -> tresult {
        kResultOk
    }
    unsafe fn performEdit(&self, _: ParamID, _: ParamValue) -> tresult {
        kResultOk
    }
    unsafe fn endEdit(&self, _: ParamID) -> tresult {
        kResultOk
    }
    unsafe fn restartComponent(&self, flags: int32) -> tresult {
        if flags & RestartFlags_::kParamTitlesChanged as int32 != 0 {
            self.0.titles.fetch_add(1, Ordering::Relaxed);
        }
        kResultOk
    }
}

impl IComponentHandler2Trait for Handler {
    unsafe fn setDirty(&self, state: TBool) -> tresult {
        self.0.dirty.fetch_add(u32::from(state != 0), Ordering::Relaxed);
        kResultOk
    }
    unsafe fn requestOpenEditor(&self, _: FIDString) -> tresult {
        kNotImplemented
    }
    unsafe fn startGroupEdit(&self) -> tresult {
        kResultOk
    }
    unsafe fn finishGroupEdit(&self) -> tresult {
        kResultOk
    }
}

/// A host's run loop, which calls when the test says so.
#[derive(Default)]
struct RunLoop {
    timers: Mutex<Vec<ComPtr<ITimerHandler>>>,
}

impl Class for RunLoop {
    type Interfaces = (IRunLoop,);
}

impl IRunLoopTrait for RunLoop {
    unsafe fn registerEventHandler(&self, _: *mut IEventHandler, _: FileDescriptor) -> tresult {
        kNotImplemented
    }
    unsafe fn unregisterEventHandler(&self, _: *mut IEventHandler) -> tresult {
        kNotImplemented
    }
    unsafe fn registerTimer(&self, handler: *mut ITimerHandler, _: TimerInterval) -> tresult {
        // SAFETY: The plugin gives a handler.
        let handler = unsafe { ComRef::from_raw(handler) }.expect("a handler").to_com_ptr();
        self.timers.lock().expect("nobody panics here").push(handler);
        kResultOk
    }
    unsafe fn unregisterTimer(&self, handler: *mut ITimerHandler) -> tresult {
        self.timers.lock().expect("nobody panics here").retain(|timer| timer.as_ptr() != handler);
        kResultOk
    }
}

/// One instance in its host.
struct Hosted {
    component: ComPtr<IComponent>,
    processor: ComPtr<IAudioProcessor>,
    controller: ComPtr<IEditController>,
    notices: Arc<Notices>,
    _handler: ComPtr<IComponentHandler>,
}

impl Hosted {
    fn new(class_id: &[u8; 16]) -> Self {
        Self::in_context(class_id, ptr::null_mut())
    }

    /// An instance that is initialized with a context of the host's.
    fn in_context(class_id: &[u8; 16], context: *mut FUnknown) -> Self {
        let notices = Arc::<Notices>::default();
        let handler = ComWrapper::new(Handler(Arc::clone(&notices))).to_com_ptr().expect("its own interface");
        // SAFETY: The calls of a VST3 host in their order.
        unsafe {
            let factory =
                ComPtr::from_raw(entry::GetPluginFactory().cast::<IPluginFactory>()).expect("a factory");
            let mut object = ptr::null_mut();
            let iid = IComponent::IID.as_ptr().cast();
            let made = factory.createInstance(class_id.as_ptr().cast(), iid, &mut object);
            assert_eq!(made, kResultOk);
            let component = ComPtr::from_raw(object.cast::<IComponent>()).expect("a component");
            assert_eq!(component.initialize(context), kResultOk);
            let processor = component.cast::<IAudioProcessor>().expect("a processor");
            let controller = component.cast::<IEditController>().expect("a controller");
            assert_eq!(controller.setComponentHandler(handler.as_ptr()), kResultOk);
            Self { component, processor, controller, notices, _handler: handler }
        }
    }

    fn instance(&self) -> Arc<Instance> {
        // SAFETY: The component is this library's and lives as long as this.
        unsafe { object::instance_of(self.component.as_ptr()) }.expect("an instance")
    }

    /// The first slot's value, as hosts ask for it all the time.
    fn value(&self) -> f64 {
        // SAFETY: After `initialize`, on the thread that made the object.
        unsafe { self.controller.getParamNormalized(self.info(0).id) }
    }

    fn info(&self, index: int32) -> ParameterInfo {
        // SAFETY: A record of zeros is a valid one; after `initialize`.
        unsafe {
            let mut info = std::mem::zeroed();
            assert_eq!(self.controller.getParameterInfo(index, &mut info), kResultOk);
            info
        }
    }

    /// How often the host was told that the project is unsaved, since the last call.
    fn dirty(&self) -> u32 {
        self.value();
        self.notices.dirty.swap(0, Ordering::Relaxed)
    }

    fn set_up(&self, mode: u32) {
        let mut setup = ProcessSetup {
            processMode: mode as int32,
            symbolicSampleSize: SymbolicSampleSizes_::kSample32 as int32,
            maxSamplesPerBlock: 64,
            sampleRate: 48_000.0,
        };
        // SAFETY: Inactive, after `initialize`.
        unsafe { assert_eq!(self.processor.setupProcessing(&mut setup), kResultOk) };
    }

    fn set_active(&self, is_active: bool) {
        // SAFETY: After `setupProcessing`.
        unsafe { assert_eq!(self.component.setActive(is_active.into()), kResultOk) };
    }
}

impl Drop for Hosted {
    fn drop(&mut self) {
        // SAFETY: Nothing but release comes after.
        unsafe {
            self.controller.setComponentHandler(ptr::null_mut());
            self.component.terminate();
        }
    }
}

const INSTRUMENT: &[u8; 16] = b"KsmpsInstrument1";
const EFFECT: &[u8; 16] = b"KsmpsEffect00001";

#[test]
fn every_change_that_the_user_makes_marks_the_project_dirty() {
    let hosted = Hosted::new(INSTRUMENT);
    let instance = hosted.instance();
    let control = instance.control();
    assert_eq!(hosted.dirty(), 0, "a fresh instance");
    hosted.set_up(kRealtime);
    for is_active in [false, true] {
        hosted.set_active(is_active);
        assert_eq!(hosted.dirty(), 0, "an activation is no change");
        let say = |what: &str| format!("{what}, active: {is_active}");
        control.edit("ksmps = 16\ninstr 1\nendin".to_owned());
        assert_eq!(hosted.dirty(), 1, "{}", say("an edit"));
        control.load("ksmps = 32\ninstr 1\nendin".to_owned(), None);
        assert_eq!(hosted.dirty(), 1, "{}", say("another document"));
        control.compile("giA = 1").expect("it is orchestra");
        assert_eq!(hosted.dirty(), 1, "{}", say("orchestra in the session"));
        let session = SessionFile::from_json("{\"ksmps_session\": 1}").expect("it reads");
        control.set_session(session).expect("a session");
        assert_eq!(hosted.dirty(), 1, "{}", say("another session"));
        control.clear_session();
        assert_eq!(hosted.dirty(), 1, "{}", say("no session"));
        let saved = ksmps::state::save(&instance);
        assert_eq!(hosted.dirty(), 0, "{}", say("a save"));
        ksmps::state::load(&instance, &saved);
        control.wait_for(control.status().ticket);
        assert_eq!(hosted.dirty(), 0, "{}", say("a restore"));
        control.values().set(3, 0.25);
        assert_eq!(hosted.dirty(), 0, "{}", say("a parameter that moves"));
    }
    hosted.set_active(false);
}

#[test]
fn the_host_is_told_on_its_own_thread_alone() {
    let hosted = Hosted::new(INSTRUMENT);
    let instance = hosted.instance();
    instance.control().edit("instr 1\nendin".to_owned());
    let id = hosted.info(0).id;
    let controller = hosted.controller.as_ptr().addr();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let controller = controller as *mut IEditController;
            // SAFETY: The object lives; hosts that ask for values on other threads exist.
            unsafe { ((*(*controller).vtbl).getParamNormalized)(controller, id) };
        });
    });
    assert_eq!(hosted.notices.dirty.load(Ordering::Relaxed), 0);
    assert_eq!(hosted.dirty(), 1);
}

#[test]
fn a_host_with_a_run_loop_is_told_while_it_does_nothing() {
    let run_loop = ComWrapper::new(RunLoop::default());
    let context = run_loop.to_com_ptr::<FUnknown>().expect("its own interface");
    let hosted = Hosted::in_context(INSTRUMENT, context.as_ptr());
    let timers = || run_loop.timers.lock().expect("nobody panics here").clone();
    let instance = hosted.instance();
    instance.control().edit("instr 1\nendin".to_owned());
    // SAFETY: The handlers are counted.
    timers().iter().for_each(|timer| unsafe { timer.onTimer() });
    assert_eq!(hosted.notices.dirty.load(Ordering::Relaxed), 1);
    drop(instance);
    drop(hosted);
    assert!(timers().is_empty());
}

#[test]
fn the_process_mode_is_known_at_once() {
    let hosted = Hosted::new(EFFECT);
    let instance = hosted.instance();
    assert!(!instance.host().is_offline());
    for (mode, is_offline) in [(kOffline, true), (kRealtime, false), (kOffline, true)] {
        hosted.set_up(mode);
        assert_eq!(instance.host().is_offline(), is_offline, "before it is active");
        hosted.set_active(true);
        assert_eq!(instance.host().is_offline(), is_offline, "in the very activation");
        hosted.set_active(false);
    }
}

#[test]
fn the_tail_is_what_the_text_says_before_the_first_block() {
    let hosted = Hosted::new(INSTRUMENT);
    let instance = hosted.instance();
    // SAFETY: After `initialize`.
    let tail = || unsafe { hosted.processor.getTailSamples() };
    for (directives, frames) in
        [(";@tail 0.5", 24_000), ("", kInfiniteTail), (";@tail 0", 0), (";@tail 3", 144_000)]
    {
        let text = format!("{directives}\nksmps = 32\nnchnls = 2\ninstr 1\nendin");
        instance.control().load(text, None);
        refresh::show_declared(&instance);
        assert_eq!(tail(), frames, "{directives}");
    }
    hosted.set_up(kRealtime);
    hosted.set_active(true);
    assert_eq!(tail(), 144_000);
}

#[test]
fn the_product_decides_which_buses_there_are() {
    let stereo = |count: usize| vec![kStereo; count];
    let table = [
        (INSTRUMENT, 0, stereo(1), kResultOk),
        (INSTRUMENT, 0, stereo(8), kResultFalse),
        (INSTRUMENT, 2, stereo(1), kResultFalse),
        (INSTRUMENT, 0, vec![kMono], kResultFalse),
        (b"KsmpsMultiOut001", 0, stereo(8), kResultOk),
        (b"KsmpsMultiOut001", 0, stereo(1), kResultFalse),
        (EFFECT, 2, stereo(1), kResultOk),
        (EFFECT, 1, stereo(1), kResultFalse),
        (EFFECT, 2, vec![kMono], kResultFalse),
    ];
    for (class_id, inputs, mut outputs, answer) in table {
        let hosted = Hosted::new(class_id);
        let mut ins = stereo(inputs);
        // An empty list may be null.
        let ins_pointer = if inputs == 0 { ptr::null_mut() } else { ins.as_mut_ptr() };
        // SAFETY: Both lists are as long as it is said.
        let result = unsafe {
            let (count, outs) = (outputs.len() as int32, outputs.as_mut_ptr());
            hosted.processor.setBusArrangements(ins_pointer, inputs as int32, outs, count)
        };
        assert_eq!(result, answer, "{class_id:?}: {inputs} and {outputs:?}");
        // SAFETY: As above.
        let result = unsafe { hosted.processor.setBusArrangements(ptr::null_mut(), 0, ptr::null_mut(), 1) };
        assert_eq!(result, kInvalidArgument);
    }
}

#[test]
fn slots_without_a_parameter_and_hidden_ones_are_hidden() {
    let hosted = Hosted::new(INSTRUMENT);
    let instance = hosted.instance();
    let text = ";@param seen 0..1\n;@param not 0..1 hidden\ninstr 1\nendin";
    instance.control().edit(text.to_owned());
    ksmps::refresh::show_declared(&instance);
    let is_hidden = |slot: Option<usize>| {
        let index = slot.expect("it has a slot") as int32;
        hosted.info(index).flags & ParameterFlags_::kIsHidden as int32 != 0
    };
    let slot = |name: &str| instance.control().slot(name);
    assert!(!is_hidden(slot("seen")) && is_hidden(slot("not")) && is_hidden(Some(127)));
}

#[test]
fn the_index_behind_the_last_parameter_is_refused() {
    let hosted = Hosted::new(INSTRUMENT);
    // SAFETY: A record of zeros is a valid one; after `initialize`.
    unsafe {
        let count = hosted.controller.getParameterCount();
        let mut info = std::mem::zeroed();
        // The framework's own function panics there.
        for index in [count, count + 1, -1, int32::MAX] {
            assert_eq!(hosted.controller.getParameterInfo(index, &mut info), kInvalidArgument, "{index}");
        }
    }
    let last = hosted.info(128 + 1 + 16 * 130);
    assert_ne!(
        last.flags & ParameterFlags_::kIsProgramChange as int32,
        0,
        "behind slots, bypass and controllers"
    );
    assert_ne!(hosted.info(128).flags & ParameterFlags_::kIsBypass as int32, 0);
}

#[test]
fn an_effects_buses_are_those_that_the_host_has_arranged() {
    use vst3::Steinberg::Vst::BusDirections_::{kInput, kOutput};
    use vst3::Steinberg::Vst::MediaTypes_::kAudio;
    use vst3::Steinberg::Vst::SpeakerArr::{k51, k71Cine};
    let hosted = Hosted::new(EFFECT);
    // SAFETY: Both lists are as long as it is said; records of zeros are valid ones.
    unsafe {
        for (main, width) in [(k51, 6), (kMono, 1), (k71Cine, 8), (kStereo, 2)] {
            let side = if width == 1 { kMono } else { kStereo };
            let (mut ins, mut outs) = ([main, side], [main]);
            let result = hosted.processor.setBusArrangements(ins.as_mut_ptr(), 2, outs.as_mut_ptr(), 1);
            assert_eq!(result, kResultOk, "{width}");
            let buses =
                [(kInput, 0, main, width), (kInput, 1, side, width.min(2)), (kOutput, 0, main, width)];
            for (direction, index, speakers, channels) in buses {
                let mut told = 0;
                let direction = direction as int32;
                assert_eq!(hosted.processor.getBusArrangement(direction, index, &mut told), kResultOk);
                assert_eq!(told, speakers, "the very speakers that the host named");
                let mut info = std::mem::zeroed();
                let result = hosted.component.getBusInfo(kAudio as int32, direction, index, &mut info);
                assert_eq!((result, info.channelCount), (kResultOk, channels));
            }
            let mut told = 0;
            assert_eq!(hosted.processor.getBusArrangement(kOutput as int32, 1, &mut told), kInvalidArgument);
        }
    }
}

#[test]
fn a_value_that_was_set_is_read_back_while_it_plays() {
    let hosted = Hosted::new(INSTRUMENT);
    hosted.set_up(kRealtime);
    hosted.set_active(true);
    // SAFETY: After `initialize` and `setActive`.
    unsafe {
        hosted.processor.setProcessing(1);
        for (index, value) in [(0, 0.25), (128, 1.0), (128, 0.0)] {
            let id = hosted.info(index).id;
            assert_eq!(hosted.controller.setParamNormalized(id, value), kResultOk);
            assert_eq!(hosted.controller.getParamNormalized(id), value, "{index}");
        }
        hosted.processor.setProcessing(0);
    }
    hosted.set_active(false);
}

#[test]
fn buses_are_called_what_they_are() {
    use vst3::Steinberg::Vst::BusDirections_::{kInput, kOutput};
    use vst3::Steinberg::Vst::MediaTypes_::kAudio;
    let others = ["Out 3-4", "Out 5-6", "Out 7-8", "Out 9-10", "Out 11-12", "Out 13-14", "Out 15-16"];
    let multi_out: Vec<&str> = ["Main"].into_iter().chain(others).collect();
    let table = [
        (INSTRUMENT, vec![], vec!["Main"]),
        (b"KsmpsMultiOut001", vec![], multi_out),
        (EFFECT, vec!["Input", "Sidechain"], vec!["Output"]),
    ];
    for (class_id, inputs, outputs) in table {
        let hosted = Hosted::new(class_id);
        for (direction, names) in [(kInput, inputs), (kOutput, outputs)] {
            for (index, name) in names.into_iter().enumerate() {
                // SAFETY: A record of zeros is a valid one, and the plugin fills it.
                let told = unsafe {
                    let mut info: vst3::Steinberg::Vst::BusInfo = std::mem::zeroed();
                    let (media, direction) = (kAudio as int32, direction as int32);
                    assert_eq!(
                        hosted.component.getBusInfo(media, direction, index as int32, &mut info),
                        kResultOk
                    );
                    info.name
                };
                let told: Vec<u16> = told.into_iter().take_while(|unit| *unit != 0).collect();
                assert_eq!(String::from_utf16_lossy(&told), name, "{class_id:?}");
            }
        }
    }
}
