//! The host's own COM objects: what a plugin may call.
//!
//! Their methods are called with the pointers that the interface promises; each is checked for null where it is
//! written through, and that is the fact the unsafe blocks here rest on.

use std::cell::RefCell;
use std::ffi::c_void;
use std::ptr;
use std::slice;
use std::sync::Arc;

use vst3::Steinberg::IBStream_::IStreamSeekMode_::{kIBSeekCur, kIBSeekEnd, kIBSeekSet};
use vst3::Steinberg::Vst::{
    Event, IComponentHandler, IComponentHandler2, IComponentHandler2Trait, IComponentHandlerTrait,
    IEventList, IEventListTrait, IHostApplication, IHostApplicationTrait, IParamValueQueue,
    IParamValueQueueTrait, IParameterChanges, IParameterChangesTrait, ParamID, ParamValue, RestartFlags_,
    String128,
};
use vst3::Steinberg::{
    FIDString, IBStream, IBStreamTrait, TBool, TUID, int32, int64, kInvalidArgument, kNotImplemented,
    kResultOk, tresult,
};
use vst3::{Class, ComPtr, ComWrapper};

use crate::host::Counters;

/// Says who the host is.
pub(super) struct HostApplication;

impl HostApplication {
    pub fn pointer() -> ComPtr<IHostApplication> {
        // PANIC: the class names this interface.
        ComWrapper::new(Self).to_com_ptr().unwrap()
    }
}

impl Class for HostApplication {
    type Interfaces = (IHostApplication,);
}

impl IHostApplicationTrait for HostApplication {
    unsafe fn getName(&self, name: *mut String128) -> tresult {
        // SAFETY: see the module.
        let Some(name) = (unsafe { name.as_mut() }) else { return kInvalidArgument };
        name.fill(0);
        for (unit, letter) in name.iter_mut().zip("Ksmps tests".encode_utf16()) {
            *unit = letter;
        }
        kResultOk
    }

    unsafe fn createInstance(&self, _: *mut TUID, _: *mut TUID, object: *mut *mut c_void) -> tresult {
        // SAFETY: see the module.
        if let Some(object) = unsafe { object.as_mut() } {
            *object = ptr::null_mut();
        }
        kNotImplemented
    }
}

/// Counts what the controller asks for.
pub(super) struct Handler {
    counters: Arc<Counters>,
}

impl Handler {
    pub fn pointer(counters: Arc<Counters>) -> ComPtr<IComponentHandler> {
        // PANIC: the class names this interface.
        ComWrapper::new(Self { counters }).to_com_ptr().unwrap()
    }
}

impl Class for Handler {
    type Interfaces = (IComponentHandler, IComponentHandler2);
}

impl IComponentHandlerTrait for Handler {
    unsafe fn beginEdit(&self, _: ParamID) -> tresult {
        Counters::count(&self.counters.begun);
        kResultOk
    }

    unsafe fn performEdit(&self, id: ParamID, value: ParamValue) -> tresult {
        Counters::keep(&self.counters.moves, (id, value));
        // A VST3 host takes an edited parameter as a reason to save.
        Counters::count(&self.counters.dirty);
        kResultOk
    }

    unsafe fn endEdit(&self, _: ParamID) -> tresult {
        Counters::count(&self.counters.ended);
        kResultOk
    }

    unsafe fn restartComponent(&self, flags: int32) -> tresult {
        let asked = [
            (RestartFlags_::kParamValuesChanged, &self.counters.values),
            (RestartFlags_::kParamTitlesChanged, &self.counters.infos),
            (RestartFlags_::kLatencyChanged, &self.counters.latency),
            (RestartFlags_::kReloadComponent, &self.counters.restarts),
        ];
        for (flag, counter) in asked {
            if flags & flag != 0 {
                Counters::count(counter);
            }
        }
        kResultOk
    }
}

impl IComponentHandler2Trait for Handler {
    unsafe fn setDirty(&self, state: TBool) -> tresult {
        if state != 0 {
            Counters::count(&self.counters.dirty);
        }
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

/// Bytes that a plugin reads its state from or writes it to.
#[derive(Default)]
pub(super) struct Stream {
    bytes: RefCell<Vec<u8>>,
    at: RefCell<usize>,
}

impl Stream {
    pub fn new(bytes: &[u8]) -> Self {
        Self { bytes: RefCell::new(bytes.to_vec()), at: RefCell::new(0) }
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.bytes.borrow().clone()
    }
}

impl Class for Stream {
    type Interfaces = (IBStream,);
}

impl IBStreamTrait for Stream {
    unsafe fn read(&self, buffer: *mut c_void, count: int32, done: *mut int32) -> tresult {
        let bytes = self.bytes.borrow();
        let mut at = self.at.borrow_mut();
        let rest = bytes.get(*at..).unwrap_or_default();
        let length = rest.len().min(count.max(0) as usize);
        if length > 0 {
            // SAFETY: the plugin gives room for `count` bytes, and the stream's own bytes do not overlap it.
            unsafe { ptr::copy_nonoverlapping(rest.as_ptr(), buffer.cast(), length) };
        }
        *at += length;
        // SAFETY: see the module.
        if let Some(done) = unsafe { done.as_mut() } {
            *done = length as int32;
        }
        kResultOk
    }

    unsafe fn write(&self, buffer: *mut c_void, count: int32, done: *mut int32) -> tresult {
        let count = count.max(0) as usize;
        let mut bytes = self.bytes.borrow_mut();
        let mut at = self.at.borrow_mut();
        if count > 0 {
            // SAFETY: the plugin gives `count` readable bytes.
            let new = unsafe { slice::from_raw_parts(buffer.cast::<u8>(), count) };
            let end = *at + count;
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[*at..end].copy_from_slice(new);
            *at = end;
        }
        // SAFETY: see the module.
        if let Some(done) = unsafe { done.as_mut() } {
            *done = count as int32;
        }
        kResultOk
    }

    unsafe fn seek(&self, to: int64, mode: int32, result: *mut int64) -> tresult {
        let mut at = self.at.borrow_mut();
        let from = match mode as u32 {
            mode if mode == kIBSeekSet as u32 => 0,
            mode if mode == kIBSeekCur as u32 => *at as int64,
            mode if mode == kIBSeekEnd as u32 => self.bytes.borrow().len() as int64,
            _ => return kInvalidArgument,
        };
        *at = from.saturating_add(to).max(0) as usize;
        // SAFETY: see the module.
        if let Some(result) = unsafe { result.as_mut() } {
            *result = *at as int64;
        }
        kResultOk
    }

    unsafe fn tell(&self, result: *mut int64) -> tresult {
        // SAFETY: see the module.
        let Some(result) = (unsafe { result.as_mut() }) else { return kInvalidArgument };
        *result = *self.at.borrow() as int64;
        kResultOk
    }
}

/// The events of a block, in or out.
#[derive(Default)]
pub(super) struct EventList {
    pub events: RefCell<Vec<Event>>,
}

impl Class for EventList {
    type Interfaces = (IEventList,);
}

impl IEventListTrait for EventList {
    unsafe fn getEventCount(&self) -> int32 {
        self.events.borrow().len() as int32
    }

    unsafe fn getEvent(&self, index: int32, event: *mut Event) -> tresult {
        let events = self.events.borrow();
        // SAFETY: see the module.
        match (events.get(index as usize), unsafe { event.as_mut() }) {
            (Some(found), Some(event)) => {
                *event = *found;
                kResultOk
            }
            _ => kInvalidArgument,
        }
    }

    unsafe fn addEvent(&self, event: *mut Event) -> tresult {
        // SAFETY: see the module.
        let Some(event) = (unsafe { event.as_ref() }) else { return kInvalidArgument };
        self.events.borrow_mut().push(*event);
        kResultOk
    }
}

/// The points of one parameter in a block.
#[derive(Default)]
struct Queue {
    id: RefCell<ParamID>,
    points: RefCell<Vec<(int32, ParamValue)>>,
}

impl Class for Queue {
    type Interfaces = (IParamValueQueue,);
}

impl IParamValueQueueTrait for Queue {
    unsafe fn getParameterId(&self) -> ParamID {
        *self.id.borrow()
    }

    unsafe fn getPointCount(&self) -> int32 {
        self.points.borrow().len() as int32
    }

    unsafe fn getPoint(&self, index: int32, frame: *mut int32, value: *mut ParamValue) -> tresult {
        let points = self.points.borrow();
        // SAFETY: see the module.
        match (points.get(index as usize), unsafe { frame.as_mut() }, unsafe { value.as_mut() }) {
            (Some(point), Some(frame), Some(value)) => {
                (*frame, *value) = *point;
                kResultOk
            }
            _ => kInvalidArgument,
        }
    }

    unsafe fn addPoint(&self, frame: int32, value: ParamValue, index: *mut int32) -> tresult {
        let mut points = self.points.borrow_mut();
        let at = points.partition_point(|(other, _)| *other <= frame);
        points.insert(at, (frame, value));
        // SAFETY: see the module.
        if let Some(index) = unsafe { index.as_mut() } {
            *index = at as int32;
        }
        kResultOk
    }
}

/// The parameters that move in a block, in or out. Queues are used again from block to block.
#[derive(Default)]
pub(super) struct ParameterChanges {
    queues: RefCell<Vec<ComWrapper<Queue>>>,
    used: RefCell<usize>,
}

impl ParameterChanges {
    /// Forgets the block before.
    pub fn clear(&self) {
        *self.used.borrow_mut() = 0;
    }

    /// Adds a point, after those that the parameter has already.
    pub fn push(&self, id: ParamID, frame: u32, value: ParamValue) {
        let index = self.queue(id);
        self.queues.borrow()[index].points.borrow_mut().push((frame as int32, value));
    }

    /// All points: frame, id, value.
    pub fn points(&self) -> Vec<(u32, u32, f64)> {
        let queues = self.queues.borrow();
        let used = queues.iter().take(*self.used.borrow());
        used.flat_map(|queue| {
            let id = *queue.id.borrow();
            let points = queue.points.borrow().clone();
            points.into_iter().map(move |(frame, value)| (frame as u32, id, value))
        })
        .collect()
    }

    /// The index of a parameter's queue, which is made where there is none.
    fn queue(&self, id: ParamID) -> usize {
        let mut queues = self.queues.borrow_mut();
        let mut used = self.used.borrow_mut();
        if let Some(index) = queues.iter().take(*used).position(|queue| *queue.id.borrow() == id) {
            return index;
        }
        if queues.len() == *used {
            queues.push(ComWrapper::new(Queue::default()));
        }
        queues[*used].points.borrow_mut().clear();
        *queues[*used].id.borrow_mut() = id;
        *used += 1;
        *used - 1
    }

    fn pointer(&self, index: usize) -> *mut IParamValueQueue {
        let queues = self.queues.borrow();
        let queue = queues.iter().take(*self.used.borrow()).nth(index);
        // The reference that this makes and drops is not the last: the list holds one until it is dropped itself.
        let pointer = queue.and_then(ComWrapper::as_com_ref::<IParamValueQueue>);
        pointer.map_or(ptr::null_mut(), |pointer| pointer.as_ptr())
    }
}

impl Class for ParameterChanges {
    type Interfaces = (IParameterChanges,);
}

impl IParameterChangesTrait for ParameterChanges {
    unsafe fn getParameterCount(&self) -> int32 {
        *self.used.borrow() as int32
    }

    unsafe fn getParameterData(&self, index: int32) -> *mut IParamValueQueue {
        self.pointer(index as usize)
    }

    unsafe fn addParameterData(&self, id: *const ParamID, index: *mut int32) -> *mut IParamValueQueue {
        // SAFETY: see the module.
        let Some(id) = (unsafe { id.as_ref() }) else { return ptr::null_mut() };
        let queue = self.queue(*id);
        // SAFETY: see the module.
        if let Some(index) = unsafe { index.as_mut() } {
            *index = queue as int32;
        }
        self.pointer(queue)
    }
}
