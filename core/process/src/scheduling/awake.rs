//! Processors that do not fall asleep while real-time audio goes to and fro between two of them: to wake one from its deeper
//! sleep takes longer than everything else in an exchange.

use std::fs::File;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The system's device for it. Root may open it, and who has a rule for it: systems made for audio do.
const DEVICE: &str = "/dev/cpu_dma_latency";
/// Microseconds that waking up may take.
const LATENCY_US: i32 = 0;

/// What is held now.
static HELD: Mutex<Weak<File>> = Mutex::new(Weak::new());

/// Keeps all processors from sleep for as long as somebody has it.
#[derive(Debug, Clone)]
pub struct Awake {
    _device: Arc<File>,
}

impl Awake {
    /// Begins, or shares what others hold. `[control]`
    ///
    /// # Errors
    /// Where this user may not open the device. Everything works without it, more slowly.
    pub fn hold() -> io::Result<Self> {
        let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(device) = held.upgrade() {
            return Ok(Self { _device: device });
        }
        let mut device = File::options().write(true).open(DEVICE)?;
        device.write_all(&LATENCY_US.to_ne_bytes())?;
        let device = Arc::new(device);
        *held = Arc::downgrade(&device);
        Ok(Self { _device: device })
    }
}
