//! The core alone as a host drives it: what the built plugins are compared with.
//!
//! The state has the plugins' form, so that one project goes through all three.

use std::sync::{Arc, Mutex, PoisonError};

use ksmps_core::document::Tail as DocumentTail;
use ksmps_core::params::{Param, SLOTS};
use ksmps_core::player::{self, Control, InstanceConfig, Player};
use ksmps_core::renderer;
use ksmps_core::route::HostChannels;
use serde_json::{Value, json};

use super::{
    Block, Buses, EditorSetup, HostError, Hosted, Notices, ParamInfo, PluginName, PresetInfo, Processing,
    Reports, Setup, Tail,
};
use crate::bundle::Kind;
use crate::state::{CORE, REPORT, State};

const INSTRUMENT: &str = include_str!("../../../../instruments/drift/drift.csd");
const EFFECT: &str = include_str!("../../../../instruments/echo/echo.csd");

/// An instance of the core, with the buses and the first document of one of the plugins.
pub struct Core {
    control: Arc<Control>,
    /// Here unless the instance is active.
    player: Arc<Mutex<Option<Player>>>,
    buses: Buses,
}

impl Core {
    /// An instance by the plugin's name. See [`super::Format::open`].
    pub(super) fn open(name: &str) -> Result<Self, HostError> {
        let plugins = Kind::ALL.map(|kind| PluginName { id: String::new(), name: kind.name().to_owned() });
        let (inputs, outputs, default_document) = match Kind::ALL[HostError::pick(&plugins, name)?] {
            Kind::Instrument => (vec![], vec![2], INSTRUMENT),
            Kind::MultiOut => (vec![], vec![2; 8], INSTRUMENT),
            Kind::Effect => (vec![2, 2], vec![2], EFFECT),
        };
        let buses = Buses { inputs, outputs };
        let channels = HostChannels { inputs: buses.inputs.clone(), outputs: buses.outputs.clone() };
        let (control, player) = player::pair(InstanceConfig { channels, default_document });
        Ok(Self { control, player: Arc::new(Mutex::new(Some(player))), buses })
    }

    fn slots(&self) -> Vec<Option<Param>> {
        let mut slots = vec![None; SLOTS];
        for (slot, param) in self.control.status().info.iter().flat_map(|info| &info.params) {
            slots[*slot] = Some(param.clone());
        }
        slots
    }

    fn slot(&self, id: u32) -> Option<Param> {
        self.slots().into_iter().nth(id as usize).flatten()
    }

    /// What a built plugin says of itself in its state.
    fn report(&self) -> Value {
        let status = self.control.status_with_messages();
        let problems: Vec<String> = status.problems.iter().map(ToString::to_string).collect();
        let diagnostics: Vec<String> = status.diagnostics.iter().map(ToString::to_string).collect();
        let params = status.info.iter().flat_map(|info| &info.params);
        let params: Vec<Value> = params
            .map(|(slot, param)| json!({ "slot": slot, "name": param.name, "default": param.default }))
            .collect();
        json!({
            "plays": status.info.is_some(),
        "building": status.building,
            "latency_frames": status.info.as_ref().map(|info| info.latency_frames),
            "placing": status.placing.as_ref().map(ToString::to_string),
            "diagnostics": diagnostics,
            "problems": problems,
            "console": status.console,
            "params": params,
        })
    }
}

impl Hosted for Core {
    fn buses(&self) -> &Buses {
        &self.buses
    }

    fn set_buses(&mut self, buses: &Buses) -> Result<(), HostError> {
        self.buses = buses.clone();
        self.control
            .set_channels(HostChannels { inputs: buses.inputs.clone(), outputs: buses.outputs.clone() });
        Ok(())
    }

    fn set_bus_active(&mut self, _: bool, bus: usize, _: bool) -> Result<(), HostError> {
        Err(HostError::refused(format!("bus {bus}: the core alone has all of them")))
    }

    fn params(&mut self) -> Vec<ParamInfo> {
        (0..)
            .zip(self.slots())
            .map(|(id, param)| info(id, param, self.control.values().get(id as usize)))
            .collect()
    }

    fn param_text(&mut self, id: u32, normalized: f64) -> Option<String> {
        Some(self.slot(id)?.text(normalized))
    }

    fn param_value(&mut self, id: u32, text: &str) -> Option<f64> {
        self.slot(id)?.parse(text)
    }

    fn activate(&mut self, setup: Setup) -> Result<Box<dyn Processing>, HostError> {
        let player = self.player.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut player = player.ok_or_else(|| HostError::refused("to be activated twice"))?;
        self.control.set_block_max(setup.block_max);
        self.control.activate(setup.rate);
        player.set_offline(setup.offline);
        player.adopt();
        let home = Arc::clone(&self.player);
        let reports = renderer::Reports::default();
        Ok(Box::new(CoreProcessing { player: Some(player), home, reports, rate: setup.rate }))
    }

    fn deactivate(&mut self, processing: Box<dyn Processing>) -> Result<(), HostError> {
        drop(processing);
        self.control.deactivate();
        Ok(())
    }

    fn save(&mut self) -> Result<Vec<u8>, HostError> {
        let fields = json!({ CORE: self.control.save().to_string(), REPORT: self.report().to_string() });
        Ok(json!({ "version": "", "params": {}, "fields": fields }).to_string().into_bytes())
    }

    fn load(&mut self, state: &[u8]) -> Result<(), HostError> {
        let state =
            State::read(super::Format::Core, state).map_err(|error| HostError::refused(error.to_string()))?;
        self.control.restore(&state.core).map_err(|error| HostError::refused(error.to_string()))?;
        Ok(())
    }

    fn presets(&mut self) -> Vec<PresetInfo> {
        Vec::new()
    }

    fn load_preset(&mut self, name: &str) -> Result<(), HostError> {
        Err(HostError::refused(format!("the preset {name}: the core alone has no list")))
    }

    fn latency_frames(&mut self) -> u32 {
        self.control.status().info.map_or(0, |info| info.latency_frames)
    }

    fn open_editor(
        &mut self,
        _: EditorSetup,
        _: &mut dyn FnMut((u32, u32)) -> u32,
    ) -> Result<(u32, u32), HostError> {
        Err(HostError::refused("no editor"))
    }

    fn resize_editor(&mut self, _: (u32, u32)) -> Result<(u32, u32), HostError> {
        Err(HostError::refused("no editor"))
    }

    fn close_editor(&mut self) -> Result<(), HostError> {
        Err(HostError::refused("no editor"))
    }

    fn idle(&mut self) {}

    fn notices(&self) -> Notices {
        Notices::default()
    }
}

fn info(id: u32, param: Option<Param>, value: Option<f64>) -> ParamInfo {
    let default = param.as_ref().and_then(|param| Some(param.normalized(param.default?))).unwrap_or(0.0);
    let value = value.unwrap_or(default);
    ParamInfo {
        id,
        name: param.as_ref().map_or_else(String::new, |param| param.label.clone()),
        group: param.as_ref().map_or_else(String::new, |param| param.group.clone()),
        min: 0.0,
        max: 1.0,
        default,
        value,
        text: param.as_ref().map_or_else(String::new, |param| param.text(value)),
        is_hidden: param.is_none_or(|param| param.hidden),
        is_bypass: false,
    }
}

/// The player while it is active. Dropped, it gives the player back.
struct CoreProcessing {
    /// There until it is dropped.
    player: Option<Player>,
    home: Arc<Mutex<Option<Player>>>,
    reports: renderer::Reports,
    rate: f64,
}

impl CoreProcessing {
    fn player(&mut self) -> &mut Player {
        // PANIC: it is taken out when this is dropped, not before.
        self.player.as_mut().unwrap()
    }
}

impl Processing for CoreProcessing {
    fn rate(&self) -> f64 {
        self.rate
    }

    fn process(&mut self, block: &mut Block<'_>) -> Result<Reports, HostError> {
        let transport = block.transport;
        let mut block = renderer::Block {
            inputs: block.inputs,
            outputs: &mut *block.outputs,
            frames: block.frames,
            events: block.events,
        };
        // PANIC: as in `player`.
        let player = self.player.as_mut().unwrap();
        if let Some(transport) = transport {
            player.transport(transport.complete(self.rate));
        }
        player.process(&mut block, &mut self.reports);
        let midi = self.reports.midi_out.iter().map(|(frame, message)| (*frame, message.bytes)).collect();
        Ok(Reports { ended: self.reports.ended.clone(), midi, ..Reports::default() })
    }

    fn reset(&mut self) {
        self.player().reset();
    }

    fn tail(&mut self) -> Tail {
        match self.player().tail() {
            Some(DocumentTail::Seconds(seconds)) => Tail::Frames((seconds * self.rate).ceil() as u32),
            Some(DocumentTail::Infinite) | None => Tail::Infinite,
        }
    }
}

impl Drop for CoreProcessing {
    fn drop(&mut self) {
        *self.home.lock().unwrap_or_else(PoisonError::into_inner) = self.player.take();
    }
}
