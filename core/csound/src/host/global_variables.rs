//! Memory with a name, which the code of a host and of opcodes shares in an instance.

use ksmps_data::verbs::Failure;

use super::instance::c_text;
use super::state::{Csound, State};

impl<S: State> Csound<S> {
    /// Makes a global variable of so many bytes, all zero. It is gone with a reset. `[control]`
    ///
    /// # Errors
    /// [`Failure::Code`] for no bytes, and for a name that is empty or used.
    pub fn create_global_variable(&mut self, name: &str, bytes: usize) -> Result<(), Failure> {
        let name = c_text(name)?;
        let (more, cs) = (self.instance.more, self.instance.cs());
        // SAFETY: live instance owned by this thread; Csound copies the name.
        match unsafe { (more.create_global_variable)(cs, name.as_ptr(), bytes) } {
            0 => {
                self.instance.variables.push((name, bytes));
                Ok(())
            }
            code => Err(Failure::Code(code)),
        }
    }

    /// A global variable that was made here; of one that an opcode made nobody knows the size, so it is not given.
    /// `[control]`
    pub fn global_variable(&self, name: &str) -> Option<&[u8]> {
        // SAFETY: so many bytes were asked for; the memory lives until it is destroyed, which needs `&mut self`.
        self.variable(name).map(|(start, bytes)| unsafe { std::slice::from_raw_parts(start, bytes) })
    }

    /// As [`Csound::global_variable`], to write. `[control]`
    pub fn global_variable_mut(&mut self, name: &str) -> Option<&mut [u8]> {
        // SAFETY: as in `global_variable`, and `self` is borrowed for writing.
        self.variable(name).map(|(start, bytes)| unsafe { std::slice::from_raw_parts_mut(start, bytes) })
    }

    /// Frees a global variable that was made here; `false` where there is none. Others are Csound's own. `[control]`
    pub fn destroy_global_variable(&mut self, name: &str) -> bool {
        let Ok(name) = c_text(name) else { return false };
        let Some(place) = self.instance.variables.iter().position(|(known, _)| *known == name) else {
            return false;
        };
        self.instance.variables.swap_remove(place);
        let (more, cs) = (self.instance.more, self.instance.cs());
        // SAFETY: live instance owned by this thread, and nothing of the variable is borrowed.
        unsafe { (more.destroy_global_variable)(cs, name.as_ptr()) == 0 }
    }

    fn variable(&self, name: &str) -> Option<(*mut u8, usize)> {
        let name = c_text(name).ok()?;
        let (_, bytes) = *self.instance.variables.iter().find(|(known, _)| *known == name)?;
        let (more, cs) = (self.instance.more, self.instance.cs());
        // SAFETY: live instance.
        let start = unsafe { (more.query_global_variable)(cs, name.as_ptr()) }.cast::<u8>();
        (!start.is_null()).then_some((start, bytes))
    }
}
