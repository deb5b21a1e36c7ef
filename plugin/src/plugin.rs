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

use crate::guard::guarded;
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
            self.instance.set_tail(self.audio.tail());
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
        let mut framework = || context.set_latency_samples(latency_frames);
        guarded((), || self.instance.host().latency_changed(&mut framework));
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use ksmps_core::params::Param;
    use nice_plug::context::process::SendEventError;
    use nice_plug::prelude::{NoteEvent, PluginApi, ProcessMode, Transport};

    use super::*;
    use crate::host_link::{HostLink, NoHost, ParamEdit, ParamMenu};
    use crate::making::Making;
    use crate::param_list::ParamListChange;

    const FRAMES: usize = 64;

    /// A host in whose calls, once it is said, a program error happens.
    #[derive(Default)]
    struct Faulty {
        is_on: AtomicBool,
    }

    impl Faulty {
        fn call(&self) {
            assert!(!self.is_on.load(Ordering::Relaxed), "a program error");
        }
    }

    impl HostLink for Faulty {
        fn attach(&self, _instance: &Arc<Instance>) {}
        fn params_changed(&self, _change: ParamListChange) {
            self.call();
        }
        fn mark_dirty(&self) {
            self.call();
        }
        fn latency_changed(&self, framework: &mut dyn FnMut()) {
            self.call();
            framework();
        }
        fn send_param(&self, _frame: u32, _slot: usize, _normalized: f64) {
            self.call();
        }
        fn edit_param(&self, _slot: usize, _edit: ParamEdit) {
            self.call();
        }
        fn has_menu(&self) -> bool {
            false
        }
        fn show_menu(&self, _menu: ParamMenu) {}
        fn value_text(&self, slot: usize, param: Option<&Param>, normalized: f64) -> String {
            self.call();
            NoHost.value_text(slot, param, normalized)
        }
        fn is_offline(&self) -> bool {
            self.call();
            true
        }
    }

    /// The framework's side of a call.
    struct Context(Transport);

    impl ActivateContext<Ksmps> for Context {
        fn plugin_api(&self) -> PluginApi {
            PluginApi::Clap
        }
        fn execute(&self, (): ()) {}
        fn set_latency_samples(&self, _samples: u32) {}
        fn set_current_voice_capacity(&self, _capacity: u32) {}
    }

    impl ProcessContext<Ksmps> for Context {
        fn plugin_api(&self) -> PluginApi {
            PluginApi::Clap
        }
        fn execute_background(&self, (): ()) {}
        fn execute_gui(&self, (): ()) {}
        fn transport(&self) -> &Transport {
            &self.0
        }
        fn next_event(&mut self) -> Option<NoteEvent<()>> {
            None
        }
        fn try_send_event(&mut self, event: NoteEvent<()>) -> Result<(), (NoteEvent<()>, SendEventError)> {
            Err((event, SendEventError::NoOutputBuffer))
        }
        fn set_latency_samples(&self, _samples: u32) {}
        fn request_restart(&self) {}
        fn set_current_voice_capacity(&self, _capacity: u32) {}
    }

    /// A block of an instrument; its loudest sample.
    #[expect(unsafe_code, reason = "the framework fills its buffers so")]
    fn block(plugin: &mut Ksmps) -> f32 {
        let mut sound = [[321.0_f32; FRAMES]; 2];
        let mut main = Buffer::default();
        // SAFETY: Both channels have so many frames, and the buffer is gone before them.
        unsafe {
            main.set_slices(FRAMES, |slices| {
                *slices = sound.iter_mut().map(|channel| &mut channel[..]).collect()
            });
        }
        let mut aux = AuxiliaryBuffers { inputs: &mut [], outputs: &mut [] };
        plugin.process(&mut main, &mut aux, &mut Context(Transport::new(48_000.0)));
        drop(main);
        sound.as_flattened().iter().fold(0.0, |peak, sample| peak.max(sample.abs()))
    }

    #[test]
    fn a_program_error_in_any_call_is_silence_and_a_message_and_no_harm_to_the_host() {
        let host = Arc::new(Faulty::default());
        let product = &products::BUILT_IN[0];
        let mut plugin = making::with(Making { product, host: Arc::clone(&host) as _ }, Ksmps::default);
        let config = BufferConfig {
            sample_rate: 48_000.0,
            min_buffer_size: None,
            max_buffer_size: FRAMES as u32,
            process_mode: ProcessMode::Realtime,
        };
        let layout = product.layout.buses();
        let activate = |plugin: &mut Ksmps| {
            assert!(plugin.activate(layout, &config, &mut Context(Transport::new(48_000.0))));
        };
        let steady =
            "nchnls = 2\n0dbfs = 1\n;@notes off\ninstr 1\n outs a(0.5), a(0.5)\nendin\nschedule 1, 0, -1\n";
        plugin.instance.control().load(steady.to_owned(), None);
        let saved = state::save(&plugin.instance);
        activate(&mut plugin);
        assert_eq!([block(&mut plugin), block(&mut plugin)][1], 0.5);
        assert_eq!(plugin.instance.problems().panicked(), None);

        let fails = |plugin: &mut Ksmps, call: &dyn Fn(&mut Ksmps)| {
            host.is_on.store(true, Ordering::Relaxed);
            call(plugin);
            host.is_on.store(false, Ordering::Relaxed);
            assert_eq!(plugin.instance.problems().panicked(), Some(PANICKED));
            assert_eq!(block(plugin), 0.0, "silence until the next activation");
            plugin.deactivate();
            activate(plugin);
            assert_eq!(plugin.instance.problems().panicked(), None);
            assert_eq!([block(plugin), block(plugin)][1], 0.5, "it plays again");
        };
        fails(&mut plugin, &|plugin| assert_eq!(block(plugin), 0.0));
        fails(&mut plugin, &|plugin| plugin.reset());
        // What the host asks of a text, and a state that it loads.
        host.is_on.store(true, Ordering::Relaxed);
        let params = Plugin::params(&plugin).param_map();
        #[expect(unsafe_code, reason = "the framework reads them so")]
        // SAFETY: The pointers live as long as the instance.
        let text = unsafe { params[0].1.normalized_value_to_string(0.5, true) };
        assert_eq!(text, "");
        state::load(&plugin.instance, &saved);
        host.is_on.store(false, Ordering::Relaxed);
        assert!(plugin.instance.problems().refused_state().is_some_and(|why| why.contains("program error")));
        state::load(&plugin.instance, &saved);
        assert_eq!(plugin.instance.problems().refused_state(), None);
    }
}
