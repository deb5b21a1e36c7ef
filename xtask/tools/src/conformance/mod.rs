//! Whether Ksmps does what others do: [`compare`] holds the plugin to the csound command line, [`oracle`] the core to
//! recorded scenarios of csoundengine.

pub mod compare;
pub mod oracle;
