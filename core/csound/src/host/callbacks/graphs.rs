//! Graphs of tables and signals that the host draws (`dispfft`, `display`, and tables while they are made).

use std::ffi::{c_char, c_int};

use super::{Slot, callbacks_of};
use crate::host::instance::Instance;
use crate::host::state::{Csound, State};
use crate::raw::structures::GraphData;
use crate::raw::{CSOUND, HostFunctions};

/// A graph, for as long as a callback has it.
pub struct Graph<'a>(&'a mut GraphData);

impl Graph<'_> {
    /// A number of the host's for the graph's window; Csound keeps it. 0 at first. `[any]`
    pub fn window(&self) -> usize {
        self.0.window
    }

    /// Gives the graph's window a number. `[any]`
    pub fn set_window(&mut self, window: usize) {
        self.0.window = window;
    }

    /// Its title. `[any]`
    pub fn caption(&self) -> String {
        let bytes: Vec<u8> =
            self.0.caption.iter().map(|letter| *letter as u8).take_while(|letter| *letter != 0).collect();
        ksmps_data::encoding::text_of(&bytes)
    }

    /// What is drawn. `[any]`
    pub fn values(&self) -> &[f64] {
        let count = usize::try_from(self.0.count).unwrap_or(0);
        if self.0.values.is_null() {
            return &[];
        }
        // SAFETY: Csound says how many values there are, and keeps them while the callback runs.
        unsafe { std::slice::from_raw_parts(self.0.values, count) }
    }

    /// The least and the greatest value; known once it is drawn. `[any]`
    pub fn range(&self) -> (f64, f64) {
        (self.0.min, self.0.max)
    }
}

type Make = dyn FnMut(&mut Graph<'_>, &str) + Send;
type Drawn = dyn FnMut(&mut Graph<'_>) + Send;
type Exit = dyn FnMut() + Send;

#[derive(Default)]
pub(in crate::host) struct GraphCallbacks {
    make: Slot<Make>,
    draw: Slot<Drawn>,
    kill: Slot<Drawn>,
    exit: Slot<Exit>,
}

pub(super) unsafe fn install(more: &HostFunctions, cs: *mut CSOUND, callbacks: &GraphCallbacks) {
    // SAFETY: a live instance; the functions have the signatures that Csound documents for them.
    unsafe {
        if callbacks.make.is_set() {
            (more.set_make_graph)(cs, on_make);
        }
        if callbacks.draw.is_set() {
            (more.set_draw_graph)(cs, on_draw);
        }
        if callbacks.kill.is_set() {
            (more.set_kill_graph)(cs, on_kill);
        }
        if callbacks.exit.is_set() {
            (more.set_exit_graph)(cs, on_exit);
        }
    }
}

impl<S: State> Csound<S> {
    /// Says whether the host draws graphs, and gives what was said before; `false` at first. `[control]`
    pub fn set_is_graphable(&mut self, draws: bool) -> bool {
        // SAFETY: live instance owned by this thread.
        unsafe { (self.instance.more.set_is_graphable)(self.instance.cs(), draws.into()) != 0 }
    }

    /// What makes a window for a graph, of this name. `[control]`
    pub fn set_make_graph_callback(&mut self, make: impl FnMut(&mut Graph<'_>, &str) + Send + 'static) {
        self.instance.callbacks().graphs.make.set(Box::new(make));
        self.install_graphs();
    }

    /// What draws a graph. `[control]`
    pub fn set_draw_graph_callback(&mut self, draw: impl FnMut(&mut Graph<'_>) + Send + 'static) {
        self.instance.callbacks().graphs.draw.set(Box::new(draw));
        self.install_graphs();
    }

    /// What closes a graph's window. `[control]`
    pub fn set_kill_graph_callback(&mut self, kill: impl FnMut(&mut Graph<'_>) + Send + 'static) {
        self.instance.callbacks().graphs.kill.set(Box::new(kill));
        self.install_graphs();
    }

    /// What is called when no graph will be drawn any more. `[control]`
    pub fn set_exit_graph_callback(&mut self, exit: impl FnMut() + Send + 'static) {
        self.instance.callbacks().graphs.exit.set(Box::new(exit));
        self.install_graphs();
    }

    fn install_graphs(&mut self) {
        let instance = &self.instance;
        // SAFETY: live instance owned by this thread.
        unsafe { install(instance.more, instance.cs(), &instance.callbacks().graphs) };
    }
}

unsafe extern "C" fn on_make(cs: *mut CSOUND, graph: *mut GraphData, name: *const c_char) {
    // SAFETY: called by Csound with a graph of its own and a C string.
    unsafe {
        let (Some(callbacks), Some(graph)) = (callbacks_of(cs), graph.as_mut()) else { return };
        let name = Instance::text(name).unwrap_or_default();
        callbacks.graphs.make.call(callbacks, (), |make| make(&mut Graph(graph), &name));
    }
}

/// # Safety
/// Called by Csound with a graph of its own.
unsafe fn drawn(cs: *mut CSOUND, graph: *mut GraphData, slot: fn(&GraphCallbacks) -> &Slot<Drawn>) {
    // SAFETY: the caller says so.
    if let (Some(callbacks), Some(graph)) = unsafe { (callbacks_of(cs), graph.as_mut()) } {
        slot(&callbacks.graphs).call(callbacks, (), |drawn| drawn(&mut Graph(graph)));
    }
}

unsafe extern "C" fn on_draw(cs: *mut CSOUND, graph: *mut GraphData) {
    // SAFETY: called by Csound.
    unsafe { drawn(cs, graph, |graphs| &graphs.draw) };
}

unsafe extern "C" fn on_kill(cs: *mut CSOUND, graph: *mut GraphData) {
    // SAFETY: called by Csound.
    unsafe { drawn(cs, graph, |graphs| &graphs.kill) };
}

unsafe extern "C" fn on_exit(cs: *mut CSOUND) -> c_int {
    // SAFETY: called by Csound.
    if let Some(callbacks) = unsafe { callbacks_of(cs) } {
        callbacks.graphs.exit.call(callbacks, (), |exit| exit());
    }
    0
}
