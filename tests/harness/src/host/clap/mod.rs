//! A CLAP host without a window, over clack-host.
//!
//! Keeps to CLAP's thread rules by construction (clack's types) and notes where the plugin breaks them.

mod events;
mod handlers;
mod presets;
mod processing;

use std::collections::HashMap;
use std::ffi::CString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use clack_extensions::audio_ports::{AudioPortInfoBuffer, PluginAudioPorts};
use clack_extensions::audio_ports_activation::{PluginAudioPortsActivation, SampleSize};
use clack_extensions::configurable_audio_ports::{
    AudioPortRequest, AudioPortRequestDetails, PluginConfigurableAudioPorts,
};
use clack_extensions::gui::{GuiApiType, GuiConfiguration, GuiError, GuiSize, PluginGui, Window};
use clack_extensions::latency::PluginLatency;
use clack_extensions::params::{ParamInfoBuffer, ParamInfoFlags, PluginParams};
use clack_extensions::preset_discovery::PluginPresetLoad;
use clack_extensions::render::{PluginRender, RenderMode};
use clack_extensions::state::PluginState;
use clack_host::prelude::*;

use super::{
    Buses, Counters, EditorSetup, HostError, Hosted, Notices, ParamInfo, PluginName, PresetInfo, Processing,
    Setup, Unused,
};
use handlers::{Handlers, MainThread, Shared};
use processing::ClapProcessing;

/// An instance of a CLAP plugin.
pub struct Clap {
    instance: PluginInstance<Handlers>,
    counters: Arc<Counters>,
    buses: Buses,
    ids: Vec<ClapId>,
    has_editor: bool,
    entry: PluginEntry,
    id: String,
    unused: Unused,
}

/// The libraries that stay loaded until the process ends.
static KEPT: Mutex<Option<HashMap<PathBuf, PluginEntry>>> = Mutex::new(None);

impl Clap {
    /// Opens a plugin of a library. See [`super::Format::open`].
    pub(super) fn open(path: &Path, name: &str) -> Result<Self, HostError> {
        let entry = {
            let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = kept.get_or_insert_default();
            match kept.get(path) {
                Some(entry) => entry.clone(),
                None => kept.entry(path.to_owned()).or_insert(load(path)?).clone(),
            }
        };
        let plugins = list(&entry);
        let plugin = &plugins[HostError::pick(&plugins, name)?];
        Self::create(&entry, plugin)
    }

    fn create(entry: &PluginEntry, plugin: &PluginName) -> Result<Self, HostError> {
        let counters = Arc::new(Counters::default());
        let (for_shared, for_main) = (Arc::clone(&counters), Arc::clone(&counters));
        let info = host_info();
        // PANIC: an id that came from a C string holds no zero byte.
        let id = CString::new(plugin.id.as_str()).unwrap();
        let mut instance = PluginInstance::<Handlers>::new(
            |()| Shared::new(for_shared),
            |_| MainThread::new(for_main),
            entry,
            &id,
            &info,
        )
        .map_err(|error| HostError::refused(format!("to be created: {error}")))?;
        let buses = buses(&mut instance);
        let mut clap = Self {
            instance,
            counters,
            buses,
            ids: Vec::new(),
            has_editor: false,
            entry: entry.clone(),
            id: plugin.id.clone(),
            unused: Unused::default(),
        };
        clap.ids = clap.params().iter().map(|param| ClapId::new(param.id)).collect();
        Ok(clap)
    }

    fn params_extension(&mut self) -> Option<PluginParams> {
        self.instance.plugin_handle().get_extension()
    }
}

fn host_info() -> HostInfo {
    // PANIC: these texts hold no zero byte.
    HostInfo::new("Ksmps tests", "Ksmps", "", env!("CARGO_PKG_VERSION")).unwrap()
}

#[expect(unsafe_code, reason = "loading a library runs its code, which only the caller can vouch for")]
fn load(path: &Path) -> Result<PluginEntry, HostError> {
    // SAFETY: the path names a plugin bundle; its initialisers are what every CLAP host runs on loading it.
    unsafe { PluginEntry::load(path) }.map_err(|error| HostError::library(path, error))
}

fn list(entry: &PluginEntry) -> Vec<PluginName> {
    let text = |text: Option<&std::ffi::CStr>| text.unwrap_or_default().to_string_lossy().into_owned();
    let Some(factory) = entry.get_plugin_factory() else { return Vec::new() };
    factory
        .plugin_descriptors()
        .map(|plugin| PluginName { id: text(plugin.id()), name: text(plugin.name()) })
        .collect()
}

/// Scans a library. See [`super::Format::scan`].
pub(super) fn scan(path: &Path) -> Result<Vec<PluginName>, HostError> {
    let entry = load(path)?;
    let plugins = list(&entry);
    for plugin in &plugins {
        Clap::create(&entry, plugin)?;
    }
    Ok(plugins)
}

#[expect(unsafe_code, reason = "a window is given by its number, which only the caller can vouch for")]
fn attach(gui: &PluginGui, plugin: &PluginMainThreadHandle, parent: u32) -> Result<(), GuiError> {
    // SAFETY: the window is the test's own, which it closes after the editor.
    unsafe { gui.set_parent(plugin, Window::from_x11_handle(parent.into())) }
}

fn buses(instance: &mut PluginInstance<Handlers>) -> Buses {
    let plugin = instance.plugin_handle();
    let Some(ports) = plugin.get_extension::<PluginAudioPorts>() else { return Buses::default() };
    let channels = |is_input| {
        (0..ports.count(&plugin, is_input))
            .filter_map(|index| {
                let mut buffer = AudioPortInfoBuffer::new();
                ports.get(&plugin, index, is_input, &mut buffer).map(|port| port.channel_count as usize)
            })
            .collect()
    };
    Buses { inputs: channels(true), outputs: channels(false) }
}

impl Hosted for Clap {
    fn buses(&self) -> &Buses {
        &self.buses
    }

    fn set_buses(&mut self, wanted: &Buses) -> Result<(), HostError> {
        let request = |is_input: bool, (index, width): (usize, &usize)| {
            let details = match *width {
                1 => AudioPortRequestDetails::mono(),
                2 => AudioPortRequestDetails::stereo(),
                width => AudioPortRequestDetails::untyped(width as u32),
            };
            AudioPortRequest::new(is_input, index as u32, details)
        };
        let inputs = wanted.inputs.iter().enumerate().map(|bus| request(true, bus));
        let outputs = wanted.outputs.iter().enumerate().map(|bus| request(false, bus));
        let requests: Vec<_> = inputs.chain(outputs).collect();
        let extension: PluginConfigurableAudioPorts = self
            .instance
            .plugin_handle()
            .get_extension()
            .ok_or_else(|| HostError::refused("other widths of its ports"))?;
        let mut plugin =
            self.instance.inactive_plugin_handle().ok_or_else(|| HostError::refused("it is active"))?;
        let can = extension.can_apply_configuration(&mut plugin, &requests);
        if extension.apply_configuration(&mut plugin, &requests) != can || !can {
            return Err(HostError::refused(format!("{wanted:?}")));
        }
        self.buses = buses(&mut self.instance);
        assert_eq!(&self.buses, wanted, "what it took");
        Ok(())
    }

    fn set_bus_active(&mut self, is_input: bool, bus: usize, is_active: bool) -> Result<(), HostError> {
        let extension: PluginAudioPortsActivation = self
            .instance
            .plugin_handle()
            .get_extension()
            .ok_or_else(|| HostError::refused("to have ports left unused"))?;
        let mut plugin =
            self.instance.inactive_plugin_handle().ok_or_else(|| HostError::refused("it is active"))?;
        let size = SampleSize::Float32;
        if !extension.set_active_audio_inactive(&mut plugin, is_input, bus as u32, is_active, size) {
            return Err(HostError::refused(format!("port {bus}")));
        }
        let unused = &mut self.unused[usize::from(!is_input)];
        unused.retain(|other| *other != bus);
        unused.extend((!is_active).then_some(bus));
        Ok(())
    }

    fn params(&mut self) -> Vec<ParamInfo> {
        let Some(extension) = self.params_extension() else { return Vec::new() };
        let plugin = self.instance.plugin_handle();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut params = Vec::new();
        let mut buffer = ParamInfoBuffer::new();
        for index in 0..extension.count(&plugin) {
            let Some(info) = extension.get_info(&plugin, index, &mut buffer) else { continue };
            let value = extension.get_value(&plugin, info.id).unwrap_or(f64::NAN);
            let mut shown = [0; 256];
            let shown = extension.value_to_text(&plugin, info.id, value, &mut shown);
            params.push(ParamInfo {
                id: info.id.get(),
                name: text(info.name),
                group: text(info.module),
                min: info.min_value,
                max: info.max_value,
                default: info.default_value,
                value,
                text: shown.map_or_else(|_| String::new(), |bytes| text(bytes)),
                is_hidden: info.flags.contains(ParamInfoFlags::IS_HIDDEN),
                is_bypass: info.flags.contains(ParamInfoFlags::IS_BYPASS),
            });
        }
        params
    }

    fn param_text(&mut self, id: u32, normalized: f64) -> Option<String> {
        let extension = self.params_extension()?;
        let mut buffer = [0; 256];
        let plugin = self.instance.plugin_handle();
        let bytes = extension.value_to_text(&plugin, ClapId::new(id), normalized, &mut buffer).ok()?;
        Some(String::from_utf8_lossy(bytes).into_owned())
    }

    fn param_value(&mut self, id: u32, text: &str) -> Option<f64> {
        let extension = self.params_extension()?;
        let text = CString::new(text).ok()?;
        extension.text_to_value(&self.instance.plugin_handle(), ClapId::new(id), &text)
    }

    fn activate(&mut self, setup: Setup) -> Result<Box<dyn Processing>, HostError> {
        let plugin = self.instance.plugin_handle();
        if let Some(render) = plugin.get_extension::<PluginRender>() {
            let mode = if setup.offline { RenderMode::Offline } else { RenderMode::Realtime };
            render.set(&plugin, mode).map_err(|_| HostError::refused(format!("the render mode {mode:?}")))?;
        }
        let configuration = PluginAudioConfiguration {
            sample_rate: setup.rate,
            min_frames_count: 1,
            max_frames_count: setup.block_max.max(1) as u32,
        };
        let stopped = self
            .instance
            .activate(|_, _| (), configuration)
            .map_err(|error| HostError::refused(format!("to be activated: {error}")))?;
        let counters = Arc::clone(&self.counters);
        let unused = self.unused.clone();
        Ok(Box::new(ClapProcessing::new(
            stopped,
            setup.rate,
            &self.buses,
            unused,
            self.ids.clone(),
            counters,
        )))
    }

    fn deactivate(&mut self, processing: Box<dyn Processing>) -> Result<(), HostError> {
        drop(processing);
        self.instance
            .try_deactivate()
            .map_err(|error| HostError::refused(format!("to be deactivated: {error}")))
    }

    fn save(&mut self) -> Result<Vec<u8>, HostError> {
        let plugin = self.instance.plugin_handle();
        let state: PluginState = plugin.get_extension().ok_or_else(|| HostError::refused("no state"))?;
        let mut bytes = Vec::new();
        state.save(&plugin, &mut bytes).map_err(|_| HostError::refused("to save its state"))?;
        Ok(bytes)
    }

    fn load(&mut self, mut bytes: &[u8]) -> Result<(), HostError> {
        let plugin = self.instance.plugin_handle();
        let state: PluginState = plugin.get_extension().ok_or_else(|| HostError::refused("no state"))?;
        state.load(&plugin, &mut bytes).map_err(|_| HostError::refused("to load this state"))
    }

    fn presets(&mut self) -> Vec<PresetInfo> {
        let found = presets::find(&self.entry, &host_info());
        found.into_iter().filter(|found| found.is_for(&self.id)).map(|found| found.info).collect()
    }

    fn load_preset(&mut self, name: &str) -> Result<(), HostError> {
        let found = presets::find(&self.entry, &host_info());
        let found = found.iter().find(|found| found.info.name == name && found.is_for(&self.id));
        let found =
            found.ok_or_else(|| HostError::refused(format!("the preset {name}, which is not listed")))?;
        let plugin = self.instance.plugin_handle();
        let load: PluginPresetLoad =
            plugin.get_extension().ok_or_else(|| HostError::refused("to load presets"))?;
        load.load_from_location(&plugin, found.location(), found.key.as_deref())
            .map_err(|error| HostError::refused(format!("{name}: {error}")))
    }

    fn latency_frames(&mut self) -> u32 {
        let plugin = self.instance.plugin_handle();
        plugin.get_extension::<PluginLatency>().map_or(0, |latency| latency.get(&plugin))
    }

    fn open_editor(
        &mut self,
        setup: EditorSetup,
        window: &mut dyn FnMut((u32, u32)) -> u32,
    ) -> Result<(u32, u32), HostError> {
        let plugin = self.instance.plugin_handle();
        let gui: PluginGui = plugin.get_extension().ok_or_else(|| HostError::refused("no editor"))?;
        let refused = |error: GuiError| HostError::refused(format!("the editor: {error}"));
        let configuration = GuiConfiguration { api_type: GuiApiType::X11, is_floating: false };
        if !gui.is_api_supported(&plugin, configuration) {
            return Err(HostError::refused("an editor in X11"));
        }
        gui.create(&plugin, configuration).map_err(refused)?;
        if let Some(scale) = setup.scale {
            gui.set_scale(&plugin, scale).map_err(refused)?;
        }
        let size = gui.get_size(&plugin).ok_or_else(|| HostError::refused("to say the editor's size"))?;
        let parent = window((size.width, size.height));
        let attached = attach(&gui, &plugin, parent).and_then(|()| gui.show(&plugin));
        self.has_editor = true;
        if let Err(error) = attached {
            self.close_editor()?;
            return Err(refused(error));
        }
        Ok((size.width, size.height))
    }

    fn resize_editor(&mut self, size: (u32, u32)) -> Result<(u32, u32), HostError> {
        let plugin = self.instance.plugin_handle();
        let gui: PluginGui = plugin.get_extension().ok_or_else(|| HostError::refused("no editor"))?;
        let wanted = GuiSize { width: size.0, height: size.1 };
        let size = gui.adjust_size(&plugin, wanted).ok_or_else(|| HostError::refused("any size"))?;
        gui.set_size(&plugin, size).map_err(|error| HostError::refused(format!("a size: {error}")))?;
        Ok((size.width, size.height))
    }

    fn close_editor(&mut self) -> Result<(), HostError> {
        let plugin = self.instance.plugin_handle();
        let gui: Option<PluginGui> = plugin.get_extension();
        match gui.filter(|_| std::mem::take(&mut self.has_editor)) {
            Some(gui) => {
                gui.destroy(&plugin);
                Ok(())
            }
            None => Err(HostError::refused("to close an editor that is not open")),
        }
    }

    fn idle(&mut self) {
        if self.instance.access_shared_handler(Shared::take_callback) {
            self.instance.call_on_main_thread_callback();
        }
        // A plugin that plays gives its events with its blocks.
        let extension = self.params_extension();
        let is_waiting = self.instance.access_shared_handler(Shared::take_flush);
        if let (Some(extension), true) = (extension, is_waiting)
            && let Some(mut plugin) = self.instance.inactive_plugin_handle()
        {
            let mut sent = EventBuffer::new();
            extension.flush(&mut plugin, &InputEvents::empty(), &mut sent.as_output());
            events::note_moves(&sent, &self.counters);
        }
    }

    fn notices(&self) -> Notices {
        self.counters.notices()
    }
}
