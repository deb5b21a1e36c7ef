//! One instance's Python: its namespace, those of its notes, and what its opcodes run.

use std::collections::HashMap;
use std::path::Path;

use ksmps_data::encoding::text_of;
use ksmps_python_abi::{self as abi, Code, Kind, Library, Text};

use super::host::Context;
use super::library::Python;
use crate::layout::Layout;
use crate::raw::CSOUND;

/// The namespace of a note in the library, or null.
pub(super) type LocalName = *mut abi::Local;

/// What an opcode runs, and the text that it was compiled from.
pub(super) struct Compiled {
    pub text: Box<[u8]>,
    pub code: *const Code,
}

/// What finds it again: what is done with it, which opcode it is, and the text.
type Key = (Kind, Box<str>, Box<[u8]>);

/// One instance's Python. Used by the thread that owns the instance.
pub(crate) struct Engine {
    library: &'static Library,
    engine: *mut abi::Engine,
    /// What the functions that the library calls work on.
    _context: Box<Context>,
    compiled: HashMap<Key, Box<Compiled>>,
    /// What opcodes run whose text changes while they play, by the address of their block.
    changing: HashMap<usize, Box<Compiled>>,
    /// The namespaces of sounding notes, by the address of their instance.
    notes: HashMap<usize, LocalName>,
}

impl Engine {
    /// A namespace for an instance; `None` where Python has no memory for one. `[control]`
    ///
    /// # Safety
    /// `cs` is live, of this layout, and destroyed after its last opcode has run and before what is returned is dropped.
    pub unsafe fn open(python: Python, cs: *mut CSOUND, layout: Layout) -> Option<Self> {
        let library = python.library();
        let mut context = Box::new(Context::new(cs, layout));
        let host = context.host();
        // SAFETY: Python runs; the table is copied, and its context lives as long as the engine.
        let engine = unsafe { (library.open)(&host) };
        (!engine.is_null()).then(|| Self {
            library,
            engine,
            _context: context,
            compiled: HashMap::new(),
            changing: HashMap::new(),
            notes: HashMap::new(),
        })
    }

    /// The library and its name of this engine.
    pub(super) fn parts(&self) -> (&'static Library, *mut abi::Engine) {
        (self.library, self.engine)
    }

    /// What an opcode runs; it stays where it is as long as the engine lives. A script is looked for in `folders` where its
    /// name has none.
    pub(super) fn compiled(
        &mut self,
        kind: Kind,
        opcode: &str,
        text: &[u8],
        folders: &[String],
    ) -> Option<*const Compiled> {
        let key = (kind, Box::from(opcode), Box::from(text));
        if let Some(known) = self.compiled.get(&key) {
            return Some(&raw const **known);
        }
        let meant = meant(kind, text, folders);
        // SAFETY: the engine is live, and this thread owns it.
        let code = unsafe { (self.library.code)(self.engine, kind, Text::of(opcode), Text::of(&meant)) };
        let compiled = Box::new(Compiled { text: text.into(), code });
        let place = &raw const *compiled;
        self.compiled.insert(key, compiled);
        (!code.is_null()).then_some(place)
    }

    /// What the opcode in a block runs whose text has changed: it stays where it is until it changes again.
    pub(super) fn compiled_now(
        &mut self,
        block: usize,
        kind: Kind,
        opcode: &str,
        text: &[u8],
        folders: &[String],
    ) -> Option<*const Compiled> {
        let meant = meant(kind, text, folders);
        // SAFETY: as in `compiled`.
        let code =
            unsafe { (self.library.code_of_now)(self.engine, kind, Text::of(opcode), Text::of(&meant)) };
        let compiled = Box::new(Compiled { text: text.into(), code });
        let place = &raw const *compiled;
        if let Some(before) = self.changing.insert(block, compiled) {
            self.drop_code(&before);
        }
        (!code.is_null()).then_some(place)
    }

    fn drop_code(&self, compiled: &Compiled) {
        if !compiled.code.is_null() {
            // SAFETY: made by `compiled_now`, and nobody runs it any more.
            unsafe { (self.library.drop_code)(self.engine, compiled.code) };
        }
    }

    /// The namespace of the note in this instance, and whether it is new.
    pub(super) fn note(&mut self, instance: usize) -> (LocalName, bool) {
        if let Some(local) = self.notes.get(&instance) {
            return (*local, false);
        }
        // SAFETY: as in `compiled`.
        let local = unsafe { (self.library.open_local)(self.engine) };
        self.notes.insert(instance, local);
        (local, true)
    }

    /// The note in this instance has ended.
    pub(super) fn end_note(&mut self, instance: usize) {
        if let Some(local) = self.notes.remove(&instance).filter(|local| !local.is_null()) {
            // SAFETY: as in `compiled`; no opcode of the note runs any more.
            unsafe { (self.library.close_local)(self.engine, local) };
        }
    }
}

/// What an opcode's text means: the path of a script is looked for in `folders` where it has none.
fn meant(kind: Kind, text: &[u8], folders: &[String]) -> String {
    let text = text_of(text);
    let found = folders.iter().map(|folder| Path::new(folder).join(&text)).find(|file| file.is_file());
    match found.filter(|_| kind == Kind::Script) {
        Some(file) => file.to_string_lossy().into_owned(),
        None => text,
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        for compiled in std::mem::take(&mut self.changing).into_values() {
            self.drop_code(&compiled);
        }
        let notes: Vec<usize> = self.notes.keys().copied().collect();
        notes.into_iter().for_each(|instance| self.end_note(instance));
        // SAFETY: opened once, and the last use.
        unsafe { (self.library.close)(self.engine) };
    }
}
