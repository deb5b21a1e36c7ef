//! From texts, files and command lines to instruments; and the start.

use std::ffi::{CString, c_char, c_void};
use std::path::Path;
use std::ptr::NonNull;

use ksmps_data::verbs::Failure;

use super::instance::{Instance, c_text};
use super::state::{BeforeStart, Compiled, Configuring, Csound, Live, Performing, Refused, State};
use crate::places::InstanceNumber;
use crate::process::build_turn;
use crate::raw::ArgumentsFn;

/// Csound's code for a command line that asked for something else than a performance, and got it.
const DONE: i32 = 256;

/// What a command line came to.
#[derive(Debug)]
pub enum Command<S: State> {
    /// It names a document, which is ready.
    Ready(Csound<S>),
    /// It asked for something else, which is done: a utility (`-U`), a check of the syntax. The instance is as new.
    Done(Csound<Configuring>),
}

/// An orchestra that was read and not compiled. It belongs to the instance that read it, until that is reset.
#[derive(Debug)]
pub struct Tree {
    root: NonNull<c_void>,
    of: InstanceNumber,
}

// SAFETY: nothing is done with a tree but by the owner of its instance.
unsafe impl Send for Tree {}
// SAFETY: as above; a shared tree can only be looked at from outside.
unsafe impl Sync for Tree {}

impl Instance {
    fn compile_orc(&mut self, orchestra: &str) -> Result<(), Failure> {
        let orchestra = c_text(orchestra)?;
        let _turn = build_turn()?;
        // SAFETY: live instance owned by this thread.
        unsafe { self.guard().read_text(self.api.compile_orc, &orchestra) }
    }

    fn compile_csd(&mut self, file: &Path) -> Result<(), Failure> {
        let file = c_text(file.to_str().ok_or(Failure::Code(-1))?)?;
        let _turn = build_turn()?;
        // SAFETY: live instance owned by this thread.
        unsafe { self.guard().read_file(self.more.compile_csd, &file) }
    }

    fn compile_csd_text(&mut self, document: &str) -> Result<(), Failure> {
        let document = c_text(document)?;
        let _turn = build_turn()?;
        // SAFETY: live instance owned by this thread.
        unsafe { self.guard().read_text(self.more.compile_csd_text, &document) }
    }

    fn compile_tree(&mut self, tree: Tree) -> Result<(), Failure> {
        if tree.of != self.number {
            return Err(Failure::Code(-1));
        }
        let _turn = build_turn()?;
        // SAFETY: live instance owned by this thread, which read the tree; it is not used again.
        unsafe {
            let compiled = self.guard().call_with_tree(self.more.compile_tree, tree.root.as_ptr());
            if compiled != Err(Failure::Jumped) {
                (self.more.delete_tree)(self.cs(), tree.root.as_ptr());
            }
            compiled
        }
    }

    /// A function that takes a command line; whether a document is ready.
    fn compile_line(&mut self, call: ArgumentsFn, arguments: &[&str]) -> Result<bool, Failure> {
        // Csound takes the first for the name of the program.
        let line = std::iter::once("csound").chain(arguments.iter().copied());
        let texts: Vec<CString> = line.map(c_text).collect::<Result<_, _>>()?;
        let pointers: Vec<*const c_char> = texts.iter().map(|text| text.as_ptr()).collect();
        let _turn = build_turn()?;
        // SAFETY: live instance owned by this thread; the texts outlive the call, which copies what it keeps.
        match unsafe { self.guard().call_with_arguments(call, &pointers)? } {
            0 => Ok(true),
            DONE => Ok(false),
            code => Err(Failure::Code(code)),
        }
    }

    fn start(&mut self) -> Result<(), Failure> {
        let _turn = build_turn()?;
        // SAFETY: live instance owned by this thread.
        unsafe { self.guard().call(self.api.start) }
    }
}

impl Csound<Configuring> {
    /// Compiles an orchestra, and evaluates what stands outside of instruments when it starts. `[control]`
    ///
    /// # Errors
    /// [`Failure::Code`] where the text is faulty.
    pub fn compile_orc(mut self, orchestra: &str) -> Result<Csound<Compiled>, Refused<Configuring>> {
        let compiled = self.instance.compile_orc(orchestra);
        self.compiled(compiled)
    }

    /// Compiles a .csd file: its options, orchestra and score. `[control]`
    ///
    /// # Errors
    /// [`Failure::Code`] where it cannot be read or is faulty, [`Failure::Jumped`] for faulty options.
    pub fn compile_csd(mut self, file: impl AsRef<Path>) -> Result<Csound<Compiled>, Refused<Configuring>> {
        let compiled = self.instance.compile_csd(file.as_ref());
        self.compiled(compiled)
    }

    /// As [`Csound::compile_csd`], for a document's text. `[control]`
    ///
    /// # Errors
    /// As [`Csound::compile_csd`].
    pub fn compile_csd_text(mut self, document: &str) -> Result<Csound<Compiled>, Refused<Configuring>> {
        let compiled = self.instance.compile_csd_text(document);
        self.compiled(compiled)
    }

    /// Compiles a tree that this instance has read. `[control]`
    ///
    /// # Errors
    /// As [`Csound::compile_orc`]; a tree of another instance is refused.
    pub fn compile_tree(mut self, tree: Tree) -> Result<Csound<Compiled>, Refused<Configuring>> {
        let compiled = self.instance.compile_tree(tree);
        self.compiled(compiled)
    }

    fn compiled(self, compiled: Result<(), Failure>) -> Result<Csound<Compiled>, Refused<Configuring>> {
        match compiled {
            Ok(()) => Ok(self.into_state()),
            Err(failure) => Err(self.refused(failure)),
        }
    }

    /// Reads a command line without its first word: options, a .csd, or an orchestra and a score; compiles the orchestra and
    /// sorts the score. `[control]`
    ///
    /// # Errors
    /// [`Failure::Code`] where the line or a file is faulty, and after a list (`-z`, `--help`), which Csound counts as an
    /// error.
    pub fn compile_args(mut self, arguments: &[&str]) -> Result<Command<Compiled>, Refused<Configuring>> {
        let result = self.instance.compile_line(self.instance.more.compile_args, arguments);
        self.command(result)
    }

    /// As [`Csound::compile_args`], and starts: what the csound command line does before it performs. `[control]`
    ///
    /// # Errors
    /// As [`Csound::compile_args`].
    pub fn compile(mut self, arguments: &[&str]) -> Result<Command<Performing>, Refused<Configuring>> {
        let result = self.instance.compile_line(self.instance.more.compile, arguments);
        self.command(result)
    }

    fn command<S: State>(
        mut self,
        result: Result<bool, Failure>,
    ) -> Result<Command<S>, Refused<Configuring>> {
        match result {
            Ok(true) => Ok(Command::Ready(self.into_state())),
            Ok(false) => {
                self.instance.renew_or_keep();
                Ok(Command::Done(self))
            }
            Err(failure) => {
                self.instance.renew_or_keep();
                Err(Refused { failure, csound: self })
            }
        }
    }
}

macro_rules! compiles_more {
    ($state:ty) => {
        impl Csound<$state> {
            /// Compiles more orchestra. While it plays, what stands outside of instruments is evaluated at once. `[control]`
            ///
            /// # Errors
            /// [`Failure::Code`] where the text is faulty; the instance goes on as it was.
            pub fn compile_orc(&mut self, orchestra: &str) -> Result<(), Failure> {
                self.instance.compile_orc(orchestra)
            }

            /// Compiles another .csd file. While it plays, its options do not count and its score begins now. `[control]`
            ///
            /// # Errors
            /// As [`Csound::compile_orc`], and where it cannot be read.
            pub fn compile_csd(&mut self, file: impl AsRef<Path>) -> Result<(), Failure> {
                self.instance.compile_csd(file.as_ref())
            }

            /// As [`Csound::compile_csd`], for a document's text. `[control]`
            ///
            /// # Errors
            /// As [`Csound::compile_orc`].
            pub fn compile_csd_text(&mut self, document: &str) -> Result<(), Failure> {
                self.instance.compile_csd_text(document)
            }

            /// Compiles a tree that this instance has read. `[control]`
            ///
            /// # Errors
            /// As [`Csound::compile_orc`]; a tree of another instance is refused.
            pub fn compile_tree(&mut self, tree: Tree) -> Result<(), Failure> {
                self.instance.compile_tree(tree)
            }
        }
    };
}

compiles_more!(Compiled);
compiles_more!(Performing);

impl<S: BeforeStart> Csound<S> {
    /// Makes the instance ready to perform. Where nothing is compiled there is no score: it goes on until it is ended.
    /// `[control]`
    ///
    /// # Errors
    /// [`Failure::Code`] where a file or a device cannot be opened.
    pub fn start(mut self) -> Result<Csound<Performing>, Refused<S>> {
        match self.instance.start() {
            Ok(()) => Ok(self.into_state()),
            Err(failure) => Err(self.refused(failure)),
        }
    }
}

impl<S: Live> Csound<S> {
    /// Reads an orchestra without compiling it. `[control]`
    ///
    /// # Errors
    /// [`Failure::Code`] where the text is faulty.
    pub fn parse_orc(&mut self, orchestra: &str) -> Result<Tree, Failure> {
        let orchestra = c_text(orchestra)?;
        let _turn = build_turn()?;
        // SAFETY: live instance owned by this thread.
        let root = unsafe { self.instance.guard().parse(self.instance.more.parse_orc, &orchestra)? };
        let root = NonNull::new(root).ok_or(Failure::Code(-1))?;
        Ok(Tree { root, of: self.instance.number })
    }

    /// Gives back the memory of a tree that is not compiled; a tree that is dropped keeps it until the instance is reset or
    /// gone. `[control]`
    pub fn delete_tree(&mut self, tree: Tree) {
        if tree.of == self.instance.number {
            // SAFETY: this instance has read the tree, and nobody uses it again.
            unsafe { (self.instance.more.delete_tree)(self.instance.cs(), tree.root.as_ptr()) };
        }
    }
}

impl Csound<Performing> {
    /// Evaluates code outside of instruments and gives what it returns. `[control]`
    ///
    /// # Errors
    /// As [`Csound::compile_orc`].
    pub fn eval_code(&mut self, code: &str) -> Result<f64, Failure> {
        let code = c_text(code)?;
        let _turn = build_turn()?;
        // SAFETY: live instance owned by this thread.
        let value = unsafe { self.instance.guard().eval(self.instance.api.eval_code, &code)? };
        // What Csound answers where the code is faulty.
        if value.is_nan() { Err(Failure::Code(-1)) } else { Ok(value) }
    }
}
