//! The switch of the control port: an environment variable of the user's, never something in a project.
//!
//! Without it there is no socket, no thread and nothing to pay. Several instances take the next free numbers.

use std::ffi::OsString;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ksmps_core::player::Control;
use ksmps_core::port::ControlPort;
use nice_plug::prelude::{nice_error, nice_log};

/// Names the first port to try.
pub const VARIABLE: &str = "KSMPS_PORT";

/// Whether an instance has a control port.
#[derive(Debug, Default)]
pub struct Switch {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
enum State {
    /// Not activated yet.
    #[default]
    Undecided,
    /// Nobody asked for one, or the instance goes.
    Off,
    Open(ControlPort),
    /// Asked for, and why there is none.
    Failed(String),
}

impl Switch {
    /// Opens a port where the variable's `value` asks for one; decided once for an instance. `[control]`
    pub fn decide(&self, control: &Arc<Control>, value: Option<OsString>) {
        let mut state = self.state();
        if matches!(*state, State::Undecided) {
            *state = decided(control, value);
        }
    }

    /// Closes the port for good; its thread has ended when this returns. `[control]`
    pub fn close(&self) {
        let old = std::mem::replace(&mut *self.state(), State::Off);
        drop(old);
    }

    /// The port's number, as long as it is open. `[any]`
    pub fn number(&self) -> Option<u16> {
        match &*self.state() {
            State::Open(port) => port.is_open().then(|| port.number()),
            _ => None,
        }
    }

    /// Why there is no port though one was asked for. `[any]`
    pub fn failure(&self) -> Option<String> {
        match &*self.state() {
            State::Failed(why) => Some(why.clone()),
            _ => None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn decided(control: &Arc<Control>, value: Option<OsString>) -> State {
    let Some(value) = value.filter(|value| !value.is_empty()) else { return State::Off };
    let opened = first_port(&value).and_then(|first| {
        ControlPort::open_from(control, first).map_err(|error| format!("{VARIABLE}: {error}"))
    });
    match opened {
        Ok(port) => {
            nice_log!("control port: 127.0.0.1:{}", port.number());
            State::Open(port)
        }
        Err(why) => {
            nice_error!("{why}");
            State::Failed(why)
        }
    }
}

fn first_port(value: &OsString) -> Result<u16, String> {
    let port = value.to_str().and_then(|value| value.trim().parse().ok()).filter(|port: &u16| *port > 0);
    port.ok_or_else(|| {
        let value = value.to_string_lossy();
        format!("{VARIABLE}={value} is no port: write a number from 1024 to 65535, or take the variable away")
    })
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, UdpSocket};

    use ksmps_core::player::{self, InstanceConfig};
    use ksmps_core::route::HostChannels;

    use super::*;

    fn control() -> Arc<Control> {
        let channels = HostChannels { inputs: vec![], outputs: vec![2] };
        player::pair(InstanceConfig { channels, default_document: "" }).0
    }

    #[test]
    fn several_instances_take_the_next_free_ports() {
        let first = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.local_addr());
        let value = Some(OsString::from(first.expect("a free port").port().to_string()));
        let (one, other) = (Switch::default(), Switch::default());
        one.decide(&control(), value.clone());
        other.decide(&control(), value.clone());
        let (Some(a), Some(b)) = (one.number(), other.number()) else { panic!("{one:?} {other:?}") };
        assert!(b > a);
        // It is decided once.
        one.decide(&control(), None);
        assert_eq!(one.number(), Some(a));
        one.close();
        one.decide(&control(), value);
        assert_eq!((one.number(), one.failure()), (None, None));
        assert!(UdpSocket::bind((Ipv4Addr::LOCALHOST, a)).is_ok());
    }

    #[test]
    fn nothing_is_opened_unless_a_number_asks_for_it() {
        for value in [None, Some("")] {
            let switch = Switch::default();
            switch.decide(&control(), value.map(OsString::from));
            assert_eq!((switch.number(), switch.failure()), (None, None));
        }
        for value in ["0", "-1", "65536", "on", "127.0.0.1:7770"] {
            let switch = Switch::default();
            switch.decide(&control(), Some(value.into()));
            let told = switch.failure().unwrap_or_default();
            assert!(switch.number().is_none() && told.contains(&format!("KSMPS_PORT={value} is no port")));
        }
    }
}
