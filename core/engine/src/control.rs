//! The document's parameters inside an engine: where each one writes, and how it gets to a new value.

use ksmps_csound::{BusToken, ChannelId, Running};
use ksmps_data::params::{Param, SLOTS, SlotValues};

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
    /// What its channel held last: anything else was written by the orchestra.
    seen: f64,
}

/// Where a parameter writes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    /// A control channel.
    Channel(ChannelId),
    /// A control bus.
    Bus(BusToken),
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
    /// Those of which the host is told what the orchestra writes: their slots and places among `controls`.
    sent: Vec<(u16, u16)>,
    /// Whether anything was written for the coming cycle, and whether a p-field was.
    moved: bool,
    moved_pfields: bool,
}

impl Controls {
    /// Binds parameters to their places and writes their first values. Those without a slot have their defaults for
    /// good. `[control]`
    ///
    /// A slot that somebody moved has that value; else the document's default holds, else what the header left in
    /// the place.
    pub fn bind(
        running: &mut Running,
        params: &mut [(Option<usize>, Param)],
        values: &SlotValues,
        mut find: impl FnMut(&mut Running, &Param) -> Option<Place>,
    ) -> Self {
        let rate = running.rate();
        let mut bound = Self {
            controls: Vec::new(),
            by_slot: [None; SLOTS],
            sent: Vec::new(),
            moved: false,
            moved_pfields: false,
        };
        for (slot, param) in params {
            let Some(place) = find(running, param) else { continue };
            if param.default.is_none() {
                let left = match place {
                    Place::Channel(channel) => running.channel(channel),
                    Place::Bus(token) => running.read_bus(token).unwrap_or(0.0),
                    Place::Pfield { .. } => 0.0,
                };
                param.default = Some(left.clamp(param.min, param.max));
            }
            let default = param.default.unwrap_or(param.min);
            let base = slot.and_then(|slot| values.get(slot));
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
                seen: value,
            };
            control.write(running, 0);
            if let Some(slot) = *slot {
                let at = bound.controls.len() as u16;
                bound.by_slot[slot] = Some(at);
                if param.send {
                    bound.sent.push((slot as u16, at));
                }
            }
            bound.controls.push(control);
        }
        bound
    }

    /// A point of the host: the parameter of a slot moves from `frame` on. One at the engine's first frame says
    /// where it begins: were there a way from where an earlier take had left it, no two takes would be alike. `[audio]`
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

    /// The host modulates the parameter of a slot: what is added to its value is another from `frame` on. `[audio]`
    pub fn modulate(&mut self, slot: usize, offset: f64, frame: u64) {
        if let Some(at) = self.by_slot.get(slot).copied().flatten() {
            let control = &mut self.controls[usize::from(at)];
            control.modulation = offset;
            control.aim(frame);
        }
    }

    /// A MIDI controller: moves the parameters that ask for it (`cc=`). Their slots stay where they are, so that a reset
    /// takes the controller back. `[audio]`
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

    /// Writes down where MIDI controllers have moved parameters, and how they are modulated. `[audio]`
    pub fn hold(&self, held: &mut Held) {
        for slot in 0..SLOTS {
            let control = self.by_slot[slot].map(|at| &self.controls[usize::from(at)]);
            held.by_controller[slot] = control.and_then(|control| control.by_controller);
            held.modulation[slot] = control.map(|control| control.modulation);
        }
    }

    /// Goes on where MIDI controllers have moved the parameters of another engine, and with its modulation. `[audio]`
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

    /// Brings every parameter to where its slot stands, without a ramp. `[audio]`
    pub fn settle(&mut self, running: &mut Running, values: &SlotValues, frame: u64) {
        for slot in 0..SLOTS {
            if let (Some(at), Some(normalized)) = (self.by_slot[slot], values.get(slot)) {
                self.controls[usize::from(at)].jump_to(running, normalized, frame);
            }
        }
    }

    /// Writes what moved, for the cycle that starts at `frame`. `[audio]`
    pub fn advance(&mut self, running: &mut Running, frame: u64, cycle_frames: u64) {
        (self.moved, self.moved_pfields) = (false, false);
        for control in self.controls.iter_mut().filter(|control| !control.settled) {
            self.moved = true;
            self.moved_pfields |= matches!(control.place, Place::Pfield { .. });
            // A jump inside the coming cycle is there for the whole of it.
            let frame = if control.smooth_frames == 0 { frame + cycle_frames } else { frame };
            control.write(running, frame);
        }
    }

    /// Tells of every parameter with `send` that the orchestra has written in the last cycle: its slot and its
    /// normalized value. It goes on from there. `[audio]`
    pub fn tell_written(&mut self, running: &Running, mut tell: impl FnMut(u16, f64)) {
        for &(slot, at) in &self.sent {
            let control = &mut self.controls[usize::from(at)];
            let Place::Channel(channel) = control.place else { continue };
            let value = running.channel(channel);
            if value.to_bits() != control.seen.to_bits() && value.is_finite() {
                control.seen = value;
                control.ramp = Ramp::fixed(value);
                control.settled = true;
                let normalized = control.param.normalized(value);
                control.base = Some(normalized);
                tell(slot, normalized);
            }
        }
    }

    /// The present value of the parameter that fills a p-field of new notes. `[audio]`
    pub fn pfields_of(&self, instrument: i32, frame: u64) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.controls.iter().filter_map(move |control| match control.place {
            Place::Pfield { instrument: its, index } if its == instrument => {
                Some((index, control.ramp.at(frame)))
            }
            _ => None,
        })
    }

    /// Whether parameters have written anything for the coming cycle. `[audio]`
    pub fn moved(&self) -> bool {
        self.moved
    }

    /// Whether parameters have written p-fields of all voices for the coming cycle. `[audio]`
    pub fn moved_pfields(&self) -> bool {
        self.moved_pfields
    }

    /// The p-field and the value that polyphonic modulation of a slot gives to one voice. `[audio]`
    pub fn modulated(&self, slot: usize, offset: f64, frame: u64) -> Option<(i32, usize, f64)> {
        let control = &self.controls[usize::from((*self.by_slot.get(slot)?)?)];
        match control.place {
            Place::Pfield { instrument, index } => {
                let normalized = control.param.normalized(control.ramp.at(frame)) + offset;
                Some((instrument, index, control.param.plain(normalized)))
            }
            Place::Channel(_) | Place::Bus(_) => None,
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
            Place::Channel(channel) => {
                running.set_channel(channel, value);
                self.seen = value;
            }
            // One that its last user took along is gone.
            Place::Bus(token) => _ = running.write_bus(token, value),
            Place::Pfield { instrument, index } => {
                running.set_pfield_of_all(instrument, index, value);
            }
        }
        self.settled = !self.ramp.is_moving(frame);
    }
}
