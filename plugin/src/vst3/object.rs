//! What a VST3 host holds as its plugin: the framework's object with a few functions exchanged.
//!
//! `setupProcessing` and `process` are in `process`; which channels the buses have is in `arrangement`; the parameters are in
//! `controller`, units and programs in `unit_info`, note expressions in `note_expression`. While calls of the host's own
//! thread are answered the host is told what has changed. It rests on how COM objects are made: the first word of each
//! interface points to a table of functions. Each object gets tables of its own, which live as long as its instance. For
//! an interface that the framework's object lacks, `query_interface` makes another one.

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use atomic_refcell::AtomicRefCell;
use ksmps_core::params::SLOTS;
use nice_plug::wrapper::vst3::Wrapper;
use vst3::Steinberg::Vst::{
    AudioBusBuffers, IAudioProcessor, IAudioProcessorVtbl, IComponent, IComponentVtbl, IEditController,
    IEditControllerVtbl, INoteExpressionController, INoteExpressionControllerVtbl,
    INoteExpressionPhysicalUIMapping, INoteExpressionPhysicalUIMapping_iid, IUnitInfo, IUnitInfoVtbl,
    ParamID, ParameterInfo,
};
use vst3::Steinberg::{
    FUnknown, FUnknownVtbl, IBStream, IPluginBase, IPluginBaseVtbl, TBool, TUID, int32, kInternalError,
    kResultOk, tresult,
};
use vst3::{ComPtr, ComWrapper};

use super::arrangement::{self, Arrangement, get_bus_arrangement, get_bus_info, set_bus_arrangements};
use super::last_set::LastSet;
use super::link::Vst3Link;
use super::note_expression::PhysicalMapping;
use super::process::{get_tail_samples, process, setup_processing};
use super::run_loop::{INTERVAL_MS, Timer};
use super::{controller, note_expression, unit_info};
use crate::bus_buffers::BusBuffers;
use crate::guard::guarded;
use crate::instance::Instance;
use crate::making::{self, Making};
use crate::plugin::Ksmps;
use crate::products::{Layout, Product};

/// What the exchanged functions of one object work with.
pub(super) struct Shared {
    pub link: Arc<Vst3Link>,
    /// Frames per second, as bits.
    pub rate: AtomicU64,
    pub layout: Layout,
    /// What the host set last on its own thread.
    pub set: LastSet,
    /// The buses as the host has them. `[control]`
    pub arrangement: Mutex<Arrangement>,
    /// Inputs and outputs. The host's rules give them to one thread at a time: the audio thread, and between its blocks
    /// the one that sets up processing. A host that breaks them gets its own buffers through, uncompleted.
    pub buses: AtomicRefCell<[BusBuffers<AudioBusBuffers>; 2]>,
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
    _expressions: Exchanged<INoteExpressionControllerVtbl>,
    _units: Exchanged<IUnitInfoVtbl>,
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
    let link = Arc::new(Vst3Link::new(product.layout));
    let making = Making { product, host: Arc::clone(&link) as _ };
    let wrapper = making::with(making, || ComWrapper::new(Wrapper::<Ksmps>::new()));
    let processor = wrapper.to_com_ptr::<IAudioProcessor>()?;
    arrangement::choose(&processor, product.layout.index())?;
    let arrangement = arrangement::first(product.layout);
    let (processor, component, controller) = (
        processor.as_ptr(),
        wrapper.to_com_ptr::<IComponent>()?.as_ptr(),
        wrapper.to_com_ptr::<IEditController>()?.as_ptr(),
    );
    let (expressions, units) = (
        wrapper.to_com_ptr::<INoteExpressionController>()?.as_ptr(),
        wrapper.to_com_ptr::<IUnitInfo>()?.as_ptr(),
    );
    link.set_param_ids(param_ids(&wrapper.to_com_ptr::<IEditController>()?));
    let shared = Arc::new(Shared {
        link: Arc::clone(&link),
        rate: AtomicU64::new(0),
        layout: product.layout,
        set: LastSet::default(),
        buses: AtomicRefCell::new(arrangement::buffers(&arrangement)),
        arrangement: Mutex::new(arrangement),
    });
    // SAFETY: The interfaces are the live object's, and nobody else knows of it yet. The first word of each is the
    // pointer to its table. The tables are kept by the instance, which goes with the object.
    let tables = unsafe {
        Vtables {
            _processor: Exchanged::new(&raw mut (*processor).vtbl, &shared, processor_functions),
            _component: Exchanged::new(&raw mut (*component).vtbl, &shared, component_functions),
            _controller: Exchanged::new(&raw mut (*controller).vtbl, &shared, controller::functions),
            _expressions: Exchanged::new(&raw mut (*expressions).vtbl, &shared, note_expression::functions),
            _units: Exchanged::new(&raw mut (*units).vtbl, &shared, unit_info::functions),
        }
    };
    link.instance()?.keep(Box::new(tables));
    wrapper.to_com_ptr::<FUnknown>()
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
    let mut table = IAudioProcessorVtbl {
        setBusArrangements: set_bus_arrangements,
        getBusArrangement: get_bus_arrangement,
        setupProcessing: setup_processing,
        process,
        getTailSamples: get_tail_samples,
        ..original
    };
    table.base.queryInterface = query_interface::<IAudioProcessorVtbl>;
    table
}

fn component_functions(original: IComponentVtbl) -> IComponentVtbl {
    let mut base = IPluginBaseVtbl { initialize, terminate, ..original.base };
    base.base.queryInterface = query_interface::<IComponentVtbl>;
    IComponentVtbl {
        base,
        getBusInfo: get_bus_info,
        setActive: set_active,
        setState: set_state,
        getState: get_state,
        ..original
    }
}

/// Every table of an object begins with this function. What the framework's object does not have is another object, which
/// a host asks for and releases; the rest is the framework's.
pub(super) unsafe extern "system" fn query_interface<V>(
    this: *mut FUnknown,
    iid: *const TUID,
    object: *mut *mut c_void,
) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: The host calls this for an interface of ours whose table is a `V`, with an id and a place for the pointer. A
        // table begins with the functions of its base.
        unsafe {
            if !iid.is_null() && !object.is_null() && *iid == INoteExpressionPhysicalUIMapping_iid {
                let mapping =
                    ComWrapper::new(PhysicalMapping).to_com_ptr::<INoteExpressionPhysicalUIMapping>();
                *object = mapping.map_or(ptr::null_mut(), |mapping| mapping.into_raw().cast());
                return kResultOk;
            }
            let original = table((*this).vtbl.cast::<V>()).original.cast::<FUnknownVtbl>();
            ((*original).queryInterface)(this, iid, object)
        }
    })
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

unsafe extern "system" fn initialize(this: *mut IPluginBase, context: *mut FUnknown) -> tresult {
    guarded(kInternalError, || {
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
    })
}

unsafe extern "system" fn terminate(this: *mut IPluginBase) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: As above.
        unsafe {
            let table = table((*this.cast::<IComponent>()).vtbl);
            table.shared.link.set_timer(None);
            ((*table.original).base.terminate)(this)
        }
    })
}

unsafe extern "system" fn set_active(this: *mut IComponent, state: TBool) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: The host calls this for an object of ours.
        unsafe {
            let table = table((*this).vtbl);
            let result = ((*table.original).setActive)(this, state);
            table.shared.link.tell();
            result
        }
    })
}

unsafe extern "system" fn set_state(this: *mut IComponent, state: *mut IBStream) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: As above.
        unsafe {
            let table = table((*this).vtbl);
            let result = ((*table.original).setState)(this, state);
            table.shared.link.programs().forget_choice();
            table.shared.set.clear();
            table.shared.link.tell();
            result
        }
    })
}

/// What is being saved is no longer to be marked as unsaved.
unsafe extern "system" fn get_state(this: *mut IComponent, state: *mut IBStream) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: As above.
        unsafe {
            let table = table((*this).vtbl);
            table.shared.link.tell_dirty();
            ((*table.original).getState)(this, state)
        }
    })
}
