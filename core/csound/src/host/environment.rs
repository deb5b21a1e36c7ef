//! Environment variables of an instance and of all, and the language of messages.

use ksmps_data::verbs::Failure;

use super::instance::{Instance, c_text};
use super::state::{Csound, State};
use crate::process::{BuildTurn, build_turn};
use crate::raw::HostFunctions;

impl<S: State> Csound<S> {
    /// The value of an environment variable as this instance has it: its own, then [`global_env`]. `[control]`
    pub fn env(&self, name: &str) -> Option<String> {
        let name = c_text(name).ok()?;
        // SAFETY: live instance; the value is null or a C string of its own.
        unsafe { Instance::text((self.instance.more.env)(self.instance.cs(), name.as_ptr())) }
    }
}

/// The value of an environment variable as an instance would begin with it: as [`set_global_env`] has set it, or the
/// system's. `[control]`
pub fn global_env(name: &str) -> Option<String> {
    let (name, turn) = (c_text(name).ok()?, build_turn().ok()?);
    // SAFETY: the turn keeps others from changing it; the value is null or a C string.
    unsafe { Instance::text((turn.api.host.as_ref()?.env)(std::ptr::null_mut(), name.as_ptr())) }
}

/// Sets an environment variable for all instances that will be created, or takes it away. `[control]`
///
/// # Errors
/// [`Failure::Unavailable`] while there are instances, which read it without a lock; [`Failure::Code`] for a name of 32 bytes
/// and more, a value of 480 and more, and the seventeenth variable.
pub fn set_global_env(name: &str, value: Option<&str>) -> Result<(), Failure> {
    let (name, value) = (c_text(name)?, value.map(c_text).transpose()?);
    let turn = build_turn()?;
    let more = alone(&turn)?;
    let value = value.as_ref().map_or(std::ptr::null(), |value| value.as_ptr());
    // SAFETY: no instance but the permanent one is there, which does nothing; Csound copies the texts.
    match unsafe { (more.set_global_env)(name.as_ptr(), value) } {
        0 => Ok(()),
        code => Err(Failure::Code(code)),
    }
}

fn alone(turn: &BuildTurn) -> Result<&'static HostFunctions, Failure> {
    turn.api.host.as_ref().filter(|_| turn.is_alone()).ok_or(Failure::Unavailable)
}

macro_rules! languages {
    ($($name:ident)*) => {
        /// A language of messages, where Csound was built with translations.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "names of languages")]
        pub enum Language { $($name,)* }
    };
}

// In the order of Csound's numbers.
languages! {
    Default Afrikaans Albanian Arabic Armenian Assamese Azeri Basque Belarusian Bengali Bulgarian Catalan Chinese
    Croatian Czech Danish Dutch EnglishUk EnglishUs Estonian Faeroese Farsi Finnish French Georgian German Greek
    Gujarati Hebrew Hindi Hungarian Icelandic Indonesian Italian Japanese Kannada Kashmiri Kazak Konkani Korean
    Latvian Lithuanian Macedonian Malay Malayalam Manipuri Marathi Nepali Norwegian Oriya Polish Portuguese Punjabi
    Romanian Russian Sanskrit Serbian Sindhi Slovak Slovenian Spanish Swahili Swedish Tamil Tatar Telugu Thai
    Turkish Ukrainian Urdu Uzbek Vietnamese Columbian
}

/// Sets the language of messages for the whole process: Csound changes the process's locale for messages, and writes a
/// line to the standard error. `[control]`
///
/// # Errors
/// [`Failure::Unavailable`] while there are instances.
pub fn set_language(language: Language) -> Result<(), Failure> {
    let turn = build_turn()?;
    let more = alone(&turn)?;
    // SAFETY: one of Csound's numbers; no instance but the permanent one is there.
    unsafe { (more.set_language)(language as u32) };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_have_csounds_numbers() {
        assert_eq!(Language::EnglishUk as u32, csound_sys::CSLANGUAGE_ENGLISH_UK);
        assert_eq!(Language::Konkani as u32, csound_sys::CSLANGUAGE_KONKANI);
        assert_eq!(Language::Punjabi as u32, csound_sys::CSLANGUAGE_PUNJABI);
        assert_eq!(Language::Columbian as u32, csound_sys::CSLANGUAGE_COLUMBIAN);
    }
}
