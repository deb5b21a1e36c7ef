//! Whether Ksmps does what others do: [`compare`] holds the plugin to the csound command line, [`oracle`] the core to
//! recorded scenarios of csoundengine, and [`sweep`] the core to half-typed documents. [`validate`] asks the formats' validators.

pub mod compare;
pub mod oracle;
pub mod sweep;
pub mod validate;
