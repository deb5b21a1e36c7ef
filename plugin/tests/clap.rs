//! The seam to a CLAP host through the hand-written entry: each host hears of its own instance's document, by name
//! and in time.

#![expect(unsafe_code, reason = "a CLAP host is C")]

use std::ffi::{CStr, c_char, c_void};
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::ext::audio_ports::{CLAP_EXT_AUDIO_PORTS, clap_audio_port_info, clap_plugin_audio_ports};
use clap_sys::ext::configurable_audio_ports::{
    CLAP_EXT_CONFIGURABLE_AUDIO_PORTS, clap_audio_port_configuration_request,
    clap_plugin_configurable_audio_ports,
};
use clap_sys::ext::context_menu::{
    CLAP_CONTEXT_MENU_TARGET_KIND_PARAM, CLAP_EXT_CONTEXT_MENU, clap_context_menu_target,
    clap_host_context_menu,
};
use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_host_latency, clap_plugin_latency};
use clap_sys::ext::note_ports::{
    CLAP_EXT_NOTE_PORTS, CLAP_NOTE_DIALECT_CLAP, CLAP_NOTE_DIALECT_MIDI, CLAP_NOTE_DIALECT_MIDI_MPE,
    clap_note_port_info, clap_plugin_note_ports,
};
use clap_sys::ext::param_indication::{
    CLAP_EXT_PARAM_INDICATION, CLAP_PARAM_INDICATION_AUTOMATION_NONE,
    CLAP_PARAM_INDICATION_AUTOMATION_OVERRIDING, CLAP_PARAM_INDICATION_AUTOMATION_PLAYING,
    CLAP_PARAM_INDICATION_AUTOMATION_PRESENT, clap_plugin_param_indication,
};
use clap_sys::ext::params::{
    CLAP_EXT_PARAMS, CLAP_PARAM_IS_HIDDEN, clap_host_params, clap_param_info, clap_plugin_params,
};
use clap_sys::ext::render::{
    CLAP_EXT_RENDER, CLAP_RENDER_OFFLINE, CLAP_RENDER_REALTIME, clap_plugin_render, clap_plugin_render_mode,
};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_host_state};
use clap_sys::ext::surround::{CLAP_EXT_SURROUND, CLAP_PORT_SURROUND, clap_plugin_surround};
use clap_sys::ext::tail::{CLAP_EXT_TAIL, clap_host_tail, clap_plugin_tail};
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::clap_process;
use clap_sys::version::CLAP_VERSION;
use ksmps::clap::object;
use ksmps::host_link::ParamMenu;
use ksmps::instance::Instance;
use ksmps::refresh;
use ksmps_core::session::SessionFile;

/// A host that remembers what it was asked.
#[derive(Default)]
struct Asked {
    callbacks: AtomicU32,
    rescans: AtomicU32,
    restarts: AtomicU32,
    latencies: AtomicU32,
    tails: AtomicU32,
    dirty: AtomicU32,
    /// The parameter's number, x and y of each menu.
    menus: Mutex<Vec<(u32, i32, i32)>>,
}

/// One instance in its host; functions that are not called with a plugin are left out.
struct Hosted {
    host: Box<clap_host>,
    asked: Box<Asked>,
    plugin: *const clap_plugin,
}

unsafe fn asked<'a>(host: *const clap_host) -> &'a Asked {
    // SAFETY: `Hosted::new` puts it there and keeps it as long as the host.
    unsafe { &*(*host).host_data.cast::<Asked>() }
}

unsafe extern "C" fn request_callback(host: *const clap_host) {
    // SAFETY: The plugin gives the host it was given.
    unsafe { asked(host) }.callbacks.fetch_add(1, Ordering::Relaxed);
}

unsafe extern "C" fn rescan(host: *const clap_host, flags: u32) {
    // SAFETY: As above.
    unsafe { asked(host) }.rescans.fetch_or(flags, Ordering::Relaxed);
}

unsafe extern "C" fn request_restart(host: *const clap_host) {
    // SAFETY: As above.
    unsafe { asked(host) }.restarts.fetch_add(1, Ordering::Relaxed);
}

unsafe extern "C" fn latency_changed(host: *const clap_host) {
    // SAFETY: As above.
    unsafe { asked(host) }.latencies.fetch_add(1, Ordering::Relaxed);
}

unsafe extern "C" fn tail_changed(host: *const clap_host) {
    // SAFETY: As above.
    unsafe { asked(host) }.tails.fetch_add(1, Ordering::Relaxed);
}

unsafe extern "C" fn mark_dirty(host: *const clap_host) {
    // SAFETY: As above.
    unsafe { asked(host) }.dirty.fetch_add(1, Ordering::Relaxed);
}

unsafe extern "C" fn can_popup(_host: *const clap_host) -> bool {
    true
}

unsafe extern "C" fn popup(
    host: *const clap_host,
    target: *const clap_context_menu_target,
    _screen: i32,
    x: i32,
    y: i32,
) -> bool {
    // SAFETY: As above; the plugin gives a target.
    let (asked, target) = unsafe { (asked(host), *target) };
    assert_eq!(target.kind, CLAP_CONTEXT_MENU_TARGET_KIND_PARAM);
    asked.menus.lock().expect("nobody panics here").push((target.id, x, y));
    true
}

unsafe extern "C" fn ignore(_host: *const clap_host) {}

unsafe extern "C" fn get_extension(_host: *const clap_host, id: *const c_char) -> *const c_void {
    static PARAMS: clap_host_params =
        clap_host_params { rescan: Some(rescan), clear: None, request_flush: Some(ignore) };
    static LATENCY: clap_host_latency = clap_host_latency { changed: Some(latency_changed) };
    static TAIL: clap_host_tail = clap_host_tail { changed: Some(tail_changed) };
    static STATE: clap_host_state = clap_host_state { mark_dirty: Some(mark_dirty) };
    static MENUS: clap_host_context_menu = clap_host_context_menu {
        populate: None,
        perform: None,
        can_popup: Some(can_popup),
        popup: Some(popup),
    };
    // SAFETY: The plugin gives a C string.
    match unsafe { CStr::from_ptr(id) } {
        id if id == CLAP_EXT_PARAMS => ptr::from_ref(&PARAMS).cast(),
        id if id == CLAP_EXT_LATENCY => ptr::from_ref(&LATENCY).cast(),
        id if id == CLAP_EXT_TAIL => ptr::from_ref(&TAIL).cast(),
        id if id == CLAP_EXT_STATE => ptr::from_ref(&STATE).cast(),
        id if id == CLAP_EXT_CONTEXT_MENU => ptr::from_ref(&MENUS).cast(),
        _ => ptr::null(),
    }
}

impl Hosted {
    fn new(id: &CStr) -> Self {
        let asked = Box::<Asked>::default();
        let host = Box::new(clap_host {
            clap_version: CLAP_VERSION,
            host_data: ptr::from_ref(&*asked).cast_mut().cast(),
            name: c"test".as_ptr(),
            vendor: c"".as_ptr(),
            url: c"".as_ptr(),
            version: c"1".as_ptr(),
            get_extension: Some(get_extension),
            request_restart: Some(request_restart),
            request_process: Some(ignore),
            request_callback: Some(request_callback),
        });
        let entry = &ksmps::clap::entry::clap_entry;
        // SAFETY: The calls of a CLAP host in their order.
        let plugin = unsafe {
            assert!(entry.init.is_some_and(|init| init(c"".as_ptr())));
            let factory = entry.get_factory.expect("a factory")(CLAP_PLUGIN_FACTORY_ID.as_ptr());
            let factory = factory.cast::<clap_plugin_factory>();
            let plugin = (*factory).create_plugin.expect("create")(factory, &*host, id.as_ptr());
            assert!(!plugin.is_null() && (*plugin).init.expect("init")(plugin));
            plugin
        };
        Self { host, asked, plugin }
    }

    fn instance(&self) -> Arc<Instance> {
        // SAFETY: The plugin is this library's and lives as long as this.
        unsafe { object::instance_of(self.plugin) }.expect("an instance")
    }

    /// How often the host was told that the project is unsaved, since the last call.
    fn dirty(&self) -> u32 {
        self.on_main_thread();
        self.asked.dirty.swap(0, Ordering::Relaxed)
    }

    fn restarts(&self) -> u32 {
        self.asked.restarts.load(Ordering::Relaxed)
    }

    fn render(&self, mode: clap_plugin_render_mode) -> bool {
        // SAFETY: What the plugin answers for this id is of this type; after `init`.
        unsafe {
            let get_extension = (*self.plugin).get_extension.expect("get_extension");
            let render = get_extension(self.plugin, CLAP_EXT_RENDER.as_ptr()).cast::<clap_plugin_render>();
            (*render).set.expect("set")(self.plugin, mode)
        }
    }

    fn deactivate(&self) {
        // SAFETY: After `activate`, not processing.
        unsafe { (*self.plugin).deactivate.expect("deactivate")(self.plugin) };
    }

    fn activate(&self) {
        // SAFETY: Once, after `init`.
        unsafe { assert!((*self.plugin).activate.expect("activate")(self.plugin, 48000.0, 1, 64)) };
    }

    fn on_main_thread(&self) -> (u32, u32) {
        // SAFETY: After `init`, on the thread that made the plugin.
        unsafe { (*self.plugin).on_main_thread.expect("on_main_thread")(self.plugin) };
        (self.asked.callbacks.swap(0, Ordering::Relaxed), self.asked.rescans.swap(0, Ordering::Relaxed))
    }

    fn params(&self) -> &clap_plugin_params {
        // SAFETY: This is the type of this id.
        unsafe { self.extension(CLAP_EXT_PARAMS) }.expect("it has parameters")
    }

    /// What the plugin answers for an id.
    ///
    /// # Safety
    /// `T` is the type of the id.
    unsafe fn extension<T>(&self, id: &CStr) -> Option<&T> {
        // SAFETY: The caller answers for the type; it lives as long as the plugin does.
        unsafe {
            (*self.plugin).get_extension.expect("get_extension")(self.plugin, id.as_ptr())
                .cast::<T>()
                .as_ref()
        }
    }

    fn latency_frames(&self) -> u32 {
        // SAFETY: What the plugin answers for this id is of this type; after `init`.
        unsafe {
            let get_extension = (*self.plugin).get_extension.expect("get_extension");
            let latency = get_extension(self.plugin, CLAP_EXT_LATENCY.as_ptr()).cast::<clap_plugin_latency>();
            (*latency).get.expect("get")(self.plugin)
        }
    }

    fn tail_frames(&self) -> u32 {
        // SAFETY: This is the type of this id; after `init`.
        unsafe {
            let tail: &clap_plugin_tail = self.extension(CLAP_EXT_TAIL).expect("it has a tail");
            tail.get.expect("get")(self.plugin)
        }
    }

    /// The instrument plays 64 frames.
    fn process(&self) {
        let mut channels = [[0.0_f32; 64]; 2];
        let mut pointers = channels.each_mut().map(|channel| channel.as_mut_ptr());
        let mut outputs = [clap_audio_buffer {
            data32: pointers.as_mut_ptr(),
            data64: ptr::null_mut(),
            channel_count: 2,
            latency: 0,
            constant_mask: 0,
        }];
        let record = clap_process {
            steady_time: -1,
            frames_count: 64,
            transport: ptr::null(),
            audio_inputs: ptr::null(),
            audio_outputs: outputs.as_mut_ptr(),
            audio_inputs_count: 0,
            audio_outputs_count: 1,
            in_events: ptr::null(),
            out_events: ptr::null(),
        };
        // SAFETY: Activated; this thread is both of the host's.
        unsafe { (*self.plugin).process.expect("process")(self.plugin, &record) };
    }

    /// The number that the host knows a slot by.
    fn param_id(&self, index: u32) -> u32 {
        // SAFETY: A record of zeros is a valid one.
        let mut info: clap_param_info = unsafe { std::mem::zeroed() };
        // SAFETY: After `init`.
        assert!(unsafe { self.params().get_info.expect("get_info")(self.plugin, index, &mut info) });
        info.id
    }

    /// Name, group and whether it is hidden.
    fn param(&self, index: u32) -> Option<(String, String, bool)> {
        // SAFETY: A record of zeros is a valid one.
        let mut info: clap_param_info = unsafe { std::mem::zeroed() };
        // SAFETY: After `init`.
        let found = unsafe { self.params().get_info.expect("get_info")(self.plugin, index, &mut info) };
        // SAFETY: The plugin ends both with a zero.
        let text =
            |chars: &[c_char]| unsafe { CStr::from_ptr(chars.as_ptr()) }.to_string_lossy().into_owned();
        found.then(|| (text(&info.name), text(&info.module), info.flags & CLAP_PARAM_IS_HIDDEN != 0))
    }
}

impl Drop for Hosted {
    fn drop(&mut self) {
        // SAFETY: Last of all; `host` and `asked` are dropped after this.
        unsafe { (*self.plugin).destroy.expect("destroy")(self.plugin) };
        assert!(self.host.request_callback.is_some());
    }
}

#[test]
fn a_host_sees_the_documents_names_before_it_plays() {
    let (one, other) = (Hosted::new(c"org.ksmps.instrument"), Hosted::new(c"org.ksmps.effect"));
    // The text of the fresh instance's document tells them, and the engine finds nothing to correct.
    let shape = Some(("Shape".to_owned(), "Oscillator".to_owned(), false));
    assert_eq!(one.param(0), shape);
    // SAFETY: After `init`.
    assert_eq!(unsafe { one.params().count.expect("count")(one.plugin) }, 129);
    assert_eq!(one.param(128), Some(("Bypass".to_owned(), String::new(), false)));
    // Just behind the last one the framework's own function panics.
    assert_eq!((one.param(129), one.param(u32::MAX)), (None, None));

    one.activate();
    one.on_main_thread();
    assert_eq!(one.param(0), shape);
    assert!(one.param(127).is_some_and(|(_, _, hidden)| hidden));
    assert_eq!(other.on_main_thread(), (0, 0), "the other instance's host hears nothing of it");
    assert_eq!(other.param(0), Some(("Time".to_owned(), "Delay".to_owned(), false)));
}

#[test]
fn the_hosts_menu_is_shown_on_its_main_thread() {
    let hosted = Hosted::new(c"org.ksmps.instrument");
    let instance = hosted.instance();
    assert!(instance.host().has_menu());
    // The last one counts.
    instance.host().show_menu(ParamMenu { slot: 0, x: 1, y: 2 });
    instance.host().show_menu(ParamMenu { slot: 3, x: 40, y: 50 });
    let shown = || hosted.asked.menus.lock().unwrap().clone();
    assert_eq!(shown(), []);
    hosted.on_main_thread();
    hosted.on_main_thread();
    let menus = shown();
    let [(id, 40, 50)] = menus[..] else { panic!("{menus:?}") };
    assert_eq!(id, hosted.param_id(3));
}

#[test]
fn a_host_says_what_it_automates() {
    let hosted = Hosted::new(c"org.ksmps.instrument");
    let instance = hosted.instance();
    // SAFETY: The calls of a CLAP host; the record is zeros, which the plugin fills.
    let set = unsafe {
        let get = (*hosted.plugin).get_extension.expect("get_extension");
        let indication = get(hosted.plugin, CLAP_EXT_PARAM_INDICATION.as_ptr());
        let indication = indication.cast::<clap_plugin_param_indication>().as_ref().expect("the extension");
        indication.set_automation.expect("a function")
    };
    let id = hosted.param_id(2);
    for (state, is_automated) in [
        (CLAP_PARAM_INDICATION_AUTOMATION_PLAYING, true),
        (CLAP_PARAM_INDICATION_AUTOMATION_OVERRIDING, false),
        (CLAP_PARAM_INDICATION_AUTOMATION_PRESENT, true),
        (CLAP_PARAM_INDICATION_AUTOMATION_NONE, false),
    ] {
        // SAFETY: As above; a colour is not said.
        unsafe { set(hosted.plugin, id, state, ptr::null()) };
        let automated: Vec<usize> = (0..128).filter(|slot| instance.params().is_automated(*slot)).collect();
        assert_eq!(automated, if is_automated { vec![2] } else { vec![] }, "{state}");
    }
    // SAFETY: As above; there is no such parameter.
    unsafe { set(hosted.plugin, u32::MAX, CLAP_PARAM_INDICATION_AUTOMATION_PLAYING, ptr::null()) };
    assert!(!(0..128).any(|slot| instance.params().is_automated(slot)));
}

#[test]
fn the_latency_is_told_in_the_activation_that_brings_it() {
    let hosted = Hosted::new(c"org.ksmps.instrument");
    assert_eq!(hosted.latency_frames(), 0);
    hosted.activate();
    assert!(hosted.latency_frames() > 0);
    hosted.on_main_thread();
    let asked = |count: &AtomicU32| count.load(Ordering::Relaxed);
    assert_eq!((asked(&hosted.asked.latencies), asked(&hosted.asked.restarts)), (1, 0));
}

#[test]
fn the_tail_is_what_the_text_says_and_a_host_hears_of_another_one() {
    let hosted = Hosted::new(c"org.ksmps.instrument");
    let instance = hosted.instance();
    let load = |directives: &str| {
        instance.control().load(format!("{directives}\nksmps = 32\nnchnls = 2\ninstr 1\nendin"), None);
        refresh::show_declared(&instance);
    };
    let inactive = [
        (";@tail 0.5", 24_000),
        (";@tail 0", 0),
        ("", u32::MAX),
        (";@tail inf", u32::MAX),
        (";@tail 1e9", u32::MAX),
        (";@tail 2\n;@score follow=beats", u32::MAX),
        (";@tail 2\n;@session follow=seconds", u32::MAX),
        (";@tail 0.25", 12_000),
    ];
    for (directives, frames) in inactive {
        load(directives);
        assert_eq!(hosted.tail_frames(), frames, "{directives}");
    }
    hosted.activate();
    hosted.process();
    let told = || hosted.asked.tails.swap(0, Ordering::Relaxed);
    assert_eq!((hosted.tail_frames(), told()), (12_000, 0));
    load(";@tail 3");
    for _ in 0..10_000 {
        hosted.process();
        if hosted.asked.tails.load(Ordering::Relaxed) > 0 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    assert_eq!((hosted.tail_frames(), told()), (144_000, 1));
}

#[test]
fn every_change_that_the_user_makes_marks_the_project_dirty() {
    let hosted = Hosted::new(c"org.ksmps.instrument");
    let instance = hosted.instance();
    let control = instance.control();
    assert_eq!(hosted.dirty(), 0, "a fresh instance");
    for is_active in [false, true] {
        if is_active {
            hosted.activate();
            assert_eq!(hosted.dirty(), 0, "an activation is no change");
        }
        let say = |what: &str| format!("{what}, active: {is_active}");
        control.edit("ksmps = 16\ninstr 1\nendin".to_owned());
        assert_eq!(hosted.dirty(), 1, "{}", say("an edit"));
        control.load("ksmps = 32\ninstr 1\nendin".to_owned(), None);
        assert_eq!(hosted.dirty(), 1, "{}", say("another document"));
        control.compile("giA = 1").expect("it is orchestra");
        assert_eq!(hosted.dirty(), 1, "{}", say("orchestra in the session"));
        control.make_table(vec![0.0; 8], 0, 1).expect("a table");
        assert_eq!(hosted.dirty(), 1, "{}", say("a table in the session"));
        let session = SessionFile::from_json("{\"ksmps_session\": 1}").expect("it reads");
        control.set_session(session).expect("a session");
        assert_eq!(hosted.dirty(), 1, "{}", say("another session"));
        control.clear_session();
        assert_eq!(hosted.dirty(), 1, "{}", say("no session"));
        let ticket = control.edit("ksmps = 16\ninstr 1\nendin ; again".to_owned());
        control.wait_for(ticket);
        assert_eq!(hosted.dirty(), 1, "{}", say("an edit and its engine"));
        let saved = ksmps::state::save(&instance);
        assert_eq!(hosted.dirty(), 0, "{}", say("a save"));
        ksmps::state::load(&instance, &saved);
        control.wait_for(control.status().ticket);
        assert_eq!(hosted.dirty(), 0, "{}", say("a restore"));
        control.values().set(3, 0.25);
        assert_eq!(hosted.dirty(), 0, "{}", say("a parameter that moves"));
    }
}

#[test]
fn the_render_mode_is_known_at_once_and_asks_for_no_restart() {
    let hosted = Hosted::new(c"org.ksmps.effect");
    let instance = hosted.instance();
    assert!(!instance.host().is_offline());
    assert!(hosted.render(CLAP_RENDER_OFFLINE) && instance.host().is_offline());
    hosted.activate();
    for _ in 0..3 {
        assert!(hosted.render(CLAP_RENDER_REALTIME) && !instance.host().is_offline());
        assert!(hosted.render(CLAP_RENDER_OFFLINE) && instance.host().is_offline());
        assert!(!hosted.render(7) && instance.host().is_offline(), "a mode that there is not");
        hosted.on_main_thread();
    }
    assert_eq!(hosted.restarts(), 0);
}

#[test]
fn a_restart_is_asked_for_once_and_brings_what_it_was_asked_for() {
    let text = |per_note: &str| {
        format!(
            ";@param keys.kdetune 0..1=0.5 {per_note}\nksmps = 16\ninstr keys ;@notes\n  kdetune = p5\n  \
             out a(kdetune)\nendin"
        )
    };
    let hosted = Hosted::new(c"org.ksmps.instrument");
    let instance = hosted.instance();
    instance.control().edit(text(""));
    hosted.activate();
    hosted.on_main_thread();
    assert_eq!(hosted.restarts(), 0);
    // Whether a slot is open to modulation per note may change in an inactive plugin only.
    for per_note in ["per-note", "", "per-note"] {
        let ticket = instance.control().edit(text(per_note));
        instance.control().wait_for(ticket);
        // The builder's thread tells of it.
        let is_shown = || {
            let slot = instance.control().slot("keys.kdetune")?;
            Some(instance.params().list().param(slot)?.per_note != per_note.is_empty())
        };
        while is_shown() != Some(true) {
            std::thread::yield_now();
        }
    }
    // The last list is shown, and the host may still have to be told: that is done when nobody listens any more.
    refresh::unsubscribe(&instance);
    refresh::subscribe(&instance);
    while hosted.restarts() == 0 {
        hosted.on_main_thread();
        std::thread::yield_now();
    }
    for _ in 0..20 {
        hosted.on_main_thread();
    }
    assert_eq!(hosted.restarts(), 1, "the host has not answered the first request");
    hosted.deactivate();
    hosted.activate();
    hosted.on_main_thread();
    assert_eq!(hosted.restarts(), 1);
}

#[test]
fn notes_come_in_every_dialect_and_the_hosts_own_is_preferred() {
    let hosted = Hosted::new(c"org.ksmps.instrument");
    // SAFETY: This is the type of this id.
    let ports: &clap_plugin_note_ports =
        unsafe { hosted.extension(CLAP_EXT_NOTE_PORTS) }.expect("it has note ports");
    let dialects = |is_input| {
        // SAFETY: A record of zeros is a valid one, and the plugin fills it.
        unsafe {
            let mut info: clap_note_port_info = std::mem::zeroed();
            assert_eq!(ports.count.expect("count")(hosted.plugin, is_input), 1);
            assert!(ports.get.expect("get")(hosted.plugin, 0, is_input, &mut info));
            assert!(!ports.get.expect("get")(hosted.plugin, 1, is_input, &mut info));
            (info.supported_dialects, info.preferred_dialect)
        }
    };
    let own = CLAP_NOTE_DIALECT_CLAP | CLAP_NOTE_DIALECT_MIDI;
    assert_eq!(dialects(true), (own | CLAP_NOTE_DIALECT_MIDI_MPE, CLAP_NOTE_DIALECT_CLAP));
    assert_eq!(dialects(false), (own, CLAP_NOTE_DIALECT_CLAP));
}

#[test]
fn a_wide_effect_says_which_speakers_its_channels_are_for() {
    let hosted = Hosted::new(c"org.ksmps.effect");
    let plugin = hosted.plugin;
    // SAFETY: These are the types of these ids.
    let (ports, configurable, surround): (
        &clap_plugin_audio_ports,
        &clap_plugin_configurable_audio_ports,
        &clap_plugin_surround,
    ) = unsafe {
        (
            hosted.extension(CLAP_EXT_AUDIO_PORTS).expect("it has ports"),
            hosted.extension(CLAP_EXT_CONFIGURABLE_AUDIO_PORTS).expect("a host can choose"),
            hosted.extension(CLAP_EXT_SURROUND).expect("it knows of speakers"),
        )
    };
    let maps: [&[u8]; 3] = [&[0, 1, 4, 5], &[0, 1, 2, 3, 4, 5], &[0, 1, 2, 3, 4, 5, 9, 10]];
    for (map, is_own) in maps.iter().map(|map| (*map, true)).chain([(&[0, 1, 2, 3][..], false)]) {
        let request = |is_input| clap_audio_port_configuration_request {
            is_input,
            port_index: 0,
            channel_count: map.len() as u32,
            port_type: CLAP_PORT_SURROUND.as_ptr(),
            port_details: map.as_ptr().cast(),
        };
        let requests = [request(true), request(false)];
        // SAFETY: The requests are two, and the plugin is not active; it fills the host's places.
        unsafe {
            let applied = configurable.apply_configuration.expect("apply")(plugin, requests.as_ptr(), 2);
            assert_eq!(applied, is_own, "{map:?}");
            let mask = map.iter().fold(0_u64, |mask, speaker| mask | 1 << speaker);
            assert_eq!(surround.is_channel_mask_supported.expect("masks")(plugin, mask), is_own, "{map:?}");
            if !is_own {
                continue;
            }
            for is_input in [true, false] {
                let mut info: clap_audio_port_info = std::mem::zeroed();
                assert!(ports.get.expect("get")(plugin, 0, is_input, &mut info));
                assert_eq!(
                    (info.channel_count as usize, CStr::from_ptr(info.port_type)),
                    (map.len(), CLAP_PORT_SURROUND)
                );
                let mut told = [99_u8; 16];
                let count =
                    surround.get_channel_map.expect("maps")(plugin, is_input, 0, told.as_mut_ptr(), 16);
                assert_eq!(&told[..count as usize], map);
                assert_eq!(
                    surround.get_channel_map.expect("maps")(plugin, is_input, 0, told.as_mut_ptr(), 3),
                    0
                );
            }
        }
    }
    let instrument = Hosted::new(c"org.ksmps.instrument");
    // SAFETY: This is the type of this id.
    assert!(unsafe { instrument.extension::<clap_plugin_surround>(CLAP_EXT_SURROUND) }.is_none());
}

#[test]
fn ports_are_called_what_they_are() {
    let others = ["Out 3-4", "Out 5-6", "Out 7-8", "Out 9-10", "Out 11-12", "Out 13-14", "Out 15-16"];
    let multi_out: Vec<&str> = ["Main"].into_iter().chain(others).collect();
    let table = [
        (c"org.ksmps.instrument", vec![], vec!["Main"]),
        (c"org.ksmps.multi-out", vec![], multi_out),
        (c"org.ksmps.effect", vec!["Input", "Sidechain"], vec!["Output"]),
    ];
    for (id, inputs, outputs) in table {
        let hosted = Hosted::new(id);
        // SAFETY: This is the type of this id.
        let ports: &clap_plugin_audio_ports =
            unsafe { hosted.extension(CLAP_EXT_AUDIO_PORTS) }.expect("it has ports");
        for (is_input, names) in [(true, inputs), (false, outputs)] {
            for (index, name) in (0..).zip(names) {
                // SAFETY: A record of zeros is a valid one, and the plugin fills it with a name that ends with a zero.
                let told = unsafe {
                    let mut info: clap_audio_port_info = std::mem::zeroed();
                    assert!(ports.get.expect("get")(hosted.plugin, index, is_input, &mut info));
                    CStr::from_ptr(info.name.as_ptr()).to_string_lossy().into_owned()
                };
                assert_eq!(told, name, "{id:?}");
            }
        }
    }
}
