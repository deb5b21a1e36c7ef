//! What the owner of a started instance has done inside the coming cycle, after its notes have started and before they
//! sound.

use ksmps_data::verbs::Instances;

use super::Running;
use super::channels::ChannelId;
use crate::after_init::{Action, PfieldRead};

impl Running {
    /// Writes p-field `index`; nothing happens where the instance or the p-field is not there. `[audio]`
    pub fn set_pfield_after_init(&mut self, which: Instances, index: usize, value: f64) {
        self.raw.host().after_init.push(Action::Set { which, index, value });
    }

    /// Reads p-field `index`; of several instances the first in order of evaluation answers. `[audio]`
    pub fn read_pfield_after_init(&mut self, which: Instances, index: usize) -> PfieldRead {
        self.raw.host().after_init.read(which, index)
    }

    /// What was read in the cycle just performed; `None` where there was no such instance or p-field, and where it was
    /// read by another engine or in an earlier cycle. `[audio]`
    pub fn value_read_after_init(&mut self, read: PfieldRead) -> Option<f64> {
        self.raw.host().after_init.value(read)
    }

    /// Stops instances, those that start in this cycle too. `[audio]`
    pub fn stop_after_init(&mut self, which: Instances, release: bool) {
        self.raw.host().after_init.push(Action::Stop { which, release });
    }

    /// Writes a control channel after the init passes of this cycle. `[audio]`
    pub fn set_channel_after_init(&mut self, channel: ChannelId, value: f64) {
        self.raw.host().after_init.push(Action::Channel { channel: channel.0, value });
    }
}
