//! Orchestra, events and messages over UDP. Whoever reaches the port can have any orchestra compiled; Csound listens on
//! every address of the machine.

use ksmps_data::verbs::Failure;

use super::instance::c_text;
use super::state::{Csound, Performing, State};

impl Csound<Performing> {
    /// Listens on a port for orchestra and lines of score. `[control]`
    ///
    /// # Errors
    /// [`Failure::Code`] where it listens already or the port is not free.
    pub fn udp_server_start(&mut self, port: u16) -> Result<(), Failure> {
        // SAFETY: live, started instance owned by this thread.
        let code = unsafe { (self.instance.more.udp_server_start)(self.instance.cs(), port.into()) };
        if code == 0 { Ok(()) } else { Err(Failure::Code(code)) }
    }

    /// Stops listening. `[control]`
    ///
    /// # Errors
    /// [`Failure::Code`] where it does not listen.
    pub fn udp_server_close(&mut self) -> Result<(), Failure> {
        // SAFETY: live, started instance owned by this thread.
        let code = unsafe { (self.instance.more.udp_server_close)(self.instance.cs()) };
        if code == 0 { Ok(()) } else { Err(Failure::Code(code)) }
    }

    /// The port that it listens on; `None` where it does not. `[any]`
    pub fn udp_server_status(&self) -> Option<u16> {
        // SAFETY: live instance.
        let port = unsafe { (self.instance.more.udp_server_status)(self.instance.cs()) };
        u16::try_from(port).ok().filter(|port| *port > 0)
    }
}

impl<S: State> Csound<S> {
    /// Sends what is printed to an address; where it is mirrored, to where messages went before as well. `[control]`
    ///
    /// # Errors
    /// [`Failure::Code`] where that cannot be set up.
    pub fn udp_console(&mut self, address: &str, port: u16, is_mirrored: bool) -> Result<(), Failure> {
        let address = c_text(address)?;
        let (more, cs) = (self.instance.more, self.instance.cs());
        // SAFETY: live instance owned by this thread; the address outlives the call.
        match unsafe { (more.udp_console)(cs, address.as_ptr(), port.into(), is_mirrored.into()) } {
            0 => Ok(()),
            code => Err(Failure::Code(code)),
        }
    }

    /// Sends messages no longer; they go where they went before. `[control]`
    pub fn stop_udp_console(&mut self) {
        let (api, more, cs) = (self.instance.api, self.instance.more, self.instance.cs());
        // SAFETY: live instance owned by this thread; the callback is the one that every instance here has.
        unsafe {
            (more.stop_udp_console)(cs);
            (api.set_message_string_callback)(cs, super::messages::on_message);
        }
    }
}
