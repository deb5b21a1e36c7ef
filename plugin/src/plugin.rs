//! The lifetime of an instance, as the framework sees it: made, activated, processing, deactivated.
//!
//! Only this file implements the framework's plugin traits; each method hands on to the file that knows.

use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ksmps_core::engine::VOICES_MAX;
use ksmps_core::player::{self, Shape};
use nice_plug::prelude::{
    ActivateContext, AudioIOLayout, AuxiliaryBuffers, Buffer, BufferConfig, ClapFeature, ClapPlugin,
    MidiConfig, Params, Plugin, PluginState, PolyModulationConfig, ProcessContext, ProcessStatus, Vst3Plugin,
    Vst3SubCategory, nice_error,
};

use crate::clap::link::HostLink;
use crate::health::STUMBLED;
use crate::kinds::Kind;
use crate::process::{self, Audio};
use crate::slots::Bank;
use crate::vst3::link::Vst3Link;
use crate::{follow, state};

/// One instance of the plugin that `K` describes.
pub struct Ksmps<K: Kind> {
    bank: Arc<Bank>,
    audio: Audio,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> Default for Ksmps<K> {
    /// Cheap, because hosts make instances only to look at them: no Csound, no file, no thread. [control]
    fn default() -> Self {
        let shape = Shape { channels: process::channels(&K::LAYOUT), default_document: K::DOCUMENT };
        let (control, player) = player::pair(shape);
        let host = HostLink::of_the_making();
        let bank = Bank::new(control, host, Vst3Link::of_the_making());
        if let Some(host) = bank.host() {
            host.serve(&bank);
        }
        if let Some(link) = bank.vst3() {
            link.serve(&bank);
        }
        follow::foresee(&bank);
        follow::begin(&bank);
        Self { bank, audio: Audio::new(player), kind: PhantomData }
    }
}

impl<K: Kind> Drop for Ksmps<K> {
    /// The host may unload the library next: nobody else is to hold the instance any more. [control]
    fn drop(&mut self) {
        self.bank.control().stop_listening();
        self.bank.port().close();
    }
}

impl<K: Kind> Plugin for Ksmps<K> {
    const NAME: &'static str = K::NAME;
    const VENDOR: &'static str = "Ksmps";
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = &[K::LAYOUT];
    const MIDI_INPUT: MidiConfig = MidiConfig::MidiCCs;
    const MIDI_OUTPUT: MidiConfig = MidiConfig::MidiCCs;
    const SAMPLE_ACCURATE_AUTOMATION: bool = true;
    const INPUT_EVENT_CAPACITY: usize = process::EVENTS_MAX;

    type Editor = ();
    type SysExMessage = ();
    type BackgroundTask = ();

    fn params(&self) -> Arc<dyn Params> {
        Arc::clone(&self.bank) as Arc<dyn Params>
    }

    fn filter_state(state: &mut PluginState) {
        state::filter(state);
    }

    /// Waits for the engine of the present document, so that not even an offline bounce begins without it. A
    /// document that does not build is no failure of the plugin: it stays silent and says why. [control]
    fn activate(
        &mut self,
        layout: &AudioIOLayout,
        config: &BufferConfig,
        context: &mut impl ActivateContext<Self>,
    ) -> bool {
        let rate = f64::from(config.sample_rate);
        let activated = catch_unwind(AssertUnwindSafe(|| {
            self.audio.release();
            self.bank.control().activate(rate);
            let latency_frames = self.audio.prepare(layout, rate, config.max_buffer_size as usize);
            follow::look(&self.bank);
            self.bank.decide_port();
            latency_frames
        }));
        self.bank.health().set_stumbled(activated.is_err());
        let latency_frames = activated.unwrap_or_else(|_| {
            nice_error!("{STUMBLED}");
            self.audio.stay_silent();
            0
        });
        self.bank.set_latency_frames(latency_frames);
        // A CLAP host hears of it from `crate::clap::instance`.
        if self.bank.host().is_none() {
            context.set_latency_samples(latency_frames);
        }
        true
    }

    fn reset(&mut self) {
        self.audio.reset(&self.bank);
    }

    fn process(
        &mut self,
        main: &mut Buffer,
        aux: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        self.audio.process(&self.bank, main, aux, context)
    }

    fn deactivate(&mut self) {
        if catch_unwind(AssertUnwindSafe(|| self.bank.control().deactivate())).is_err() {
            nice_error!("a program error was caught while deactivating");
        }
    }
}

impl<K: Kind> ClapPlugin for Ksmps<K> {
    const CLAP_ID: &'static str = K::CLAP_ID;
    const CLAP_DESCRIPTION: Option<&'static str> = Some(K::DESCRIPTION);
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = K::CLAP_FEATURES;
    const CLAP_POLY_MODULATION_CONFIG: Option<PolyModulationConfig> = Some(PolyModulationConfig {
        max_voice_capacity: VOICES_MAX as u32,
        supports_overlapping_voices: true,
    });
}

impl<K: Kind> Vst3Plugin for Ksmps<K> {
    const VST3_CLASS_ID: [u8; 16] = K::VST3_ID;
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] = K::VST3_SUBCATEGORIES;
}
