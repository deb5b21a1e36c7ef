//! The lifetime of an instance, as the framework sees it: made, activated, processing, deactivated.
//!
//! Only this file implements the framework's plugin traits, once for all products ([`crate::products`]); each method
//! hands on to the file that knows. What a host is shown of a product (names, ids, features) does not come from the
//! constants here: the entries of [`crate::clap`] and [`crate::vst3`] read the table.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ksmps_core::engine::VOICES_MAX;
use ksmps_core::player::{self, InstanceConfig, Machine};
use nice_plug::prelude::{
    ActivateContext, AudioIOLayout, AuxiliaryBuffers, Buffer, BufferConfig, ClapFeature, ClapPlugin,
    MidiConfig, Params, Plugin, PluginState, PolyModulationConfig, ProcessContext, ProcessStatus, Vst3Plugin,
    Vst3SubCategory, nice_error,
};

use crate::instance::Instance;
use crate::making;
use crate::problems::PANICKED;
use crate::process::{self, Audio};
use crate::products::{self, Layout};
use crate::{refresh, state};

/// The name of all products together, and their maker's.
pub const VENDOR: &str = "Ksmps";
/// The version of all products.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// One instance of one of the products: which one, [`making`] says.
pub struct Ksmps {
    instance: Arc<Instance>,
    audio: Audio,
}

impl Default for Ksmps {
    /// Cheap, because hosts make instances only to look at them: no Csound, no file, no thread. `[control]`
    fn default() -> Self {
        let making = making::current();
        let channels = process::channels(making.product.layout.buses());
        let machine = Machine { user: None, factory: &products::FACTORY };
        let config = InstanceConfig { channels, default_document: making.product.document };
        let (control, player) = player::pair_on(machine, config);
        let instance = Instance::new(control, making.host);
        refresh::show_declared(&instance);
        refresh::subscribe(&instance);
        Self { instance, audio: Audio::new(player) }
    }
}

impl Drop for Ksmps {
    /// The host may unload the library next: nobody else is to hold the instance any more. `[control]`
    fn drop(&mut self) {
        refresh::unsubscribe(&self.instance);
        self.instance.control_port().close();
    }
}

impl Plugin for Ksmps {
    const NAME: &'static str = VENDOR;
    const VENDOR: &'static str = VENDOR;
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = VERSION;
    /// Those of all products: the object that holds an instance chooses among them before a host sees it.
    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = Layout::ALL;
    const MIDI_INPUT: MidiConfig = MidiConfig::MidiCCs;
    const MIDI_OUTPUT: MidiConfig = MidiConfig::MidiCCs;
    const SAMPLE_ACCURATE_AUTOMATION: bool = true;
    const INPUT_EVENT_CAPACITY: usize = process::EVENTS_MAX;

    type Editor = ();
    type SysExMessage = ();
    type BackgroundTask = ();

    fn params(&self) -> Arc<dyn Params> {
        Arc::clone(&self.instance) as Arc<dyn Params>
    }

    fn filter_state(state: &mut PluginState) {
        state::filter(state);
    }

    /// Waits for the engine of the present document, so that not even an offline bounce begins without it. A
    /// document that does not build is no failure of the plugin: it stays silent and says why. `[control]`
    fn activate(
        &mut self,
        layout: &AudioIOLayout,
        config: &BufferConfig,
        context: &mut impl ActivateContext<Self>,
    ) -> bool {
        let rate = f64::from(config.sample_rate);
        let activated = catch_unwind(AssertUnwindSafe(|| {
            self.audio.release();
            self.instance.prepare_block();
            let block_max = config.max_buffer_size as usize;
            self.instance.control().set_channels(process::channels(layout));
            self.instance.control().set_block_max(block_max);
            self.instance.control().activate(rate);
            let latency_frames = self.audio.prepare(layout, rate, block_max, self.instance.bypass().is_on());
            refresh::refresh(&self.instance);
            self.instance.decide_control_port();
            latency_frames
        }));
        self.instance.problems().set_panicked(activated.is_err());
        let latency_frames = activated.unwrap_or_else(|_| {
            nice_error!("{PANICKED}");
            self.audio.stay_silent();
            0
        });
        self.instance.set_latency_frames(latency_frames);
        self.instance.host().latency_changed(&mut || context.set_latency_samples(latency_frames));
        true
    }

    fn reset(&mut self) {
        self.audio.reset(&self.instance);
    }

    fn process(
        &mut self,
        main: &mut Buffer,
        aux: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        self.audio.process(&self.instance, main, aux, context)
    }

    fn deactivate(&mut self) {
        if catch_unwind(AssertUnwindSafe(|| self.instance.control().deactivate())).is_err() {
            nice_error!("a program error was caught while deactivating");
        }
    }
}

/// The framework wants these of every plugin; no host sees them.
impl ClapPlugin for Ksmps {
    const CLAP_ID: &'static str = "org.ksmps";
    const CLAP_DESCRIPTION: Option<&'static str> = None;
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = &[];
    const CLAP_POLY_MODULATION_CONFIG: Option<PolyModulationConfig> = Some(PolyModulationConfig {
        max_voice_capacity: VOICES_MAX as u32,
        supports_overlapping_voices: true,
    });
}

/// As above.
impl Vst3Plugin for Ksmps {
    const VST3_CLASS_ID: [u8; 16] = *b"Ksmps, unused id";
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] = &[];
}
