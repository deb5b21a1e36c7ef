//! What a VST3 host holds as its plugin: the framework's object with a few functions exchanged.
//!
//! `process` completes the buses for which the host has no buffers; `getParameterInfo` tells the document's names
//! and defaults; `setComponentHandler` listens in, and after `setActive` and `setState` the host is told of names
//! and values that have changed. It rests on how COM objects are made: the first word of each interface points to a
//! table of functions. Each object gets tables of its own, which live as long as its instance.

use std::sync::Arc;

use ksmps_core::params::SLOTS;
use nice_plug::wrapper::vst3::Wrapper;
use vst3::Steinberg::Vst::{
    IAudioProcessor, IAudioProcessorVtbl, IComponent, IComponentHandler, IComponentVtbl, IEditController,
    IEditControllerVtbl, ParameterInfo, ProcessData, ProcessSetup,
};
use vst3::Steinberg::{FUnknown, IBStream, TBool, int32, kInvalidArgument, kResultOk, tresult};
use vst3::{ComPtr, ComRef, ComWrapper};

use super::link::Vst3Link;
use super::rows::{self, Rows};
use crate::kinds::Kind;
use crate::plugin::Ksmps;
use crate::process;

/// Controllers of each channel for which VST3 has parameters: 128, channel pressure, pitch bend.
const CONTROLLERS: usize = 130;

/// A table of functions with what ours need. The table is first, so that an object's pointer to it is a pointer to
/// all of it.
#[repr(C)]
struct Table<V> {
    functions: V,
    original: *const V,
    link: Arc<Vst3Link>,
    /// Inputs and outputs; only the audio thread's, and between its blocks `setupProcessing`'s.
    rows: Option<(Rows, Rows)>,
}

/// The tables of one object, kept by its instance.
pub struct Tables {
    _processor: Kept<IAudioProcessorVtbl>,
    _component: Kept<IComponentVtbl>,
    _controller: Kept<IEditControllerVtbl>,
}

/// A table in its box, which an object points to.
struct Kept<V>(*mut Table<V>);

// SAFETY: The pointer is only used to free the box, once; what is in it is plain functions, atomics and locks, and
// the rows, which the host's own rules give to one thread at a time.
unsafe impl<V> Send for Kept<V> {}
// SAFETY: As above.
unsafe impl<V> Sync for Kept<V> {}

impl<V> Kept<V> {
    /// Puts a table in the place of an object's own.
    ///
    /// # Safety
    /// `place` is the first word of an interface of type `V`, which nobody else uses yet and which is not used after
    /// this was dropped.
    unsafe fn exchange(
        place: *mut *const V,
        link: &Arc<Vst3Link>,
        rows: Option<(Rows, Rows)>,
        exchange: impl FnOnce(V) -> V,
    ) -> Self {
        // SAFETY: The caller answers for the place; a table is plain function pointers.
        unsafe {
            let original = place.read();
            let functions = exchange(original.read());
            let table = Box::into_raw(Box::new(Table { functions, original, link: Arc::clone(link), rows }));
            place.write(table.cast_const().cast());
            Self(table)
        }
    }
}

impl<V> Drop for Kept<V> {
    fn drop(&mut self) {
        // SAFETY: The box was made in `exchange`; by then nobody uses the object.
        drop(unsafe { Box::from_raw(self.0) });
    }
}

/// Makes a plugin for a host; `None` where the framework's object is not as we know it. [control]
pub(super) fn create<K: Kind>() -> Option<ComPtr<FUnknown>> {
    let (link, wrapper) = Vst3Link::around(|| ComWrapper::new(Wrapper::<Ksmps<K>>::new()));
    let processor = wrapper.to_com_ptr::<IAudioProcessor>()?.as_ptr();
    let component = wrapper.to_com_ptr::<IComponent>()?.as_ptr();
    let controller = wrapper.to_com_ptr::<IEditController>()?.as_ptr();
    let rows = Some(rows::of(&process::channels(&K::LAYOUT)));
    // SAFETY: The interfaces are the live object's, and nobody else knows of it yet. The first word of each is the
    // pointer to its table. The tables are kept by the instance, which goes with the object.
    let tables =
        unsafe {
            Tables {
                _processor: Kept::exchange(&raw mut (*processor).vtbl, &link, rows, |original| {
                    IAudioProcessorVtbl { setupProcessing: setup_processing, process, ..original }
                }),
                _component: Kept::exchange(&raw mut (*component).vtbl, &link, None, |original| {
                    IComponentVtbl { setActive: set_active, setState: set_state, ..original }
                }),
                _controller: Kept::exchange(&raw mut (*controller).vtbl, &link, None, |original| {
                    IEditControllerVtbl {
                        getParameterInfo: get_parameter_info,
                        setComponentHandler: set_component_handler,
                        ..original
                    }
                }),
            }
        };
    link.bank()?.keep_tables(tables);
    wrapper.to_com_ptr::<FUnknown>()
}

/// The table of an object that [`create`] made.
fn table<V>(functions: *const V) -> *mut Table<V> {
    functions.cast_mut().cast()
}

unsafe extern "system" fn setup_processing(this: *mut IAudioProcessor, setup: *mut ProcessSetup) -> tresult {
    // SAFETY: The host calls this for an object of ours, which is not processing, with its own record.
    unsafe {
        let table = table((*this).vtbl);
        if let (Some((inputs, outputs)), Some(setup)) = (&mut (*table).rows, setup.as_ref()) {
            let frames_max = usize::try_from(setup.maxSamplesPerBlock).unwrap_or(0);
            inputs.prepare(frames_max);
            outputs.prepare(frames_max);
        }
        ((*(*table).original).setupProcessing)(this, setup)
    }
}

unsafe extern "system" fn process(this: *mut IAudioProcessor, data: *mut ProcessData) -> tresult {
    // SAFETY: The host calls this for an object of ours, from one thread at a time, with its own record.
    unsafe {
        let table = table((*this).vtbl);
        let process = (*(*table).original).process;
        let Some(host) = data.as_ref() else { return kInvalidArgument };
        // Without a main output this is a way to deliver parameters.
        let is_flush = host.numSamples <= 0
            || host.numOutputs <= 0
            || host.outputs.is_null()
            || (*host.outputs).__field0.channelBuffers32.is_null();
        let (Some((inputs, outputs)), false) = (&mut (*table).rows, is_flush) else {
            return process(this, data);
        };
        let frames = host.numSamples as usize;
        let mut completed = *host;
        let host_inputs = usize::try_from(host.numInputs).unwrap_or(0);
        if let Some(buses) = inputs.complete(host.inputs, host_inputs, frames) {
            (completed.inputs, completed.numInputs) = (buses.as_mut_ptr(), buses.len() as int32);
        }
        if let Some(buses) = outputs.complete(host.outputs, host.numOutputs as usize, frames) {
            (completed.outputs, completed.numOutputs) = (buses.as_mut_ptr(), buses.len() as int32);
        }
        process(this, &mut completed)
    }
}

unsafe extern "system" fn set_active(this: *mut IComponent, state: TBool) -> tresult {
    // SAFETY: The host calls this for an object of ours.
    unsafe {
        let table = table((*this).vtbl);
        let result = ((*(*table).original).setActive)(this, state);
        (*table).link.tell();
        result
    }
}

unsafe extern "system" fn set_state(this: *mut IComponent, state: *mut IBStream) -> tresult {
    // SAFETY: As above.
    unsafe {
        let table = table((*this).vtbl);
        let result = ((*(*table).original).setState)(this, state);
        (*table).link.tell();
        result
    }
}

unsafe extern "system" fn set_component_handler(
    this: *mut IEditController,
    handler: *mut IComponentHandler,
) -> tresult {
    // SAFETY: As above; a handler that is not null is one.
    unsafe {
        let table = table((*this).vtbl);
        (*table).link.set_handler(ComRef::from_raw(handler).map(|handler| handler.to_com_ptr()));
        ((*(*table).original).setComponentHandler)(this, handler)
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
        if index >= ((*(*table).original).getParameterCount)(this) {
            return kInvalidArgument;
        }
        (&(*table).link, ((*(*table).original).getParameterInfo)(this, index, info))
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
    let Some(bank) = link.bank() else { return };
    let roster = bank.roster();
    let param = roster.param(index);
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
