//! What the plugin may call in its CLAP host.

use std::cell::Cell;
use std::ffi::CStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ThreadId};

use clack_extensions::gui::{GuiSize, HostGui, HostGuiImpl};
use clack_extensions::latency::{HostLatency, HostLatencyImpl};
use clack_extensions::log::{HostLog, HostLogImpl, LogSeverity};
use clack_extensions::params::{
    HostParams, HostParamsImplMainThread, HostParamsImplShared, ParamClearFlags, ParamRescanFlags,
};
use clack_extensions::preset_discovery::preset_data::Location;
use clack_extensions::preset_discovery::{HostPresetLoad, HostPresetLoadImpl};
use clack_extensions::state::{HostState, HostStateImpl};
use clack_extensions::thread_check::{HostThreadCheck, HostThreadCheckImpl};
use clack_host::prelude::*;

use super::Counters;

thread_local! {
    /// Whether this thread is inside a call that CLAP counts to the audio thread.
    static IN_AUDIO: Cell<bool> = const { Cell::new(false) };
}

/// Runs `call` as the audio thread.
pub(super) fn as_audio_thread<T>(call: impl FnOnce() -> T) -> T {
    let before = IN_AUDIO.replace(true);
    let result = call();
    IN_AUDIO.set(before);
    result
}

/// Ties the three handlers together.
pub(super) struct Handlers;

impl HostHandlers for Handlers {
    type Shared<'a> = Shared;
    type MainThread<'a> = MainThread;
    type AudioProcessor<'a> = ();

    fn declare_extensions(builder: &mut HostExtensions<Self>, _: &Shared) {
        builder
            .register::<HostGui>()
            .register::<HostLog>()
            .register::<HostParams>()
            .register::<HostPresetLoad>()
            .register::<HostState>()
            .register::<HostLatency>()
            .register::<HostThreadCheck>();
    }
}

/// What may be called from any thread.
pub(super) struct Shared {
    counters: Arc<Counters>,
    main: ThreadId,
    callback: AtomicBool,
    flush: AtomicBool,
}

impl Shared {
    /// Made on the main thread.
    pub fn new(counters: Arc<Counters>) -> Self {
        Self {
            counters,
            main: thread::current().id(),
            callback: AtomicBool::new(false),
            flush: AtomicBool::new(false),
        }
    }

    /// Whether the plugin wants a call on the main thread; asking takes the wish away.
    pub fn take_callback(&self) -> bool {
        self.callback.swap(false, Ordering::Relaxed)
    }

    /// Whether the plugin has events of parameters; asking takes the wish away.
    pub fn take_flush(&self) -> bool {
        self.flush.swap(false, Ordering::Relaxed)
    }
}

impl SharedHandler<'_> for Shared {
    fn request_restart(&self) {
        Counters::count(&self.counters.restarts);
    }

    fn request_process(&self) {}

    fn request_callback(&self) {
        self.callback.store(true, Ordering::Relaxed);
    }
}

impl HostLogImpl for Shared {
    fn log(&self, severity: LogSeverity, message: &str) {
        let lines = match severity {
            LogSeverity::HostMisbehaving | LogSeverity::PluginMisbehaving => &self.counters.misuses,
            _ => &self.counters.log,
        };
        Counters::note(lines, format!("{severity}: {message}"));
    }
}

impl HostParamsImplShared for Shared {
    fn request_flush(&self) {
        self.flush.store(true, Ordering::Relaxed);
    }
}

impl HostGuiImpl for Shared {
    fn resize_hints_changed(&self) {}

    fn request_resize(&self, size: GuiSize) -> Result<(), HostError> {
        Counters::keep(&self.counters.resizes, (size.width, size.height));
        Ok(())
    }

    fn request_show(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn request_hide(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn closed(&self, _was_destroyed: bool) {
        Counters::count(&self.counters.closed);
    }
}

impl HostThreadCheckImpl for Shared {
    fn is_main_thread(&self) -> bool {
        thread::current().id() == self.main
    }

    fn is_audio_thread(&self) -> bool {
        IN_AUDIO.get()
    }
}

/// What may be called from the main thread only.
pub(super) struct MainThread {
    counters: Arc<Counters>,
    main: ThreadId,
}

impl MainThread {
    /// Made on the main thread.
    pub fn new(counters: Arc<Counters>) -> Self {
        Self { counters, main: thread::current().id() }
    }

    fn expect_main(&self, call: &str) {
        if thread::current().id() != self.main {
            Counters::note(&self.counters.misuses, format!("{call} was called off the main thread"));
        }
    }
}

impl MainThreadHandler<'_> for MainThread {}

impl HostParamsImplMainThread for MainThread {
    fn rescan(&self, flags: ParamRescanFlags) {
        self.expect_main("params.rescan");
        if flags.contains(ParamRescanFlags::VALUES) {
            Counters::count(&self.counters.values);
        }
        if flags.intersects(ParamRescanFlags::INFO | ParamRescanFlags::TEXT | ParamRescanFlags::ALL) {
            Counters::count(&self.counters.infos);
        }
    }

    fn clear(&self, _: ClapId, _: ParamClearFlags) {
        self.expect_main("params.clear");
    }
}

impl HostPresetLoadImpl for MainThread {
    fn on_error(&self, location: Location, _: Option<&CStr>, _: i32, message: Option<&CStr>) {
        self.expect_main("preset_load.on_error");
        Counters::note(&self.counters.presets, format!("{location:?} failed: {message:?}"));
    }

    fn loaded(&self, location: Location, _: Option<&CStr>) {
        self.expect_main("preset_load.loaded");
        Counters::note(&self.counters.presets, format!("{location:?} loaded"));
    }
}

impl HostStateImpl for MainThread {
    fn mark_dirty(&self) {
        self.expect_main("state.mark_dirty");
        Counters::count(&self.counters.dirty);
    }
}

impl HostLatencyImpl for MainThread {
    fn changed(&self) {
        self.expect_main("latency.changed");
        Counters::count(&self.counters.latency);
    }
}
