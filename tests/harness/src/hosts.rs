//! Every host with the engine in either place: what is told of one of them is told of all.

use std::fmt;

use ksmps_core::player::Place;

use crate::bundle::{self, Kind};
use crate::host::Format;
use crate::instance::{Instance, InstanceError};

/// A host, and where the engine plays: nothing is left to the product's own choice.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Host {
    /// What the plugin is to the host.
    pub format: Format,
    /// Where the engine plays.
    pub place: Place,
}

impl Host {
    /// The core alone, in its caller's process: what others are compared with.
    pub const CORE: Self = Self::new(Format::Core, Place::Together);
    /// CLAP in both places.
    pub const CLAP: [Self; 2] =
        [Self::new(Format::Clap, Place::Together), Self::new(Format::Clap, Place::Apart)];
    /// VST3 in both places.
    pub const VST3: [Self; 2] =
        [Self::new(Format::Vst3, Place::Together), Self::new(Format::Vst3, Place::Apart)];
    /// Both formats in both places; each format's two are neighbours.
    pub const BUNDLES: [Self; 4] = [Self::CLAP[0], Self::CLAP[1], Self::VST3[0], Self::VST3[1]];
    /// Those whose engines play in processes of their own.
    pub const APART: [Self; 2] = [Self::CLAP[1], Self::VST3[1]];
    /// All that there are.
    pub const ALL: [Self; 6] = [
        Self::CORE,
        Self::new(Format::Core, Place::Apart),
        Self::CLAP[0],
        Self::CLAP[1],
        Self::VST3[0],
        Self::VST3[1],
    ];

    const fn new(format: Format, place: Place) -> Self {
        Self { format, place }
    }

    /// Opens a plugin of the built bundles, or the core with its buses. `[control]`
    ///
    /// # Errors
    /// See [`Instance::open`].
    ///
    /// # Panics
    /// Where the bundles are not built.
    pub fn open(self, kind: Kind) -> Result<Instance, InstanceError> {
        // PANIC: as documented.
        let library = bundle::library(self.format).unwrap_or_else(|error| panic!("{error}"));
        let mut instance = Instance::open(self.format, &library, kind.name())?;
        instance.set_place(self.place)?;
        Ok(instance)
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.format, if self.place == Place::Apart { "apart" } else { "together" })
    }
}
