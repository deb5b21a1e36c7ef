//! An instance before it plays: options, orchestra, score, start.

use ksmps_data::encoding::Encoding;
use ksmps_data::verbs::{BusSizes, Failure};

use crate::instance::Raw;
use crate::layout::Layout;
use crate::library::Api;
use crate::messages::MessageQueue;
use crate::opcodes::{Python, PythonEngine};
use crate::process::build_turn;
use crate::raw::CSOUND;
use crate::running::Running;

/// An instance that is being prepared: it can compile but not play.
pub struct Preparing {
    raw: Raw,
}

impl Preparing {
    /// A fresh instance, silent and without devices. Takes some 100 ms the first time in a process, 1 ms later.
    /// `[control]`
    ///
    /// # Errors
    /// [`Failure::Library`] where there is no Csound that can be used.
    pub fn create() -> Result<Self, Failure> {
        Self::create_where(|api, cs| {
            // SAFETY: `create_where` hands over a live instance of its own.
            unsafe { Layout::detect(api, cs) }
        })
    }

    /// An instance as it would be on a build of Csound whose layout is not known: it plays, without exact starts and
    /// without our opcodes, and what reaches into its memory is refused. For trying out what is refused then. `[control]`
    pub fn create_as_on_an_unknown_build() -> Result<Self, Failure> {
        Self::create_where(|_, _| None)
    }

    fn create_where(
        detect: impl FnOnce(&'static Api, *mut CSOUND) -> Option<Layout>,
    ) -> Result<Self, Failure> {
        let mut preparing = Self { raw: Raw::create(detect)? };
        for option in ["-n", "-d", "-M0", "-Q0", "--daemon"] {
            preparing.option(option)?;
        }
        Ok(preparing)
    }

    /// Csound's name for it. `[control]`
    pub(crate) fn instance(&self) -> *mut CSOUND {
        self.raw.cs.as_ptr()
    }

    /// What this instance prints, now and later. `[any]`
    pub fn messages(&mut self) -> MessageQueue {
        self.raw.host().messages.clone()
    }

    /// Leaves `outch` with the defect it has in events that start inside a cycle. `[control]`
    pub fn leave_outch_as_it_is(&mut self) {
        self.raw.host().opcodes.patches.outch_as_it_is = true;
    }

    /// How texts are written for the instance from now on: UTF-8 where nobody says so. `[control]`
    pub fn set_encoding(&mut self, encoding: Encoding) {
        self.raw.encoding = encoding;
    }

    /// How many buses the instance will have, and where their tokens begin. `[control]`
    pub fn set_bus_sizes(&mut self, sizes: BusSizes) {
        self.raw.host().opcodes.buses.set_sizes(sizes);
    }

    /// Lets the orchestra run Python: its `py…` opcodes are init errors else. Before anything is compiled; `false` where our
    /// opcodes are not there, or Python has no memory. `[control]`
    pub fn give_python(&mut self, python: Python) -> bool {
        let (cs, layout) = (self.instance(), self.raw.layout);
        // SAFETY: live instance of this layout; a Raw destroys it before its host data goes, which has the Python.
        let engine = layout.and_then(|layout| unsafe { PythonEngine::open(python, cs, layout) });
        let natives = &mut self.raw.host().opcodes.natives;
        natives.python = engine.filter(|_| natives.are_there());
        natives.python.is_some()
    }

    /// Sets an option as the command line knows it. `[control]`
    ///
    /// # Errors
    /// [`Failure::Jumped`] for an option Csound does not know. Where the layout is unknown there is no guard, so
    /// only options known to be well-formed may come here (`document::options`).
    pub fn option(&mut self, option: &str) -> Result<(), Failure> {
        let _turn = build_turn()?;
        self.set_option(option)
    }

    fn set_option(&mut self, option: &str) -> Result<(), Failure> {
        let text = self.raw.c_text(option)?;
        self.raw.call_with_text(self.raw.api.set_option, &text)
    }

    /// Compiles an orchestra. `[control]`
    pub fn compile(&mut self, orchestra: &str) -> Result<(), Failure> {
        self.raw.compile(orchestra)
    }

    /// Reads a score; it must come before the start, else Csound takes its lines for live events. `[control]`
    pub fn read_score(&mut self, score: &str) -> Result<(), Failure> {
        let text = self.raw.c_text(score)?;
        let _turn = build_turn()?;
        self.raw.read_text(self.raw.api.read_score, &text)
    }

    /// The score that was read, as Csound has sorted it: statements in the order of their times, each with its time in beats
    /// and, by the score's tempo, in seconds. `None` where there is none, or where the layout is unknown. `[control]`
    pub fn sorted_score(&self) -> Option<Vec<u8>> {
        // SAFETY: live instance owned by this thread, which has not performed.
        self.raw.layout.and_then(|layout| unsafe { layout.sorted_score(self.raw.cs.as_ptr()) })
    }

    /// Runs instrument 0's init and makes the instance ready to perform, one cycle per call. `[control]`
    pub fn start(mut self) -> Result<Running, Failure> {
        let _turn = build_turn()?;
        // SAFETY: live instance owned by this thread.
        let ksmps = unsafe { (self.raw.api.ksmps)(self.raw.cs.as_ptr()) };
        // A buffer of one cycle makes csoundPerformBuffer run exactly one cycle per call.
        self.set_option(&format!("-b{ksmps}"))?;
        self.set_option(&format!("-B{ksmps}"))?;
        // Instrument 0 may use buses already.
        self.raw.host().opcodes.buses.open(ksmps as usize);
        self.raw.call_start()?;
        Ok(Running::new(self.raw))
    }
}
