//! What the owner of a started instance does with its buses, between cycles.

use super::Running;
use crate::buses::{BusContent, BusError, BusKind, BusReading, BusStatus, BusToken};
use crate::variables::Held;

impl Running {
    /// Whether orchestras of this instance can use buses: the bus opcodes need the layout. `[any]`
    pub fn has_bus_opcodes(&mut self) -> bool {
        self.raw.host().opcodes.natives.are_there()
    }

    /// Makes a bus and gives its token. Without a kind it is a control bus where it has a value, else its first user
    /// decides, and until then it counts as an audio bus. A bus that persists stays until [`Running::release_bus`];
    /// another one is parked until its first user comes and goes with its last. Does not allocate. `[audio]`
    ///
    /// # Errors
    /// [`BusError::AudioValue`] and [`BusError::PoolExhausted`].
    pub fn assign_bus(
        &mut self,
        kind: Option<BusKind>,
        value: Option<f64>,
        persists: bool,
    ) -> Result<BusToken, BusError> {
        self.raw.host().opcodes.buses.assign(kind, value, persists)
    }

    /// The same with a token that no bus has had. `[control]`
    ///
    /// # Errors
    /// [`BusError::AudioValue`] and [`BusError::PoolExhausted`].
    pub fn assign_bus_as(
        &mut self,
        token: BusToken,
        kind: Option<BusKind>,
        value: Option<f64>,
        persists: bool,
    ) -> Result<(), BusError> {
        self.raw.host().opcodes.buses.assign_as(token, kind, value, persists)
    }

    /// Gives a bus back: it goes at once where nobody uses it, else with its last user. `[audio]`
    ///
    /// # Errors
    /// [`BusError::Unknown`].
    pub fn release_bus(&mut self, token: BusToken) -> Result<(), BusError> {
        self.raw.host().opcodes.buses.release(token)
    }

    /// Writes a control bus: instruments read the value in the coming cycle. `[audio]`
    ///
    /// # Errors
    /// [`BusError::Unknown`] and [`BusError::WrongKind`].
    pub fn write_bus(&mut self, token: BusToken, value: f64) -> Result<(), BusError> {
        self.raw.host().opcodes.buses.write(token, value)
    }

    /// Reads a control bus as the last cycle left it; 0 where it was never written. `[audio]`
    ///
    /// # Errors
    /// As [`Running::write_bus`].
    pub fn read_bus(&mut self, token: BusToken) -> Result<f64, BusError> {
        self.raw.host().opcodes.buses.read(token)
    }

    /// Calls `each` for every bus that is assigned, in no order, with what the last cycle left in it. `[audio]`
    pub fn each_bus(&mut self, each: impl FnMut(BusReading)) {
        self.raw.host().opcodes.buses.each_reading(each);
    }

    /// What a bus holds after the last cycle; nothing where it is not assigned. `[audio]`
    pub fn bus(&self, token: BusToken) -> Held<'_> {
        match self.raw.host_ref().opcodes.buses.content(token) {
            Ok(BusContent::Value(value)) => Held::Number(value),
            Ok(BusContent::Sound(cells)) => {
                // SAFETY: cells have the layout of what is in them; instruments write them only while Csound runs, which
                // borrows `self` for writing.
                Held::Sound(unsafe { std::slice::from_raw_parts(cells.as_ptr().cast::<f64>(), cells.len()) })
            }
            Err(_) => Held::Silent,
        }
    }

    /// Every assigned bus, and how many there can be. `[control]`
    pub fn bus_status(&mut self) -> BusStatus {
        self.raw.host().opcodes.buses.status()
    }
}
