//! The bypass parameter: a switch of the plugin's own beside the slots, which belong to the document.
//!
//! Only the parameter is here; what is heard while it is on is in [`crate::process`].

use nice_plug::params::InternalParamMut;
use nice_plug::prelude::{BoolParam, Param as _, ParamPtr};

/// Its id in hosts' projects. Once released it stays.
pub const ID: &str = "bypass";

/// The bypass parameter of one instance.
pub struct Bypass {
    param: BoolParam,
}

impl Default for Bypass {
    /// Off. `[any]`
    fn default() -> Self {
        Self { param: BoolParam::new("Bypass", false).make_bypass() }
    }
}

impl Bypass {
    /// Whether the host wants to hear the input instead of the document. `[any]`
    pub fn is_on(&self) -> bool {
        self.param.unmodulated_plain_value()
    }

    /// Sets it as a saved state has it. `[control]`
    #[expect(
        unsafe_code,
        reason = "the framework's setter is marked unsafe to keep plugins from using it lightly"
    )]
    pub fn restore(&self, is_on: bool) {
        // SAFETY: The setter stores atomics and has no other requirement. It is unsafe so that a plugin does not go past
        // the host by mistake; a host reads all values after it has given a state.
        unsafe { self.param._internal_set_plain_value(is_on) };
    }

    /// As the framework wants it: id, pointer, group. `[control]`
    pub(crate) fn entry(&self) -> (String, ParamPtr, String) {
        (ID.to_owned(), self.param.as_ptr(), String::new())
    }
}
