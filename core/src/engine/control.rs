//! The document's parameters inside an engine: where each one writes, and how it gets to a new value.

use crate::csound::{ChannelId, Running};
use crate::params::{Param, SLOTS, SlotValues, Target};

use super::held::Held;
use super::ramp::Ramp;

/// A parameter that is bound to its place in a running engine.
pub(super) struct Control {
    param: Param,
    place: Place,
    ramp: Ramp,
    smooth_frames: u64,
    /// Whether the place has the value of the ramp's end.
    settled: bool,
    /// The normalized value without modulation; `None` while it is the document's default.
    base: Option<f64>,
    /// What the host's modulation adds to the normalized value.
    modulation: f64,
    /// Where a MIDI controller has moved it, normalized; `None` since the host moved it.
    by_controller: Option<f64>,
}

/// Where a parameter writes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    /// A control channel.
    Channel(ChannelId),
    /// A p-field of every sounding instance of an instrument.
    Pfield {
        /// The instrument's number.
        instrument: i32,
        /// The p-field's number.
        index: usize,
    },
}

/// All parameters of an engine, found by slot.
pub(super) struct Controls {
    controls: Vec<Control>,
    by_slot: [Option<u16>; SLOTS],
    /// Whether a p-field was written for the coming cycle.
    moved_pfields: bool,
}

impl Controls {
    /// Binds parameters to their places and writes their first values. [control]
    ///
    /// A slot that somebody moved has that value; else the document's default holds, else what the header left in
    /// the channel.
    pub fn bind(
        running: &mut Running,
        params: &mut [(usize, Param)],
        values: &SlotValues,
        find_pfield: impl Fn(&mut Running, &str, &str) -> Option<(i32, usize)>,
    ) -> Self {
        let rate = running.rate();
        let mut bound = Self { controls: Vec::new(), by_slot: [None; SLOTS], moved_pfields: false };
        for (slot, param) in params {
            let place = match &param.target {
                Target::Channel(name) => running.control_channel(name).map(Place::Channel),
                Target::Pfield { instrument, pfield } => find_pfield(running, instrument, pfield)
                    .map(|(instrument, index)| Place::Pfield { instrument, index }),
                Target::Bus(name) => running.control_channel(name).map(Place::Channel),
            };
            let Some(place) = place else { continue };
            if param.default.is_none() {
                param.default = Some(match place {
                    Place::Channel(channel) => running.channel(channel).clamp(param.min, param.max),
                    Place::Pfield { .. } => param.min.max(0.0).min(param.max),
                });
            }
            let default = param.default.unwrap_or(param.min);
            let base = values.get(*slot);
            let value = base.map_or(default, |normalized| param.plain(normalized));
            let smooth_frames =
                if param.is_stepped() { 0 } else { (param.smooth_ms * 0.001 * rate).round() as u64 };
            let mut control = Control {
                param: param.clone(),
                place,
                ramp: Ramp::fixed(value),
                smooth_frames,
                settled: false,
                base,
                modulation: 0.0,
                by_controller: None,
            };
            control.write(running, 0);
            bound.by_slot[*slot] = Some(bound.controls.len() as u16);
            bound.controls.push(control);
        }
        bound
    }

    /// A point of the host: the parameter of a slot moves from `frame` on. One at the engine's first frame says
    /// where it begins: were there a way from where an earlier take had left it, no two takes would be alike. [audio]
    pub fn point(&mut self, slot: usize, normalized: f64, frame: u64) {
        let Some(control) =
            self.by_slot.get(slot).copied().flatten().map(|at| &mut self.controls[usize::from(at)])
        else {
            return;
        };
        control.by_controller = None;
        control.base = Some(normalized);
        control.aim(frame);
    }

    /// The host modulates the parameter of a slot: what is added to its value is another from `frame` on. [audio]
    pub fn modulate(&mut self, slot: usize, offset: f64, frame: u64) {
        if let Some(at) = self.by_slot.get(slot).copied().flatten() {
            let control = &mut self.controls[usize::from(at)];
            control.modulation = offset;
            control.aim(frame);
        }
    }

    /// A MIDI controller: moves the parameters that ask for it (`cc=`). Their slots stay where they are, so that a reset
    /// takes the controller back. [audio]
    pub fn controller(&mut self, number: u8, value: u8, frame: u64) {
        for slot in 0..SLOTS {
            let Some(at) = self.by_slot[slot].map(usize::from) else { continue };
            if self.controls[at].param.cc == Some(number) {
                let normalized = f64::from(value) / 127.0;
                self.point(slot, normalized, frame);
                self.controls[at].by_controller = Some(normalized);
            }
        }
    }

    /// Writes down where MIDI controllers have moved parameters, and how they are modulated. [audio]
    pub fn hold(&self, held: &mut Held) {
        for slot in 0..SLOTS {
            let control = self.by_slot[slot].map(|at| &self.controls[usize::from(at)]);
            held.by_controller[slot] = control.and_then(|control| control.by_controller);
            held.modulation[slot] = control.map(|control| control.modulation);
        }
    }

    /// Goes on where MIDI controllers have moved the parameters of another engine, and with its modulation. [audio]
    pub fn take_over(&mut self, running: &mut Running, held: &Held, frame: u64) {
        for slot in 0..SLOTS {
            let (Some(at), Some(modulation)) = (self.by_slot[slot], held.modulation[slot]) else { continue };
            let control = &mut self.controls[usize::from(at)];
            if control.modulation != modulation {
                control.modulation = modulation;
                control.jump(running, frame);
            }
            if let Some(normalized) = held.by_controller[slot] {
                control.jump_to(running, normalized, frame);
                control.by_controller = Some(normalized);
            }
        }
    }

    /// Brings every parameter to where its slot stands, without a ramp. [audio]
    pub fn settle(&mut self, running: &mut Running, values: &SlotValues, frame: u64) {
        for slot in 0..SLOTS {
            if let (Some(at), Some(normalized)) = (self.by_slot[slot], values.get(slot)) {
                self.controls[usize::from(at)].jump_to(running, normalized, frame);
            }
        }
    }

    /// Writes what moved, for the cycle that starts at `frame`. [audio]
    pub fn advance(&mut self, running: &mut Running, frame: u64, cycle_frames: u64) {
        self.moved_pfields = false;
        for control in self.controls.iter_mut().filter(|control| !control.settled) {
            self.moved_pfields |= matches!(control.place, Place::Pfield { .. });
            // A jump inside the coming cycle is there for the whole of it.
            let frame = if control.smooth_frames == 0 { frame + cycle_frames } else { frame };
            control.write(running, frame);
        }
    }

    /// The present value of the parameter that fills a p-field of new notes. [audio]
    pub fn pfields_of(&self, instrument: i32, frame: u64) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.controls.iter().filter_map(move |control| match control.place {
            Place::Pfield { instrument: its, index } if its == instrument => {
                Some((index, control.ramp.at(frame)))
            }
            _ => None,
        })
    }

    /// Whether parameters have written p-fields of all voices for the coming cycle. [audio]
    pub fn moved_pfields(&self) -> bool {
        self.moved_pfields
    }

    /// The p-field and the value that polyphonic modulation of a slot gives to one voice. [audio]
    pub fn modulated(&self, slot: usize, offset: f64, frame: u64) -> Option<(i32, usize, f64)> {
        let control = &self.controls[usize::from((*self.by_slot.get(slot)?)?)];
        match control.place {
            Place::Pfield { instrument, index } => {
                let normalized = control.param.normalized(control.ramp.at(frame)) + offset;
                Some((instrument, index, control.param.plain(normalized)))
            }
            Place::Channel(_) => None,
        }
    }
}

impl Control {
    /// The plain value to be heard: the base value and what modulation adds to it.
    fn target(&self) -> f64 {
        let default = self.param.default.unwrap_or(self.param.min);
        if self.modulation == 0.0 {
            return self.base.map_or(default, |normalized| self.param.plain(normalized));
        }
        let base = self.base.unwrap_or_else(|| self.param.normalized(default));
        self.param.plain(base + self.modulation)
    }

    /// Goes to where it is to be, from `frame` on.
    fn aim(&mut self, frame: u64) {
        let target = self.target();
        if target.to_bits() != self.ramp.target().to_bits() {
            self.ramp.move_to(target, frame, if frame == 0 { 0 } else { self.smooth_frames });
            self.settled = false;
        }
    }

    /// Is at a normalized base value at once, without a ramp.
    fn jump_to(&mut self, running: &mut Running, normalized: f64, frame: u64) {
        self.base = Some(normalized);
        self.jump(running, frame);
    }

    /// Is at once where it is to be.
    fn jump(&mut self, running: &mut Running, frame: u64) {
        self.ramp = Ramp::fixed(self.target());
        self.write(running, frame);
    }

    fn write(&mut self, running: &mut Running, frame: u64) {
        let value = self.ramp.at(frame);
        match self.place {
            Place::Channel(channel) => running.set_channel(channel, value),
            Place::Pfield { instrument, index } => {
                running.set_pfield_of_all(instrument, index, value);
            }
        }
        self.settled = !self.ramp.is_moving(frame);
    }
}
