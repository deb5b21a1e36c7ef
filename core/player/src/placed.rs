//! Where engines play: in the host's process, or each in one of its own.
//!
//! A project has a wish, and the user's setting has the last word. What is left to us plays in the host's process.

use ksmps_engine::BuildError;
use ksmps_engine::route::HostChannels;

use super::apart::BuildApart;
use super::build::{Build, BuildHere, Built, Incident, Wanted};
use super::control::Control;
use super::instance::Ticket;
use super::place::Place;

/// Makes engines where they are to play, for a plugin with these channels.
pub(super) struct BuildPlaced {
    here: BuildHere,
    apart: BuildApart,
}

impl BuildPlaced {
    /// For a plugin with these channels. `[any]`
    pub fn new(channels: HostChannels) -> Self {
        Self { here: BuildHere(channels.clone()), apart: BuildApart::new(channels) }
    }
}

impl Build for BuildPlaced {
    fn build(&self, wanted: Wanted<'_>) -> Result<Built, BuildError> {
        match wanted.project.place().decided() {
            Place::Automatic | Place::Together => self.here.build(wanted),
            Place::Apart => self.apart.build(wanted),
        }
    }

    fn look_after(&self) -> Vec<Incident> {
        self.apart.look_after()
    }
}

impl Control {
    /// Says where the project is to play. Another engine is built there and takes over with a fade. `[control]`
    pub fn set_place(&self, place: Place) -> Ticket {
        let mut state = self.instance.state();
        let project = state.project.as_ref().clone().with_place(place);
        state.change(project);
        self.request_edit(state)
    }
}
