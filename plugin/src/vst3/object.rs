//! What a VST3 host holds as its plugin: the framework's object with a few functions exchanged.
//!
//! `setupProcessing` and `process` are in `process`; `setBusArrangements` allows the product's own; `getParameterInfo` tells the document's names and
//! defaults; `setComponentHandler` listens in, and while calls of the host's own thread are answered the host is told
//! what has changed. It rests on how COM objects are made: the first word of each interface points to a table of
//! functions. Each object gets tables of its own, which live as long as its instance.

use std::ffi::CStr;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use atomic_refcell::AtomicRefCell;
use ksmps_core::params::SLOTS;
use nice_plug::wrapper::vst3::Wrapper;
use vst3::Steinberg::Vst::SpeakerArr::kStereo;
use vst3::Steinberg::Vst::ViewType::kEditor;
use vst3::Steinberg::Vst::{
    IAudioProcessor, IAudioProcessorVtbl, IComponent, IComponentHandler, IComponentVtbl, IEditController,
    IEditControllerVtbl, ParamID, ParamValue, ParameterInfo, ParameterInfo_::ParameterFlags_,
    SpeakerArrangement,
};
use vst3::Steinberg::{
    FIDString, FUnknown, IBStream, IPlugView, IPluginBase, IPluginBaseVtbl, TBool, int32, kInvalidArgument,
    kResultFalse, kResultOk, tresult,
};
use vst3::{ComPtr, ComRef, ComWrapper};

use super::bus_buffers::BusBuffers;
use super::link::Vst3Link;
use super::process::{process, setup_processing};
use super::run_loop::{INTERVAL_MS, Timer};
use super::view;
use crate::instance::Instance;
use crate::making::{self, Making};
use crate::plugin::Ksmps;
use crate::products::Product;

/// Controllers of each channel for which VST3 has parameters: 128, channel pressure, pitch bend.
const CONTROLLERS: usize = 130;

/// What the exchanged functions of one object work with.
pub(super) struct Shared {
    pub link: Arc<Vst3Link>,
    /// Frames per second, as bits.
    pub rate: AtomicU64,
    /// Channels of the inputs and of the outputs, bus by bus.
    widths: [Vec<usize>; 2],
    /// Inputs and outputs. The host's rules give them to one thread at a time: the audio thread, and between its blocks
    /// the one that sets up processing. A host that breaks them gets its own buffers through, uncompleted.
    pub buses: AtomicRefCell<[BusBuffers; 2]>,
}

/// A table of functions with what ours need. The functions are first, so that an object's pointer to them is a pointer
/// to all of it.
#[repr(C)]
pub(super) struct Vtable<V> {
    functions: V,
    pub original: *const V,
    pub shared: Arc<Shared>,
}

/// The tables of one object, kept by its instance.
struct Vtables {
    _processor: Exchanged<IAudioProcessorVtbl>,
    _component: Exchanged<IComponentVtbl>,
    _controller: Exchanged<IEditControllerVtbl>,
}

/// A table in its box, which an object points to.
struct Exchanged<V>(*mut Vtable<V>);

// SAFETY: The pointer is only used to free the box, once; what is in it is plain functions and what may be shared.
unsafe impl<V> Send for Exchanged<V> {}
// SAFETY: As above.
unsafe impl<V> Sync for Exchanged<V> {}

impl<V> Exchanged<V> {
    /// Puts a table in the place of an object's own.
    ///
    /// # Safety
    /// `place` is the first word of an interface of type `V`, which nobody else uses yet and which is not used after
    /// this was dropped.
    unsafe fn new(place: *mut *const V, shared: &Arc<Shared>, exchange: impl FnOnce(V) -> V) -> Self {
        // SAFETY: The caller answers for the place; a table is plain function pointers.
        unsafe {
            let original = place.read();
            let functions = exchange(original.read());
            let table = Box::into_raw(Box::new(Vtable { functions, original, shared: Arc::clone(shared) }));
            place.write(table.cast_const().cast());
            Self(table)
        }
    }
}

impl<V> Drop for Exchanged<V> {
    fn drop(&mut self) {
        // SAFETY: The box was made in `new`; by then nobody uses the object.
        drop(unsafe { Box::from_raw(self.0) });
    }
}

/// Makes a plugin for a host; `None` where the framework's object is not as we know it. `[control]`
pub(super) fn create(product: &'static Product) -> Option<ComPtr<FUnknown>> {
    let link = Arc::new(Vst3Link::default());
    let making = Making { product, host: Arc::clone(&link) as _ };
    let wrapper = making::with(making, || ComWrapper::new(Wrapper::<Ksmps>::new()));
    let processor = wrapper.to_com_ptr::<IAudioProcessor>()?;
    let channels = crate::process::channels(product.layout.buses());
    let widths = [channels.inputs, channels.outputs];
    choose_layout(&processor, &widths)?;
    let (processor, component, controller) = (
        processor.as_ptr(),
        wrapper.to_com_ptr::<IComponent>()?.as_ptr(),
        wrapper.to_com_ptr::<IEditController>()?.as_ptr(),
    );
    link.set_param_ids(param_ids(&wrapper.to_com_ptr::<IEditController>()?));
    let buses = AtomicRefCell::new(widths.each_ref().map(|widths| BusBuffers::new(widths)));
    let shared = Arc::new(Shared { link: Arc::clone(&link), rate: AtomicU64::new(0), widths, buses });
    // SAFETY: The interfaces are the live object's, and nobody else knows of it yet. The first word of each is the
    // pointer to its table. The tables are kept by the instance, which goes with the object.
    let tables = unsafe {
        Vtables {
            _processor: Exchanged::new(&raw mut (*processor).vtbl, &shared, processor_functions),
            _component: Exchanged::new(&raw mut (*component).vtbl, &shared, component_functions),
            _controller: Exchanged::new(&raw mut (*controller).vtbl, &shared, controller_functions),
        }
    };
    link.instance()?.keep(Box::new(tables));
    wrapper.to_com_ptr::<FUnknown>()
}

/// The framework takes whichever of its layouts has the buses that it is asked for. `None` where it takes none.
fn choose_layout(processor: &ComPtr<IAudioProcessor>, widths: &[Vec<usize>; 2]) -> Option<()> {
    use vst3::Steinberg::Vst::IAudioProcessorTrait;
    // Every bus of a product is stereo.
    let mut arrangements = widths.each_ref().map(|widths| vec![kStereo; widths.len()]);
    let [inputs, outputs] = arrangements.each_mut().map(|buses| (buses.as_mut_ptr(), buses.len() as int32));
    // SAFETY: The arrays are as long as it is said; the pointer of an empty one is not null, as the framework wants it.
    let result = unsafe { processor.setBusArrangements(inputs.0, inputs.1, outputs.0, outputs.1) };
    (result == kResultOk).then_some(())
}

/// How the framework numbers the slots, by slot.
fn param_ids(controller: &ComPtr<IEditController>) -> Vec<ParamID> {
    use vst3::Steinberg::Vst::IEditControllerTrait;
    let id = |slot: usize| {
        // SAFETY: A record of zeros is a valid one; the framework fills it for an index below the count.
        unsafe {
            let mut info: ParameterInfo = std::mem::zeroed();
            (controller.getParameterInfo(slot as int32, &mut info) == kResultOk).then_some(info.id)
        }
    };
    (0..SLOTS).map_while(id).collect()
}

fn processor_functions(original: IAudioProcessorVtbl) -> IAudioProcessorVtbl {
    IAudioProcessorVtbl {
        setBusArrangements: set_bus_arrangements,
        setupProcessing: setup_processing,
        process,
        ..original
    }
}

fn component_functions(original: IComponentVtbl) -> IComponentVtbl {
    let base = IPluginBaseVtbl { initialize, terminate, ..original.base };
    IComponentVtbl { base, setActive: set_active, setState: set_state, getState: get_state, ..original }
}

fn controller_functions(original: IEditControllerVtbl) -> IEditControllerVtbl {
    IEditControllerVtbl {
        getParameterInfo: get_parameter_info,
        getParamNormalized: get_param_normalized,
        setComponentHandler: set_component_handler,
        createView: create_view,
        ..original
    }
}

/// The table of an object that [`create`] made.
///
/// # Safety
/// `functions` is the first word of an interface whose table was exchanged, of an object that lives.
pub(super) unsafe fn table<'a, V>(functions: *const V) -> &'a Vtable<V> {
    // SAFETY: The functions are the first field of a `repr(C)` table that was boxed in `Exchanged::new`.
    unsafe { &*functions.cast::<Vtable<V>>() }
}

/// The instance behind a component of this library, for as long as it lives. `[control]`
///
/// # Safety
/// `component` was made by this library's factory and is not released.
pub unsafe fn instance_of(component: *mut IComponent) -> Option<Arc<Instance>> {
    // SAFETY: The caller answers for the component.
    unsafe { table((*component).vtbl) }.shared.link.instance()
}

/// Only the arrangement that the product has: the framework would take that of another product.
unsafe extern "system" fn set_bus_arrangements(
    this: *mut IAudioProcessor,
    inputs: *mut SpeakerArrangement,
    input_count: int32,
    outputs: *mut SpeakerArrangement,
    output_count: int32,
) -> tresult {
    // SAFETY: The host calls this for an object of ours.
    let shared = unsafe { &table((*this).vtbl).shared };
    let [mut is_same, mut is_valid] = [true; 2];
    for (widths, pointer, count) in
        [(&shared.widths[0], inputs, input_count), (&shared.widths[1], outputs, output_count)]
    {
        is_valid &= count == 0 || (count > 0 && !pointer.is_null());
        is_same &= is_valid
            && count as usize == widths.len()
            // SAFETY: The host says that there are so many.
            && widths.iter().enumerate().all(|(bus, width)| unsafe {
                (*pointer.add(bus)).count_ones() as usize == *width
            });
    }
    match (is_valid, is_same) {
        (false, _) => kInvalidArgument,
        (true, false) => kResultFalse,
        (true, true) => kResultOk,
    }
}

unsafe extern "system" fn initialize(this: *mut IPluginBase, context: *mut FUnknown) -> tresult {
    // SAFETY: The host calls this for an object of ours, by its component, on its own thread.
    unsafe {
        let table = table((*this.cast::<IComponent>()).vtbl);
        let result = ((*table.original).base.initialize)(this, context);
        let link = &table.shared.link;
        let weak = Arc::downgrade(link);
        link.set_timer(Timer::start(context, INTERVAL_MS, move || {
            if let Some(link) = weak.upgrade() {
                link.tell_in_passing();
            }
        }));
        result
    }
}

unsafe extern "system" fn terminate(this: *mut IPluginBase) -> tresult {
    // SAFETY: As above.
    unsafe {
        let table = table((*this.cast::<IComponent>()).vtbl);
        table.shared.link.set_timer(None);
        ((*table.original).base.terminate)(this)
    }
}

unsafe extern "system" fn set_active(this: *mut IComponent, state: TBool) -> tresult {
    // SAFETY: The host calls this for an object of ours.
    unsafe {
        let table = table((*this).vtbl);
        let result = ((*table.original).setActive)(this, state);
        table.shared.link.tell();
        result
    }
}

unsafe extern "system" fn set_state(this: *mut IComponent, state: *mut IBStream) -> tresult {
    // SAFETY: As above.
    unsafe {
        let table = table((*this).vtbl);
        let result = ((*table.original).setState)(this, state);
        table.shared.link.tell();
        result
    }
}

/// What is being saved is no longer to be marked as unsaved.
unsafe extern "system" fn get_state(this: *mut IComponent, state: *mut IBStream) -> tresult {
    // SAFETY: As above.
    unsafe {
        let table = table((*this).vtbl);
        table.shared.link.tell_dirty();
        ((*table.original).getState)(this, state)
    }
}

/// The editor, as a host asks for it by name.
unsafe extern "system" fn create_view(this: *mut IEditController, name: FIDString) -> *mut IPlugView {
    // SAFETY: As above; the host gives a C string, and the other is a constant.
    unsafe {
        if name.is_null() || CStr::from_ptr(name) != CStr::from_ptr(kEditor) {
            return ptr::null_mut();
        }
        view::create(&table((*this).vtbl).shared.link).map_or(ptr::null_mut(), ComPtr::into_raw)
    }
}

unsafe extern "system" fn set_component_handler(
    this: *mut IEditController,
    handler: *mut IComponentHandler,
) -> tresult {
    // SAFETY: As above; a handler that is not null is one.
    unsafe {
        let table = table((*this).vtbl);
        table.shared.link.set_handler(ComRef::from_raw(handler).map(|handler| handler.to_com_ptr()));
        ((*table.original).setComponentHandler)(this, handler)
    }
}

/// Hosts call this often, which makes it an occasion to say that the project has changed. What the orchestra wrote is
/// shown first.
unsafe extern "system" fn get_param_normalized(this: *mut IEditController, id: ParamID) -> ParamValue {
    // SAFETY: As above.
    unsafe {
        let table = table((*this).vtbl);
        table.shared.link.tell_dirty();
        table.shared.link.show_written();
        ((*table.original).getParamNormalized)(this, id)
    }
}

unsafe extern "system" fn get_parameter_info(
    this: *mut IEditController,
    index: int32,
    info: *mut ParameterInfo,
) -> tresult {
    // SAFETY: As above.
    let (link, result) = unsafe {
        let table = table((*this).vtbl);
        // The framework's own function panics for the index that is just one too high.
        if index >= ((*table.original).getParameterCount)(this) {
            return kInvalidArgument;
        }
        (&table.shared.link, ((*table.original).getParameterInfo)(this, index, info))
    };
    if result != kResultOk {
        return result;
    }
    // SAFETY: The framework checked it and wrote to it.
    let info = unsafe { info.as_mut() };
    if let (Ok(index), Some(info)) = (usize::try_from(index), info) {
        describe(link, index, info);
    }
    result
}

/// What the framework cannot know: the document's side of a slot. And a name by which hosts know what they need not
/// show.
fn describe(link: &Vst3Link, index: usize, info: &mut ParameterInfo) {
    if let Some(controller) = index.checked_sub(SLOTS) {
        set_title(info, &controller_title(controller));
        return;
    }
    let Some(instance) = link.instance() else { return };
    let list = instance.params().list();
    let param = list.param(index);
    if param.is_none_or(|param| param.hidden) {
        info.flags |= ParameterFlags_::kIsHidden as int32;
    }
    if let Some(param) = param {
        set_title(info, &param.label);
        info.defaultNormalizedValue = param.default.map_or(0.0, |default| param.normalized(default));
    }
    link.note_title(index, param.map_or("", |param| &param.label));
}

fn controller_title(controller: usize) -> String {
    let channel = controller / CONTROLLERS + 1;
    match controller % CONTROLLERS {
        128 => format!("MIDI CC pressure, channel {channel}"),
        129 => format!("MIDI CC pitch bend, channel {channel}"),
        number => format!("MIDI CC {number}, channel {channel}"),
    }
}

fn set_title(info: &mut ParameterInfo, title: &str) {
    for place in [&mut info.title, &mut info.shortTitle] {
        place.fill(0);
        let room = place.len() - 1;
        for (to, unit) in place[..room].iter_mut().zip(title.encode_utf16()) {
            *to = unit as _;
        }
    }
}
