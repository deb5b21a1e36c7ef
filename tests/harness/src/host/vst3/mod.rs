//! A VST3 host without a window, over the vst3 crate.
//!
//! Every call of a plugin's COM interface is unsafe; this module and its parts are the place for it. The facts
//! all of them rest on: a [`ComPtr`] holds a reference, so its object lives; the library that holds the code
//! stays loaded while a `Module` lives, and what came from it keeps one; pointers passed in a call stay
//! valid until it returns.
#![expect(unsafe_code, reason = "VST3 is a C++ interface: every call crosses a raw pointer")]
#![allow(clippy::unnecessary_cast, reason = "the integer types of VST3's constants differ between systems")]

mod com;
mod events;
mod frame;
mod library;
mod module_info;
mod processing;

use std::path::Path;
use std::ptr;
use std::sync::Arc;

use vst3::Steinberg::Vst::ViewType::kEditor;
use vst3::Steinberg::Vst::{
    BusDirections_, BusInfo, IAudioProcessor, IAudioProcessorTrait, IComponent, IComponentHandler,
    IComponentTrait, IEditController, IEditControllerTrait, IHostApplication, IMidiMapping,
    IMidiMappingTrait, INoteExpressionController, INoteExpressionControllerTrait,
    INoteExpressionPhysicalUIMapping, INoteExpressionPhysicalUIMappingTrait, IUnitInfo, IUnitInfoTrait,
    MediaTypes_, NoteExpressionTypeInfo, ParameterInfo, ParameterInfo_::ParameterFlags_, PhysicalUIMap,
    PhysicalUIMapList, PhysicalUITypeIDs_, ProcessModes_, ProcessSetup, ProgramListInfo, SpeakerArrangement,
    String128, SymbolicSampleSizes_, UnitInfo,
};
use vst3::Steinberg::{
    IBStream, IPlugView, IPlugViewContentScaleSupport, IPlugViewContentScaleSupportTrait, IPlugViewTrait,
    IPluginBaseTrait, ViewRect, int16, int32, kPlatformTypeX11EmbedWindowID, kResultOk, tresult,
};
use vst3::{ComPtr, ComWrapper};

use super::{
    Buses, Counters, EditorSetup, HostError, Hosted, Notices, ParamInfo, PluginName, PresetInfo, Processing,
    Setup, Unused,
};
use com::{HostApplication, Stream};
use frame::Frame;
use library::Module;
pub use module_info::module_info;
use processing::{Shared, Vst3Processing};

/// MIDI channels.
const CHANNELS: usize = 16;
/// What `IMidiMapping` maps: 128 controllers, pressure, bend and program.
const CONTROLLERS: usize = 131;

/// An instance of a VST3 plugin whose component is its controller too, as nice-plug's are.
pub struct Vst3 {
    controller: ComPtr<IEditController>,
    buses: Buses,
    is_active: bool,
    unused: Unused,
    /// The open editor.
    editor: Option<(ComPtr<IPlugView>, Frame)>,
    /// Behind what comes before it: it keeps the library loaded.
    shared: Shared,
    /// Only kept, because the plugin may hold pointers to these two.
    _application: ComPtr<IHostApplication>,
    _handler: ComPtr<IComponentHandler>,
}

impl Vst3 {
    /// Opens a plugin of a library. See [`super::Format::open`]. `[control]`
    ///
    /// # Errors
    /// As there.
    pub fn open(path: &Path, name: &str) -> Result<Self, HostError> {
        let module = Module::keep(path)?;
        let plugins = module.list();
        let index = HostError::pick(&plugins, name)?;
        Self::create(module, index)
    }

    fn create(module: Arc<Module>, index: usize) -> Result<Self, HostError> {
        let counters = Arc::new(Counters::default());
        let refused = |what: &str| HostError::refused(what);
        let component = module.create(index).ok_or_else(|| refused("to be created"))?;
        let application = HostApplication::pointer();
        let handler = com::Handler::pointer(Arc::clone(&counters));
        // SAFETY: see the module; the application lives as long as the instance.
        ok(unsafe { component.initialize(application.as_ptr().cast()) }, "to be initialized")?;
        let processor = component.cast::<IAudioProcessor>().ok_or_else(|| refused("to process audio"))?;
        let controller =
            component.cast::<IEditController>().ok_or_else(|| refused("to be its own controller"))?;
        // SAFETY: see the module; the handler lives as long as the instance.
        ok(unsafe { controller.setComponentHandler(handler.as_ptr()) }, "a component handler")?;
        let buses = buses(&component);
        // What it refuses is read again.
        let _ = arrange(&processor, &buses);
        activate_buses(&component);
        let midi_ids = midi_ids(&component);
        let shared = Shared {
            component,
            processor,
            param_ids: Arc::default(),
            midi_ids: midi_ids.into(),
            counters,
            _module: module,
        };
        let mut vst3 = Self {
            controller,
            buses,
            is_active: false,
            unused: Unused::default(),
            editor: None,
            shared,
            _application: application,
            _handler: handler,
        };
        vst3.shared.param_ids = vst3.params().iter().map(|param| param.id).collect();
        Ok(vst3)
    }

    /// The units, each with its number, the number of the one that it is in, and its name.
    pub fn units(&self) -> Vec<(i32, i32, String)> {
        let Some(units) = self.controller.cast::<IUnitInfo>() else { return Vec::new() };
        // SAFETY: see the module; UnitInfo is plain data for which zeroes are valid.
        let info = |index| unsafe {
            let mut info: UnitInfo = std::mem::zeroed();
            let found = units.getUnitInfo(index, &mut info) == kResultOk;
            found.then(|| (info.id, info.parentUnitId, text(&info.name)))
        };
        // SAFETY: see the module.
        let count = unsafe { units.getUnitCount() };
        (0..count).filter_map(info).collect()
    }

    /// The names of the programs in the plugin's first list.
    fn programs(&self) -> Vec<String> {
        let Some(units) = self.controller.cast::<IUnitInfo>() else { return Vec::new() };
        // SAFETY: see the module; the record is plain data for which zeroes are valid.
        unsafe {
            let mut list: ProgramListInfo = std::mem::zeroed();
            if units.getProgramListCount() < 1 || units.getProgramListInfo(0, &mut list) != kResultOk {
                return Vec::new();
            }
            let name = |program| {
                let mut name: String128 = [0; 128];
                (units.getProgramName(list.id, program, &mut name) == kResultOk).then(|| text(&name))
            };
            (0..list.programCount).filter_map(name).collect()
        }
    }

    /// The parameter by which a program is chosen.
    pub fn program_param(&self) -> Option<u32> {
        let flag = ParameterFlags_::kIsProgramChange;
        // SAFETY: see the module; ParameterInfo is plain data for which zeroes are valid.
        unsafe {
            (0..self.controller.getParameterCount()).rev().find_map(|index| {
                let mut info: ParameterInfo = std::mem::zeroed();
                let found = self.controller.getParameterInfo(index, &mut info) == kResultOk;
                (found && info.flags & flag as int32 != 0).then_some(info.id)
            })
        }
    }

    /// The note expressions of the event input: number, title, default.
    pub fn note_expressions(&self) -> Vec<(u32, String, f64)> {
        let Some(expressions) = self.controller.cast::<INoteExpressionController>() else {
            return Vec::new();
        };
        // SAFETY: see the module; the record is plain data for which zeroes are valid.
        let info = |index| unsafe {
            let mut info: NoteExpressionTypeInfo = std::mem::zeroed();
            let found = expressions.getNoteExpressionInfo(0, 0, index, &mut info) == kResultOk;
            found.then(|| (info.typeId, text(&info.title), info.valueDesc.defaultValue))
        };
        // SAFETY: see the module.
        let count = unsafe { expressions.getNoteExpressionCount(0, 0) };
        (0..count).filter_map(info).collect()
    }

    /// How a note expression shows a value.
    pub fn expression_text(&self, kind: u32, value: f64) -> Option<String> {
        let expressions = self.controller.cast::<INoteExpressionController>()?;
        let mut shown: String128 = [0; 128];
        // SAFETY: see the module.
        let result = unsafe { expressions.getNoteExpressionStringByValue(0, 0, kind, value, &mut shown) };
        (result == kResultOk).then(|| text(&shown))
    }

    /// The value that a note expression takes a text for.
    pub fn expression_value(&self, kind: u32, text: &str) -> Option<f64> {
        let expressions = self.controller.cast::<INoteExpressionController>()?;
        let text: Vec<u16> = text.encode_utf16().chain([0]).collect();
        let mut value = 0.0;
        // SAFETY: see the module; the text ends with a zero.
        let result =
            unsafe { expressions.getNoteExpressionValueByString(0, 0, kind, text.as_ptr(), &mut value) };
        (result == kResultOk).then_some(value)
    }

    /// The note expressions that the controllers of an MPE keyboard move: left and right, forth and back, pressure.
    pub fn physical_mapping(&self) -> Option<[u32; 3]> {
        let mapping = self.controller.cast::<INoteExpressionPhysicalUIMapping>()?;
        let mut map = [
            PhysicalUITypeIDs_::kPUIXMovement,
            PhysicalUITypeIDs_::kPUIYMovement,
            PhysicalUITypeIDs_::kPUIPressure,
        ]
        .map(|kind| PhysicalUIMap { physicalUITypeID: kind as u32, noteExpressionTypeID: 0 });
        let mut list = PhysicalUIMapList { count: map.len() as u32, map: map.as_mut_ptr() };
        // SAFETY: see the module; the list is as long as it says.
        let result = unsafe { mapping.getPhysicalUIMapping(0, 0, &mut list) };
        (result == kResultOk).then(|| map.map(|entry| entry.noteExpressionTypeID))
    }
}

/// Scans a library. See [`super::Format::scan`].
pub(super) fn scan(path: &Path) -> Result<Vec<PluginName>, HostError> {
    let module = Module::load(path)?;
    let plugins = module.list();
    for index in 0..plugins.len() {
        Vst3::create(Arc::clone(&module), index)?;
    }
    Ok(plugins)
}

fn ok(result: tresult, what: &str) -> Result<(), HostError> {
    if result == kResultOk { Ok(()) } else { Err(HostError::refused(format!("{what} ({result})"))) }
}

/// The text of a field that ends at its first zero.
fn text(field: &[u16]) -> String {
    let length = field.iter().position(|unit| *unit == 0).unwrap_or(field.len());
    String::from_utf16_lossy(&field[..length])
}

const AUDIO: int32 = MediaTypes_::kAudio as int32;
const EVENT: int32 = MediaTypes_::kEvent as int32;
const INPUT: int32 = BusDirections_::kInput as int32;
const OUTPUT: int32 = BusDirections_::kOutput as int32;

fn buses(component: &ComPtr<IComponent>) -> Buses {
    let channels = |direction| {
        // SAFETY: see the module; BusInfo is plain data for which zeroes are valid.
        let channels = |index| unsafe {
            let mut info: BusInfo = std::mem::zeroed();
            component.getBusInfo(AUDIO, direction, index, &mut info);
            info.channelCount.max(0) as usize
        };
        // SAFETY: see the module.
        let count = unsafe { component.getBusCount(AUDIO, direction) };
        (0..count).map(channels).collect()
    };
    Buses { inputs: channels(INPUT), outputs: channels(OUTPUT) }
}

/// Asks for the arrangements that the plugin has anyway, as hosts do. A plugin may refuse them: hosts go on with
/// what it has then, and so does this one.
fn arrange(processor: &ComPtr<IAudioProcessor>, buses: &Buses) -> tresult {
    let arrangement = |channels: &usize| (1_u64 << channels.min(&63)) - 1;
    let mut inputs: Vec<SpeakerArrangement> = buses.inputs.iter().map(arrangement).collect();
    let mut outputs: Vec<SpeakerArrangement> = buses.outputs.iter().map(arrangement).collect();
    let (input_count, output_count) = (inputs.len() as int32, outputs.len() as int32);
    // SAFETY: see the module; both pointers are valid for their counts.
    unsafe {
        processor.setBusArrangements(inputs.as_mut_ptr(), input_count, outputs.as_mut_ptr(), output_count)
    }
}

fn activate_buses(component: &ComPtr<IComponent>) {
    for (media, direction) in [(AUDIO, INPUT), (AUDIO, OUTPUT), (EVENT, INPUT), (EVENT, OUTPUT)] {
        // SAFETY: see the module.
        unsafe {
            for index in 0..component.getBusCount(media, direction) {
                component.activateBus(media, direction, index, 1);
            }
        }
    }
}

/// The parameter that stands for each controller of each channel, where there is one.
fn midi_ids(component: &ComPtr<IComponent>) -> Vec<Option<u32>> {
    let Some(mapping) = component.cast::<IMidiMapping>() else { return vec![None; CHANNELS * CONTROLLERS] };
    let id = |index: usize| {
        let (channel, controller) = ((index / CONTROLLERS) as int16, (index % CONTROLLERS) as int16);
        let mut id = 0;
        // SAFETY: see the module.
        let result = unsafe { mapping.getMidiControllerAssignment(0, channel, controller, &mut id) };
        (result == kResultOk).then_some(id)
    };
    (0..CHANNELS * CONTROLLERS).map(id).collect()
}

impl Hosted for Vst3 {
    fn buses(&self) -> &Buses {
        &self.buses
    }

    fn set_buses(&mut self, wanted: &Buses) -> Result<(), HostError> {
        if self.is_active {
            return Err(HostError::refused("other widths while it is active"));
        }
        ok(arrange(&self.shared.processor, wanted), "other widths of its buses")?;
        self.buses = buses(&self.shared.component);
        assert_eq!(&self.buses, wanted, "what it took");
        Ok(())
    }

    fn set_bus_active(&mut self, is_input: bool, bus: usize, is_active: bool) -> Result<(), HostError> {
        let direction = if is_input { INPUT } else { OUTPUT };
        let component = &self.shared.component;
        // SAFETY: see the module.
        let result = unsafe { component.activateBus(AUDIO, direction, bus as int32, is_active.into()) };
        ok(result, "to have buses left unused")?;
        let unused = &mut self.unused[usize::from(!is_input)];
        unused.retain(|other| *other != bus);
        unused.extend((!is_active).then_some(bus));
        Ok(())
    }

    fn params(&mut self) -> Vec<ParamInfo> {
        let groups = self.units();
        let mut params = Vec::new();
        // SAFETY: see the module.
        let count = unsafe { self.controller.getParameterCount() };
        for index in 0..count {
            // SAFETY: see the module; ParameterInfo is plain data for which zeroes are valid.
            let (info, result) = unsafe {
                let mut info: ParameterInfo = std::mem::zeroed();
                let result = self.controller.getParameterInfo(index, &mut info);
                (info, result)
            };
            if result != kResultOk || self.shared.midi_ids.contains(&Some(info.id)) {
                continue;
            }
            // SAFETY: see the module.
            let value = unsafe { self.controller.getParamNormalized(info.id) };
            // The root unit, 0, is no group.
            let group = groups.iter().find(|(id, ..)| *id == info.unitId && *id != 0);
            params.push(ParamInfo {
                id: info.id,
                name: text(&info.title),
                group: group.map_or_else(String::new, |(.., name)| name.clone()),
                min: 0.0,
                max: 1.0,
                default: info.defaultNormalizedValue,
                value,
                text: self.param_text(info.id, value).unwrap_or_default(),
                is_hidden: info.flags & ParameterFlags_::kIsHidden != 0,
                is_bypass: info.flags & ParameterFlags_::kIsBypass != 0,
            });
        }
        params
    }

    fn param_text(&mut self, id: u32, normalized: f64) -> Option<String> {
        let mut shown: String128 = [0; 128];
        // SAFETY: see the module.
        let result = unsafe { self.controller.getParamStringByValue(id, normalized, &mut shown) };
        (result == kResultOk).then(|| text(&shown))
    }

    fn param_value(&mut self, id: u32, text: &str) -> Option<f64> {
        let mut text: Vec<u16> = text.encode_utf16().chain([0]).collect();
        let mut value = 0.0;
        // SAFETY: see the module; the text ends with a zero.
        let result = unsafe { self.controller.getParamValueByString(id, text.as_mut_ptr(), &mut value) };
        (result == kResultOk).then_some(value)
    }

    fn activate(&mut self, setup: Setup) -> Result<Box<dyn Processing>, HostError> {
        if self.is_active {
            return Err(HostError::refused("to be activated twice"));
        }
        let mode = if setup.offline { ProcessModes_::kOffline } else { ProcessModes_::kRealtime };
        let mut processing = ProcessSetup {
            processMode: mode as int32,
            symbolicSampleSize: SymbolicSampleSizes_::kSample32 as int32,
            maxSamplesPerBlock: setup.block_max.max(1) as int32,
            sampleRate: setup.rate,
        };
        // SAFETY: see the module.
        unsafe {
            ok(self.shared.processor.setupProcessing(&mut processing), "the processing setup")?;
            ok(self.shared.component.setActive(1), "to be activated")?;
        }
        self.is_active = true;
        let unused = self.unused.clone();
        Ok(Box::new(Vst3Processing::new(self.shared.clone(), &self.buses, unused, setup)))
    }

    fn deactivate(&mut self, processing: Box<dyn Processing>) -> Result<(), HostError> {
        drop(processing);
        self.is_active = false;
        // SAFETY: see the module; processing has been stopped above.
        ok(unsafe { self.shared.component.setActive(0) }, "to be deactivated")
    }

    fn save(&mut self) -> Result<Vec<u8>, HostError> {
        let stream = ComWrapper::new(Stream::default());
        // PANIC: the stream's class names this interface.
        let pointer = stream.to_com_ptr::<IBStream>().unwrap();
        // SAFETY: see the module.
        ok(unsafe { self.shared.component.getState(pointer.as_ptr()) }, "to save its state")?;
        Ok(stream.bytes())
    }

    fn load(&mut self, state: &[u8]) -> Result<(), HostError> {
        let stream = || ComWrapper::new(Stream::new(state)).to_com_ptr::<IBStream>();
        // PANIC: the stream's class names this interface.
        let (for_component, for_controller) = (stream().unwrap(), stream().unwrap());
        // SAFETY: see the module. What the controller says is not asked: a single component has nothing to add.
        unsafe {
            ok(self.shared.component.setState(for_component.as_ptr()), "to load this state")?;
            self.controller.setComponentState(for_controller.as_ptr());
        }
        Ok(())
    }

    fn presets(&mut self) -> Vec<PresetInfo> {
        let names = self.programs().into_iter();
        names.map(|name| PresetInfo { name, is_users: false, words: Vec::new() }).collect()
    }

    fn load_preset(&mut self, name: &str) -> Result<(), HostError> {
        let programs = self.programs();
        let program = programs.iter().position(|program| program == name);
        let program =
            program.ok_or_else(|| HostError::refused(format!("the preset {name}, which is not listed")))?;
        let id = self.program_param().ok_or_else(|| HostError::refused("to choose programs"))?;
        let normalized = program as f64 / (programs.len() - 1).max(1) as f64;
        // SAFETY: see the module.
        ok(unsafe { self.controller.setParamNormalized(id, normalized) }, "a program")
    }

    fn latency_frames(&mut self) -> u32 {
        // SAFETY: see the module.
        unsafe { self.shared.processor.getLatencySamples() }
    }

    fn open_editor(
        &mut self,
        setup: EditorSetup,
        window: &mut dyn FnMut((u32, u32)) -> u32,
    ) -> Result<(u32, u32), HostError> {
        let frame = Frame::new(Arc::clone(&self.shared.counters), setup.has_timer);
        // SAFETY: see the module; the view holds what it is given, and the window is the test's own, which it closes
        // after the editor.
        unsafe {
            let view = ComPtr::from_raw(self.controller.createView(kEditor));
            let view = view.ok_or_else(|| HostError::refused("no editor"))?;
            ok(view.isPlatformTypeSupported(kPlatformTypeX11EmbedWindowID), "an editor in X11")?;
            ok(view.setFrame(frame.pointer().as_ptr()), "a frame")?;
            if let (Some(scale), Some(scaling)) = (setup.scale, view.cast::<IPlugViewContentScaleSupport>()) {
                ok(scaling.setContentScaleFactor(scale as f32), "a scale")?;
            }
            let size = view_size(&view)?;
            let parent = ptr::without_provenance_mut(window(size) as usize);
            let attached = ok(view.attached(parent, kPlatformTypeX11EmbedWindowID), "the editor's window");
            self.editor = Some((view, frame));
            if attached.is_err() {
                self.close_editor()?;
            }
            attached.map(|()| size)
        }
    }

    fn resize_editor(&mut self, size: (u32, u32)) -> Result<(u32, u32), HostError> {
        let (view, _) = self.editor.as_ref().ok_or_else(|| HostError::refused("a size: it is not open"))?;
        let mut rect = ViewRect { left: 0, top: 0, right: size.0 as int32, bottom: size.1 as int32 };
        // SAFETY: see the module.
        unsafe {
            ok(view.checkSizeConstraint(&mut rect), "any size")?;
            ok(view.onSize(&mut rect), "a size")?;
        }
        Ok((rect.right as u32, rect.bottom as u32))
    }

    fn close_editor(&mut self) -> Result<(), HostError> {
        let (view, frame) =
            self.editor.take().ok_or_else(|| HostError::refused("to close an editor that is not open"))?;
        // SAFETY: see the module.
        unsafe {
            ok(view.removed(), "to close its editor")?;
            view.setFrame(ptr::null_mut());
        }
        drop(view);
        match frame.timers() {
            0 => Ok(()),
            count => Err(HostError::refused(format!("to stop {count} timers of its closed editor"))),
        }
    }

    fn idle(&mut self) {
        if let Some((_, frame)) = &self.editor {
            frame.idle();
        }
    }

    fn notices(&self) -> Notices {
        self.shared.counters.notices()
    }
}

/// The size that a view wants.
///
/// # Safety
/// See the module.
unsafe fn view_size(view: &ComPtr<IPlugView>) -> Result<(u32, u32), HostError> {
    let mut rect = ViewRect { left: 0, top: 0, right: 0, bottom: 0 };
    // SAFETY: see the module.
    ok(unsafe { view.getSize(&mut rect) }, "to say the editor's size")?;
    Ok(((rect.right - rect.left) as u32, (rect.bottom - rect.top) as u32))
}

impl Drop for Vst3 {
    fn drop(&mut self) {
        if self.editor.is_some() {
            // What it leaves behind goes with it.
            let _ = self.close_editor();
        }
        // SAFETY: see the module; nothing of the plugin is called after its termination but release.
        unsafe {
            self.controller.setComponentHandler(ptr::null_mut());
            self.shared.component.terminate();
        }
    }
}
